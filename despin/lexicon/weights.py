"""Weights of originals: what sightings in aligned pairs are worth, and what a weight says about them."""

from __future__ import annotations

import math

#: What one sighting weighs beside an entry that somebody wrote from knowledge, which weighs at most 1.
SIGHTING = 4.0
#: A weight of sightings alone may lie this far below a rounded one.
_ROUNDING = 0.051


def weight(sightings: float, listed: float = 0.0) -> float:
    """The weight of an original seen `sightings` times, on top of what it weighs as `listed`; to one decimal.

    Logarithmic, because sightings come in bursts: a text that says a word says it again. Less than one, an expected
    sighting that is not sure, counts by its share.
    """
    if not sightings:
        return listed
    return round(SIGHTING * (1.0 + math.log(sightings) if sightings >= 1 else sightings) + listed, 1)


def sightings(found: float) -> tuple[int, float]:
    """The number of sightings that a weight speaks for, and what it says beyond them: the inverse of `weight`.

    From five sightings on their steps are smaller than what a list may say, so that the split is a guess.
    """
    if found + _ROUNDING < SIGHTING:
        return 0, found
    count = math.floor(math.exp((found + _ROUNDING) / SIGHTING - 1.0))
    return count, max(0.0, round(found - SIGHTING * (1.0 + math.log(count)), 2))
