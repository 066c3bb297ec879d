"""Texts on their way to their originals: edits composed into edits of the text as it came; parts put together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from functools import partial
from itertools import accumulate
from typing import Any

from despin.results.edits import Edit, Suspect, apply, moved
from despin.results.restorations import PROVED, VALUES, Restoration, Scored, Stretch, Verdict, made, with_edits


class Draft:
    """A text on its way to its original: `source` as it came, `text` as it reads now, and the `edits` of the source
    that lead from one to the other, sorted and disjoint."""

    __slots__ = ("_begun", "_read", "edits", "source", "text")

    def __init__(self, source: str) -> None:
        self.source = self.text = source
        self.edits: tuple[Edit, ...] = ()
        self._read: tuple[Edit, ...] = ()
        self._begun: list[int] = []

    def copy(self) -> Draft:
        """The same draft, to be gone on with apart."""
        other = Draft(self.source)
        other.text, other.edits = self.text, self.edits
        return other

    def apply(self, edits: Sequence[Edit]) -> bool:
        """Make `edits` of the text as it reads now; whether there were any. Raises `ValueError` as `apply` does."""
        if not edits:
            return False
        self.edits = compose(self.source, self.edits, edits) if self.edits else tuple(edits)
        self.text = apply(self.text, edits)
        return True

    def _begins(self) -> list[int]:
        """Where each of the edits begins in the text as it reads now."""
        if self._read is not self.edits:
            grown = accumulate([len(edit.original) - len(edit.spun) for edit in self.edits], initial=0)
            self._begun = [edit.start + more for edit, more in zip(self.edits, grown, strict=False)]
            self._read = self.edits
        return self._begun

    def origin(self, start: int, end: int) -> tuple[int, int] | None:
        """Where `text[start:end]` stands in the source; None where an edit wrote some of it."""
        number = bisect_left(self._begins(), end)
        if not number:
            return start, end
        edit = self.edits[number - 1]
        behind = self._begun[number - 1] + len(edit.original)
        return None if start < behind else (start - behind + edit.end, end - behind + edit.end)

    def place(self, at: int, ends: bool = False) -> int:
        """The place of the source that a place of the text stands for, that of the edit where one wrote what stands
        there; behind what was taken out there, where something `ends` at it."""
        number = (bisect_right if ends else bisect_left)(self._begins(), at)
        if not number:
            return at
        edit, low = self.edits[number - 1], self._begun[number - 1]
        if at < (behind := low + len(edit.original)):
            return edit.end if ends and at > low else edit.start
        return at - behind + edit.end


def compose(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits of `text` that do what `first` does and then `second` to its result; both sorted and disjoint. Where a
    second edit touches what a first one wrote, the two become one, with the lower confidence."""
    result = apply(text, first)
    spans: list[tuple[int, int, bool, Edit]] = [(edit.start, edit.end, True, edit) for edit in second]
    shift = 0
    for edit in first:
        spans.append((edit.start + shift, edit.start + shift + len(edit.original), False, edit))
        shift += len(edit.original) - len(edit.spun)
    groups: list[list[tuple[int, int, bool, Edit]]] = []
    reach = -1
    for span in sorted(spans, key=lambda span: span[:3]):
        start, end = span[:2]
        empty = start == end or (groups and groups[-1][0][0] == reach)
        if groups and (start < reach or (start == reach and empty)):
            groups[-1].append(span)
            reach = max(reach, end)
        else:
            groups.append([span])
            reach = end
    done: list[Edit] = []
    shift = 0
    for group in groups:
        if len(group) == 1:
            _, _, later, edit = group[0]
            done.append(edit.at(edit.start - shift, edit.end - shift) if later and shift else edit)
            shift += 0 if later else len(edit.original) - len(edit.spun)
            continue
        done.append(_joined(text, result, group, shift))
        shift += sum(len(edit.original) - len(edit.spun) for _, _, later, edit in group if not later)
    return tuple(edit for edit in done if edit.spun != edit.original)


