# cython: infer_types=True
"""Expectation-maximisation over the table of a document: the E step and the M step of `docs/model.md`.

Compiled; the types of what comes in are in `em.pxd`, which puts C's `math` in the place of Python's, and those of other
names follow from them. A `table` is a `despin.kernel.table.Table`.

What a lattice's steps enter is numbered from its first arc: 0 nothing, n + 1 arc n, and beyond the arcs the joints,
which are several arcs at once.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

from despin.kernel.types import NONE, ZERO

if TYPE_CHECKING:
    from despin.kernel.table import Table

_NEVER = float("-inf")


def tempered(
    first: array[int],
    previous: array[int],
    fluency: array[float],
    entered: array[int],
    scale: float,
    weights: array[float],
) -> tuple[float, float]:
    """Fill `weights` with exp(scale * fluency) of every step, the best into each hypothesis divided out, so that no
    product underflows. Gives the fluency of the best reading, and the mass of the unedited ones."""
    hypotheses = len(first) - 1
    forward, kept = ZERO * hypotheses, ZERO * hypotheses
    kept[0] = 1.0
    for here in range(1, hypotheses):
        best = _NEVER
        for step in range(first[here], first[here + 1]):
            score = forward[previous[step]] + fluency[step]
            if score > best:
                best = score
        forward[here] = best
        unedited = 0.0
        for step in range(first[here], first[here + 1]):
            weight = math.exp(scale * (forward[previous[step]] + fluency[step] - best))
            weights[step] = weight
            if entered[step] == 0:
                unedited += kept[previous[step]] * weight
        kept[here] = unedited
    return forward[hypotheses - 1], kept[hypotheses - 1]


class Lattices:
    """The lattices of some pieces, one behind the other, and room to weigh their readings.

    The arcs of piece p are `arc_first[p]` to `arc_first[p + 1] - 1`, and so on: its hypotheses by `hypothesis_first`,
    their steps by `step_first`, its joints by `joint_of`, the arcs of these by `joint_first`. `active` says of every
    piece whether it is looked at; `whole` is the mass of all its readings.
    """

    def __init__(
        self,
        arc_first: array[int],
        hypothesis_first: array[int],
        step_first: array[int],
        previous: array[int],
        step_weights: array[float],
        entered: array[int],
        joint_of: array[int],
        joint_first: array[int],
        joint_arcs: array[int],
    ) -> None:
        self.arc_first, self.hypothesis_first, self.step_first = arc_first, hypothesis_first, step_first
        self.previous, self.step_weights, self.entered = previous, step_weights, entered
        self.joint_of, self.joint_first, self.joint_arcs = joint_of, joint_first, joint_arcs
        pieces, hypotheses = len(arc_first) - 1, len(step_first)
        entries = arc_first[pieces] + len(joint_first)
        self.active, self.whole = NONE * pieces, ZERO * pieces
        self.factors, self.taken, self.flows = ZERO * entries, ZERO * entries, ZERO * len(previous)
        self.alpha, self.beta = ZERO * hypotheses, ZERO * hypotheses

    def weigh(self, odds: array[float], found: array[float]) -> None:
        """Fill `found` by arc with the posteriors of the pieces that are active, under `odds`, and `whole` with the
        masses of all their readings."""
        for piece in range(len(self.active)):
            if not self.active[piece]:
                continue
            _enter(self, piece, odds)
            mass = _forward(self, piece)
            _backward(self, piece)
            self.whole[piece] = mass
            arc, end, joint = self.arc_first[piece], self.arc_first[piece + 1], self.joint_of[piece]
            for index in range(arc, end):
                found[index] = self.taken[index - arc + 1] / mass
            for index in range(joint, self.joint_of[piece + 1]):
                value = self.taken[end - arc + 1 + index - joint] / mass
                for place in range(self.joint_first[index], self.joint_first[index + 1]):
                    found[self.joint_arcs[place]] += value


def _enter(of: Lattices, piece: int, odds: array[float]) -> None:
    """Fill `factors` with the odds of what steps enter, by its number; nothing of it is `taken` yet."""
    arc, end, joint = of.arc_first[piece], of.arc_first[piece + 1], of.joint_of[piece]
    of.factors[0] = 1.0
    of.taken[0] = 0.0
    for index in range(arc, end):
        of.factors[index - arc + 1] = odds[index]
        of.taken[index - arc + 1] = 0.0
    for index in range(joint, of.joint_of[piece + 1]):
        value = 1.0
        for place in range(of.joint_first[index], of.joint_first[index + 1]):
            value *= odds[of.joint_arcs[place]]
        of.factors[end - arc + 1 + index - joint] = value
        of.taken[end - arc + 1 + index - joint] = 0.0


def _forward(of: Lattices, piece: int) -> float:
    """The mass of all readings of a piece, a step's weight multiplied by the factor of what it enters; fills `flows`
    with these products, and `alpha` with the mass up to every hypothesis."""
    low, high = of.hypothesis_first[piece], of.hypothesis_first[piece + 1]
    of.alpha[low] = 1.0
    for here in range(low + 1, high):
        total = 0.0
        for step in range(of.step_first[here], of.step_first[here + 1]):
            flow = of.step_weights[step] * of.factors[of.entered[step]]
            of.flows[step] = flow
            total += of.alpha[of.previous[step]] * flow
        of.alpha[here] = total
    return of.alpha[high - 1]


def _backward(of: Lattices, piece: int) -> None:
    """Add to `taken` the mass of the readings that enter something, by its number, after `_forward` (Baum 1972)."""
    low, high = of.hypothesis_first[piece], of.hypothesis_first[piece + 1]
    for here in range(low, high):
        of.beta[here] = 0.0
    of.beta[high - 1] = 1.0
    for here in range(high - 1, low, -1):
        after = of.beta[here]
        # What no reading reaches adds nothing to any that one does.
        if after == 0.0 or of.alpha[here] == 0.0:
            continue
        for step in range(of.step_first[here], of.step_first[here + 1]):
            flow = after * of.flows[step]
            of.beta[of.previous[step]] += flow
            of.taken[of.entered[step]] += of.alpha[of.previous[step]] * flow


def posteriors(
    first: array[int],
    previous: array[int],
    weights: array[float],
    entered: array[int],
    joint_first: array[int],
    joint_arcs: array[int],
    odds: array[float],
    found: array[float],
) -> float:
    """Fill `found` with the posterior of every arc of one lattice under `odds`; the mass of all readings."""
    arcs, joints = array("i", [0, len(odds)]), array("i", [0, len(joint_first) - 1])
    hypotheses = array("i", [0, len(first) - 1])
    one = Lattices(arcs, hypotheses, first, previous, weights, entered, joints, joint_first, joint_arcs)
    one.active[0] = 1
    one.weigh(odds, found)
    return one.whole[0]


class Columns(Lattices):
    """The columns of a table in the form in which the passes read them: made once for all passes. `other_odds` and
    `other_found` are room for odds and posteriors of arcs that are not those of the table."""

    def __init__(self, table: Table) -> None:
        super().__init__(
            table.arc_first, table.hypothesis_first, table.step_first, table.previous, table.step_weights,
            table.entered, table.joint_of, table.joint_first, table.joint_arcs,
        )  # fmt: skip
        self.source_first, self.families, self.keys = table.source_first, table.families, table.keys
        self.both_ways, self.offers, self.weights = table.both_ways, table.offers, table.weights
        self.odds, self.found, self.gains, self.masses = table.odds, table.posteriors, table.gains, table.masses
        self.starts, self.ends, self.sets = table.starts, table.ends, table.family_sets
        self.places, self.place_first, self.place_forms = table.places, table.place_first, table.place_forms
        self.other_odds, self.other_found = ZERO * len(table.places), ZERO * len(table.places)

    def take(self, weights: array[float]) -> None:
        """Take these weights for those of the sources."""
        self.weights = weights

    def without(self, unwanted: array[int]) -> array[float]:
        """The weights of all sources, 0 where they are `unwanted` offers."""
        weights = ZERO * len(self.offers)
        # The same under a name that is typed.
        kept = weights
        for source in range(len(self.offers)):
            if not unwanted[self.offers[source]]:
                kept[source] = self.weights[source]
        return weights


class Estimate:
    """What is believed of the families of a document, and what is counted for it, over the columns of a table. All but
    the columns are arrays that change in place.

    By family: its rate; its rate over the originals it surely replaced (`full`); how often originals of it stand
    `unspun`. `stiffness` is how many observations a family's rate is worth against those of a single original.
    By key: what is expected to have been replaced (`spun`), how often the original is left `standing`, and the family
    (`key_families`).
    `replacing` is the share of the full rate at which a word that is itself an original would have been replaced; the
    document is believed to hold `phantom` words more than are seen. `context` is a factor by arc, for what the rest of
    the document says; empty until that is asked.
    """

    def __init__(
        self,
        columns: Columns,
        rates: array[float],
        full: array[float],
        stiffness: float,
        unspun: array[float],
        standing: array[float],
        spun: array[float],
        key_families: array[int],
        replacing: float,
        phantom: float,
    ) -> None:
        self.columns, self.rates, self.full, self.stiffness = columns, rates, full, stiffness
        self.unspun, self.standing, self.spun, self.key_families = unspun, standing, spun, key_families
        self.replacing, self.phantom, self.context = replacing, phantom, ZERO * 0
        self.room = ZERO * (3 * len(rates))

    def follow(self, context: array[float]) -> None:
        """Multiply odds by these factors, by arc."""
        self.context = context


def _columns_of(estimate: Estimate) -> Columns:
    """The columns of an estimate. Raises `TypeError` where it was made without any."""
    if estimate.columns is None:
        raise TypeError("an estimate needs the columns of a table")
    return estimate.columns


def _fill_odds(of: Columns, estimate: Estimate) -> None:
    """Fill the odds of all arcs, and say which pieces are active: those where some are more than 0. What has nothing
    but inactive arcs has no posteriors and no gain."""
    rates, raised, known = estimate.rates, estimate.room, len(estimate.context) > 0
    for family in range(len(rates)):
        raised[family] = 1.0 / (1.0 - estimate.replacing * estimate.full[family])
    for piece in range(len(of.active)):
        of.active[piece] = 0
        for arc in range(of.arc_first[piece], of.arc_first[piece + 1]):
            total = 0.0
            for source in range(of.source_first[arc], of.source_first[arc + 1]):
                family = of.families[source]
                own = rates[family]
                if own > 0.0:
                    elsewhere = estimate.spun[of.keys[source]]
                    if elsewhere > 0.0:
                        left = estimate.standing[of.keys[source]]
                        elsewhere -= of.found[arc]
                        if elsewhere < 0.0:
                            elsewhere = 0.0
                        own = (estimate.stiffness * own + elsewhere) / (estimate.stiffness + elsewhere + left)
                    own *= of.weights[source]
                    if of.both_ways[source]:
                        own *= raised[family]
                    total += own
            if known:
                total *= estimate.context[arc]
            of.odds[arc] = total
            if total > 0.0:
                of.active[piece] = 1
        if not of.active[piece]:
            of.gains[piece] = 0.0
            for arc in range(of.arc_first[piece], of.arc_first[piece + 1]):
                of.found[arc] = 0.0


def e_step(estimate: Estimate) -> None:
    """Fill the table's odds against keeping the page's word, posteriors and gains (log10 likelihood ratios of the
    pieces).

    An original's own rate, its expected `spun` count without this arc against the times it is left `standing` (by key),
    is drawn towards its family's, the more the greater the `stiffness`. A word that is itself an original would have
    been replaced at its family's rate among the full rates, times `replacing`. Raises `TypeError` where the estimate is
    of no columns.
    """
    columns = _columns_of(estimate)
    _fill_odds(columns, estimate)
    columns.weigh(columns.odds, columns.found)
    for piece in range(len(columns.active)):
        if columns.active[piece]:
            columns.gains[piece] = math.log10(columns.whole[piece] / columns.masses[piece])


def first_step(table: Table, rates: array[float], full: array[float], replacing: float, keys: int) -> None:
    """The same where nothing is counted yet, at these rates and full rates; there are so many keys."""
    none = ZERO * keys
    e_step(Estimate(table.columns, rates, full, 0.0, none, none, none, NONE * 0, replacing, 0.0))


def m_step(estimate: Estimate) -> None:
    """Take new rates from expected counts: those over all originals, and full ones over those surely replaced; and what
    every key is expected to have replaced. A family without a rate gets none."""
    columns = _columns_of(estimate)
    rates, full, spun, room = estimate.rates, estimate.full, estimate.spun, estimate.room
    source_first, families, keys, found = columns.source_first, columns.families, columns.keys, columns.found
    weights, key_families, count = columns.weights, estimate.key_families, len(estimate.rates)
    # By family: what is spun, then what is surely spun, then what was left of that.
    for family in range(3 * count):
        room[family] = 0.0
    for key in range(len(spun)):
        spun[key] = 0.0
    # What every arc is expected to have replaced is shared out among its sources.
    for arc in range(len(found)):
        if found[arc] > 1e-6:
            total = 0.0
            for source in range(source_first[arc], source_first[arc + 1]):
                total += rates[families[source]] * weights[source]
            scale = found[arc] / total
            for source in range(source_first[arc], source_first[arc + 1]):
                share = rates[families[source]] * weights[source] * scale
                room[families[source]] += share
                spun[keys[source]] += share
    for key in range(len(spun)):
        # More than one, however sums are rounded.
        if spun[key] > 1.0 + 1e-9:
            room[count + key_families[key]] += spun[key] - 1.0
            room[2 * count + key_families[key]] += estimate.standing[key]
    phantom = estimate.phantom
    for family in range(count):
        rate = 0.0
        if rates[family] > 0.0:
            rate = room[family] / (room[family] + estimate.unspun[family] + phantom)
            rate = rate if rate < 0.95 else 0.95
        rates[family] = rate
        full[family] = (room[count + family] + phantom * rate) / (
            room[count + family] + room[2 * count + family] + phantom
        )


def passes(estimate: Estimate, turns: int) -> None:
    """So many times `e_step` and `m_step`."""
    for _ in range(turns):
        e_step(estimate)
        m_step(estimate)
