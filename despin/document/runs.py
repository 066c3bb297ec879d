"""Runs of spun sentences: a hidden Markov model of two states, spun and clean, over what speaks for each sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

from despin.kernel.sentences import LINE_BORDER, MOST, SENTENCE_BORDER, Sentence, border

#: A stretch is as likely spun as not at so many nats.
THRESHOLD = 5.0


def capped(nats: float) -> float:
    """What one sentence may add or take."""
    # Quicker than `max` and `min`, which are asked for every sentence.
    return MOST if nats > MOST else -MOST if nats < -MOST else nats


def runs(parts: Sequence[Sentence], scores: Sequence[float], eased: float = 1.0) -> list[tuple[int, int]]:
    """The runs of spun sentences as (first, last), last excluded, on the likeliest path of the hidden Markov model;
    borders cost `eased` times as much as usual, and nothing at the ends of the text."""
    clean, spun = 0.0, 0.0
    path: list[tuple[bool, bool]] = []
    for number, (part, score) in enumerate(zip(parts, scores, strict=True)):
        cost = (LINE_BORDER if part[2] else SENTENCE_BORDER) * eased if number else 0.0
        from_spun = spun - cost > clean
        to_spun = clean - cost > spun
        path.append((from_spun, to_spun))
        clean, spun = max(clean, spun - cost), max(spun, clean - cost) + score
    state = spun > clean
    runs: list[tuple[int, int]] = []
    last = len(parts)
    for number in range(len(parts) - 1, -1, -1):
        from_spun, to_spun = path[number]
        if state:
            if to_spun or not number:
                runs.append((number, last))
                state = False if number and to_spun else state
        elif from_spun and number:
            state, last = True, number
    return runs[::-1]


def believed(parts: Sequence[Sentence], scores: Sequence[float]) -> list[tuple[int, int]]:
    """The runs of sentences that are believed to be spun."""
    return [pair for pair in runs(parts, scores) if total_of(parts, scores, *pair) >= THRESHOLD]


def total_of(parts: Sequence[Sentence], scores: Sequence[float], first: int, last: int) -> float:
    """What speaks for a stretch, in nats, less what its borders cost."""
    total = sum(scores[first:last])
    if first:
        total -= border(parts[first])
    if last < len(parts):
        total -= border(parts[last])
    return total


def odds_to_chance(odds: float) -> float:
    """The probability of log odds in nats."""
    # Beyond 30 the probability is 0 or 1 to twelve places; far beyond, `exp` overflows.
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
