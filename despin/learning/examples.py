"""Examples for the scorer: clean text spun by programs and by tables drawn at random, with the places that a decoder
would ask about.

A place is a form that stands in the page and that the channel may have written; its candidates are the form itself and
words that the channel may have written it for. The same text and the same random numbers give the same example on every
machine.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from despin.lexicon.cache import load_lexicon
from despin.lexicon.load import shipped_lexicons
from despin.lm.scorer import PROGRAM, TABLE
from despin.spinners.base import Spun, lengths_by_character
from despin.spinners.neighbours import read_neighbours, table_file
from despin.spinners.registry import spinner
from despin.spinners.segmented import Segmented
from despin.tuning import Spinning

#: A place has so many candidates at most, the form itself among them.
CANDIDATES = 8
#: Families that exchange no words for others: scripts, look-alikes and homophones; and the family of the programs.
LEFT_OUT = frozenset(("traditional", "glyph", "homophone", "betting-seo"))
#: The table that neighbours of words are taken from, how many of each word, and the longest word that has any, in
#: characters.
NEIGHBOURS = "synonyms-3.8.0"

_MASK = 0xFFFFFFFFFFFFFFFF


class Contested(NamedTuple):
    """page[start:end] of an example, with words that may have stood there. `label` is 0 where the form stood there,
    else 1 + the number of the original that did."""

    start: int
    end: int
    originals: tuple[str, ...]
    label: int


class Example(NamedTuple):
    """A page as a channel of a kind (`despin.lm.scorer`) made it, and its places in order of where they begin."""

    kind: int
    page: str
    places: list[Contested]


class PairPool:
    """Pairs that tables are drawn from: `forms` by original and `originals` by form, sorted, each with a checksum."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.forms: dict[str, tuple[int, list[str]]] = {}
        self.originals: dict[str, list[tuple[str, int]]] = {}
        for original, form in sorted(set(pairs)):
            if original != form and 1 <= len(original) <= Spinning.longest and 1 <= len(form) <= Spinning.longest:
                self.forms.setdefault(original, (_checksum(original), []))[1].append(form)
                self.originals.setdefault(form, []).append((original, _checksum(f"{form}\t{original}")))
        self.form_lengths = lengths_by_character(self.originals)
        self.lengths = lengths_by_character(self.forms)


class DrawnTable(NamedTuple):
    """A table that was drawn from a pool: which of its words it has (`share`), what it writes for them, the `rate` at
    which it replaces them, whether at their first place alone, and the share of other originals that a place of its
    forms offers (`offered`)."""

    pool: PairPool
    words: int
    targets: int
    share: float
    rate: float
    offered: float
    first_only: bool

    def target(self, word: str) -> str | None:
        """What the table writes for a word, None for a word that it does not have."""
        found = self.pool.forms.get(word)
        if found is None or _drawn(found[0], self.words) >= self.share:
            return None
        return found[1][int(_drawn(found[0], self.targets) * len(found[1]))]

    def offers(self, form: str, true: str | None) -> list[str]:
        """The originals that a place of a form offers; `true` is always among them."""
        return [
            original
            for original, checksum in self.pool.originals.get(form, ())
            if original == true or _drawn(checksum, self.words) < self.offered
        ]

    def spin(self, text: str, chance: random.Random) -> tuple[str, dict[tuple[int, int], str]]:
        """(page, originals by where they were replaced): the longest word at each character, from left to right."""
        replaced, used, at = list[tuple[int, int, str]](), set[str](), 0
        while at < len(text):
            for length in self.pool.lengths.get(text[at], ()):
                word = text[at : at + length]
                form = self.target(word)
                if form is None:
                    continue
                if (self.rate == 1.0 or chance.random() < self.rate) and not (self.first_only and word in used):
                    used.add(word)
                    replaced.append((at, at + length, form))
                at += length
                break
            else:
                at += 1
        spun = Spun.of(text, replaced)
        return spun.text, {(edit.start, edit.end): edit.original for edit in spun.edits}


