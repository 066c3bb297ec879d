"""What the scorer's network is told while it learns: chunks of pages as arrays of characters, pairs and places. Needs
numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from despin.learning.examples import CANDIDATES, Contested
from despin.lm.scorer import SLOTS, WORD_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Characters of a chunk.
CHUNK = 256


class Chunk(NamedTuple):
    """A part of a page: the number of its kind of text, the kind of its channel, its characters, its places."""

    source: int
    kind: int
    text: str
    places: list[Contested]


class Batch(NamedTuple):
    """Chunks as arrays. A pair is a form and an original; a place has the numbers of the pairs that it chooses from, -1
    for none."""

    characters: NDArray[Any]  # of each chunk, with padding before the first and behind the last
    pairs: NDArray[Any]  # characters of form and original, `SLOTS` each
    features: NDArray[Any]  # of each pair: commonness of form and original, whether they are the same, kind of channel
    hashes: NDArray[Any]  # of each pair's original
    places: NDArray[Any]  # chunk, first and last character
    candidates: NDArray[Any]
    labels: NDArray[Any]
    kinds: NDArray[Any]  # of the place's channel
    sources: NDArray[Any]  # of the place's text


def packed(chunks: Sequence[Chunk], vocabulary: Mapping[str, int], common: Callable[[str], float]) -> Batch:
    """Chunks as arrays; `common` says how common a word is."""
    import numpy as np

    characters = np.zeros((len(chunks), CHUNK + 2), np.int64)
    numbers: dict[tuple[str, str, int], int] = {}
    pairs: list[list[int]] = []
    features, hashes = [], []
    places, candidates, labels, kinds, sources = [], [], [], [], []

    def pair(form: str, original: str, kind: int) -> int:
        """The number of a pair."""
        number = numbers.setdefault((form, original, kind), len(pairs))
        if number == len(pairs):
            pairs.append([*_slots(form, vocabulary), *_slots(original, vocabulary)])
            features.append([common(form), common(original), form == original, kind == 0, kind == 1])
            hashes.append(hash_of(original))
        return number

    for row, chunk in enumerate(chunks):
        characters[row, 1 : 1 + len(chunk.text)] = [vocabulary.get(one, 1) for one in chunk.text]
        for start, end, originals, label in chunk.places:
            form = chunk.text[start:end]
            own = [pair(form, form, chunk.kind), *(pair(form, original, chunk.kind) for original in originals)]
            places.append((row, start + 1, end))
            candidates.append(own + [-1] * (CANDIDATES - len(own)))
            labels.append(label)
            kinds.append(chunk.kind)
            sources.append(chunk.source)
    whole = [np.array(one, np.int64) for one in (pairs, hashes, places, candidates, labels, kinds, sources)]
    return Batch(characters, whole[0], np.array(features, np.float32), *whole[1:])


def _slots(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The numbers of a word's first `SLOTS` characters; 0 behind its last."""
    return [vocabulary.get(one, 1) for one in word[:SLOTS]] + [0] * (SLOTS - len(word))


_GOLDEN = 0x9E3779B97F4A7C15


@cache
def hash_of(word: str) -> int:
    """The row of a word's vector, as the kernel finds it (`vector` in `despin/kernel/native/network.pyx`)."""
    found = _GOLDEN
    for one in word:
        found = (found ^ ord(one)) * _GOLDEN & 0xFFFFFFFFFFFFFFFF
        found ^= found >> 29
    return found >> 40 & (1 << WORD_BITS) - 1
