"""The stretches of a text with their possible edits and lattices: what a document is weighed by.

A stretch that comes back, when more is matched or a restored text is read again, is not made a second time.
"""

from __future__ import annotations

import math
from array import array
from typing import NamedTuple

from despin.channel import Channel
from despin.decoder import Weighted
from despin.fluency import LanguageModel
from despin.lattice import Arc, build
from despin.lexicon.entry import Entry
from despin.stretches import Stretch
from despin.tuning import Tuning


class Source(NamedTuple):
    """One entry's reason for an arc: its family, its weight, whether the family would have replaced the spun form
    itself, and the entry."""

    family: int
    weight: float
    both_ways: bool
    entry: Entry


class Offer(NamedTuple):
    """One candidate of a pattern. `low` and `high` count the characters at either end that spun form and original
    share, `core` is the original without them; `guarded` says that the entry looks at what stands around."""

    low: int
    high: int
    core: str
    original: str
    source: Source
    guarded: bool


class Lay(NamedTuple):
    """A stretch's arcs and sources as flat arrays.

    `families`, `weights`, `both_ways` and `keys` by source, those of arc a from `first[a]` to `first[a + 1] - 1`; `pairs`
    and `places` by arc; `place_forms` by place, as an index of `forms`. `keys`, `pairs` and `forms` are numbers that
    `Pieces` gives to (family, original), (spun, original) and spun forms.
    """

    first: array[int]
    families: array[int]
    weights: array[float]
    both_ways: array[int]
    keys: array[int]
    pairs: array[int]
    places: array[int]
    place_forms: array[int]
    forms: array[int]


class Choices:
    """A stretch with its lattice, whatever text it stands in. By arc: `sources` and `spun` forms. `families` are those
    of the sources."""

    __slots__ = ("families", "lay", "sources", "spun", "weighted")

    def __init__(self, weighted: Weighted, sources: list[list[Source]], spun: list[str], lay: Lay) -> None:
        self.weighted = weighted
        self.sources = sources
        self.spun = spun
        self.lay = lay
        self.families = set(lay.families)


class Piece:
    """A stretch of a document. By arc: `sources`, `spun` forms, channel `odds` and `posteriors`.

    `paragraph` is its line's number; `gain` the log10 likelihood ratio of the stretch, spun against not.
    """

    __slots__ = (
        "families", "gain", "lay", "odds", "paragraph", "posteriors", "sources", "spun", "stretch", "weighted"
    )  # fmt: skip

    def __init__(self, stretch: Stretch, choices: Choices, paragraph: int) -> None:
        self.stretch = stretch
        self.weighted = choices.weighted
        self.sources = choices.sources
        self.spun = choices.spun
        self.lay = choices.lay
        self.families = choices.families
        self.paragraph = paragraph
        self.odds = array("d", bytes(8 * len(choices.sources)))
        self.posteriors = array("d", bytes(8 * len(choices.sources)))
        self.gain = 0.0


class Offers:
    """The candidates of every pattern of a channel, made ready once; kept by whoever reads many texts."""

    def __init__(self, channel: Channel, model: LanguageModel, tuning: Tuning) -> None:
        self.channel, self.model, self.tuning = channel, model, tuning
        self._known: dict[int, tuple[Offer, ...]] = {}
        self._commonness: dict[str, float] = {}
        #: As far as any entry looks around a match, in characters.
        self.reach = max(
            (
                len(context)
                for candidates in channel.candidates
                for candidate in candidates
                for contexts in (candidate.entry.keep, candidate.entry.only)
                for context in (*contexts.before, *contexts.after)
            ),
            default=0,
        )

    def commonness(self, word: str) -> float:
        """log10 P of a word out of context."""
        known = self._commonness.get(word)
        if known is None:
            known = self._commonness[word] = self.model.best_split(word)[0]
        return known

    def of(self, pattern: int) -> tuple[Offer, ...]:
        """The candidates of a pattern worth decoding."""
        known = self._known.get(pattern)
        if known is None:
            known = self._known[pattern] = tuple(self._offers(pattern))
        return known

    def _offers(self, pattern: int) -> list[Offer]:
        spun, exposed = self.channel.patterns[pattern], self.channel.exposed[pattern]
        found = []
        for original, family, weight, entry in self.channel.shortlist(pattern, self.model):
            low, high = _shared_ends(spun, original)
            share = weight * self.tuning.flip if entry.flips else weight
            source = Source(family, share, family in exposed, entry)
            core = original[low : len(original) - high]
            found.append(Offer(low, high, core, original, source, bool(entry.keep or entry.only)))
        return found


