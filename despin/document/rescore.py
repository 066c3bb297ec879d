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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest

from despin.document.proof import marked
from despin.document.reading import negates
from despin.document.suspects import unsure
from despin.external.asking import Asking
from despin.results import Alternative, Draft, Edit, Restoration, Stretch, is_by_program
from despin.tuning import Rescoring, Standing

#: What ends a clause.
_ENDS = re.compile("[，,。．；;：:！!？?、…\n\r]")
#: By what edits are told apart.
_Key = tuple[int, int, str]
#: What an edit says where the program was asked what is possible at its place, and what comes back.
_TESTED = ("forced", "possible")


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in doubt: its edit, made or not; where it stands in the restored text; whether a program was asked what
    is possible there, so that nothing is but what the edit lists; its words with their probabilities, those that are
    asked about apart."""

    edit: Edit
    start: int
    end: int
    is_tested: bool
    words: dict[str, float]
    rest: dict[str, float]

    def doubt(self) -> float:
        """The probability of the second likeliest word."""
        return sorted(self.words.values())[-2]


def rescored(
    found: Restoration, asking: Asking, least: float, numbers: Rescoring, proved: Callable[[str, Stretch], Stretch]
) -> Restoration:
    """A restoration with what the model says of its clauses in doubt. Edits that are no longer as sure as `least` are
    suspects then, and suspects that are may become edits. `proved` gives a program's stretch of a text the proof of
    other edits than it had. Raises `ScorerError`."""
    text, places = found.text, list(_places(found, numbers.doubt))
    if not places and all(edit.confidence >= least for edit in found.edits):
        return found
    clauses = sorted(_clauses(text, places, numbers), key=lambda one: -max(place.doubt() for place in one))
    readings = [_readings(one, numbers.readings) for one in clauses]
    asked = [
        [_text(text, clause, words, numbers.context) for _, words in rows]
        for clause, rows in zip(clauses, readings, strict=True)
    ]
    decided: dict[_Key, Edit | None] = {_key(place.edit): place.edit for place in places}
    for clause, rows, said in zip(clauses, readings, asking.ask(asked), strict=True):
        if said is None:
            continue
        total = _shares([numbers.weight * one - less for (less, _), one in zip(rows, said, strict=True)])
        for number, place in enumerate(clause):
            shares = dict.fromkeys([words[number] for _, words in rows], 0.0)
            for (_, words), share in zip(rows, total, strict=True):
                shares[words[number]] += share
            decided[_key(place.edit)] = _decided(place, shares)
    return _rewritten(found, places, decided, least, proved)


def _key(edit: Edit) -> _Key:
    return edit.start, edit.end, edit.original


def _is_tested(stretch: Stretch) -> bool:
    """Whether a program was asked what is possible in a stretch."""
    return is_by_program(stretch) and any(edit.proof in _TESTED for edit in stretch.edits)


def _candidates(found: Restoration) -> Iterator[Edit]:
    """The edits of a restoration in order, and those that were not sure enough to be made, where they overlap none."""
    more = [edit for stretch in found.verdict.stretches if is_by_program(stretch) for edit in stretch.edits]
    for one in found.suspects:
        if one.why == "unsure" and one.originals:
            (best, *others) = one.originals
            more.append(Edit(one.start, one.end, one.spun, best.original, best.confidence, one.entry, tuple(others)))
    reach, taken = 0, {_key(edit) for edit in found.edits}
    spans = sorted([(edit.start, edit.end) for edit in found.edits])
    free = [one for one in more if _key(one) not in taken and not _overlaps(one, spans)]
    for edit in sorted([*found.edits, *free], key=lambda one: (one.start, one.end)):
        if edit.start >= reach:
            reach = edit.end
            yield edit


def _overlaps(edit: Edit, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < edit.end and edit.start < max(end, start + 1) for start, end in spans)


def _places(found: Restoration, doubt: float) -> Iterator[_Place]:
    """The places in doubt, in order. Repairs of damage have rules of their own."""
    tested = [(one.start, one.end) for one in found.verdict.stretches if _is_tested(one)]
    made, shift = set(map(_key, found.edits)), 0
    for edit in _candidates(found):
        start = edit.start + shift
        shift += len(edit.original) - len(edit.spun) if _key(edit) in made else 0
        if not edit.spun or edit.entry.startswith("damage:") or edit.proof == "forced":
            continue
        # What does not come back does not say whether the program was asked.
        is_tested = edit.proof == "possible" or (edit.proof == "failed" and _overlaps(edit, tested))
        words = {one.original: one.confidence for one in edit.alternatives}
        words[edit.original] = edit.confidence
        if not is_tested:
            # What is left over is for the word that stands.
            words[edit.spun] = words.get(edit.spun, 0.0) + max(0.0, 1.0 - sum(words.values()))
        asked = {word: chance for word, chance in words.items() if chance >= doubt}
        if len(asked) > 1:
            rest = {word: chance for word, chance in words.items() if word not in asked}
            yield _Place(edit, start, edit.end + shift, is_tested, asked, rest)


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


def _readings(clause: Sequence[_Place], most: int) -> list[tuple[float, tuple[str, ...]]]:
    """The likeliest combinations of words for the places of a clause, each behind the logarithm of what despin says of
    it, with its sign turned."""
    rows: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for place in clause:
        longer = [
            (less - math.log(chance), (*words, word)) for less, words in rows for word, chance in place.words.items()
        ]
        rows = nsmallest(most, longer)
    return rows


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
    if not place.is_tested:
        chances.pop(edit.spun, None)
    (best, chance), *others = sorted(chances.items(), key=lambda one: (-one[1], one[0] != edit.original, one[0]))
    if best == edit.spun:
        return None
    return replace(
        edit, original=best, confidence=min(1.0, chance),
        changes=edit.changes if best == edit.original else "polarity" if negates(edit.spun, best) else None,
        alternatives=tuple([Alternative(*one) for one in others if one[1] >= Standing.alternative]),
    )  # fmt: skip


def _rewritten(
    found: Restoration, places: Sequence[_Place], decided: Mapping[_Key, Edit | None], least: float,
    proved: Callable[[str, Stretch], Stretch],
) -> Restoration:  # fmt: skip
    """The restoration with what was decided of its places, which may be made, or left, anew."""
    stretches = tuple([_stretch(found.source, one, decided, proved) for one in found.verdict.stretches])
    proofs = {_key(edit): edit.proof for one in stretches if is_by_program(one) for edit in one.edits}
    edits = [edit for edit in found.edits if _key(edit) not in decided]
    edits = sorted([*edits, *filter(None, decided.values())], key=_key)
    made = [replace(edit, proof=proofs.get(_key(edit), edit.proof)) for edit in edits if edit.confidence >= least]
    doubted = {(place.edit.start, place.edit.end): place for place in places}
    unmade = [
        edit
        for edit in edits
        if edit.confidence < least and (place := doubted.get((edit.start, edit.end))) and not place.is_tested
    ]
    suspects = [one for one in found.suspects if (one.start, one.end) not in doubted]
    suspects += unsure(Draft(found.source), unmade)
    return replace(
        found, edits=tuple(made), verdict=replace(found.verdict, stretches=stretches),
        suspects=tuple(sorted(suspects, key=lambda one: one.start)),
    )  # fmt: skip


def _stretch(
    text: str, stretch: Stretch, decided: Mapping[_Key, Edit | None], proved: Callable[[str, Stretch], Stretch]
) -> Stretch:
    """A stretch with what was decided of its edits, if a program made it, and with their proof where they are others
    now. What comes back of a stretch that was tested is possible."""
    if not is_by_program(stretch):
        return stretch
    edits = tuple([edit for one in stretch.edits if (edit := decided.get(_key(one), one)) is not None])
    after = replace(stretch, edits=edits)
    if [*map(_key, edits)] == [*map(_key, stretch.edits)]:
        return after
    after = proved(text, after)
    assert after.proof is not None
    again = marked(edits, after.proof)
    if _is_tested(stretch):
        back = ["forced" if edit.proof == "forced" else "possible" for edit in edits]
        again = [
            replace(now, proof=own) if now.proof == "respun" else now for now, own in zip(again, back, strict=True)
        ]
    return replace(after, edits=tuple(again))
