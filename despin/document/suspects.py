"""Words that look replaced and are left: what no edit was sure enough of, what was held back, what
a program would not leave so."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

from despin.results import Draft, Edit, Restoration, Suspect, is_by_program
from despin.tuning import Standing

#: So much less is surely less, however sums are rounded.
LEAST_TOGETHER = Standing.suspect - 1e-9
_BEGIN = attrgetter("start")


def unsure(draft: Draft, edits: Iterable[Edit]) -> tuple[Suspect, ...]:
    """The suspects among edits of a draft that are not sure enough to be made, as places of its source."""
    found: list[Suspect] = []
    for edit in edits:
        one = Suspect.of(edit, "unsure")
        place = draft.origin(edit.start, edit.end) if edit.spun and one.score >= Standing.suspect else None
        if place is not None:
            found.append(replace(one, start=place[0], end=place[1]))
    return tuple(found)


def left(found: Restoration) -> Restoration:
    """The same restoration with all its suspects, and none of them where an edit was made."""
    if not found.suspects and not found.verdict.stretches:
        return found
    every = [*found.suspects, *_failed(found)]
    if not every:
        return found
    words = list(_outside(sorted(every, key=lambda one: (one.start, -one.score)), found.edits))
    return found if not words and not found.suspects else found.marked(suspects=tuple(words))


def _failed(found: Restoration) -> Iterator[Suspect]:
    """What stands where spinning the restoration again does not give back the text; of lists nothing is said, since the
    table that edits show holds words that others of its places were spared."""
    for stretch in found.verdict.stretches:
        if not is_by_program(stretch):
            continue
        for start, end in stretch.proof.failed if stretch.proof else ():
            if found.source[start:end].strip():
                yield Suspect(start, end, found.source[start:end], stretch.score, "failed")


def _outside(words: Iterable[Suspect], edits: Sequence[Edit]) -> Iterator[Suspect]:
    """The words, sorted, that overlap none of the edits, which are sorted and disjoint, and no word before."""
    reached = 0
    for word in words:
        if word.start < reached:
            continue
        place = bisect_right(edits, word.start, key=_BEGIN)
        # An edit that puts something in is as wide as the character behind it.
        if place and max(edits[place - 1].end, edits[place - 1].start + 1) > word.start:
            continue
        if place == len(edits) or word.end <= edits[place].start:
            reached = word.end
            yield word
