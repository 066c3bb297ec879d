"""From matches to a table: the possible edits of a text's stretches, with their lattices.

`Offers` is what a channel offers for every spun form, made ready once; `Pieces` makes the tables of one text and of
what it is restored to, compiled where a compiler was at hand (`despin.kernel.native.arcs`).
"""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from despin.channel.lexicon import Channel
from despin.decode.decoder import TEMPER, Weighted
from despin.kernel.pure.lattice import build
from despin.kernel.table import Table
from despin.kernel.types import BEAM, BEAM_WIDTH, BEFORE, Arc, Lattice, Offer, Source, Stretch, Unspun
from despin.lexicon.model import Entry
from despin.lm.context import ContextModel
from despin.lm.ngram import LanguageModel
from despin.tuning import Tuning

if TYPE_CHECKING:
    from despin.kernel.native.arcs import Maker, Numbers

#: Bytes for stretches that were read before, as they stand in a table; some 3,000 have room in half of them, more than the
#: longest part of a text has.
HELD = 16_000_000


class Offers:
    """The candidates of every pattern of a channel, made ready at first sight; kept by whoever reads many texts.

    `lock` is held while anything that texts share is written.
    """

    def __init__(self, channel: Channel, model: LanguageModel, tuning: Tuning) -> None:
        self.channel, self.model, self.tuning = channel, model, tuning
        self.context = ContextModel(model)
        self.lock = threading.RLock()
        self.sources: list[Source] = []
        #: By offer: whether its entry comes from an imported list, and whether that is a thesaurus.
        self.imported, self.drawn = array("i"), array("i")
        #: By offer: whether its spun form is only looked for in a text that is believed to be spun.
        self.packed = array("i")
        self._known: dict[int, tuple[Offer, ...]] = {}
        self._commonness: dict[str, float] = {}
        self._priors: dict[str, float] = {}

    def __reduce__(self) -> tuple[type[Offers], tuple[Channel, LanguageModel, Tuning]]:
        return Offers, (self.channel, self.model, self.tuning)

    @cached_property
    def maker(self) -> Maker | None:
        """Makes tables compiled; None without compiled rooms."""
        if self.model.builder is None:
            return None
        from despin.kernel.native.arcs import Maker

        tuning = self.tuning
        return Maker(self.model.builder, self, len(self.channel.patterns), tuning.start_rate, tuning.flip, BEFORE, HELD)

    def commonness(self, word: str) -> float:
        """log10 P of a word out of context."""
        known = self._commonness.get(word)
        if known is None:
            known = self._commonness[word] = self.model.best_split(word)[0]
        return known

    def prior(self, word: str) -> float:
        """P of a word out of context."""
        known = self._priors.get(word)
        if known is None:
            known = self._priors[word] = 10.0 ** self.commonness(word)
        return known

    def of(self, pattern: int) -> tuple[Offer, ...]:
        """The candidates of a pattern worth decoding."""
        known = self._known.get(pattern)
        if known is None:
            with self.lock:
                known = self._known[pattern] = tuple(self._offers(pattern))
        return known

    def _offers(self, pattern: int) -> list[Offer]:
        spun, exposed = self.channel.patterns[pattern], self.channel.exposed[pattern]
        found = []
        for original, family, weight, entry in self.channel.shortlist(pattern, self.model):
            low, high = _shared_ends(spun, original)
            share = weight * self.tuning.flip if entry.flips else weight
            number = self.add(family, share, family in exposed, entry, not self.channel.is_site[pattern])
            core = original[low : len(original) - high]
            guarded = bool(entry.keep or entry.only)
            found.append(Offer(low, high, core, original, self.sources[number], guarded, number))
        return found

    def add(self, family: int, weight: float, both_ways: bool, entry: Entry, packed: bool) -> int:
        """Take in a source; its number."""
        # What the named tuple's own constructor does; there are thousands of these.
        self.sources.append(tuple.__new__(Source, (family, weight, both_ways, entry)))
        imported = entry.source == "imported"
        self.imported.append(imported)
        self.drawn.append(imported and self.channel.drawn[family])
        self.packed.append(packed)
        return len(self.sources) - 1


