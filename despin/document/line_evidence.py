"""What the units of a text say for each family at each rate: the scores from which
`despin.document.partition` takes it apart."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence

from despin.document.partition import Unit
from despin.document.state import Document
from despin.kernel import em, ratios
from despin.kernel.table import zeros
from despin.kernel.types import family_bit
from despin.tuning import Parting


def unit_scores(document: Document, parts: Sequence[Unit]) -> dict[tuple[int, float], list[float]]:
    """The scores of all units (log10), by family and rate: its spun forms where they stand, each for no
    more than the ceiling of a form, less what stands though the family would have replaced it, less what
    chance finds in so many characters."""
    starts = [part.start for part in parts]
    places = array("i", [bisect_right(starts, segment.start) - 1 for segment in document.segments])
    channel, noise = document.channel, document.channel.noise
    first, unspun = channel.unspun_within(document.text, document.matches.found, starts)
    chance = [Parting.chance * noise * (part.end - part.start) for part in parts]
    found: dict[tuple[int, float], list[float]] = {}
    count = len(channel.families)
    sets = document.table.family_sets
    for family in range(count):
        bit = family_bit(family)
        if not any(one & bit for one in sets):
            continue
        for rate in Parting.rates:
            gains = _gains(document, family, rate, places, len(parts))
            kept = array("d", [1.0]) * count
            kept[family] = 1.0 - rate
            against = zeros(len(parts))
            ratios.kept_standing(first, unspun.patterns, unspun.counts, *channel.exposures, kept, against)
            found[family, rate] = [
                gain + less - noise_ for gain, less, noise_ in zip(gains, against, chance, strict=True)
            ]
    return found


def _gains(document: Document, family: int, rate: float, places: array[int], count: int) -> list[float]:
    """What the segments of every unit say for a family at a rate."""
    table = document.table
    rates = zeros(len(document.channel.families))
    rates[family] = rate
    em.first_step(table, rates, rates, document.tuning.both_ways, len(document.ids.key_families))
    found = [0.0] * count
    for place, gain in zip(places, table.gains, strict=True):
        found[place] += min(document.tuning.ceiling, gain)
    return found
