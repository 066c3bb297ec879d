"""What a list's table says of an edit: one target a word in a document, and everywhere or nowhere, or at its first place only.

Of 462 words of real pages, one was replaced at some of its places and not at others, and one by two targets. So a word that
stands in a text is hardly behind a form of it, a form that is restored here is one there, and of two forms of a word one is something
else. Pages that replace a word at its first place only are told by words that stand behind it. Thesauri draw anew at every
word; nothing is said of their edits.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from math import log10

from despin.document.state import Document
from despin.kernel.table import zeros

#: What the odds of an edit lose (log10) for its word standing elsewhere, for another form of the word being surer, and the power of what
#: the other places of its form say.
STANDS, TARGET, FORM = 1.5, 0.7, 0.2
#: What they gain where the word stands behind and only first places are replaced.
FIRST = 0.5
#: A place is restored from so much on.
RESTORED = 0.3
#: Words that show first places only, at least.
SHOWN = 1.5


@dataclass(slots=True)
class _Word:
    """An original: where it stands with the probability of that, and its arcs."""

    standing: list[tuple[int, float]] = field(default_factory=list)
    arcs: list[int] = field(default_factory=list)


def table_factors(document: Document) -> array[float]:
    """What the odds of every arc are multiplied by for the table of the document, at the posteriors of now."""
    table, ids = document.table, document.ids
    factors = array("d", [1.0]) * len(table.pairs)
    drawn = document.drawn()
    words: dict[int, _Word] = defaultdict(_Word)
    chosen: dict[int, float] = defaultdict(float)
    restored: dict[tuple[int, int], float] = defaultdict(float)
    for arc, posterior in enumerate(table.posteriors):
        if not drawn[arc]:
            words[ids.pair_originals[table.pairs[arc]]].arcs.append(arc)
        chosen[table.pairs[arc]] += posterior
        restored[table.starts[arc], table.ends[arc]] += posterior
    left: dict[int, float] = defaultdict(float)
    for place, form in zip(restored, _forms(document, restored), strict=True):
        left[form] += max(0.0, 1.0 - restored[place])
    _find_standing(document, words, restored)
    if document.once is None:
        document.once = _first_places_only(document, words)
    once = document.once
    for word in words.values():
        for arc in word.arcs:
            factors[arc] = 10.0 ** (_said(document, word, arc, once) + _by_form(document, arc, chosen, left, once))
    return factors


def _forms(document: Document, places: dict[tuple[int, int], float]) -> list[int]:
    """The number of the form at each place."""
    table, ids = document.table, document.ids
    at = {(table.starts[arc], table.ends[arc]): ids.pair_forms[table.pairs[arc]] for arc in range(len(table.pairs))}
    return [at[place] for place in places]


def _find_standing(document: Document, words: dict[int, _Word], restored: dict[tuple[int, int], float]) -> None:
    """Fill in where the originals stand, as far as that is no part of what is restored."""
    text = document.text
    taken = zeros(len(text) + 1)
    for (start, end), chance in restored.items():
        for place in range(start, end):
            taken[place] = max(taken[place], min(1.0, chance))
    for number, _ in document.offered_unreplaced:
        word, original = words.get(number), document.ids.original_words[number]
        if word is None or not original:
            continue
        place = text.find(original)
        while place >= 0:
            stands = 1.0 - max(taken[place : place + len(original)])
            if stands > 0.05:
                word.standing.append((place, stands))
            place = text.find(original, place + 1)


def _first_places_only(document: Document, words: dict[int, _Word]) -> bool:
    """Whether the document shows that only the first place of a word is replaced: words that stand behind their only form, against
    words that are restored at several places."""
    table, first, everywhere = document.table, 0.0, 0.0
    for word in words.values():
        sure = sorted(
            (table.starts[arc], table.posteriors[arc]) for arc in word.arcs if table.posteriors[arc] >= RESTORED
        )
        if not sure:
            continue
        place, chance = sure[0]
        if sure[-1][0] != place:
            everywhere += 1.0
        elif any(other > place for other, _ in word.standing) and not any(other < place for other, _ in word.standing):
            first += chance
    return first >= SHOWN and first > everywhere


def _said(document: Document, word: _Word, arc: int, once: bool) -> float:
    """What the other places of its word say of an arc (log10)."""
    table = document.table
    start = table.starts[arc]
    pair = table.pairs[arc]
    own = sum(table.posteriors[other] for other in word.arcs if table.pairs[other] == pair)
    rivals: dict[int, float] = defaultdict(float)
    for other in word.arcs:
        if table.pairs[other] != pair and table.starts[other] != start:
            rivals[table.pairs[other]] += table.posteriors[other]
    value = -TARGET * min(1.0, max(0.0, max(rivals.values(), default=0.0) - own))
    if not once:
        return value - STANDS * min(1.0, sum(stands for _, stands in word.standing))
    earlier = sum(stands for place, stands in word.standing if place < start)
    earlier += sum(table.posteriors[other] for other in word.arcs if table.starts[other] < start)
    if earlier > 0.05:
        return value - STANDS * min(1.0, earlier)
    return value + FIRST * min(1.0, sum(stands for _, stands in word.standing))


def _by_form(document: Document, arc: int, chosen: dict[int, float], left: dict[int, float], once: bool) -> float:
    """What the other places of its form say of an arc (log10)."""
    if once:
        return 0.0
    table, pair = document.table, document.table.pairs[arc]
    own = table.posteriors[arc]
    for_it = max(0.0, chosen[pair] - own)
    against = max(0.0, left[document.ids.pair_forms[pair]] - (1.0 - own))
    return FORM * log10((for_it + 1.0) / (against + 1.0))
