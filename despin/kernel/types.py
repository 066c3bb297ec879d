"""What comes into the kernel and what goes out of it, as plain values and flat columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

#: What arrays of zeros are made of: `ZERO * 3` has three, `NONE * 3` three that are whole.
ZERO, NONE = array("d", [0.0]), array("i", [0])

#: Punctuation the model was trained on, and the marks that stand for the same pause in running text.
PAUSES = {
    "，": "，", ",": "，", "；": "，", ";": "，", "：": "，", ":": "，",
    "。": "。", ".": "。", "．": "。", "\n": "。", "\r": "。", "…": "。",
    "、": "、", "！": "！", "!": "！", "？": "？", "?": "？",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arc:
    """One edit a reading may take: `stretch[start:end]` stands for `original`."""

    start: int
    end: int
    original: str


class Lattice:
    """The hypotheses of one stretch in topological order, each with the steps that lead into it, in flat arrays.

    Hypothesis h is reached by steps `first[h]` to `first[h + 1] - 1`; hypothesis 0 is the start and has none, the last
    one is the end of the stretch. A step comes from hypothesis `previous`, with the log10 `fluency` of its word, and
    takes the arcs called `entered`: 0 none, n + 1 arc n, and beyond the arcs those of `several`, in its order.
    """

    __slots__ = ("arcs", "entered", "first", "fluency", "previous", "several")

    def __init__(
        self,
        arcs: list[Arc],
        first: array[int],
        previous: array[int],
        fluency: array[float],
        entered: array[int],
        several: list[tuple[int, ...]],
    ) -> None:
        self.arcs = arcs
        self.first = first
        self.previous = previous
        self.fluency = fluency
        self.entered = entered
        self.several = several


class Site(NamedTuple):
    """A spun form found in a text: `text[start:end]` is pattern number `pattern` of the channel."""

    start: int
    end: int
    pattern: int


class MatchColumns:
    """Matches in order of their ends, of those with one end the longer first: by match its start, its end, and the
    matcher's own number of its pattern."""

    __slots__ = ("ends", "patterns", "starts")

    def __init__(
        self, starts: array[int] | None = None, ends: array[int] | None = None, patterns: array[int] | None = None
    ) -> None:
        self.starts = array("i") if starts is None else starts
        self.ends = array("i") if ends is None else ends
        self.patterns = array("i") if patterns is None else patterns

    def __len__(self) -> int:
        return len(self.starts)

    def part(self, low: int, high: int) -> MatchColumns:
        """The matches from `low` to `high - 1`."""
        return MatchColumns(self.starts[low:high], self.ends[low:high], self.patterns[low:high])


class Unreplaced(Mapping[int, int]):
    """How often originals stand unspun, by pattern; flat, as it is mostly read from the first to the last."""

    __slots__ = ("counts", "patterns")

    def __init__(self, patterns: array[int] | None = None, counts: array[int] | None = None) -> None:
        self.patterns = array("i") if patterns is None else patterns
        self.counts = array("i") if counts is None else counts

    def __getitem__(self, pattern: int) -> int:
        if pattern not in self.patterns:
            raise KeyError(pattern)
        return self.counts[self.patterns.index(pattern)]

    def __iter__(self) -> Iterator[int]:
        return iter(self.patterns)

    def __len__(self) -> int:
        return len(self.patterns)


class Segment(NamedTuple):
    """`text[start:end]` with its `sites`; `fresh` says that it begins a line."""

    start: int
    end: int
    sites: list[Site]
    fresh: bool


#: What precedes a line.
BEFORE = "。"


class AnyContexts(Protocol):
    """Strings directly before or after a match; false where there are none."""

    def __bool__(self) -> bool: ...

    def holds(self, text: str, start: int, end: int) -> bool:
        """Whether one of the strings stands directly before `start` or after `end`."""


class AnyEntry(Protocol):
    """What is asked of an entry of a lexicon, see `despin.lexicon.model.Entry`."""

    @property
    def spun(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def flips(self) -> bool: ...
    @property
    def source(self) -> str: ...
    @property
    def keep(self) -> AnyContexts: ...
    @property
    def only(self) -> AnyContexts: ...


class Source(NamedTuple):
    """One entry's reason for an arc: its family, its weight, whether the family would have replaced the spun form
    itself, and the entry."""

    family: int
    weight: float
    both_ways: bool
    entry: AnyEntry


def family_bit(family: int) -> int:
    """A bit for a family; some share one when they are many, so a set of bits says which families may be there."""
    return int(1 << family % 30)
