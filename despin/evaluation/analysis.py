"""What went wrong in a run: what was not restored, and why, and the sentences with most errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from despin.evaluation.judge import Pairs, judge, touches
from despin.evaluation.measure import DocumentResult, Result
from despin.evaluation.sets import as_edit, whole_sentences, within
from despin.results import Edit
from despin.text import wdiff
from despin.text.wdiff import GoldEdit

if TYPE_CHECKING:
    from despin.restorer import Restorer
    from despin.results import Readings

Reason = Literal["unlisted", "other", "unlikely", "unsure", "unspun", "listed"]
#: What the reasons mean, in the order in which they are shown.
REASONS: dict[Reason, str] = {
    "unlisted": "the lexicon does not list it",
    "other": "another original was taken",
    "unlikely": "listed, but another reading is believed likelier",
    "unsure": "the likeliest reading, but below the confidence bar",
    "unspun": "listed, but the document is not believed to be spun",
    "listed": "listed, and not restored",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A gold edit that was not restored. `gold` is its surroundings in markup, `got` what was read there instead, if
    anything was changed; `line` counts from 1 in the document; `likely` is the probability of the right reading."""

    set: str
    document: str
    line: int
    reason: Reason
    gold: str
    got: str
    likely: float | None = None


def missing(results: Iterable[Result], pairs: Pairs, restorer: Restorer | None) -> list[Missing]:
    """Every gold edit that the runs missed or got wrong. Beliefs are told where the system is `restorer` itself."""
    return [
        one for result in results for row in result.rows for one in _missing_in(result.set.name, row, pairs, restorer)
    ]


def counts(found: Iterable[Missing]) -> dict[Reason, int]:
    """How often each reason holds, in the order of `REASONS`."""
    tally = Counter(one.reason for one in found)
    return {reason: tally[reason] for reason in REASONS if tally[reason]}


def examples(found: Sequence[Missing], number: int) -> list[Missing]:
    """`number` of them by reason, each reason by its share and with at least one where there is room, spread evenly
    over the documents."""
    shares = counts(found)
    wanted: Counter[Reason] = Counter(dict.fromkeys(list(shares)[:number], 1))
    while wanted.total() < min(number, len(found)):
        short = [reason for reason in wanted if wanted[reason] < shares[reason]]
        wanted[max(short, key=lambda reason: shares[reason] / wanted[reason])] += 1
    chosen = []
    for reason, size in wanted.items():
        these = [one for one in found if one.reason == reason]
        chosen += [these[index * len(these) // size] for index in range(size)]
    return chosen


def _missing_in(name: str, row: DocumentResult, pairs: Pairs, restorer: Restorer | None) -> Iterator[Missing]:
    document, judgement = row.document, row.judgement
    if document is None or judgement is None:
        return
    text = document.text
    loose = document.original is not None
    stretches: list[Readings] | None = None
    for mark, outcome, zone in zip(document.gold or (), judgement.outcomes, judgement.zones, strict=True):
        if outcome not in ("missed", "wrong"):
            continue
        likely = None
        reason: Reason = "other" if outcome == "wrong" else "listed"
        if not pairs.reach(text, mark.start, mark.end, mark.originals):
            reason = "unlisted"
        elif restorer is not None:
            stretches = restorer.readings(text) if stretches is None else stretches
            believed, likely = _belief(text, mark, stretches, loose)
            reason = reason if outcome == "wrong" else believed
        got = zone.reading if zone and outcome == "wrong" else ""
        yield Missing(
            name, document.id, text.count("\n", 0, mark.start) + 1, reason, _surroundings(text, mark), got, likely
        )


def _belief(text: str, mark: GoldEdit, stretches: Sequence[Readings], loose: bool) -> tuple[Reason, float]:
    """Why a listed gold edit was not made, and the probability of the readings that make it."""
    for stretch in stretches:
        if stretch.start <= mark.start and mark.end <= stretch.end:
            likely, rivals = 0.0, dict[str, float]()
            for reading in stretch.rows:
                if judge(text, [mark], reading.edits, loose).outcomes[0] == "right":
                    likely += reading.posterior
                else:
                    read = _read(mark, reading.edits)
                    rivals[read] = rivals.get(read, 0.0) + reading.posterior
            if stretch.family is None:
                return "unspun", likely
            return ("unsure" if likely >= max(rivals.values(), default=0.0) else "unlikely"), likely
    return "unlikely", 0.0


def _read(mark: GoldEdit, edits: Sequence[Edit]) -> str:
    """What a reading makes of a place, as a key."""
    return "\0".join(f"{edit.spun}\1{edit.original}" for edit in edits if touches(mark, edit))


def _surroundings(text: str, mark: GoldEdit) -> str:
    start = max(text.rfind("\n", 0, mark.start) + 1, mark.start - 12)
    end = mark.end + len(text[mark.end : mark.end + 12].split("\n")[0])
    edit = as_edit(text, mark)
    return wdiff.write(text[start:end], [edit.at(edit.start - start, edit.end - start)])


@dataclass(frozen=True, slots=True)
class BadSentence:
    """A sentence with `errors` wrong, missed and spurious edits; `line` counts from 1 in the document. `got` and `gold`
    are markup; `gold` is empty for text nobody spun."""

    set: str
    document: str
    line: int
    errors: int
    got: str
    gold: str


def worst(results: Iterable[Result], number: int) -> list[BadSentence]:
    """The `number` sentences with most errors; among equals, in the order of the sets."""
    found = [one for result in results for row in result.rows for one in _bad_sentences(result.set.name, row)]
    return sorted(found, key=lambda one: -one.errors)[:number]


def _bad_sentences(name: str, row: DocumentResult) -> Iterator[BadSentence]:
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
            got, wanted = (
                wdiff.write(text[start:end], within(edits, start, end)).strip("\r\n")
                for edits in (judgement.edits, marks)
            )
            yield BadSentence(name, document.id, line + 1, first - begun, got, wanted if gold else "")
