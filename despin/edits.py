"""What despin did to a text: `Edit` and `Restoration`, and applying edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
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
        row = asdict(self)
        row["confidence"] = round(self.confidence, 4)
        row["alternatives"] = [
            {"original": a.original, "confidence": round(a.confidence, 4)} for a in self.alternatives
        ]
        return row


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
        object.__setattr__(self, "text", apply(self.source, self.edits))

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
        if edit.start < position or text[edit.start : edit.end] != edit.spun:
            raise ValueError(f"edit {edit.spun!r} at {edit.start} overlaps its neighbour or is not in this text")
        pieces += (text[position : edit.start], edit.original)
        position = edit.end
    pieces.append(text[position:])
    return "".join(pieces)
