"""The places of a text that somebody decides on: the edits that despin offers, and words that it missed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from despin.errors import InputError
from despin.report.html import wants_check
from despin.results import Edit, Suspect, apply
from despin.text.differences import common_ends
from despin.text.wdiff import GoldEdit, Sample

#: Characters of the longest word that is marked.
LONGEST = 1000
#: (start, end), in code points.
Span = tuple[int, int]


class RefusedError(InputError):
    """A decision that cannot be taken as it came."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of `text[start:end]`: "accept" or "reject" what despin offers, "own" for `originals`, or "" for
    nothing, which takes a decision back. What was accepted may stand in `originals`: should despin offer something else
    some day, it is the reader's own. `scored` is False where nobody can tell."""

    start: int
    end: int
    kind: str = ""
    originals: tuple[str, ...] = ()
    scored: bool = True

    @property
    def span(self) -> Span:
        """(start, end)."""
        return self.start, self.end

    def as_row(self) -> list[Any]:
        """The decision as JSON-ready values."""
        return [self.start, self.end, self.kind, list(self.originals), *([] if self.scored else [False])]


def read_decision(row: Any) -> Decision:
    """The decision that `as_row` made a row of. Raises `RefusedError` for any other value."""
    if not isinstance(row, list) or not 3 <= len(row) <= 5:
        raise RefusedError("a decision is a list of start, end, kind and originals")
    usual: list[Any] = [[], True]
    start, end, kind, originals, scored = row + usual[len(row) - 3 :]
    if (type(start), type(end), type(scored)) != (int, int, bool) or kind not in ("accept", "reject", "own", ""):
        raise RefusedError("a decision has whole numbers for its place, and one of accept, reject, own or nothing")
    if not isinstance(originals, list) or len(originals) > 9:
        raise RefusedError("the originals of a decision are a list of at most 9 words")
    for one in originals:
        if not isinstance(one, str) or len(one) > 2000:
            raise RefusedError("an original is a text of at most 2000 characters")
        if any("\ud800" <= char <= "\udfff" for char in one):
            raise RefusedError("an original holds half a character (a lone surrogate), which no file can hold")
    if bool(originals) != (kind == "own") and not (kind == "accept" and len(originals) == 1):
        raise RefusedError("an own original is given with own, and with nothing else")
    return Decision(start, end, kind, tuple(originals), scored)


@dataclass(frozen=True, slots=True)
class Place:
    """A place as it stands: `offered` is despin's edit, or the word that looks replaced and is left; None for a word
    that a reader marked."""

    start: int
    end: int
    offered: Edit | Suspect | None
    decision: Decision

    @property
    def span(self) -> Span:
        """(start, end)."""
        return self.start, self.end

    @property
    def original(self) -> str | None:
        """What is written there, None for the word of the page."""
        if self.decision.kind == "reject":
            return None
        if self.decision.kind == "own":
            return self.decision.originals[0]
        return self.offered.original if isinstance(self.offered, Edit) else None

    @property
    def open(self) -> bool:
        """Whether nobody decided on it and a reader has to look at it."""
        if self.decision.kind or self.offered is None:
            return False
        return isinstance(self.offered, Suspect) or wants_check(self.offered)


