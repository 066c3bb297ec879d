"""Which stretch of a spun text was made from which stretch of its original, wherever either stands.

Both texts are reduced to the characters that count (`despin.text.normalize`). Maximal common stretches are chained
as sequence aligners do it (seed, chain, extend; after Li 2018, minimap2), so that paragraphs may be missing, added,
moved or joined, and boilerplate finds no partner.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import LCSseq, Levenshtein

from despin.text.normalize import BREAK, symbols

#: Characters of a seed. Dense spinning leaves few longer stretches alone.
SEED = 3
#: A seed that stands in more places of the original says nothing about where a text comes from.
COMMON = 16
#: The most characters between two stretches of one chain.
FAR = 60
#: What a chain pays, in characters shared, for each character one gap is longer than the other, and for each beyond
#: `NEAR` that a gap is long.
LENGTHENING, DISTANCE, NEAR = 0.3, 0.1, 10
#: How many stretches back a chain looks for its last one.
BACK = 80
#: A stretch this long is looked back at from behind many short ones.
LONG = 12


class MatchingBlock(NamedTuple):
    """`size` characters from `start` in the one text are those from `other` in the other."""

    start: int
    other: int
    size: int


def common(a: str, b: str) -> list[MatchingBlock]:
    """Maximal common stretches of at least `SEED` characters, by their start in `a`."""
    places: dict[str, list[int]] = defaultdict(list)
    for j in range(len(b) - SEED + 1):
        places[b[j : j + SEED]].append(j)
    found: list[MatchingBlock] = []
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
            found.append(MatchingBlock(i - low, j - low, low + high))
    return sorted(found)


def chains(stretches: list[MatchingBlock]) -> Iterator[list[MatchingBlock]]:
    """Chains of stretches that run along both texts together, the best first; a stretch belongs to one chain."""
    score: list[float] = []
    back: list[int] = []
    # A long stretch begins far back, behind many short ones.
    long: deque[int] = deque(maxlen=BACK // 4)
    for number, (start, other, size) in enumerate(stretches):
        best, link = float(size), -1
        near = range(number - 1, max(-1, number - 1 - BACK), -1)
        for before in (*near, *long):
            last_start, last_other, last_size = stretches[before]
            gap, other_gap = start - last_start - last_size, other - last_other - last_size
            if gap > FAR or other_gap > FAR or start <= last_start or other <= last_other:
                continue
            overlap = max(0, -gap, -other_gap)
            if overlap >= size:
                continue
            cost = LENGTHENING * abs(gap - other_gap) + DISTANCE * max(gap - NEAR, other_gap - NEAR, 0)
            value = score[before] + size - overlap - cost
            if value > best:
                best, link = value, before
        score.append(best)
        back.append(link)
        if size >= LONG:
            long.append(number)
    used = [False] * len(stretches)
    for number in sorted(range(len(stretches)), key=lambda n: -score[n]):
        chain: list[MatchingBlock] = []
        while number >= 0 and not used[number]:
            used[number] = True
            chain.append(stretches[number])
            number = back[number]
        if chain:
            yield chain[::-1]


class Taken:
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


def free_parts(chain: list[MatchingBlock], taken: Taken, other_taken: Taken) -> Iterator[list[MatchingBlock]]:
    """The runs of a chain's stretches that no better chain stands in or between."""
    run: list[MatchingBlock] = []
    for whole in chain:
        stretch = trimmed(whole, taken, other_taken)
        if stretch is None:
            continue
        end, other_end = stretch.start + stretch.size, stretch.other + stretch.size
        if run and (taken.overlaps(run[-1].start, end) or other_taken.overlaps(run[-1].other, other_end)):
            yield run
            run = []
        run.append(stretch)
    if run:
        yield run


def trimmed(stretch: MatchingBlock, taken: Taken, other_taken: Taken) -> MatchingBlock | None:
    """What a stretch holds of no better chain: without the characters at its ends that are taken on either side; None
    where nothing is left, or its middle is taken."""
    start, other, size = stretch
    if not (taken.overlaps(start, start + size) or other_taken.overlaps(other, other + size)):
        return stretch
    while size and (taken.overlaps(start, start + 1) or other_taken.overlaps(other, other + 1)):
        start, other, size = start + 1, other + 1, size - 1
    while size and (
        taken.overlaps(start + size - 1, start + size) or other_taken.overlaps(other + size - 1, other + size)
    ):
        size -= 1
    if not size or taken.overlaps(start, start + size) or other_taken.overlaps(other, other + size):
        return None
    return MatchingBlock(start, other, size)


