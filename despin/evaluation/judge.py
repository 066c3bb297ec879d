"""One document judged: what became of every gold edit, and what every edit of the system was worth.

A gold edit is right when the restored reading of its span, widened to any edit that overlaps it, is one of the
accepted readings. Everything is linear in the number of gold edits and edits.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from despin.lexicon.model import Lexicon
from despin.lexicon.preimages import changed_words, spinner_of
from despin.results import Edit
from despin.text.normalize import folded
from despin.text.wdiff import GoldEdit

#: `kept`: untouched, and the spun wording is itself accepted; `unscored`: marked `?`. Neither counts for anything.
Outcome = Literal["right", "wrong", "missed", "kept", "unscored"]
#: What an edit was: `spurious` touches no gold; `ignored` touches only unscored gold, or changes nothing that counts.
Worth = Literal["right", "wrong", "spurious", "ignored"]


@dataclass(frozen=True, slots=True)
class Zone:
    """The surroundings in which a gold edit was judged: `text[start:end]`, read by the system as `reading`; `wanted` is
    the reading with the first accepted original at every gold edit in it."""

    start: int
    end: int
    reading: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Outcomes parallel to the gold edits, worths parallel to the edits, zones of the gold edits that were touched."""

    edits: tuple[Edit, ...]
    outcomes: tuple[Outcome, ...]
    worths: tuple[Worth, ...]
    zones: tuple[Zone | None, ...]


def touches(gold: GoldEdit, edit: Edit) -> bool:
    """Whether the two share a character; one that is empty touches what it stands beside."""
    if gold.start < gold.end and edit.start < edit.end:
        return edit.start < gold.end and edit.end > gold.start
    return edit.start <= gold.end and edit.end >= gold.start


def judge(text: str, gold: Sequence[GoldEdit], edits: Sequence[Edit], loose: bool = False) -> Judged:
    """The judgement of `edits` (sorted, disjoint) against `gold` (likewise), both with offsets in `text`. `loose`, for
    gold that comes from an alignment: readings are compared folded (width, case, white space and punctuation do not
    count), and an edit that changes nothing else is ignored."""
    form: Callable[[str], str] = folded if loose else str
    edits = tuple(edit for edit in edits if edit.spun != edit.original)
    touching = _touching(gold, edits)
    judged = [_outcome(text, gold, edits, touching, index, form) for index in range(len(gold))]
    touched: list[list[Outcome]] = [[] for _ in edits]
    for (outcome, _), span in zip(judged, touching, strict=True):
        for number in span:
            touched[number].append(outcome)
    worths = tuple(_worth(edit, found, form) for edit, found in zip(edits, touched, strict=True))
    return Judged(edits, tuple(one for one, _ in judged), worths, tuple(zone for _, zone in judged))


def _touching(gold: Sequence[GoldEdit], edits: Sequence[Edit]) -> list[range]:
    """For every gold edit the numbers of the edits that touch it."""
    found: list[range] = []
    starts, ends = [edit.start for edit in edits], [edit.end for edit in edits]
    for mark in gold:
        near = range(bisect_left(ends, mark.start), bisect_right(starts, mark.end))
        numbers = [number for number in near if touches(mark, edits[number])]
        found.append(range(numbers[0], numbers[-1] + 1) if numbers else range(0))
    return found


def _outcome(
    text: str, gold: Sequence[GoldEdit], edits: Sequence[Edit], touching: list[range], index: int,
    form: Callable[[str], str],
) -> tuple[Outcome, Zone | None]:  # fmt: skip
    mark = gold[index]
    if not mark.scored:
        return "unscored", None
    if not touching[index]:
        spun = form(text[mark.start : mark.end])
        return ("kept" if any(spun == form(one) for one in mark.originals) else "missed"), None
    first, last, numbers = _widened(gold, edits, touching, index)
    start = min(gold[first].start, edits[numbers[0]].start)
    end = max(gold[last].end, edits[numbers[-1]].end)
    reading = _reading(text, start, end, [edits[number] for number in numbers])
    if first == last:
        before, after = text[start : mark.start], text[mark.end : end]
        right = any(form(before + one + after) == form(reading) for one in mark.originals)
    else:
        pattern = _accepted(text, start, end, gold[first : last + 1], index - first, form)
        right = re.fullmatch(pattern, form(reading), re.DOTALL) is not None
    wanted = [Edit(one.start, one.end, "", one.originals[0], 1.0) for one in gold[first : last + 1] if one.scored]
    return ("right" if right else "wrong"), Zone(start, end, reading, _reading(text, start, end, wanted))