class Places:
    """The places of a text and the decisions on them; offsets are code points of `source`."""

    def __init__(self, source: str, edits: Iterable[Edit], suspects: Iterable[Suspect] = ()) -> None:
        self.source = source
        self._offered = _by_span((*edits, *suspects))
        self._decided: dict[Span, Decision] = {}
        self._places: list[Place] | None = None

    def offer(self, edits: Iterable[Edit], suspects: Iterable[Suspect] = ()) -> None:
        """Take other edits of the same text for those that were offered; decisions stay."""
        self._places = None
        kept = {}
        for span, decision in self._decided.items():
            edit = self._offered.get(span)
            # What was decided on what is no longer offered is kept as the reader's own.
            if isinstance(edit, Edit) and decision.kind == "accept":
                kept[span] = replace(decision, kind="own", originals=(edit.original,))
            else:
                kept[span] = decision
        self._offered = _by_span((*edits, *suspects))
        self._decided = {}
        for span, decision in kept.items():
            offered = self._offered.get(span)
            if isinstance(offered, Edit) and decision.originals == (offered.original,) and decision.scored:
                decision = replace(decision, kind="accept", originals=())
            if offered is not None or decision.kind == "own":
                self._decided[span] = decision

    def _check(self, decision: Decision) -> None:
        """Raise `RefusedError` where a decision does not fit the text, or overlaps a word that was marked."""
        start, end = decision.span
        if not 0 <= start <= end <= len(self.source):
            raise RefusedError(f"{start} to {end} is no place of this text")
        if decision.kind == "accept" and not isinstance(self._offered.get(decision.span), Edit):
            raise RefusedError(f"there is no edit from {start} to {end} to accept")
        if decision.span in self._offered or decision.span in self._decided:
            return
        if decision.kind != "own":
            return
        if end - start > LONGEST:
            raise RefusedError(f"a word of more than {LONGEST} characters")
        if self.source[start:end] in decision.originals:
            raise RefusedError("the original is what stands there already")
        for other in self._decided.values():
            if other.kind == "own" and other.span not in self._offered and overlap(other.span, decision.span):
                raise RefusedError(f"the word from {other.start} to {other.end} was marked already")

    def put(self, decision: Decision) -> Decision:
        """Take a decision; the one before it comes back. Raises `RefusedError` where it does not fit the
        text, or overlaps a word that was marked."""
        if decision.kind == "accept" and decision.originals:
            edit = self._offered.get(decision.span)
            same = isinstance(edit, Edit) and decision.originals == (edit.original,)
            decision = replace(decision, originals=()) if same else replace(decision, kind="own")
        self._check(decision)
        self._places = None
        span = decision.span
        before = self._decided.pop(span, Decision(*span))
        offered = self._offered.get(span)
        if decision.kind == "own" and offered and decision.originals == (self.source[span[0] : span[1]],):
            decision = Decision(*span, "reject")
        if decision.kind and not (decision.kind == "reject" and offered is None):
            self._decided[span] = decision
        return before

    def named(self, decision: Decision) -> Decision:
        """The same decision, with what is accepted by name."""
        edit = self._offered.get(decision.span)
        if decision.kind != "accept" or not isinstance(edit, Edit):
            return decision
        return replace(decision, originals=(edit.original,))

    def decisions(self) -> list[Decision]:
        """All decisions, in the order of their places."""
        return [self._decided[span] for span in sorted(self._decided)]

    def places(self) -> list[Place]:
        """The places in order, disjoint: edits that a marked word overlaps are not among them."""
        if self._places is None:
            offered, decided = self._offered, self._decided
            marked = sorted(span for span, one in decided.items() if one.kind == "own" and span not in offered)
            shown = sorted({*offered, *marked} - _overlapped(offered, marked))
            self._places = [Place(*span, offered.get(span), decided.get(span) or Decision(*span)) for span in shown]
        return self._places

    def sample(self) -> Sample:
        """The text with its marks: what was rejected is left out, what nobody decided on is not scored."""
        gold = []
        for place in self.places():
            decision = place.decision
            if place.original is not None:
                originals = decision.originals if decision.kind == "own" else (place.original,)
                gold.append(GoldEdit(*place.span, originals, bool(decision.kind) and decision.scored))
        return Sample(self.source, tuple(gold))

    def edits(self) -> list[Edit]:
        """The edits that are made of the text as it stands: all but what was rejected. What was decided has
        confidence 1."""
        found = []
        for place in self.places():
            if place.original is not None:
                offered = None if place.decision.kind else place.offered
                sure = offered.confidence if isinstance(offered, Edit) else 1.0
                found.append(Edit(*place.span, self.source[place.start : place.end], place.original, sure))
        return found

    def text(self) -> str:
        """The text as it reads now."""
        return apply(self.source, self.edits())

    def taken_over(self, gold: Sequence[GoldEdit]) -> list[Decision]:
        """The decisions that make the places say what `gold`, marks of the same text, says."""
        found = []
        spans = {(mark.start, mark.end) for mark in gold}
        shadowed = _overlapped(self._offered, sorted(spans - self._offered.keys()))
        for mark in gold:
            span = mark.start, mark.end
            offered = self._offered.get(span)
            same = isinstance(offered, Edit) and mark.originals == (offered.original,)
            if same:
                found.append(Decision(*span, "accept" if mark.scored else ""))
            elif self.source[span[0] : span[1]] not in mark.originals:
                found.append(Decision(*span, "own", mark.originals, mark.scored))
        unmarked = [(span, one) for span, one in self._offered.items() if span not in spans and span not in shadowed]
        found += [Decision(*span, "reject") for span, one in unmarked if isinstance(one, Edit)]
        found += [
            Decision(*span)
            for span, one in self._decided.items()
            if span not in spans and one.kind == "own" and not isinstance(self._offered.get(span), Edit)
        ]
        return [one for one in found if one != (self._decided.get(one.span) or Decision(*one.span))]

    def counts(self) -> tuple[int, int, int]:
        """(decided, all, to be checked and not decided) places."""
        found = self.places()
        return sum(bool(one.decision.kind) for one in found), len(found), sum(one.open for one in found)


def _by_span(offered: Iterable[Edit | Suspect]) -> dict[Span, Edit | Suspect]:
    return {(one.start, one.end): one for one in offered}


def overlap(first: Span, second: Span) -> bool:
    """Whether two spans share a character, or one is an insertion within the other."""
    if first == second:
        return True
    return first[0] < second[1] and second[0] < first[1]


def _overlapped(spans: Iterable[Span], marked: Sequence[Span]) -> set[Span]:
    """Those of `spans` that overlap one of `marked`, which are sorted and disjoint."""
    ends = [end for _, end in marked]
    found: set[Span] = set()
    for span in spans:
        number = bisect_left(ends, span[0])
        while number < len(marked) and marked[number][0] <= span[1]:
            if overlap(span, marked[number]):
                found.add(span)
            number += 1
    return found


def carried(old: str, new: str, decisions: Iterable[Decision]) -> tuple[list[Decision], list[Decision]]:
    """The decisions on `old` that lie before or behind all that was changed, at their places in
    `new`, and those that do not."""
    head, tail = common_ends(old, new)
    kept, lost = [], []
    for one in decisions:
        if one.end <= head:
            kept.append(one)
        elif one.start >= len(old) - tail:
            by = len(new) - len(old)
            kept.append(replace(one, start=one.start + by, end=one.end + by))
        else:
            lost.append(one)
    return kept, lost
