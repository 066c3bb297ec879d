"""Learning from spun texts alone: a decipherment of the words that are too frequent and badly placed.

Every candidate (spun, original) works as a noisy channel at a flat rate; the decoder's posteriors are pooled over the
whole corpus (the decipherment of Knight and others 2006, with candidates given). One document alone says too little.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from despin.channel.lexicon import ListChannel
from despin.decode.arcs import Ids, SegmentArcs
from despin.decode.candidates import CandidateIndex
from despin.document.state import Document
from despin.learning.texts import Text, example
from despin.lexicon.model import Entry, Family, Lexicon, Original
from despin.lm.ngram import LanguageModel
from despin.progress import Progress
from despin.tuning import TUNING, Deciphering

Pair = tuple[str, str]
#: Spun forms with the originals each may stand for.
Candidates = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A substitution the corpus speaks for. `expected` edits at `sites` places in `documents`; `excess` is how many
    times as frequent the spun form is here as in the language model; proposals are ranked by `score`. `edition` names
    the edition of a known family that writes it (`despin.learning.editions`)."""

    spun: str
    original: str
    score: float
    expected: float
    sites: int
    documents: int
    excess: float
    example: str
    edition: str = ""


@dataclass(slots=True)
class Tally:
    """What the corpus says of a pair; `documents` are the edits expected in each that has the spun form."""

    expected: float = 0.0
    surprise: float = 0.0
    sites: int = 0
    documents: dict[int, float] = field(default_factory=dict)
    best: tuple[float, int, int, int] = (0.0, 0, 0, 0)


def decipher(texts: Sequence[Text], candidates: Candidates, model: LanguageModel) -> list[Proposal]:
    """The candidates that the corpus speaks for, those worth looking at, best first."""
    return proposals(tally(texts, candidates, model), texts, model)


def tally(texts: Sequence[Text], candidates: Candidates, model: LanguageModel) -> dict[Pair, Tally]:
    """What `texts` say of every candidate that occurs in them."""
    channel = ListChannel(_lexicon(candidates))
    index = CandidateIndex(channel, model, TUNING)
    forms = Counter(original for originals in candidates.values() for original in originals)
    tallies: dict[Pair, Tally] = defaultdict(Tally)
    with Progress("deciphered", sum(len(text.text) for text in texts)) as progress:
        for number, text in enumerate(texts):
            document = Document(text.text, channel.match(text.text), Ids(index))
            for segment in document.segment_arcs:
                _count(number, segment, forms, tallies)
            progress.add(len(text.text))
    return tallies


def _lexicon(candidates: Candidates) -> Lexicon:
    entries = (
        Entry(spun, tuple(Original(original) for original in originals), "candidates")
        for spun, originals in candidates.items()
        if originals
    )
    return Lexicon((Family("candidates"),), tuple(entries))


def _count(number: int, segment: SegmentArcs, forms: Mapping[str, int], tallies: dict[Pair, Tally]) -> None:
    """Add what a segment of document `number` says; an original is written in each of its forms equally often."""
    odds = [
        # A word that is itself an original would have been replaced as well, were it genuine.
        Deciphering.rate / forms[arc.original] / (1.0 - Deciphering.rate if spun in forms else 1.0)
        for arc, spun in zip(segment.arcs, segment.spun, strict=True)
    ]
    _, posteriors = segment.weighted.posteriors(odds)
    for arc, spun, posterior in zip(segment.arcs, segment.spun, posteriors, strict=True):
        one = tallies[spun, arc.original]
        one.expected += posterior
        one.surprise -= math.log10(max(10.0**-Deciphering.ceiling, 1.0 - posterior))
        one.sites += 1
        one.documents[number] = one.documents.get(number, 0.0) + posterior
        if posterior > one.best[0]:
            one.best = (posterior, number, segment.start + arc.start, segment.start + arc.end)


def proposals(tallies: Mapping[Pair, Tally], texts: Sequence[Text], model: LanguageModel) -> list[Proposal]:
    """The pairs worth looking at, best first."""
    words = sum(len(text.text) for text in texts) / Deciphering.characters_a_word
    places: dict[str, int] = {}
    for (spun, _), one in tallies.items():
        places[spun] = max(places.get(spun, 0), one.sites)
    found = []
    for (spun, original), one in tallies.items():
        excess = places[spun] / (words * 10.0 ** model.best_split(spun)[0] + 0.3)
        # Fires often, is seldom kept, and stands here more often than ordinary Chinese explains.
        score = one.surprise * one.expected / one.sites * max(0.0, 1.0 - 1.0 / excess)
        if score >= Deciphering.least:
            _, index, start, end = one.best
            shown = example(texts[index].text, start, end, spun, original)
            documents = len(one.documents)
            found.append(Proposal(spun, original, score, one.expected, one.sites, documents, excess, shown))
    return sorted(found, key=lambda one: (-one.score, one.spun, one.original))


def objection(found: Sequence[Proposal], texts: Sequence[Text], candidates: Candidates) -> str:
    """Why a corpus does not look spun with these candidates; empty where it does."""
    characters = sum(len(text.text) for text in texts)
    strong = sum(one.score >= Deciphering.strong for one in found)
    if strong >= max(Deciphering.fewest, Deciphering.share * len(candidates)):
        return ""
    return (
        f"{strong} strong proposals in {characters:,} characters, as in ordinary Chinese: nobody seems to have spun "
        "this corpus with these candidates, or it is too small to tell"
    )


def from_thesaurus(path: str, texts: Sequence[Text], model: LanguageModel) -> dict[str, list[str]]:
    """The pairs of a word list that `despin lexicon import` reads, turned round. Raises `InputError`."""
    from despin.lexicon.importers import import_file

    return useful(import_file(path).originals.items(), texts, model)


def from_lexicon(lexicon: Lexicon, texts: Sequence[Text], model: LanguageModel) -> dict[str, list[str]]:
    """The active pairs of all families of `lexicon`."""
    pairs: dict[str, dict[str, None]] = {}
    for entry in lexicon.entries:
        if entry.status == "active":
            pairs.setdefault(entry.spun, {}).update((original.text, None) for original in entry.originals)
    return useful(pairs.items(), texts, model)


def useful(
    pairs: Iterable[tuple[str, Iterable[str]]], texts: Sequence[Text], model: LanguageModel
) -> dict[str, list[str]]:
    """The pairs whose spun form occurs in `texts` and whose original is a word; characters alone stand for too much."""
    whole = "\n".join(text.text for text in texts)
    found: dict[str, list[str]] = {}
    for spun, originals in pairs:
        if len(spun) > 1 and spun in whole:
            words = [word for word in originals if len(word) > 1 and word in model.vocabulary and word != spun]
            if words:
                found[spun] = words
    return found
