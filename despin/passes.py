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


def forward_backward(
    first: array[int],
    previous: array[int],
    weights: array[float],
    entered: array[int],
    factors: array[float],
    taken: array[float],
) -> float:
    """The mass of all readings when a step's weight is multiplied by the factor of what it enters; adds to `taken` the
    mass of those that enter it, by the same number (Baum 1972)."""
    hypotheses = len(first) - 1
    alpha = array("d", bytes(8 * hypotheses))
    beta = array("d", bytes(8 * hypotheses))
    alpha[0] = 1.0
    for here in range(1, hypotheses):
        total = 0.0
        for step in range(first[here], first[here + 1]):
            total += alpha[previous[step]] * weights[step] * factors[entered[step]]
        alpha[here] = total
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
    return alpha[hypotheses - 1]
