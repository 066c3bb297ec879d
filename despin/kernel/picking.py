"""Which edits of a table are taken, and what stood beside them. Compiled where a compiler was at hand; types in
`picking.pxd`."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.kernel.table import Table


def pick(
    table: Table, confidences: array[float], rates: array[float], bar: float, least: float
) -> list[tuple[int, int, list[int]]]:
    """The arcs that are as sure as the `bar`, by start, the surer ones first where two overlap: each with the offer that
    speaks most for it and the rivals of its place that have at least so much confidence, likeliest first."""
    arc_first, starts, ends, places = table.arc_first, table.starts, table.ends, table.places
    source_first, families, weights, offers = table.source_first, table.families, table.weights, table.offers
    found = []
    for piece in range(len(table.masses)):
        low, high = arc_first[piece], arc_first[piece + 1]
        sure: list[int] = []
        for arc in range(low, high):
            if confidences[arc] >= bar:
                sure.append(arc)
        if len(sure) > 1:
            ranked, sure = sorted([(-confidences[arc], arc) for arc in sure]), []
            for _, arc in ranked:
                free = True
                for other in sure:
                    if starts[arc] < ends[other] and starts[other] < ends[arc]:
                        free = False
                if free:
                    sure.append(arc)
            sure = [arc for _, arc in sorted([(starts[arc], arc) for arc in sure])]
        for arc in sure:
            offer = offers[_best_source(source_first, families, weights, rates, arc)]
            found.append((arc, offer, _rivals(places, confidences, arc, low, high, least)))
    return found


def rivals(table: Table, confidences: array[float], arc: int, low: int, high: int, least: float) -> list[int]:
    """The other arcs of the place of `arc`, whose piece has those from `low` to `high - 1`, that have at least so much
    confidence, likeliest first."""
    return _rivals(table.places, confidences, arc, low, high, least)


def _rivals(places: array[int], confidences: array[float], arc: int, low: int, high: int, least: float) -> list[int]:
    place = places[arc]
    found: list[int] = []
    for other in range(low, high):
        if places[other] == place and other != arc and confidences[other] >= least:
            found.append(other)
    if len(found) > 1:
        found = [other for _, other in sorted([(-confidences[other], other) for other in found])]
    return found


def best_offer(table: Table, rates: array[float], arc: int) -> int:
    """The offer of an arc that speaks most for it at the `rates` of the families."""
    source = _best_source(table.source_first, table.families, table.weights, rates, arc)
    return int(table.offers[source])


def _best_source(
    source_first: array[int], families: array[int], weights: array[float], rates: array[float], arc: int
) -> int:
    best = source_first[arc]
    for source in range(best + 1, source_first[arc + 1]):
        ahead = rates[families[source]] * weights[source] - rates[families[best]] * weights[best]
        if ahead > 0.0 or (ahead == 0.0 and weights[source] > weights[best]):
            best = source
    return best


def left_over(table: Table, confidences: array[float], bar: float, ceiling: float) -> float:
    """log10 of how much likelier than not edits are that stay below the `bar`, at places that no surer edit touches; each
    adds at most `ceiling`."""
    arc_first, starts, ends, places = table.arc_first, table.starts, table.ends, table.places
    found, shares = table.posteriors, array("d", bytes(8 * len(table.place_forms)))
    total = 0.0
    for piece in range(len(table.masses)):
        for arc in range(arc_first[piece], arc_first[piece + 1]):
            shares[places[arc]] += found[arc]
        for arc in range(arc_first[piece], arc_first[piece + 1]):
            if confidences[arc] >= bar:
                for other in range(arc_first[piece], arc_first[piece + 1]):
                    if starts[other] < ends[arc] and starts[arc] < ends[other]:
                        shares[places[other]] = 0.0
    for place in range(len(shares)):
        left = 1.0 - shares[place]
        part = -math.log10(left) if left > 1e-9 else 9.0
        total += part if part < ceiling else ceiling
    return total
