"""Gold edits from two texts: where they differ, cut into edits.

Lines are compared with lines where the texts have equally many, otherwise the whole with the whole. Differences that
touch or have one character between them are one edit; punctuation always ends an edit; what differs in nothing but
width, case, white space or punctuation is no edit.
"""

from __future__ import annotations

from collections.abc import Iterator

from despin.results import Edit
from despin.text import differences
from despin.text.differences import Counterpart, lines_that_differ, steps
from despin.text.normalize import BREAK, folded, normalised, symbols
from despin.text.wdiff import GoldEdit


def gold_from_pair(spun: str, original: str) -> tuple[GoldEdit, ...]:
    """The edits that turn `spun` into `original`, sorted and disjoint, with offsets in `spun`."""
    return tuple(
        GoldEdit(start + one.start, start + one.end, one.originals)
        for start, line, other in lines_that_differ(spun, original)
        for one in _line_edits(line, other)
    )


def edits_between(text: str, restored: str) -> list[Edit]:
    """The edits, exact to the character and of confidence 1, that turn `text` into `restored`: what a system that
    answers with a text must have done."""
    return [
        Edit(start + one.start, start + one.end, line[one.start : one.end], other[one.other_start : one.other_end], 1.0)
        for start, line, other in lines_that_differ(text, restored)
        for one in _grouped(_differences(line, other), line, other)
    ]


def distance(text: str, original: str) -> int:
    """Levenshtein distance of the two texts after NFKC, lower case and removal of white space, line by line where
    lines correspond."""
    return sum(
        differences.distance(normalised(line), normalised(other))
        for _, line, other in lines_that_differ(text, original)
    )


def _line_edits(spun: str, original: str) -> list[GoldEdit]:
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


def _differences(a: str, b: str) -> Iterator[Counterpart | None]:
    """The differing places of two symbol strings, one symbol at a time; None for punctuation only one of them has."""
    for one in steps(a, b):
        symbol, other = a[one.start : one.end], b[one.other_start : one.other_end]
        if BREAK not in (symbol, other):
            yield one
            continue
        # Punctuation never stands for a character: one of them is new, the other gone.
        if symbol not in ("", BREAK):
            yield Counterpart(one.start, one.end, one.other_start, one.other_start)
        if other not in ("", BREAK):
            yield Counterpart(one.start, one.start, one.other_start, one.other_end)
        yield None


def _grouped(differences: Iterator[Counterpart | None], a: str, b: str) -> list[Counterpart]:
    groups: list[Counterpart] = []
    broken = True
    for one in differences:
        if one is None:
            broken = True
            continue
        if groups and not broken:
            last = groups[-1]
            between = a[last.end : one.start]
            if len(between) <= 1 and BREAK not in between + b[last.other_end : one.other_start]:
                groups[-1] = Counterpart(last.start, one.end, last.other_start, one.other_end)
                continue
        groups.append(one)
        broken = False
    return groups
