"""Expectation-maximisation over the table of a document, and the other loops over flat arrays: which edits are taken,
what words that stand unreplaced say, how words fit their surroundings, and the segments of a text.

Compiled; the types of all names are in `em.pxd`, which puts C's `math` in the place of Python's.

A `table` is a `despin.kernel.table.Table`. What a lattice's steps enter is numbered from its first arc: 0 nothing, n +
1 arc n, and beyond the arcs the joints, which are several arcs at once.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.kernel.table import Table

_NEVER = float("-inf")
#: What arrays of zeros are made of.
_ZERO, _NONE = array("d", [0.0]), array("i", [0])


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
    forward = _ZERO * hypotheses
    kept = _ZERO * hypotheses
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


def _forward(
    low: int,
    high: int,
    first: array[int],
    previous: array[int],
    weights: array[float],
    entered: array[int],
    factors: array[float],
    flows: array[float],
    alpha: array[float],
) -> float:
    """The mass of all readings of the lattice of hypotheses low..high-1, a step's weight multiplied by the factor of
    what it enters; fills `flows` with these products, and `alpha` with the mass up to every hypothesis."""
    alpha[low] = 1.0
    for here in range(low + 1, high):
        total = 0.0
        for step in range(first[here], first[here + 1]):
            flow = weights[step] * factors[entered[step]]
            flows[step] = flow
            total += alpha[previous[step]] * flow
        alpha[here] = total
    return alpha[high - 1]


def _backward(
    low: int,
    high: int,
    first: array[int],
    previous: array[int],
    entered: array[int],
    flows: array[float],
    alpha: array[float],
    beta: array[float],
    taken: array[float],
) -> None:
    """Add to `taken` the mass of the readings that enter something, by its number, after `_forward` (Baum 1972)."""
    for here in range(low, high):
        beta[here] = 0.0
    beta[high - 1] = 1.0
    for here in range(high - 1, low, -1):
        after = beta[here]
        # What no reading reaches adds nothing to any that one does.
        if after == 0.0 or alpha[here] == 0.0:
            continue
        for step in range(first[here], first[here + 1]):
            flow = after * flows[step]
            beta[previous[step]] += flow
            taken[entered[step]] += alpha[previous[step]] * flow


def _enter(
    arc: int,
    arc_end: int,
    joint: int,
    joint_end: int,
    joint_first: array[int],
    joint_arcs: array[int],
    odds: array[float],
    factors: array[float],
    taken: array[float],
) -> None:
    """Fill `factors` with the odds of what steps enter, by its number; nothing of it is `taken` yet."""
    factors[0] = 1.0
    taken[0] = 0.0
    for index in range(arc, arc_end):
        factors[index - arc + 1] = odds[index]
        taken[index - arc + 1] = 0.0
    for index in range(joint, joint_end):
        value = 1.0
        for place in range(joint_first[index], joint_first[index + 1]):
            value *= odds[joint_arcs[place]]
        factors[arc_end - arc + 1 + index - joint] = value
        taken[arc_end - arc + 1 + index - joint] = 0.0


def _weigh(
    arc_first: array[int],
    hypothesis_first: array[int],
    first: array[int],
    previous: array[int],
    weights: array[float],
    entered: array[int],
    joint_of: array[int],
    joint_first: array[int],
    joint_arcs: array[int],
    active: array[int],
    odds: array[float],
    found: array[float],
    whole: array[float],
    factors: array[float],
    taken: array[float],
    flows: array[float],
    alpha: array[float],
    beta: array[float],
) -> None:
    """Fill `found` by arc with the posteriors of the pieces that are `active`, under `odds`, and `whole` with the
    masses of all their readings. What is behind these is room to work in."""
    for piece in range(len(active)):
        if not active[piece]:
            continue
        low, high = hypothesis_first[piece], hypothesis_first[piece + 1]
        arc, end, joint, joint_end = arc_first[piece], arc_first[piece + 1], joint_of[piece], joint_of[piece + 1]
        _enter(arc, end, joint, joint_end, joint_first, joint_arcs, odds, factors, taken)
        mass = _forward(low, high, first, previous, weights, entered, factors, flows, alpha)
        _backward(low, high, first, previous, entered, flows, alpha, beta, taken)
        whole[piece] = mass
        for index in range(arc, end):
            found[index] = taken[index - arc + 1] / mass
        for index in range(joint, joint_end):
            value = taken[end - arc + 1 + index - joint] / mass
            for place in range(joint_first[index], joint_first[index + 1]):
                found[joint_arcs[place]] += value


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
    high, arcs, joints = len(first) - 1, len(odds), len(joint_first) - 1
    arc_first, hypothesis_first, joint_of = array("i", [0, arcs]), array("i", [0, high]), array("i", [0, joints])
    whole = _ZERO * 1
    factors = _ZERO * (arcs + joints + 1)
    taken = _ZERO * (arcs + joints + 1)
    _weigh(
        arc_first, hypothesis_first, first, previous, weights, entered, joint_of, joint_first, joint_arcs,
        array("i", [1]), odds, found, whole, factors, taken, _ZERO * len(previous), _ZERO * high, _ZERO * high,
    )  # fmt: skip
    mass: float = whole[0]
    return mass


class Columns:
    """The columns of a table in the form in which the passes read them, and room to work in: made once for all passes.
    `other_odds` and `other_found` are room for odds and posteriors of arcs that are not those of the table; `active`
    says of every piece whether it is looked at, `whole` is the mass of all its readings."""

    def __init__(self, table: Table) -> None:
        self.arc_first, self.source_first = table.arc_first, table.source_first
        self.families, self.both_ways, self.keys = table.families, table.both_ways, table.keys
        self.odds, self.found, self.gains, self.masses = table.odds, table.posteriors, table.gains, table.masses
        self.hypothesis_first, self.step_first = table.hypothesis_first, table.step_first
        self.previous, self.step_weights, self.entered = table.previous, table.step_weights, table.entered
        self.joint_of, self.joint_first, self.joint_arcs = table.joint_of, table.joint_first, table.joint_arcs
        self.places, self.place_first, self.place_forms = table.places, table.place_first, table.place_forms
        self.starts, self.ends, self.pairs, self.offers = table.starts, table.ends, table.pairs, table.offers
        self.sets, self.weights = table.family_sets, table.weights
        arcs, pieces, hypotheses = len(table.starts), len(table.masses), len(table.step_first)
        entries = arcs + len(table.joint_first)
        self.active = _NONE * pieces
        size = 2 * arcs + pieces + 2 * entries + 2 * hypotheses + len(table.previous)
        self._divide(_ZERO * size, arcs, pieces, entries, hypotheses)

    def _divide(self, room: array[float], arcs: int, pieces: int, entries: int, hypotheses: int) -> None:
        """Take the parts of an array for room to work in; compiled code makes no copies of them."""
        self.other_odds, self.other_found = room[:arcs], room[arcs : 2 * arcs]
        room = room[2 * arcs :]
        self.factors, self.taken = room[:entries], room[entries : 2 * entries]
        room = room[2 * entries :]
        self.alpha, self.beta = room[:hypotheses], room[hypotheses : 2 * hypotheses]
        room = room[2 * hypotheses :]
        self.whole, self.flows = room[:pieces], room[pieces:]

    def take(self, weights: array[float]) -> None:
        """Take these weights for those of the sources."""
        self.weights = weights


class Estimate:
    """What is believed of the families of a document, and what is counted for it, over the columns of a table; all but
    the columns are arrays that change in place.

    By family: its rate, its rate over the originals it surely replaced (`full`), and how often originals of it stand
    `unspun`; `stiffness` is how many observations a rate is worth against those of a single original. By key: what is
    expected to have been replaced (`spun`), and how often the original is left `standing`; `key_families` are theirs.
    `replacing` is the share of the full rate at which a word that is itself an
    original would have been replaced; the document is believed to hold `phantom` words more than are seen.
    `context` is a factor by arc, for what the rest of the document says; empty until that is asked.
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
        self.replacing, self.phantom, self.context = replacing, phantom, _ZERO * 0
        self.room = _ZERO * (3 * len(rates))

    def follow(self, context: array[float]) -> None:
        """Multiply odds by these factors, by arc."""
        self.context = context


