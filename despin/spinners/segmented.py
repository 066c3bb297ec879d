"""Segmented spinners: a text is cut into words with flags, and words of eligible flags are replaced by a neighbour.

    for token in jieba.posseg.cut(text):
        if token.flag in flags and token.word in table:
            token.word = table[token.word][rank]

With `passes: tokens` each token is replaced where it stands. With `passes: replace` each eligible token of the original is replaced
everywhere in the text as it has grown so far (`text = text.replace(...)`), so that replacements cut through words, and cascade.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from despin.kernel.program import Segmenter
from despin.spinners.base import Spun, SpunEdit
from despin.spinners.dictionary import open_segmenter

#: How replacements are made.
PASSES = ("tokens", "replace")
#: Where a text no longer follows another, they meet again within so many characters.
NEAR = 40


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
        """The compiled program; forwards it is that of the first rank."""
        found: Segmenter | None = self.__dict__.get("_segmenter")
        if found is None:
            found = open_segmenter(self.table).program(self.flags, *self.ranks)
            object.__setattr__(self, "_segmenter", found)
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_segmenter"}

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

    def rewrite(self, text: str, like: str | None = None) -> str:
        """The text that `spin` makes, sooner where its edits take long to follow. A program that draws ranks draws those that give
        `like`, as far as any do."""
        if self.passes != "replace":
            if len(self.ranks) == 1:
                return self.segmenter.spin(text)[0]
            if like is None:
                return self.spin(text).text
            return "".join(_following([*self._written(text)], like))
        grown = text
        for start, end, form in self._drawn(text):
            grown = grown.replace(text[start:end], form)
        return grown

    def _drawn(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, what the program writes) of every token that it replaces."""
        import random

        drawn = random.Random(self.seed)
        program = self.segmenter
        for start, end, flag in program.tokens(text):
            if flag in self.flags:
                rank = self.ranks[0] if len(self.ranks) == 1 else drawn.choice(self.ranks)
                number = program.number(text[start:end])
                image = number and program.image(number, rank)
                if image and image != number:
                    yield start, end, program.word(image)

    def _written(self, text: str) -> Iterator[tuple[str, ...]]:
        """What the program may write for each token, rank by rank."""
        program = self.segmenter
        for start, end, flag in program.tokens(text):
            word = text[start:end]
            number = program.number(word) if flag in self.flags else 0
            images = [program.image(number, rank) for rank in self.ranks] if number else []
            yield tuple(dict.fromkeys(program.word(image) for image in images if image)) or (word,)

    def preimages(self, form: str) -> tuple[str, ...]:
        """The words that the program may write as `form`, ordered by code points: one replacement back."""
        return self.segmenter.preimages(form)

    def changes(self, word: str) -> str | None:
        """What the program writes for a word that it replaces (of the first rank), or None for a word that it leaves."""
        return self.segmenter.changes(word)


def _following(written: Sequence[tuple[str, ...]], like: str) -> Iterator[str]:
    """One of what may be written for each token, so that all together give `like`; where none do, the next that does is sought."""
    first = start = 0
    while first < len(written):
        # By token, the places that it can end at, with where it began and what was written.
        ways: list[dict[int, tuple[int, str]]] = [{start: (start, "")}]
        for images in written[first:]:
            ends = {
                place + len(image): (place, image)
                for image in images
                for place in ways[-1]
                if like.startswith(image, place)
            }
            if not ends:
                break
            ways.append(ends)
        place = len(like) if len(like) in ways[-1] else max(ways[-1])
        start, path = place, []
        for ends in ways[:0:-1]:
            place, image = ends[place]
            path.append(image)
        yield from reversed(path)
        first += len(path)
        if first < len(written):
            last, place = _next_anchor(written, first, like, start)
            between = like[start:place]
            for images in written[first:last]:
                yield next((image for image in images if image in between), images[0])
            first, start = last, place


def _next_anchor(written: Sequence[tuple[str, ...]], first: int, like: str, start: int) -> tuple[int, int]:
    """The first token behind `first` that is written in one way only and stands with the next in `like`, and where; the ends of both
    where there is none."""
    behind = start + NEAR
    for number in range(first + 1, len(written) - 1):
        one, other = written[number : number + 2]
        behind += len(one[0])
        if len(one) == len(other) == 1 and (place := like.find(one[0] + other[0], start, behind)) >= 0:
            return number, place
    return len(written), len(like)


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
    """The edits of a grown text, by what each of its characters came from (`text[start:end]`) and whether it was changed."""
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
