"""How sure a figure is: intervals by resampling documents, and the significance of a difference between two systems.

All draws come from a fixed seed, so that the same rows give the same interval.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from despin.evaluation.metrics import Counts, Figure, added

#: The ends of an interval, None where there is none.
Interval = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of this system and another on the same documents. `low` to `high` is the 95 % interval of the difference
    and `p` twice the share of resamples in which it has the other sign or none, both by paired bootstrap (Koehn
    2004)."""

    figure: str
    value: float
    other: float
    difference: float
    low: float | None
    high: float | None
    p: float


def _chance() -> random.Random:
    """What draws documents, in the same order for whoever asks."""
    return random.Random(20)


def draws(size: int) -> int:
    """How many resamples a set of `size` rows gets: fewer where there are very many documents."""
    return max(100, min(1000, 4_000_000 // max(1, size)))


def intervals(figures: Sequence[Figure], rows: Sequence[Counts]) -> dict[str, Interval]:
    """The 95 % percentile bootstrap interval of each figure over `rows`, one row a document (Efron 1979). None for a
    single document, which says nothing about others, and for a figure most resamples have no value of."""
    count = draws(len(rows))
    resampled = list(_resampled(rows, count))
    return {figure.name: _percentiles([figure.compute(sums) for sums in resampled], count) for figure in figures}


def interval_of(
    compute: Callable[..., float | None], groups: Sequence[Sequence[Any]], size: int | None = None
) -> Interval:
    """The same for a figure that is no function of sums: `compute` gets a resample of each of `groups`. A document is
    an element of a group. `size` is how much there is to compute on, where that is not the number of documents."""
    if any(len(group) < 2 for group in groups):
        return None, None
    generator = _chance()
    count = draws(sum(map(len, groups)) if size is None else size)
    return _percentiles(
        [compute(*(generator.choices(group, k=len(group)) for group in groups)) for _ in range(count)], count
    )


def compare(figures: Sequence[Figure], rows: Sequence[Counts], others: Sequence[Counts]) -> list[Comparison]:
    """Every figure both systems have a value of, compared; `rows` and `others` are parallel, document by document."""
    count = draws(2 * len(rows))
    # The same seed draws the same documents.
    resampled = list(zip(_resampled(rows, count), _resampled(others, count), strict=True))
    one, two = added(rows), added(others)
    found: list[Comparison] = []
    for figure in figures:
        value, other = figure.compute(one), figure.compute(two)
        if value is None or other is None:
            continue
        pairs = ((figure.compute(mine), figure.compute(its)) for mine, its in resampled)
        gaps = [mine - its for mine, its in pairs if mine is not None and its is not None]
        extreme = min(sum(gap <= 0 for gap in gaps), sum(gap >= 0 for gap in gaps))
        p = min(1.0, 2 * (1 + extreme) / (1 + len(gaps)))
        found.append(Comparison(figure.name, value, other, value - other, *_percentiles(gaps, count), p))
    return found


def _percentiles(values: Sequence[float | None], wanted: int) -> Interval:
    """The 2.5 and 97.5 percentiles; none when fewer than half of the `wanted` resamples have a value."""
    ordered = sorted(value for value in values if value is not None)
    if not ordered or len(ordered) < wanted / 2:
        return None, None
    last = len(ordered) - 1
    return ordered[round(0.025 * last)], ordered[round(0.975 * last)]


def _resampled(rows: Sequence[Counts], count: int) -> Iterator[dict[str, float]]:
    """The sums of rows of documents drawn with replacement, `count` times; nothing of a single document."""
    generator = _chance()
    columns = {name: [row.get(name, 0) for row in rows] for name in sorted({name for row in rows for name in row})}
    for _ in range(count if len(rows) > 1 else 0):
        chosen = generator.choices(range(len(rows)), k=len(rows))
        yield {name: sum(map(column.__getitem__, chosen)) for name, column in columns.items()}
