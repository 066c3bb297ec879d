"""Words that look replaced and are left: what no edit was sure enough of, what was held back, what a program would not leave so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from despin.results import Draft, Edit, Odd, Restoration

#: A word is odd where it is at least so likely that something else stood there. Of the places of this kind in real pairs three in four
#: were replaced.
LEAST = 0.35
#: So much less is surely less, however sums are rounded.
NEARLY = LEAST - 1e-9
#: Originals less likely than this are not looked for.
LEAST_ORIGINAL = 0.05


def unsure(draft: Draft, edits: Iterable[Edit]) -> tuple[Odd, ...]:
    """The odd words among edits of a draft that are not sure enough to be made, as places of its source."""
    found: list[Odd] = []
    for edit in edits:
        if not edit.spun or edit.confidence + sum([one.confidence for one in edit.alternatives]) < NEARLY:
            continue
        odd = Odd.of(edit, "unsure")
        place = draft.origin(edit.start, edit.end) if odd.score >= LEAST else None
        if place is not None:
            found.append(odd if place == (odd.start, odd.end) else replace(odd, start=place[0], end=place[1]))
    return tuple(found)


def left(found: Restoration) -> Restoration:
    """The same restoration with all its odd words, and none of them where an edit was made."""
    if not found.odd and not found.stretches:
        return found
    every = [*found.odd, *_unproved(found)]
    if not every:
        return found
    spans = [(edit.start, max(edit.end, edit.start + 1)) for edit in found.edits]
    words = list(_outside(sorted(every, key=lambda one: (one.start, -one.score)), spans))
    return found if not words and not found.odd else found.marked(odd=tuple(words))


def _unproved(found: Restoration) -> Iterator[Odd]:
    """What stands where spinning the restoration again does not give back the text; of lists nothing is said, since the table that edits show
    holds words that others of its places were spared."""
    for stretch in found.stretches:
        if stretch.listed:
            continue
        for start, end in stretch.unproved:
            if found.source[start:end].strip():
                yield Odd(start, end, found.source[start:end], stretch.score, "unproved")


def _outside(words: Iterable[Odd], spans: Sequence[tuple[int, int]]) -> Iterator[Odd]:
    """The words, sorted, that overlap none of the sorted spans and no word before."""
    reached = place = 0
    for word in words:
        while place < len(spans) and spans[place][1] <= word.start:
            place += 1
        free = place == len(spans) or word.end <= spans[place][0]
        if free and word.start >= reached:
            reached = word.end
            yield word
