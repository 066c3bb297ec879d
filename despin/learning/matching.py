"""Which stretch of a spun text was made from which stretch of its original, wherever either stands.

Both texts are reduced to the characters that count (`despin.evaluation.folding`). Maximal common stretches are chained
as sequence aligners do it (seed, chain, extend; after Li 2018, minimap2), so that paragraphs may be missing, added,
moved or joined, and boilerplate finds no partner.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from despin.evaluation.folding import BREAK, symbols

#: Characters of a seed. Dense spinning leaves few longer stretches alone.
SEED = 3
#: A seed that stands in more places of the original says nothing about where a text comes from.
COMMON = 200
#: The most characters between two stretches of one chain.
FAR = 60
#: How many stretches back a chain looks for its last one.
BACK = 80
#: A chain must share this many characters, and this part of the longer side.
LEAST = 6
SHARE = 0.4
#: A match may be cut inside common stretches of this many characters, at places this far apart.
ANCHOR = 12
APART = 2000
#: A clause beside a chain belongs to it when it is this alike; a new line is a new paragraph and must be more alike.
ALIKE = 0.3
ALIKE_LINE = 0.5
#: The rest of a clause, up to this many characters, always belongs to the match that ends in it.
REST = 8


@dataclass(slots=True)
class Folded:
    """The characters of `text` that count; `places[i]` is the (start, end) of character i in `text`.

    `breaks` are the positions before which punctuation or a line end stood, in rising order, with both ends of the
    text; `lines` are those of line ends.
    """

    text: str
    characters: str = ""
    places: list[tuple[int, int]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Folded:
        found, spans = symbols(text)
        folded = cls(text, breaks=[0], lines=[0])
        kept: list[str] = []
        for character, span in zip(found, spans, strict=True):
            if character != BREAK:
                kept.append(character)
                folded.places.append(span)
                continue
            if folded.breaks[-1] != len(kept):
                folded.breaks.append(len(kept))
            if "\n" in text[span[0] : span[1]] and folded.lines[-1] != len(kept):
                folded.lines.append(len(kept))
        folded.characters = "".join(kept)
        for ends in (folded.breaks, folded.lines):
            if ends[-1] != len(kept):
                ends.append(len(kept))
        return folded


class Match(NamedTuple):
    """Characters `start:end` of the spun text were made from characters `other_start:other_end` of the original.

    `anchors` are places (in the spun text, in the original) inside long common stretches, where the match may be cut.
    """

    start: int
    end: int
    other_start: int
    other_end: int
    anchors: tuple[tuple[int, int], ...] = ()


class _Stretch(NamedTuple):
    start: int
    other: int
    size: int


def match(spun: Folded, original: Folded) -> list[Match]:
    """The matching stretches in the order of the spun text, disjoint on both sides."""
    stretches = _common(spun.characters, original.characters)
    matches: list[Match] = []
    taken, other_taken = _Taken(), _Taken()
    for chain in _chains(stretches):
        for part in _free_parts(chain, taken, other_taken):
            first, last = part[0], part[-1]
            found = Match(first.start, last.start + last.size, first.other, last.other + last.size, _anchors(part))
            shared = sum(stretch.size for stretch in part)
            if shared < LEAST or shared < SHARE * max(found.end - found.start, found.other_end - found.other_start):
                continue
            matches.append(found)
            taken.add(found.start, found.end)
            other_taken.add(found.other_start, found.other_end)
    return _extended(sorted(matches), spun, original)


def _common(a: str, b: str) -> list[_Stretch]:
    """Maximal common stretches of at least `SEED` characters, by their start in `a`."""
    places: dict[str, list[int]] = defaultdict(list)
    for j in range(len(b) - SEED + 1):
        places[b[j : j + SEED]].append(j)
    found: list[_Stretch] = []
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
            found.append(_Stretch(i - low, j - low, low + high))
    return sorted(found)


def _chains(stretches: list[_Stretch]) -> Iterator[list[_Stretch]]:
    """Chains of stretches that run along both texts together, the best first; a stretch belongs to one chain."""
    score: list[float] = []
    back: list[int] = []
    for number, (start, other, size) in enumerate(stretches):
        best, link = float(size), -1
        for before in range(number - 1, max(-1, number - 1 - BACK), -1):
            last_start, last_other, last_size = stretches[before]
            gap, other_gap = start - last_start - last_size, other - last_other - last_size
            if gap > FAR or other_gap > FAR or start <= last_start or other <= last_other:
                continue
            overlap = max(0, -gap, -other_gap)
            if overlap >= size:
                continue
            value = score[before] + size - overlap - 0.3 * abs(gap - other_gap) - 0.05 * max(gap, other_gap, 0)
            if value > best:
                best, link = value, before
        score.append(best)
        back.append(link)
    used = [False] * len(stretches)
    for number in sorted(range(len(stretches)), key=lambda n: -score[n]):
        chain: list[_Stretch] = []
        while number >= 0 and not used[number]:
            used[number] = True
            chain.append(stretches[number])
            number = back[number]
        if chain:
            yield chain[::-1]


def _anchors(part: list[_Stretch]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for stretch in part:
        middle = stretch.size // 2
        if stretch.size >= ANCHOR and (not found or stretch.start + middle - found[-1][0] >= APART):
            found.append((stretch.start + middle, stretch.other + middle))
    return tuple(found)


class _Taken:
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


def _free_parts(chain: list[_Stretch], taken: _Taken, other_taken: _Taken) -> Iterator[list[_Stretch]]:
    """The runs of a chain's stretches that no better chain stands in or between."""
    run: list[_Stretch] = []
    for stretch in chain:
        start, other = (run[-1].start, run[-1].other) if run else (stretch.start, stretch.other)
        end, other_end = stretch.start + stretch.size, stretch.other + stretch.size
        if run and (taken.overlaps(start, end) or other_taken.overlaps(other, other_end)):
            yield run
            run = []
        if not taken.overlaps(stretch.start, end) and not other_taken.overlaps(stretch.other, other_end):
            run.append(stretch)
    if run:
        yield run


