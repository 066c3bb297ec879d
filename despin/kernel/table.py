"""A document's segments, possible edits and lattices as one set of flat arrays."""

from __future__ import annotations

from array import array

from despin.kernel import em
from despin.kernel.types import ZERO


def zeros(count: int) -> array[float]:
    """An array of that many zeros."""
    return ZERO * count


def clear(values: array[float]) -> None:
    """Make all values 0."""
    if values:
        values[:] = zeros(len(values))


class Table:
    """Arrays by piece, by arc, by source (one entry's reason for an arc), by hypothesis and by step.

    Those of piece p's arcs are `arc_first[p]` to `arc_first[p + 1] - 1`, and so on: `source_first` by arc,
    `place_first` (places: arcs that replace the same characters), `joint_of` (several arcs that one word enters, their
    arcs by `joint_first`), `hypothesis_first` by piece, `step_first` by hypothesis. `starts` and `ends` are offsets in
    the document. `keys`, `pairs` and `place_forms` are numbers that `Ids` gives to (family, original), (spun, original)
    and spun forms; `offers` those of the candidates. `entered` counts from a piece's first arc as in `Lattice`;
    `step_weights` are tempered, `masses` those of the unedited readings. `odds`, `posteriors` and `gains` are what the
    passes fill, once `ready` has made them.
    """

    __slots__ = (
        "arc_first", "both_ways", "columns", "ends", "entered", "families", "family_sets", "gains", "hypothesis_first",
        "joint_arcs", "joint_first", "joint_of", "keys", "masses", "odds", "offers", "pairs", "place_first",
        "place_forms", "places", "posteriors", "previous", "source_first", "starts", "step_first", "step_weights",
        "weights",
    )  # fmt: skip

    arc_first: array[int]
    source_first: array[int]
    place_first: array[int]
    joint_of: array[int]
    joint_first: array[int]
    joint_arcs: array[int]
    hypothesis_first: array[int]
    step_first: array[int]
    starts: array[int]
    ends: array[int]
    pairs: array[int]
    places: array[int]
    families: array[int]
    both_ways: array[int]
    keys: array[int]
    offers: array[int]
    place_forms: array[int]
    family_sets: array[int]
    previous: array[int]
    entered: array[int]
    weights: array[float]
    step_weights: array[float]
    masses: array[float]

    def ready(self) -> None:
        """Make what the passes fill, now that the sizes are known."""
        arcs, pieces = len(self.starts), len(self.masses)
        self.odds, self.posteriors, self.gains = zeros(arcs), zeros(arcs), zeros(pieces)
        self.columns = em.Columns(self)

    def take(self, weights: array[float]) -> None:
        """Take these weights for those of the sources."""
        self.weights = weights
        self.columns.take(weights)

    def clear(self) -> None:
        """No edit, nowhere."""
        for values in (self.odds, self.posteriors, self.gains):
            clear(values)
