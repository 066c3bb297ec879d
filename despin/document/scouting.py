"""Which families are at work in a document, and at what rates: a few passes with all of them in play, then
with those that are believed."""

from __future__ import annotations

from despin.channel.matches import Matches
from despin.document.em import forget, observe, settle
from despin.document.families import choose_families
from despin.document.state import Document
from despin.kernel import em


def find_families(document: Document, first: Matches | None = None) -> None:
    """Find the families at work and their rates; `first` are the matches to scout by, all when left out."""
    believed = scout(document, document.matches) if first is None else scout_without_packs(document, first)
    document.believe(believed)
    settle(document, believed, fresh=first is not None)


def scout(document: Document, matches: Matches) -> set[int]:
    """The families to believe in, from a few passes with all of them in play; `matches`
    are those that the sites come from.

    With no family believed, `evidence` is the likelihood ratio of the likeliest one, or a value below 0 where none
    could reach the threshold, lower the less there is to go by.
    """
    if document.tuning.scouting:
        em.e_step(document.estimate)
        gains = sum(document.table.gains)
        most = gains + max([0.0, *document.prior])
        if most < document.threshold:
            # All families together, nothing yet held against them, fall short of what a single one must reach.
            document.evidence = document.damage = most - document.threshold
            return set()
        observe(document, matches)
        em.m_step(document.estimate)
        em.passes(document.estimate, document.tuning.scouting - 1)
    return choose_families(document)


def scout_without_packs(document: Document, first: Matches) -> set[int]:
    """What `scout` gives with the packs out of play; `first` are the matches without them. All that it counted is
    forgotten but for families and rates."""
    table = document.table
    weights = table.weights
    with document.candidates.lock:  # other threads may be adding offers
        table.take(table.columns.without(document.candidates.packed))
    believed = scout(document, first)
    table.take(weights)
    if believed:
        forget(document)
        observe(document, document.matches)
    return believed
