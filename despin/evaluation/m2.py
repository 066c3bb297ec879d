"""M2 as ChERRANT reads it, at character level: what a system did, or what gold accepts, one block a sentence.

Both files of a run hold the same sentences in the same order, as the scorer wants. Readings that gold accepts beside
the first belong to further annotators; unscored gold is left out. White space inside a sentence is written as `␣`, so
that token offsets stay code point offsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from despin.edits import Edit
from despin.evaluation.measure import Result, Row
from despin.evaluation.spans import whole_sentences, within

_NOTHING = "-NONE-"


def hypothesis(results: Iterable[Result]) -> str:
    """What the system did on every document with gold, in M2."""
    return "".join(_block(text, [edits]) for result in results for row in result.rows for text, edits, _ in _parts(row))


def reference(results: Iterable[Result]) -> str:
    """What gold accepts on every document with gold, in M2."""
    return "".join(_block(text, gold) for result in results for row in result.rows for text, _, gold in _parts(row))


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


def _block(text: str, annotators: Sequence[Sequence[Edit]]) -> str:
    lines = ["S " + _tokens(text)]
    for number, edits in enumerate(annotators):
        lines += [_annotation(edit, number) for edit in edits]
        if not edits:
            lines.append(f"A -1 -1|||noop|||{_NOTHING}|||REQUIRED|||{_NOTHING}|||{number}")
    return "\n".join(lines) + "\n\n"


def _annotation(edit: Edit, annotator: int) -> str:
    kind = "M" if not edit.spun else "R" if not edit.original else "S"
    original = _tokens(edit.original) or _NOTHING
    return f"A {edit.start} {edit.end}|||{kind}|||{original}|||REQUIRED|||{_NOTHING}|||{annotator}"


def _tokens(text: str) -> str:
    return " ".join("␣" if character.isspace() else character for character in text)
