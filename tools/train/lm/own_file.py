"""All n-grams of a file of despin's own (`despin/kernel/ngram_file.py`) as arrays, all lists
read side by side. Needs numpy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from despin.kernel import ngram_file as form
from despin.kernel import open_trigrams
from tools.train.lm.grams import Grams, Trigrams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def read(path: Path) -> Trigrams:
    """The whole model in `path`. Raises `ModelError` for a damaged file, `OSError` for one that is not there."""
    return _Reader(path).trigrams()


class _Reader:
    def __init__(self, path: Path) -> None:
        open_trigrams(path)  # whose checks stand here too
        self._data: Array = np.frombuffer(path.read_bytes(), np.uint8)
        self._where = where = form.read_layout(self._data[:128].tobytes(), len(self._data), str(path))
        self._words = self._data[where.words_at :].tobytes().decode("utf-8").split("\0")[:-1]
        sizes = (1 << where.bigram_bits, 1 << where.backoff_bits, 1 << where.trigram_bits)
        tables = self._array(where.tables_at, "<i2", sum(sizes)) / form.UNIT
        self._bigram_table, self._backoff_table, self._trigram_table = np.split(tables, np.cumsum(sizes)[:2])

    def trigrams(self) -> Trigrams:
        """The model."""
        where = self._where
        unigrams = self._array(where.unigrams_at, "<i2", 2 * where.words).astype(float)
        backoff = np.where(unigrams[where.words :] == form.NO_BACKOFF, -0.0, unigrams[where.words :] / form.UNIT)
        heads = self._array(where.heads_at, "<u4", 2 * where.heads + 2).astype(np.int64).reshape(-1, 2)
        previous, codes = self._bigrams(heads)
        word = np.repeat(np.arange(where.heads), np.diff(heads[:, 0]))
        context, suffix = self._marks()
        pair_backoff = np.full(where.bigrams, -0.0)
        places = np.arange(where.contexts) * where.backoff_bits
        pair_backoff[context] = self._backoff_table[self._bits(where.backoffs_at, places, where.backoff_bits)]
        owner, rank, triple_codes = self._trigrams()
        ends = np.flatnonzero(suffix)[owner]
        contexts = np.flatnonzero(context)
        before = np.concatenate([[0], np.cumsum(context)])[heads[previous[ends], 0]]
        first = previous[contexts[before + rank]]
        return Trigrams(
            self._words,
            (
                Grams(np.arange(where.words)[:, None], unigrams[: where.words] / form.UNIT, backoff),
                Grams(np.stack([previous, word], 1), self._bigram_table[codes], pair_backoff),
                Grams(
                    np.stack([first, previous[ends], word[ends]], 1),
                    self._trigram_table[triple_codes],
                    np.zeros(len(ends)),
                ),
            ),
        )

    def _bigrams(self, heads: Array) -> tuple[Array, Array]:
        """Of every bigram the word before, and the code of its probability."""
        where = self._where
        counts = np.diff(heads[:, 0])
        blocks = -(-counts // form.BLOCK)
        ways = np.maximum(0, blocks - 1)
        owner = np.repeat(np.arange(where.heads), blocks)
        place = np.arange(len(owner)) - np.repeat(np.cumsum(blocks) - blocks, blocks)
        first = heads[owner, 0] + place * form.BLOCK
        size = np.minimum(form.BLOCK, heads[owner + 1, 0] - first)
        step = where.word_bits + where.way_bits
        start = heads[owner, 1] + ways[owner] * step
        later = np.flatnonzero(place)
        entry = heads[owner[later], 1] + (place[later] - 1) * step
        number = np.full(len(owner), -1, np.int64)
        number[later] = self._bits(where.bigrams_at, entry, where.word_bits)
        start[later] += self._bits(where.bigrams_at, entry + where.word_bits, where.way_bits)
        shift = self._bits(where.bigrams_at, start, form.SHIFT_BITS).astype(np.uint64)
        at = start + form.SHIFT_BITS + size * where.bigram_bits
        previous, codes = np.zeros(where.bigrams, np.int64), np.zeros(where.bigrams, np.int64)
        one = np.uint64(1)
        for index in range(form.BLOCK):
            coded = np.flatnonzero((size > index) & ((place == 0) | (index > 0)))
            value = self._window(where.bigrams_at, at[coded]) | one << np.uint64(56)
            whole = np.log2((value & (~value + one)).astype(float)).astype(np.uint64)
            rest = value >> (whole + one) & ((one << shift[coded]) - one)
            number[coded] += 1 + (whole << shift[coded] | rest).astype(np.int64)
            at[coded] += (whole + one + shift[coded]).astype(np.int64)
            here = np.flatnonzero(size > index)
            previous[first[here] + index] = number[here]
            code_at = start[here] + form.SHIFT_BITS + index * where.bigram_bits
            codes[first[here] + index] = self._bits(where.bigrams_at, code_at, where.bigram_bits)
        return previous, codes

    def _trigrams(self) -> tuple[Array, Array, Array]:
        """Of every trigram the number of the bigram it ends in (among those that have any), its rank, and its code."""
        where = self._where
        groups = form.groups_of(where.suffixes)
        at = self._array(where.groups_at, "<u4", groups).astype(np.int64)
        widths, counts, starts = (np.zeros(where.suffixes, np.int64) for _ in range(3))
        one = np.uint64(1)
        for index in range(form.GROUP):
            here = np.arange(index, where.suffixes, form.GROUP)
            at = at[: len(here)]
            value = self._window(where.trigrams_at, at)
            widths[here] = value & np.uint64((1 << form.WIDTH_BITS) - 1)
            value = value >> np.uint64(form.WIDTH_BITS) | one << np.uint64(24)
            whole = np.log2((value & (~value + one)).astype(float)).astype(np.uint64)
            counts[here] = one << whole | value >> (whole + one) & ((one << whole) - one)
            starts[here] = at + form.WIDTH_BITS + 2 * whole.astype(np.int64) + 1
            at = starts[here] + counts[here] * (widths[here] + where.trigram_bits)
        owner = np.repeat(np.arange(where.suffixes), counts)
        inner = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        place = starts[owner] + inner * (widths[owner] + where.trigram_bits)
        value = self._window(where.trigrams_at, place)
        width = widths[owner].astype(np.uint64)
        rank = (value & ((one << width) - one)).astype(np.int64)
        return owner, rank, (value >> width & np.uint64((1 << where.trigram_bits) - 1)).astype(np.int64)

    def _marks(self) -> tuple[Array, Array]:
        """Which bigrams have a back-off weight, and which have trigrams that end in them."""
        where = self._where
        rows = where.bigrams // form.MARKED + 1
        marks = self._array(where.marks_at, "<u1", rows * form.MARK_BYTES).reshape(rows, form.MARK_BYTES)
        context, suffix = (
            np.unpackbits(marks[:, start : start + 24], axis=1, bitorder="little").reshape(-1)[: where.bigrams] > 0
            for start in (8, 32)
        )
        return context, suffix

    def _array(self, start: int, kind: str, count: int) -> Array:
        return np.frombuffer(self._data[start : start + int(kind[-1]) * count].tobytes(), kind)

    def _window(self, start: int, places: Array) -> Array:
        """At least 57 bits from each of the bits `places` on behind byte `start`."""
        byte = start + (places >> 3)
        value = np.zeros(len(places), np.uint64)
        for index in range(8):
            value |= self._data[byte + index].astype(np.uint64) << np.uint64(8 * index)
        return np.asarray(value >> (places & 7).astype(np.uint64))

    def _bits(self, start: int, places: Array, size: int) -> Array:
        return np.asarray(self._window(start, places) & np.uint64((1 << size) - 1), np.int64)
