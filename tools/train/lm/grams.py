"""All n-grams of a model, as arrays. Needs numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Grams:
    """The n-grams of one order: `words`, a column for every word, the last word last,
    and what the model says of each."""

    words: Numbers
    probability: Floats
    backoff: Floats


@dataclass(frozen=True)
class Trigrams:
    """A model: its words, and the n-grams of order 1, 2 and 3; unigrams stand in the order of the words."""

    vocabulary: list[str]
    grams: tuple[Grams, Grams, Grams]
