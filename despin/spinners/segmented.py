"""Segmented spinners: a text is cut into words with flags, and words of eligible flags are replaced by a neighbour.

    for token in jieba.posseg.cut(text):
        if token.flag in flags and token.word in table:
            token.word = table[token.word][rank]

With `passes: tokens` each token is replaced where it stands. With `passes: replace` each eligible token of the original is replaced
everywhere in the text as it has grown so far (`text = text.replace(...)`), so that replacements cut through words, and cascade.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from despin.kernel.program import Segmenter
from despin.spinners.base import Spun, SpunEdit
from despin.spinners.dictionary import open_segmenter

#: How replacements are made.
PASSES = ("tokens", "replace")


@dataclass(frozen=True)
class Segmented:
    """A segmented spinner. `ranks` of more than one: the program draws one for each word that it replaces, by a generator that begins
    anew with `seed` for each text. The first question raises `ModelError` where jieba or the table is missing or damaged."""

    name: str
    flags: frozenset[str]
    ranks: tuple[int, ...] = (1,)
    passes: str = "tokens"
    table: str = "synonyms-3.8.0"
    seed: int = 1

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name, as they can be written in a family's YAML."""
        rank: int | list[int] = self.ranks[0] if len(self.ranks) == 1 else list(self.ranks)
        return {
            "flags": sorted(self.flags),
            "rank": rank,
            "passes": self.passes,
            "table": self.table,
            "seed": self.seed,
        }

    @property
    def segmenter(self) -> Segmenter:
        """The compiled program of the first rank."""
        return self.programs[0]

    @property
    def programs(self) -> tuple[Segmenter, ...]:
        """The compiled program of each rank."""
        found: tuple[Segmenter, ...] | None = self.__dict__.get("_programs")
        if found is None:
            opened = open_segmenter(self.table)
            found = tuple(opened.program(self.flags, rank) for rank in self.ranks)
            object.__setattr__(self, "_programs", found)
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_programs"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def spin(self, text: str) -> Spun:
        """What the program makes of a text."""
        if self.passes == "replace":
            return _replaced(text, self._drawn(text))
        if len(self.ranks) == 1:
            spun, found = self.segmenter.spin(text)
            return Spun(spun, tuple(SpunEdit(*edit) for edit in found))
        parts: list[str] = []
        edits: list[SpunEdit] = []
        kept = place = 0
        for start, end, form in self._drawn(text):
            parts += (text[kept:start], form)
            place += start - kept
            edits.append(SpunEdit(place, place + len(form), text[start:end]))
            place += len(form)
            kept = end
        return Spun("".join([*parts, text[kept:]]), tuple(edits))

    def rewrite(self, text: str) -> str:
        """The text that `spin` makes, sooner where its edits take long to follow."""
        if self.passes != "replace":
            return self.spin(text).text
        grown = text
        for start, end, form in self._drawn(text):
            grown = grown.replace(text[start:end], form)
        return grown

    def _drawn(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, what the program writes) of every token that it replaces."""
        drawn = random.Random(self.seed)
        for start, end, flag in self.segmenter.tokens(text):
            if flag in self.flags:
                program = self.programs[0] if len(self.ranks) == 1 else drawn.choice(self.programs)
                number = program.number(text[start:end])
                image = number and program.image(number)
                if image and image != number:
                    yield start, end, program.word(image)

    def preimages(self, form: str) -> tuple[str, ...]:
        """The words that the program may write as `form`, ordered by code points: one replacement back."""
        if len(self.ranks) == 1:
            return self.segmenter.preimages(form)
        return tuple(sorted({word for program in self.programs for word in program.preimages(form)}))

    def changes(self, word: str) -> str | None:
        """What the program writes for a word that it replaces (of the first rank), or None for a word that it leaves."""
        return self.segmenter.changes(word)


def _replaced(text: str, replacements: Iterable[tuple[int, int, str]]) -> Spun:
    """The text after each replacement of a word everywhere, one after the other; overlapping edits are one."""
    grown = text
    # Start and end in the original of what each character of the grown text came from: flat, as they are copied again and again.
    starts, ends = array("q", range(len(text))), array("q", range(1, len(text) + 1))
    changed = bytearray(len(text))
    for start, end, form in replacements:
        word = text[start:end]
        found = grown.find(word)
        if found < 0:
            continue
        parts: list[str] = []
        new_starts, new_ends = array("q"), array("q")
        new_changed, kept = bytearray(), 0
        while found >= 0:
            after = found + len(word)
            parts += (grown[kept:found], form)
            new_starts += starts[kept:found] + starts[found : found + 1] * len(form)
            new_ends += ends[kept:found] + ends[after - 1 : after] * len(form)
            new_changed += changed[kept:found] + b"\1" * len(form)
            kept = after
            found = grown.find(word, kept)
        grown = "".join([*parts, grown[kept:]])
        starts, ends = new_starts + starts[kept:], new_ends + ends[kept:]
        changed = new_changed + changed[kept:]
    return Spun(grown, tuple(_edits(text, starts, ends, changed)))


def _edits(text: str, starts: array[int], ends: array[int], changed: bytearray) -> Iterator[SpunEdit]:
    place = 0
    while place < len(starts):
        if not changed[place]:
            place += 1
            continue
        start, first, last = place, starts[place], ends[place]
        place += 1
        # Characters that came from the same characters of the original, were they touched again or not, are one edit.
        while place < len(starts) and starts[place] < last:
            last = max(last, ends[place])
            place += 1
        yield SpunEdit(start, place, text[first:last])
