"""Two models as one: linear interpolation over all n-grams that either lists (as SRILM's `ngram -mix-lm` does), pruned by
what each is worth (relative entropy, Stolcke 1998)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.train.lm.counting import find
from tools.train.lm.grams import Grams, Trigrams

if TYPE_CHECKING:
    from tools.train.lm.grams import Floats, Numbers


def mix(one: Trigrams, other: Trigrams, share: float) -> Trigrams:
    """(1 - share) P(one) + share P(other), with back-off weights that make each context sum to one.

    Both have the same vocabulary. The unknown word keeps what `one` gives it.
    """
    size = len(one.vocabulary)
    one, other = _sorted(one), _sorted(other)
    mixed = (1.0 - share) * 10.0 ** one.grams[0].probability + share * 10.0 ** other.grams[0].probability
    unknown = 10.0 ** one.grams[0].probability[0]
    mixed[1:] *= (mixed.sum() - unknown) / mixed[1:].sum()
    mixed[0] = unknown
    unigram = np.log10(mixed)
    triples = _union(one.grams[2].words, other.grams[2].words, size)
    pairs = _union(one.grams[1].words, other.grams[1].words, size)
    pairs = _union(_union(pairs, triples[:, 1:], size), triples[:, :2], size)
    found = []
    for words in (pairs, triples):
        both = [10.0 ** probability(model, words) for model in (one, other)]
        found.append(np.log10((1.0 - share) * both[0] + share * both[1]))
    return balanced(one.vocabulary, unigram, pairs, found[0], triples, found[1])


def probability(model: Trigrams, words: Numbers) -> Floats:
    """log10 P of the last of every row of two or three `words` after the others; `model` is sorted."""
    size = len(model.vocabulary)
    if words.shape[1] == 1:
        return model.grams[0].probability[words[:, 0]]
    grams, context = model.grams[words.shape[1] - 1], model.grams[words.shape[1] - 2]
    lower = probability(model, words[:, 1:])
    before = find(context.words, words[:, :-1], size)
    backoff = np.where(before >= 0, context.backoff[before], 0.0)
    row = find(grams.words, words, size)
    return np.where(row >= 0, grams.probability[row], lower + backoff)


def prune(model: Trigrams, bigrams: int, trigrams: int) -> Trigrams:
    """`model` with about so many n-grams: those without which it would change most, and what they need to stand on."""
    unigram, pairs, triples = model.grams
    kept = _worth(model, triples) >= _least(_worth(model, triples), trigrams)
    words, found = triples.words[kept], triples.probability[kept]
    model = balanced(model.vocabulary, unigram.probability, pairs.words, pairs.probability, words, found)
    size = len(model.vocabulary)
    needed = np.zeros(len(pairs.words), bool)
    for columns in (words[:, 1:], words[:, :2]):
        needed[find(pairs.words, columns, size)] = True
    worth = np.where(needed, np.inf, _worth(model, model.grams[1]))
    keep = worth >= _least(worth, bigrams)
    return balanced(model.vocabulary, unigram.probability, pairs.words[keep], pairs.probability[keep], words, found)


def balanced(
    vocabulary: list[str], unigram: Floats, pairs: Numbers, pair: Floats, triples: Numbers, triple: Floats
) -> Trigrams:
    """The model of these n-grams, sorted, with the back-off weights that make every context sum to one."""
    size = len(vocabulary)
    backoff = _backoff(pairs[:, 0], pair, unigram[pairs[:, 1]], size)
    plain = Trigrams(
        vocabulary,
        (
            Grams(np.arange(size)[:, None], unigram, backoff),
            Grams(pairs, pair, np.zeros(len(pairs))),
            Grams(triples, triple, np.zeros(len(triples))),
        ),
    )
    contexts = find(pairs, triples[:, :2], size)
    lower = probability(plain, triples[:, 1:])
    pair_backoff = _backoff(contexts, triple, lower, len(pairs))
    return Trigrams(vocabulary, (plain.grams[0], Grams(pairs, pair, pair_backoff), plain.grams[2]))


def _backoff(contexts: Numbers, listed: Floats, lower: Floats, count: int) -> Floats:
    """By context, log10 of what is left for n-grams that are not listed over what the lower order gives them."""
    left = 1.0 - np.bincount(contexts, 10.0**listed, count)
    over = 1.0 - np.bincount(contexts, 10.0**lower, count)
    # Rounding, and a unigram of the unknown word that was set apart, can leave less than nothing.
    return np.asarray(np.log10(np.clip(left, 1e-6, None) / np.clip(over, 1e-6, None)))


def _worth(model: Trigrams, grams: Grams) -> Floats:
    """The weighted loss of log P in the context of every n-gram, were it left out."""
    size = len(model.vocabulary)
    words, before = grams.words, grams.words[:, :-1]
    context = model.grams[words.shape[1] - 2]
    row = find(context.words, before, size)
    history = context.probability[row]
    if before.shape[1] == 2:
        history = history + model.grams[0].probability[before[:, 0]]
    listed, lower = 10.0**grams.probability, 10.0 ** probability(model, words[:, 1:])
    backoff = 10.0 ** context.backoff[row]
    count = len(context.words)
    left = np.clip(1.0 - np.bincount(row, listed, count), 1e-6, None)[row]
    over = np.clip(1.0 - np.bincount(row, lower, count), 1e-6, None)[row]
    without = (left + listed) / (over + lower)
    change = listed * (np.log(lower * without) - np.log(listed)) + left * (np.log(without) - np.log(backoff))
    return np.asarray(-(10.0**history) * change)


def _least(worth: Floats, count: int) -> float:
    return float(np.partition(worth, -count)[-count]) if count < len(worth) else -np.inf


def _sorted(model: Trigrams) -> Trigrams:
    grams = []
    for each in model.grams:
        order = np.lexsort(each.words.T[::-1])
        grams.append(Grams(each.words[order], each.probability[order], each.backoff[order]))
    return Trigrams(model.vocabulary, (grams[0], grams[1], grams[2]))


def _union(one: Numbers, other: Numbers, size: int) -> Numbers:
    missing = other[find(one, other, size) < 0]
    both = np.unique(np.concatenate([one, missing]) @ (size ** np.arange(one.shape[1])[::-1]))
    return np.stack([both // size**power % size for power in reversed(range(one.shape[1]))], 1)