def _extended(matches: list[Match], spun: Folded, original: Folded) -> list[Match]:
    """The matches grown to the ends of their clauses, and over whole clauses that are alike."""
    others = sorted((one.other_start, one.other_end) for one in matches)
    found: list[Match] = []
    for number, one in enumerate(matches):
        low = found[-1].end if found else 0
        high = matches[number + 1].start if number + 1 < len(matches) else len(spun.characters)
        place = bisect_left(others, (one.other_start, one.other_end))
        other_low = others[place - 1][1] if place else 0
        other_high = others[place + 1][0] if place + 1 < len(others) else len(original.characters)
        left = _flank(spun, original, one.start, one.other_start, low, other_low, -1)
        right = _flank(spun, original, one.end, one.other_end, high, other_high, 1)
        grown = Match(
            one.start - left[0], one.end + right[0], one.other_start - left[1], one.other_end + right[1], one.anchors
        )
        others[place] = (grown.other_start, grown.other_end)
        found.append(grown)
    return found


def _flank(
    spun: Folded, original: Folded, at: int, other_at: int, limit: int, other_limit: int, step: int
) -> tuple[int, int]:
    """How far (in the spun text, in the original) a match reaches beyond `at` and `other_at` in direction `step`."""
    reach = other_reach = 0
    first = True
    while True:
        here, other_here = at + step * reach, other_at + step * other_reach
        alike = ALIKE
        if not first and (_is_line(spun, here) or _is_line(original, other_here)):
            alike = ALIKE_LINE
        end, other_end = _next_break(spun.breaks, here, step, first), _next_break(original.breaks, other_here, step, first)
        size, other_size = abs(end - here), abs(other_end - other_here)
        beyond = (end - limit) * step > 0 or (other_end - other_limit) * step > 0
        if beyond or max(size, other_size) > FAR or not (first or (size and other_size)):
            return reach, other_reach
        a = spun.characters[min(here, end) : max(here, end)]
        b = original.characters[min(other_here, other_end) : max(other_here, other_end)]
        rest = first and max(size, other_size) <= REST and abs(size - other_size) <= REST // 2
        if not rest and a != b and Levenshtein.normalized_similarity(a, b) < alike:
            return reach, other_reach
        reach += size
        other_reach += other_size
        first = False


def _next_break(breaks: list[int], at: int, step: int, here_counts: bool) -> int:
    if step > 0:
        place = bisect_left(breaks, at) if here_counts else bisect_right(breaks, at)
        return breaks[min(place, len(breaks) - 1)]
    place = bisect_right(breaks, at) if here_counts else bisect_left(breaks, at)
    return breaks[max(place - 1, 0)]


def _is_line(text: Folded, at: int) -> bool:
    place = bisect_left(text.lines, at)
    return place < len(text.lines) and text.lines[place] == at