class Pieces:
    """Makes the tables of one text and of what it is restored to.

    Keys (family, original), pairs (spun, original), spun forms and originals have numbers in the order in which they came up;
    `key_families`, `pair_originals` and `pair_forms` lead from those numbers to others, `form_words` and `original_words` to
    the words. The compiled room keeps the numbers to itself.
    """

    def __init__(self, offers: Offers) -> None:
        self.offers = offers
        self._keys: dict[tuple[int, str], int] = {}
        self._pairs: dict[tuple[str, str], int] = {}
        self._forms: dict[str, int] = {}
        self._originals: dict[str, int] = {}
        #: Spun forms and originals by number.
        self.form_words: list[str] = []
        self.original_words: list[str] = []
        self.key_families = array("i")
        self.pair_originals, self.pair_forms = array("i"), array("i")
        #: P out of context by original and by spun form, 0 where nobody has asked for it.
        self.original_priors, self.form_priors = array("d"), array("d")
        #: The compiled room's own numbers of keys and pairs.
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

    def count_standing(self, unspun: Unspun, standing: array[float]) -> list[tuple[int, int]]:
        """(number of the original, how often it stands `unspun`) of the patterns that any edit offers; fills `standing` by the
        keys of the families each is exposed to."""
        maker = self.offers.maker
        if maker is not None:
            with self.offers.lock:
                return maker.count_standing(self, unspun.patterns, unspun.counts, standing)
        found = []
        patterns, exposed = self.offers.channel.patterns, self.offers.channel.exposed
        for pattern, count in zip(unspun.patterns, unspun.counts, strict=True):
            original = self._originals.get(patterns[pattern])
            if original is not None:
                found.append((original, count))
                for key in [self._keys.get((family, patterns[pattern])) for family in exposed[pattern]]:
                    if key is not None:
                        standing[key] = count
        return found

    def table(self, text: str, stretches: Sequence[Stretch]) -> Table:
        """The table of `stretches` of `text`."""
        table = Table()
        with self.offers.lock:
            maker = self.offers.maker
            if maker is not None:
                maker.fill(table, self, text, stretches, BEAM, BEAM_WIDTH, TEMPER)
            else:
                for stretch in stretches:
                    self._add(table, text, stretch)
        table.ready()
        return table

    def _add(self, table: Table, text: str, stretch: Stretch) -> None:
        """Arcs that change the same characters to the same (应用法度 → 应用程序 and 法度 → 程序) are one arc, the shortest."""
        base = stretch.start
        arcs: list[Arc] = []
        offers: list[list[Offer]] = []
        known: dict[tuple[int, int, str], int] = {}
        for start, end, pattern in stretch.sites:
            for offer in self.offers.of(pattern):
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
        weighted = Weighted(self.lattice(text, stretch, arcs, sources))
        self._append_arcs(table, text, base, arcs, offers)
        _append_lattice(table, weighted, table.arc_first[-2])

    def lattice(self, text: str, stretch: Stretch, arcs: list[Arc], sources: list[list[Source]]) -> Lattice:
        """The lattice of a stretch."""
        start_rate = self.offers.tuning.start_rate
        prune = [math.log10(start_rate * sum([source.weight for source in each])) for each in sources]
        body = text[stretch.start : stretch.end] + "\0"
        return build(body, arcs, prune, self.offers.model, BEFORE if stretch.fresh else "")

    def _append_arcs(self, table: Table, text: str, base: int, arcs: list[Arc], offers: list[list[Offer]]) -> None:
        places: dict[tuple[int, int], int] = {}
        families = 0
        for arc, each in zip(arcs, offers, strict=True):
            start, end = base + arc.start, base + arc.end
            for offer in each:
                family, weight, both_ways, _ = offer.source
                table.families.append(family)
                table.weights.append(weight)
                table.both_ways.append(both_ways)
                table.keys.append(self.key(family, arc.original))
                table.offers.append(offer.number)
                families |= family_bit(family)
            table.source_first.append(len(table.families))
            table.starts.append(start)
            table.ends.append(end)
            pair = self.pair(text[start:end], arc.original)
            table.pairs.append(pair)
            place = places.get((start, end))
            if place is None:
                place = places[start, end] = len(table.place_forms)
                table.place_forms.append(self.pair_forms[pair])
            table.places.append(place)
        table.arc_first.append(len(table.starts))
        table.place_first.append(len(table.place_forms))
        table.family_sets.append(families)


def _append_lattice(table: Table, weighted: Weighted, arc: int) -> None:
    """Add the lattice of the piece whose first arc is `arc`."""
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
    """The number of a word."""
    number = numbers.setdefault(word, len(words))
    if number == len(words):
        words.append(word)
    return number


def allowed(entry: Entry, text: str, start: int, end: int) -> bool:
    """Whether what stands around a match lets the entry apply."""
    if entry.keep and entry.keep.holds(text, start, end):
        return False
    return not entry.only or entry.only.holds(text, start, end)


def family_bit(family: int) -> int:
    """A bit for a family; some share one when they are many, so a set of bits says which families may be there."""
    return int(1 << family % 30)


def _shared_ends(spun: str, original: str) -> tuple[int, int]:
    """How many characters at the start and then at the end are the same in both."""
    low, limit = 0, min(len(spun), len(original))
    while low < limit and spun[low] == original[low]:
        low += 1
    high = 0
    while high < limit - low and spun[-1 - high] == original[-1 - high]:
        high += 1
    return low, high
