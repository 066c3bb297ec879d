"""What `readings` returns: the readings of each stretch of a text that were weighed against one another."""

from __future__ import annotations

from dataclasses import dataclass

from despin.edits import Edit


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