def _columns_of(estimate: Estimate) -> Columns:
    """The columns of an estimate. Raises `TypeError` where it was made without any."""
    if estimate.columns is None:
        raise TypeError("an estimate needs the columns of a table")
    return estimate.columns


def clear(values: array[float]) -> None:
    """Make all values 0."""
    for index in range(len(values)):
        values[index] = 0.0


def _fill_odds(
    columns: Columns,
    rates: array[float],
    raised: array[float],
    spun: array[float],
    standing: array[float],
    context: array[float],
    stiffness: float,
) -> None:
    """Fill the odds of all arcs, and say which pieces are active: those where some are more than 0. What has
    nothing but inactive arcs has no posteriors and no gain. As of `e_step`; `raised` is by family what
    sources gain that go both ways."""
    arc_first, source_first, families = columns.arc_first, columns.source_first, columns.families
    both_ways, keys, odds, found, active = columns.both_ways, columns.keys, columns.odds, columns.found, columns.active
    weights = columns.weights
    known = len(context) > 0
    for piece in range(len(active)):
        active[piece] = 0
        for arc in range(arc_first[piece], arc_first[piece + 1]):
            total = 0.0
            for source in range(source_first[arc], source_first[arc + 1]):
                family = families[source]
                own = rates[family]
                if own > 0.0:
                    elsewhere = spun[keys[source]]
                    if elsewhere > 0.0:
                        left = standing[keys[source]]
                        elsewhere -= found[arc]
                        if elsewhere < 0.0:
                            elsewhere = 0.0
                        own = (stiffness * own + elsewhere) / (stiffness + elsewhere + left)
                    own *= weights[source]
                    if both_ways[source]:
                        own *= raised[family]
                    total += own
            if known:
                total *= context[arc]
            odds[arc] = total
            if total > 0.0:
                active[piece] = 1
        if not active[piece]:
            columns.gains[piece] = 0.0
            for arc in range(arc_first[piece], arc_first[piece + 1]):
                found[arc] = 0.0


