"""What a document is about: the words it keeps using, which its language model cannot know.

A word that a text already holds is likelier to come again than the model says (the cache model of Kuhn and De Mori
1990). Counted over the expected original text, it lets the clear places of a substitution decide the unclear ones,
and lets a true form that stands unspun speak for itself. Anchors (a title, keywords) say the same more loudly: nobody
spun them, so an original in them is what the text is about, and a spun form in them is meant.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

from despin.kernel.em import count_meant, fill_bursts, fill_factors, lessen, unknown
from despin.kernel.table import zeros

if TYPE_CHECKING:
    from despin.document.em import Document

#: Characters per word of Chinese prose.
WORD_LENGTH = 1.6


class Topic:
    """Expected counts of words in a document's original text, and what they do to an edit's odds.

    `factors` is what the odds of an arc are multiplied by, the occurrence under decision not counted.

    `doubting` counts an edit from an imported list for less, so that it has to hold its own against the chance that
    the page's word is one of the topics. `judging` takes all words of the page for meant, as they are if it is not spun.
    """

    def __init__(self, document: Document, doubting: bool = False, judging: bool = False) -> None:
        self._tuning = document.tuning
        self._offers = document.making.offers
        self._words = len(document.text) / WORD_LENGTH
        making = document.making
        originals, meant = zeros(len(making.original_words)), zeros(len(making.form_words))
        for number, count in document.left:
            originals[number] += count
        posteriors = doubted(document) if doubting else document.table.posteriors
        count_meant(document.table, posteriors, making.pair_originals, originals, meant)
        if judging:
            meant = zeros(len(making.form_words))
            for form in document.table.place_forms:
                meant[form] += 1.0
        gained = self._bursts(originals, making.original_words, making.original_priors)
        lost = self._bursts(meant, making.form_words, making.form_priors)
        anchors = _words_of(document)
        if anchors:
            for words, values in ((making.original_words, gained), (making.form_words, lost)):
                for number, word in enumerate(words):
                    values[number] += self._tuning.anchor * (word in anchors)
        pairs = document.table.pairs
        self.factors = zeros(len(pairs))
        fill_factors(pairs, making.pair_originals, making.pair_forms, gained, lost, self.factors)
        for factors in (document.phrases, document.surroundings):
            for arc, gain in factors.items():
                self.factors[arc] *= gain

    def _bursts(self, counts: array[float], words: list[str], priors: array[float]) -> array[float]:
        """log10 of how much likelier than the model says every word is that the text holds so many times; fills in the
        `priors` that are missing."""
        priors.extend(zeros(len(counts) - len(priors)))
        prior = self._offers.prior
        for number in unknown(counts, priors):
            # A deletion has no word that could be repeated.
            priors[number] = prior(words[number]) if words[number] else math.inf
        values, tuning = zeros(len(counts)), self._tuning
        fill_bursts(counts, priors, tuning.burst, self._words, tuning.burst_ceiling, values)
        return values


def doubted(document: Document) -> array[float]:
    """The posteriors by arc, less where only an imported list that offers many originals speaks for an edit."""
    imported = document.imported()
    if imported is None:
        return document.table.posteriors
    found = document.table.posteriors[:]
    lessen(document.table, imported, document.tuning.habit, found)
    return found


def _words_of(document: Document) -> frozenset[str]:
    """The words the channel knows that stand in the document's anchors, spun forms and originals alike."""
    if not document.anchors:
        return frozenset()
    patterns = document.channel.patterns
    matches = document.channel.match("\n".join(document.anchors))
    found = {patterns[pattern] for pattern in (*matches.unspun, *(site.pattern for site in matches.sites))}
    return frozenset(word for word in found if len(word) > 1)
