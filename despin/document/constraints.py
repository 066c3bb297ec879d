"""What a list's table says of an edit: one target a word in a document, and everywhere or nowhere, or at its first place only.

Of 462 words of real pages, one was replaced at some of its places and not at others, and one by two targets. So a word that
stands in a text is hardly behind a form of it, a form that is restored here is one there, and of two forms of a word one is something
else. Pages that replace a word at its first place only are told by words that stand behind it. Thesauri draw anew at every
word; nothing is said of their edits, nor of those of a list that was run so, which words show that are restored and stand as well.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass
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
#: Edits less likely than this are not looked at.
LEAST = 0.01
#: Words, at least, that are restored at one place, as surely as this, and stand at another, where places are drawn one by one.
MIXED, SURE = 4, 0.5
#: Words that show first places only, at least.
SHOWN = 1.5


@dataclass(slots=True)
class _Word:
    """An original: where it stands with the probability of that, and its likely arcs."""

    standing: list[tuple[int, float]]
    arcs: list[int]


def table_factors(document: Document) -> dict[int, float]:
    """What the odds of arcs are multiplied by for the table of the document, at the posteriors of now, where that is not 1."""
    table, ids = document.table, document.ids
    if ids.source is None:
        ids.source = document.text
    said, pairs = ids.said, table.pairs
    if ids.source != document.text:
        # Some of it was restored: what stands since then says nothing, and what was said before holds.
        return {arc: said[pair] for arc, pair in enumerate(pairs) if pair in said} if said else {}
    if document.anew:
        return {}
    arcs = [arc for arc, posterior in enumerate(table.posteriors) if posterior >= LEAST]
    words, drawn, originals = dict[int, _Word](), document.drawn(), ids.pair_originals
    for arc in arcs:
        if drawn[arc]:
            continue
        original = originals[pairs[arc]]
        if original in words:
            words[original].arcs.append(arc)
        else:
            words[original] = _Word([], [arc])
    _find_standing(document, words, arcs)
    if document.once is None:
        document.once = _first_places_only(document, words)
        document.anew = not document.once and _draws_anew(document, words)
        if document.anew:
            return {}
    once = document.once
    forms = {} if once else _by_form(document, arcs)
    factors: dict[int, float] = {}
    for word in words.values():
        # A word that is met once says nothing but by its form.
        values = _said(document, word, once) if word.standing or len(word.arcs) > 1 else (0.0,)
        for arc, value in zip(word.arcs, values, strict=True):
            value += forms.get(arc, 0.0)
            if value:
                factors[arc] = 10.0**value
    ids.said = _least(pairs, factors)
    return factors


def _least(pairs: array[int], factors: dict[int, float]) -> dict[int, float]:
    """The least factor of each pair."""
    found: dict[int, float] = {}
    for arc, factor in factors.items():
        found[pairs[arc]] = min(factor, found.get(pairs[arc], factor))
    return found


def _find_standing(document: Document, words: dict[int, _Word], arcs: list[int]) -> None:
    """Fill in where the originals stand, as far as that is no part of what is restored."""
    text, table = document.text, document.table
    starts, ends, posteriors = table.starts, table.ends, table.posteriors
    restored: dict[tuple[int, int], float] = defaultdict(float)
    for arc in arcs:
        restored[starts[arc], ends[arc]] += posteriors[arc]
    taken = zeros(len(text) + 1)
    for (start, end), chance in restored.items():
        for place in range(start, end):
            if chance > taken[place]:
                taken[place] = chance
    for number, _ in document.offered_unreplaced:
        word = words.get(number)
        original = document.ids.original_words[number] if word is not None else ""
        place = text.find(original) if original else -1
        while word is not None and place >= 0:
            stands = 1.0 - max(taken[place : place + len(original)])
            if stands > 0.5:
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


def _draws_anew(document: Document, words: dict[int, _Word]) -> bool:
    """Whether the document shows that every place of a word is decided by itself: words that are restored and stand as well, against
    words that are restored at several places and stand nowhere."""
    starts, posteriors = document.table.starts, document.table.posteriors
    mixed = whole = 0
    for word in words.values():
        places = {starts[arc] for arc in word.arcs if posteriors[arc] >= SURE}
        if places and word.standing:
            mixed += 1
        elif len(places) > 1:
            whole += 1
    return mixed >= MIXED and mixed > whole


def _said(document: Document, word: _Word, once: bool) -> list[float]:
    """What the other places of a word say of each of its arcs (log10)."""
    pairs, posteriors = document.table.pairs, document.table.posteriors
    own: dict[int, float] = defaultdict(float)
    for arc in word.arcs:
        own[pairs[arc]] += posteriors[arc]
    stands = sum([stands for _, stands in word.standing])
    less = [0.0] * len(word.arcs)
    if len(own) > 1:
        less = [TARGET * min(1.0, max(0.0, _rival(document, word, arc) - own[pairs[arc]])) for arc in word.arcs]
    if not once:
        lost = STANDS * min(1.0, stands)
        return [-value - lost for value in less]
    starts, said = document.table.starts, list[float]()
    for arc, value in zip(word.arcs, less, strict=True):
        earlier = sum([stands for place, stands in word.standing if place < starts[arc]])
        earlier += sum([posteriors[other] for other in word.arcs if starts[other] < starts[arc]])
        said.append(-value + (-STANDS * min(1.0, earlier) if earlier > 0.05 else FIRST * min(1.0, stands)))
    return said


def _rival(document: Document, word: _Word, arc: int) -> float:
    """How often the word stands behind that other form at other places that it stands behind most."""
    pairs, starts, posteriors = document.table.pairs, document.table.starts, document.table.posteriors
    rivals: dict[int, float] = defaultdict(float)
    for other in word.arcs:
        if pairs[other] != pairs[arc] and starts[other] != starts[arc]:
            rivals[pairs[other]] += posteriors[other]
    return max(rivals.values(), default=0.0)


def _by_form(document: Document, arcs: list[int]) -> dict[int, float]:
    """What the other places of its form say of each of the `arcs` (log10), where that is not 0."""
    table, pair_forms = document.table, document.ids.pair_forms
    pairs, posteriors = table.pairs, table.posteriors
    chosen: dict[int, float] = defaultdict(float)
    left: dict[int, float] = defaultdict(float, Counter(table.place_forms))
    for arc in arcs:
        chosen[pairs[arc]] += posteriors[arc]
        left[pair_forms[pairs[arc]]] -= posteriors[arc]
    found: dict[int, float] = {}
    for arc in arcs:
        pair, own = pairs[arc], posteriors[arc]
        for_it, against = max(0.0, chosen[pair] - own), max(0.0, left[pair_forms[pair]] - (1.0 - own))
        if for_it != against:
            found[arc] = FORM * log10((for_it + 1.0) / (against + 1.0))
    return found
