"""How sure a figure is: intervals by resampling documents, and the significance of a difference between two systems.

All draws come from a fixed seed, so that the same rows give the same interval.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TypeVar

from despin.evaluation.metrics import Counts, Figure

T = TypeVar("T")
RESAMPLES = 1000
SEED = 20
#: Resampled rows in all; a set of very many documents is resampled less often, but at least `LEAST` times.
BUDGET = 4_000_000
LEAST = 100

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of this system and another on the same documents.

    `interval` is the 95 % paired-bootstrap interval of the difference, `p` the two-sided probability under approximate
    randomisation that swapping the two systems document by document gives a difference as large.
    """

    figure: str
    value: float
    other: float
    interval: Interval | None
    p: float

    @property
    def difference(self) -> float:
        return self.value - self.other


def draws(size: int) -> int:
    """How many resamples a set of `size` rows gets."""
    return max(LEAST, min(RESAMPLES, BUDGET // max(1, size)))


def intervals(figures: Sequence[Figure], rows: Sequence[Counts]) -> dict[str, Interval | None]:
    """The 95 % percentile bootstrap interval of each figure over `rows`, one row a document (Efron 1979).

    None for a single document, which says nothing about others, and for a figure most resamples have no value of.
    """
    found: dict[str, list[float]] = {figure.name: [] for figure in figures}
    count = draws(len(rows))
    if len(rows) > 1:
        for sums in _resampled([rows], count):
            for figure in figures:
                value = figure.compute(sums[0])
                if value is not None:
                    found[figure.name].append(value)
    return {name: percentiles(values, count) for name, values in found.items()}


def interval_of(
    compute: Callable[[list[T]], float | None], groups: Sequence[Sequence[T]], size: int | None = None
) -> Interval | None:
    """The same for a figure that is no function of sums: `compute` gets each resample of `groups`, drawn within groups.

    A document is an element; several groups (spun and clean documents) are concatenated after resampling. `size` is
    how much there is to compute on, where that is not the number of documents.
    """
    size = sum(len(group) for group in groups) if size is None else size
    if any(len(group) < 2 for group in groups):
        return None
    generator = random.Random(SEED)
    count = draws(size)
    values = [
        compute([one for group in groups for one in generator.choices(group, k=len(group))]) for _ in range(count)
    ]
    return percentiles([value for value in values if value is not None], count)


def compare(figures: Sequence[Figure], rows: Sequence[Counts], others: Sequence[Counts]) -> list[Comparison]:
    """Every figure both systems have a value of, compared; `rows` and `others` are parallel, document by document.

    Paired bootstrap after Koehn (2004), approximate randomisation after Noreen (1989).
    """
    count = draws(2 * len(rows))
    resampled = list(_resampled([rows, others], count)) if len(rows) > 1 else []
    swapped = list(_swapped(rows, others, count))
    one, two = _sums(rows), _sums(others)
    found: list[Comparison] = []
    for figure in figures:
        value, other = figure.compute(one), figure.compute(two)
        if value is None or other is None:
            continue
        differences = _differences(figure, resampled)
        chance = _differences(figure, swapped)
        extreme = sum(abs(difference) >= abs(value - other) - 1e-12 for difference in chance)
        p = (1 + extreme) / (1 + len(chance))
        found.append(Comparison(figure.name, value, other, percentiles(differences, count), p))
    return found


def percentiles(values: Sequence[float], wanted: int) -> Interval | None:
    """The 2.5 and 97.5 percentiles of `values`; None when fewer than half of the `wanted` ones have a value."""
    if len(values) < max(2, wanted / 2):
        return None
    ordered = sorted(values)
    last = len(ordered) - 1
    return ordered[round(0.025 * last)], ordered[round(0.975 * last)]


def _differences(figure: Figure, sums: Sequence[Sequence[Counts]]) -> list[float]:
    found = []
    for one, two in sums:
        value, other = figure.compute(one), figure.compute(two)
        if value is not None and other is not None:
            found.append(value - other)
    return found


def _columns(rows: Sequence[Counts]) -> dict[str, list[float]]:
    names = sorted({name for row in rows for name in row})
    return {name: [row.get(name, 0) for row in rows] for name in names}


def _sums(rows: Sequence[Counts]) -> dict[str, float]:
    return {name: sum(column) for name, column in _columns(rows).items()}


def _resampled(systems: Sequence[Sequence[Counts]], count: int) -> Iterator[list[Mapping[str, float]]]:
    """The sums of each system's rows over the same documents, drawn with replacement, `count` times."""
    generator = random.Random(SEED)
    tables = [_columns(rows) for rows in systems]
    places = range(len(systems[0]))
    for _ in range(count):
        chosen = generator.choices(places, k=len(places))
        yield [{name: sum(map(column.__getitem__, chosen)) for name, column in table.items()} for table in tables]


def _swapped(rows: Sequence[Counts], others: Sequence[Counts], count: int) -> Iterator[list[Mapping[str, float]]]:
    """The sums of both systems after swapping them at a random half of the documents, `count` times."""
    generator = random.Random(SEED)
    one, two = _columns(rows), _columns(others)
    names = sorted({*one, *two})
    nothing = [0.0] * len(rows)
    gaps = {
        name: [b - a for a, b in zip(one.get(name, nothing), two.get(name, nothing), strict=True)] for name in names
    }
    sums = {name: (sum(one.get(name, nothing)), sum(two.get(name, nothing))) for name in names}
    for _ in range(count):
        mask = generator.choices((0, 1), k=len(rows))
        moved = {name: sum(compress(gap, mask)) for name, gap in gaps.items()}
        yield [
            {name: sums[name][0] + moved[name] for name in names},
            {name: sums[name][1] - moved[name] for name in names},
        ]