def _expect(columns: Columns) -> None:
    """Fill posteriors and gains of the active pieces."""
    _weigh(
        columns.arc_first, columns.hypothesis_first, columns.step_first, columns.previous, columns.step_weights,
        columns.entered, columns.joint_of, columns.joint_first, columns.joint_arcs, columns.active, columns.odds,
        columns.found, columns.whole, columns.factors, columns.taken, columns.flows, columns.alpha, columns.beta,
    )  # fmt: skip
    for piece in range(len(columns.active)):
        if columns.active[piece]:
            columns.gains[piece] = math.log10(columns.whole[piece] / columns.masses[piece])


def e_step(estimate: Estimate) -> None:
    """Fill the table's odds against keeping the page's word, posteriors and gains (log10
    likelihood ratios of the pieces).

    An original's own rate, its expected `spun` count without this arc against the times it is left `standing` (by key),
    is drawn towards its family's, the more the greater the `stiffness`. A word that is itself an original
    would have been replaced at its family's rate among the full rates, times `replacing`. Raises `TypeError` where the
    estimate is of no columns.
    """
    columns = _columns_of(estimate)
    for family in range(len(estimate.rates)):
        estimate.room[family] = 1.0 / (1.0 - estimate.replacing * estimate.full[family])
    _fill_odds(
        columns,
        estimate.rates,
        estimate.room,
        estimate.spun,
        estimate.standing,
        estimate.context,
        estimate.stiffness,
    )
    _expect(columns)


