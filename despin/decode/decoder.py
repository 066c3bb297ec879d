"""The best readings of a lattice, and how sure each of its edits is.

Forward-backward and Viterbi over the hypotheses of a `Lattice`. A reading's weight is 10 ** (TEMPER * fluency) times
the channel odds of the edits it takes; keeping the page's own words has odds 1.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from despin.kernel.em import posteriors, tempered
from despin.kernel.types import Lattice
from despin.tuning import TEMPER


@dataclass(frozen=True, slots=True)
class Ranked:
    """A reading of a stretch: the arcs it takes from left to right, its log10 fluency and channel terms (untempered
    fluency), and its posterior among the readings it was ranked with."""

    arcs: tuple[int, ...]
    fluency: float
    channel: float
    posterior: float


class Weighted:
    """A lattice with its fluency terms tempered once, ready for any channel odds. `weights` are those of the steps,
    `kept` the mass of the unedited readings."""

    __slots__ = (
        "_joint_arcs", "_joint_first", "_scale", "_whole", "arcs", "entered", "first", "kept", "previous", "several",
        "weights"
    )  # fmt: skip

    def __init__(self, lattice: Lattice, temper: float = TEMPER) -> None:
        self.arcs = lattice.arcs
        self.first, self.previous, self.entered = lattice.first, lattice.previous, lattice.entered
        self.several = lattice.several
        self._joint_first, self._joint_arcs = array("i", [0]), array("i")
        for arcs in self.several:
            self._joint_arcs.extend(arcs)
            self._joint_first.append(len(self._joint_arcs))
        self._scale = math.log(10.0) * temper
        self.weights = array("d", bytes(8 * len(self.previous)))
        self._whole, self.kept = tempered(
            self.first, self.previous, lattice.fluency, self.entered, self._scale, self.weights
        )

    def _factors(self, odds: Sequence[float]) -> array[float]:
        """What a step is multiplied by, by its `entered`."""
        factors = array("d", [1.0])
        factors.extend(odds)
        for arcs in self.several:
            factors.append(math.prod([odds[arc] for arc in arcs]))
        return factors

    def weigh(self, odds: array[float], found: array[float]) -> float:
        """The mass of all readings over the mass of the unedited ones; fills `found`
        with the posteriors of the arcs."""
        mass = posteriors(
            self.first,
            self.previous,
            self.weights,
            self.entered,
            self._joint_first,
            self._joint_arcs,
            odds,
            found,
        )
        return mass / self.kept

    def posteriors(self, odds: Sequence[float]) -> tuple[float, list[float]]:
        """(mass of all readings over the mass of the unedited ones, posterior probability of each arc)."""
        found = array("d", bytes(8 * len(odds)))
        return self.weigh(array("d", odds), found), list(found)

    def best(self, odds: Sequence[float]) -> list[int]:
        """The arcs of the likeliest reading, from left to right."""
        factors = self._factors(odds)
        score = [1.0]
        back: list[tuple[int, int]] = [(-1, 0)]
        for here in range(1, len(self.first) - 1):
            best = -1.0
            choice = (-1, 0)
            for step in range(self.first[here], self.first[here + 1]):
                value = score[self.previous[step]] * self.weights[step] * factors[self.entered[step]]
                if value > best:
                    best, choice = value, (self.previous[step], self.entered[step])
            score.append(best)
            back.append(choice)
        taken: list[int] = []
        here = len(back) - 1
        while here > 0:
            here, entered = back[here]
            taken += reversed(self._arcs_of(entered))
        return taken[::-1]

    def _arcs_of(self, entered: int) -> tuple[int, ...]:
        if entered > len(self.arcs):
            return self.several[entered - len(self.arcs) - 1]
        return (entered - 1,) if entered else ()

    def readings(self, odds: Sequence[float], count: int) -> list[Ranked]:
        """The `count` likeliest readings that differ in the arcs they take, likeliest first."""
        factors = self._factors(odds)
        tables: list[dict[tuple[int, ...], float]] = [{(): 1.0}]
        for here in range(1, len(self.first) - 1):
            table: dict[tuple[int, ...], float] = {}
            for step in range(self.first[here], self.first[here + 1]):
                weight = self.weights[step] * factors[self.entered[step]]
                entered = self._arcs_of(self.entered[step])
                for arcs, value in tables[self.previous[step]].items():
                    key = arcs + entered
                    table[key] = max(table.get(key, 0.0), value * weight)
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
