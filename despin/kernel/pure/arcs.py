"""Tables of possible edits, and edits of what was taken, in plain Python. Twin of `despin.kernel.native.arcs`."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from despin.kernel import em
from despin.kernel.pure.lattice import build
from despin.kernel.pure.lm import Trigrams
from despin.kernel.table import Table
from despin.kernel.types import Arc, Entry, Lattice, Offer, Segment, Source, family_bit

E = TypeVar("E")
A = TypeVar("A")


class Exposed(Protocol):
    """What is asked of a channel: its `patterns`, and by pattern the families in which it is an original."""

    patterns: list[str]
    exposed: Sequence[tuple[int, ...]]


class Offered(Protocol):
    """What is asked of a channel whose forms are weighed out of context, see `despin.channel.lexicon.Channel`."""

    patterns: list[str]

    def shortlist(self, pattern: int, model: Any) -> Sequence[tuple[str, int, float, Any]]:
        """The candidates of a pattern worth decoding."""


class Shortlists:
    """What the originals of forms say out of context: `model` is a `despin.lm.ngram.LanguageModel`."""

    def __init__(self, channel: Offered, model: Any) -> None:
        self._channel, self._model = channel, model

    def odds(self, pattern: int, temper: float) -> tuple[tuple[int, float], ...]:
        """By family, how much likelier a form is from a spinner that always replaces than from ordinary Chinese, whose
        log-probabilities are multiplied by `temper`."""
        found: dict[int, float] = {}
        plain = self._model.out_of_context(self._channel.patterns[pattern])
        for original, family, weight, _ in self._channel.shortlist(pattern, self._model):
            gain = self._model.out_of_context(original) - plain
            found[family] = found.get(family, 0.0) + weight * 10.0 ** (temper * gain)
        return tuple(found.items())


class Index(Protocol):
    """What is asked of the candidates of all patterns."""

    @property
    def channel(self) -> Exposed:
        """The channel whose patterns these are."""

    def of(self, pattern: int) -> tuple[Offer, ...]:
        """The candidates of a pattern that are worth decoding."""


class Named(Protocol):
    """What is asked of sources when edits are made, see `despin.decode.candidates.Sources`."""

    def name(self, number: int) -> tuple[bool, str]:
        """Whether the entry of a source turns a statement round, and what it is called."""


class Numbering(Protocol):
    """What is asked of the numbers of a text's words, see `despin.decode.arcs.Ids`."""

    pair_forms: array[int]

    def key(self, family: int, original: str) -> int:
        """The number of (family, original)."""

    def pair(self, form: str, original: str) -> int:
        """The number of (spun form, original)."""

    def known_key(self, family: int, original: str) -> int | None:
        """The number of (family, original), if it has one."""

    def known_original(self, original: str) -> int | None:
        """The number of an original, if it has one."""


class ArcTables:
    """Makes tables of what an `index` holds. `start_rate` is the rate that pruning assumes, `before` the word that precedes a
    line."""

    #: Whether nothing else asks the language model meanwhile: compiled code builds lattices without the interpreter's lock then.
    alone = False

    def __init__(self, lm: Trigrams, index: Index, start_rate: float, before: str) -> None:
        self._lm, self._index, self._start_rate, self._before = lm, index, start_rate, before

    def count_unreplaced(
        self, ids: Numbering, patterns: array[int], counts: array[int], found: array[float]
    ) -> tuple[array[int], array[int]]:
        """(numbers of the originals, their counts) of those of `patterns` that any edit offers; fills `found` by the keys of the
        families each is exposed to. `counts` are how often the patterns stand."""
        numbers, often = array("i"), array("i")
        channel = self._index.channel
        for pattern, count in zip(patterns, counts, strict=True):
            original = ids.known_original(channel.patterns[pattern])
            if original is not None:
                numbers.append(original)
                often.append(count)
                for family in channel.exposed[pattern]:
                    key = ids.known_key(family, channel.patterns[pattern])
                    if key is not None:
                        found[key] = count
        return numbers, often

    def source(self, number: int) -> Source:
        """A source that was not made yet: there is none here. Raises `LookupError`."""
        raise LookupError(number)

    def name(self, number: int) -> tuple[bool, str]:
        """The same for its name."""
        raise LookupError(number)

    def fill(
        self,
        table: Table,
        ids: Numbering,
        text: str,
        segments: Sequence[Segment],
        beam: int,
        width: float,
        temper: float,
    ) -> None:
        """Fill `table` with `segments` of `text`: their arcs with all that speaks for them, and their lattices, of `beam`
        hypotheses a place no worse than the best by `width`, whose fluency is multiplied by `temper`."""
        table.begin()
        for segment in segments:
            arcs, offers = self._offered(text, segment)
            prune = [math.log10(self._start_rate * sum([one.source.weight for one in each])) for each in offers]
            body = text[segment.start : segment.end] + "\0"
            before = self._before if segment.fresh else ""
            lattice = build(body, arcs, prune, self._lm, before, width, beam)
            _append_arcs(table, ids, text, segment.start, arcs, offers)
            _append_lattice(table, lattice, math.log(10.0) * temper, table.arc_first[-2])

    def _offered(self, text: str, segment: Segment) -> tuple[list[Arc], list[list[Offer]]]:
        """The arcs of a segment, and what each comes from. Those that change the same characters to the same (应用法度 →
        应用程序 and 法度 → 程序) are one arc, the shortest."""
        base = segment.start
        arcs: list[Arc] = []
        offers: list[list[Offer]] = []
        known: dict[tuple[int, int, str], int] = {}
        for start, end, pattern in segment.sites:
            for offer in self._index.of(pattern):
                if offer.guarded and not allowed(offer.source.entry, text, start, end):
                    continue
                index = known.setdefault((start + offer.low, end - offer.high, offer.core), len(arcs))
                if index == len(arcs):
                    arcs.append(Arc(start - base, end - base, offer.original))
                    offers.append([])
                elif end - start < arcs[index].end - arcs[index].start:
                    arcs[index] = Arc(start - base, end - base, offer.original)
                offers[index].append(offer)
        return arcs, offers


