"""What was found in a text as it is read, as it stands in the text itself: offsets are those of the text, words come
back as the text writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from despin.results import Alternative, Clue, Edit, Reading, Readings, Restoration, Stretch, Suspect, Verdict, apply
from despin.text.view import View


def written_restoration(text: View, found: Restoration) -> Restoration:
    """The restoration of a text, given what was found in it as it is read."""
    edits = written_edits(text, found.edits)
    suspects = tuple([_suspect(text, one) for one in found.suspects])
    verdict = _verdict(text, found.verdict)
    return replace(found, source=text.source, edits=edits, verdict=verdict, suspects=suspects)


def written_edits(text: View, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits with their words as the text writes them, without those that would change nothing in it."""
    found: list[Edit] = []
    for edit in edits:
        start, end = text.span(edit.start, edit.end)
        spun = text.source[start:end]
        original = text.word(edit.start, edit.end, edit.original)
        if spun != original:
            alternatives = _originals(text, edit.start, edit.end, edit.alternatives)
            found.append(replace(edit, start=start, end=end, spun=spun, original=original, alternatives=alternatives))
    return tuple(found)


def _originals(text: View, start: int, end: int, originals: Iterable[Alternative]) -> tuple[Alternative, ...]:
    return tuple([Alternative(text.word(start, end, one.original), one.confidence) for one in originals])


def _suspect(text: View, one: Suspect) -> Suspect:
    start, end = text.span(one.start, one.end)
    originals = _originals(text, one.start, one.end, one.originals)
    return replace(one, start=start, end=end, spun=text.source[start:end], originals=originals)


def _stretches(text: View, stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Stretches with their words as the text writes them."""
    return tuple([_stretch(text, one) for one in stretches])


def _stretch(text: View, one: Stretch) -> Stretch:
    start, end = text.part(one.start, one.end)
    edits, evidence, proof = written_edits(text, one.edits), _clues(text, one.evidence, one.start), one.proof
    if proof is not None:
        proof = replace(proof, failed=tuple([text.span(*place) for place in proof.failed]))
    clean = tuple([text.part(*place) for place in one.clean])
    return replace(one, start=start, end=end, edits=edits, evidence=evidence, proof=proof, clean=clean)


def _verdict(text: View, verdict: Verdict) -> Verdict:
    """The verdict on a text, with its words as the text writes them."""
    evidence = _clues(text, verdict.evidence, 0)
    return replace(verdict, evidence=evidence, stretches=_stretches(text, verdict.stretches))


def written_readings(text: View, found: Sequence[Readings]) -> list[Readings]:
    """Readings with their words as the text writes them; those that differ only in how
    they are written are one, the likelier."""
    return [_readings(text, one) for one in found]


def _readings(text: View, found: Readings) -> Readings:
    start, end = text.span(found.start, found.end)
    source = text.source[start:end]
    rows: dict[str, Reading] = {}
    for row in found.rows:
        edits = written_edits(text, row.edits)
        own = [replace(edit, start=edit.start - start, end=edit.end - start) for edit in edits]
        whole = apply(source, own)
        rows.setdefault(whole, replace(row, text=whole, edits=edits))
    return replace(found, start=start, end=end, text=source, rows=tuple(rows.values()))


def _clues(text: View, clues: Iterable[Clue], start: int) -> tuple[Clue, ...]:
    """Clues with their words as the text writes them at the first place behind `start`."""
    found = []
    for clue in clues:
        place = text.text.find(clue.spun, start)
        if clue.spun and place >= 0:
            end = place + len(clue.spun)
            low, high = text.span(place, end)
            clue = replace(clue, spun=text.source[low:high], original=text.word(place, end, clue.original))
        found.append(clue)
    return tuple(found)