#: How often what no chain could take is chained again.
ROUNDS = 4
#: Common stretches of fewer characters in all are not looked at.
SHORTEST = 4
#: What the common stretches of a match must add up to, each counting its length less two, and the part of the longer
#: side that must be shared; where more is shared, less will do.
LEAST, SHARE = 7, 0.45
LEAST_DENSE, SHARE_DENSE = 3, 0.65
#: A match may be cut inside common stretches of this many characters, at places this far apart.
ANCHOR = 12
APART = 2000
#: A clause beside a chain belongs to it when it is this alike; a new line is a new paragraph and must be more alike.
ALIKE = 0.3
ALIKE_LINE = 0.4
SHORT_LINE, ALIKE_SHORT_LINE = 12, 0.25
#: What a character that differs takes from the likeness of clauses, where one that is shared adds 1.
UNLIKE = 0.35


@dataclass(slots=True)
class Folded:
    """The characters of `text` that count; `places[i]` is the (start, end) of character i in `text`.

    `breaks` are the positions before which punctuation or a line end stood, in rising order, with both ends of the
    text; `lines` are those of line ends, `stops` those of punctuation.
    """

    text: str
    characters: str = ""
    places: list[tuple[int, int]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)

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
            mark = text[span[0] : span[1]]
            if "\n" in mark and folded.lines[-1] != len(kept):
                folded.lines.append(len(kept))
            if mark.strip():
                folded.stops.append(len(kept))
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


def match(spun: Folded, original: Folded) -> list[Match]:
    """The matching stretches in the order of the spun text, disjoint on both sides."""
    stretches = common(spun.characters, original.characters)
    matches: list[Match] = []
    taken, other_taken = Taken(), Taken()
    for _ in range(ROUNDS):
        before = len(matches)
        for chain in chains(stretches):
            for run in free_parts(chain, taken, other_taken):
                first, last = run[0], run[-1]
                if sum(stretch.size for stretch in run) < SHORTEST:
                    continue
                ends = first.start, last.start + last.size, first.other, last.other + last.size
                for found in _sound(Match(*ends, _anchors(run)), spun, original):
                    if _convincing(found, spun, original):
                        matches.append(found)
                        taken.add(found.start, found.end)
                        other_taken.add(found.other_start, found.other_end)
        if len(matches) == before:
            break
        left = (trimmed(stretch, taken, other_taken) for stretch in stretches)
        stretches = sorted({stretch for stretch in left if stretch is not None})
    return [found for found in _extended(sorted(matches), spun, original) if _convincing(found, spun, original)]


def differences(one: Match, spun: Folded, original: Folded) -> Iterator[Match]:
    """What differs within a match, character by character aligned (Levenshtein)."""
    cuts = [(one.start, one.other_start), *one.anchors, (one.end, one.other_end)]
    for (i, j), (k, m) in pairwise(cuts):
        for op in Levenshtein.opcodes(spun.characters[i:k], original.characters[j:m]):
            if op.tag != "equal":
                yield Match(i + op.src_start, i + op.src_end, j + op.dest_start, j + op.dest_end)


def _sound(one: Match, spun: Folded, original: Folded) -> Iterator[Match]:
    """The runs of lines of a match that correspond; between them one text says what the other does not."""
    places = sorted(_line_places(one, spun, original))
    start: tuple[int, int] | None = None
    for low, high in pairwise(places):
        a, b = spun.characters[low[0] : high[0]], original.characters[low[1] : high[1]]
        least = ALIKE_LINE if max(len(a), len(b)) > SHORT_LINE else ALIKE_SHORT_LINE
        corresponds = max(len(a), len(b)) < SEED or LCSseq.normalized_similarity(a, b) >= least
        if corresponds and start is None:
            start = low
        if start is not None and not corresponds:
            yield _part(one, start, low)
            start = None
    if start is not None:
        yield _part(one, start, places[-1])


