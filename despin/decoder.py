"""The best readings of a lattice, and how sure each of its edits is.

Forward-backward and Viterbi over the hypotheses of a `Lattice`. A reading's weight is 10 ** (TEMPER * fluency) times
the channel odds of the edits it takes; keeping the page's own words has odds 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from despin.lattice import Lattice

#: The n-gram model is surer of itself than it has reason to be; its log-probabilities are scaled by this.
TEMPER = 0.8


@dataclass(frozen=True, slots=True)
class Ranked:
    """A reading of a stretch: the arcs it takes from left to right, its log10 fluency and channel terms (untempered
    fluency), and its posterior among the readings it was ranked with."""

    arcs: tuple[int, ...]
    fluency: float
    channel: float
    posterior: float


class Weighted:
    """A lattice with its fluency terms tempered once, ready for any channel odds."""

    __slots__ = ("_scale", "_whole", "arcs", "steps")

    def __init__(self, lattice: Lattice, temper: float = TEMPER) -> None:
        self.arcs = lattice.arcs
        self._scale = math.log(10.0) * temper
        # The best fluency into each hypothesis is divided out, so that no product underflows.
        forward = [0.0]
        for into in lattice.steps[1:]:
            forward.append(max([forward[previous] + fluency for previous, fluency, _ in into]))
        self._whole = forward[-1]
        scale, exp = self._scale, math.exp
        self.steps = [
            [
                (previous, exp(scale * (forward[previous] + fluency - here)), entered)
                for previous, fluency, entered in into
            ]
            for into, here in zip(lattice.steps, forward, strict=True)
        ]

    def posteriors(self, odds: list[float]) -> tuple[float, list[float]]:
        """(mass of all readings over the mass of the unedited ones, posterior probability of each arc)."""
        alpha, kept = [1.0], [1.0]
        for into in self.steps[1:]:
            total = unedited = 0.0
            for previous, weight, entered in into:
                value = alpha[previous] * weight
                if entered:
                    for arc in entered:
                        value *= odds[arc]
                else:
                    unedited += kept[previous] * weight
                total += value
            alpha.append(total)
            kept.append(unedited)
        mass = alpha[-1]
        taken = [0.0] * len(self.arcs)
        beta = [0.0] * len(alpha)
        beta[-1] = 1.0
        for here in range(len(alpha) - 1, 0, -1):
            after = beta[here]
            if not after:
                continue
            for previous, weight, entered in self.steps[here]:
                value = after * weight
                for arc in entered:
                    value *= odds[arc]
                beta[previous] += value
                if entered:
                    joint = alpha[previous] * value / mass
                    for arc in entered:
                        taken[arc] += joint
        return mass / kept[-1], taken

    def best(self, odds: list[float]) -> list[int]:
        """The arcs of the likeliest reading, from left to right."""
        score = [1.0]
        back: list[tuple[int, tuple[int, ...]]] = [(-1, ())]
        for into in self.steps[1:]:
            best = -1.0
            choice: tuple[int, tuple[int, ...]] = (-1, ())
            for previous, weight, entered in into:
                value = score[previous] * weight
                for arc in entered:
                    value *= odds[arc]
                if value > best:
                    best, choice = value, (previous, entered)
            score.append(best)
            back.append(choice)
        taken: list[int] = []
        here = len(back) - 1
        while here > 0:
            here, entered = back[here]
            taken += reversed(entered)
        return taken[::-1]

    def readings(self, odds: list[float], count: int) -> list[Ranked]:
        """The `count` likeliest readings that differ in the arcs they take, likeliest first."""
        tables: list[dict[tuple[int, ...], float]] = [{(): 1.0}]
        for into in self.steps[1:]:
            table: dict[tuple[int, ...], float] = {}
            for previous, weight, entered in into:
                step = weight * math.prod([odds[arc] for arc in entered])
                for arcs, value in tables[previous].items():
                    key = arcs + entered
                    table[key] = max(table.get(key, 0.0), value * step)
            best = sorted(table.items(), key=lambda item: -item[1])
            # The unedited reading stays on the list however unlikely it is.
            tables.append(dict([*best[: 4 * count], *((key, value) for key, value in best[4 * count :] if not key)]))
        ranked = sorted(((arcs, value) for arcs, value in tables[-1].items() if value > 0.0), key=lambda item: -item[1])
        shown = [*ranked[:count], *(item for item in ranked[count:] if not item[0])]
        total = sum(value for _, value in ranked)
        found = []
        for arcs, value in shown:
            channel = sum(math.log10(odds[arc]) for arc in arcs)
            fluency = self._whole + (math.log(value) - math.log(10.0) * channel) / self._scale
            found.append(Ranked(arcs, fluency, channel, value / total))
        return found
