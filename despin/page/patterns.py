"""The reviewed patterns of lines that a site adds (`lexicons/page/boilerplate.yaml`), and which of them a line matches.

Their regular expressions are compiled when a line first needs them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from despin.tuning import Articles

#: Kinds after which a page has left the article: what is short below them belongs to the site.
CLOSING = frozenset({"list", "comments", "end", "pager"})
#: Kinds that stand at the end of an article: prose below them must show that it belongs to it.
ENDING = CLOSING | {"source", "keywords"}
KINDS = ("list", "comments", "end", "pager", "source", "keywords", "meta", "share", "nav", "notice", "advert")
#: Kinds that come without whole sentences: a line that has one only speaks of such things.
_WORDLESS = frozenset({"list", "end", "pager", "meta", "share", "nav"})
#: White space behind a label, unless another label follows: "点击: 更新: 2015" has three parts.
_LABEL = re.compile(r": +(?![^\s:]*:)")
_SENTENCE = re.compile("[,，。;；!！?？]")
_NO_LETTER = re.compile(r"[\W\d_]+")
#: Between the parts of a menu or of a line of counters.
_BETWEEN = re.compile(r"[\s|/·•,，、>»;]+")


#: The fields of a pattern that are regular expressions; one of the first three says which lines it matches.
REGEXES = ("match", "parts", "covers", "not_only")


@dataclass(slots=True)
class Regex:
    """A regular expression that is compiled when it is first used."""

    text: str
    flags: int = 0
    _made: re.Pattern[str] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled form."""
        if self._made is None:
            self._made = re.compile(self.text, self.flags)
        return self._made


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of line. `sure` patterns hold anywhere; the others need other signs of a page beside them."""

    name: str
    kind: str
    reason: str
    whole: Regex | None
    parts: Regex | None
    covers: Regex | None
    not_only: Regex | None
    sure: bool = False
    names: bool = False
    longest: int = 120
    at_least: int = 1
    strangers: int = 0

    def match(self, plain: str) -> bool:
        """Whether the line (in its plain form) is of this kind."""
        if not plain or len(plain) > self.longest:
            return False
        if self.kind in _WORDLESS and ("。" in plain[:-1] or (plain[-1] == "。" and "," in plain)):
            return False
        if self.whole is not None:
            return self.whole.pattern.fullmatch(plain) is not None
        if self.covers is not None:
            return self._is_covered(self.covers.pattern, plain)
        assert self.parts is not None
        # A pattern that spans a separator ("a 12") is tried on the whole line first.
        known_part = self.parts.pattern.fullmatch
        whole = known_part(plain)
        parts = [plain] if whole else [part for part in _BETWEEN.split(_LABEL.sub(":", plain)) if part]
        known = sum(known_part(part) is not None for part in parts)
        strange = len(parts) - known
        if known < self.at_least or strange > (min(self.strangers, known - 1) if known >= 3 else 0):
            return False
        return not (len(parts) < 3 and self.not_only and all(map(self.not_only.pattern.fullmatch, parts)))

    def _is_covered(self, words: re.Pattern[str], plain: str) -> bool:
        """Whether nearly all letters of the line belong to words of the pattern, and there are enough of those."""
        if _SENTENCE.search(plain):
            return False
        rest, known = words.subn("", plain)
        letters = len(_NO_LETTER.sub("", plain))
        return known >= self.at_least and len(_NO_LETTER.sub("", rest)) <= Articles.uncovered * letters

    def value(self, plain: str) -> str:
        """What the line says: the part after its label, or the line where the pattern marks none."""
        found = self.whole.pattern.fullmatch(plain) if self.whole is not None else None
        if found is None or "value" not in found.re.groupindex:
            return plain
        return found["value"] or ""


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """All patterns and word classes of one file."""

    patterns: tuple[Pattern, ...]
    summary: re.Pattern[str]
    section: re.Pattern[str]
    name_tail: re.Pattern[str]
    before_name: re.Pattern[str]
    after_name: re.Pattern[str]
    same: dict[int, str]
    groups: dict[str, str]
    words: Regex

    def words_in(self, plain: str) -> list[tuple[str, str]]:
        """(group, word) of each word of sites in a line, in order; of two that overlap the first, then the longer."""
        return [(self.groups[word], word) for word in self.words.pattern.findall(plain)]

    def find(self, plain: str) -> Pattern | None:
        """The first pattern the line matches; sure ones come first."""
        return next((pattern for pattern in self.patterns if pattern.match(plain)), None)


def build(data: dict[str, Any]) -> Boilerplate:
    """The patterns of a checked file; sure ones first, the order of the file otherwise."""
    patterns = []
    for name, fields in data["lines"].items():
        whole, parts, covers, not_only = (Regex(fields[one]) if fields.get(one) else None for one in REGEXES)
        sure, names = (fields.get(one) == "true" for one in ("sure", "names"))
        counts = (("longest", 120), ("at_least", 1), ("strangers", 0))
        longest, at_least, strangers = (int(fields.get(one, usual)) for one, usual in counts)
        said = fields["kind"], fields["reason"], whole, parts, covers, not_only, sure, names
        patterns.append(Pattern(name, *said, longest, at_least, strangers))
    # With enough of its words a line is a sure one.
    for pattern in [pattern for pattern in patterns if "sure_at" in data["lines"][pattern.name]]:
        patterns.append(replace(pattern, sure=True, at_least=int(data["lines"][pattern.name]["sure_at"])))
    # Longer words first; Latin ones as whole words.
    words = sorted((one for many in data["words"].values() for one in many), key=lambda one: (-len(one), one))
    every = "|".join(rf"\b{re.escape(one)}\b" if one.isascii() else re.escape(one) for one in words)
    tails = "|".join(re.escape(word) for word in sorted(data["brand_tails"], key=len, reverse=True))
    return Boilerplate(
        patterns=tuple(sorted(patterns, key=lambda pattern: not pattern.sure)),
        summary=re.compile(data["summary"]["match"]),
        section=re.compile(data["sections"]["match"]),
        name_tail=re.compile(rf"(?:[·\s]?[(（]?(?:{tails})[)）]?)+\Z", re.IGNORECASE),
        before_name=re.compile(rf"(?:{'|'.join(map(re.escape, data['before_a_name']))})\Z"),
        after_name=re.compile("|".join(map(re.escape, data["after_a_name"]))),
        groups={word: group for group, words in data["words"].items() for word in words},
        words=Regex(every),
        same={ord(pair[0]): pair[1] for pair in data["simplified"].split()},
    )
