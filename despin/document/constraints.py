"""What a list's table says of an edit: a word is replaced everywhere or nowhere, or at its first place only.

Of 462 words of real pages, one was replaced at some of its places and not at others. So a word that stands in a text is
hardly behind a form of it, and a form that is restored here is one there. Pages that replace a word at its first place
only are told by words that stand behind it.
"""

from __future__ import annotations

import importlib
from array import array
from functools import cache
from typing import Any

from despin.document.state import Document
from despin.kernel.table import zeros
from despin.tuning import OwnTable


def hold_to_table(document: Document, factors: array[float]) -> None:
    """Multiply `factors`, by arc, by what the table of the document says of its edits, at the posteriors of now."""
    table, ids, constraints = document.table, document.ids, _loops()
    offered = document.offered_unreplaced[0]
    words = constraints.Occurrences(
        table, document.text, ids.original_words, offered, ids.pair_originals, OwnTable.least
    )
    if document.once is None:
        first, everywhere = constraints.first_places(words, OwnTable.restored)
        document.once = first >= OwnTable.shown and first > everywhere
    weights = OwnTable.form, OwnTable.stands, OwnTable.first, OwnTable.least
    constraints.say(words, ids.pair_forms, document.once, weights, zeros(len(table.pairs)), factors)


@cache
def _loops() -> Any:
    """The compiled loops, which only a text that is spun by a list needs."""
    return importlib.import_module("despin.kernel.constraints")
