"""What speaks for an original, and for a spinner, in plain Python: weights that were learned by spinning.

Twin of `Choice` and `Evidence` of `despin/kernel/native/{choice,evidence}.pxi`, with the same results; weights are read only.
"""

from __future__ import annotations

import functools
import itertools
import operator
from array import array
from collections.abc import Sequence
from typing import Any

from despin.errors import UsageError
from despin.kernel.choice_file import DIMENSIONS, sections
from despin.kernel.pure.program import Segmenter, is_han
from despin.kernel.sentences import likeliest, sentences

_ALL = (1 << 64) - 1
_GOLDEN, _SECOND, _THIRD = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F
#: What is said where weights are asked to learn.
LEARNS = "learning by spinning needs the compiled kernel: install despin where there is a C compiler"


def _mixed(h: int) -> int:
    h ^= h >> 31
    h = h * 0x7FB5D329728EA185 & _ALL
    h ^= h >> 27
    h = h * 0x81DADEF4BC2DD44D & _ALL
    return h ^ h >> 33


def _rounded(values: Sequence[float]) -> array[float]:
    """Values in single precision, as the compiled code has them."""
    return array("f", values)


class _Table:
    """Weights by hashed feature: a byte that tells features apart in each slot, 0 for none, and the number of the weight's level."""

    def __init__(self, data: Any, slots: int, checks: int, values: int, levels: Sequence[float]) -> None:
        view = memoryview(data).cast("B")
        self._slots, self._levels = slots, _rounded(levels)
        self._checks = view[checks : checks + slots]
        self._values = view[values : values + (slots + 1) // 2]

    def weight(self, index: int) -> float:
        """The weight of a feature, 0 for one that the table does not hold."""
        if not self._slots:
            return 0.0
        h = _mixed(index + _GOLDEN & _ALL)
        slot = (h >> 32) * self._slots >> 32
        check = 1 + (h & 0xFF) % 255
        while found := self._checks[slot]:
            if found == check:
                return self._levels[self._values[slot >> 1] >> 4 * (slot & 1) & 15]
            slot = (slot + 1) % self._slots
        return 0.0


class Choice:
    """What speaks for each original of a form where it stands: weights of its neighbours' characters, and of what the text around
    it is about.

    `data` is what `despin.kernel.choice_file` describes. Raises `ModelError` for data that are damaged, `UsageError` without data.
    """

    def __init__(self, words: Segmenter, data: Any = None) -> None:
        if data is None:
            raise UsageError(LEARNS)
        self.words = words
        found = sections(data)
        self.bits, self.ubits, self.radius = found.bits, found.ubits, found.radius
        self.fluency, self.scale = found.fluency, found.scale
        uscale, vscale = _rounded((found.uscale, found.vscale))
        self._unit = self.scale * uscale * vscale
        self._table = _Table(data, found.slots, found.checks, found.values, found.levels)
        view = memoryview(data).cast("B")
        # Two axes a byte, the first in the low bits; 8 is zero.
        self._u = view[found.u : found.u + (DIMENSIONS // 2 << found.ubits)]
        self._v = view[found.v : found.v + DIMENSIONS * len(found.words)].cast("b")
        self._rows: dict[tuple[int, bool], int] = {}
        for row, (text, stands) in enumerate(found.words):
            if word := words.number(text):
                self._rows[word, stands] = row

    def _features(self, x: str, a: int, b: int, word: int, stands: bool) -> list[int]:
        """The features of a word for x[a:b], as indices of weights."""
        l1, l2, l3 = (ord(x[k]) if k >= 0 else 1 for k in (a - 1, a - 2, a - 3))
        r1, r2, r3 = (ord(x[k]) if k < len(x) else 1 for k in (b, b + 1, b + 2))
        base = 0xCBF29CE484222325 + stands
        for character in self.words.word(word):
            base = (base ^ ord(character)) * 1099511628211 & _ALL
        base *= _GOLDEN
        around = (
            0, l1, r1, l1 << 21 | l2, r1 << 21 | r2, l1 << 21 | r1, l1 << 42 | l2 << 21 | l3, r1 << 42 | r2 << 21 | r3,
            l1 << 42 | l2 << 21 | r1,
        )  # fmt: skip
        mask = (1 << self.bits) - 1
        return [_mixed(base + k * _SECOND + place * _THIRD & _ALL) & mask for k, place in enumerate(around)]

    def sums(self, x: str) -> list[list[int]]:
        """Sums of the rows of all pairs of characters before each place."""
        now = [0] * DIMENSIONS
        sums = [now]
        for one, other in itertools.pairwise(x):
            if is_han(one) and is_han(other):
                row = ((ord(one) << 21 | ord(other)) * _GOLDEN & _ALL) >> (64 - self.ubits)
                pairs = self._u[row * (DIMENSIONS // 2) : (row + 1) * (DIMENSIONS // 2)]
                now = [*map(operator.add, now, [axis - 8 for pair in pairs for axis in (pair & 15, pair >> 4)])]
            sums.append(now)
        sums.append(now)
        return sums

    def context(self, sums: Sequence[Sequence[int]], n: int, a: int, b: int) -> Sequence[int]:
        """What the text around x[a:b] is about, in units of a product of scales."""
        low, high = max(0, a - 1 - self.radius), min(n, b + self.radius)
        before, behind = zip(sums[low], sums[max(0, a - 1)], strict=True), zip(sums[min(n, b)], sums[high], strict=True)
        return [one - two + three - four for (two, one), (four, three) in zip(before, behind, strict=True)]

    def worth(self, x: str, a: int, b: int, word: int, stands: bool, context: Sequence[int]) -> float:
        """What speaks for a word at x[a:b], in nats."""
        total = 0.0
        for index in self._features(x, a, b, word, stands):
            total += self._table.weight(index)
        row = self._rows.get((word, stands), -1)
        if row >= 0:
            values = self._v[row * DIMENSIONS : (row + 1) * DIMENSIONS]
            total += self._unit * sum(map(operator.mul, context, values))
        return total


#: Characters within which the same pair or triple says nothing new; bits of the table in which they are remembered.
RECENT, SAID_BITS = 64, 14


class Evidence:
    """How much likelier a text is of a spinner than of a person, by its pairs and triples of Chinese characters.

    `data` is what `despin.kernel.choice_file` describes. Raises `ModelError` for data that are damaged, `UsageError` without data.
    """

    def __init__(self, data: Any = None) -> None:
        if data is None:
            raise UsageError(LEARNS)
        found = sections(data)
        self.bits = found.evidence_bits
        self._table = _Table(
            data, found.evidence_slots, found.evidence_checks, found.evidence_values, found.evidence_levels
        )

    def _heard(self, key: int, k: int, said: dict[int, int]) -> float:
        """The weight of a feature at k, 0 where it stood less than `RECENT` characters before."""
        place = _mixed(key) & (1 << self.bits) - 1
        slot = place & (1 << SAID_BITS) - 1
        last = said.get(slot)
        said[slot] = k
        return self._table.weight(place) if last is None or k - last > RECENT else 0.0

    def _sums(self, text: str) -> list[float]:
        """The evidence up to each place. What was said a few characters before says nothing new."""
        sums, total, said = [0.0], 0.0, dict[int, int]()
        c1 = c2 = 1
        for k, character in enumerate(text):
            c = ord(character) if is_han(character) else 1
            if c != 1:
                total += self._heard(c1 << 21 | c, k, said)
                if c1 != 1:
                    total += self._heard(1 << 62 | c2 << 42 | c1 << 21 | c, k, said)
            sums.append(total)
            c2, c1 = c1, c
        return sums

    def score(self, text: str) -> float:
        """The evidence of a text in nats; above 0 it speaks for the spinner."""
        return self._sums(text)[-1]

    def sums(self, text: str, places: list[int]) -> list[float]:
        """The evidence of a text up to each of `places` (code points), in nats."""
        sums = self._sums(text)
        return [sums[min(max(0, int(place)), len(text))] for place in places]

    def glance(self, text: str, weight: float) -> tuple[float, float]:
        """(what speaks for the likeliest run of sentences, what speaks for the whole text), in nats, where the evidence counts
        `weight` times; see `despin.kernel.sentences`."""
        sums, parts = self._sums(text), sentences(text)
        scores = [weight * (sums[part.end] - sums[part.start]) for part in parts]
        return likeliest(parts, scores), functools.reduce(operator.add, scores, 0.0)

    def learn(self, text: str, spun: bool, rate: float) -> float:
        """Raises `UsageError`: weights are learned by the compiled twin."""
        raise UsageError(LEARNS)
