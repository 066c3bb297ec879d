"""What despin did to a text: `Edit` and `Restoration`, and applying edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Alternative:
    """A runner-up: another original for the same place, with its posterior probability."""

    original: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Edit:
    """One restored place. `text[start:end] == spun` in the caller's own string, in code points.

    `confidence` is the calibrated posterior probability that `original` stood here. `flips` says that the edit
    turns the polarity of the statement (不存在 → 存在). `entry` names the lexicon entry, as `family:spun`.
    """

    start: int
    end: int
    spun: str
    original: str
    confidence: float
    flips: bool = False
    entry: str = ""
    alternatives: tuple[Alternative, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The edit as JSON-ready values; `confidence` is rounded to four places."""
        return {
            "start": self.start,
            "end": self.end,
            "spun": self.spun,
            "original": self.original,
            "confidence": round(self.confidence, 4),
            "flips": self.flips,
            "entry": self.entry,
            "alternatives": [{"original": a.original, "confidence": round(a.confidence, 4)} for a in self.alternatives],
        }


@dataclass(frozen=True, slots=True)
class Restoration:
    """A text, the edits that restore it, and what the document as a whole says.

    `spun_score` is the probability that the document is spun; `family` the likeliest spinner family or None;
    `rate` the estimated share of replaceable words that were replaced.
    """

    source: str
    edits: tuple[Edit, ...] = ()
    spun_score: float = 0.0
    family: str | None = None
    rate: float = 0.0
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", apply(self.source, self.edits) if self.edits else self.source)

    def as_dict(self) -> dict[str, Any]:
        """The restoration as JSON-ready values, without the source."""
        return {
            "text": self.text,
            "spun_score": round(self.spun_score, 4),
            "family": self.family,
            "rate": round(self.rate, 4),
            "edits": [edit.as_dict() for edit in self.edits],
        }


def apply(text: str, edits: Sequence[Edit]) -> str:
    """`text` with every edit's `spun` replaced by its `original`; all else is untouched.

    Raises `ValueError` when the edits are not sorted and disjoint, or do not belong to this text.
    """
    pieces: list[str] = []
    position = 0
    for edit in edits:
        start, end, spun = edit.start, edit.end, edit.spun
        if start < position or text[start:end] != spun:
            raise ValueError(f"edit {spun!r} at {start} overlaps its neighbour or is not in this text")
        pieces.append(text[position:start])
        pieces.append(edit.original)
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def compose(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits of `text` that do what `first` does and then `second` to its result; both sorted and disjoint.

    Where a second edit touches what a first one wrote, the two become one, with the lower confidence.
    """
    result = apply(text, first)
    spans: list[tuple[int, int, bool, Edit]] = [(edit.start, edit.end, True, edit) for edit in second]
    shift = 0
    for edit in first:
        spans.append((edit.start + shift, edit.start + shift + len(edit.original), False, edit))
        shift += len(edit.original) - len(edit.spun)
    groups: list[list[tuple[int, int, bool, Edit]]] = []
    reach = -1
    for span in sorted(spans, key=lambda span: span[:3]):
        start, end = span[:2]
        empty = start == end or (groups and groups[-1][0][0] == reach)
        if groups and (start < reach or (start == reach and empty)):
            groups[-1].append(span)
            reach = max(reach, end)
        else:
            groups.append([span])
            reach = end
    done: list[Edit] = []
    shift = 0
    for group in groups:
        done.append(_joined(text, result, group, shift))
        shift += sum(len(edit.original) - len(edit.spun) for _, _, later, edit in group if not later)
    return tuple(edit for edit in done if edit.spun != edit.original)


def _joined(text: str, result: str, group: list[tuple[int, int, bool, Edit]], shift: int) -> Edit:
    """The edits of a group, given where they stand in `result`, as one edit of `text`; `shift` is from text to result."""
    edits = [edit for *_, edit in group]
    if len(group) == 1:
        low, _, later, edit = group[0]
        return replace(edit, start=edit.start - shift, end=edit.end - shift) if later else edit
    low, high = min(span[0] for span in group), max(span[1] for span in group)
    grown = sum(len(edit.original) - len(edit.spun) for _, _, later, edit in group if not later)
    start, end = low - shift, high - shift - grown
    pieces: list[str] = []
    position = low
    for _, _, later, edit in group:
        if later:
            pieces += (result[position : edit.start], edit.original)
            position = edit.end
    return replace(
        edits[0],
        start=start,
        end=end,
        spun=text[start:end],
        original="".join(pieces) + result[position:high],
        confidence=min(edit.confidence for edit in edits),
        flips=sum(edit.flips for edit in edits) % 2 == 1,
        alternatives=(),
    )


@dataclass(frozen=True, slots=True)
class Clue:
    """A word that speaks for a spinner: `count` occurrences of `spun` for `original`, `weight` their log10
    likelihood ratio."""

    spun: str
    original: str
    count: int
    weight: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is spun. `score` is the probability that it is, `family` the likeliest spinner family, `rate` the
    estimated share of replaceable words that were replaced, `evidence` the clues, weightiest first."""

    spun: bool
    score: float
    family: str | None = None
    rate: float = 0.0
    evidence: tuple[Clue, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a stretch: its text, the edits that lead to it, log10 `fluency` and `channel` terms, and its
    posterior probability among the readings listed."""

    text: str
    edits: tuple[Edit, ...]
    fluency: float
    channel: float
    posterior: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """`text` stands at `start:end` of the caller's string; `rows` are its readings, likeliest first. `family` and
    `rate` are what the document believes."""

    start: int
    end: int
    text: str
    rows: tuple[Reading, ...]
    family: str | None
    rate: float
