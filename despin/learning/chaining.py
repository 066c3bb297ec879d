"""Common stretches of two texts, and chains of them that run along both texts together."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import NamedTuple

#: Characters of a seed. Dense spinning leaves few longer stretches alone.
SEED = 3
#: A seed that stands in more places of the original says nothing about where a text comes from.
COMMON = 16
#: The most characters between two stretches of one chain.
FAR = 60
#: What a chain pays, in characters shared, for each character one gap is longer than the other, and for each beyond
#: `NEAR` that a gap is long.
LENGTHENING, DISTANCE, NEAR = 0.3, 0.1, 10
#: How many stretches back a chain looks for its last one.
BACK = 80
#: A stretch this long is looked back at from behind many short ones.
LONG = 12


class Stretch(NamedTuple):
    """`size` characters from `start` in the one text are those from `other` in the other."""

    start: int
    other: int
    size: int


def common(a: str, b: str) -> list[Stretch]:
    """Maximal common stretches of at least `SEED` characters, by their start in `a`."""
    places: dict[str, list[int]] = defaultdict(list)
    for j in range(len(b) - SEED + 1):
        places[b[j : j + SEED]].append(j)
    found: list[Stretch] = []
    reached: dict[int, int] = {}
    for i in range(len(a) - SEED + 1):
        here = places.get(a[i : i + SEED], ())
        if len(here) > COMMON:
            continue
        for j in here:
            if reached.get(j - i, 0) > i:
                continue
            low, high = 0, SEED
            while i - low > 0 and j - low > 0 and a[i - low - 1] == b[j - low - 1]:
                low += 1
            while i + high < len(a) and j + high < len(b) and a[i + high] == b[j + high]:
                high += 1
            reached[j - i] = i + high
            found.append(Stretch(i - low, j - low, low + high))
    return sorted(found)


def chains(stretches: list[Stretch]) -> Iterator[list[Stretch]]:
    """Chains of stretches that run along both texts together, the best first; a stretch belongs to one chain."""
    score: list[float] = []
    back: list[int] = []
    # A long stretch begins far back, behind many short ones.
    long: deque[int] = deque(maxlen=BACK // 4)
    for number, (start, other, size) in enumerate(stretches):
        best, link = float(size), -1
        near = range(number - 1, max(-1, number - 1 - BACK), -1)
        for before in (*near, *long):
            last_start, last_other, last_size = stretches[before]
            gap, other_gap = start - last_start - last_size, other - last_other - last_size
            if gap > FAR or other_gap > FAR or start <= last_start or other <= last_other:
                continue
            overlap = max(0, -gap, -other_gap)
            if overlap >= size:
                continue
            cost = LENGTHENING * abs(gap - other_gap) + DISTANCE * max(gap - NEAR, other_gap - NEAR, 0)
            value = score[before] + size - overlap - cost
            if value > best:
                best, link = value, before
        score.append(best)
        back.append(link)
        if size >= LONG:
            long.append(number)
    used = [False] * len(stretches)
    for number in sorted(range(len(stretches)), key=lambda n: -score[n]):
        chain: list[Stretch] = []
        while number >= 0 and not used[number]:
            used[number] = True
            chain.append(stretches[number])
            number = back[number]
        if chain:
            yield chain[::-1]


class Taken:
    """Intervals that better chains hold already."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> None:
        place = bisect_left(self._starts, start)
        self._starts.insert(place, start)
        self._ends.insert(place, end)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether an interval held touches `start:end`."""
        place = bisect_left(self._starts, end) - 1
        return place >= 0 and self._ends[place] > start


def free_parts(chain: list[Stretch], taken: Taken, other_taken: Taken) -> Iterator[list[Stretch]]:
    """The runs of a chain's stretches that no better chain stands in or between."""
    run: list[Stretch] = []
    for whole in chain:
        stretch = trimmed(whole, taken, other_taken)
        if stretch is None:
            continue
        end, other_end = stretch.start + stretch.size, stretch.other + stretch.size
        if run and (taken.overlaps(run[-1].start, end) or other_taken.overlaps(run[-1].other, other_end)):
            yield run
            run = []
        run.append(stretch)
    if run:
        yield run


def trimmed(stretch: Stretch, taken: Taken, other_taken: Taken) -> Stretch | None:
    """What a stretch holds of no better chain: without the characters at its ends that are taken on either side; None
    where nothing is left, or its middle is taken."""
    start, other, size = stretch
    if not (taken.overlaps(start, start + size) or other_taken.overlaps(other, other + size)):
        return stretch
    while size and (taken.overlaps(start, start + 1) or other_taken.overlaps(other, other + 1)):
        start, other, size = start + 1, other + 1, size - 1
    while size and (
        taken.overlaps(start + size - 1, start + size) or other_taken.overlaps(other + size - 1, other + size)
    ):
        size -= 1
    if not size or taken.overlaps(start, start + size) or other_taken.overlaps(other, other + size):
        return None
    return Stretch(start, other, size)
