"""What is gained on spun text and what it costs on clean text, while one number of the restorer moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from despin.evaluation.measure import sums
from despin.evaluation.metrics import BY_NAME
from despin.evaluation.sets import EvalSet
from despin.evaluation.systems import despin

if TYPE_CHECKING:
    from despin.restorer import Restorer

Over = Literal["confidence", "evidence"]
#: The figures shown of each kind of set.
SHOWN = {
    "pairs": ("restored_share", "precision"),
    "markup": ("recall", "precision"),
    "clean": ("edits_per_10000", "sentences_untouched"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """The figures of every set, by its name, at one level."""

    level: float
    figures: dict[str, dict[str, float]]


def curve(sets: Sequence[EvalSet], restorer: Restorer, over: Over) -> list[Point]:
    """The figures of `sets` at ten levels, every document restored anew: of the least confidence of an edit; or of what
    is added to the log10 likelihood ratio a document must reach before it is believed to be spun."""
    levels = [number / 20 for number in range(1, 20, 2)] if over == "confidence" else list(map(float, range(-4, 6)))
    return [
        Point(level, {one.name: _figures(one, _at(restorer, over, level)) for one in sets if one.kind in SHOWN})
        for level in levels
    ]


def _at(restorer: Restorer, over: Over, level: float) -> Restorer:
    if over == "confidence":
        return restorer.adjusted(min_confidence=level)
    tuning = restorer.settings.tuning
    return restorer.adjusted(
        tuning=replace(tuning, threshold=tuning.threshold + level, threshold_short=tuning.threshold_short + level)
    )


def _figures(one: EvalSet, restorer: Restorer) -> dict[str, float]:
    counted = sums(one, despin(restorer))
    found = {name: BY_NAME[name].compute(counted) for name in SHOWN[one.kind]}
    return {name: value for name, value in found.items() if value is not None}