class Examples:
    """Makes examples with the shipped programs, lists and neighbours. Raises `LexiconError` or `ModelError` where one
    is missing or damaged."""

    def __init__(self) -> None:
        self.lists, self.near = pools()
        self._shares = [share for _, share in Spinning.programs]
        self._programs: list[tuple[Segmented, Mapping[str, list[str]], Mapping[str, tuple[int, ...]]]] = []
        for name, _ in Spinning.programs:
            program = spinner(name)
            assert isinstance(program, Segmented)
            sources = {form: [word for word, _ in words] for form, words in program.sources.items()}
            self._programs.append((program, sources, lengths_by_character(sources)))

    def example(self, text: str, chance: random.Random) -> Example:
        """A text, spun by a channel that is drawn."""
        return self.by_program(text, chance) if chance.random() < Spinning.by_program else self.by_table(text, chance)

    def by_program(self, text: str, chance: random.Random) -> Example:
        """A text, spun by one of the programs."""
        program, sources, lengths = chance.choices(self._programs, self._shares)[0]
        spun = program.spin(text)
        gold = {(edit.start, edit.end): edit.original for edit in spun.edits}
        return Example(
            PROGRAM, spun.text, places(spun.text, lengths, lambda form, true: sources.get(form, ()), gold, chance)
        )

    def by_table(self, text: str, chance: random.Random) -> Example:
        """A text, spun by a table that is drawn."""
        table = self.table(chance)
        page, gold = table.spin(text, chance)
        return Example(TABLE, page, places(page, table.pool.form_lengths, table.offers, gold, chance))

    def table(self, chance: random.Random) -> DrawnTable:
        """A table, drawn from the shipped lists or from the neighbours."""
        return DrawnTable(
            pool=self.lists if chance.random() < Spinning.from_lists else self.near, words=chance.getrandbits(60),
            targets=chance.getrandbits(60), share=chance.choice(Spinning.shares),
            rate=1.0 if chance.random() < Spinning.always else chance.choice(Spinning.rates),
            offered=chance.uniform(Spinning.least_offered, 1),
            first_only=chance.random() < Spinning.first_only,
        )  # fmt: skip


def pools() -> tuple[PairPool, PairPool]:
    """The pairs of the shipped lists, and those of words and their neighbours."""
    listed = [
        (original.text, entry.spun)
        for entry in load_lexicon(shipped_lexicons()).entries
        if entry.family not in LEFT_OUT
        for original in entry.originals
    ]
    table = read_neighbours(table_file(NEIGHBOURS))
    program = spinner(Spinning.programs[0][0])
    assert isinstance(program, Segmented)
    near = [
        (word, table.words[table.near[rank][row]])
        for row, word in enumerate(table.words)
        if len(word) <= Spinning.longest_near
        and all("\u4e00" <= one <= "\u9fff" for one in word)
        and program.segmenter.frequency(word) is not None
        for rank in range(Spinning.ranks)
    ]
    return PairPool(listed), PairPool(near)


def places(
    page: str, lengths: Mapping[str, Sequence[int]], offers: Callable[[str, str | None], Sequence[str]],
    gold: Mapping[tuple[int, int], str], chance: random.Random,
) -> list[Contested]:  # fmt: skip
    """The places of a page: where a form stands that a channel `offers` originals for, given the true one. `lengths`
    are those of forms, by their first character; `gold` are the originals by where they were replaced."""
    found = []
    for start in range(len(page)):
        for length in lengths.get(page[start], ()):
            end = start + length
            if end > len(page):
                continue
            true = gold.get((start, end))
            originals = offers(page[start:end], true)
            if not originals or (true is not None and true not in originals):
                continue
            if len(originals) >= CANDIDATES:
                originals = chance.sample(originals, CANDIDATES - 1)
                if true is not None and true not in originals:
                    originals[0] = true
            label = 0 if true is None else 1 + originals.index(true)
            found.append(Contested(start, end, tuple(originals), label))
    return found


def _checksum(word: str) -> int:
    """A number for a word, the same on every machine and in every run, which `hash` is not."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def _drawn(checksum: int, seed: int) -> float:
    """A number from 0 to 1 for a checksum, another one for each seed."""
    mixed = (checksum ^ seed) * 0x9E3779B97F4A7C15 & _MASK
    mixed ^= mixed >> 29
    mixed = mixed * 0xBF58476D1CE4E5B9 & _MASK
    return ((mixed ^ mixed >> 32) & 0xFFFFFF) / (1 << 24)
