"""Clauses in doubt, read again with a language model of the user's own.

A place is in doubt where something else than its likeliest original, the word that stands among them, is likely enough.
The places in doubt of a clause are read together: of the likeliest combinations of their words the model says how
likely the clause is with what stands around it. That is multiplied, to the power of `Rescoring.weight`, with what
despin says of the words, and confidences are the shares of the readings in the sum. A program's places have no other
words than those that despin lists as possible; what it does not list keeps its probability.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest

from despin.decode.select import LEAST_ALTERNATIVE
from despin.document.odd import unsure
from despin.document.reading import negates
from despin.external.asking import Asking
from despin.results import Alternative, Draft, Edit, Odd, Restoration, Stretch
from despin.tuning import Rescoring

#: What ends a clause.
_ENDS = re.compile("[，,。．；;：:！!？?、…\n\r]")
#: By what edits are told apart.
_Key = tuple[int, int, str]


@dataclass(slots=True)
class _Place:
    """A place in doubt: its edit, made or not; its words with their probabilities, those that are asked about apart;
    where it stands in the restored text."""

    edit: Edit
    words: dict[str, float]
    rest: dict[str, float]
    start: int = 0
    end: int = 0

    def doubt(self) -> float:
        """The probability of the second likeliest word."""
        return sorted(self.words.values())[-2]


def rescored(found: Restoration, asking: Asking, least: float, numbers: Rescoring) -> Restoration:
    """A restoration with what the model says of its clauses in doubt. Edits that are no longer as sure as `least` are
    odd words then, and odd words that are may become edits. Edits of a program's stretch that was changed have no proof
    (`proved` is None). Raises `ScorerError`."""
    edits = list(_candidates(found))
    places = [place for edit in edits if (place := _place(edit, numbers.doubt))]
    if not places:
        sure = tuple([edit for edit in found.edits if edit.confidence >= least])
        return found if len(sure) == len(found.edits) else replace(found, edits=sure)
    made = {_key(edit) for edit in found.edits}
    text = _written(found.source, edits, places, made)
    clauses = sorted(_clauses(text, places, numbers), key=lambda one: -max(place.doubt() for place in one))
    readings = [list(_readings(one, numbers.readings)) for one in clauses]
    asked = [
        [_text(text, clause, words, numbers.context) for words, _ in rows]
        for clause, rows in zip(clauses, readings, strict=True)
    ]
    decided: dict[_Key, Edit | None] = {_key(edit): edit for edit in edits}
    for clause, rows, said in zip(clauses, readings, asking.ask(asked), strict=True):
        if said is None:
            continue
        total = _shares([score + numbers.weight * one for (_, score), one in zip(rows, said, strict=True)])
        for number, place in enumerate(clause):
            shares = dict.fromkeys([words[number] for words, _ in rows], 0.0)
            for (words, _), share in zip(rows, total, strict=True):
                shares[words[number]] += share
            decided[_key(place.edit)] = _decided(place, shares)
    return _rewritten(found, decided, {_key(place.edit) for place in places}, least)


def _key(edit: Edit) -> _Key:
    return edit.start, edit.end, edit.original


def _is_tested(edit: Edit) -> bool:
    """Whether a program was run to find out what is possible at a place: nothing is but what the edit lists."""
    return edit.forced is not None


def _candidates(found: Restoration) -> Iterator[Edit]:
    """The edits of a restoration in order, and those that were not sure enough to be made, where they overlap none."""
    more = [edit for stretch in found.stretches if stretch.by_program for edit in stretch.edits]
    for one in found.odd:
        if one.why == "unsure" and one.originals:
            (best, *others) = one.originals
            more.append(
                Edit(one.start, one.end, one.spun, best.original, best.confidence, False, one.entry, tuple(others))
            )
    reach, taken = 0, {_key(edit) for edit in found.edits}
    spans = sorted([(edit.start, edit.end) for edit in found.edits])
    free = [one for one in more if _key(one) not in taken and not _overlaps(one, spans)]
    for edit in sorted([*found.edits, *free], key=lambda one: (one.start, one.end)):
        if edit.start >= reach:
            reach = edit.end
            yield edit


def _overlaps(edit: Edit, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < edit.end and edit.start < max(end, start + 1) for start, end in spans)


def _place(edit: Edit, doubt: float) -> _Place | None:
    """The place of an edit, if it is in doubt. Repairs of damage have rules of their own."""
    if not edit.spun or edit.entry.startswith("damage:") or edit.forced:
        return None
    words = {one.original: one.confidence for one in edit.alternatives}
    words[edit.original] = edit.confidence
    if not _is_tested(edit):
        # What is left over is for the word that stands.
        words[edit.spun] = words.get(edit.spun, 0.0) + max(0.0, 1.0 - sum(words.values()))
    asked = {word: chance for word, chance in words.items() if chance >= doubt}
    if len(asked) < 2:
        return None
    return _Place(edit, asked, {word: chance for word, chance in words.items() if word not in asked})


def _written(source: str, edits: Sequence[Edit], places: Sequence[_Place], made: set[_Key]) -> str:
    """The restored text, in which the places find out where they stand."""
    pieces: list[str] = []
    position = size = 0
    waiting = iter(places)
    place = next(waiting, None)
    for edit in edits:
        word = edit.original if _key(edit) in made else edit.spun
        pieces += (source[position : edit.start], word)
        size += edit.start - position + len(word)
        position = edit.end
        if place is not None and place.edit is edit:
            place.start, place.end = size - len(word), size
            place = next(waiting, None)
    pieces.append(source[position:])
    return "".join(pieces)


def _clauses(text: str, places: Sequence[_Place], numbers: Rescoring) -> Iterator[list[_Place]]:
    """The places of each clause, in order."""
    clause: list[_Place] = []
    for place in places:
        if clause and (
            _ENDS.search(text, clause[-1].end, place.start) or place.end - clause[0].start > numbers.longest
        ):
            yield clause
            clause = []
        clause.append(place)
    if clause:
        yield clause


def _readings(clause: Sequence[_Place], most: int) -> Iterator[tuple[tuple[str, ...], float]]:
    """The likeliest combinations of words for the places of a clause, with the logarithm of what despin says."""
    rows: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for place in clause:
        longer = [
            (less - math.log(chance), (*words, word)) for less, words in rows for word, chance in place.words.items()
        ]
        rows = nsmallest(most, longer)
    for less, words in rows:
        yield words, -less


def _text(text: str, clause: Sequence[_Place], words: Sequence[str], context: int) -> str:
    """What the model is asked about: the clause with these words, and so much of its line on either side."""
    start, end = clause[0].start, clause[-1].end
    low = max(start - context, text.rfind("\n", 0, start) + 1)
    line = text.find("\n", end)
    high = min(end + context, len(text) if line < 0 else line)
    pieces: list[str] = []
    for place, word in zip(clause, words, strict=True):
        pieces += (text[low : place.start], word)
        low = place.end
    # Pages hold halves of surrogate pairs, which no tokenizer takes.
    return ("".join(pieces) + text[low:high]).encode("utf-8", "replace").decode("utf-8")


def _shares(scores: Sequence[float]) -> list[float]:
    """Probabilities by the logarithms of what they are in proportion to."""
    most = max(scores)
    odds = [math.exp(score - most) for score in scores]
    total = sum(odds)
    return [one / total for one in odds]


def _decided(place: _Place, shares: Mapping[str, float]) -> Edit | None:
    """The edit of a place by the shares of its words, whatever its confidence; None where a program's word stands."""
    edit = place.edit
    # What was in no reading that was asked about keeps its probability.
    mass = sum(place.words[word] for word in shares)
    chances = {**place.rest, **place.words, **{word: mass * share for word, share in shares.items()}}
    if not _is_tested(edit):
        chances.pop(edit.spun, None)
    (best, chance), *others = sorted(chances.items(), key=lambda one: (-one[1], one[0] != edit.original, one[0]))
    if best == edit.spun:
        return None
    return replace(
        edit, original=best, confidence=min(1.0, chance),
        flips=edit.flips if best == edit.original else negates(edit.spun, best),
        alternatives=tuple([Alternative(*one) for one in others if one[1] >= LEAST_ALTERNATIVE]),
    )  # fmt: skip


