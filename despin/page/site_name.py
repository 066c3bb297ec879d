"""The name a site glues to its lines, found by how it behaves.

An injected name recurs at the ends of lines that have nothing to do with one another: the title, the items of lists,
the source line, the copyright line. Nothing is known about any name beforehand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from despin.page.lines import Row
from despin.page.patterns import Boilerplate, Pattern
from despin.tuning import Articles


@dataclass(slots=True)
class Sightings:
    """Where one name (without what sites append to names) was seen. The lists hold the forms it took.

    `signed` counts the lines that name it as the owner of the site, `site` those of them that are no source lines (an
    article may be about its source), `cuts` the items that end in its beginning, `mentions` the lines outside the
    article that hold it, and `tailed` says that it came with what sites append to names (官网, app). `closes_title` says
    that it stands behind a title, `opens_title` before one.
    """

    titles: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    tails: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    signed: int = 0
    cuts: int = 0
    site: int = 0
    mentions: int = 0
    tailed: bool = False
    opens_title: bool = False
    closes_title: bool = False

    @property
    def listed(self) -> int:
        """At how many ends of list items the name hangs."""
        return len(self.tails) + len(self.heads) + self.cuts

    @property
    def score(self) -> float:
        return 3.0 * bool(self.titles) + 2.0 * bool(self.owners) + bool(self.alone) + min(4, self.listed)

    @property
    def signs_page(self) -> bool:
        """Whether the site itself goes by the name: it signs with it, or cut it off at the length of its lines."""
        return bool(self.owners or self.cuts)

    @property
    def convincing(self) -> bool:
        """Whether the name is glued to things that have nothing else in common."""
        if self.titles and (self.closes_title or not self.opens_title):
            return self.signs_page or bool(self.alone) or self.listed >= 2
        if self.titles:  # A word before a colon may be the series: it must stand for the site as well.
            return self.signs_page or bool(self.tails and self.heads)
        if self.owners:
            return (self.signed >= 2 and self.site >= 1) or bool(self.alone) or self.listed >= 2
        return self.listed >= 3 and bool(self.cuts)

    @property
    def likely(self) -> bool:
        """Whether it recurs as a name does: not enough to believe in one unless other
        lines show that this is a page."""
        if self.titles and self.closes_title and (self.mentions >= 2 or self.listed >= 1):
            return True
        return self.listed >= 2 and bool(self.alone or (self.titles and self.tailed))


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """A name that behaves like a name of a site: its full form and its short one."""

    name: str
    core: str
    sightings: Sightings


#: Between a title and a name. A hyphen between Latin letters or digits belongs to a word.
GLUE = r"(?:[:：|｜_丨~～>»‖]|[–—]+|(?<![0-9A-Za-z])[-－]|[-－](?![0-9A-Za-z]))"
_GLUE = re.compile(rf"(?P<space>\s+)(?!{GLUE})|\s*{GLUE}+\s*|(?<=.)[‘“「『【\[(（]|[’”」』】\])）](?=.)")
_TRIM = " \t\u3000‘’“”\"'「」『』【】[]<>《》,，.。:：|｜_-–—~·/\\"
_NAME = re.compile(r"[\u3400-\u9fffA-Za-z]{2}")
_HAN = r"[\u3400-\u9fff]"
_LETTERS = re.compile(
    rf"{_HAN}{{2,}}(?:[(（·]{{1,2}}{_HAN}{{1,8}}[)）]?{_HAN}*)*"
    rf"|[a-zA-Z0-9]+{_HAN}{{1,}}|[a-zA-Z]{{3,}}(?: [a-zA-Z]{{3,}})*"
)
_MARKS = re.compile("[【】「」『』]")
_NO_NAME = re.compile(
    r"copyright|copyleft|all rights? reserved|www|com|net|cn|org|https?|html|php"
    r"|版权|所有|保留|权利|互联网|网络|未知|本站|原创|转载|备案|关注|公众号|扫码|扫一扫|二维码|微信|更多|精彩|内容"
    r"|客户端|手机|您好|欢迎|光临|访问|来到|首页|当前|位置|正文"
)
_PIECES = re.compile(rf"\s*{GLUE}+\s*|[\s,，;；。!！/]+|https?\S+|www\.\S+")
_CLOSING = {"(": ")", "（": "）"}
_GLUE_ONLY = re.compile(rf"\s*(?:{GLUE}|[/→])+\s*")


def segments(text: str) -> tuple[list[str], list[str]]:
    """(heads, tails): what stands before the first separators of a line, and behind its last ones."""
    places = list(_GLUE.finditer(text))
    heads = [_segment(text[: match.start()], text[match.end() :], match) for match in places[: Articles.segments]]
    tails = [_segment(text[match.end() :], text[: match.start()], match) for match in places[-Articles.segments :]]
    # A bracket in a name is no separator; at the end of a tail it may be open, where the site cut the line.
    return [h for h in heads if h and _open(h) == 0], [t for t in tails if t and _open(t) >= 0]


def _open(part: str) -> int:
    """How many brackets are left open."""
    return part.count("(") + part.count("（") - part.count(")") - part.count("）")


def _segment(part: str, rest: str, separator: re.Match[str]) -> str:
    """`part` without marks at its ends if it can be a name that something is glued to, else an empty string."""
    if separator.group() in _CLOSING and part.rstrip().endswith(_CLOSING[separator.group()]):
        part = part.rstrip()[:-1]
    part = part.strip(_TRIM)
    if not _is_name(part) or not _is_name(rest.strip(_TRIM)[: Articles.longest_name]):
        return ""
    return "" if separator["space"] and len(part) < Articles.behind_gap else part


def _is_name(segment: str) -> bool:
    return (
        2 <= len(segment) <= Articles.longest_name and not _MARKS.search(segment) and _NAME.search(segment) is not None
    )


def core_of(name: str, boilerplate: Boilerplate) -> str:
    """The name without what sites append to it; the name itself where nothing but that would be left."""
    core = boilerplate.name_tail.sub("", name).strip(_TRIM)
    return core.lower() if len(core) >= 2 else name.lower()


class NameCounts:
    """Counts where every candidate name of a page was seen."""

    def __init__(self, boilerplate: Boilerplate) -> None:
        self.boilerplate = boilerplate
        self.seen: dict[str, Sightings] = {}
        self.items: list[str] = []
        self.others: list[str] = []

    def title(self, text: str, path: bool) -> None:
        """A line above the article; what a `path` ends in is where it leads, no name."""
        heads, tails = segments(text)
        tails = [] if path else tails
        for name in tails:
            self._of(name).titles.append(name)
            self._of(name).closes_title = True
        for name in heads:
            sightings = self._of(name)
            sightings.opens_title = sightings.opens_title or not sightings.titles
            sightings.titles.append(name)
        self.alone(text)

    def owner(self, pattern: Pattern, row: Row) -> None:
        """A line that names the site: its source or copyright line, its path, its greeting."""
        value = pattern.value(row.plain)
        if pattern.name in ("breadcrumb", "path"):
            # Only the beginning of a path names the site; what follows are its sections.
            value = _GLUE_ONLY.split(value.rpartition(":")[2], maxsplit=1)[0]
        pieces = {piece.strip(_TRIM) for piece in _PIECES.split(value)}
        pieces.update(_NO_NAME.sub(" ", word).strip() for word in _LETTERS.findall(_NO_NAME.sub(" ", value)))
        longest: dict[str, str] = {}
        for name in pieces:
            if _is_name(name) and not _NO_NAME.fullmatch(name):
                core = core_of(name, self.boilerplate)
                longest[core] = max(longest.get(core, ""), name, key=len)
        for name in longest.values():
            sightings = self._of(name)
            # A path through the site begins with "X首页": that is where the name leads, not what it is.
            form = core_of(name, self.boilerplate) if pattern.kind == "nav" else name
            # With the capital letters that it has in the line.
            place = row.text.lower().find(form)
            sightings.owners.append(row.text[place : place + len(form)] if place >= 0 else form)
            sightings.signed += 1
            sightings.site += pattern.kind != "source"

    def item(self, text: str) -> None:
        """An item of a list, or any other short line that is not part of the article."""
        self.items.append(text)
        heads, tails = segments(text)
        for name in set(tails):
            self._of(name).tails.append(name)
        for name in set(heads) - set(tails):
            self._of(name).heads.append(name)
        self.alone(text)

    def alone(self, text: str) -> None:
        """A short line that may be nothing but the name."""
        if len(text) <= 24 and _is_name(text.strip(_TRIM)):
            self._of(text.strip(_TRIM)).alone.append(text.strip(_TRIM))

    def _of(self, name: str) -> Sightings:
        core = core_of(name, self.boilerplate)
        sightings = self.seen.setdefault(core, Sightings())
        sightings.tailed = sightings.tailed or core != name.lower()
        return sightings

    def candidates(self, titles: Sequence[str]) -> list[NameCandidate]:
        """The names that may be a name of a site, best first; `Sightings.convincing` says
        which of them behave like one."""
        for core, sightings in self.seen.items():
            if sightings.closes_title:
                sightings.mentions = sum(core in line for line in self.others)
        likely = {
            core: s
            for core, s in self.seen.items()
            if s.owners or s.listed >= 2 or (s.titles and (s.score > 3 or s.mentions >= 2))
        }
        self._cut_short(likely, titles)
        known = self.boilerplate
        found = [
            NameCandidate(_full_form(sightings, titles), core, sightings)
            for core, sightings in likely.items()
            if not (known.find(core) or known.section.fullmatch(core) or known.name_tail.fullmatch(core))
        ]

        def rank(candidate: NameCandidate) -> tuple[bool, float, int, str]:
            seen = candidate.sightings
            return not seen.convincing, -seen.score, -len(candidate.name), candidate.name

        return sorted(found, key=rank)

    def _cut_short(self, likely: dict[str, Sightings], titles: Sequence[str]) -> None:
        """Counts items that end in the beginning of a name: the site cut its lines at a length."""
        prefixes: dict[str, str] = {}
        ranked = sorted(likely, key=lambda core: -likely[core].score)[:50]
        for core in ranked:
            form = _full_form(likely[core], titles)
            for size in range(2, len(form)):
                prefixes.setdefault(form[:size], core)
        for text in self.items:
            _, tails = segments(text)
            for tail in tails:
                core = prefixes.get(tail, "")
                if core and core_of(tail, self.boilerplate) != core:
                    likely[core].cuts += 1
                    break


def _full_form(sightings: Sightings, titles: Sequence[str]) -> str:
    """The longest form that stands in a title, else the one the site signs with; the commonest, or longest of those."""
    listed = [*sightings.tails, *sightings.heads]
    everywhere = Counter([*sightings.owners, *listed, *sightings.alone, *sightings.titles])
    if sightings.titles:
        shown = [form for form in everywhere if any(form in title and len(title) > len(form) for title in titles)]
        # A gap in a name may be that between the name and a menu beside it.
        shown = [form for form in shown if not any(form.startswith(f"{other} ") for other in shown)]
        if shown:
            return max(shown, key=lambda form: (len(form), form))
    forms = Counter(sightings.owners or listed or sightings.alone or sightings.titles)
    return max(forms, key=lambda form: (forms[form] + everywhere[form], len(form), form))


def take_census(
    rows: Iterable[Row], found: Sequence[Pattern | None], first: int, boilerplate: Boilerplate
) -> tuple[NameCounts, list[str]]:
    """The census of a page's lines and the lines above its article; `first` is the index of its first prose."""
    census, titles = NameCounts(boilerplate), []
    known: set[str] = set()
    for row in rows:
        pattern = found[row.index]
        if not row.text or row.text in known or (row.prose and pattern is None):
            continue
        known.add(row.text)
        if row.index > first or pattern is not None or row.menu:
            census.others.append(row.text.lower())
        if pattern is not None:
            if pattern.names:
                census.owner(pattern, row)
            elif pattern.kind == "pager":
                census.item(row.text)
        elif len(row.text) <= Articles.longest_item + Articles.longest_name and row.index < first and not row.bullet:
            titles.append(row.text)
            census.title(row.text, path=row.words)
        elif row.item:
            census.item(row.text)
    return census, titles
