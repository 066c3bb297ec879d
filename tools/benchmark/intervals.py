"""Medians of runs with their intervals, and whether two of them differ."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

#: Intervals miss the true median in so many cases of a hundred at most, where there are runs enough for that.
MISSED = 0.05
#: From so many runs on there are.
ENOUGH = 6


class Interval(NamedTuple):
    """The median of some runs, between bounds that hold the true one in 95 of 100 cases; with fewer than `ENOUGH` runs the smallest
    and the largest value, which say less."""

    median: float
    low: float
    high: float
    runs: int


def interval(values: Sequence[float]) -> Interval:
    """The interval of the median by order statistics, which asks nothing of how values are spread. Raises `ValueError` without values."""
    if not values:
        raise ValueError("no runs")
    ordered, count = sorted(values), len(values)
    below, cut = 0.0, 0
    while cut < count // 2:
        below += math.comb(count, cut) / 2.0**count
        if 2 * below > MISSED:
            break
        cut += 1
    cut = max(0, cut - 1)
    return Interval(statistics.median(ordered), ordered[cut], ordered[count - 1 - cut], count)


def compared(now: Interval, before: Interval) -> str:
    """What can be said of two ratios: that one is higher only where their intervals do not touch."""
    if min(now.runs, before.runs) < ENOUGH:
        return f"not told apart: {ENOUGH} runs of each are needed"
    if now.low > before.high or now.high < before.low:
        return f"{'higher' if now.low > before.high else 'lower'}, {now.median / before.median:.2f} times"
    return "no difference shown"