def _joined(text: str, result: str, group: list[tuple[int, int, bool, Edit]], shift: int) -> Edit:
    """The edits of a group, given where they stand in `result`, as one edit of `text`;
    `shift` is from text to result."""
    edits = [edit for *_, edit in group]
    low, high = min(span[0] for span in group), max(span[1] for span in group)
    grown = sum(len(edit.original) - len(edit.spun) for _, _, later, edit in group if not later)
    start, end = low - shift, high - shift - grown
    pieces: list[str] = []
    position = low
    for _, _, later, edit in group:
        if later:
            pieces += (result[position : edit.start], edit.original)
            position = edit.end
    return replace(
        edits[0], start=start, end=end, spun=text[start:end], original="".join(pieces) + result[position:high],
        confidence=min(edit.confidence for edit in edits), changes=_changes_of(edits), alternatives=(),
    )  # fmt: skip


def _changes_of(edits: Sequence[Edit]) -> str | None:
    """The class of facts that edits change together; two that turn the statement turn it back."""
    changes = [edit.changes for edit in edits]
    if changes.count("polarity") % 2:
        return "polarity"
    return None if changes[0] == "polarity" else changes[0]


#: What a restoration has where nothing is said, but for what comes of a draft.
_USUAL = {one.name: one.default for one in fields(Restoration) if one.name not in ("source", "edits", "text")}


def restoration_of(draft: Draft, **values: Any) -> Restoration:
    """What a draft came to, with these values besides source, edits and text; the text is not made anew."""
    return made({**_USUAL, **values, "source": draft.source, "edits": draft.edits, "text": draft.text})


def draft_of(found: Restoration) -> Draft:
    """A text on its way, as far as it is restored."""
    draft = Draft(found.source)
    draft.text, draft.edits = found.text, found.edits
    return draft


def proved_later(found: Restoration, proof: Callable[[Restoration], Restoration]) -> Restoration:
    """The same restoration with the edits and the verdict of what `proof` makes of it, which is asked when
    somebody asks for one of them."""
    values = {name: getattr(found, name) for name in VALUES if name not in PROVED}
    return made({**values, "_proof": {"asked": partial(proof, found)}})


def traced(found: Restoration, first: Restoration) -> Restoration:
    """The restoration of a text of which `first` was made and then, of what that gave, `found`."""
    draft = draft_of(first)
    suspects = [(one, draft.origin(one.start, one.end)) for one in found.suspects]
    outer = first.marked(
        verdict=_traced(found.verdict, draft),
        prevented=first.prevented + found.prevented,
        suspects=tuple([replace(one, start=place[0], end=place[1]) for one, place in suspects if place]),
        scored=found.scored,
    )
    outer = replace(outer, edits=compose(first.source, first.edits, found.edits))
    stretches = [with_edits(one, outer.edits_in(one.start, one.end)) for one in outer.verdict.stretches]
    return outer.marked(verdict=replace(outer.verdict, stretches=tuple(stretches)))


def _traced(found: Verdict, draft: Draft) -> Verdict:
    """The verdict on a draft's source, given that on the draft as it reads now; its stretches have no edits."""

    def places(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        return tuple([(draft.place(low), draft.place(high, True)) for low, high in spans])

    stretches: list[Stretch] = []
    for one in found.stretches:
        ((start, end),) = places([(one.start, one.end)])
        proof = one.proof and replace(one.proof, failed=places(one.proof.failed))
        stretches.append(replace(one, start=start, end=end, edits=(), proof=proof, clean=places(one.clean)))
    return replace(found, stretches=tuple(stretches))


def join(text: str, parts: Iterable[tuple[int, Restoration]]) -> Restoration:
    """The restoration of `text` from those of its parts, given as (start, restoration) in order. The verdict is that on
    the surest part, with the stretches of all."""
    edits: list[Edit] = []
    stretches: list[Stretch] = []
    surest: Restoration | None = None
    suspects: list[Suspect] = []
    prevented = 0
    scored: Scored | None = None
    for start, part in parts:
        if not start and len(part.source) == len(text):
            return part
        edits += moved(part.edits, start)
        prevented += part.prevented
        suspects += [one.moved(start) for one in part.suspects]
        stretches += [stretch.moved(start) for stretch in part.verdict.stretches]
        scored = part.scored.with_more(scored) if part.scored else scored
        if surest is None or (part.verdict.score, len(part.edits)) > (surest.verdict.score, len(surest.edits)):
            surest = part
    if surest is None:
        return Restoration(text)
    verdict = surest.verdict
    if stretches or verdict.stretches:
        verdict = replace(verdict, stretches=tuple(stretches))
    return Restoration(text, tuple(edits), verdict, prevented, tuple(suspects), scored)
