"""The bigrams of a KenLM model, read from its file at once: asking for every pair of words would take hours.

Layout of a quantised trie with compressed pointers, as `build_binary -a -q -b trie` writes it (KenLM, lm/trie.hh,
lm/quantize.hh, lm/bhiksha.hh). The trie is reversed: under each word stand the words that precede it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from despin.errors import ModelError

if TYPE_CHECKING:
    import numpy as np

    from despin.lm.ngram import LanguageModel

    Array = np.ndarray[Any, np.dtype[Any]]

_MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0"
_HEADER = struct.Struct("<BxxxfIB3xI")
_HEADER_AT = 88
_QUANTISED_ARRAY_TRIE = 5
_UNIGRAM = 16
#: Bigrams that are asked of the model itself, to be sure that the file was understood.
_CHECKED = 50


@dataclass(frozen=True)
class Bigrams:
    """`words[i]` with log10 probability `unigrams[i]`; bigram n has log10 P(words[following[n]] | words[previous[n]])
    `scores[n]`."""

    words: list[str]
    unigrams: Array
    previous: Array
    following: Array
    scores: Array


def read_bigrams(model: LanguageModel) -> Bigrams:
    """All bigrams of the model. Raises `ModelError` for a file of another layout."""
    import numpy as np

    data = np.memmap(model.path, np.uint8, "r")
    head = bytes(data[: _HEADER_AT + 64])
    order, _, kind, _, _ = _HEADER.unpack_from(head, _HEADER_AT)
    if not head.startswith(_MAGIC) or order != 3 or kind != _QUANTISED_ARRAY_TRIE:
        raise ModelError(
            f"{model.path}: bigrams can only be read from a quantised trigram trie with compressed pointers"
        )
    unigrams, bigrams, trigrams = struct.unpack_from("<3Q", head, _HEADER_AT + _HEADER.size)
    place = _aligned(_HEADER_AT + _HEADER.size + 24) + 8 + 8 * unigrams
    _, prob_bits, backoff_bits = (int(byte) for byte in data[place : place + 3])
    tables = place + 8
    probabilities = _array(data, tables, np.float32, 1 << prob_bits)
    place = tables + 4 * ((2 << prob_bits) + (1 << backoff_bits))
    table = data[place : place + _UNIGRAM * (unigrams + 1)]
    starts = _array(table, 8, np.uint64, 2 * (unigrams + 1) - 1)[::2].astype(np.int64)
    scores = _array(table, 0, np.float32, 4 * (unigrams + 1))[::4]
    place += _UNIGRAM * (unigrams + 2)
    chopped = _chopped(bigrams + 1, trigrams, int(data[place + 1]))
    pointer_bits = trigrams.bit_length() - chopped
    table_size = 8 * (2 + (trigrams >> pointer_bits)) + 7
    word_bits = unigrams.bit_length()
    entry_bits = word_bits + backoff_bits + prob_bits + pointer_bits
    packed = place + table_size
    places = np.arange(bigrams, dtype=np.int64) * entry_bits
    found = Bigrams(
        _words(model, unigrams),
        scores[:unigrams],
        _bits(data, packed, places, word_bits),
        np.repeat(np.arange(unigrams), np.diff(starts[: unigrams + 1])),
        probabilities[_bits(data, packed, places + word_bits + backoff_bits, prob_bits)],
    )
    _check(found, model)
    return found


class Known:
    """Which bigrams the model holds."""

    def __init__(self, bigrams: Bigrams) -> None:
        self._number = {word: index for index, word in enumerate(bigrams.words)}
        self._size = len(bigrams.words)
        self._keys = frozenset((bigrams.previous.astype("int64") * self._size + bigrams.following).tolist())

    def holds(self, previous: str, word: str) -> bool:
        """Whether the model holds the bigram."""
        first, second = self._number.get(previous), self._number.get(word)
        return first is not None and second is not None and first * self._size + second in self._keys


def _aligned(size: int) -> int:
    return (size + 7) // 8 * 8


def _array(data: Array, start: int, kind: Any, count: int) -> Array:
    import numpy as np

    size = np.dtype(kind).itemsize * count
    return np.frombuffer(bytes(data[start : start + size]), kind)


def _chopped(entries: int, highest: int, most: int) -> int:
    """The bits of each pointer that are kept in a table, chosen as KenLM chooses them."""
    required = highest.bit_length()
    changes = [((highest >> (required - chop)) * 64 - entries * chop, chop) for chop in range(min(required, most) + 1)]
    return min(changes)[1]


def _bits(data: Array, start: int, places: Array, size: int) -> Array:
    """The numbers of `size` (up to 25) bits that begin at the bits `places` behind byte `start`."""
    import numpy as np

    first = start + (places >> 3)
    value = np.zeros(len(places), np.int64)
    for byte in range(4):
        value |= data[first + byte].astype(np.int64) << (8 * byte)
    return (value >> (places & 7)) & ((1 << size) - 1)


def _words(model: LanguageModel, count: int) -> list[str]:
    data = model.path.read_bytes()
    words = data[data.rfind(b"<unk>\0") :].decode("utf-8").split("\0")[:count]
    if len(words) != count:
        raise ModelError(f"{model.path}: {count} words expected, {len(words)} found")
    return words


def _check(found: Bigrams, model: LanguageModel) -> None:
    """Raise `ModelError` unless the model itself says the same of some bigrams."""
    import kenlm

    count = len(found.scores)
    for number in range(0, count, max(1, count // _CHECKED)):
        previous, word = found.words[found.previous[number]], found.words[found.following[number]]
        if previous.startswith("<") or word.startswith("<"):
            continue
        if abs(model.score(model.state_after(previous), word, kenlm.State()) - found.scores[number]) > 1e-3:
            raise ModelError(f"{model.path}: the bigrams of this model cannot be read: another layout")
