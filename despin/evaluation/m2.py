"""A run in M2: what a system did, or what gold accepts.

Both files of a run hold the same sentences in the same order, as the scorer wants. Readings that gold accepts beside
the first belong to further annotators; unscored gold is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from despin.evaluation.measure import Result, Row
from despin.evaluation.sets import whole_sentences, within
from despin.results import Edit
from despin.text.m2 import block


def hypothesis(results: Iterable[Result]) -> str:
    """What the system did on every document with gold, in M2."""
    return "".join(block(text, [edits]) for result in results for row in result.rows for text, edits, _ in _parts(row))


def reference(results: Iterable[Result]) -> str:
    """What gold accepts on every document with gold, in M2."""
    return "".join(block(text, gold) for result in results for row in result.rows for text, _, gold in _parts(row))


def _parts(row: Row) -> Iterator[tuple[str, list[Edit], list[list[Edit]]]]:
    """Every sentence with the system's edits in it and the gold edits by annotator."""
    if row.document is None or row.judgement is None:
        return
    text, edits = row.document.text, row.judgement.edits
    gold = [mark for mark in row.document.gold or () if mark.scored]
    readings = max((len(mark.originals) for mark in gold), default=1)
    annotators = [
        [Edit(m.start, m.end, text[m.start : m.end], m.originals[min(number, len(m.originals) - 1)], 1.0) for m in gold]
        for number in range(readings)
    ]
    for start, end in whole_sentences(text, [*edits, *gold]):
        by_annotator = [within(marks, start, end) for marks in annotators]
        distinct = [one for number, one in enumerate(by_annotator) if one not in by_annotator[:number]]
        yield text[start:end], within(edits, start, end), distinct
