"""Which stretch of a spun text was made from which stretch of its original, wherever either stands.

Both texts are reduced to the characters that count (`despin.text.normalize`). Maximal common stretches are chained
as sequence aligners do it (seed, chain, extend; after Li 2018, minimap2), so that paragraphs may be missing, added,
moved or joined, and boilerplate finds no partner.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from despin.text.differences import Counterpart, steps
from despin.text.normalize import BREAK, symbols
from despin.tuning import Cuts


class MatchingBlock(NamedTuple):
    """`size` characters from `start` in the one text are those from `other` in the other."""

    start: int
    other: int
    size: int


@dataclass(slots=True)
class Folded:
    """The characters of `text` that count; `places[i]` is the (start, end) of character i in `text`. `breaks` are the
    positions before which punctuation or a line end stood, in rising order, with both ends of the text; `lines` are
    those of line ends, `stops` those of punctuation."""

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


def match(spun: Folded, original: Folded) -> list[Counterpart]:
    """The matching stretches in the order of the spun text, disjoint on both sides."""
    stretches = common(spun.characters, original.characters)
    matches: list[Counterpart] = []
    taken, other_taken = bytearray(len(spun.characters)), bytearray(len(original.characters))
    found: list[Counterpart] | None = None
    while found is None or found:
        found = []
        for chain in chains(stretches):
            for whole in _free_parts(chain, taken, other_taken):
                for one in _corresponding(whole, spun, original):
                    if _convincing(one, spun, original):
                        found.append(one)
                        taken[one.start : one.end] = b"\1" * (one.end - one.start)
                        other_taken[one.other_start : one.other_end] = b"\1" * (one.other_end - one.other_start)
        matches += found
        # What no chain could take is chained again.
        left = (_free(stretch, taken, other_taken) for stretch in stretches)
        stretches = sorted({stretch for stretch in left if stretch is not None})
    return [one for one in _extended(sorted(matches), spun, original) if _convincing(one, spun, original)]


def steps_within(one: Counterpart, spun: Folded, original: Folded) -> Iterator[Counterpart]:
    """The steps that lead from the spun side of a match to its original, in characters of both texts."""
    start, end, other_start, other_end = one
    for step in steps(spun.characters[start:end], original.characters[other_start:other_end]):
        yield Counterpart(
            start + step.start, start + step.end, other_start + step.other_start, other_start + step.other_end
        )


def common(a: str, b: str) -> list[MatchingBlock]:
    """Maximal common stretches of at least `Cuts.seed` characters, by their start in `a`."""
    places: dict[str, list[int]] = defaultdict(list)
    for j in range(len(b) - Cuts.seed + 1):
        places[b[j : j + Cuts.seed]].append(j)
    found: list[MatchingBlock] = []
    reached: dict[int, int] = {}
    for i in range(len(a) - Cuts.seed + 1):
        here = places.get(a[i : i + Cuts.seed], ())
        if len(here) > Cuts.common:
            continue
        for j in here:
            if reached.get(j - i, 0) > i:
                continue
            low, high = 0, Cuts.seed
            while i - low > 0 and j - low > 0 and a[i - low - 1] == b[j - low - 1]:
                low += 1
            while i + high < len(a) and j + high < len(b) and a[i + high] == b[j + high]:
                high += 1
            reached[j - i] = i + high
            found.append(MatchingBlock(i - low, j - low, low + high))
    return sorted(found)


def chains(stretches: list[MatchingBlock]) -> Iterator[list[MatchingBlock]]:
    """Chains of stretches that run along both texts together, those of most characters first; a stretch belongs to one
    chain."""
    score: list[int] = []
    back: list[int] = []
    for number, (start, other, size) in enumerate(stretches):
        best, link = size, -1
        for before in range(number - 1, max(-1, number - 1 - Cuts.back), -1):
            last_start, last_other, last_size = stretches[before]
            gap, other_gap = start - last_start - last_size, other - last_other - last_size
            if gap > Cuts.far or other_gap > Cuts.far or start <= last_start or other <= last_other:
                continue
            overlap = max(0, -gap, -other_gap)
            if overlap < size and score[before] + size - overlap > best:
                best, link = score[before] + size - overlap, before
        score.append(best)
        back.append(link)
    used = [False] * len(stretches)
    for number in sorted(range(len(stretches)), key=lambda n: -score[n]):
        chain: list[MatchingBlock] = []
        while number >= 0 and not used[number]:
            used[number] = True
            chain.append(stretches[number])
            number = back[number]
        if chain:
            yield chain[::-1]


def _free_parts(chain: list[MatchingBlock], taken: bytearray, other_taken: bytearray) -> Iterator[Counterpart]:
    """The parts of a chain that no better chain stands in; `taken` marks the characters of better chains."""
    part: Counterpart | None = None
    for stretch in chain:
        free = _free(stretch, taken, other_taken)
        if free is None:
            continue
        start, other, size = free
        if part is not None and (
            taken.find(1, part.end, start) >= 0 or other_taken.find(1, part.other_end, other) >= 0
        ):
            yield part
            part = None
        first = Counterpart(start, start, other, other) if part is None else part
        part = Counterpart(first.start, start + size, first.other_start, other + size)
    if part is not None:
        yield part


def _free(stretch: MatchingBlock, taken: bytearray, other_taken: bytearray) -> MatchingBlock | None:
    """A stretch without the characters at its ends that are taken on either side; None where nothing is left, or its
    middle is taken."""
    start, other, size = stretch
    while size and (taken[start] or other_taken[other]):
        start, other, size = start + 1, other + 1, size - 1
    while size and (taken[start + size - 1] or other_taken[other + size - 1]):
        size -= 1
    if not size or taken.find(1, start, start + size) >= 0 or other_taken.find(1, other, other + size) >= 0:
        return None
    return MatchingBlock(start, other, size)


def _corresponding(whole: Counterpart, spun: Folded, original: Folded) -> Iterator[Counterpart]:
    """The runs of lines of a match that correspond; between them one text says what the other does not."""
    places = sorted(_line_places(whole, spun, original))
    start: tuple[int, int] | None = None
    for low, high in pairwise(places):
        a, b = spun.characters[low[0] : high[0]], original.characters[low[1] : high[1]]
        corresponds = max(len(a), len(b)) < Cuts.seed or LCSseq.normalized_similarity(a, b) >= Cuts.alike
        if corresponds and start is None:
            start = low
        if start is not None and not corresponds:
            yield Counterpart(start[0], low[0], start[1], low[1])
            start = None
    if start is not None:
        yield Counterpart(start[0], whole.end, start[1], whole.other_end)


def _line_places(whole: Counterpart, spun: Folded, original: Folded) -> set[tuple[int, int]]:
    """Where lines end within a match, in both texts, and its own ends."""
    found = {(whole.start, whole.other_start), (whole.end, whole.other_end)}
    ends = iter([*(p for p in spun.lines if whole.start < p < whole.end), whole.end + 1])
    other_ends = iter([*(p for p in original.lines if whole.other_start < p < whole.other_end), whole.other_end + 1])
    end, other_end = next(ends), next(other_ends)
    shift = whole.other_start - whole.start
    last = Counterpart(whole.end, whole.end, whole.other_end, whole.other_end)
    for step in (*steps_within(whole, spun, original), last):
        while end <= step.end:
            found.add((end, end + shift if end <= step.start else step.other_end))
            end = next(ends)
        while other_end <= step.other_end:
            found.add((other_end - shift if other_end <= step.other_start else step.end, other_end))
            other_end = next(other_ends)
        shift = step.other_end - step.end
    return found


def _convincing(found: Counterpart, spun: Folded, original: Folded) -> bool:
    """Whether the two sides share more than two texts on one subject do by chance."""
    sizes, at = [], found.start
    for step in steps_within(found, spun, original):
        sizes.append(step.start - at)
        at = step.end
    sizes.append(found.end - at)
    seeds = sum(size - Cuts.seed + 1 for size in sizes if size >= Cuts.seed)
    longer = max(found.end - found.start, found.other_end - found.other_start)
    return seeds * sum(sizes) >= Cuts.convincing * longer


def _extended(matches: list[Counterpart], spun: Folded, original: Folded) -> list[Counterpart]:
    """The matches grown to the ends of their clauses, and over whole clauses that are alike."""
    others = sorted((one.other_start, one.other_end) for one in matches)
    found: list[Counterpart] = []
    for number, one in enumerate(matches):
        low = found[-1].end if found else 0
        high = matches[number + 1].start if number + 1 < len(matches) else len(spun.characters)
        place = bisect_left(others, (one.other_start, one.other_end))
        other_low = others[place - 1][1] if place else 0
        other_high = others[place + 1][0] if place + 1 < len(others) else len(original.characters)
        start, other_start = _reach(spun, original, one.start, one.other_start, low, other_low, -1)
        end, other_end = _reach(spun, original, one.end, one.other_end, high, other_high, 1)
        others[place] = (other_start, other_end)
        found.append(Counterpart(start, end, other_start, other_end))
    return found


def _reach(
    spun: Folded, original: Folded, at: int, other_at: int, limit: int, other_limit: int, step: int
) -> tuple[int, int]:
    """How far (in the spun text, in the original) a match goes beyond `at` and `other_at` in direction `step`."""
    first = True
    while True:
        end = _next_break(spun.breaks, at, step, first)
        other_end = _next_break(original.breaks, other_at, step, first)
        a = spun.characters[min(at, end) : max(at, end)]
        b = original.characters[min(other_at, other_end) : max(other_at, other_end)]
        if (end - limit) * step > 0 or (other_end - other_limit) * step > 0 or max(len(a), len(b)) > Cuts.far:
            return at, other_at
        # The rest of a clause belongs to what its other part does.
        if not first and (not a or not b or LCSseq.normalized_similarity(a, b) < Cuts.alike):
            return at, other_at
        at, other_at, first = end, other_end, False


def _next_break(breaks: list[int], at: int, step: int, here_counts: bool) -> int:
    if step > 0:
        place = bisect_left(breaks, at) if here_counts else bisect_right(breaks, at)
        return breaks[min(place, len(breaks) - 1)]
    place = bisect_right(breaks, at) if here_counts else bisect_left(breaks, at)
    return breaks[max(place - 1, 0)]
