"""What the words around an edit say of it: whether its original fits among them, or its spun form does.

Trigrams see two words; which of six synonyms stood in a text often hangs on words further away. Only edits that an
imported list offers are looked at: to those of the shipped families, whose pairs are weighed by hand, this adds nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.document.em import Document
    from despin.lm.context import ContextModel, Cut

#: How much of what the context model says counts beside the language model, which saw the nearest words as well: for the
#: synonyms of a thesaurus, and for pairs of a list, which offers fewer.
SHARE, SHARE_OF_PAIRS = 0.35, 0.2
#: What it may add to an edit's odds, or take from them, at most (log10).
MOST = 3.0
#: Edits less likely than this are not looked at.
LEAST = 0.005


def fit_factors(document: Document, wanted: array[int], drawn: array[int]) -> dict[int, float]:
    """What the odds of the arcs that are `wanted` are multiplied by, those `drawn` from a thesaurus among them; posteriors
    are those of now."""
    table, making, text = document.table, document.making, document.text
    context = making.offers.context
    cut = context.cut(text)
    arcs = [arc for arc, posterior in enumerate(table.posteriors) if posterior >= LEAST and wanted[arc]]
    places: dict[tuple[int, int], tuple[array[int], array[int], float]] = {}
    words: dict[str, array[int]] = {}
    found = {}
    for arc in arcs:
        start, end = table.starts[arc], table.ends[arc]
        place = places.get((start, end))
        if place is None:
            before, after = _before(context, cut, text, start), _after(context, cut, text, end)
            kept = context.fit(before, context.words(text[start:end]), after)
            place = places[start, end] = before, after, kept
        original = making.original(table.pairs[arc])
        if original not in words:
            words[original] = context.words(original)
        gain = (SHARE if drawn[arc] else SHARE_OF_PAIRS) * (context.fit(place[0], words[original], place[1]) - place[2])
        found[arc] = 10.0 ** max(-MOST, min(MOST, gain))
    return found


def _before(context: ContextModel, cut: Cut, text: str, start: int) -> array[int]:
    """The words before `start`; one that goes on beyond it counts as what stands before."""
    last = bisect_right(cut.ends, start)
    whole = cut.numbers[max(0, last - context.reach) : last]
    if last < len(cut.starts) and cut.starts[last] < start:
        whole += context.words(text[cut.starts[last] : start])
    return whole


def _after(context: ContextModel, cut: Cut, text: str, end: int) -> array[int]:
    """The words after `end`; one that began before it counts as what stands after."""
    first = bisect_left(cut.starts, end)
    whole = cut.numbers[first : first + context.reach]
    if first and cut.ends[first - 1] > end:
        return context.words(text[end : cut.ends[first - 1]]) + whole
    return whole
