"""A text with marks in it as HTML: paragraphs that hold the text, letter by letter, and nothing else of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from despin.report.escape import content, value

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_SENTENCE = re.compile("[。！？!?…][”’」』）]*")


@dataclass(frozen=True, slots=True)
class Mark:
    """`html` stands for `text[start:end]`; where it is empty, the text itself is shown
    as a place that does not come back."""

    start: int
    end: int
    html: str = ""


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of the text, and what is written where it begins."""

    start: int
    end: int
    label: str


def article(text: str, marks: Iterable[Mark], parts: Sequence[TextPart] = (), places: bool = False) -> str:
    """`text` as paragraphs with `marks` (sorted, disjoint) in it; `parts` (sorted, disjoint) get a rule and a label.
    With `places` every paragraph says where it begins (`data-o`, code points)."""
    writer = _Writer(parts, len(text) > 30_000, places)
    position = 0
    for mark in marks:
        writer.plain(text, position, mark.start)
        writer.mark(mark, text)
        position = mark.end
    writer.plain(text, position, len(text))
    return writer.end(len(text))


def is_undivided(text: str, stretches: Sequence[tuple[int, int, bool]]) -> bool:
    """Whether there is nothing to be said of the stretches of a text, given as (start, end, whether a program was run):
    none, or one of a list that all of the text but white space lies in."""
    if len(stretches) != 1:
        return not stretches
    start, end, program = stretches[0]
    return not program and not text[:start].strip() and not text[end:].strip()


def failed(places: Iterable[tuple[int, int]], taken: Sequence[tuple[int, int]]) -> Iterator[Mark]:
    """What of `places` does not lie in a span of `taken` (sorted, disjoint), as marks, sorted and disjoint."""
    starts = [start for start, _ in taken]
    reached = 0
    for start, end in sorted(set(places)):
        position = max(start, reached)
        number = max(0, bisect_right(starts, position) - 1)
        if start == end:
            inside = number < len(taken) and taken[number][0] <= start <= taken[number][1]
            if start >= reached and not inside:
                yield Mark(start, end)
            continue
        while position < end:
            while number < len(taken) and taken[number][1] <= position:
                number += 1
            low, high = taken[number] if number < len(taken) else (end, end)
            if position < min(low, end):
                yield Mark(position, min(low, end))
            position = max(position, high)
        reached = max(reached, end)


class _Writer:
    """Paragraphs as they are made, those of a `large` text in blocks."""

    #: A paragraph of more characters is broken after a sentence, or where it is twice as long, so that browsers stay
    #: quick.
    LONG = 2000
    #: A block has so many characters; browsers lay it out when it comes into view.
    BLOCK = 4000

    def __init__(self, parts: Sequence[TextPart], large: bool, places: bool) -> None:
        self._done: list[str] = []
        self._paragraph: list[str] = []
        self._length = self._block = self._place = 0
        self._inside = self._begun_inside = False
        self._events = [event for part in parts for event in ((part.start, part), (part.end, None))]
        self._events.reverse()
        self._large, self._places = large, places

    def plain(self, text: str, start: int, end: int, before: str = "", after: str = "") -> None:
        """`text[start:end]`, every line of it between `before` and `after`."""
        while self._events and self._events[-1][0] < end:
            place = max(start, self._events[-1][0])
            self._lines(text[start:place], before, after)
            self._pass(place)
            start = place
        self._lines(text[start:end], before, after)

    def mark(self, mark: Mark, text: str) -> None:
        """What stands for a marked place."""
        self._pass(mark.start)
        if mark.html:
            self._add(mark.html, mark.end - mark.start)
        elif mark.start == mark.end:
            self._add('<u class="q"></u>', 0)
        else:
            self.plain(text, mark.start, mark.end, '<u class="q">', "</u>")

    def end(self, place: int) -> str:
        """All that was written."""
        self._pass(place)
        self._close(broken=False)
        if self._large and self._block:
            self._done.append("</div>")
        return "".join(self._done)

    def _pass(self, place: int) -> None:
        """Note the parts that begin and end up to `place`."""
        while self._events and self._events[-1][0] <= place:
            part = self._events.pop()[1]
            self._inside = part is not None
            if part is not None:
                self._add(f'<span class="st" data-l="{value(part.label)}"></span>', 0)
            elif self._paragraph:
                self._add('<span class="st end"></span>', 0)

    def _lines(self, text: str, before: str, after: str) -> None:
        for match in _LINES.finditer(text):
            line = match.group()
            while self._length + len(line) > self.LONG:
                least, most = self.LONG - self._length, 2 * self.LONG - self._length
                found = _SENTENCE.search(line, max(0, least), max(0, most))
                cut = found.end() if found else max(0, most)
                if cut >= len(line):
                    break
                if cut:
                    self._add(before + content(line[:cut]) + after, cut)
                self._close(broken=True)
                line = line[cut:]
            self._add(before + content(line) + after, len(line))
            if line[-1] in "\r\n":
                self._close(broken=False)

    def _add(self, html: str, length: int) -> None:
        if not self._paragraph:
            self._begun_inside = self._inside
        self._paragraph.append(html)
        self._length += length

    def _close(self, broken: bool) -> None:
        """End the paragraph; `broken` where the line goes on in the next."""
        if not self._paragraph:
            return
        inner = "".join(self._paragraph)
        names = ["in"] if self._begun_inside or self._inside else []
        names += ["on"] if broken else []
        names += ["n"] if not inner.strip().replace("&#13;", "") else []
        if self._large and not self._block:
            self._done.append('<div class="blk">')
        shown = f' class="{" ".join(names)}"' if names else ""
        shown += f" data-o={self._place}" if self._places else ""
        self._done.append(f"<p{shown}>{inner}</p>")
        self._block += self._length
        self._place += self._length
        if self._large and self._block > self.BLOCK:
            self._done.append("</div>")
            self._block = 0
        self._paragraph, self._length = [], 0
