"""Which variant of a program made a text, by its words alone: how often each variant would write a word, against how often people do.

How often a variant writes a form follows from the frequencies of jieba's dictionary: it is how often people write the words
that the variant replaces by the form, and the form itself where the variant leaves it. Nothing is learned.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from despin.kernel.program import Segmenter
from despin.spinners.segmented import Segmented

#: So many words in a hundred are taken to have been written after spinning, by an editor or a scraper.
STRANGE = 0.02
#: The most that one word says, in nats: people write set phrases and new words far oftener than their parts and the dictionary tell.
MOST = 5.0
#: A word that comes again says so much of what it said before.
AGAIN = 0.5
#: The log probability of a word that jieba's dictionary does not count.
RARE = -19.0
#: How much likelier an original is for each time that it stands behind another form of a text, where a program draws.
ELSEWHERE = 4.0
#: Forms that are remembered.
REMEMBERED = 100_000
#: Words without a Chinese character say nothing: the dictionary does not count marks and tags, of which tables and source code are full.
_HAN = re.compile("[㐀-鿿]")


class Words(NamedTuple):
    """What the words of a part of a text say, in nats by the number of the variant: against people, and against the program itself."""

    spun: tuple[float, ...]
    ahead: tuple[float, ...]


class WordOdds:
    """The log odds of words under the program and its variants. Picklable; what was found of a form is remembered."""

    def __init__(self, spinners: Sequence[Segmented]) -> None:
        self.spinners = spinners
        self._known: dict[str, tuple[float, ...]] = {}

    def __getstate__(self) -> Mapping[str, object]:
        return {"spinners": self.spinners, "_known": {}}

    def of(self, text: str) -> Words:
        """What the words of a text say. A program writes forms that jieba cuts in two."""
        words, pairs = self.spinners[0].segmenter.forms(text)
        known = self._known
        counts: dict[str, int] = {}
        odds: dict[str, tuple[float, ...]] = {}
        place = 0
        while place < len(words):
            form, pair = words[place], pairs[place]
            place += 1
            if pair is not None and (found := self._joined(pair, form, words[place])):
                form = pair
                place += 1
            else:
                found = known.get(form) or self._alone(form)
            if found:
                odds[form] = found
                counts[form] = counts.get(form, 0) + 1
        weights = [(1 - AGAIN**count) / (1 - AGAIN) for count in counts.values()]
        columns = zip(*odds.values(), strict=True) if odds else [()] * len(self.spinners)
        spun = [sum(map(operator.mul, weights, column)) for column in columns]
        return Words(tuple(spun), tuple([nats - spun[0] for nats in spun]))

    def _alone(self, form: str) -> tuple[float, ...]:
        """The log odds of a form that is one word; nothing where it says nothing."""
        known = self._known.get(form)
        if known is not None:
            return known
        shares: Sequence[float] = ()
        if _HAN.search(form) and self.spinners[0].segmenter.number(form):
            people = _frequency(self.spinners[0].segmenter, form)
            shares = [_written(spinner, form) / people + _stands(spinner, form) for spinner in self.spinners]
        return self._kept(form, shares)

    def _joined(self, form: str, first: str, second: str) -> tuple[float, ...]:
        """The log odds of a form that jieba cuts into two words; nothing where no program writes it."""
        known = self._known.get(form)
        if known is not None:
            return known
        shares: Sequence[float] = ()
        # People write numbers and marks at any time.
        counted = _HAN.search(first) and _HAN.search(second)
        written = [_written(spinner, form) if counted else 0.0 for spinner in self.spinners]
        if any(written):
            segmenter = self.spinners[0].segmenter
            people = _frequency(segmenter, first) * _frequency(segmenter, second)
            by_words = [
                [
                    _written(spinner, word) / _frequency(segmenter, word) + _stands(spinner, word)
                    for word in (first, second)
                ]
                for spinner in self.spinners
            ]
            shares = [whole / people + one * other for whole, (one, other) in zip(written, by_words, strict=True)]
        return self._kept(form, shares)

    def _kept(self, form: str, shares: Sequence[float]) -> tuple[float, ...]:
        """The log odds of a form that programs write so many times as often as people, remembered."""
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        odds = tuple([min(MOST, math.log(STRANGE + (1 - STRANGE) * share)) for share in shares])
        self._known[form] = odds if any(odds) else ()
        return self._known[form]


def together(forms: Sequence[str], shares: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """The probabilities of the originals of forms, by place, where a program draws one of several forms for a word: an original that
    stands behind other forms of the text as well is likelier. `shares` are those by place alone."""
    counts: dict[str, dict[str, float]] = {}
    for form, originals in zip(forms, shares, strict=True):
        for original, share in originals.items():
            by_form = counts.setdefault(original, {})
            by_form[form] = by_form.get(form, 0.0) + share
    totals = {original: sum(by_form.values()) for original, by_form in counts.items()}
    found: list[dict[str, float]] = []
    for form, originals in zip(forms, shares, strict=True):
        weighed = {
            original: share * (1 + ELSEWHERE * (totals[original] - counts[original][form]))
            for original, share in originals.items()
        }
        # What is known of by nothing but what it leaves keeps its weight.
        total = sum(weighed.values()) + max(0.0, 1 - sum(originals.values()))
        found.append({original: weight / total for original, weight in weighed.items()} if total else dict(originals))
    return found


def _frequency(words: Segmenter, word: str) -> float:
    """How often people write a word."""
    counted = words.frequency(word)
    return math.exp(RARE if counted is None else counted)


def _stands(spinner: Segmented, form: str) -> bool:
    """Whether a program leaves a word as it is."""
    return spinner.changes(form) in (None, form)


def _written(spinner: Segmented, form: str) -> float:
    """How often a program writes a form for other words."""
    words = spinner.segmenter
    return sum(_frequency(words, word) * _share(spinner, word, form) for word in words.preimages(form))


def _share(spinner: Segmented, word: str, form: str) -> float:
    """How often a program that replaces a word writes this form for it."""
    if len(spinner.ranks) == 1:
        return 1.0
    words = spinner.segmenter
    number, target = words.number(word), words.number(form)
    return sum(words.image(number, rank) == target for rank in spinner.ranks) / len(spinner.ranks)
