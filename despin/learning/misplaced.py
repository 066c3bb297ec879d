"""Words that stand where a neighbour of theirs belongs: learning without pairs and without a thesaurus.

Candidates are the nearest words in the model's own neighbourhood. Far more of them are wrong than right, so what the
corpus says of each is weighed together: does the neighbour read better at the places of the word, does it stand in the
same places itself, is the word spread over the documents instead of being the subject of a few.

Words that stand where another word could stand, found in the language model's own bigrams.

Positive pointwise mutual information with the words on the left and on the right, reduced by truncated singular value
decomposition (Levy and Goldberg 2014; Bullinaria and Levy 2012). Needs numpy and scipy: the extra `despin[learn]`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from despin.errors import UsageError
from despin.learning.corpus import Context, Fit, Words, segmented
from despin.learning.decipher import Proposal, ranked
from despin.learning.texts import Text, example
from despin.lm.bigrams import Bigrams, KnownBigrams, read_bigrams
from despin.lm.ngram import LanguageModel
from despin.progress import Progress

if TYPE_CHECKING:
    import numpy as np

    from despin.lm.ngram import LanguageModel

    Array = np.ndarray[Any, np.dtype[Any]]

#: The most frequent words: they are the contexts, and what may be proposed as an original.
FREQUENT = 12_000
DIMENSIONS = 200
#: A word with fewer bigrams than this has no neighbourhood.
LEAST_BIGRAMS = 8


@dataclass(frozen=True)
class Neighbourhood:
    """Unit vectors of words; `frequent` are the rows of words that may be originals, `known` the model's bigrams."""

    known: KnownBigrams
    rows: dict[str, int]
    names: list[str]
    vectors: Array
    frequent: Array

    def nearest(self, words: Iterable[str], count: int) -> dict[str, list[tuple[str, float]]]:
        """For each of `words` that has a neighbourhood, its `count` nearest frequent words with their cosines, the
        nearest first."""
        import numpy as np

        known = [word for word in words if word in self.rows]
        choices = self.vectors[self.frequent]
        found: dict[str, list[tuple[str, float]]] = {}
        for start in range(0, len(known), 1024):
            block = known[start : start + 1024]
            likeness = self.vectors[[self.rows[word] for word in block]] @ choices.T
            best = np.argpartition(-likeness, min(count + 1, likeness.shape[1] - 1), axis=1)[:, : count + 1]
            for word, row, columns in zip(block, likeness, best, strict=True):
                ranked = sorted(((self.names[self.frequent[c]], float(row[c])) for c in columns), key=lambda n: -n[1])
                found[word] = [(name, cosine) for name, cosine in ranked if name != word][:count]
        return found


def neighbourhood(model: LanguageModel, words: Iterable[str]) -> Neighbourhood:
    """The vectors of the model's most frequent words and of `words`.

    Raises `UsageError` when numpy or scipy is missing, `ModelError` when the model's bigrams cannot be read.
    """
    try:
        import numpy as np
        from scipy.sparse.linalg import svds
    except ImportError:
        raise UsageError("neighbours need numpy and scipy: pip install 'despin[learn]'") from None

    bigrams = read_bigrams(model)
    chosen, count = _chosen(bigrams, set(words))
    matrix = _information(bigrams, chosen, count)
    rng = np.random.default_rng(0)
    left, sizes, right = svds(matrix[:count], k=DIMENSIONS, v0=rng.standard_normal(count))
    root = np.sqrt(sizes)
    vectors = np.vstack([left * root, matrix[count:] @ (right.T / root)])
    norms = np.linalg.norm(vectors, axis=1)
    vectors = (vectors / np.where(norms > 0.0, norms, 1.0)[:, None]).astype(np.float32)
    names = [bigrams.words[index] for index in chosen]
    enough = np.diff(matrix.indptr) >= LEAST_BIGRAMS
    rows = {name: row for row, name in enumerate(names) if enough[row]}
    frequent = np.array([row for row in range(count) if enough[row] and len(names[row]) > 1])
    return Neighbourhood(KnownBigrams(bigrams), rows, names, vectors, frequent)


