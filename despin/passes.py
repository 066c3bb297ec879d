"""The inner loops, on flat arrays: passes over a lattice. Compiled where a compiler was at hand (types: `passes.pxd`)."""

from __future__ import annotations

import math
from array import array


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
    forward = array("d", bytes(8 * hypotheses))
    kept = array("d", bytes(8 * hypotheses))
    kept[0] = 1.0
    for here in range(1, hypotheses):
        best = -math.inf
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
    """Fill `found` with the posterior of every arc under `odds`, and give the mass of all readings (Baum 1972).

    What a step enters is numbered as in `Lattice`; the arcs of joint number j are `joint_arcs[joint_first[j]]` and on.
    """
    hypotheses, arcs, joints = len(first) - 1, len(odds), len(joint_first) - 1
    alpha = array("d", bytes(8 * hypotheses))
    beta = array("d", bytes(8 * hypotheses))
    factors = array("d", bytes(8 * (arcs + joints + 1)))
    taken = array("d", bytes(8 * (arcs + joints + 1)))
    factors[0] = 1.0
    for arc in range(arcs):
        factors[arc + 1] = odds[arc]
    for joint in range(joints):
        value = 1.0
        for place in range(joint_first[joint], joint_first[joint + 1]):
            value *= odds[joint_arcs[place]]
        factors[arcs + joint + 1] = value
    alpha[0] = 1.0
    for here in range(1, hypotheses):
        total = 0.0
        for step in range(first[here], first[here + 1]):
            total += alpha[previous[step]] * weights[step] * factors[entered[step]]
        alpha[here] = total
    mass = alpha[hypotheses - 1]
    beta[hypotheses - 1] = 1.0
    for here in range(hypotheses - 1, 0, -1):
        after = beta[here]
        if after == 0.0:
            continue
        for step in range(first[here], first[here + 1]):
            source = previous[step]
            value = after * weights[step] * factors[entered[step]]
            beta[source] += value
            taken[entered[step]] += alpha[source] * value
    for arc in range(arcs):
        found[arc] = taken[arc + 1] / mass
    for joint in range(joints):
        value = taken[arcs + joint + 1] / mass
        for place in range(joint_first[joint], joint_first[joint + 1]):
            found[joint_arcs[place]] += value
    return mass


def plain_odds(
    source_first: array[int], families: array[int], weights: array[float], rates: array[float], odds: array[float]
) -> bool:
    """Fill `odds` with the channel odds of every arc at the `rates` of the families alone; whether any is above 0."""
    some = False
    for arc in range(len(odds)):
        total = 0.0
        for source in range(source_first[arc], source_first[arc + 1]):
            total += rates[families[source]] * weights[source]
        odds[arc] = total
        if total > 0.0:
            some = True
    return some


def document_odds(
    source_first: array[int],
    families: array[int],
    weights: array[float],
    both_ways: array[int],
    keys: array[int],
    pairs: array[int],
    rates: array[float],
    kept: array[float],
    spun: array[float],
    standing: array[float],
    topic: array[float],
    stiffness: float,
    posteriors: array[float],
    odds: array[float],
) -> bool:
    """Fill `odds` with the channel odds of every arc against keeping the page's word; whether any is above 0.

    An original's own rate, its expected `spun` count without this arc against the times it is left `standing`, is
    drawn towards its family's. `topic` is a factor by pair, empty while the topic is unknown.
    """
    some = False
    known = len(topic) > 0
    for arc in range(len(odds)):
        total = 0.0
        for source in range(source_first[arc], source_first[arc + 1]):
            family = families[source]
            rate = rates[family]
            if rate > 0.0:
                elsewhere = spun[keys[source]]
                left = 0.0
                if elsewhere > 0.0:
                    left = standing[keys[source]]
                elsewhere -= posteriors[arc]
                if elsewhere < 0.0:
                    elsewhere = 0.0
                own = (stiffness * rate + elsewhere) / (stiffness + elsewhere + left) * weights[source]
                total += own / kept[family] if both_ways[source] else own
        if known:
            total *= topic[pairs[arc]]
        odds[arc] = total
        if total > 0.0:
            some = True
    return some


