"""Where substitutions begin and end: few distinct ones are to explain all that differs.

Every window is a lattice of ways to write its original as its spun side: a character kept, a substitution of up to
`SIZE` characters, a character nobody can explain. A substitution costs what it takes to write it down (words of the
language model's vocabulary are cheap) until it has been seen; each sighting makes it cheaper for all windows.
Expected counts come from the forward-backward algorithm, probabilities from them by variational Bayes with a
Dirichlet prior (Beal 2003, chapter 3), which drives what is not needed to zero: a minimum description length choice.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from despin.fluency import LanguageModel
from despin.learning.windows import Window

#: The longest side of a substitution.
SIZE = 6
#: How far a way through a window may stray from the Levenshtein path.
STRAY = 5
#: log10 cost of keeping a character, and of one that has no counterpart or no explanation.
KEPT = 0.05
UNEXPLAINED = 5.0
#: log10 costs of writing a substitution down: its words and characters, and what makes it less likely a priori.
WORD, NEXT_WORD = 4.0, 2.5
CHARACTER, STRAY_CHARACTER = 3.5, 3.0
SINGLE, LONGER, DELETION = 2.0, 0.7, 5.0
#: Passes of expectation-maximisation.
PASSES = 6

Pair = tuple[str, str]


class Cut(NamedTuple):
    """A substitution in a window: characters `start:end` of its spun side, `other_start:other_end` of the other."""

    start: int
    end: int
    other_start: int
    other_end: int


class _Edge(NamedTuple):
    """A step from node `source`; `pair` is the substitution it makes, or -1 with its own `cost`."""

    source: int
    pair: int
    cost: float
    cut: Cut


class Cutter:
    """Learns from windows which substitutions there are, then cuts windows into them."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._vocabulary = model.vocabulary
        self._number: dict[Pair, int] = {}
        self._pairs: list[Pair] = []
        self._prior: list[float] = []
        self._cost: list[float] = []
        self._lattices: dict[tuple[object, ...], list[list[_Edge]]] = {}

    def cut(self, windows: Sequence[Window]) -> list[list[Cut]]:
        """For every window, its substitutions from left to right."""
        counts: dict[tuple[object, ...], int] = defaultdict(int)
        for window in windows:
            counts[window[2:]] += 1
            if window[2:] not in self._lattices:
                self._lattices[window[2:]] = self._lattice(window)
        for _ in range(PASSES):
            expected = [0.0] * len(self._pairs)
            for key, count in counts.items():
                _expect(self._lattices[key], self._cost, count, expected)
            self._maximise(expected)
        best = {key: _best(self._lattices[key], self._cost) for key in counts}
        return [best[window[2:]] for window in windows]

    def _maximise(self, expected: list[float]) -> None:
        total = sum(expected) + 1.0
        whole = _digamma(total)
        for number, count in enumerate(expected):
            prior = 10.0 ** -self._prior[number]
            seen = math.exp(_digamma(count + prior) - whole) if count > 1e-3 else 0.0
            self._cost[number] = -math.log10(seen + prior / total)

    def _pair(self, spun: str, original: str) -> int:
        pair = (spun, original)
        number = self._number.get(pair)
        if number is None:
            number = self._number[pair] = len(self._pairs)
            self._pairs.append(pair)
            self._prior.append(self._description(spun, original))
            self._cost.append(self._prior[number])
        return number

    def _description(self, spun: str, original: str) -> float:
        """log10 cost of writing a substitution down that nobody has seen."""
        sizes = len(spun), len(original)
        cost = self._word(spun) + (self._word(original) if original else DELETION)
        if 1 in sizes:
            cost += SINGLE + (sizes[0] == sizes[1])
        return cost + LONGER * abs(sizes[0] - sizes[1])

    def _word(self, word: str) -> float:
        """log10 cost of writing a word down: one of the vocabulary, several in a row, or other characters."""
        best = [0.0]
        for end in range(1, len(word) + 1):
            best.append(min(best[start] + self._piece(word[start:end], start > 0) for start in range(end)))
        return best[-1]

    def _piece(self, piece: str, follows: bool) -> float:
        if len(piece) == 1:
            return STRAY_CHARACTER if follows else CHARACTER
        if piece not in self._vocabulary:
            return math.inf
        # Frequent words are likelier to be in a spinner's list.
        return (NEXT_WORD if follows else WORD) - 0.15 * (3.0 + max(-6.3, self._model.unigram(piece)))

    def _lattice(self, window: Window) -> list[list[_Edge]]:
        """The steps into every node (place in the spun side, place in the other), the end last."""
        a, b, path = window.spun, window.original, window.path
        nodes = [
            (i, j)
            for i in range(len(a) + 1)
            for j in range(max(0, path[i] - STRAY), min(len(b), path[i] + STRAY) + 1)
        ]
        number = {node: index for index, node in enumerate(nodes)}
        steps: list[list[_Edge]] = [[] for _ in nodes]
        for (i, j), source in number.items():
            if i < len(a) and j < len(b) and a[i] == b[j] and (i + 1, j + 1) in number:
                steps[number[i + 1, j + 1]].append(_Edge(source, -1, KEPT, Cut(i, i, j, j)))
            for k, m in ((i + 1, j), (i, j + 1)):
                if (k, m) in number:
                    steps[number[k, m]].append(_Edge(source, -1, UNEXPLAINED, Cut(i, i, j, j)))
            high = _reach(i, len(a), window.breaks)
            other_high = _reach(j, len(b), window.other_breaks)
            for k in range(i + 1, high + 1):
                for m in range(j, other_high + 1):
                    target = number.get((k, m))
                    if target is not None and self._possible(a[i:k], b[j:m]):
                        edge = _Edge(source, self._pair(a[i:k], b[j:m]), 0.0, Cut(i, k, j, m))
                        steps[target].append(edge)
        return steps

    def _possible(self, spun: str, original: str) -> bool:
        """Whether this may be a substitution; one that keeps its first or last character restores to a word."""
        if spun == original:
            return False
        if not original:
            return len(spun) <= 2
        if spun[0] == original[0] or spun[-1] == original[-1]:
            return len(original) == 1 or original in self._vocabulary
        return True