def first_step(table: Table, rates: array[float], full: array[float], replacing: float, keys: int) -> None:
    """The same where nothing is counted yet, at these rates and full rates; there are so many keys."""
    columns = table.columns
    raised, nothing = _ZERO * len(rates), _ZERO * keys
    # The same under a name that is typed.
    factors = raised
    for family in range(len(rates)):
        factors[family] = 1.0 / (1.0 - replacing * full[family])
    _fill_odds(columns, rates, factors, nothing, nothing, _ZERO * 0, 0.0)
    _expect(columns)


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


def add_gains(
    table: Table,
    wanted: int,
    rates: array[float],
    ceiling: float,
    sums: array[float],
    counts: array[int],
) -> None:
    """For the families in the bit set `wanted` at their `rates`: share every piece's log10 likelihood ratio out among
    its spun forms, by how surely each is spun; add the parts to `sums` and how many there were to `counts`, by form."""
    room = _ZERO * len(sums)
    _add_gains(table.columns, wanted, rates, ceiling, sums, counts, room)


def _add_gains(
    columns: Columns,
    wanted: int,
    rates: array[float],
    ceiling: float,
    sums: array[float],
    counts: array[int],
    surprise: array[float],
) -> None:
    """What `add_gains` does; `surprise` is room by form, all 0 before and after."""
    arc_first, source_first, families = columns.arc_first, columns.source_first, columns.families
    sets, odds, weights, active = columns.sets, columns.other_odds, columns.weights, columns.active
    for piece in range(len(active)):
        active[piece] = 0
        if not sets[piece] & wanted:
            continue
        for arc in range(arc_first[piece], arc_first[piece + 1]):
            total = 0.0
            for source in range(source_first[arc], source_first[arc + 1]):
                total += rates[families[source]] * weights[source]
            odds[arc] = total
            if total > 0.0:
                active[piece] = 1
    _weigh(
        columns.arc_first, columns.hypothesis_first, columns.step_first, columns.previous, columns.step_weights,
        columns.entered, columns.joint_of, columns.joint_first, columns.joint_arcs, columns.active, columns.other_odds,
        columns.other_found, columns.whole, columns.factors, columns.taken, columns.flows, columns.alpha, columns.beta,
    )  # fmt: skip
    for piece in range(len(active)):
        if active[piece]:
            gain = math.log10(columns.whole[piece] / columns.masses[piece])
            _share_gain(columns, piece, columns.other_found, surprise, gain, ceiling, sums, counts)


def _share_gain(
    columns: Columns,
    piece: int,
    found: array[float],
    surprise: array[float],
    gain: float,
    ceiling: float,
    sums: array[float],
    counts: array[int],
) -> None:
    """What `add_gains` does with a piece whose log10 likelihood ratio is `gain` and whose arcs are as likely as `found`
    says; the rest as of `_add_gains`."""
    low, high = columns.place_first[piece], columns.place_first[piece + 1]
    # How surely each place is spun.
    for place in range(low, high):
        columns.taken[place - low] = 0.0
    for arc in range(columns.arc_first[piece], columns.arc_first[piece + 1]):
        columns.taken[columns.places[arc] - low] += found[arc]
    whole = 0.0
    for place in range(low, high):
        if columns.taken[place - low] > 0.0:
            left = 1.0 - columns.taken[place - low]
            if left < 1e-9:
                left = 1e-9
            part = -math.log10(left)
            surprise[columns.place_forms[place]] += part
            whole += part
    for place in range(low, high):
        if columns.taken[place - low] > 0.0:
            form = columns.place_forms[place]
            # A form's first place takes the part of all its places.
            if whole > 0.0 and surprise[form] >= 0.0:
                part = gain * surprise[form] / whole
                sums[form] += part if part < ceiling else ceiling
                counts[form] += 1
            surprise[form] = -1.0
    for place in range(low, high):
        surprise[columns.place_forms[place]] = 0.0


