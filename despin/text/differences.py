"""Where two texts differ: the fewest changes that lead from one to the other (Levenshtein), as rapidfuzz finds them.

The work grows with the product of both lengths; long texts are cut where both hold the same stretch, found nowhere
else near, so that no piece is longer than a block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

#: Longer texts are cut, and the characters of a stretch at which they are.
LONG, ANCHOR = 10_000, 16
#: Stretches are looked for in blocks of so many times `LONG`: memory and work of a comparison grow with the length.
BLOCK = 4
#: The distance that is looked for first, with little work; where it is larger, twice as much, and so on.
_FEW = 31


class Counterpart(NamedTuple):
    """Characters `start:end` of the one text stand where `other_start:other_end` of the other do."""

    start: int
    end: int
    other_start: int
    other_end: int


def steps(text: str, other: str) -> Iterator[Counterpart]:
    """The fewest steps that lead from `text` to `other`, in order: one character put in, taken out or written over.
    Of ways that are equal rapidfuzz takes one, always the same."""
    from rapidfuzz.distance import Levenshtein  # takes as long as a restoration, and few of them need it

    for one in pieces(text, other):
        for op in Levenshtein.editops(text[one.start : one.end], other[one.other_start : one.other_end]):
            at, to = one.start + op.src_pos, one.other_start + op.dest_pos
            yield Counterpart(at, at + (op.tag != "insert"), to, to + (op.tag != "delete"))


def differences(text: str, other: str) -> Iterator[Counterpart]:
    """The stretches that differ, in order: steps with nothing between them are one."""
    last: Counterpart | None = None
    for step in steps(text, other):
        if last is None:
            last = step
        elif last.end == step.start and last.other_end == step.other_start:
            last = Counterpart(last.start, step.end, last.other_start, step.other_end)
        else:
            yield last
            last = step
    if last is not None:
        yield last


def distance(text: str, other: str) -> int:
    """The Levenshtein distance in code points; of long texts, that of the pieces they are cut into."""
    from rapidfuzz.distance import Levenshtein

    return sum(
        Levenshtein.distance(text[one.start : one.end], other[one.other_start : one.other_end], score_hint=_FEW)
        for one in pieces(text, other)
    )


def lines_that_differ(text: str, other: str) -> list[tuple[int, str, str]]:
    """(start, line, line of the other) where both texts have equally many lines, else the whole texts as one line."""
    if text == other:
        return []
    lines, others = text.split("\n"), other.split("\n")
    if len(lines) != len(others):
        return [(0, text, other)]
    found, start = [], 0
    for line, line_other in zip(lines, others, strict=True):
        if line != line_other:
            found.append((start, line, line_other))
        start += len(line) + 1
    return found


def pieces(text: str, other: str) -> Iterable[Counterpart]:
    """Both texts, cut into pieces that correspond and are short enough to align, where they share anything."""
    if min(len(text), len(other)) <= LONG:
        return [Counterpart(0, len(text), 0, len(other))]
    cuts = [(0, 0), *_anchors(text, other), (len(text), len(other))]
    return [Counterpart(i, k, j, m) for (i, j), (k, m) in pairwise(cuts)]


def _anchors(text: str, other: str) -> Iterator[tuple[int, int]]:
    """Places about `LONG / 4` apart where blocks of both texts hold the same stretch, found nowhere else in either, in
    order; where a block has none, its end, so that no piece is longer."""
    at = to = 0
    while min(len(text) - at, len(other) - to) > LONG:
        once, once_other = _unique(text[at : at + BLOCK * LONG]), _unique(other[to : to + (BLOCK + 1) * LONG])
        first, first_other = at, to
        for stretch, place in once.items():
            place_other = first_other + once_other.get(stretch, -1)
            if first + place - at < LONG // 4 or place_other <= to:
                continue
            # Moved text: one wrong cut would misalign all that follows.
            if abs((place_other - to) - (first + place - at)) <= LONG:
                at, to = first + place, place_other
                yield at, to
        if at == first:
            at, to = min(at + BLOCK * LONG, len(text)), min(to + BLOCK * LONG, len(other))
            yield at, to


def _unique(text: str) -> dict[str, int]:
    """The stretches of `ANCHOR` characters that stand once in `text`, with their place, in order."""
    places: dict[str, int] = {}
    for start in range(len(text) - ANCHOR + 1):
        stretch = text[start : start + ANCHOR]
        places[stretch] = -1 if stretch in places else start
    return {stretch: start for stretch, start in places.items() if start >= 0}


def common_ends(one: str, other: str) -> tuple[int, int]:
    """How many characters two texts have in common at their beginnings, and at their ends beside those."""
    most = min(len(one), len(other))
    first = next((place for place in range(most) if one[place] != other[place]), most)
    rest = range(1, most - first + 1)
    return first, next((size - 1 for size in rest if one[-size] != other[-size]), most - first)
