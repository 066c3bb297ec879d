"""The reviewed patterns of `lexicons/page/furniture.yaml`, compiled, and which of them a line matches."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from despin.lexicon.locate import shipped_folder
from despin.lexicon.problems import Report, raise_errors
from despin.page.furniture_file import read_furniture

#: Kinds after which a page has left the article: what is short below them belongs to the site.
CLOSING = frozenset({"list", "comments", "end", "pager"})
#: Kinds that stand at the end of an article: prose below them must show that it belongs to it.
ENDING = CLOSING | {"source", "keywords"}
KINDS = ("list", "comments", "end", "pager", "source", "keywords", "meta", "share", "nav", "notice", "advert")
#: Kinds that come without whole sentences: a line that has one only speaks of such things.
_WORDLESS = frozenset({"list", "end", "pager", "meta", "share", "nav"})
#: White space behind a label, unless another label follows: "点击: 更新: 2015" has three parts.
_LABEL = re.compile(r": +(?![^\s:]*:)")
#: What a line that is covered by words of a pattern holds beside them, as a share of its letters, at most.
UNCOVERED = 0.25
_SENTENCE = re.compile("[,，。;；!！?？]")
_NO_LETTER = re.compile(r"[\W\d_]+")
#: Between the parts of a menu or of a line of counters.
_BETWEEN = re.compile(r"[\s|/·•,，、>»;]+")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of line. `sure` patterns hold anywhere; the others need other signs of a page beside them."""

    name: str
    kind: str
    reason: str
    whole: re.Pattern[str] | None
    parts: re.Pattern[str] | None
    covers: re.Pattern[str] | None
    not_only: re.Pattern[str] | None
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
            return self.whole.fullmatch(plain) is not None
        if self.covers is not None:
            return self._is_covered(self.covers, plain)
        assert self.parts is not None
        # A pattern that spans a separator ("a 12") is tried on the whole line first.
        whole = self.parts.fullmatch(plain)
        parts = [plain] if whole else [part for part in _BETWEEN.split(_LABEL.sub(":", plain)) if part]
        known = sum(self.parts.fullmatch(part) is not None for part in parts)
        strange = len(parts) - known
        if known < self.at_least or strange > (min(self.strangers, known - 1) if known >= 3 else 0):
            return False
        return not (len(parts) < 3 and self.not_only and all(self.not_only.fullmatch(part) for part in parts))

    def _is_covered(self, words: re.Pattern[str], plain: str) -> bool:
        """Whether nearly all letters of the line belong to words of the pattern, and there are enough of those."""
        if _SENTENCE.search(plain):
            return False
        rest, known = words.subn("", plain)
        letters = len(_NO_LETTER.sub("", plain))
        return known >= self.at_least and len(_NO_LETTER.sub("", rest)) <= UNCOVERED * letters

    def value(self, plain: str) -> str:
        """What the line says: the part after its label, or the line where the pattern marks none."""
        found = self.whole.fullmatch(plain) if self.whole is not None else None
        if found is None or "value" not in found.re.groupindex:
            return plain
        return found["value"] or ""


@dataclass(frozen=True, slots=True)
class Furniture:
    """All patterns and word classes of one file."""

    patterns: tuple[Pattern, ...]
    summary: re.Pattern[str]
    section: re.Pattern[str]
    brand_tail: re.Pattern[str]
    before_name: re.Pattern[str]
    after_name: re.Pattern[str]
    same: dict[int, str]

    def find(self, plain: str) -> Pattern | None:
        """The first pattern the line matches; sure ones come first."""
        return next((pattern for pattern in self.patterns if pattern.match(plain)), None)


def build(data: dict[str, Any]) -> Furniture:
    """The patterns of a checked file; sure ones first, the order of the file otherwise."""
    patterns = [
        Pattern(
            name=name,
            kind=fields["kind"],
            reason=fields["reason"],
            whole=_compiled(fields.get("match")),
            parts=_compiled(fields.get("parts")),
            covers=_compiled(fields.get("covers")),
            not_only=_compiled(fields.get("not_only")),
            sure=fields.get("sure") == "true",
            names=fields.get("names") == "true",
            longest=int(fields.get("longest", 120)),
            at_least=int(fields.get("at_least", 1)),
            strangers=int(fields.get("strangers", 0)),
        )
        for name, fields in data["lines"].items()
    ]
    # With enough of its words a line is a sure one.
    for pattern in [pattern for pattern in patterns if "sure_at" in data["lines"][pattern.name]]:
        patterns.append(replace(pattern, sure=True, at_least=int(data["lines"][pattern.name]["sure_at"])))
    tails = "|".join(re.escape(word) for word in sorted(data["brand_tails"], key=len, reverse=True))
    return Furniture(
        patterns=tuple(sorted(patterns, key=lambda pattern: not pattern.sure)),
        summary=re.compile(data["summary"]["match"]),
        section=re.compile(data["sections"]["match"]),
        brand_tail=re.compile(rf"(?:[·\s]?[(（]?(?:{tails})[)）]?)+\Z", re.IGNORECASE),
        before_name=re.compile(rf"(?:{'|'.join(map(re.escape, data['before_a_name']))})\Z"),
        after_name=re.compile("|".join(map(re.escape, data["after_a_name"]))),
        same={ord(pair[0]): pair[1] for pair in data["simplified"].split()},
    )


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


def shipped_path() -> Path:
    """Where the shipped patterns are. Raises `LexiconError` when the shipped lexicons are missing."""
    return shipped_folder() / "page" / "furniture.yaml"


@functools.lru_cache(maxsize=4)
def load(path: Path) -> Furniture:
    """The patterns of a file. Raises `LexiconError` listing everything that is wrong with it."""
    report = Report(str(path))
    data = read_furniture(path, report)
    raise_errors(report.sorted())
    assert data is not None
    return build(data)


def shipped() -> Furniture:
    """The shipped patterns, read once in a process."""
    return load(shipped_path())