def _append_arcs(
    table: Table, ids: Numbering, text: str, base: int, arcs: list[Arc], offers: list[list[Offer]]
) -> None:
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


def _append_lattice(table: Table, lattice: Lattice, scale: float, arc: int) -> None:
    """Add the lattice of the segment whose first arc is `arc`, its fluency times `scale`."""
    base = len(table.step_first) - 1
    before = table.step_first[-1]
    weights = array("d", bytes(8 * len(lattice.previous)))
    _, kept = em.tempered(lattice.first, lattice.previous, lattice.fluency, lattice.entered, scale, weights)
    table.step_first.extend([before + step for step in lattice.first[1:]])
    table.previous.extend([base + previous for previous in lattice.previous])
    table.entered.extend(lattice.entered)
    table.step_weights.extend(weights)
    for arcs in lattice.several:
        table.joint_arcs.extend([arc + one for one in arcs])
        table.joint_first.append(len(table.joint_arcs))
    table.joint_of.append(len(table.joint_first) - 1)
    table.hypothesis_first.append(len(table.step_first) - 1)
    table.masses.append(kept)


def allowed(entry: Entry, text: str, start: int, end: int) -> bool:
    """Whether what stands around the match `text[start:end]` lets the entry apply."""
    if entry.keep and entry.keep.holds(text, start, end):
        return False
    return not entry.only or entry.only.holds(text, start, end)


def write(
    kind: Callable[..., E],
    runner_up: Callable[[str, float], A],
    text: str,
    table: Table,
    picked: Sequence[tuple[int, int, Sequence[int]]],
    confidences: array[float],
    words: list[str],
    numbers: array[int],
    sources: Named,
) -> list[E]:
    """An edit of `text`, made by `kind`, for everything that `em.pick` gives: (arc, offer that speaks most for it, rivals), the
    rivals made by `runner_up`. `words` are the originals, `numbers` those of the pairs, `sources` what is offered."""
    found, pairs = [], table.pairs
    for arc, offer, rivals in picked:
        start, end = table.starts[arc], table.ends[arc]
        flips, entry = sources.name(offer)
        others = tuple([runner_up(words[numbers[pairs[one]]], confidences[one]) for one in rivals])
        original = words[numbers[pairs[arc]]]
        found.append(kind(start, end, text[start:end], original, confidences[arc], flips, entry, others))
    return found


def filled(kind: Callable[..., E], rows: list[tuple[Any, ...]]) -> list[E]:
    """Values of a class with slots, each filled with a tuple of `rows`, which holds all of them in order."""
    return [kind(*row) for row in rows]


def copies(rows: Sequence[E], name: str, values: list[Any]) -> list[E]:
    """The `rows`, values of one dataclass, with these values of the field with this name."""
    return [replace(row, **{name: value}) for row, value in zip(rows, values, strict=True)]  # type: ignore[type-var]