def _widened(
    gold: Sequence[GoldEdit], edits: Sequence[Edit], touching: list[range], index: int
) -> tuple[int, int, range]:
    """The gold edits `first..last` that one edit ties to gold edit `index`, and all edits that touch them."""
    first = last = index
    numbers = touching[index]
    while True:
        low, high = numbers[0], numbers[-1]
        while first > 0 and touches(gold[first - 1], edits[low]):
            first -= 1
            if touching[first]:
                low = min(low, touching[first][0])
        while last + 1 < len(gold) and touches(gold[last + 1], edits[high]):
            last += 1
            if touching[last]:
                high = max(high, touching[last][-1])
        if (low, high) == (numbers[0], numbers[-1]):
            return first, last, range(low, high + 1)
        numbers = range(low, high + 1)


def _reading(text: str, start: int, end: int, edits: Sequence[Edit]) -> str:
    pieces: list[str] = []
    position = start
    for edit in edits:
        pieces += (text[position : edit.start], edit.original)
        position = edit.end
    return "".join(pieces) + text[position:end]


def _accepted(text: str, start: int, end: int, gold: Sequence[GoldEdit], own: int, form: Callable[[str], str]) -> str:
    """A pattern for the readings of `text[start:end]` in which gold edit `own` is restored and the others may be."""
    pieces: list[str] = []
    position = start
    for number, mark in enumerate(gold):
        pieces.append(re.escape(form(text[position : mark.start])))
        if mark.scored:
            readings = mark.originals if number == own else (*mark.originals, text[mark.start : mark.end])
            pieces.append("(?:" + "|".join(re.escape(form(one)) for one in readings) + ")")
        else:
            pieces.append(".*?")
        position = mark.end
    return "".join(pieces) + re.escape(form(text[position:end]))


def _worth(edit: Edit, touched: list[Outcome], form: Callable[[str], str]) -> Worth:
    if not touched:
        return "ignored" if form(edit.spun) == form(edit.original) else "spurious"
    scored = [outcome for outcome in touched if outcome != "unscored"]
    if not scored:
        return "ignored"
    return "right" if all(outcome == "right" for outcome in scored) else "wrong"


class Pairs:
    """The (spun, original) pairs a lexicon lists in its active entries, and those that the
    programs of its families make."""

    def __init__(self, lexicon: Lexicon) -> None:
        originals: dict[str, set[str]] = defaultdict(set)
        for entry in lexicon.entries:
            if entry.status == "active":
                originals[entry.spun].update(original.text for original in entry.originals)
        for family in lexicon.families:
            if family.program:
                for word, form in changed_words(spinner_of(family.program)):
                    originals[form].add(word)
        self._originals = dict(originals)
        self._lengths: dict[str, set[int]] = defaultdict(set)
        for spun in self._originals:
            self._lengths[spun[:1]].add(len(spun))

    def lists(self, spun: str, original: str) -> bool:
        """Whether `original` is listed for `spun`."""
        return original in self._originals.get(spun, ())

    def reach(self, text: str, start: int, end: int, originals: Iterable[str]) -> bool:
        """Whether listed pairs can turn `text[start:end]`, where it stands, into one of `originals`. An alignment cuts
        应用→使用 down to 应→使 and joins neighbours; so pairs may begin and end up to eight characters outside the span,
        and several may be needed."""
        if any(self.lists(text[start:end], original) for original in originals):
            return True
        low = max(text.rfind("\n", 0, start) + 1, start - 8)
        high = end + len(text[end : end + 8].split("\n")[0])
        before, after = text[low:start], text[end:high]
        return any(self._turns(text[low:high], before + original + after) for original in originals)

    def _turns(self, spun: str, wanted: str) -> bool:
        """Whether kept characters and listed pairs, side by side, lead from `spun` to `wanted`."""
        pending, seen = [(0, 0)], {(0, 0)}
        goal = (len(spun), len(wanted))
        while pending:
            here, there = pending.pop()
            if (here, there) == goal:
                return True
            steps = {(here + 1, there + 1)} if here < len(spun) and wanted.startswith(spun[here], there) else set()
            for length in self._lengths.get(spun[here : here + 1], ()):
                for original in self._originals.get(spun[here : here + length], ()):
                    if wanted.startswith(original, there):
                        steps.add((here + length, there + len(original)))
            pending += steps - seen
            seen |= steps
        return False
