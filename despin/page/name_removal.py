"""Cutting a name of a site out of the lines that are kept, where it was glued or slipped in and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from despin.page.lines import Vocabulary, count_han
from despin.page.model import Span
from despin.page.patterns import Boilerplate, Regex
from despin.page.site_name import GLUE, NameCandidate
from despin.tuning import Articles

_OPEN, _CLOSE = r"[‘“「『【\[(（<《]", r"[’”」』】\])）>》]"
_EDGE = re.compile(r"[\s，。！？；：,.!?;:、…“”‘’\"'()（）【】\[\]|｜_—–-]")
#: What sites for novels write before their name in the middle of a sentence.
_LEAD = re.compile(
    r"(?:请?(?:记住|收藏|访问|登录|搜索)|首发)(?:本站|本书|我们)?的?(?:最新|唯一|官方)?(?:域名|网址|地址|网站)?[:：]?\Z"
)
_LETTER = re.compile(r"\w")


@dataclass(slots=True)
class NameRemover:
    """Finds the stretches of a line that are the name of the site's. `uses` says how the article's sentences use the
    name. Where `in_text` is False they are left alone. `sections` are the words of the page's menus: one that stands
    between the title and the name of the site goes with it."""

    candidates: Sequence[NameCandidate]
    boilerplate: Boilerplate
    uses: Uses
    foreign: bool
    in_text: bool
    _glued: Regex
    _name: re.Pattern[str]
    sections: frozenset[str] = frozenset()

    @classmethod
    def build(cls, candidates: Sequence[NameCandidate], boilerplate: Boilerplate, lines: Sequence[str]) -> NameRemover:
        """The remover for the names of the site of a page whose article has these lines."""
        # The names in any of their forms, with whatever sites append to them.
        forms = {form for candidate in candidates for form in (candidate.name, candidate.core)}
        names = "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
        tail = boilerplate.name_tail.pattern.removesuffix(r"+\Z")
        name = rf"(?:{names}){tail}*"
        pattern = re.compile(name, re.IGNORECASE)
        uses = count_uses(lines, pattern, boilerplate)
        vocabulary = Vocabulary(pattern.sub("", line[: Articles.enough]) for line in lines)
        foreign = all(vocabulary.share(candidate.core) < Articles.foreign for candidate in candidates)
        convincing = any(candidate.sightings.convincing for candidate in candidates)
        return cls(
            candidates, boilerplate, uses, foreign,
            uses.slipped >= max(1, uses.meant) and (convincing or (foreign and uses.glued > 0)), _glued_pattern(name),
            pattern,
        )  # fmt: skip

    def is_subject(self) -> bool:
        """Whether the article is about the name, so that it has to stay in the title too. A name that a site signs with
        and glues to lists is its name whatever the article says; one that is seen less often must be foreign to the
        article."""
        for candidate in self.candidates:
            seen = candidate.sightings
            if seen.listed >= 2 and (seen.signs_page or (seen.closes_title and len(seen.tails) >= 2)):
                continue
            if self.uses.meant >= 2 or (self.uses.meant and not seen.signs_page):
                return True
        signed = any(candidate.sightings.signs_page for candidate in self.candidates)
        recurs = not self.uses.meant and any(
            c.sightings.closes_title and c.sightings.mentions >= 2 for c in self.candidates
        )
        return not self.foreign and not signed and not recurs

    def whole(self, text: str) -> bool:
        """Whether a line is nothing but the name of the site."""
        return self._name.search(text) is not None and not _LETTER.search(self._name.sub("", text))

    def without(self, text: str) -> str:
        """The line without the name of the site anywhere."""
        return self._name.sub("", text)

    def in_title(self, text: str) -> list[Span]:
        """The stretches of a title or a short line that are the name of the site's; offsets
        count from the start of `text`."""
        start, end = 0, len(text)
        while True:
            match = self._glued.pattern.search(text[start:end])
            if match is None:
                break
            if match["tail"] is not None or match["bare_tail"] is not None:
                end = start + match.start()
                end = self._without_sections(text, start, end)
                end = start + len(text[start:end].rstrip(" ,，、"))
            else:
                start += match.end()
        if not text[start:end].strip():
            return []
        return [span for span in (Span(0, start), Span(end, len(text))) if span.start < span.end]

    def _without_sections(self, text: str, start: int, end: int) -> int:
        """Where the title ends once the names of sections before the name of the site are gone too."""
        while True:
            match = re.search(rf"\s*{GLUE}+\s*([^:：|｜_丨\-—–]+)\Z", text[start:end])
            if match is None or match.start() == 0:
                return end
            word = match[1].strip()
            if word not in self.sections and not self.boilerplate.section.fullmatch(word):
                return end
            end = start + match.start()

    def in_prose(self, text: str) -> list[Span]:
        """The stretches of a line of the article where the name of the site was slipped in."""
        if not self.in_text:
            return []
        found = []
        for match in self._name.finditer(text):
            span = _with_separators(text, match.start(), match.end())
            glued = (span.start, span.end) != match.span()
            word = count_han(match.group()) <= Articles.name_removal_short
            if glued or (not word and is_slipped(text, match.start(), match.end(), self.boilerplate)):
                found.append(span)
        return found


def _glued_pattern(name: str) -> Regex:
    """What matches the name of the site at either end of a title, with the separators between the two."""
    between = rf"(?:\s*{GLUE}+\s*|\s+)"
    # A name in a look-ahead is matched whole: "X(中国" is not tried where "X(中国)有限公司" stands.
    head, bare = (rf"(?=(?P<{group}>{name}))(?P={group})" for group in ("whole", "whole_bare"))
    return Regex(
        rf"(?P<tail>(?:{between}|{_OPEN})+{name}{_CLOSE}*(?:{between}{name}{_CLOSE}*)*\s*\Z)"
        rf"|(?P<head>\A\s*{_OPEN}?{head}(?:{between}|{_CLOSE}\s*)+)"
        rf"|(?P<bare_head>\A{bare}(?=.{{6}}))|(?P<bare_tail>(?<=.{{6}}){name}\Z)",
        re.IGNORECASE,
    )


def _with_separators(text: str, start: int, end: int) -> Span:
    """The name with the separators, brackets and lead-in that were put in along with it."""
    lead = _LEAD.search(text[max(0, start - 20) : start])
    if lead is not None:
        return Span(start - len(lead.group()), end)
    if start and end < len(text) and re.match(_OPEN, text[start - 1]) and re.match(_CLOSE, text[end]):
        start, end = start - 1, end + 1
    left, right = text[max(0, start - 8) : start].rstrip(), text[end : end + 8].lstrip()
    opens = not left or left[-1] in "。！？!?；;"
    closes = not right or right[0] in "。！？!?；;，,"
    glue = re.match(rf"讯?\s*{GLUE}+\s*|讯\s+", text[end : end + 8]) if opens else None
    if glue is not None:
        return Span(start, end + glue.end())
    glue = re.search(rf"\s*{GLUE}+\s*\Z", text[max(0, start - 8) : start]) if closes else None
    if glue is not None:
        return Span(start - len(glue.group()), end)
    if start and text[start - 1] == " " and (end == len(text) or text[end] == " "):
        return Span(start - 1, end)
    return Span(start, end + 1) if not left and text[end : end + 1] == " " else Span(start, end)


@dataclass(slots=True)
class Uses:
    """How often the article glues the name to a sentence, and needs it. `slipped` counts all places where the sentence
    closes over the hole, glued ones too."""

    glued: int = 0
    slipped: int = 0
    meant: int = 0


def count_uses(lines: Iterable[str], name: re.Pattern[str], boilerplate: Boilerplate) -> Uses:
    """How the lines of an article use a name."""
    uses = Uses()
    for line in lines:
        for match in name.finditer(line):
            span = _with_separators(line, *match.span())
            glued = (span.start, span.end) != match.span()
            uses.glued += glued
            if glued or is_slipped(line, match.start(), match.end(), boilerplate):
                uses.slipped += 1
            else:
                uses.meant += 1
    return uses


def is_slipped(text: str, start: int, end: int, boilerplate: Boilerplate) -> bool:
    """Whether the sentence closes over the hole that `text[start:end]` would leave."""
    left, right = text[max(0, start - 4) : start], text[end : end + 4]
    if left[-1:] == "、" or right[:1] == "、":
        return False
    quoted = bool(re.match(_OPEN, left[-1:]) and re.match(_CLOSE, right[:1]))
    if quoted and left[-1:] not in "(（【[":
        return False
    free_left = not left or _EDGE.match(left[-1]) is not None
    free_right = not right or _EDGE.match(right[0]) is not None
    if free_left and free_right:
        return True
    if not free_left and boilerplate.before_name.search(left):
        return False
    needs = boilerplate.after_name.match(right) is not None
    # "公司X的员工" closes over the hole, "X的员工" at the start of a clause does not.
    return not needs or (not free_left and right.startswith("的"))
