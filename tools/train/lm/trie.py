"""A KenLM trie of trigrams as arrays: what `despin/kernel/native/lm.pyx` reads one query at a time, all at once.

Words are numbers, their place in the file's word list; number 0 is the unknown word. Probabilities and back-off weights are
log10. The layout is that of KenLM's `QUANT_ARRAY_TRIE`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0"
_SANITY = 0x58
_KIND = 5


@dataclass(frozen=True)
class Grams:
    """The n-grams of one order: `words`, a column for every word, the last word last, and what the model says of each."""

    words: Numbers
    probability: Floats
    backoff: Floats


@dataclass(frozen=True)
class Trigrams:
    """A model: its words, and the n-grams of order 1, 2 and 3; unigrams stand in the order of the words."""

    vocabulary: list[str]
    grams: tuple[Grams, Grams, Grams]


def read(path: Path) -> Trigrams:
    """The model in `path`. Raises `ValueError` where that is no quantised KenLM trie of trigrams with its words."""
    data = np.frombuffer(path.read_bytes(), np.uint8)
    header = data[: _SANITY + 64].tobytes()
    order, _, kind, has_words, _ = struct.unpack_from("<B3xfIB3xI", header, _SANITY)
    if not header.startswith(_MAGIC) or (order, kind, has_words) != (3, _KIND, 1):
        raise ValueError(f"{path}: not a quantised KenLM trie of trigrams with its words")
    unigrams, bigrams, trigrams = struct.unpack_from("<QQQ", header, _SANITY + 20)
    place = (_SANITY + 20 + 3 * 8 + 7) // 8 * 8 + 8 + 8 * unigrams
    bits, backoff_bits = int(data[place + 1]), int(data[place + 2])
    place += 8
    tables = []
    for width in (bits, backoff_bits, bits):
        tables.append(data[place : place + (4 << width)].view("<f4").astype(float))
        place += 4 << width
    plain = data[place : place + 16 * (unigrams + 2)]
    place += 16 * (unigrams + 2)
    chopped = _chopped(bigrams + 1, trigrams, int(data[place + 1]))
    next_bits = trigrams.bit_length() - chopped
    high_count = (trigrams >> next_bits) + 1
    start = (place + 7) // 8 * 8 + 8
    high = data[start : start + 8 * high_count].view("<u8").astype(np.int64)
    place += 8 * (1 + high_count) + 7
    word_bits = unigrams.bit_length()
    entry = word_bits + bits + backoff_bits + next_bits
    middle = data[place:]
    place += ((1 + bigrams) * entry + 7) // 8 + 8
    last = data[place:]
    place += ((1 + trigrams) * (word_bits + bits) + 7) // 8 + 8
    vocabulary = data[place:].tobytes().decode("utf-8").split("\0")[:unigrams]

    records = plain.reshape(-1, 16)
    first = records[: unigrams + 1, 8:16].copy().view("<u8")[:, 0].astype(np.int64)
    rows = np.arange(bigrams + 1, dtype=np.int64)
    previous = _bits(middle, rows[:-1] * entry, word_bits)
    after = word_bits + backoff_bits
    lows = _bits(middle, rows * entry + after + bits, next_bits)
    following = lows | (np.searchsorted(high, rows, side="right") - 1) << next_bits
    word = np.repeat(np.arange(unigrams), np.diff(first))
    ends = np.arange(trigrams, dtype=np.int64) * (word_bits + bits)
    owner = np.repeat(rows[:-1], np.diff(following))
    return Trigrams(
        vocabulary,
        (
            Grams(
                np.arange(unigrams)[:, None],
                records[:unigrams, :4].copy().view("<f4")[:, 0].astype(float),
                records[:unigrams, 4:8].copy().view("<f4")[:, 0].astype(float),
            ),
            Grams(
                np.stack([previous, word], 1),
                tables[0][_bits(middle, rows[:-1] * entry + after, bits)],
                tables[1][_bits(middle, rows[:-1] * entry + word_bits, backoff_bits)],
            ),
            Grams(
                np.stack([_bits(last, ends, word_bits), previous[owner], word[owner]], 1),
                tables[2][_bits(last, ends + word_bits, bits)],
                np.zeros(trigrams),
            ),
        ),
    )


def _chopped(offset: int, following: int, configured: int) -> int:
    """How many high bits of the pointers to trigrams stand in a table of their own (`ChopBits` of lm/bhiksha.cc)."""
    required = following.bit_length()
    changes = [(following >> (required - chop)) * 64 - offset * chop for chop in range(min(required, configured) + 1)]
    return changes.index(min(changes))


def _bits(data: NDArray[np.uint8], offsets: Numbers, count: int) -> Numbers:
    """`count` bits of `data` from each of the bit `offsets`."""
    value = np.zeros(len(offsets), np.uint64)
    byte = offsets >> 3
    for index in range((count + 14) // 8):
        value |= data[byte + index].astype(np.uint64) << np.uint64(8 * index)
    shifted = value >> (offsets & 7).astype(np.uint64)
    return np.asarray(shifted & np.uint64((1 << count) - 1), np.int64)
