"""Edits of a text, words that look replaced and are left, and applying edits. Offsets are code points of the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from despin.results.value import Value


@dataclass(frozen=True, slots=True)
class Alternative(Value):
    """A runner-up: another original for the same place, with its posterior probability."""

    original: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Edit(Value):
    """One restored place. `text[start:end] == spun` in the caller's own string, in code points.

    `confidence` is the calibrated posterior probability that `original` stood here. `entry` names the lexicon entry, as
    `family:spun`. `changes` names the class of facts that the edit changes ("polarity", which turns the statement:
    不存在 → 存在, "time", "place", "person", "number", "quantity" or "direction"), or is None. `context` says that the
    word is somebody else's ("quotation", "name"), or is None. `proof` says what spinning the restoration again shows:
    "forced" (what stands here comes back, and no other original does that, the rest of the clause as it is restored),
    "possible" (it comes back, as it would with other originals), "respun" (it comes back; others were not tried),
    "failed" (it does not come back), None where nothing was spun again.
    """

    _RENAMED: ClassVar = {"flips": 'changes == "polarity"', "proved": "proof", "forced": 'proof == "forced"'}

    start: int
    end: int
    spun: str
    original: str
    confidence: float
    entry: str = ""
    alternatives: tuple[Alternative, ...] = ()
    changes: str | None = None
    context: str | None = None
    proof: str | None = None

    def marked(self, changes: str | None, context: str | None) -> Edit:
        """The same edit with what it changes, and whose word it is."""
        # Each field by itself: `replace` takes several times as long, and there are many.
        return Edit(
            self.start, self.end, self.spun, self.original, self.confidence, self.entry, self.alternatives,
            changes, context, self.proof,
        )  # fmt: skip

    def at(self, start: int, end: int) -> Edit:
        """The same edit at another place."""
        return Edit(
            start, end, self.spun, self.original, self.confidence, self.entry, self.alternatives,
            self.changes, self.context, self.proof,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suspect(Value):
    """A word that looks replaced and is left: `text[start:end] == spun`.

    `score` is the probability that the word is spun. `why` says why it is left: no original is sure enough
    ("unsure"), the one that is likeliest would change a fact and is not sure enough for that ("fact"), it stands in a
    quotation ("quotation") or a name ("name"), or the program that spun its stretch would not leave it so, though no
    original is known ("failed"). `originals` are those that it may have been, likeliest first; `entry` is that of the
    edit which is not made.
    """

    _KEYS: ClassVar = ("start", "end", "spun", "score", "why", "originals")

    start: int
    end: int
    spun: str
    score: float
    why: str
    originals: tuple[Alternative, ...] = ()
    entry: str = ""

    @classmethod
    def of(cls, edit: Edit, why: str) -> Suspect:
        """The place of an edit that is not made; all its originals count."""
        score = edit.confidence
        for one in edit.alternatives:
            score += one.confidence
        originals = (Alternative(edit.original, edit.confidence), *edit.alternatives)
        return cls(edit.start, edit.end, edit.spun, min(1.0, score), why, originals, edit.entry)

    def moved(self, by: int) -> Suspect:
        """The same place in a text that has `by` more characters before it."""
        return replace(self, start=self.start + by, end=self.end + by) if by else self


def apply(text: str, edits: Sequence[Edit]) -> str:
    """`text` with every edit's `spun` replaced by its `original`; all else is untouched. Raises `ValueError` when the
    edits are not sorted and disjoint, or do not belong to this text."""
    pieces: list[str] = []
    position = 0
    for edit in edits:
        start, end, spun = edit.start, edit.end, edit.spun
        if start < position or text[start:end] != spun:
            raise ValueError(f"edit {spun!r} at {start} overlaps its neighbour or is not in this text")
        pieces += (text[position:start], edit.original)
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def moved(edits: Iterable[Edit], by: int) -> list[Edit]:
    """The same edits in a text that has `by` more characters before it."""
    return [edit.at(edit.start + by, edit.end + by) for edit in edits] if by else list(edits)
