"""What `detect` returns: whether a text is spun, and what gave it away."""

from __future__ import annotations

from dataclasses import dataclass


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
