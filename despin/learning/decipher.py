"""Learning from spun texts alone: a decipherment of the words that are too frequent and badly placed.

Every candidate (spun, original) works as a noisy channel at a flat rate; the decoder's posteriors are pooled over the
whole corpus, and expectation-maximisation re-estimates how often each original is replaced and by what (the
decipherment of Knight and others 2006, with candidates given). One document alone says too little.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from despin.channel.lexicon import Channel
from despin.decode.arcs import Ids, SegmentArcs
from despin.decode.candidates import CandidateIndex
from despin.document.state import Document
from despin.learning.texts import Text
from despin.lexicon.model import Entry, Family, Lexicon, Original
from despin.lm.ngram import LanguageModel
from despin.progress import Progress
from despin.results import Edit
from despin.tuning import TUNING

#: Share of replaceable words replaced, before anything is known.
RATE = 0.15
#: Passes over the corpus. More make frequent pairs ever surer at the cost of rare ones.
PASSES = 2
#: How many replacements an original's even spread over its forms is worth, and how many words the corpus' rate.
SPREAD = 0.5
STIFFNESS = 5.0
#: A corpus of more characters than this is decoded anew in every pass, to bound memory.
HELD = 400_000
#: The surest a single place may be, as log10 of the probability that the word is meant.
CEILING = 6.0
#: Fewer expected edits than this are no proposal.
LEAST = 0.5
#: Proposals of less score are left out.
LEAST_SCORE = 0.05
#: A strong proposal, and how many of them speak of a spinner: so many in so many characters, and by this power of the
#: length in others, since the same ones come again. Ordinary news yields half as many, with a thesaurus as with the
#: lexicons; news of which every seventh word was replaced two to three times as many.
STRONG_SCORE = 1.0
STRONG, STRONG_IN, GROWTH = 22.0, 5_000, 0.75
#: Of a short list, this share of its pairs being strong is enough, and at least so many.
SHARE, FEWEST = 0.1, 8
#: Characters that one word of the language model covers in running text.
CHARACTERS_A_WORD = 1.6
#: Characters around a place in an example.
AROUND = 10

Pair = tuple[str, str]
#: Spun forms with the originals each may stand for.
Candidates = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A substitution the corpus speaks for. `expected` edits at `sites` places in `documents`; `excess` is how many
    times as frequent the spun form is here as in the language model; proposals are ranked by `score`."""

    spun: str
    original: str
    score: float
    expected: float
    sites: int
    documents: int
    excess: float
    example: str

    def as_dict(self) -> dict[str, object]:
        """The proposal as JSON-ready values."""
        return {
            "spun": self.spun,
            "original": self.original,
            "score": round(self.score, 3),
            "expected": round(self.expected, 2),
            "sites": self.sites,
            "documents": self.documents,
            "excess": round(self.excess, 2),
            "example": self.example,
        }


@dataclass(slots=True)
class _Tally:
    """What one pass saw of a pair."""

    expected: float = 0.0
    surprise: float = 0.0
    sites: int = 0
    documents: set[int] = field(default_factory=set)
    best: tuple[float, int, int, int] = (0.0, 0, 0, 0)


class _Corpus:
    """The documents of a corpus under a channel, as often as they are asked for."""

    def __init__(self, texts: Sequence[Text], channel: Channel, model: LanguageModel) -> None:
        self._texts, self._channel = texts, channel
        self._candidates = CandidateIndex(channel, model, TUNING)
        self.size = sum(len(text.text) for text in texts)
        self._held: list[Document] | None = None

    def documents(self) -> Iterator[Document]:
        if self._held is not None:
            yield from self._held
            return
        held: list[Document] = []
        for text in self._texts:
            matches = self._channel.match(text.text)
            document = Document(text.text, matches, Ids(self._candidates))
            if self.size <= HELD:
                held.append(document)
            yield document
        if self.size <= HELD:
            self._held = held


def decipher(texts: Sequence[Text], candidates: Candidates, model: LanguageModel) -> list[Proposal]:
    """The candidates that the corpus speaks for, best first."""
    channel = Channel(_lexicon(candidates))
    corpus = _Corpus(texts, channel, model)
    forms = Counter(original for originals in candidates.values() for original in originals)
    seen = Counter[str]()
    rates: dict[str, float] = {}
    shares: dict[Pair, float] = {}
    rate = RATE
    tallies: dict[Pair, _Tally] = {}
    with Progress("deciphered", PASSES * corpus.size) as progress:
        for number in range(PASSES):
            tallies = defaultdict(_Tally)
            for index, document in enumerate(corpus.documents()):
                if not number:
                    unspun = document.matches.unspun
                    for pattern, count in zip(unspun.patterns, unspun.counts, strict=True):
                        seen[channel.patterns[pattern]] += count
                for segment in document.segment_arcs:
                    _e_step(index, segment, forms, rates, rate, shares, tallies)
                progress.add(len(document.text))
            rate, rates, shares = _m_step(tallies, seen, forms)
    return ranked(_proposals(tallies, texts, model))


def _lexicon(candidates: Candidates) -> Lexicon:
    entries = (
        Entry(spun, tuple(Original(original) for original in originals), "candidates")
        for spun, originals in candidates.items()
        if originals
    )
    return Lexicon((Family("candidates"),), tuple(entries))


