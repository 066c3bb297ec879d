"""What a document is about: the words it keeps using, which its language model cannot know.

A word that a text already holds is likelier to come again than the model says (the cache model of Kuhn and De Mori
1990). Counted over the expected original text, it lets the clear places of a substitution decide the unclear ones,
and lets a true form that stands unspun speak for itself. Anchors (a title, keywords) say the same more loudly: nobody
spun them, so an original in them is what the text is about, and a spun form in them is meant.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.document import Document

#: Characters per word of Chinese prose.
WORD_LENGTH = 1.6


class Topic:
    """Expected counts of words in a document's original text, and what they do to an edit's odds."""

    def __init__(self, document: Document) -> None:
        self._model = document.model
        self._tuning = document.tuning
        self._words = len(document.text) / WORD_LENGTH
        originals: dict[str, float] = defaultdict(float)
        meant: dict[str, float] = defaultdict(float)
        for pattern, count in document.matches.unspun.items():
            originals[document.channel.patterns[pattern]] += count
        for piece in document.pieces:
            edited: dict[tuple[int, int, str], float] = defaultdict(float)
            for arc, spun, posterior in zip(piece.weighted.arcs, piece.spun, piece.posteriors, strict=True):
                originals[arc.original] += posterior
                edited[arc.start, arc.end, spun] += posterior
            for (_, _, spun), share in edited.items():
                meant[spun] += max(0.0, 1.0 - share)
        self._originals, self._meant = originals, meant
        self._anchored = _words_of(document)
        self._factors: dict[tuple[str, str], float] = {}

    def factor(self, spun: str, original: str) -> float:
        """What the odds of (spun, original) are multiplied by, the occurrence under decision not counted."""
        known = self._factors.get((spun, original))
        if known is None:
            gain = self._burst(original, self._originals[original]) - self._burst(spun, self._meant[spun])
            gain += self._tuning.anchor * ((original in self._anchored) - (spun in self._anchored))
            known = self._factors[spun, original] = 10.0**gain
        return known

    def _burst(self, word: str, count: float) -> float:
        """log10 of how much likelier than the model says a word is that the text holds `count` times."""
        if count <= 1.0 or not word:
            return 0.0
        share = self._tuning.burst * (count - 1.0) / self._words
        prior = 10.0 ** self._model.best_split(word)[0]
        return min(self._tuning.burst_ceiling, math.log10(1.0 + share / prior))


def _words_of(document: Document) -> frozenset[str]:
    """The words the channel knows that stand in the document's anchors, spun forms and originals alike."""
    if not document.anchors:
        return frozenset()
    patterns = document.channel.patterns
    matches = document.channel.match("\n".join(document.anchors))
    found = {patterns[pattern] for pattern in (*matches.unspun, *(site.pattern for site in matches.sites))}
    return frozenset(word for word in found if len(word) > 1)
