"""A text as it is read, and where that stands in the text itself."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO


@dataclass(frozen=True)
class View:
    """`text` is how `source` is read. Here both have as many characters, and words are written as they are read."""

    source: str
    text: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the source, without what is hidden around it."""
        return start, end

    def part(self, start: int, end: int) -> tuple[int, int]:
        """The part of the source that is read as `text[start:end]`: parts that meet in the text meet in the source,
        and the whole text is read from the whole source."""
        return start, end

    def word(self, start: int, end: int, word: str) -> str:
        """A word as the source writes it in the place of `text[start:end]`."""
        return word


@dataclass(frozen=True)
class Mapped(View):
    """A view whose characters stand elsewhere than in the source. It is made of runs, in order: run `n` begins at
    `reads[n]` of the text and is `source[starts[n]:ends[n]]`, as it stands, or read as one character."""

    reads: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the source, without what is hidden around it."""
        first = self._place(start)[0]
        return first, self._place(end - 1)[1] if start < end else first

    def part(self, start: int, end: int) -> tuple[int, int]:
        """The part of the source that is read as `text[start:end]`: what is hidden before it belongs to what stands
        before, and at the beginning of the text to the first part."""
        return self._place(start)[0] if start else 0, self._place(end)[0]

    def _place(self, place: int) -> tuple[int, int]:
        """Where a character of the text begins and ends in the source; behind the last one, its end."""
        if place >= len(self.text):
            return len(self.source), len(self.source)
        run = bisect_right(self.reads, place) - 1
        start, end = self.starts[run], self.ends[run]
        behind = self.reads[run + 1] if run + 1 < len(self.reads) else len(self.text)
        if end - start != behind - self.reads[run]:
            return start, end
        start += place - self.reads[run]
        return start, start + 1


@dataclass(frozen=True)
class Composed(View):
    """What `views` read, each of them what the one before it reads."""

    views: tuple[View, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the source, without what is hidden around it."""
        for view in reversed(self.views):
            start, end = view.span(start, end)
        return start, end

    def part(self, start: int, end: int) -> tuple[int, int]:
        """The part of the source that is read as `text[start:end]`."""
        for view in reversed(self.views):
            start, end = view.part(start, end)
        return start, end

    def word(self, start: int, end: int, word: str) -> str:
        """A word as the source writes it in the place of `text[start:end]`."""
        for view in reversed(self.views):
            word = view.word(start, end, word)
            start, end = view.span(start, end)
        return word


def composed(*views: View | None) -> View | None:
    """One view of what each of some views reads of the one before it; None, that nothing is read otherwise, counts for
    nothing and is given where there is no other."""
    some = tuple([view for view in views if view is not None])
    if len(some) < 2:
        return some[0] if some else None
    return Composed(some[0].source, some[-1].text, some)


def replaced(text: str, marks: Iterable[tuple[int, int, str]]) -> View | None:
    """The view of `text` in which every `text[start:end]` of `marks`, which are sorted and disjoint, is read as a
    character, or not at all where that is empty; None where there are none."""
    whole = StringIO(newline="")
    reads, starts, ends = array("q"), array("q"), array("q")
    size = place = 0

    def add(start: int, end: int, read: str) -> None:
        nonlocal size
        if read:
            whole.write(read)
            reads.append(size)
            starts.append(start)
            ends.append(end)
            size += len(read)

    for start, end, read in marks:
        add(place, start, text[place:start])
        add(start, end, read)
        place = end
    if not place:
        return None
    add(place, len(text), text[place:])
    return Mapped(text, whole.getvalue(), reads, starts, ends)
