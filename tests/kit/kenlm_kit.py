"""Writes a model as KenLM's `build_binary -a -q -b trie` does: a quantised trie of trigrams with its words (KenLM, lm/trie.hh,
lm/quantize.hh, lm/vocab.cc). What despin comes with is in another format, so its readers of KenLM's have nothing else to read."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tools.train.lm.grams import Trigrams

_HEAD = struct.pack(
    "<56s3f2I4xQ", b"mmap lm http://kheafield.com/code format version 5\n", 0.0, 1.0, -0.5, 1, 0xFFFFFFFF, 1
)
_MULTIPLIER, _MASK = 0xC6A4A7935BD1E995, (1 << 64) - 1


def murmur(data: bytes) -> int:
    """The hash by which KenLM knows a word (MurmurHash64A)."""
    found = len(data) * _MULTIPLIER & _MASK
    for place in range(0, len(data) // 8 * 8, 8):
        part = int.from_bytes(data[place : place + 8], "little") * _MULTIPLIER & _MASK
        part = (part ^ part >> 47) * _MULTIPLIER & _MASK
        found = (found ^ part) * _MULTIPLIER & _MASK
    if len(data) % 8:
        found = (found ^ int.from_bytes(data[len(data) // 8 * 8 :], "little")) * _MULTIPLIER & _MASK
    found = (found ^ found >> 47) * _MULTIPLIER & _MASK
    return found ^ found >> 47


def packed(rows: list[list[tuple[int, int]]]) -> bytes:
    """Rows of (number, bits) one behind the other, and eight bytes more."""
    value = place = 0
    for row in rows:
        for number, size in row:
            value |= number << place
            place += size
    return value.to_bytes((place + 7) // 8 + 8, "little")


def binary(model: Trigrams) -> bytes:
    """The file of a model of at most 256 different numbers of each kind."""
    size = len(model.vocabulary)
    order = [0, *sorted(range(1, size), key=lambda old: murmur(model.vocabulary[old].encode()))]
    number = {old: new for new, old in enumerate(order)}
    words = [model.vocabulary[old] for old in order]
    unigrams, bigrams, trigrams = model.grams
    pairs = sorted(
        ((number[word], number[previous]), index) for index, (previous, word) in enumerate(bigrams.words.tolist())
    )
    rank = {pair: index for index, (pair, _) in enumerate(pairs)}
    triples = sorted(
        ((rank[number[last], number[middle]], number[first]), index)
        for index, (first, middle, last) in enumerate(trigrams.words.tolist())
    )
    tables = [_table(bigrams.probability), _table(bigrams.backoff, 2), _table(trigrams.probability)]
    ends = np.searchsorted([place for (place, _), _ in triples], np.arange(len(pairs) + 1))
    word_bits, pointer_bits = size.bit_length(), len(triples).bit_length()
    first = np.searchsorted([word for (word, _), _ in pairs], np.arange(size + 1))
    parts = [
        _HEAD,
        struct.pack("<B3xfIB3xI3Q", 3, 1.5, 5, 1, 1, size, len(pairs), len(triples)),
        bytes(4),
        struct.pack(f"<{size}Q", size - 1, *(murmur(word.encode()) for word in words[1:])),
        bytes(8),
        bytes((2, 8, 8, 0, 0, 0, 0, 0)),
        *(struct.pack("<256f", *table) for table in tables),
        *(
            struct.pack("<2fQ", unigrams.probability[old], unigrams.backoff[old], first[new])
            for new, old in enumerate(order)
        ),
        struct.pack("<2fQ", 0.0, 0.0, len(pairs)),
        bytes(16),
    ]
    rows = [
        [
            (pair[1], word_bits),
            (_code(tables[1], bigrams.backoff[index]), 8),
            (_code(tables[0], bigrams.probability[index]), 8),
            (int(ends[at]), pointer_bits),
        ]
        for at, (pair, index) in enumerate(pairs)
    ]
    # The pointer of the entry behind the last says where the trigrams end.
    rows.append([(0, word_bits + 16), (len(triples), pointer_bits)])
    triple_rows = [[(one, word_bits), (_code(tables[2], trigrams.probability[at]), 8)] for (_, one), at in triples]
    # No bits of pointers stand in a table of their own; one entry stands behind the last trigram too.
    parts += [bytes(23), packed(rows), packed([*triple_rows, [(0, word_bits + 8)]])]
    return b"".join([*parts, "".join(word + "\0" for word in words).encode()])


def _table(values: Any, reserved: int = 0) -> list[float]:
    """The levels of some numbers, in order; of back-off weights minus zero and zero come first."""
    plain = sorted({float(value) for value in values if value or not reserved})
    return [*(-0.0, 0.0)[:reserved], *plain, *([plain[-1]] * (256 - reserved - len(plain)))]


def _code(table: list[float], value: float) -> int:
    return 0 if value == 0.0 else table.index(float(value))


def backed_off(model: Trigrams) -> Callable[[Sequence[str]], list[float]]:
    """What gives log10 P of every word of a sequence given the two before it: that of the longest n-gram that ends there, and the back-off
    weights of what stands before it where no longer n-gram is known."""
    held = {
        tuple(model.vocabulary[number] for number in row): (score, backoff)
        for grams in model.grams
        for row, score, backoff in zip(
            grams.words.tolist(), grams.probability.tolist(), grams.backoff.tolist(), strict=True
        )
    }

    def score(words: tuple[str, ...]) -> float:
        if words in held:
            return float(held[words][0])
        return score(words[1:]) + float(held.get(words[:-1], (0.0, 0.0))[1])

    def scores(words: Sequence[str]) -> list[float]:
        known = [word if (word,) in held else "<unk>" for word in words]
        return [score(tuple(known[max(0, place - 2) : place + 1])) for place in range(len(known))]

    return scores
