"""Segmented spinners: a text is cut into words with flags, and words of eligible flags are replaced by a neighbour.

    for token in jieba.posseg.cut(text):
        if token.flag in flags and token.word in table:
            token.word = table[token.word][rank]

With a `rate` below 1 each eligible word is replaced with that probability, and left alone otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from despin.kernel.native.program import Segmenter
from despin.spinners.base import Fields, Spun, SpunEdit
from despin.spinners.dictionary import open_segmenter
from despin.spinners.drawing import Drawing, rate_of
from despin.spinners.neighbours import digest_of, table_file


@lru_cache(maxsize=32)
def _program(whole: Segmenter, flags: frozenset[str], ranks: tuple[int, ...]) -> Segmenter:
    """The program of a table, which all that run it share."""
    return whole.program(flags, *ranks)


@dataclass(frozen=True)
class Segmented(Fields, Drawing):
    """A segmented spinner. `ranks` of more than one: the program draws one for each word that it replaces,
    by a generator that begins anew with `seed` for each text. `rate` is the probability that an eligible
    word is replaced, `ANY` where nobody knows it. The first question raises `ModelError` where jieba or
    the table is missing or damaged."""

    name: str
    flags: frozenset[str]
    ranks: tuple[int, ...] = (1,)
    table: str = "synonyms-3.8.0"
    seed: int = 1
    rate: float = 1.0

    @property
    def draws(self) -> bool:
        """Whether the program leaves some of the words that it could replace."""
        return self.rate != 1.0

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name, as they can be written in a family's YAML."""
        rank: int | list[int] = self.ranks[0] if len(self.ranks) == 1 else list(self.ranks)
        found: dict[str, Any] = {"flags": sorted(self.flags), "rank": rank, "table": self.table, "seed": self.seed}
        return {**found, "rate": self.rate or "any"} if self.draws else found

    @property
    def digest(self) -> str:
        """What tells the table from others, without reading more than it has to."""
        return digest_of(table_file(self.table))

    @property
    def segmenter(self) -> Segmenter:
        """The compiled program; forwards it is that of the first rank."""
        found: Segmenter | None = self.__dict__.get("_segmenter")
        if found is None:
            found = _program(open_segmenter(self.table), frozenset(self.flags), tuple(self.ranks))
            object.__setattr__(self, "_segmenter", found)
        return found

    def spin(self, text: str) -> Spun:
        """What the program makes of a text."""
        if len(self.ranks) == 1 and not self.draws:
            spun, found = self.segmenter.spin(text)
            return Spun(spun, tuple(SpunEdit(*edit) for edit in found))
        return Spun.of(text, self._drawn(text))

    def rewrite(self, text: str, like: str | None = None) -> str:
        """The text that `spin` makes. A program that draws draws what gives `like`, as far as anything does."""
        if len(self.ranks) == 1 and not self.draws:
            return self.segmenter.spin(text)[0]
        return Drawing.rewrite(self, text, like)

    def _drawn(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, what the program writes) of every token that it replaces."""
        import random

        drawn, rate = random.Random(self.seed), rate_of(self)
        program = self.segmenter
        for start, end, flag in program.tokens(text):
            if flag in self.flags and (not self.draws or drawn.random() < rate):
                rank = self.ranks[0] if len(self.ranks) == 1 else drawn.choice(self.ranks)
                number = program.number(text[start:end])
                image = number and program.image(number, rank)
                if image and image != number:
                    yield start, end, program.word(image)

    def written(self, text: str) -> Iterator[tuple[str, ...]]:
        """What the program may write for each token, rank by rank."""
        program = self.segmenter
        for start, end, flag in program.tokens(text):
            word = text[start:end]
            number = program.number(word) if flag in self.flags else 0
            images = [program.image(number, rank) for rank in self.ranks] if number else []
            forms = [program.word(image) for image in images if image]
            yield tuple(dict.fromkeys([word, *forms] if self.draws else forms)) or (word,)

    def preimages(self, form: str) -> tuple[str, ...]:
        """The words that the program may write as `form`, ordered by code points: one replacement back."""
        return self.segmenter.preimages(form)

    def changes(self, word: str) -> str | None:
        """What the program writes for a word that it replaces (of the first rank), or
        None for a word that it leaves."""
        return self.segmenter.changes(word)

    @cached_property
    def sources(self) -> Mapping[str, Sequence[tuple[str, float]]]:
        """By form the (word, probability) that become it, with the probability of the
        form where the word is replaced."""
        program, found = self.segmenter, defaultdict[str, list[tuple[str, float]]](list)
        for number in range(1, program.nwords):
            if program.image(number, self.ranks[0]) and program.flag_of(word := program.word(number)) in self.flags:
                images = [program.image(number, rank) for rank in self.ranks]
                for image in dict.fromkeys(images):
                    if image and image != number:
                        found[program.word(image)].append((word, images.count(image) / len(images)))
        return dict(found)

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - equal programs are one object, and few
    def chance_of_itself(self, word: str) -> float | None:
        """The probability that a word is written as itself where it is drawn, None for one that is never drawn."""
        program = self.segmenter
        number = program.number(word)
        if not number or program.flag_of(word) not in self.flags:
            return None
        images = [program.image(number, rank) or number for rank in self.ranks]
        itself = images.count(number) / len(images)
        return itself if itself < 1.0 else None