def count_spun(
    source_first: array[int],
    families: array[int],
    weights: array[float],
    keys: array[int],
    rates: array[float],
    posteriors: array[float],
    by_family: array[float],
    by_key: array[float],
) -> None:
    """Add what every arc is expected to have replaced, shared out among its sources, by family and by original."""
    for arc in range(len(posteriors)):
        posterior = posteriors[arc]
        if posterior > 1e-6:
            total = 0.0
            for source in range(source_first[arc], source_first[arc + 1]):
                total += rates[families[source]] * weights[source]
            scale = posterior / total
            for source in range(source_first[arc], source_first[arc + 1]):
                share = rates[families[source]] * weights[source] * scale
                by_family[families[source]] += share
                by_key[keys[source]] += share


def count_proven(
    key_families: array[int],
    by_key: array[float],
    standing: array[float],
    proven: array[float],
    left: array[float],
) -> None:
    """Over the originals that were surely replaced: add how often more than once to `proven`, and how often they stand
    to `left`, by family."""
    for key in range(len(by_key)):
        if by_key[key] > 1.0:
            proven[key_families[key]] += by_key[key] - 1.0
            left[key_families[key]] += standing[key]


def count_meant(
    pairs: array[int],
    pair_originals: array[int],
    pair_forms: array[int],
    places: array[int],
    place_count: int,
    posteriors: array[float],
    originals: array[float],
    meant: array[float],
) -> None:
    """Add how often every original is expected to stand behind a spun form to `originals`, and how often every spun
    form is expected to be meant as it stands to `meant`."""
    shares = array("d", bytes(8 * place_count))
    forms = array("i", bytes(4 * place_count))
    for arc in range(len(pairs)):
        originals[pair_originals[pairs[arc]]] += posteriors[arc]
        shares[places[arc]] += posteriors[arc]
        forms[places[arc]] = pair_forms[pairs[arc]]
    for place in range(place_count):
        if shares[place] < 1.0:
            meant[forms[place]] += 1.0 - shares[place]


def share_gain(
    places: array[int],
    place_forms: array[int],
    forms: array[int],
    posteriors: array[float],
    gain: float,
    ceiling: float,
    sums: array[float],
    counts: array[int],
) -> None:
    """Share a stretch's log10 likelihood ratio out among its spun forms, by how surely each is spun: add the parts to
    `sums` and how many there were to `counts`, both by the document's number of the form.

    `places` gives the place of an arc, `place_forms` the form of a place as an index of `forms`.
    """
    shares = array("d", bytes(8 * len(place_forms)))
    surprise = array("d", bytes(8 * len(forms)))
    seen = array("i", bytes(4 * len(forms)))
    for arc in range(len(places)):
        shares[places[arc]] += posteriors[arc]
    whole = 0.0
    for place in range(len(place_forms)):
        share = shares[place]
        if share > 0.0:
            left = 1.0 - share
            if left < 1e-9:
                left = 1e-9
            part = -math.log10(left)
            surprise[place_forms[place]] += part
            seen[place_forms[place]] = 1
            whole += part
    if whole > 0.0:
        for form in range(len(forms)):
            if seen[form]:
                part = gain * surprise[form] / whole
                sums[forms[form]] += part if part < ceiling else ceiling
                counts[forms[form]] += 1


def left_standing(family_first: array[int], families: array[int], roots: array[float], rates: array[float]) -> float:
    """log10 P(what stands unspun | spun at `rates`): for every original the families that would have replaced it, and
    `roots`, the square root of how often it stands."""
    total = 0.0
    for original in range(len(roots)):
        kept = 1.0
        for place in range(family_first[original], family_first[original + 1]):
            kept *= 1.0 - rates[families[place]]
        total += roots[original] * math.log10(kept)
    return total
