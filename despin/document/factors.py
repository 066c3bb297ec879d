"""What the rest of a document says of an edit: anchors, the words around a place, and the table of the document.

Anchors (a title, keywords): nobody spun them, so an original in them is what the text is about, and a spun form in them
is meant.

Fit: trigrams see two words; which of six synonyms stood in a text often hangs on words
further away. The scorer reads these.
"""

from __future__ import annotations

from array import array
from collections import defaultdict

from despin.document.constraints import hold_to_table
from despin.document.state import Document
from despin.lm.scorer import TABLE
from despin.tuning import OwnTable


def context_factors(document: Document, settling: bool = True) -> array[float]:
    """What the odds of every arc are multiplied by, the occurrence under decision not counted; `settling` says that the
    rates are known: then what stands is told from what is restored."""
    factors = array("d", [1.0]) * len(document.table.pairs)
    if document.anchors:
        _follow_anchors(document, factors)
    if document.fit is None:
        document.fit = fit_factors(document)
    for arc, gain in document.fit.items():
        factors[arc] *= gain
    if settling:
        hold_to_table(document, factors)
    return factors


def _follow_anchors(document: Document, factors: array[float]) -> None:
    """Multiply `factors` by what it says of arcs that their originals stand in the anchors, or their spun forms."""
    words, ids = _anchor_words(document), document.ids
    factor = 10.0**document.tuning.anchor
    for arc, pair in enumerate(document.table.pairs):
        if ids.original(pair) in words:
            factors[arc] *= factor
        if ids.form_words[ids.pair_forms[pair]] in words:
            factors[arc] /= factor


def _anchor_words(document: Document) -> frozenset[str]:
    """The words the channel knows that stand in the document's anchors, spun forms and originals alike."""
    patterns = document.channel.patterns
    matches = document.channel.match("\n".join(document.anchors))
    found = {patterns[pattern] for pattern in (*matches.unspun, *(site.pattern for site in matches.sites))}
    return frozenset(word for word in found if len(word) > 1)


def fit_factors(document: Document) -> dict[int, float]:
    """What the odds of arcs are multiplied by for how well their originals fit, by the
    scorer. Posteriors are those of now."""
    table, ids, text = document.table, document.ids, document.text
    arcs = [arc for arc, posterior in enumerate(table.posteriors) if posterior >= OwnTable.least]
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    for arc in arcs:
        if table.starts[arc] < table.ends[arc]:
            places[table.starts[arc], table.ends[arc]].append(arc)
    names, pairs, numbers = ids.original_words, table.pairs, ids.pair_originals
    asked = [(*place, [names[numbers[pairs[arc]]] for arc in own]) for place, own in places.items()]
    if not asked:
        return {}
    found = document.candidates.scorer.gains(text, asked, TABLE)
    return {
        arc: 10.0 ** (OwnTable.fit * (gain + OwnTable.bias))
        for own, gains in zip(places.values(), found, strict=True)
        for arc, gain in zip(own, gains, strict=True)
    }
