"""What the rest of a document says of an edit: its topics, its collocations, and the words around a place.

Topics: a word that a text already holds is likelier to come again than the model says (the cache model of Kuhn and De
Mori 1990). Counted over the expected original text, it lets the clear places of a substitution decide the unclear ones,
and lets a true form that stands unspun speak for itself. Anchors (a title, keywords) say the same more loudly: nobody
spun them, so an original in them is what the text is about, and a spun form in them is meant.

Collocations: a text says the same thing more than once. Where 领取时间 stands once and 提取时间 three times, 提取 is what was
written; where 碳酸钠溶液 stands three times, a spinner that draws a synonym at random has not drawn it three times.

Fit: trigrams see two words; which of six synonyms stood in a text often hangs on words
further away. The scorer reads these.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict

from despin.document.constraints import hold_to_table
from despin.document.state import Document
from despin.kernel import em
from despin.kernel.table import zeros
from despin.lm.scorer import TABLE

#: Characters per word of Chinese prose.
WORD_LENGTH = 1.6
#: What every collocation met again adds to an edit's odds or takes from them (log10); there are four: one and two
#: characters before it, and after it.
COLLOCATION = 0.55
#: Collocations of more characters than this are not looked for.
LONGEST = 12
#: How much of what the scorer says counts beside the language model, which saw the nearest words as well, and what
#: is added to it beforehand (log10).
FIT, BIAS = 0.2, 0.8
#: What it may add to an edit's odds, or take from them, at most (log10).
MOST = 3.0
#: Collocations and surroundings of edits less likely than this are not looked at.
LEAST = 0.005


def topic_factors(document: Document, doubting: bool = False, judging: bool = False) -> array[float]:
    """What the odds of every arc are multiplied by, the occurrence under decision not counted.

    `doubting` counts an edit from an imported list for less, so that it has to hold its own against the chance that
    the page's word is one of the topics. `judging` takes all words of the page for
    meant, as they are if it is not spun.
    """
    ids, table, tuning = document.ids, document.table, document.tuning
    posteriors = doubted_posteriors(document) if doubting else table.posteriors
    factors = zeros(len(table.pairs))
    given = posteriors, document.offered_unreplaced, ids.pair_originals, ids.pair_forms, judging, ids.priors()
    bursts = tuning.burst, len(document.text) / WORD_LENGTH, tuning.burst_ceiling
    missing = em.fill_topic(table, *given, bursts, factors)
    if missing is not None:
        ids.find_priors(*missing)
        em.fill_topic(table, *given, bursts, factors)
    if document.anchors:
        _follow_anchors(document, factors)
    for context in context_factors(document, judging):
        for arc, gain in context.items():
            factors[arc] *= gain
    if not (doubting or judging):
        # What stands is told from what is restored once rates are known.
        hold_to_table(document, factors)
    return factors


def doubted_posteriors(document: Document) -> array[float]:
    """The posteriors by arc, less where only an imported list that offers many originals speaks for an edit."""
    imported = document.imported()
    if imported is None:
        return document.table.posteriors
    found = document.table.posteriors[:]
    em.lessen(document.table, imported, document.tuning.habit, found)
    return found


def context_factors(document: Document, judging: bool) -> tuple[dict[int, float], ...]:
    """What collocations (of edits that a thesaurus offers) and the scorer multiply the odds by, by arc; found once, at
    the posteriors of then. Where families are judged, only those of texts in whose lexicon a list was imported."""
    if judging and not document.channel.any_imported:
        return ()
    if document.context is None:
        beside = collocation_factors(document, document.drawn()) if any(document.channel.drawn) else {}
        document.context = beside, fit_factors(document)
    return document.context


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


def collocation_factors(document: Document, wanted: array[int]) -> dict[int, float]:
    """What the odds of the arcs that are `wanted` are multiplied by for their collocations elsewhere in the text, where
    that is not 1; posteriors are those of now."""
    table, ids, text = document.table, document.ids, document.text
    collocations: dict[int, tuple[list[str], list[str]]] = {}
    for arc, posterior in enumerate(table.posteriors):
        if posterior >= LEAST and wanted[arc]:
            start, end = table.starts[arc], table.ends[arc]
            before, after = text[max(0, start - 2) : start], text[end : end + 2]
            original = ids.original(table.pairs[arc])
            collocations[arc] = _collocations(before, original, after), _collocations(before, text[start:end], after)
    counts = _count(text, {one for both in collocations.values() for each in both for one in each})
    found = {}
    for arc, (originals, forms) in collocations.items():
        gain = sum(counts[one] > 0 for one in originals) - sum(counts[one] > 1 for one in forms)
        if gain:
            found[arc] = 10.0 ** (COLLOCATION * gain)
    return found


def _collocations(before: str, word: str, after: str) -> list[str]:
    """`word` with one and two characters before it, and after it."""
    found = [before[-1:] + word, before + word, word + after[:1], word + after]
    return [one for one in found if len(word) < len(one) <= LONGEST]


def _count(text: str, wanted: set[str]) -> Counter[str]:
    """How often each of the `wanted` strings stands in `text`."""
    counts: Counter[str] = Counter()
    for length in {len(one) for one in wanted}:
        here = [text[start : start + length] for start in range(len(text) - length + 1)]
        counts.update(one for one in here if one in wanted)
    return counts


def fit_factors(document: Document) -> dict[int, float]:
    """What the odds of arcs are multiplied by for how well their originals fit, by the
    scorer. Posteriors are those of now."""
    table, ids, text = document.table, document.ids, document.text
    arcs = [arc for arc, posterior in enumerate(table.posteriors) if posterior >= LEAST]
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    for arc in arcs:
        if table.starts[arc] < table.ends[arc]:
            places[table.starts[arc], table.ends[arc]].append(arc)
    asked = [(*place, [ids.original(table.pairs[arc]) for arc in own]) for place, own in places.items()]
    if not asked:
        return {}
    found = document.candidates.scorer.gains(text, asked, TABLE)
    return {
        arc: 10.0 ** max(-MOST, min(MOST, FIT * (gain + BIAS)))
        for own, gains in zip(places.values(), found, strict=True)
        for arc, gain in zip(own, gains, strict=True)
    }
