"""The places where matching stretches differ, each with a little of what they share on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from despin.learning.matching import Folded, Match, differences

#: Equal characters taken along on either side: a substitution may begin and end that far outside of what differs.
CONTEXT = 3
#: Equal characters that part two windows, tried in turn until the windows are short enough.
PARTING = (6, 4, 3)
#: The longest window; what differs over a longer stretch is no substitution.
LONGEST = 40


class Window(NamedTuple):
    """Characters `start:start + len(spun)` of the spun text beside those of its original, not cut into
    substitutions yet. `breaks` and `other_breaks` are the places inside, at which punctuation stands.
    `path[i]` is where in `original` the place i of `spun` is by Levenshtein alignment."""

    start: int
    other_start: int
    spun: str
    original: str
    breaks: frozenset[int]
    other_breaks: frozenset[int]
    path: tuple[int, ...]


def windows(one: Match, spun: Folded, original: Folded) -> Iterator[Window]:
    """The windows of a match, in order."""
    runs = list(differences(one, spun, original))
    for group in _parted(runs, 0):
        yield _window(group, one, spun, original)


def _parted(runs: list[Match], step: int) -> Iterator[list[Match]]:
    """`runs` in groups that make windows of bearable length; those that would be longer are left out."""
    group: list[Match] = []
    groups = [group]
    for run in runs:
        if group and run.start - group[-1].end >= PARTING[step]:
            group = []
            groups.append(group)
        group.append(run)
    for group in groups:
        if not group:
            continue
        length = max(group[-1].end - group[0].start, group[-1].other_end - group[0].other_start)
        if length <= LONGEST - 2 * CONTEXT:
            yield group
        elif step + 1 < len(PARTING):
            yield from _parted(group, step + 1)


def _window(group: list[Match], one: Match, spun: Folded, original: Folded) -> Window:
    first, last = group[0], group[-1]
    a, b = spun.characters, original.characters
    before = after = 0
    while (
        before < CONTEXT
        and first.start - before > one.start
        and first.other_start - before > one.other_start
        and a[first.start - before - 1] == b[first.other_start - before - 1]
    ):
        before += 1
    while (
        after < CONTEXT
        and last.end + after < one.end
        and last.other_end + after < one.other_end
        and a[last.end + after] == b[last.other_end + after]
    ):
        after += 1
    start, end = first.start - before, last.end + after
    other_start, other_end = first.other_start - before, last.other_end + after
    return Window(
        start,
        other_start,
        a[start:end],
        b[other_start:other_end],
        _inside(spun.stops, start, end),
        _inside(original.stops, other_start, other_end),
        tuple(_path(group, start, end, other_start)),
    )


def _path(group: list[Match], start: int, end: int, other_start: int) -> Iterator[int]:
    shift = other_start - start
    runs = iter([*group, Match(end + 1, end + 1, 0, 0)])
    run = next(runs)
    for place in range(start, end + 1):
        while place >= run.end and run.start <= end:
            shift = run.other_end - run.end
            run = next(runs)
        inside = max(0, place - run.start)
        yield min(place + shift, run.other_end) - other_start if inside else place + shift - other_start


def _inside(places: list[int], start: int, end: int) -> frozenset[int]:
    from bisect import bisect_left, bisect_right

    return frozenset(place - start for place in places[bisect_left(places, start) : bisect_right(places, end)])
