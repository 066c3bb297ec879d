"""Gold edits from two texts: where they differ, cut into edits.

Lines are compared with lines where the texts have equally many, otherwise the whole with the whole. Differences that
touch or have one character between them are one edit; punctuation always ends an edit; what differs in nothing but
width, case, white space or punctuation is no edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from despin.results import Edit
from despin.text.normalize import BREAK, folded, normalised, symbols
from despin.text.wdiff import GoldEdit

#: Equal characters that may stand between two differences of one edit.
GAP = 1
#: Alignment is quadratic; longer texts are first cut where both hold the same rare stretch of `ANCHOR` characters.
LONG = 10_000
ANCHOR = 16


class _Difference(NamedTuple):
    """Symbols `start:end` of the one text stand where symbols `other_start:other_end` of the other do."""

    start: int
    end: int
    other_start: int
    other_end: int


def gold_from_pair(spun: str, original: str) -> tuple[GoldEdit, ...]:
    """The edits that turn `spun` into `original`, sorted and disjoint, with offsets in `spun`."""
    found: list[GoldEdit] = []
    offset = 0
    for line, other in corresponding_lines(spun, original):
        found += [GoldEdit(e.start + offset, e.end + offset, e.originals) for e in _line_edits(line, other)]
        offset += len(line) + 1
    return tuple(found)


def edits_between(text: str, restored: str) -> list[Edit]:
    """The edits, exact to the character and of confidence 1, that turn `text` into `restored`: what a system that
    answers with a text must have done."""
    found: list[Edit] = []
    offset = 0
    for line, other in corresponding_lines(text, restored):
        for group in _grouped(_differences(line, other), line, other) if line != other else ():
            spun, original = line[group.start : group.end], other[group.other_start : group.other_end]
            found.append(Edit(group.start + offset, group.end + offset, spun, original, 1.0))
        offset += len(line) + 1
    return found


def corresponding_lines(text: str, other: str) -> list[tuple[str, str]]:
    """The lines of both texts in pairs where there are equally many, otherwise the two texts as one pair."""
    lines, others = text.split("\n"), other.split("\n")
    return list(zip(lines, others, strict=True)) if len(lines) == len(others) else [(text, other)]


def distance(text: str, original: str) -> int:
    """Levenshtein distance of the two texts after NFKC, lower case and removal of white space, line by line where
    lines correspond. Lines longer than `LONG` are compared in pieces between stretches they share."""
    total = 0
    for line, other in corresponding_lines(text, original):
        if line != other:
            a, b = normalised(line), normalised(other)
            total += sum(Levenshtein.distance(a[i:k], b[j:m]) for i, k, j, m in _pieces(a, b))
    return total


def _line_edits(spun: str, original: str) -> list[GoldEdit]:
    if spun == original:
        return []
    a, spans = symbols(spun)
    b, other_spans = symbols(original)
    edits: list[GoldEdit] = []
    groups = _grouped(_differences(a, b), a, b)
    for number, group in enumerate(groups):
        low = edits[-1].end if edits else 0
        start, end = (max(low, place) for place in _place(group.start, group.end, spans))
        other_start, other_end = _place(group.other_start, group.other_end, other_spans)
        text = original[other_start:other_end]
        if folded(spun[start:end]) != folded(text):
            following = groups[number + 1] if number + 1 < len(groups) else None
            high = _place(following.start, following.end, spans)[0] if following else len(spun)
            edits.append(_slid(spun, start, end, text, low, high))
    return edits


def _place(start: int, end: int, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """Where symbols `start:end` stand in their text; an empty range lies directly after the symbol before it."""
    if start == end:
        here = spans[start - 1][1] if start else 0
        return here, here
    return spans[start][0], spans[end - 1][1]


def _slid(spun: str, start: int, end: int, original: str, low: int, high: int) -> GoldEdit:
    """The edit over every place between `low` and `high` where it could as well have stood: of 很很好 one 很 is
    deleted, whichever it is."""
    piece = spun[start:end] or original
    if bool(spun[start:end]) == bool(original):
        return GoldEdit(start, end, (original,))
    left, right, size = 0, 0, len(piece)
    while start - left > low and spun[start - left - 1] == piece[(size - 1 - left) % size]:
        left += 1
    while end + right < high and spun[end + right] == piece[right % size]:
        right += 1
    before, after = spun[start - left : start], spun[end : end + right]
    return GoldEdit(start - left, end + right, (before + original + after,))


def _differences(a: str, b: str) -> Iterator[_Difference | None]:
    """The differing places of two symbol strings, one symbol at a time; None for punctuation only one of them has."""
    for start, end, other_start, other_end in _pieces(a, b):
        for op in Levenshtein.editops(a[start:end], b[other_start:other_end]):
            i, j = start + op.src_pos, other_start + op.dest_pos
            if op.tag == "delete":
                yield None if a[i] == BREAK else _Difference(i, i + 1, j, j)
            elif op.tag == "insert":
                yield None if b[j] == BREAK else _Difference(i, i, j, j + 1)
            elif BREAK in (a[i], b[j]):
                # Punctuation never stands for a character: one of them is new, the other gone.
                yield _Difference(i, i, j, j + 1) if a[i] == BREAK else _Difference(i, i + 1, j, j)
                yield None
            else:
                yield _Difference(i, i + 1, j, j + 1)


def _grouped(differences: Iterator[_Difference | None], a: str, b: str) -> list[_Difference]:
    groups: list[_Difference] = []
    broken = True
    for one in differences:
        if one is None:
            broken = True
            continue
        if groups and not broken:
            last = groups[-1]
            between = a[last.end : one.start]
            if len(between) <= GAP and BREAK not in between + b[last.other_end : one.other_start]:
                groups[-1] = _Difference(last.start, one.end, last.other_start, one.other_end)
                continue
        groups.append(one)
        broken = False
    return groups


def _pieces(a: str, b: str) -> list[tuple[int, int, int, int]]:
    """`a` and `b` cut into corresponding pieces `a[i:k]`, `b[j:m]`, short enough to align where they share anything."""
    if min(len(a), len(b)) <= LONG:
        return [(0, len(a), 0, len(b))]
    cuts = [(0, 0), *_anchors(a, b), (len(a), len(b))]
    return [(i, k, j, m) for (i, j), (k, m) in pairwise(cuts)]


def _anchors(a: str, b: str) -> list[tuple[int, int]]:
    """Places about `LONG / 4` apart where both texts hold the same stretch, found nowhere else in either, in order."""
    once_a, once_b = _unique(a), _unique(b)
    cuts: list[tuple[int, int]] = []
    last_a = last_b = 0
    for stretch, i in once_a.items():
        j = once_b.get(stretch)
        if j is None or i - last_a < LONG // 4 or j <= last_b:
            continue
        if abs((j - last_b) - (i - last_a)) > LONG:  # moved text: one wrong anchor would misalign all that follows
            continue
        cuts.append((i, j))
        last_a, last_b = i, j
    return cuts


def _unique(text: str) -> dict[str, int]:
    """The stretches of `ANCHOR` characters that stand once in `text`, with their place, in order."""
    places: dict[str, int] = {}
    for start in range(len(text) - ANCHOR + 1):
        stretch = text[start : start + ANCHOR]
        places[stretch] = -1 if stretch in places else start
    return {stretch: start for stretch, start in places.items() if start >= 0}
