"""Expectation-maximisation over one document: at what rate its families work, and how sure every edit is.

The model (the noisy channel of Shannon 1948, its rates estimated as in Dempster, Laird and Rubin 1977): a spinner of
family k replaces each word it knows with probability r(k) and takes form x for original o with w(x | o). Nothing is
set by the user: r(k) comes from the document's own sites, and the words it left unspun count against it.
"""

from __future__ import annotations

from array import array
from collections.abc import Set as AbstractSet

from despin.channel.matches import Matches
from despin.document.factors import context_factors
from despin.document.paragraphs import paragraph_beliefs
from despin.document.state import Document
from despin.kernel import em, ratios
from despin.kernel.picking import believe, calibrate
from despin.kernel.table import clear


def observe(document: Document, matches: Matches) -> None:
    """Count the originals that stand unreplaced by `matches`. The first look at a document does without."""
    unspun = matches.unspun
    document.exposed = ratios.expose(unspun.patterns, unspun.counts, *document.channel.exposures, document.unspun)
    document.offered_unreplaced = document.ids.count_unreplaced(unspun, document.unreplaced)


def forget(document: Document) -> None:
    """Forget all that was counted and expected, but for families and rates."""
    document.table.clear()
    for counts in (document.unspun, document.unreplaced, document.replaced):
        clear(counts)


def settle(document: Document, believed: AbstractSet[int], fresh: bool) -> None:
    """Find the rates of the families that are `believed`; `fresh` says that nothing was expected of these sites before.

    With no family believed all posteriors are 0.
    """
    if not believed:
        document.table.clear()
        return
    if fresh:
        # Rates were found at other sites; these counts start from none, far from where they belong.
        em.passes(document.estimate, document.tuning.settling)
    document.estimate_residue()
    em.e_step(document.estimate)
    document.follow(context_factors(document, settling=False))
    for turn in range(document.tuning.settling):
        if turn:
            document.follow(context_factors(document))
        em.passes(document.estimate, 1)
        document.estimate_residue()


def finish(document: Document) -> None:
    """Find the posterior of every edit and the belief in every paragraph at the rates that are settled."""
    if document.context is not None:
        document.follow(context_factors(document))
        em.e_step(document.estimate)
        document.beliefs = paragraph_beliefs(document)


def assume(document: Document) -> None:
    """Posteriors as if every family worked at the starting rate: what a text would read like, were it spun."""
    document.rates[:] = array("d", [document.tuning.start_rate]) * len(document.rates)
    em.e_step(document.estimate)


def confidences(document: Document) -> array[float]:
    """The probability of every edit, by arc, given that the document is spun."""
    found = document.table.posteriors[:]
    if document.beliefs:
        beliefs = array("d", [document.beliefs.get(paragraph, 1.0) for paragraph in document.paragraphs])
        believe(document.table, beliefs, found)
    numbers = document.tuning.calibration
    calibrate(found, numbers.even, numbers.slope, numbers.lift)
    return found


def clean_lines(document: Document) -> frozenset[str]:
    """The lines that nobody spun, as far as the document can tell, given that it is spun."""
    lines = (document.text if document.residue is None else document.residue.source).split("\n")
    return frozenset(lines[number] for number, belief in document.beliefs.items() if belief < 0.5)
