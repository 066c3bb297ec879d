"""Trigrams of a corpus as a model: counts, and interpolated modified Kneser-Ney smoothing (Chen and Goodman 1998).

The words are those of another model, which also cuts the text into them; what it does not know, Latin text and numbers break a
sequence, as they do when despin reads a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from despin.kernel.types import PAUSES
from despin.lm.ngram import LanguageModel
from tools.train.lm.grams import Grams, Trigrams

if TYPE_CHECKING:
    from tools.train.lm.grams import Floats, Numbers

#: Stands between two sequences.
BREAK = -1
#: What is taken from n-grams seen never, once, twice and more often, where there are too few to tell.
FALLBACK = (0.0, 0.5, 1.0, 1.5)
_READ = re.compile(r"[\u3400-\u9fff]+|[" + re.escape("".join(PAUSES)) + r"]+|\S")


def sequence(text: str, model: LanguageModel, numbers: dict[str, int]) -> Iterator[int]:
    """The numbers of the words of `text`, with `BREAK` where something else stands and at the end."""
    for found in _READ.finditer(text):
        piece = found[0]
        if piece[0] in PAUSES:
            yield numbers[PAUSES[piece[0]]]
        elif len(piece) == 1 and not "\u3400" <= piece <= "\u9fff":
            yield BREAK
        else:
            for word in model.best_split(piece)[1]:
                yield numbers.get(word, BREAK)
    yield BREAK


def count(texts: Iterable[str], model: LanguageModel, vocabulary: list[str]) -> Trigrams:
    """The model of `texts`: every bigram and trigram seen, back-off weights that make each context sum to one."""
    numbers = {word: number for number, word in enumerate(vocabulary)}
    chunks = [np.fromiter(sequence(text, model, numbers), np.int64) for text in texts]
    words = np.concatenate([np.array([BREAK]), *chunks])
    size = len(vocabulary)
    # A break counts as something that a word was seen after, and nothing is predicted after or across one.
    pairs = _distinct(np.stack([words[:-1], words[1:]], 1)[words[1:] >= 0], size)[0]
    whole = (words[1:-1] >= 0) & (words[2:] >= 0)
    triples, triple_counts = _distinct(np.stack([words[:-2], words[1:-1], words[2:]], 1)[whole], size)

    # Lower orders count what a word was seen after, not how often.
    bigrams, bigram_counts = _distinct(triples[:, 1:], size)
    _, unigram_counts = _distinct(pairs[:, 1:], size, every=True)
    kept = triples[:, 0] >= 0
    triples, triple_counts = triples[kept], triple_counts[kept]

    unigram, _ = _discounted(np.zeros(size, np.int64), unigram_counts, np.full(size, 1.0 / size))
    bigram, bigram_backoff = _discounted(bigrams[:, 0], bigram_counts, unigram[bigrams[:, 1]])
    place = find(bigrams, triples[:, 1:], size)
    contexts = find(bigrams, triples[:, :2], size)
    trigram, trigram_backoff = _discounted(contexts, triple_counts, bigram[place])
    return Trigrams(
        vocabulary,
        (
            Grams(np.arange(size)[:, None], np.log10(unigram), _padded(bigram_backoff, size)),
            Grams(bigrams, np.log10(bigram), _padded(trigram_backoff, len(bigrams))),
            Grams(triples, np.log10(trigram), np.zeros(len(triples))),
        ),
    )


def find(sorted_grams: Numbers, wanted: Numbers, size: int) -> Numbers:
    """The row of each of the `wanted` n-grams among `sorted_grams`, -1 where it is not there."""
    keys, looked_for = _keys(sorted_grams, size), _keys(wanted, size)
    place = np.minimum(np.searchsorted(keys, looked_for), len(keys) - 1)
    return np.where(keys[place] == looked_for, place, -1)


def _keys(grams: Numbers, size: int) -> Numbers:
    """One number for every n-gram, in the order of its words; a break comes first."""
    keys = grams[:, 0] + 1
    for column in range(1, grams.shape[1]):
        keys = keys * (size + 1) + grams[:, column] + 1
    return keys


def _distinct(grams: Numbers, size: int, every: bool = False) -> tuple[Numbers, Numbers]:
    """The distinct n-grams, sorted, and how often each stands there; `every` word, seen or not, for unigrams."""
    if every:
        return np.arange(size)[:, None], np.bincount(grams[:, 0], minlength=size)
    keys, counts = np.unique(_keys(grams, size), return_counts=True)
    columns = []
    for _ in range(grams.shape[1]):
        columns.append(keys % (size + 1) - 1)
        keys = keys // (size + 1)
    return np.stack(columns[::-1], 1), counts


def _padded(backoff: Floats, count: int) -> Floats:
    """log10 of back-off weights by context; 0 where nothing was seen after it."""
    found = np.zeros(count)
    seen = np.flatnonzero(backoff)
    found[seen] = np.log10(backoff[seen])
    return found


def _discounted(contexts: Numbers, counts: Numbers, lower: Floats) -> tuple[Floats, Floats]:
    """P of every n-gram of `counts` in its context, interpolated with `lower`, and by context what lower orders get."""
    seen = [int((counts == number).sum()) for number in (1, 2, 3, 4)]
    discounts = np.array(FALLBACK)
    if all(seen):
        share = seen[0] / (seen[0] + 2 * seen[1])
        discounts[1:] = [number - (number + 1) * share * seen[number] / seen[number - 1] for number in (1, 2, 3)]
    taken = discounts[np.minimum(counts, 3)]
    total = np.bincount(contexts, counts)
    left = np.bincount(contexts, taken) / np.maximum(total, 1)
    return (counts - taken) / total[contexts] + left[contexts] * lower, left
