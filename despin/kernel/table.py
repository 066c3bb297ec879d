"""A document's stretches, possible edits and lattices as one set of flat arrays, and a stretch of it as an object."""

from __future__ import annotations

from array import array
from functools import cached_property
from typing import TYPE_CHECKING

from despin.decode.decoder import Weighted
from despin.kernel import em
from despin.kernel.types import Arc, Stretch

if TYPE_CHECKING:
    from despin.decode.candidates import Pieces
    from despin.kernel.types import Source


_ZERO = array("d", [0.0])


def zeros(count: int) -> array[float]:
    """An array of that many zeros."""
    return _ZERO * count


class Table:
    """Arrays by piece, by arc, by source (one entry's reason for an arc), by hypothesis and by step.

    Those of piece p's arcs are `arc_first[p]` to `arc_first[p + 1] - 1`, and so on: `source_first` by arc, `place_first`
    (places: arcs that replace the same characters), `joint_of` (several arcs that one word enters, their arcs by
    `joint_first`), `hypothesis_first` by piece, `step_first` by hypothesis. `starts` and `ends` are offsets in the
    document. `keys`, `pairs` and `place_forms` are numbers that `Pieces` gives to (family, original), (spun, original)
    and spun forms; `offers` those of `Offers`. `entered` counts from a piece's first arc as in `Lattice`; `step_weights`
    are tempered, `masses` those of the unedited readings. `odds`, `posteriors` and `gains` are what the passes fill, once
    `ready` has made them.
    """

    __slots__ = (
        "alpha", "arc_columns", "arc_first", "beta", "both_ways", "ends", "entered", "factors", "families", "family_sets", "gains",
        "hypothesis_first", "joint_arcs", "joint_first", "joint_of", "keys", "lattice_columns", "masses", "odds", "offers", "pairs",
        "place_columns", "place_first", "place_forms", "places", "posteriors", "previous", "source_first", "starts", "step_first",
        "step_weights", "taken", "weights",
    )  # fmt: skip

    def __init__(self) -> None:
        self.arc_first, self.source_first, self.place_first = array("i", [0]), array("i", [0]), array("i", [0])
        self.joint_of, self.joint_first, self.joint_arcs = array("i", [0]), array("i", [0]), array("i")
        self.hypothesis_first, self.step_first = array("i", [0]), array("i", [0])
        self.starts, self.ends, self.pairs, self.places = array("i"), array("i"), array("i"), array("i")
        self.families, self.both_ways, self.keys, self.offers = array("i"), array("i"), array("i"), array("i")
        self.weights, self.step_weights, self.masses = array("d"), array("d"), array("d")
        self.place_forms, self.family_sets = array("i"), array("i")
        self.previous, self.entered = array("i"), array("i")

    def ready(self) -> None:
        """Make what the passes fill, now that the sizes are known."""
        arcs, pieces, hypotheses = len(self.starts), len(self.masses), len(self.step_first) - 1
        self.odds, self.posteriors, self.gains = zeros(arcs), zeros(arcs), zeros(pieces)
        self.alpha, self.beta = zeros(hypotheses), zeros(hypotheses)
        widest = 0
        for piece in range(pieces):
            joints = self.joint_of[piece + 1] - self.joint_of[piece]
            widest = max(widest, self.arc_first[piece + 1] - self.arc_first[piece] + joints)
        self.factors, self.taken = zeros(widest + 1), zeros(widest + 1)
        self.arc_columns, self.lattice_columns = em.arc_columns(self), em.lattice_columns(self)
        self.place_columns = em.place_columns(self)

    def clear(self) -> None:
        """No edit, nowhere."""
        for values in (self.odds, self.posteriors, self.gains):
            em.clear(values)


class Piece:
    """A stretch of a document. By arc: `arcs`, `sources`, `spun` forms, channel `odds` and `posteriors`.

    `paragraph` is its line's number; `gain` the log10 likelihood ratio of the stretch, spun against not. Its arcs are
    those from `low` to `high - 1` of the document.
    """

    def __init__(self, making: Pieces, table: Table, number: int, stretch: Stretch, text: str, paragraph: int) -> None:
        self._making, self._table, self._number, self._text = making, table, number, text
        self.low, self.high = table.arc_first[number], table.arc_first[number + 1]
        self.stretch, self.paragraph = stretch, paragraph

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
        """log10 likelihood ratio of the stretch, spun against not."""
        return self._table.gains[self._number]

    @cached_property
    def arcs(self) -> list[Arc]:
        """The possible edits, by their places in the stretch."""
        return [self._arc(arc) for arc in range(self.low, self.high)]

    def _arc(self, arc: int) -> Arc:
        table, base = self._table, self.stretch.start
        start, end = table.starts[arc], table.ends[arc]
        return Arc(start - base, end - base, self._making.original(table.pairs[arc]))

    @cached_property
    def spun(self) -> list[str]:
        """The spun form of every arc."""
        text, base = self._text, self.stretch.start
        return [text[arc.start + base : arc.end + base] for arc in self.arcs]

    @cached_property
    def sources(self) -> list[list[Source]]:
        """The reasons for every arc."""
        table, every = self._table, self._making.offers.sources
        return [
            [every[offer] for offer in table.offers[table.source_first[arc] : table.source_first[arc + 1]]]
            for arc in range(self.low, self.high)
        ]

    @cached_property
    def weighted(self) -> Weighted:
        """The lattice as an object of its own."""
        stretch = self.stretch
        return Weighted(self._making.lattice(self._text, stretch, self.arcs, self.sources))