def _e_step(
    index: int,
    segment: SegmentArcs,
    forms: Mapping[str, int],
    rates: Mapping[str, float],
    rate: float,
    shares: Mapping[Pair, float],
    tallies: dict[Pair, _Tally],
) -> None:
    odds = []
    for arc, spun in zip(segment.arcs, segment.spun, strict=True):
        replaced = rates.get(arc.original, rate) * shares.get((spun, arc.original), 1.0 / forms[arc.original])
        # A word that is itself an original would have been replaced as well, were it genuine.
        odds.append(replaced / (1.0 - rates.get(spun, rate)) if spun in forms else replaced)
    _, posteriors = segment.weighted.posteriors(odds)
    for arc, spun, posterior in zip(segment.arcs, segment.spun, posteriors, strict=True):
        tally = tallies[spun, arc.original]
        tally.expected += posterior
        tally.surprise -= math.log10(max(10.0**-CEILING, 1.0 - posterior))
        tally.sites += 1
        tally.documents.add(index)
        if posterior > tally.best[0]:
            tally.best = (posterior, index, segment.start + arc.start, segment.start + arc.end)


def _m_step(
    tallies: Mapping[Pair, _Tally], seen: Mapping[str, int], forms: Mapping[str, int]
) -> tuple[float, dict[str, float], dict[Pair, float]]:
    """The corpus' rate, the rate of every original, and the share of every form among its replacements."""
    replaced: dict[str, float] = defaultdict(float)
    meant: dict[str, float] = defaultdict(float)
    for (spun, original), tally in tallies.items():
        replaced[original] += tally.expected
        meant[spun] -= tally.expected
    kept = {original: max(0.0, seen.get(original, 0) + meant.get(original, 0.0)) for original in forms}
    total, left = sum(replaced.values()), sum(kept.values())
    rate = min(0.9, max(1e-3, total / (total + left + STIFFNESS)))
    rates = {
        original: min(
            0.95, (replaced.get(original, 0.0) + STIFFNESS * rate) / (replaced.get(original, 0.0) + left + STIFFNESS)
        )
        for original, left in kept.items()
    }
    shares = {
        (spun, original): (tally.expected + SPREAD) / (replaced[original] + SPREAD * forms[original])
        for (spun, original), tally in tallies.items()
    }
    return rate, rates, shares


def _proposals(tallies: Mapping[Pair, _Tally], texts: Sequence[Text], model: LanguageModel) -> Iterator[Proposal]:
    words = sum(len(text.text) for text in texts) / CHARACTERS_A_WORD
    places: dict[str, int] = {}
    for (spun, _), tally in tallies.items():
        places[spun] = max(places.get(spun, 0), tally.sites)
    for (spun, original), tally in tallies.items():
        if tally.expected < LEAST:
            continue
        excess = places[spun] / (words * 10.0 ** model.best_split(spun)[0] + 0.3)
        # Fires often, is seldom kept, and stands here more often than ordinary Chinese explains.
        score = tally.surprise * tally.expected / tally.sites * max(0.0, 1.0 - 1.0 / excess)
        _, index, start, end = tally.best
        yield Proposal(
            spun, original, score, tally.expected, tally.sites, len(tally.documents), excess,
            example(texts[index].text, start, end, original),
        )  # fmt: skip


def ranked(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The proposals, the best first."""
    return sorted(proposals, key=lambda one: (-one.score, one.spun, one.original))


def example(text: str, start: int, end: int, original: str) -> str:
    """The place `start:end` of `text` with a few characters around it, in markup."""
    from despin.text import wdiff

    low = max(0, start - AROUND, text.rfind("\n", 0, start) + 1)
    stop = text.find("\n", end, end + AROUND)
    high = stop if stop >= 0 else min(len(text), end + AROUND)
    spun = text[start:end]
    cut = text[low:high]
    lead = len(cut) - len(cut.lstrip())
    return wdiff.write(cut.strip(), [Edit(start - low - lead, end - low - lead, spun, original, 1.0)])


def likely(found: Sequence[Proposal]) -> list[Proposal]:
    """The proposals worth looking at."""
    return [one for one in found if one.score >= LEAST_SCORE]


def objection(found: Sequence[Proposal], texts: Sequence[Text], candidates: Candidates) -> str:
    """Why a corpus does not look spun with these candidates; empty where it does."""
    characters = sum(len(text.text) for text in texts)
    strong = sum(one.score >= STRONG_SCORE for one in found)
    pairs = sum(len(originals) for originals in candidates.values())
    if strong >= max(FEWEST, min(STRONG * (characters / STRONG_IN) ** GROWTH, SHARE * pairs)):
        return ""
    return (
        f"{strong} strong proposals in {characters:,} characters, as in ordinary Chinese: nobody seems to have spun "
        "this corpus with these candidates, or it is too small to tell"
    )


def from_thesaurus(path: str, texts: Sequence[Text], model: LanguageModel, encoding: str = "") -> dict[str, list[str]]:
    """The pairs of a word list that `despin lexicon import` reads, turned round. Raises `InputError`."""
    from despin.lexicon.importers import import_file

    return _useful(import_file(path, encoding=encoding).originals.items(), texts, model)


def from_lexicon(lexicon: Lexicon, texts: Sequence[Text], model: LanguageModel) -> dict[str, list[str]]:
    """The active pairs of all families of `lexicon`."""
    pairs: dict[str, dict[str, None]] = {}
    for entry in lexicon.entries:
        if entry.status == "active":
            pairs.setdefault(entry.spun, {}).update((original.text, None) for original in entry.originals)
    return _useful(pairs.items(), texts, model)


def _useful(
    pairs: Iterable[tuple[str, Iterable[str]]], texts: Sequence[Text], model: LanguageModel
) -> dict[str, list[str]]:
    """Spun forms that occur, with originals that are words; characters alone stand for too much to be deciphered."""
    whole = "\n".join(text.text for text in texts)
    found: dict[str, list[str]] = {}
    for spun, originals in pairs:
        if len(spun) > 1 and spun in whole:
            words = [word for word in originals if len(word) > 1 and word in model.vocabulary and word != spun]
            if words:
                found[spun] = words
    return found
