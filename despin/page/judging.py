"""The last word on a page that surely is one: lines that the rules left are dropped where the chain believes it."""

from __future__ import annotations

from despin.page import chain
from despin.page.evidence import observe
from despin.page.furniture import Furniture
from despin.page.structure import Layout

#: A line is dropped where the chain is so sure of it.
SURE = 0.6
REASONS = {
    chain.ABOVE: "above the article, by its shape and neighbours",
    chain.BETWEEN: "between title and article, by its shape and neighbours",
    chain.INSIDE: "put into the article, by its shape and neighbours",
    chain.BELOW: "below the article, by its shape and neighbours",
}


def features(layout: Layout, furniture: Furniture) -> list[list[str]]:
    """What the chain sees of a page whose layout the rules have decided."""
    nameless = layout.cutter.without if layout.cutter is not None else str
    return observe(layout.rows, layout.active, layout.reasons, layout.kept, layout.title, nameless, furniture)


def judge(layout: Layout, furniture: Furniture) -> None:
    """Add to the layout's reasons what the chain would drop."""
    beliefs = chain.beliefs(features(layout, furniture), chain.load())
    for row, belief in zip(layout.rows, beliefs, strict=True):
        if row.index in layout.reasons or row.index == layout.title:
            continue
        if 1.0 - sum(belief[state] for state in chain.KEPT) >= SURE:
            layout.reasons[row.index] = REASONS[max(REASONS, key=lambda state: belief[state])]
