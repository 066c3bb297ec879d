"""A small language model in despin's own format, with words of a text: what damage does to it is seen in a moment."""

from __future__ import annotations

from random import Random

import numpy as np

from despin.kernel import ngram_file as form
from tools.train.lm.grams import Grams, Trigrams
from tools.train.lm.packing import pack

#: Words, and pairs of words that are drawn.
WORDS, PAIRS = 300, 3000


def small_model(text: str, seed: int) -> bytes:
    """The file of a made-up model that knows the characters and pairs of characters of a text, and other words."""
    chance = Random(seed)
    known = [*dict.fromkeys((*text, *(text[place : place + 2] for place in range(len(text) - 1))))]
    words = ["<unk>", *known[:WORDS]]
    words += [chr(0x4E00 + 7 * index) + chr(0x5E00 + index) for index in range(len(words), WORDS)]
    size = len(words)
    pairs = {(chance.randrange(1, size), 1 + int(chance.paretovariate(0.6)) % (size // 2)) for _ in range(PAIRS)}
    after: dict[int, list[int]] = {}
    for first, second in sorted(pairs):
        after.setdefault(first, []).append(second)
    triples = {(first, second, chance.choice(after[second])) for first, second in sorted(pairs) if second in after}
    contexts = {triple[:2] for triple in triples}

    def chances(count: int) -> list[float]:
        return [-chance.randrange(100, 28_000) / form.UNIT for _ in range(count)]

    def backoffs(marked: list[bool]) -> list[float]:
        return [-chance.randrange(1, 16) / 32 if one else -0.0 for one in marked]

    two, three = (sorted(grams, key=lambda gram: (gram[1], gram[0])) for grams in (pairs, triples))
    unigrams = Grams(
        np.arange(size)[:, None],
        np.array(chances(size)),
        np.array(backoffs([number in after for number in range(size)])),
    )
    bigrams = Grams(np.array(two), np.array(chances(len(two))), np.array(backoffs([pair in contexts for pair in two])))
    trigrams = Grams(np.array(three), np.array(chances(len(three))), np.zeros(len(three)))
    return pack(Trigrams(words, (unigrams, bigrams, trigrams)))
