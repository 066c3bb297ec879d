"""What spun forms are still worth where they stand, as far as the words across their borders tell.

Most forms that make ordinary text look doubtful are no words there: 出的 in 提出的, 构和 in 结构和. No lattice is needed to see it.
Compiled where a compiler was at hand (`despin.kernel.native.lattice`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from despin.kernel.types import Site
from despin.lm.ngram import LanguageModel
from despin.tuning import TEMPER

if TYPE_CHECKING:
    from despin.kernel.native.lattice import Borders

#: Characters on either side of a form that are looked at, and of the longest word looked for.
REACH = 2
LONGEST = 4


def borders(model: LanguageModel) -> Borders | PlainBorders:
    """What weighs forms by their borders, compiled if it can be."""
    if model.builder is None:
        return PlainBorders(model)
    from despin.kernel.native.lattice import Borders

    return Borders(model.builder.model, REACH, LONGEST, TEMPER)


class PlainBorders:
    """Weighs forms by their borders."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def hold(self, text: str, sites: Sequence[Site], worth: Mapping[int, float], least: float) -> bool:
        """Whether `sites` of `text`, whose patterns are `worth` so much (log10) out of context, are worth `least` together where
        they stand: the odds of each are divided by how much likelier its surroundings are once words may run across its
        borders."""
        total = 0.0
        for start, end, pattern in sites:
            odds = (10.0 ** worth[pattern] - 1.0) * 10.0 ** (-TEMPER * self.torn(text, start, end))
            total += math.log10(1.0 + odds)
            if total >= least:
                return True
        return False

    def torn(self, text: str, start: int, end: int) -> float:
        """log10 of how much likelier text[start:end] and the characters around it are, split into words as is likeliest by
        unigrams, than where no word runs across its borders."""
        low, high = max(0, start - REACH), min(len(text), end + REACH)
        apart = self._best(text[low:start]) + self._best(text[start:end]) + self._best(text[end:high])
        return max(0.0, self._best(text[low:high]) - apart)

    def _best(self, text: str) -> float:
        """log10 probability of the likeliest split; a character the model does not know is a word."""
        best = [0.0] + [-math.inf] * len(text)
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + LONGEST) + 1):
                if end == start + 1 or self._model.knows(text[start:end]):
                    best[end] = max(best[end], best[start] + self._model.unigram(text[start:end]))
        return best[-1]
