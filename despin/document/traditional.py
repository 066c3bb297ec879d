"""What was found in a text that was read in simplified characters, as it stands in the text itself.

Traditional lines keep their number of characters when they are read as simplified ones, so offsets stay; words
come back as the text writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from despin.results import Alternative, Clue, Edit, Reading, Readings, Restoration, Stretch, Suspect, Verdict, apply
from despin.text.traditional import Written


def written_restoration(text: Written, found: Restoration) -> Restoration:
    """The restoration of a text, given what was found in its simplified characters."""
    edits = written_edits(text, found.edits)
    suspects = tuple([_suspect(text, one) for one in found.suspects])
    verdict = written_verdict(text, found.verdict)
    return replace(found, source=text.source, edits=edits, verdict=verdict, suspects=suspects)


def written_edits(text: Written, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits with their words as the text writes them, without those that would change nothing in it."""
    found = [
        replace(
            edit,
            spun=text.source[edit.start : edit.end],
            original=text.word(edit.start, edit.end, edit.original),
            alternatives=_originals(text, edit.start, edit.end, edit.alternatives),
        )
        for edit in edits
    ]
    return tuple([edit for edit in found if edit.spun != edit.original])


def _originals(text: Written, start: int, end: int, originals: Iterable[Alternative]) -> tuple[Alternative, ...]:
    return tuple([Alternative(text.word(start, end, one.original), one.confidence) for one in originals])


def _suspect(text: Written, one: Suspect) -> Suspect:
    originals = _originals(text, one.start, one.end, one.originals)
    return replace(one, spun=text.source[one.start : one.end], originals=originals)


def written_stretches(text: Written, stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Stretches with their words as the text writes them."""
    return tuple(
        [
            replace(one, edits=written_edits(text, one.edits), evidence=_clues(text, one.evidence, one.start))
            for one in stretches
        ]
    )


def written_verdict(text: Written, verdict: Verdict, start: int = 0) -> Verdict:
    """The verdict on what of a text begins at `start`, with its words as the text writes them."""
    evidence = _clues(text, verdict.evidence, start)
    return replace(verdict, evidence=evidence, stretches=written_stretches(text, verdict.stretches))


def written_readings(text: Written, found: Sequence[Readings]) -> list[Readings]:
    """Readings with their words as the text writes them; those that differ only in their
    script are one, the likelier."""
    return [_readings(text, one) for one in found]


def _readings(text: Written, found: Readings) -> Readings:
    source = text.source[found.start : found.end]
    rows: dict[str, Reading] = {}
    for row in found.rows:
        edits = written_edits(text, row.edits)
        own = [replace(edit, start=edit.start - found.start, end=edit.end - found.start) for edit in edits]
        whole = apply(source, own)
        rows.setdefault(whole, replace(row, text=whole, edits=edits))
    return replace(found, text=source, rows=tuple(rows.values()))


def _clues(text: Written, clues: Iterable[Clue], start: int) -> tuple[Clue, ...]:
    """Clues with their words as the text writes them at the first place behind `start`."""
    found = []
    for clue in clues:
        place = text.simplified.find(clue.spun, start)
        if clue.spun and place >= 0:
            end = place + len(clue.spun)
            clue = replace(clue, spun=text.source[place:end], original=text.word(place, end, clue.original))
        found.append(clue)
    return tuple(found)
