# cython: infer_types=True
"""How sure edits are, and which of them are made.

Compiled; the types of what comes in are in `picking.pxd`, which puts C's `math` in the place of Python's, and those of
other names follow from them. A `table` is a `despin.kernel.table.Table`.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.kernel.table import Table


def believe(table: Table, beliefs: array[float], found: array[float]) -> None:
    """Multiply `found` by arc by the belief in its piece."""
    arc_first = table.arc_first
    for piece in range(len(beliefs)):
        for arc in range(arc_first[piece], arc_first[piece + 1]):
            found[arc] *= beliefs[piece]


def calibrate(found: array[float], even: float, slope: float, lift: float) -> None:
    """Multiply log odds by `slope` where they are more than `even` from 0, from there on, and add `lift` (Platt 1999);
    nats."""
    for index in range(len(found)):
        if 0.0 < found[index] < 1.0:
            said = math.log(found[index] / (1.0 - found[index]))
            size = abs(said)
            said = math.copysign(min(size, even + slope * (size - even)), said)
            found[index] = 1.0 / (1.0 + math.exp(-lift - said))


def pick(
    table: Table,
    confidences: array[float],
    rates: array[float],
    bar: float,
    least: float,
    sure: float = 0.0,
    together: float = 0.0,
) -> list[tuple[int, int, list[int]]]:
    """The arcs that are as sure as the `bar`, by start, the surer ones first where two overlap: each with its
    `best_offer` at the `rates` of the families, and with its `rivals`, which have at least so much confidence. Those
    that are less sure than `sure` have to be as sure as `together` with their rivals."""
    columns = table.columns
    arc_first, starts, ends = columns.arc_first, columns.starts, columns.ends
    found = []
    for piece in range(len(arc_first) - 1):
        low, high = arc_first[piece], arc_first[piece + 1]
        chosen: list[int] = []
        apart, end = True, -1
        for arc in range(low, high):
            if confidences[arc] >= bar:
                chosen.append(arc)
                apart = apart and starts[arc] >= end
                end = ends[arc]
        if not apart:
            ranked, chosen = sorted([(-confidences[arc], arc) for arc in chosen]), []
            for _, arc in ranked:
                free = True
                for other in chosen:
                    if starts[arc] < ends[other] and starts[other] < ends[arc]:
                        free = False
                if free:
                    chosen.append(arc)
            chosen = [arc for _, arc in sorted([(starts[arc], arc) for arc in chosen])]
        for arc in chosen:
            others = rivals(table, confidences, arc, low, high, least)
            if confidences[arc] < sure:
                whole = confidences[arc]
                for other in others:
                    whole += confidences[other]
                if whole < together:
                    continue
            found.append((arc, best_offer(table, rates, arc), others))
    return found


def rivals(table: Table, confidences: array[float], arc: int, low: int, high: int, least: float) -> list[int]:
    """The other arcs of the place of `arc`, whose piece has those from `low` to `high - 1`, that have at least so much
    confidence, likeliest first."""
    columns = table.columns
    places = columns.places
    found: list[int] = []
    for other in range(low, high):
        if places[other] == places[arc] and other != arc and confidences[other] >= least:
            found.append(other)
    if len(found) > 1:
        found = [other for _, other in sorted([(-confidences[other], other) for other in found])]
    return found


def best_offer(table: Table, rates: array[float], arc: int) -> int:
    """The offer of an arc that speaks most for it at the `rates` of the families."""
    columns = table.columns
    source_first, families, weights = columns.source_first, columns.families, columns.weights
    best = source_first[arc]
    for source in range(best + 1, source_first[arc + 1]):
        ahead = rates[families[source]] * weights[source] - rates[families[best]] * weights[best]
        if ahead > 0.0 or (ahead == 0.0 and weights[source] > weights[best]):
            best = source
    return columns.offers[best]