def _line_places(one: Match, spun: Folded, original: Folded) -> set[tuple[int, int]]:
    """Where lines end within a match, in both texts, and its own ends."""
    found = {(one.start, one.other_start), (one.end, one.other_end)}
    ends = [p for p in spun.lines if one.start < p < one.end]
    other_ends = [p for p in original.lines if one.other_start < p < one.other_end]
    i, j = one.start, one.other_start
    ends_left, other_left = iter([*ends, one.end + 1]), iter([*other_ends, one.other_end + 1])
    end, other_end = next(ends_left), next(other_left)
    for op in [*differences(one, spun, original), Match(one.end, one.end, one.other_end, one.other_end)]:
        while end <= op.end:
            inside = min(op.other_end, op.other_start + end - op.start) if end < op.end else op.other_end
            found.add((end, j + end - i if end <= op.start else inside))
            end = next(ends_left)
        while other_end <= op.other_end:
            inside = min(op.end, op.start + other_end - op.other_start) if other_end < op.other_end else op.end
            found.add((i + other_end - j if other_end <= op.other_start else inside, other_end))
            other_end = next(other_left)
        i, j = op.end, op.other_end
    return found


def _part(one: Match, start: tuple[int, int], end: tuple[int, int]) -> Match:
    inside = tuple(anchor for anchor in one.anchors if start[0] < anchor[0] < end[0] and start[1] < anchor[1] < end[1])
    return Match(start[0], end[0], start[1], end[1], inside)


def _convincing(found: Match, spun: Folded, original: Folded) -> bool:
    """Whether the two sides share more than two texts on one subject do by chance."""
    a, b = spun.characters[found.start : found.end], original.characters[found.other_start : found.other_end]
    sizes = [block.size for block in Levenshtein.editops(a, b).as_matching_blocks()]
    weight = sum(size - SEED + 1 for size in sizes if size >= SEED)
    share = sum(sizes) / max(len(a), len(b), 1)
    return (weight >= LEAST and share >= SHARE) or (weight >= LEAST_DENSE and share >= SHARE_DENSE)


def _anchors(part: list[MatchingBlock]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for stretch in part:
        middle = stretch.size // 2
        if stretch.size >= ANCHOR and (not found or stretch.start + middle - found[-1][0] >= APART):
            found.append((stretch.start + middle, stretch.other + middle))
    return tuple(found)


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
        end, other_end = (
            _next_break(spun.breaks, here, step, first),
            _next_break(original.breaks, other_here, step, first),
        )
        beyond = (end - limit) * step > 0 or (other_end - other_limit) * step > 0
        a = spun.characters[min(here, end) : max(here, end)][::step]
        b = original.characters[min(other_here, other_end) : max(other_here, other_end)][::step]
        if beyond or max(len(a), len(b)) > FAR:
            return reach, other_reach
        if first:
            part, other_part = _rest(a, b)
            if (part, other_part) != (len(a), len(b)):
                return part, other_part
        elif not a or not b or Levenshtein.normalized_similarity(a, b) < alike:
            return reach, other_reach
        reach += len(a)
        other_reach += len(b)
        first = False


def _rest(a: str, b: str) -> tuple[int, int]:
    """How much of the rest of a clause, in both texts, goes on like the match before it: the best of all beginnings
    by characters shared and not, with a premium on the whole."""
    best, choice = 0.0, (0, 0)
    row = [-UNLIKE * j for j in range(len(b) + 1)]
    for i in range(len(a) + 1):
        if i:
            last, row = row, [-UNLIKE * i]
            for j in range(1, len(b) + 1):
                along = last[j - 1] + (1.0 if a[i - 1] == b[j - 1] else -UNLIKE)
                row.append(max(along, last[j] - UNLIKE, row[j - 1] - UNLIKE))
        for j, value in enumerate(row):
            whole = i == len(a) and j == len(b)
            if value + whole > best or (whole and value + 1.0 >= best):
                best, choice = value + whole, (i, j)
    return choice


def _next_break(breaks: list[int], at: int, step: int, here_counts: bool) -> int:
    if step > 0:
        place = bisect_left(breaks, at) if here_counts else bisect_right(breaks, at)
        return breaks[min(place, len(breaks) - 1)]
    place = bisect_right(breaks, at) if here_counts else bisect_left(breaks, at)
    return breaks[max(place - 1, 0)]


def _is_line(text: Folded, at: int) -> bool:
    place = bisect_left(text.lines, at)
    return place < len(text.lines) and text.lines[place] == at
