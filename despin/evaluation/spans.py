"""Sentences as offsets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from despin.edits import Edit
from despin.wdiff import GoldEdit

_SENTENCE = re.compile(r"[^。！？!?\r\n]+[。！？!?]*")


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of `text` are: up to `。！？!?` or a line break; those of white space alone are none."""
    return [match.span() for match in _SENTENCE.finditer(text) if not match.group().isspace()]


def whole_sentences(text: str, marks: Iterable[Edit | GoldEdit]) -> Iterator[tuple[int, int]]:
    """The same, joined where one of `marks` runs across a border, so that none is cut."""
    spans = sorted((mark.start, mark.end) for mark in marks)
    number = 0
    begun: int | None = None
    last = 0
    for start, end in sentences(text):
        if begun is None:
            begun = min(start, spans[number][0]) if number < len(spans) and spans[number][0] >= last else start
        while number < len(spans) and spans[number][1] <= end:
            number += 1
        if number < len(spans) and spans[number][0] < end:
            continue
        yield begun, end
        begun, last = None, end
    if begun is not None or number < len(spans):
        yield (last if begun is None else begun), len(text)


def within(edits: Sequence[Edit], start: int, end: int) -> list[Edit]:
    """The edits that lie in `start:end`, counted from `start`; `edits` are sorted and disjoint."""
    first = bisect_left(edits, start, key=lambda one: one.start)
    found = []
    for one in edits[first:]:
        if one.end > end or one.start > end:
            break
        found.append(Edit(one.start - start, one.end - start, one.spun, one.original, one.confidence))
    return found


def as_edit(text: str, mark: GoldEdit) -> Edit:
    """A gold edit as an edit whose original is written as in markup: alternatives by `|`, `?` before unscored ones."""
    originals = "|".join(mark.originals)
    return Edit(mark.start, mark.end, text[mark.start : mark.end], originals if mark.scored else "?" + originals, 1.0)