def _rewritten(
    found: Restoration, decided: Mapping[_Key, Edit | None], doubted: set[_Key], least: float
) -> Restoration:
    """The restoration with what was decided of its edits; those of `doubted` places may be made, or left, anew."""
    stretches = tuple([_stretch(one, decided) if one.by_program else one for one in found.stretches])
    unproved = {_key(edit) for one in stretches for edit in one.edits if one.by_program and edit.proved is None}
    before = {_key(edit) for edit in found.edits}
    made: list[Edit] = []
    unmade: list[Edit] = []
    for key, edit in decided.items():
        if edit is None or (key not in doubted and key not in before):
            continue
        if edit.confidence >= least:
            made.append(replace(edit, proved=None) if _key(edit) in unproved else edit)
        elif key in doubted and not _is_tested(edit):
            unmade.append(edit)
    places = {(start, end) for start, end, _ in doubted}
    odd: list[Odd] = [one for one in found.odd if (one.start, one.end) not in places]
    odd += unsure(Draft(found.source), unmade)
    return replace(found, edits=tuple(made), stretches=stretches, odd=tuple(sorted(odd, key=lambda one: one.start)))


def _stretch(stretch: Stretch, decided: Mapping[_Key, Edit | None]) -> Stretch:
    """A program's stretch with what was decided of its edits, without a proof where they are others now."""
    edits = [edit for one in stretch.edits if (edit := decided.get(_key(one), one)) is not None]
    if [*map(_key, edits)] != [*map(_key, stretch.edits)]:
        edits = [replace(edit, proved=None) for edit in edits]
    return replace(stretch, edits=tuple(edits))
