"""From matches to a table: the possible edits (arcs) of a text's segments, with their lattices."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from functools import cached_property

from despin.decode.candidates import CandidateIndex
from despin.decode.decoder import Weighted
from despin.kernel import build_lattice
from despin.kernel.table import Table
from despin.kernel.types import BEFORE, Arc, Lattice, Segment, Source, Unreplaced
from despin.tuning import TEMPER, Search


class Ids:
    """Numbers for the words of one text and of what it is restored to, shared by all its tables.

    Keys (family, original), pairs (spun, original), spun forms and originals have numbers in the order in which they
    came up; `key_families`, `pair_originals` and `pair_forms` lead from those numbers to others, `form_words` and
    `original_words` to the words. Compiled code keeps its own table of numbers in `numbers`.
    """

    def __init__(self, candidates: CandidateIndex) -> None:
        self.candidates = candidates
        self.form_words: list[str] = []
        self.original_words: list[str] = []
        self.key_families = array("i")
        self.pair_originals, self.pair_forms = array("i"), array("i")
        self.numbers: object = None

    def original(self, pair: int) -> str:
        """The original of a pair."""
        return self.original_words[self.pair_originals[pair]]

    def count_unreplaced(self, unspun: Unreplaced, counts: array[float]) -> tuple[array[int], array[int]]:
        """(numbers of the originals, how often they stand unreplaced) of the patterns in `unspun` that any edit offers;
        fills `counts` by the keys of the families each is exposed to."""
        with self.candidates.lock:
            return self.candidates.tables.count_unreplaced(self, unspun.patterns, unspun.counts, counts)

    def table(self, text: str, segments: Sequence[Segment]) -> Table:
        """The table of `segments` of `text`: their arcs with all that speaks for them, and their lattices."""
        table, candidates = Table(), self.candidates
        with candidates.lock:
            candidates.tables.fill(table, self, text, segments, Search.beam, Search.width, TEMPER)
        table.ready()
        return table


class SegmentArcs:
    """The arcs of a segment of a text, `text[start:end]`, as objects.

    By arc: `arcs`, `sources`, `spun` forms, channel `odds` and `posteriors`. `paragraph` is its line's
    number; `gain` the log10 likelihood ratio of the segment, spun against not. Its arcs are those from
    `low` to `high - 1` of the document.
    """

    def __init__(self, ids: Ids, table: Table, number: int, segment: Segment, text: str, paragraph: int) -> None:
        self._ids, self._table, self._number, self._text = ids, table, number, text
        self.low, self.high = table.arc_first[number], table.arc_first[number + 1]
        self.start, self.end, self._segment, self.paragraph = segment.start, segment.end, segment, paragraph

    @property
    def odds(self) -> array[float]:
        """The channel odds of every arc."""
        return self._table.odds[self.low : self.high]

    @property
    def posteriors(self) -> array[float]:
        """The posterior of every arc."""
        return self._table.posteriors[self.low : self.high]

    @property
    def gain(self) -> float:
        """log10 likelihood ratio of the segment, spun against not."""
        return self._table.gains[self._number]

    @cached_property
    def arcs(self) -> list[Arc]:
        """The possible edits, by their places in the segment."""
        table, base, original = self._table, self.start, self._ids.original
        return [
            Arc(table.starts[arc] - base, table.ends[arc] - base, original(table.pairs[arc]))
            for arc in range(self.low, self.high)
        ]

    @cached_property
    def spun(self) -> list[str]:
        """The spun form of every arc."""
        text, base = self._text, self.start
        return [text[arc.start + base : arc.end + base] for arc in self.arcs]

    @cached_property
    def sources(self) -> list[list[Source]]:
        """The reasons for every arc."""
        table, every = self._table, self._ids.candidates.sources
        return [
            [every[offer] for offer in table.offers[table.source_first[arc] : table.source_first[arc + 1]]]
            for arc in range(self.low, self.high)
        ]

    @cached_property
    def weighted(self) -> Weighted:
        """The lattice as an object of its own."""
        return Weighted(lattice(self._ids.candidates, self._text, self._segment, self.arcs, self.sources))


def lattice(
    candidates: CandidateIndex, text: str, segment: Segment, arcs: list[Arc], sources: list[list[Source]]
) -> Lattice:
    """The lattice of a segment of `text` with these arcs, pruned by what their `sources` weigh at the starting rate."""
    start_rate = candidates.tuning.start_rate
    prune = [math.log10(start_rate * sum([source.weight for source in each])) for each in sources]
    body = text[segment.start : segment.end] + "\0"
    return build_lattice(body, arcs, prune, candidates.model.trigrams, BEFORE if segment.fresh else "")
