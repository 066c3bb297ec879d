"""All n-grams of a model as arrays, read from its file at once. A file of despin's own is read by
`tools.train.lm.own_file`, a KenLM binary here.

Layout of a quantised trie of trigrams with compressed pointers and its words, as `build_binary -a -q -b trie` writes it
(KenLM, lm/trie.hh, lm/quantize.hh, lm/bhiksha.hh). The trie is reversed: under each word stand the words that
precede it. Words are numbers, their place in the file's word list; number 0 is the unknown word. Probabilities and
back-off weights are log10. Needs numpy.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from despin.errors import ModelError
from despin.kernel.ngram_file import MAGIC, is_own
from tools.train.lm import own_file
from tools.train.lm.grams import Grams, Trigrams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Numbers = NDArray[np.int64]

_MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0"
#: Order, kind and counts of n-grams, behind the magic and KenLM's test of how numbers are stored.
_HEADER = struct.Struct("<B3xfIB3xI3Q")
_HEADER_AT = 88
_QUANTISED_ARRAY_TRIE = 5
_UNIGRAM = 16


def read_trigrams(path: Path) -> Trigrams:
    """The whole model in `path`. Raises `ModelError` for a file of another layout,
    `OSError` for one that is not there."""
    import numpy as np

    with path.open("rb") as opened:
        if is_own(opened.read(len(MAGIC))):
            return own_file.read(path)
    file = _TrieFile(path)
    previous, word = file.bigram_words()
    before, owner = file.trigram_words()
    unigrams = Grams(
        np.arange(file.unigrams)[:, None], file.unigram_column(0).astype(float), file.unigram_column(1).astype(float)
    )
    bigrams = Grams(
        np.stack([previous, word], 1), file.bigram_scores().astype(float), file.bigram_backoffs().astype(float)
    )
    trigrams = Grams(
        np.stack([before, previous[owner], word[owner]], 1),
        file.trigram_scores().astype(float),
        np.zeros(file.trigrams),
    )
    return Trigrams(file.vocabulary(), (unigrams, bigrams, trigrams))


class _TrieFile:
    """Where what stands in a model file, and its columns as arrays. Raises `ModelError`
    for a file of another layout."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        self._path = path
        self._data: Array = np.frombuffer(path.read_bytes(), np.uint8)
        head = self._data[: _HEADER_AT + _HEADER.size].tobytes()
        if len(head) < _HEADER_AT + _HEADER.size or not head.startswith(_MAGIC):
            raise self._foreign()
        order, _, kind, has_words, _, *counts = _HEADER.unpack_from(head, _HEADER_AT)
        if (order, kind, has_words) != (3, _QUANTISED_ARRAY_TRIE, 1):
            raise self._foreign()
        self.unigrams, self.bigrams, self.trigrams = counts
        # Behind the header, the hashes of the words; then how many bits stand for a
        # probability and for a back-off weight.
        place = _aligned(_HEADER_AT + _HEADER.size) + 8 + 8 * self.unigrams
        self._at_least(place + 3)
        self._score_bits, self._backoff_bits = (int(byte) for byte in self._data[place + 1 : place + 3])
        self._tables = place + 8
        self._unigrams_at = self._tables + 4 * ((2 << self._score_bits) + (1 << self._backoff_bits))
        self._word_bits = self.unigrams.bit_length()
        place = self._unigrams_at + _UNIGRAM * (self.unigrams + 2)
        self._at_least(place + 2)
        kept = _kept_in_table(self.bigrams + 1, self.trigrams, int(self._data[place + 1]))
        self._pointer_bits = self.trigrams.bit_length() - kept
        self._highs = (self.trigrams >> self._pointer_bits) + 1
        self._highs_at = _aligned(place) + 8
        self._bigrams_at = place + 8 * (1 + self._highs) + 7
        self._bigram_bits = self._word_bits + self._backoff_bits + self._score_bits + self._pointer_bits
        self._trigrams_at = self._bigrams_at + ((1 + self.bigrams) * self._bigram_bits + 7) // 8 + 8
        self._trigram_bits = self._word_bits + self._score_bits
        self._words_at = self._trigrams_at + ((1 + self.trigrams) * self._trigram_bits + 7) // 8 + 8
        self._at_least(self._words_at)

    def _foreign(self) -> ModelError:
        return ModelError(
            f"{self._path}: n-grams can only be read from a quantised trigram trie with compressed pointers and its "
            "words"
        )

    def _at_least(self, size: int) -> None:
        """Raise `ModelError` for a file of fewer bytes."""
        if len(self._data) < size:
            raise ModelError(f"{self._path}: ends too early; fetch it again")

    def vocabulary(self) -> list[str]:
        """All words in order."""
        words = self._data[self._words_at :].tobytes().decode("utf-8", "replace").split("\0")[: self.unigrams]
        if len(words) != self.unigrams or words[0] != "<unk>":
            raise ModelError(f"{self._path}: {self.unigrams} words expected, {len(words)} found")
        return words

    def unigram_column(self, number: int) -> Array:
        """Of all words the probability (0) or the back-off weight (1)."""
        return self._array(self._unigrams_at, "<f4", 4 * self.unigrams)[number::4]

    def bigram_words(self) -> tuple[Numbers, Numbers]:
        """The first and the second word of every bigram."""
        import numpy as np

        first = self._array(self._unigrams_at + 8, "<u8", 2 * self.unigrams + 1)[::2].astype(np.int64)
        return self._bigram_bits_at(0, self._word_bits), np.repeat(np.arange(self.unigrams), np.diff(first))

    def bigram_scores(self) -> Array:
        """Of every bigram the probability of its second word behind its first."""
        return self._score_table(0)[self._bigram_bits_at(self._word_bits + self._backoff_bits, self._score_bits)]

    def bigram_backoffs(self) -> Array:
        """Of every bigram the back-off weight."""
        table = self._array(self._tables + (4 << self._score_bits), "<f4", 1 << self._backoff_bits)
        return table[self._bigram_bits_at(self._word_bits, self._backoff_bits)]

    def trigram_words(self) -> tuple[Numbers, Numbers]:
        """The first word of every trigram, and the number of the bigram that its others are."""
        import numpy as np

        rows = np.arange(self.bigrams + 1, dtype=np.int64)
        lows = self._bits(self._bigrams_at, (rows + 1) * self._bigram_bits - self._pointer_bits, self._pointer_bits)
        highs = self._array(self._highs_at, "<u8", self._highs).astype(np.int64)
        starts = lows | (np.searchsorted(highs, rows, side="right") - 1) << self._pointer_bits
        places = np.arange(self.trigrams, dtype=np.int64) * self._trigram_bits
        return self._bits(self._trigrams_at, places, self._word_bits), np.repeat(rows[:-1], np.diff(starts))

    def trigram_scores(self) -> Array:
        """Of every trigram the probability of its last word behind the others."""
        import numpy as np

        places = np.arange(self.trigrams, dtype=np.int64) * self._trigram_bits + self._word_bits
        return self._score_table(1)[self._bits(self._trigrams_at, places, self._score_bits)]

    def _score_table(self, number: int) -> Array:
        """The probabilities that bigrams (0) or trigrams (1) have."""
        start = self._tables + number * 4 * ((1 << self._score_bits) + (1 << self._backoff_bits))
        return self._array(start, "<f4", 1 << self._score_bits)

    def _bigram_bits_at(self, offset: int, size: int) -> Numbers:
        """Of every bigram the number of `size` bits that begins at bit `offset` of its record."""
        import numpy as np

        places = np.arange(self.bigrams, dtype=np.int64) * self._bigram_bits + offset
        return self._bits(self._bigrams_at, places, size)

    def _array(self, start: int, kind: str, count: int) -> Array:
        import numpy as np

        return np.frombuffer(self._data[start : start + int(kind[-1]) * count].tobytes(), kind)

    def _bits(self, start: int, places: Numbers, size: int) -> Numbers:
        """The numbers of `size` bits that begin at the bits `places` behind byte `start`."""
        import numpy as np

        value = np.zeros(len(places), np.uint64)
        byte = start + (places >> 3)
        for index in range((size + 14) // 8):
            value |= self._data[byte + index].astype(np.uint64) << np.uint64(8 * index)
        shifted = value >> (places & 7).astype(np.uint64)
        return np.asarray(shifted & np.uint64((1 << size) - 1), np.int64)


def _aligned(size: int) -> int:
    """The next multiple of 8."""
    return (size + 7) // 8 * 8


def _kept_in_table(entries: int, highest: int, most: int) -> int:
    """How many high bits of each pointer stand in a table of their own, chosen as KenLM's `ChopBits` does."""
    required = highest.bit_length()
    changes = [((highest >> (required - chop)) * 64 - entries * chop, chop) for chop in range(min(required, most) + 1)]
    return min(changes)[1]
