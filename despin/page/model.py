"""What despin found on a page: its lines, the article in them, and the way back to the caller's own string."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from despin.results import Label
from despin.text.labels import labels_of


@dataclass(frozen=True, slots=True)
class Line:
    """`text[start:end]` of the page without its line break, in code points. `reason` says why the line was dropped; it
    is empty for a line that is kept."""

    start: int
    end: int
    keep: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A line that was left out: its number, counted from 1, its text, and why."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` of the page, in code points."""

    start: int
    end: int


@dataclass(frozen=True)
class Page:
    """A page and the article on it.

    `article` is the text of the kept lines as they stand, without `brand_spans`. `brand` is the name that the site
    glued to its lines, or None. `anchors` are the title and the keywords: words that were there before any spinning.
    `source` is the HTML that it came as; `marks` are the places of `text` behind words that it sets apart, each in
    markup or character codes of its own. `title` is the title without the brand, or None where the page shows none.
    `found` is False for a page without an article, or in another language; all its lines are kept.
    """

    text: str
    lines: tuple[Line, ...]
    brand: str | None = None
    brand_spans: tuple[Span, ...] = ()
    title: str | None = None
    anchors: tuple[str, ...] = ()
    found: bool = True
    source: str = ""
    marks: tuple[int, ...] = ()
    article: str = field(init=False)
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _pieces: tuple[Span, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pieces = _pieces(self.text, self.lines, self.brand_spans)
        ends = accumulate((piece.end - piece.start for piece in pieces), initial=0)
        object.__setattr__(self, "_pieces", pieces)
        object.__setattr__(self, "_starts", tuple(ends)[:-1])
        object.__setattr__(self, "article", "".join(self.text[piece.start : piece.end] for piece in pieces))

    @property
    def labels(self) -> tuple[Label, ...]:
        """What the page says of itself, in its source where it came as HTML."""
        return labels_of(self.source or self.text)

    @cached_property
    def dropped(self) -> tuple[Dropped, ...]:
        """The lines that were left out, in order; empty lines are not listed."""
        return tuple(
            Dropped(number, self.text[line.start : line.end], line.reason)
            for number, line in enumerate(self.lines, 1)
            if not line.keep and self.text[line.start : line.end].strip()
        )

    def article_marks(self) -> list[int]:
        """The places of `marks` in the article, those that are left out left out."""
        pieces = list(zip(self._pieces, self._starts, strict=True))
        return [at - one.start + start for one, start in pieces for at in self.marks if one.start < at <= one.end]

    def to_page(self, start: int, end: int) -> tuple[int, int] | None:
        """Where `article[start:end]` stands in `text`, in code points. None when something that was left out lies
        within: then no stretch of the page equals it. Raises `ValueError` for a stretch that does not lie in the
        article."""
        if not 0 <= start <= end <= len(self.article):
            raise ValueError(f"{start}:{end} does not lie in an article of {len(self.article)} code points")
        if not self._pieces:
            return 0, 0
        number = max(0, bisect_right(self._starts, start) - 1)
        piece = self._pieces[number]
        shift = piece.start - self._starts[number]
        return (start + shift, end + shift) if end + shift <= piece.end else None


def _pieces(text: str, lines: tuple[Line, ...], cuts: tuple[Span, ...]) -> tuple[Span, ...]:
    """The stretches of the page that make up the article, in order, neighbours joined."""
    starts = [*(line.start for line in lines), len(text)]
    left = [(line.start, after) for line, after in zip(lines, starts[1:], strict=True) if not line.keep]
    pieces: list[Span] = []
    position = 0
    for start, end in sorted([*left, *((cut.start, cut.end) for cut in cuts), (len(text), len(text))]):
        if position < start:
            pieces.append(Span(position, start))
        position = max(position, end)
    return tuple(pieces)