def join_bursts(parts: array[float], counts: array[int], ceiling: float) -> float:
    """Make of sums of `counts` parts each what n of a kind weigh together: as much as sqrt(n), and at
    most `ceiling`; the sum of that."""
    total = 0.0
    for form in range(len(parts)):
        if counts[form] > 0:
            part = parts[form] / math.sqrt(counts[form])
            parts[form] = part if part < ceiling else ceiling
            total += parts[form]
    return total


def line_gains(table: Table, lines: array[int], ceiling: float, forms: int, found: array[float]) -> None:
    """Fill `found` by line with what its forms say (log10), n of one as much as sqrt(n), each at most `ceiling`: the
    gains of the pieces, as the last E step left them. `lines` are those of the pieces, in order; so many `forms` have
    numbers."""
    columns = table.columns
    sums, counts, surprise = _ZERO * forms, _NONE * forms, _ZERO * forms
    # The same under names that are typed.
    parts, numbers, room = sums, counts, surprise
    piece, pieces = 0, len(lines)
    while piece < pieces:
        line = lines[piece]
        for form in range(forms):
            parts[form] = 0.0
            numbers[form] = 0
        while piece < pieces and lines[piece] == line:
            if columns.gains[piece] > 0.0:
                _share_gain(columns, piece, columns.found, room, columns.gains[piece], ceiling, parts, numbers)
            piece += 1
        found[line] = join_bursts(parts, numbers, ceiling)


def beside(
    table: Table,
    rates: array[float],
    believed: array[int],
    tried: array[int],
    bits: array[int],
    exposed: tuple[array[int], array[int], array[float]],
    ceiling: float,
    forms: int,
) -> array[float]:
    """log10 likelihood ratio of each family that is `tried` together with those that are `believed`, at their rates:
    what their spun forms say (`add_gains`; `bits` are those of the families), and what stands that they would have
    replaced. `exposed` as `expose` gives it; so many `forms` have numbers."""
    count = len(rates)
    first, families, roots = exposed
    ratios, against, kept, room = _ZERO * count, _ZERO * count, _ZERO * count, _ZERO * forms
    work, sums, counts = _ZERO * count, _ZERO * forms, _NONE * forms
    # The same under names that are typed.
    ratio, left, logs, own, parts, numbers, surprise = ratios, against, kept, work, sums, counts, room
    columns = table.columns
    known = 0
    for family in range(count):
        if believed[family]:
            own[family] = rates[family]
            known |= bits[family]
    if not known:
        for family in range(count):
            if tried[family]:
                logs[family] = math.log10(1.0 - rates[family])
        for original in range(len(roots)):
            for place in range(first[original], first[original + 1]):
                if tried[families[place]]:
                    left[families[place]] += roots[original] * logs[families[place]]
    for family in range(count):
        if not tried[family] or believed[family]:
            continue
        own[family] = rates[family]
        for form in range(forms):
            parts[form] = 0.0
            numbers[form] = 0
        _add_gains(columns, known | bits[family], own, ceiling, parts, numbers, surprise)
        if known:
            left[family] = left_standing(first, families, roots, own)
        ratio[family] = join_bursts(parts, numbers, ceiling) + left[family]
        own[family] = 0.0
    return ratios


def without_offers(table: Table, unwanted: array[int]) -> array[float]:
    """The weights of all sources, 0 where they are `unwanted` offers."""
    weights, offers = table.weights[:], table.offers
    for source in range(len(offers)):
        if unwanted[offers[source]]:
            weights[source] = 0.0
    return weights


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