class Pieces:
    """Makes the pieces of one text and of what it is restored to."""

    def __init__(self, offers: Offers) -> None:
        self.offers = offers
        self.keys: dict[tuple[int, str], int] = {}
        self.pairs: dict[tuple[str, str], int] = {}
        self.forms: dict[str, int] = {}
        self.originals: dict[str, int] = {}
        #: The family of every key; the original and the spun form of every pair.
        self.key_families = array("i")
        self.pair_originals, self.pair_forms = array("i"), array("i")
        self._known: dict[tuple[object, ...], Choices] = {}

    def piece(self, text: str, stretch: Stretch, paragraph: int) -> Piece:
        """The piece of a stretch of `text`."""
        start, end, sites, fresh = stretch
        reach = self.offers.reach
        key = (
            text[start:end],
            fresh,
            text[max(0, start - reach) : start],
            text[end : end + reach],
            *[(site.start - start, site.end - start, site.pattern) for site in sites],
        )
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._choices(text, stretch)
        return Piece(stretch, known, paragraph)

    def _choices(self, whole: str, stretch: Stretch) -> Choices:
        """Arcs that change the same characters to the same (应用法度 → 应用程序 and 法度 → 程序) are one arc, the shortest."""
        base = stretch.start
        text = whole[base : stretch.end]
        arcs: list[Arc] = []
        sources: list[list[Source]] = []
        known: dict[tuple[int, int, str], int] = {}
        for start, end, pattern in stretch.sites:
            for low, high, core, original, source, guarded in self.offers.of(pattern):
                if guarded:
                    entry = source.entry
                    if entry.keep and entry.keep.holds(whole, start, end):
                        continue
                    if entry.only and not entry.only.holds(whole, start, end):
                        continue
                place = (start + low, end - high, core)
                index = known.get(place)
                if index is None:
                    known[place] = len(arcs)
                    arcs.append(Arc(start - base, end - base, original))
                    sources.append([source])
                    continue
                arc = arcs[index]
                if end - start < arc.end - arc.start:
                    arcs[index] = Arc(start - base, end - base, original)
                sources[index].append(source)
        start_rate = self.offers.tuning.start_rate
        prune = [math.log10(start_rate * sum([source.weight for source in each])) for each in sources]
        lattice = build(text + "\0", arcs, prune, self.offers.model, "。" if stretch.fresh else "")
        spun = [text[arc.start : arc.end] for arc in arcs]
        return Choices(Weighted(lattice), sources, spun, self._lay(arcs, sources, spun))

    def _lay(self, arcs: list[Arc], sources: list[list[Source]], spun: list[str]) -> Lay:
        first, families, both_ways, keys = array("i", [0]), array("i"), array("i"), array("i")
        pairs, places, place_forms, forms = array("i"), array("i"), array("i"), array("i")
        weights = array("d")
        place_of: dict[tuple[int, int], int] = {}
        form_of: dict[str, int] = {}
        for arc, each, form in zip(arcs, sources, spun, strict=True):
            for family, weight, both, _ in each:
                families.append(family)
                weights.append(weight)
                both_ways.append(both)
                keys.append(self._key(family, arc.original))
            first.append(len(families))
            pairs.append(self._pair(form, arc.original))
            place = place_of.setdefault((arc.start, arc.end), len(place_of))
            places.append(place)
            if place == len(place_forms):
                local = form_of.setdefault(form, len(form_of))
                place_forms.append(local)
                if local == len(forms):
                    forms.append(self.forms.setdefault(form, len(self.forms)))
        return Lay(first, families, weights, both_ways, keys, pairs, places, place_forms, forms)

    def _key(self, family: int, original: str) -> int:
        key = self.keys.setdefault((family, original), len(self.keys))
        if key == len(self.key_families):
            self.key_families.append(family)
        return key

    def _pair(self, form: str, original: str) -> int:
        pair = self.pairs.setdefault((form, original), len(self.pairs))
        if pair == len(self.pair_forms):
            self.pair_forms.append(self.forms.setdefault(form, len(self.forms)))
            self.pair_originals.append(self.originals.setdefault(original, len(self.originals)))
        return pair


def _shared_ends(spun: str, original: str) -> tuple[int, int]:
    """How many characters at the start and then at the end are the same in both."""
    low, limit = 0, min(len(spun), len(original))
    while low < limit and spun[low] == original[low]:
        low += 1
    high = 0
    while high < limit - low and spun[-1 - high] == original[-1 - high]:
        high += 1
    return low, high
