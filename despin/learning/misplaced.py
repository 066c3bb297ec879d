"""Words that stand where a neighbour of theirs belongs: learning without pairs and without a thesaurus.

Candidates are the nearest words in the model's own neighbourhood. Far more of them are wrong than right, so what the
corpus says of each is weighed together: does the neighbour read better at the places of the word, does it stand in the
same places itself, is the word spread over the documents instead of being the subject of a few.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from despin.fluency import LanguageModel
from despin.learning.corpus import Context, Fit, Place, Words, segmented
from despin.learning.decipher import Proposal, example, ranked
from despin.learning.neighbours import Neighbourhood, neighbourhood
from despin.learning.texts import Text
from despin.learning.trie import Known
from despin.progress import Progress

#: A word is looked at when it stands here this often, and more often than in the model.
LEAST_PLACES = 3
#: Neighbours of a word, their least cosine, and how often each must stand in the corpus itself.
NEIGHBOURS, LEAST_COSINE, LEAST_STANDING = 40, 0.3, 2
#: log10 odds against any substitution at a place.
AGAINST = 1.0
#: Proposals of one word: a spun form has one or two originals, a word that is merely rare has many.
MOST = 2

#: Log-odds below which a proposal is not worth looking at: about one in four is right there.
LEAST_SCORE = -1.5

_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the corpus says of one candidate. Logarithms are to base 10."""

    #: log of the pooled likelihood ratio of the candidate against the word.
    pooled: float
    #: Share of the neighbours of the word that the candidate has elsewhere in the corpus; the same less that of the
    #: best candidate.
    shared: float
    shared_less: float
    #: log of documents per place, and of the word's frequency here against the model.
    spread: float
    excess: float
    #: Cosine less that of the nearest candidate.
    cosine_less: float
    #: Characters that the two words share; whether they are equally long with one in the same place; by how many one
    #: is longer.
    characters: int
    same_place: bool
    longer: int
    #: How much of the word's company the model knows, less what it should know.
    company: float
    #: Mean pointwise information of the word with its contexts; that of the candidate less it.
    fit: float
    fit_more: float

    def score(self) -> float:
        """The log-odds of a logistic regression, fitted on ordinary news that a thesaurus spinner had spun."""
        return (
            2.0 * self.pooled
            + 2.2 * self.shared
            + 2.1 * self.shared_less
            + 3.6 * self.spread
            - 1.5 * self.excess
            + 3.3 * self.cosine_less
            + 1.9 * self.characters
            + 0.2 * self.same_place
            - 0.6 * self.longer
            - 1.2 * self.company
            + 0.5 * self.fit
            + 0.5 * self.fit_more
            - 3.65
        )


def misplaced(texts: Sequence[Text], model: LanguageModel) -> list[Proposal]:
    """The substitutions that the corpus speaks for, best first; `score` is a natural logarithm of odds.

    Raises `UsageError` when numpy or scipy is missing.
    """
    words = segmented(texts, model)
    fit = Fit(model)
    wanted = {
        word
        for word, count in words.counts.items()
        if count >= LEAST_PLACES and word in model.vocabulary and count > words.total * 10.0 ** fit.unigram(word)
    }
    near = neighbourhood(model, wanted)
    places = words.places(wanted)
    found: list[Proposal] = []
    with Progress("weighed", len(wanted)) as progress:
        for word, neighbours in near.nearest(sorted(wanted), NEIGHBOURS).items():
            candidates = {
                other: cosine
                for other, cosine in neighbours
                if cosine > LEAST_COSINE and words.counts[other] >= LEAST_STANDING
            }
            weighed = ranked(_weighed(word, candidates, places[word], words, fit, near, texts))
            found += [one for one in weighed if _may_be(one.spun, one.original)][:MOST]
            progress.add(1)
    return ranked(found)


def likely(found: Sequence[Proposal]) -> list[Proposal]:
    """The proposals worth looking at."""
    return [one for one in found if one.score >= LEAST_SCORE]


def _may_be(spun: str, original: str) -> bool:
    """Whether a pair can be a substitution: not a longer name for the same, nor another number."""
    if spun in original or original in spun or sorted(spun) == sorted(original):
        return False
    return not (_NUMERALS.intersection(spun) and _NUMERALS.intersection(original))


def _weighed(
    word: str,
    candidates: dict[str, float],
    places: Sequence[Place],
    words: Words,
    fit: Fit,
    near: Neighbourhood,
    texts: Sequence[Text],
) -> Iterator[Proposal]:
    contexts = [words.context(place) for place in places]
    own = [fit(word, context) for context in contexts]
    empty = [fit.without(context) for context in contexts]
    count, rarity = len(places), fit.unigram(word)
    documents = len({place.document for place in places})
    excess = count / (words.total * 10.0**rarity + 0.3)
    information = sum(a - b for a, b in zip(own, empty, strict=True)) / count - rarity
    company = _company(word, contexts, near.known)
    shares = {other: _shared(other, contexts, words) for other in candidates}
    most, nearest = max(shares.values(), default=0.0), max(candidates.values(), default=0.0)
    for other, cosine in candidates.items():
        gains = [fit(other, context) - a for context, a in zip(contexts, own, strict=True)]
        odds = [10.0 ** min(6.0, gain - AGAINST) for gain in gains]
        evidence = Evidence(
            pooled=math.log10(sum(math.log10(1.0 + one) for one in odds) + 0.05),
            shared=shares[other],
            shared_less=shares[other] - most,
            spread=math.log10(documents / count),
            excess=math.log10(excess),
            cosine_less=cosine - nearest,
            characters=len(set(word) & set(other)),
            same_place=len(word) == len(other) and any(map(str.__eq__, word, other)),
            longer=abs(len(word) - len(other)),
            company=company,
            fit=information,
            fit_more=sum(gains) / count - fit.unigram(other) + rarity,
        )
        best = places[max(range(count), key=odds.__getitem__)]
        expected = sum(one / (1.0 + one) for one in odds)
        shown = example(texts[best.document].text, best.start, best.end, other)
        yield Proposal(word, other, evidence.score(), expected, count, documents, excess, shown)


def _shared(other: str, contexts: Sequence[Context], words: Words) -> float:
    """The share of the words beside the places that stand beside `other` too."""
    before, after = words.before[other], words.after[other]
    return sum((c.last in before) + (c.next in after) for c in contexts) / (2 * len(contexts))


def _company(word: str, contexts: Sequence[Context], known: Known) -> float:
    """The share of the words beside the places that the model has seen beside `word`, less the share to be expected;
    the mean of both sides."""
    before = [(context.last, word) for context in contexts if context.last]
    after = [(word, context.next) for context in contexts if context.next]
    left = known.share(before) - known.expected_before(word) if before else 0.0
    right = known.share(after) - known.expected_after(word) if after else 0.0
    return (left + right) / 2