def any_marked(places: array[int], marks: bytes) -> bool:
    """Whether any of the places is marked."""
    for index in range(len(places)):  # noqa: SIM110 - what is compiled has no generators
        if marks[places[index]]:
            return True
    return False


def scale(values: array[float], factor: float) -> None:
    """Multiply all values."""
    for index in range(len(values)):
        values[index] *= factor


def pick(
    table: Table,
    confidences: array[float],
    rates: array[float],
    bar: float,
    least: float,
    sure: float = 0.0,
    together: float = 0.0,
) -> list[tuple[int, int, list[int]]]:
    """The arcs that are as sure as the `bar`, by start, the surer ones first where two overlap: each with the offer
    that speaks most for it and the rivals of its place that have at least so much confidence, likeliest first. Those
    that are less sure than `sure` have to be as sure as `together` with their rivals."""
    columns = table.columns
    arc_first, starts, ends, places = columns.arc_first, columns.starts, columns.ends, columns.places
    source_first, families, weights, offers = columns.source_first, columns.families, columns.weights, columns.offers
    found = []
    for piece in range(len(columns.masses)):
        low, high = arc_first[piece], arc_first[piece + 1]
        chosen: list[int] = []
        apart, end = True, -1
        for arc in range(low, high):
            if confidences[arc] >= bar:
                chosen.append(arc)
                if starts[arc] < end:
                    apart = False
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
            others = _rivals(places, confidences, arc, low, high, least)
            if confidences[arc] < sure:
                whole = confidences[arc]
                for other in others:
                    whole += confidences[other]
                if whole < together:
                    continue
            offer = offers[_best_source(source_first, families, weights, rates, arc)]
            found.append((arc, offer, others))
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


def expose(
    patterns: array[int], counts: array[int], exposed_first: array[int], exposed: array[int], unspun: array[float]
) -> tuple[array[int], array[int], array[float]]:
    """What `left_standing` reads of patterns that stand so often, and are exposed to the families in `exposed`; adds to
    `unspun` how often originals of a family stand."""
    size = 0
    for place in range(len(patterns)):
        size += exposed_first[patterns[place] + 1] - exposed_first[patterns[place]]
    family_first, families = _NONE * (len(patterns) + 1), _NONE * size
    roots = _ZERO * len(patterns)
    # The same under names that are typed.
    first, found, square = family_first, families, roots
    at = 0
    for place in range(len(patterns)):
        for index in range(exposed_first[patterns[place]], exposed_first[patterns[place] + 1]):
            found[at] = exposed[index]
            unspun[exposed[index]] += counts[place]
            at += 1
        first[place + 1] = at
        square[place] = math.sqrt(counts[place])
    return family_first, families, roots


def left_standing(family_first: array[int], families: array[int], roots: array[float], rates: array[float]) -> float:
    """log10 P(what stands unspun | spun at `rates`): for every original the families that would have replaced it, and
    `roots`, the square root of how often it stands."""
    total = 0.0
    for original in range(len(roots)):
        kept = 1.0
        for place in range(family_first[original], family_first[original + 1]):
            kept *= 1.0 - rates[families[place]]
        if kept != 1.0:
            total += roots[original] * math.log10(kept)
    return total


def kept_standing(
    first: array[int],
    patterns: array[int],
    counts: array[int],
    exposed_first: array[int],
    exposed: array[int],
    kept: array[float],
    found: array[float],
) -> None:
    """Fill `found` by line with log10 of how likely it is that a spinner would have left these originals standing, n of
    one as sqrt(n) different ones; `kept` is how likely a family leaves one. Those of a line begin at its `first`."""
    for line in range(len(found)):
        total = 0.0
        for place in range(first[line], first[line + 1]):
            whole = 1.0
            for index in range(exposed_first[patterns[place]], exposed_first[patterns[place] + 1]):
                whole *= kept[exposed[index]]
            if whole != 1.0:
                total += math.sqrt(counts[place]) * math.log10(whole)
        found[line] = total
