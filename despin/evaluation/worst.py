"""The worst sentences of a run, as markup: what the system did, and what gold says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from despin.evaluation.measure import Result, Row
from despin.evaluation.sets import as_edit, whole_sentences, within
from despin.results import Edit
from despin.text import wdiff


@dataclass(frozen=True, slots=True)
class BadSentence:
    """A sentence with `errors` wrong, missed and spurious edits; `line` counts from 1 in the document.

    `got` and `gold` are markup; `gold` is empty for text nobody spun.
    """

    set: str
    document: str
    line: int
    errors: int
    got: str
    gold: str

    def as_dict(self) -> dict[str, Any]:
        """The sentence as JSON-ready values."""
        return asdict(self)


def worst(results: Iterable[Result], number: int) -> list[BadSentence]:
    """The `number` sentences with most errors; among equals, in the order of the sets."""
    found = [one for result in results for row in result.rows for one in _of_row(result.set.name, row)]
    return sorted(found, key=lambda one: -one.errors)[:number]


def _of_row(name: str, row: Row) -> Iterator[BadSentence]:
    document, judgement = row.document, row.judgement
    if document is None or judgement is None:
        return
    text, gold = document.text, document.gold or ()
    marks = [as_edit(text, one) for one in gold]
    outcomes = zip(gold, judgement.outcomes, strict=True)
    worths = zip(judgement.edits, judgement.worths, strict=True)
    places = sorted(
        [one.start for one, outcome in outcomes if outcome in ("wrong", "missed")]
        + [one.start for one, worth in worths if worth == "spurious"]
    )
    first = line = counted = 0
    for start, end in whole_sentences(text, [*judgement.edits, *gold]):
        begun = first
        while first < len(places) and (places[first] < end or end == len(text)):
            first += 1
        line += text.count("\n", counted, start)
        counted = start
        if first > begun:
            got, wanted = (_markup(text, edits, start, end) for edits in (judgement.edits, marks))
            yield BadSentence(name, document.id, line + 1, first - begun, got, wanted if gold else "")


def _markup(text: str, edits: Sequence[Edit], start: int, end: int) -> str:
    return wdiff.write(text[start:end], within(edits, start, end)).strip("\r\n")
