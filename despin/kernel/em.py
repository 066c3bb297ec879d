"""Expectation-maximisation over the table of a document, and the other loops over flat arrays: which edits are taken, what words
that stand unreplaced say, how words fit their surroundings, and the segments of a text.

Compiled where a compiler was at hand; the types of all names are in `em.pxd`, which puts C's `math` in the place of Python's.

A `table` is a `despin.kernel.table.Table`. What a lattice's steps enter is numbered from its first arc: 0 nothing, n + 1 arc
n, and beyond the arcs the joints, which are several arcs at once.
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


def _forward_backward(
    low: int,
    high: int,
    first: array[int],
    previous: array[int],
    weights: array[float],
    entered: array[int],
    factors: array[float],
    taken: array[float],
    alpha: array[float],
    beta: array[float],
) -> float:
    """The mass of all readings of the lattice of hypotheses low..high-1, a step's weight multiplied by the factor of what
    it enters; adds to `taken` the mass of those that enter it, by the same number (Baum 1972)."""
    alpha[low] = 1.0
    beta[low] = 0.0
    for here in range(low + 1, high):
        total = 0.0
        for step in range(first[here], first[here + 1]):
            total += alpha[previous[step]] * weights[step] * factors[entered[step]]
        alpha[here] = total
        beta[here] = 0.0
    mass = alpha[high - 1]
    beta[high - 1] = 1.0
    for here in range(high - 1, low, -1):
        after = beta[here]
        # What no reading reaches adds nothing to any that one does.
        if after == 0.0 or alpha[here] == 0.0:
            continue
        for step in range(first[here], first[here + 1]):
            source = previous[step]
            value = after * weights[step] * factors[entered[step]]
            beta[source] += value
            taken[entered[step]] += alpha[source] * value
    return mass


def _weigh(
    low: int,
    high: int,
    first: array[int],
    previous: array[int],
    weights: array[float],
    entered: array[int],
    arc: int,
    arc_end: int,
    joint: int,
    joint_end: int,
    joint_first: array[int],
    joint_arcs: array[int],
    odds: array[float],
    found: array[float],
    factors: array[float],
    taken: array[float],
    alpha: array[float],
    beta: array[float],
) -> float:
    """Fill `found` from `arc` to `arc_end` with posteriors under `odds`; the mass of all readings."""
    count = arc_end - arc
    factors[0] = 1.0
    taken[0] = 0.0
    for index in range(count):
        factors[index + 1] = odds[arc + index]
        taken[index + 1] = 0.0
    for index in range(joint, joint_end):
        value = 1.0
        for place in range(joint_first[index], joint_first[index + 1]):
            value *= odds[joint_arcs[place]]
        factors[count + 1 + index - joint] = value
        taken[count + 1 + index - joint] = 0.0
    mass = _forward_backward(low, high, first, previous, weights, entered, factors, taken, alpha, beta)
    for index in range(count):
        found[arc + index] = taken[index + 1] / mass
    for index in range(joint, joint_end):
        value = taken[count + 1 + index - joint] / mass
        for place in range(joint_first[index], joint_first[index + 1]):
            found[joint_arcs[place]] += value
    return mass


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
    factors = _ZERO * (arcs + joints + 1)
    taken = _ZERO * (arcs + joints + 1)
    alpha = _ZERO * high
    beta = _ZERO * high
    return _weigh(
        0, high, first, previous, weights, entered, 0, arcs, 0, joints, joint_first, joint_arcs, odds, found,
        factors, taken, alpha, beta,
    )  # fmt: skip


class Columns:
    """The columns of a table in the form in which the passes read them, and room to work in: made once for all passes. `other_odds`
    and `other_found` are room for odds and posteriors of arcs that are not those of the table."""

    def __init__(self, table: Table) -> None:
        self.arc_first, self.source_first = table.arc_first, table.source_first
        self.families, self.both_ways, self.keys = table.families, table.both_ways, table.keys
        self.odds, self.found, self.gains, self.masses = table.odds, table.posteriors, table.gains, table.masses
        self.hypothesis_first, self.step_first = table.hypothesis_first, table.step_first
        self.previous, self.step_weights, self.entered = table.previous, table.step_weights, table.entered
        self.joint_of, self.joint_first, self.joint_arcs = table.joint_of, table.joint_first, table.joint_arcs
        self.places, self.place_first, self.place_forms = table.places, table.place_first, table.place_forms
        self.starts, self.ends, self.pairs, self.offers = table.starts, table.ends, table.pairs, table.offers
        self.sets, self.other_odds, self.other_found = table.family_sets, table.odds[:], table.odds[:]
        # What one segment takes at most.
        arcs = 0
        for piece in range(len(self.masses)):
            some = self.arc_first[piece + 1] - self.arc_first[piece] + self.joint_of[piece + 1] - self.joint_of[piece]
            if some > arcs:
                arcs = some
        hypotheses = len(table.step_first) - 1
        self.factors, self.taken = _ZERO * (arcs + 1), _ZERO * (arcs + 1)
        self.alpha, self.beta = _ZERO * hypotheses, _ZERO * hypotheses


def _weigh_piece(columns: Columns, piece: int, odds: array[float], found: array[float]) -> float:
    """Fill `found` by arc with the posteriors of a piece under `odds`; the mass of all its readings."""
    return _weigh(
        columns.hypothesis_first[piece], columns.hypothesis_first[piece + 1], columns.step_first, columns.previous,
        columns.step_weights, columns.entered, columns.arc_first[piece], columns.arc_first[piece + 1],
        columns.joint_of[piece], columns.joint_of[piece + 1], columns.joint_first, columns.joint_arcs, odds, found,
        columns.factors, columns.taken, columns.alpha, columns.beta,
    )  # fmt: skip


def clear(values: array[float]) -> None:
    """Make all values 0."""
    for index in range(len(values)):
        values[index] = 0.0


def e_step(
    table: Table,
    rates: array[float],
    full_rates: array[float],
    replacing: float,
    spun: array[float],
    standing: array[float],
    topic: array[float],
    stiffness: array[float],
) -> None:
    """Fill the table's odds against keeping the page's word, posteriors and gains (log10 likelihood ratios of the pieces).

    An original's own rate, its expected `spun` count without this arc against the times it is left `standing` (by key), is
    drawn towards its family's, the more the greater that family's `stiffness`. A word that is itself an original would have been
    replaced at its family's rate among `full_rates`, times `replacing`. `topic` is a factor by arc, empty while the topic is unknown.
    """
    columns = table.columns
    arc_first, source_first, families = columns.arc_first, columns.source_first, columns.families
    both_ways, keys, odds, found, gains = columns.both_ways, columns.keys, columns.odds, columns.found, columns.gains
    masses, weights = columns.masses, table.weights
    known = len(topic) > 0
    for piece in range(len(gains)):
        some = False
        for arc in range(arc_first[piece], arc_first[piece + 1]):
            total = 0.0
            for source in range(source_first[arc], source_first[arc + 1]):
                family = families[source]
                rate = rates[family]
                if rate > 0.0:
                    elsewhere = spun[keys[source]]
                    left = standing[keys[source]] if elsewhere > 0.0 else 0.0
                    elsewhere -= found[arc]
                    if elsewhere < 0.0:
                        elsewhere = 0.0
                    own = (
                        (stiffness[family] * rate + elsewhere)
                        / (stiffness[family] + elsewhere + left)
                        * weights[source]
                    )
                    if both_ways[source]:
                        own /= 1.0 - replacing * full_rates[family]
                    total += own
            if known:
                total *= topic[arc]
            odds[arc] = total
            if total > 0.0:
                some = True
        if some:
            gains[piece] = math.log10(_weigh_piece(columns, piece, odds, found) / masses[piece])
        else:
            gains[piece] = 0.0
            for arc in range(arc_first[piece], arc_first[piece + 1]):
                found[arc] = 0.0


def count_spun(table: Table, rates: array[float], by_family: array[float], by_key: array[float]) -> None:
    """Add what every arc is expected to have replaced, shared out among its sources, by family and by original."""
    columns = table.columns
    source_first, families, keys, found = columns.source_first, columns.families, columns.keys, columns.found
    weights = table.weights
    for arc in range(len(found)):
        posterior = found[arc]
        if posterior > 1e-6:
            total = 0.0
            for source in range(source_first[arc], source_first[arc + 1]):
                total += rates[families[source]] * weights[source]
            scale = posterior / total
            for source in range(source_first[arc], source_first[arc + 1]):
                share = rates[families[source]] * weights[source] * scale
                by_family[families[source]] += share
                by_key[keys[source]] += share


def m_step(
    table: Table,
    rates: array[float],
    unspun: array[float],
    standing: array[float],
    key_families: array[int],
    phantom: float,
    replaced: array[float],
    found: array[float],
    full: array[float],
) -> None:
    """Fill in new rates by family from expected counts: those `found` over all originals, and `full` ones over those surely
    replaced; and with what every key is expected to have replaced `replaced`.

    A document is believed to hold `phantom` words more than are seen; a family without a rate gets none.
    """
    count = len(rates)
    # By family: what is spun, then what is surely spun, then what was left of that.
    spun = _ZERO * (3 * count)
    # The same under a name that is typed.
    room = spun
    count_spun(table, rates, room, replaced)
    for key in range(len(replaced)):
        if replaced[key] > 1.0:
            room[count + key_families[key]] += replaced[key] - 1.0
            room[2 * count + key_families[key]] += standing[key]
    for family in range(count):
        rate = 0.0
        if rates[family] > 0.0:
            rate = room[family] / (room[family] + unspun[family] + phantom)
            rate = rate if rate < 0.95 else 0.95
        found[family] = rate
        full[family] = (room[count + family] + phantom * rate) / (
            room[count + family] + room[2 * count + family] + phantom
        )


def passes(
    table: Table,
    rates: array[float],
    full_rates: array[float],
    replacing: float,
    spun: array[float],
    standing: array[float],
    topic: array[float],
    stiffness: array[float],
    unspun: array[float],
    key_families: array[int],
    phantom: float,
    turns: int,
) -> tuple[array[float], array[float], array[float]]:
    """So many times (one or more) `e_step` and `m_step`: the rates, the full rates, and what every key is expected to have replaced."""
    size, count = len(rates), len(key_families)
    now, now_full, counts = _ZERO * size, _ZERO * size, _ZERO * count
    # The same under names that are typed.
    found, full, replaced = now, now_full, counts
    e_step(table, rates, full_rates, replacing, spun, standing, topic, stiffness)
    m_step(table, rates, unspun, standing, key_families, phantom, replaced, found, full)
    for _ in range(turns - 1):
        e_step(table, found, full, replacing, replaced, standing, topic, stiffness)
        before = found
        now, now_full, counts = _ZERO * size, _ZERO * size, _ZERO * count
        found, full, replaced = now, now_full, counts
        m_step(table, before, unspun, standing, key_families, phantom, replaced, found, full)
    return now, now_full, counts


def count(numbers: array[int], counts: array[int], totals: array[float]) -> None:
    """Add counts to totals, by number."""
    for index in range(len(numbers)):
        totals[numbers[index]] += counts[index]


def count_meant(
    table: Table,
    found: array[float],
    pair_originals: array[int],
    originals: array[float],
    meant: array[float],
) -> None:
    """Add how often every original is expected to stand behind a spun form to `originals`, and how often every spun
    form is expected to be meant as it stands to `meant`, with the posteriors `found`."""
    columns = table.columns
    pairs, places, place_forms = columns.pairs, columns.places, columns.place_forms
    shares = _ZERO * len(place_forms)
    for arc in range(len(pairs)):
        originals[pair_originals[pairs[arc]]] += found[arc]
        shares[places[arc]] += found[arc]
    for place in range(len(place_forms)):
        if shares[place] < 1.0:
            meant[place_forms[place]] += 1.0 - shares[place]


def unknown(counts: array[float], priors: array[float]) -> list[int]:
    """Where the counts are more than one and the priors are 0."""
    found = []
    for index in range(len(counts)):
        if counts[index] > 1.0 and priors[index] == 0.0:
            found.append(index)
    return found


def fill_bursts(
    counts: array[float], priors: array[float], burst: float, length: float, ceiling: float, values: array[float]
) -> None:
    """Fill `values` with log10 of how much likelier than its prior a word is that a text of `length` words holds so many
    times: a share `burst` of what it holds beyond the first one is its own doing."""
    for index in range(len(counts)):
        if counts[index] > 1.0:
            share = burst * (counts[index] - 1.0) / length
            value = math.log10(1.0 + share / priors[index])
            values[index] = value if value < ceiling else ceiling


def add_gains(
    table: Table,
    wanted: int,
    rates: array[float],
    topic: array[float],
    ceiling: float,
    sums: array[float],
    counts: array[int],
) -> None:
    """For the families in the bit set `wanted` at their `rates`: share every piece's log10 likelihood ratio out among its
    spun forms, by how surely each is spun; add the parts to `sums` and how many there were to `counts`, by form. `topic`
    is a factor by arc, empty while the topic is unknown."""
    columns = table.columns
    arc_first, source_first, families = columns.arc_first, columns.source_first, columns.families
    masses, places, place_first, place_forms = columns.masses, columns.places, columns.place_first, columns.place_forms
    sets, odds, found = columns.sets, columns.other_odds, columns.other_found
    weights = table.weights
    shares = _ZERO * len(place_forms)
    surprise = _ZERO * len(sums)
    known = len(topic) > 0
    for piece in range(len(masses)):
        if not sets[piece] & wanted:
            continue
        some = False
        for arc in range(arc_first[piece], arc_first[piece + 1]):
            total = 0.0
            for source in range(source_first[arc], source_first[arc + 1]):
                total += rates[families[source]] * weights[source]
            if known:
                total *= topic[arc]
            odds[arc] = total
            if total > 0.0:
                some = True
        if not some:
            continue
        mass = _weigh_piece(columns, piece, odds, found)
        for arc in range(arc_first[piece], arc_first[piece + 1]):
            shares[places[arc]] += found[arc]
        _share_gain(
            place_first[piece], place_first[piece + 1], place_forms, shares, surprise, math.log10(mass / masses[piece]),
            ceiling, sums, counts,
        )  # fmt: skip


def _share_gain(
    low: int,
    high: int,
    place_forms: array[int],
    shares: array[float],
    surprise: array[float],
    gain: float,
    ceiling: float,
    sums: array[float],
    counts: array[int],
) -> None:
    """What `add_gains` does with the places low..high-1 of a piece, whose log10 likelihood ratio is `gain`; `shares` are how
    surely each place is spun, `surprise` is room by form, all 0 before and after."""
    whole = 0.0
    for place in range(low, high):
        if shares[place] > 0.0:
            left = 1.0 - shares[place]
            if left < 1e-9:
                left = 1e-9
            part = -math.log10(left)
            surprise[place_forms[place]] += part
            whole += part
    for place in range(low, high):
        if shares[place] > 0.0:
            form = place_forms[place]
            # A form's first place takes the part of all its places.
            if whole > 0.0 and surprise[form] >= 0.0:
                part = gain * surprise[form] / whole
                sums[form] += part if part < ceiling else ceiling
                counts[form] += 1
            surprise[form] = -1.0
    for place in range(low, high):
        surprise[place_forms[place]] = 0.0


def join_bursts(parts: array[float], counts: array[int], ceiling: float) -> float:
    """Make of sums of `counts` parts each what n of a kind weigh together: as much as sqrt(n), and at most `ceiling`; the
    sum of that."""
    total = 0.0
    for form in range(len(parts)):
        if counts[form] > 0:
            part = parts[form] / math.sqrt(counts[form])
            parts[form] = part if part < ceiling else ceiling
            total += parts[form]
    return total


def beside(
    table: Table,
    rates: array[float],
    believed: array[int],
    tried: array[int],
    bits: array[int],
    exposed: tuple[array[int], array[int], array[float]],
    topic: array[float],
    ceiling: float,
    forms: int,
) -> array[float]:
    """log10 likelihood ratio of each family that is `tried` together with those that are `believed`, at their rates: what their spun
    forms say (`add_gains`; `bits` are those of the families), and what stands that they would have replaced. `exposed` as `expose`
    gives it; so many `forms` have numbers."""
    count = len(rates)
    first, families, roots = exposed
    ratios, against, kept = _ZERO * count, _ZERO * count, _ZERO * count
    work, sums, counts = _ZERO * count, _ZERO * forms, _NONE * forms
    # The same under names that are typed.
    ratio, left, logs, own, parts, numbers = ratios, against, kept, work, sums, counts
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
        add_gains(table, known | bits[family], own, topic, ceiling, parts, numbers)
        if known:
            left[family] = left_standing(first, families, roots, own)
        ratio[family] = join_bursts(parts, numbers, ceiling) + left[family]
        own[family] = 0.0
    return ratios


def fill_factors(
    pairs: array[int],
    pair_originals: array[int],
    pair_forms: array[int],
    gained: array[float],
    lost: array[float],
    factors: array[float],
) -> None:
    """Fill `factors` by arc with 10 to the power of what its original gained and its spun form lost."""
    for arc in range(len(factors)):
        pair = pairs[arc]
        gain = gained[pair_originals[pair]] - lost[pair_forms[pair]]
        factors[arc] = 1.0 if gain == 0.0 else 10.0**gain


def without_offers(table: Table, unwanted: array[int]) -> array[float]:
    """The weights of all sources, 0 where they are `unwanted` offers."""
    weights, offers = table.weights[:], table.offers
    for source in range(len(offers)):
        if unwanted[offers[source]]:
            weights[source] = 0.0
    return weights


def mark_offered(table: Table, rates: array[float], wanted: array[int], found: array[int]) -> None:
    """Set `found` by arc where all sources whose family has a rate are `wanted` offers."""
    source_first, families, offers = table.source_first, table.families, table.offers
    for arc in range(len(found)):
        only = 1
        for source in range(source_first[arc], source_first[arc + 1]):
            if rates[families[source]] > 0.0 and wanted[offers[source]] == 0:
                only = 0
        found[arc] = only


def lessen(table: Table, wanted: array[int], habit: float, found: array[float]) -> None:
    """Multiply `found` of arcs that are `wanted` by `habit` times their greatest weight, where that is below 1."""
    source_first, weights = table.source_first, table.weights
    for arc in range(len(found)):
        if wanted[arc]:
            greatest = 0.0
            for source in range(source_first[arc], source_first[arc + 1]):
                if weights[source] > greatest:
                    greatest = weights[source]
            if habit * greatest < 1.0:
                found[arc] *= habit * greatest


def believe(table: Table, beliefs: array[float], found: array[float]) -> None:
    """Multiply `found` by arc by the belief in its piece."""
    arc_first = table.arc_first
    for piece in range(len(beliefs)):
        for arc in range(arc_first[piece], arc_first[piece + 1]):
            found[arc] *= beliefs[piece]


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
    below: float = math.inf,
    together: float = 0.0,
) -> list[tuple[int, int, list[int]]]:
    """The arcs that are as sure as the `bar`, by start, the surer ones first where two overlap: each with the offer that
    speaks most for it and the rivals of its place that have at least so much confidence, likeliest first. Of these, those that
    are less sure than `below`, and as sure as `together` with their rivals."""
    columns = table.columns
    arc_first, starts, ends, places = columns.arc_first, columns.starts, columns.ends, columns.places
    source_first, families, weights, offers = columns.source_first, columns.families, table.weights, columns.offers
    found = []
    for piece in range(len(columns.masses)):
        low, high = arc_first[piece], arc_first[piece + 1]
        sure: list[int] = []
        apart, end = True, -1
        for arc in range(low, high):
            if confidences[arc] >= bar:
                sure.append(arc)
                if starts[arc] < end:
                    apart = False
                end = ends[arc]
        if not apart:
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
            if confidences[arc] >= below:
                continue
            others = _rivals(places, confidences, arc, low, high, least)
            sum_of_all = confidences[arc]
            for other in others:
                sum_of_all += confidences[other]
            if sum_of_all < together:
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


def residual_evidence(table: Table, confidences: array[float], bar: float, ceiling: float) -> float:
    """log10 of how much likelier than not edits are that stay below the `bar`, at places that no surer edit touches; each
    adds at most `ceiling`."""
    columns = table.columns
    arc_first, starts, ends, places = columns.arc_first, columns.starts, columns.ends, columns.places
    found, shares = columns.found, _ZERO * len(columns.place_forms)
    total = 0.0
    for piece in range(len(columns.masses)):
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
    """Fill `found` by line with log10 of how likely it is that a spinner would have left these originals standing, n of one as
    sqrt(n) different ones; `kept` is how likely a family leaves one. Those of a line begin at its `first`."""
    for line in range(len(found)):
        total = 0.0
        for place in range(first[line], first[line + 1]):
            whole = 1.0
            for index in range(exposed_first[patterns[place]], exposed_first[patterns[place] + 1]):
                whole *= kept[exposed[index]]
            if whole != 1.0:
                total += math.sqrt(counts[place]) * math.log10(whole)
        found[line] = total


def _add_neighbour(
    around: memoryview[int],
    distances: memoryview[float],
    base: int,
    row: int,
    half: int,
    scale: float,
    vector: array[float],
) -> None:
    """Add to `vector` what the word whose numbers begin at `base` says at the distance whose own begin at `row`; see `fit`."""
    for axis in range(half):
        vector[axis] += distances[row + axis] * (scale * ((around[base + axis] & 15) - 8))
    for axis in range(half):
        vector[half + axis] += distances[row + half + axis] * (scale * ((around[base + axis] >> 4) - 8))


def _product(within: memoryview[int], base: int, half: int, vector: array[float]) -> float:
    """The product of `vector` and the numbers of the word in question that begin at `base`; see `fit`."""
    product = 0.0
    for axis in range(half):
        product += vector[axis] * ((within[base + axis] & 15) - 8)
    for axis in range(half):
        product += vector[half + axis] * ((within[base + axis] >> 4) - 8)
    return product


def fit(
    around: memoryview[int],
    within: memoryview[int],
    around_scales: memoryview[float],
    within_scales: memoryview[float],
    distances: memoryview[float],
    offsets: memoryview[float],
    words: array[int],
    first: int,
    last: int,
    vector: array[float],
) -> float:
    """How much likelier (natural log) `words[first:last]` are among the other `words` than anywhere.

    `around` and `within` hold a vector for every word, as a neighbour and as the word in question, whole numbers times the
    word's scale: a byte holds two of them, both 8 too high, in its low half that of an axis of the first half, in its high half
    that of the second. `distances` holds a vector for every distance. Word 0 is none: it says nothing. `vector` is room for one.
    """
    size = len(vector)
    half = size // 2
    reach = len(distances) // size // 2
    total = 0.0
    for place in range(first, last):
        word = words[place]
        if word == 0:
            continue
        for axis in range(size):
            vector[axis] = 0.0
        for step in range(2 * reach):
            other = place + step - reach if step < reach else place + step - reach + 1
            if other < 0 or other >= len(words) or words[other] == 0:
                continue
            base, row, scale = words[other] * half, step * size, around_scales[words[other]]
            _add_neighbour(around, distances, base, row, half, scale, vector)
        total += _product(within, word * half, half, vector) * within_scales[word] + offsets[word]
    return total


def fits(
    around: memoryview[int],
    within: memoryview[int],
    around_scales: memoryview[float],
    within_scales: memoryview[float],
    distances: memoryview[float],
    offsets: memoryview[float],
    numbers: array[int],
    places: tuple[array[int], array[int], array[int]],
    words: array[int],
    bounds: array[int],
    vector: array[float],
    found: array[float],
) -> None:
    """Fill `found` with what `fit` gives for originals of places of a text, whose words are `numbers`. `places` are three columns: how many words stand
    before each place, the first word behind it, the first of its originals, and in the last column one value more, their number; the
    words of original n are words[bounds[n]:bounds[n + 1]]."""
    before, behind, firsts = places
    size = len(vector)
    half = size // 2
    reach = len(distances) // size // 2
    for place in range(len(before)):
        known = False
        for original in range(firsts[place], firsts[place + 1]):
            low = bounds[original]
            count = bounds[original + 1] - low
            total = 0.0
            for number in range(count):
                word = words[low + number]
                if word == 0:
                    continue
                # The place expects the same of all single words.
                if count > 1 or not known:
                    for axis in range(size):
                        vector[axis] = 0.0
                    for step in range(2 * reach):
                        at = number + step - reach if step < reach else number + step - reach + 1
                        if at < 0:
                            at += before[place]
                            other = numbers[at] if at >= 0 else 0
                        elif at < count:
                            other = words[low + at]
                        else:
                            at += behind[place] - count
                            other = numbers[at] if at < len(numbers) else 0
                        if other == 0:
                            continue
                        base, row, scale = other * half, step * size, around_scales[other]
                        _add_neighbour(around, distances, base, row, half, scale, vector)
                    known = count == 1
                total += _product(within, word * half, half, vector) * within_scales[word] + offsets[word]
            found[original] = total
