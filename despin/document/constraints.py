"""What a list's table says of an edit: one target a word in a document, and everywhere or
nowhere, or at its first place only.

Of 462 words of real pages, one was replaced at some of its places and not at others, and one by two targets. So a word
that stands in a text is hardly behind a form of it, a form that is restored here is one there, and of two forms of a
word one is something else. Pages that replace a word at its first place only are told by words that stand behind it.
Thesauri draw anew at every word; nothing is said of their edits, nor of those of a list that was run so, which words
show that are restored and stand as well.
"""

from __future__ import annotations

import importlib
from array import array
from functools import cache
from typing import Any

from despin.document.state import Document
from despin.kernel.table import zeros

#: What the odds of an edit lose (log10) for its word standing elsewhere, for another form of the word being surer, and
#: the power of what the other places of its form say.
STANDS, TARGET, FORM = 1.5, 0.7, 0.2
#: What the edits before a place have to come to, to speak against it where only first places are replaced.
EARLIER = 0.05
#: What they gain where the word stands behind and only first places are replaced.
FIRST = 0.5
#: A place is restored from so much on.
RESTORED = 0.3
#: Edits less likely than this are not looked at.
LEAST = 0.01
#: Words, at least, that are restored at one place, as surely as this, and stand at another,
#: where places are drawn one by one.
MIXED, SURE = 4, 0.5
#: Words that show first places only, at least.
SHOWN = 1.5


def hold_to_table(document: Document, factors: array[float]) -> None:
    """Multiply `factors`, by arc, by what the table of the document says of its edits, at the posteriors of now."""
    table, ids = document.table, document.ids
    if ids.source is None:
        ids.source = document.text
    if ids.source != document.text:
        # Some of it was restored: what stands since then says nothing, and what was said before holds.
        least = ids.least_said()
        if least:
            for arc, pair in enumerate(table.pairs):
                if pair in least:
                    factors[arc] *= least[pair]
        return
    if document.anew:
        return
    constraints = _loops()
    drawn = document.drawn() if any(document.channel.drawn) else array("i")
    offered = document.offered_unreplaced[0]
    words = constraints.Words(table, document.text, ids.original_words, offered, ids.pair_originals, drawn, LEAST)
    if document.once is None:
        first, everywhere = constraints.first_places(words, RESTORED)
        document.once = first >= SHOWN and first > everywhere
        if not document.once:
            mixed, whole = constraints.mixed_words(words, SURE)
            document.anew = mixed >= MIXED and mixed > whole
        if document.anew:
            return
    said = zeros(len(table.pairs))
    constraints.say(words, ids.pair_forms, document.once, (TARGET, FORM, STANDS, FIRST, EARLIER), said, factors)
    ids.said = table.pairs, said


@cache
def _loops() -> Any:
    """The compiled loops, which only a text that is spun by a list needs."""
    return importlib.import_module("despin.kernel.constraints")
