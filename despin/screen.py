"""The clear cases: texts that one pass over their matches shows to be unspun, so that nothing has to be decoded.

Every spun form speaks for itself, out of context: how much likelier is it from a spinner at work than from ordinary
Chinese? Added up over a block of text, an unspun text stays far below what any spun one reaches.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from itertools import pairwise
from operator import itemgetter

from despin.channel import Channel
from despin.decoder import TEMPER
from despin.fluency import LanguageModel
from despin.matching import Found
from despin.tuning import Tuning

#: Texts are screened in blocks of this many characters, so that a spun part is seen in a long clean text.
BLOCK = 750
#: What a block must reach to be looked at more closely: a start, and so much for every character.
START = 1.0
SLOPE = 0.007
#: Spun forms of the lexicon these two were chosen with. Fewer forms make less noise in ordinary text: the bar is lower.
FORMS = 18_000
#: Forms that speak for less than this out of context are left out.
LEAST = 0.1

_END = itemgetter(1)


class Screen:
    """Decides the clear cases for one channel and model; it remembers what each spun form is worth."""

    def __init__(self, channel: Channel, model: LanguageModel, tuning: Tuning) -> None:
        self._channel, self._model, self._tuning = channel, model, tuning
        self._worth: dict[int, float] = {}
        self._scale = min(1.0, sum(channel.is_site) / FORMS)

    def suspicious(self, text: str, found: Found) -> list[tuple[int, int]]:
        """The blocks of `text`, as (start, end), that its matches leave in doubt; none where it is clearly unspun."""
        if len(text) <= BLOCK:
            return [] if self._block_clear(len(text), found) else [(0, len(text))]
        cuts = [bisect_left(found, place, key=_END) for place in range(0, len(text) + 1, BLOCK)] + [len(found)]
        return [
            (number * BLOCK, (number + 1) * BLOCK)
            for number, (low, high) in enumerate(pairwise(cuts))
            if not self._block_clear(BLOCK, found[low:high])
        ]

    def _block_clear(self, length: int, found: Found) -> bool:
        worth = self._worth
        total = 0.0
        for pattern, count in self._channel.counts(found).items():
            value = worth.get(pattern)
            if value is None:
                value = worth[pattern] = self._value(pattern)
            if value:
                total += value * math.sqrt(count)
        return total < self._scale * (START + SLOPE * length)

    def _value(self, pattern: int) -> float:
        """log10 likelihood ratio of a spun form out of context, spinner against ordinary Chinese; 0 if it is small."""
        if not self._channel.is_site[pattern]:
            return 0.0
        spun = self._channel.patterns[pattern]
        plain = self._model.sequence(self._model.best_split(spun)[1])
        odds = sum(
            [
                candidate.weight * 10.0 ** (TEMPER * (self._model.best_split(candidate.original)[0] - plain))
                for candidate in self._channel.shortlist(pattern, self._model)
            ]
        )
        value = math.log10(1.0 + self._tuning.start_rate * odds)
        if len(spun) == 1:
            # A single character gains from its context what a word has in itself.
            value += 1.0
        return min(self._tuning.ceiling, value) if value >= LEAST else 0.0


def within(found: Found, blocks: list[tuple[int, int]]) -> Found:
    """The matches that begin in one of `blocks`, which are sorted and disjoint."""
    starts = [start for start, _ in blocks]
    kept: Found = []
    for match in found:
        index = bisect_right(starts, match[0]) - 1
        if index >= 0 and match[0] < blocks[index][1]:
            kept.append(match)
    return kept