def _reach(place: int, size: int, breaks: frozenset[int]) -> int:
    """The farthest end of a substitution that begins at `place`: it crosses no punctuation."""
    high = min(size, place + SIZE)
    return next((end for end in range(place + 1, high) if end in breaks), high)


def _forward(steps: list[list[_Edge]], cost: list[float]) -> list[float]:
    """The least cost into every node."""
    least = [0.0] + [math.inf] * (len(steps) - 1)
    for node, into in enumerate(steps):
        for edge in into:
            value = least[edge.source] + (cost[edge.pair] if edge.pair >= 0 else edge.cost)
            if value < least[node]:
                least[node] = value
    return least


def _expect(steps: list[list[_Edge]], cost: list[float], count: int, expected: list[float]) -> None:
    """Add to `expected` how often each substitution is made in `count` windows with these steps."""
    least = _forward(steps, cost)
    alpha = [1.0] + [0.0] * (len(steps) - 1)
    weights: list[list[float]] = [[]]
    for node in range(1, len(steps)):
        here = []
        for edge in steps[node]:
            price = cost[edge.pair] if edge.pair >= 0 else edge.cost
            value = 10.0 ** (least[node] - least[edge.source] - price) if least[edge.source] < math.inf else 0.0
            here.append(value)
            alpha[node] += alpha[edge.source] * value
        weights.append(here)
    beta = [0.0] * (len(steps) - 1) + [count / alpha[-1]]
    for node in range(len(steps) - 1, 0, -1):
        after = beta[node]
        if after <= 0.0:
            continue
        for edge, weight in zip(steps[node], weights[node], strict=True):
            joint = after * weight
            beta[edge.source] += joint
            if edge.pair >= 0:
                expected[edge.pair] += alpha[edge.source] * joint


def _best(steps: list[list[_Edge]], cost: list[float]) -> list[Cut]:
    """The substitutions of the cheapest way, from left to right."""
    least = _forward(steps, cost)
    node, cuts = len(steps) - 1, []
    while node:
        edge = min(steps[node], key=lambda e: least[e.source] + (cost[e.pair] if e.pair >= 0 else e.cost))
        if edge.pair >= 0:
            cuts.append(edge.cut)
        node = edge.source
    return cuts[::-1]


def _digamma(value: float) -> float:
    """The logarithmic derivative of the gamma function for value > 0 (Abramowitz and Stegun 6.3.5 and 6.3.18)."""
    shift = 0.0
    while value < 6.0:
        shift -= 1.0 / value
        value += 1.0
    square = 1.0 / (value * value)
    return shift + math.log(value) - 0.5 / value - square * (1 / 12 - square * (1 / 120 - square / 252))