def _chosen(bigrams: Bigrams, words: set[str]) -> tuple[Array, int]:
    """The numbers of the frequent words, then of the others of `words`; and how many are frequent."""
    import numpy as np

    order = np.argsort(-bigrams.unigrams, kind="stable")
    frequent = [index for index in order[: FREQUENT + 3] if not bigrams.words[index].startswith("<")][:FREQUENT]
    known = set(frequent)
    others = [index for index, word in enumerate(bigrams.words) if word in words and index not in known]
    return np.array([*frequent, *others]), len(frequent)


def _information(bigrams: Bigrams, chosen: Array, count: int) -> Any:
    """Positive pointwise mutual information of the chosen words with `count` contexts
    on the left, then on the right."""
    import numpy as np
    from scipy.sparse import csr_matrix

    row = np.full(len(bigrams.words), -1)
    row[chosen] = np.arange(len(chosen))
    information = (bigrams.scores - bigrams.unigrams[bigrams.following]) * np.log(10.0)
    first, second = row[bigrams.previous], row[bigrams.following]
    before = (second >= 0) & (first >= 0) & (first < count) & (information > 0.0)
    after = (first >= 0) & (second >= 0) & (second < count) & (information > 0.0)
    values = np.concatenate([information[before], information[after]])
    rows = np.concatenate([second[before], first[after]])
    columns = np.concatenate([first[before], second[after] + count])
    return csr_matrix((values, (rows, columns)), shape=(len(chosen), 2 * count))


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
    """What the corpus says of one candidate, the word it may stand for a neighbour. Logarithms are to base 10."""

    #: Share of the neighbours of the word that the candidate has elsewhere in the corpus; the same less that of the
    #: best candidate.
    shared: float
    shared_less: float
    #: log of documents per place, of places, and of how commonplace the model finds the word and the candidate.
    spread: float
    places: float
    word: float
    candidate: float
    #: log of the documents of the word that hold the candidate too, against chance: a spinner leaves some standing.
    beside: float
    #: log of the candidate's frequency here against the model: what was replaced is missing.
    lacking: float
    #: log of the candidate's rank among the neighbours.
    rank: float
    #: Characters that the two words share; whether they are equally long with one in the same place; by how many one
    #: is longer.
    characters: int
    same_place: bool
    longer: int
    #: How much better the candidate reads at the places (log10): the mean beyond its commonness, and the best; and the
    #: mean probability that it is meant.
    better: float
    best: float
    likely: float
    #: Of the two words beside a place, how many the model knows beside the word, and beside the candidate.
    context_fit: float
    other_context_fit: float
    #: log of the frequency here against an ordinary corpus, of the word and of the candidate; 0 without one.
    above: float = 0.0
    below: float = 0.0

    def score(self) -> float:
        """The log-odds of a logistic regression, fitted on a newspaper of 1998 that a thesaurus spinner had spun."""
        return (
            0.54 * self.shared
            + 2.41 * self.shared_less
            + 5.26 * self.spread
            + 0.28 * self.places
            + 1.03 * self.word
            + 0.70 * self.candidate
            + 1.95 * self.beside
            + 1.11 * self.lacking
            - 0.92 * self.rank
            + 1.36 * self.characters
            + 0.54 * self.same_place
            - 0.55 * self.longer
            + 0.29 * self.better
            + 0.59 * self.best
            + 1.16 * self.likely
            - 0.41 * self.context_fit
            + 0.62 * self.other_context_fit
            + 0.76 * self.above
            - 0.62 * self.below
            + 2.16
        )


def misplaced(texts: Sequence[Text], model: LanguageModel, ordinary: Sequence[Text] = ()) -> list[Proposal]:
    """The substitutions that the corpus speaks for, best first; `score` is a natural logarithm of odds.

    `ordinary` texts of the same kind, which nobody spun, tell what is frequent in such texts anyway. Raises
    `UsageError` when numpy or scipy is missing.
    """
    weighing = _Weighing(texts, model, ordinary)
    found: list[Proposal] = []
    with Progress("weighed", len(weighing.places)) as progress:
        for word, neighbours in weighing.near.nearest(sorted(weighing.places), NEIGHBOURS).items():
            weighed = ranked(weighing.proposals(word, neighbours))
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


