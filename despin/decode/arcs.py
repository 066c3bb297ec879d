"""From matches to a table: the possible edits (arcs) of a text's segments, with their lattices.

Compiled where a compiler was at hand (`despin.kernel.native.arcs`).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from despin.decode.candidates import CandidateIndex
from despin.decode.decoder import Weighted
from despin.kernel import build_lattice
from despin.kernel.table import Table
from despin.kernel.types import BEAM, BEAM_WIDTH, BEFORE, Arc, Lattice, Offer, Source, Stretch, Unspun
from despin.lexicon.model import Entry
from despin.tuning import TEMPER

if TYPE_CHECKING:
    from despin.kernel.native.arcs import Numbers


class Ids:
    """Numbers for the words of one text and of what it is restored to, shared by all its tables.

    Keys (family, original), pairs (spun, original), spun forms and originals have numbers in the order in which they came up;
    `key_families`, `pair_originals` and `pair_forms` lead from those numbers to others, `form_words` and `original_words` to
    the words. Compiled code keeps its own table of numbers in `numbers`.
    """

    def __init__(self, candidates: CandidateIndex) -> None:
        self.candidates = candidates
        self._keys: dict[tuple[int, str], int] = {}
        self._pairs: dict[tuple[str, str], int] = {}
        self._forms: dict[str, int] = {}
        self._originals: dict[str, int] = {}
        self.form_words: list[str] = []
        self.original_words: list[str] = []
        self.key_families = array("i")
        self.pair_originals, self.pair_forms = array("i"), array("i")
        #: P out of context by original and by spun form, 0 where nobody has asked for it.
        self.original_priors, self.form_priors = array("d"), array("d")
        self.numbers: Numbers | None = None

    def key(self, family: int, original: str) -> int:
        """The number of (family, original)."""
        key = self._keys.setdefault((family, original), len(self._keys))
        if key == len(self.key_families):
            self.key_families.append(family)
        return key

    def pair(self, form: str, original: str) -> int:
        """The number of (spun form, original)."""
        pair = self._pairs.setdefault((form, original), len(self._pairs))
        if pair == len(self.pair_forms):
            self.pair_forms.append(_number(form, self._forms, self.form_words))
            self.pair_originals.append(_number(original, self._originals, self.original_words))
        return pair

    def original(self, pair: int) -> str:
        """The original of a pair."""
        return self.original_words[self.pair_originals[pair]]

    def count_unreplaced(self, unspun: Unspun, counts: array[float]) -> list[tuple[int, int]]:
        """(number of the original, how often it stands unreplaced) of the patterns in `unspun` that any edit offers; fills
        `counts` by the keys of the families each is exposed to."""
        candidates = self.candidates
        if candidates.maker is not None:
            with candidates.lock:
                return candidates.maker.count_standing(self, unspun.patterns, unspun.counts, counts)
        found = []
        patterns, exposed = candidates.channel.patterns, candidates.channel.exposed
        for pattern, count in zip(unspun.patterns, unspun.counts, strict=True):
            original = self._originals.get(patterns[pattern])
            if original is not None:
                found.append((original, count))
                for key in [self._keys.get((family, patterns[pattern])) for family in exposed[pattern]]:
                    if key is not None:
                        counts[key] = count
        return found

    def table(self, text: str, segments: Sequence[Stretch]) -> Table:
        """The table of `segments` of `text`: their arcs with all that speaks for them, and their lattices."""
        table, candidates = Table(), self.candidates
        with candidates.lock:
            if candidates.maker is not None:
                candidates.maker.fill(table, self, text, segments, BEAM, BEAM_WIDTH, TEMPER)
            else:
                for segment in segments:
                    _append_segment(table, self, text, segment)
        table.ready()
        return table


class SegmentArcs:
    """The arcs of a segment of a text, `text[start:end]`, as objects.

    By arc: `arcs`, `sources`, `spun` forms, channel `odds` and `posteriors`. `paragraph` is its line's number; `gain` the log10 likelihood ratio of the segment, spun against not. Its arcs are
    those from `low` to `high - 1` of the document.
    """

    def __init__(self, ids: Ids, table: Table, number: int, segment: Stretch, text: str, paragraph: int) -> None:
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
    candidates: CandidateIndex, text: str, segment: Stretch, arcs: list[Arc], sources: list[list[Source]]
) -> Lattice:
    """The lattice of a segment of `text` with these arcs, pruned by what their `sources` weigh at the starting rate."""
    start_rate = candidates.tuning.start_rate
    prune = [math.log10(start_rate * sum([source.weight for source in each])) for each in sources]
    body = text[segment.start : segment.end] + "\0"
    return build_lattice(body, arcs, prune, candidates.model.trigrams, BEFORE if segment.fresh else "")


def _append_segment(table: Table, ids: Ids, text: str, segment: Stretch) -> None:
    """Add a segment to `table`. Arcs that change the same characters to the same (应用法度 → 应用程序 and 法度 → 程序) are one
    arc, the shortest."""
    base = segment.start
    arcs: list[Arc] = []
    offers: list[list[Offer]] = []
    known: dict[tuple[int, int, str], int] = {}
    for start, end, pattern in segment.sites:
        for offer in ids.candidates.of(pattern):
            if offer.guarded and not allowed(offer.source.entry, text, start, end):
                continue
            index = known.setdefault((start + offer.low, end - offer.high, offer.core), len(arcs))
            if index == len(arcs):
                arcs.append(Arc(start - base, end - base, offer.original))
                offers.append([])
            elif end - start < arcs[index].end - arcs[index].start:
                arcs[index] = Arc(start - base, end - base, offer.original)
            offers[index].append(offer)
    sources = [[offer.source for offer in each] for each in offers]
    weighted = Weighted(lattice(ids.candidates, text, segment, arcs, sources))
    _append_arcs(table, ids, text, base, arcs, offers)
    _append_lattice(table, weighted, table.arc_first[-2])


def _append_arcs(table: Table, ids: Ids, text: str, base: int, arcs: list[Arc], offers: list[list[Offer]]) -> None:
    """Add the arcs of the segment that begins at `base`, each with its `offers`."""
    places: dict[tuple[int, int], int] = {}
    families = 0
    for arc, each in zip(arcs, offers, strict=True):
        start, end = base + arc.start, base + arc.end
        for offer in each:
            family, weight, both_ways, _ = offer.source
            table.families.append(family)
            table.weights.append(weight)
            table.both_ways.append(both_ways)
            table.keys.append(ids.key(family, arc.original))
            table.offers.append(offer.number)
            families |= family_bit(family)
        table.source_first.append(len(table.families))
        table.starts.append(start)
        table.ends.append(end)
        pair = ids.pair(text[start:end], arc.original)
        table.pairs.append(pair)
        place = places.get((start, end))
        if place is None:
            place = places[start, end] = len(table.place_forms)
            table.place_forms.append(ids.pair_forms[pair])
        table.places.append(place)
    table.arc_first.append(len(table.starts))
    table.place_first.append(len(table.place_forms))
    table.family_sets.append(families)


def _append_lattice(table: Table, weighted: Weighted, arc: int) -> None:
    """Add the lattice of the segment whose first arc is `arc`."""
    base = len(table.step_first) - 1
    before = table.step_first[-1]
    table.step_first.extend([before + step for step in weighted.first[1:]])
    table.previous.extend([base + previous for previous in weighted.previous])
    table.entered.extend(weighted.entered)
    table.step_weights.extend(weighted.weights)
    for arcs in weighted.several:
        table.joint_arcs.extend([arc + one for one in arcs])
        table.joint_first.append(len(table.joint_arcs))
    table.joint_of.append(len(table.joint_first) - 1)
    table.hypothesis_first.append(len(table.step_first) - 1)
    table.masses.append(weighted.kept)


def _number(word: str, numbers: dict[str, int], words: list[str]) -> int:
    """The number of a word, which is a new one where it has none."""
    number = numbers.setdefault(word, len(words))
    if number == len(words):
        words.append(word)
    return number


def allowed(entry: Entry, text: str, start: int, end: int) -> bool:
    """Whether what stands around the match `text[start:end]` lets the entry apply."""
    if entry.keep and entry.keep.holds(text, start, end):
        return False
    return not entry.only or entry.only.holds(text, start, end)


def family_bit(family: int) -> int:
    """A bit for a family; some share one when they are many, so a set of bits says which families may be there."""
    return int(1 << family % 30)
