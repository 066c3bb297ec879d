"""What the words of a text say of who wrote them, in plain Python. Twin: `despin/kernel/native/word_odds.pxi`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from despin.kernel.pure.program import Segmenter

#: Words without a Chinese character say nothing: the dictionary does not count marks and tags, of which tables and source code are full.
_HAN = re.compile("[㐀-鿿]")


class WordOdds:
    """What the words of a text say for programs against people. `programs` are segmenters of one table. A word says at most `most`
    nats, and so much less, `again` times, each time that it comes again; `strange` is the share of words that were written after
    spinning, `rare` the log probability of a word that the dictionary does not count. Safe to share between threads."""

    def __init__(self, programs: list[Segmenter], strange: float, most: float, again: float, rare: float) -> None:
        if not programs:
            raise ValueError("no programs")
        if any(one.nwords != programs[0].nwords for one in programs):
            raise ValueError("programs of different tables")
        self._programs, self._words = list(programs), programs[0]
        self._strange, self._most, self._again, self._rare = strange, most, again, rare

    def of(self, text: str) -> tuple[float, ...]:
        """What the words of a text say, in nats by the number of the program. A program writes forms that jieba cuts in two."""
        words, pairs = self._words.forms(text)
        counts: dict[str, int] = {}
        odds: dict[str, Sequence[float]] = {}
        place = 0
        while place < len(words):
            form, pair = words[place], pairs[place]
            place += 1
            if pair is not None and (found := self._joined(pair, form, words[place])):
                form = pair
                place += 1
            else:
                found = self._alone(form)
            if found:
                odds[form] = found
                counts[form] = counts.get(form, 0) + 1
        sums = [0.0] * len(self._programs)
        for form, found in odds.items():
            weight = (1 - self._again ** counts[form]) / (1 - self._again)
            for number, nats in enumerate(found):
                sums[number] += weight * nats
        return tuple(sums)

    def left(self, number: int, text: str) -> int:
        """`Segmenter.left` of a text, for the program of a number. Raises `IndexError`."""
        return self._programs[number].left(text)

    def _people(self, word: str) -> float:
        """How often people write a word."""
        counted = self._words.frequency(word)
        return math.exp(self._rare if counted is None else counted)

    def _written(self, program: Segmenter, form: str) -> float:
        """How often a program writes a form for other words."""
        total = 0.0
        target = program.number(form)
        for word in program.preimages(form):
            number = program.number(word)
            drawn = sum(program.image(number, rank) == target for rank in program.ranks)
            total += self._people(word) * ((drawn if len(program.ranks) > 1 else 1) / len(program.ranks))
        return total

    def _share(self, program: Segmenter, word: str) -> float:
        """How many times as often as people a program writes a word."""
        stands = program.changes(word) in (None, word)
        return self._written(program, word) / self._people(word) + stands

    def _alone(self, form: str) -> Sequence[float]:
        """The log odds of a form that is one word; nothing where it says nothing."""
        if not _HAN.search(form) or not self._words.number(form):
            return ()
        return self._said([self._share(program, form) for program in self._programs])

    def _joined(self, form: str, first: str, second: str) -> Sequence[float]:
        """The log odds of a form that jieba cuts into two words; nothing where no program writes it."""
        # People write numbers and marks at any time.
        if not _HAN.search(first) or not _HAN.search(second):
            return ()
        written = [self._written(program, form) for program in self._programs]
        if not any(written):
            return ()
        people = self._people(first) * self._people(second)
        by_words = [self._share(program, first) * self._share(program, second) for program in self._programs]
        return self._said([whole / people + words for whole, words in zip(written, by_words, strict=True)])

    def _said(self, shares: Sequence[float]) -> Sequence[float]:
        """The log odds of a form that programs write so many times as often as people; nothing where that says nothing."""
        odds = [
            0.0 if share == 1.0 else min(self._most, math.log(self._strange + (1 - self._strange) * share))
            for share in shares
        ]
        return odds if any(odds) else ()