class _Weighing:
    """A corpus with all that is asked of it again and again; `places` are those of the words to be looked at."""

    def __init__(self, texts: Sequence[Text], model: LanguageModel, ordinary: Sequence[Text]) -> None:
        self._texts = texts
        self._words = words = segmented(texts, model)
        self._ordinary = segmented(ordinary, model)
        self._fit = fit = Fit(model)
        wanted = {
            word
            for word, count in words.counts.items()
            if count >= LEAST_PLACES and word in model.vocabulary and count > words.total * 10.0 ** fit.unigram(word)
        }
        self.near = neighbourhood(model, wanted)
        self.places = words.places(wanted)
        self._held = [{word for word, _ in document} for document in words.documents]

    def proposals(self, word: str, neighbours: Sequence[tuple[str, float]]) -> Iterator[Proposal]:
        """`word` with each of its neighbours that stands in the corpus, weighed."""
        words, fit = self._words, self._fit
        candidates = [
            other for other, cosine in neighbours if cosine > LEAST_COSINE and words.counts[other] >= LEAST_STANDING
        ]
        places = self.places[word]
        contexts = [words.context(place) for place in places]
        own = [fit(word, context) for context in contexts]
        documents = {place.document for place in places}
        count, rarity = len(places), fit.unigram(word)
        shares = {other: _shared(other, contexts, words) for other in candidates}
        most = max(shares.values(), default=0.0)
        context_fit = self._context_fit(word, contexts)
        above = self._against_ordinary(word)
        for rank, other in enumerate(candidates, 1):
            gains = [fit(other, context) - a for context, a in zip(contexts, own, strict=True)]
            odds = [10.0 ** min(6.0, gain - AGAINST) for gain in gains]
            commonness = fit.unigram(other)
            expected = sum(one / (1.0 + one) for one in odds)
            evidence = Evidence(
                shared=shares[other],
                shared_less=shares[other] - most,
                spread=math.log10(len(documents) / count),
                places=math.log10(count),
                word=rarity,
                candidate=commonness,
                beside=self._beside(other, documents),
                lacking=math.log10((words.counts[other] + 0.5) / (words.total * 10.0**commonness + 0.5)),
                rank=math.log10(rank),
                characters=len(set(word) & set(other)),
                same_place=len(word) == len(other) and any(map(str.__eq__, word, other)),
                longer=abs(len(word) - len(other)),
                better=sum(gains) / count - commonness + rarity,
                best=max(gains),
                likely=expected / count,
                context_fit=context_fit,
                other_context_fit=self._context_fit(other, contexts),
                above=above,
                below=self._against_ordinary(other),
            )
            best = places[max(range(count), key=odds.__getitem__)]
            shown = example(self._texts[best.document].text, best.start, best.end, word, other)
            excess = count / (words.total * 10.0**rarity + 0.3)
            yield Proposal(word, other, evidence.score(), expected, count, len(documents), excess, shown)

    def _beside(self, other: str, documents: set[int]) -> float:
        """log10 of how many of `documents` hold a word, against what its frequency in the corpus makes expected."""
        rate = self._words.counts[other] / self._words.total
        expected = sum(1.0 - math.exp(-rate * len(self._words.documents[number])) for number in documents)
        return math.log10((sum(other in self._held[number] for number in documents) + 0.5) / (expected + 0.5))

    def _context_fit(self, word: str, contexts: Sequence[Context]) -> float:
        """How many of the words before and after the contexts the model has seen beside `word`, 0 to 2."""
        holds = self.near.known.holds
        return sum(holds(context.last, word) + holds(word, context.next) for context in contexts) / len(contexts)

    def _against_ordinary(self, word: str) -> float:
        ordinary, words = self._ordinary, self._words
        if not ordinary.total:
            return 0.0
        return math.log10((words.counts[word] + 0.5) / words.total * ordinary.total / (ordinary.counts[word] + 0.5))


def _shared(other: str, contexts: Sequence[Context], words: Words) -> float:
    """The share of the words beside the places that stand beside `other` too."""
    before, after = words.before[other], words.after[other]
    return sum((c.last in before) + (c.next in after) for c in contexts) / (2 * len(contexts))
