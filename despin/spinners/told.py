"""jieba's dictionary after `add_word`: the frequency that it gives a word that it is told of,
so that the word is cut as one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from despin.spinners.jieba_data import Dictionary

#: What jieba cuts as running text; anything else is cut into single characters.
_BLOCK = re.compile(r"([\u4E00-\u9FD5a-zA-Z0-9+#&\._%\-]+)")
_LATIN = re.compile(r"[a-zA-Z0-9]\Z")


def with_words(dictionary: Dictionary, words: Sequence[str]) -> Dictionary:
    """The dictionary after `add_word` of each word, in order. A word that is told again adds to the
    sum of all frequencies again."""
    if not words:
        return dictionary
    frequencies, total = dict(dictionary.frequencies), dictionary.total
    flags = dict(dictionary.flags)
    # To jieba what words begin with has a frequency as well: 0.
    beginnings = {word[:size] for word in frequencies for size in range(1, len(word))}
    for word in words:
        likely = 1.0
        for piece in _cut(word, frequencies, total):
            likely *= frequencies.get(piece, 0 if piece in beginnings else 1) / total
        frequency = max(int(likely * total) + 1, frequencies.get(word, 0))
        frequencies[word] = frequency
        flags.setdefault(word, "x")
        beginnings.update(word[:size] for size in range(1, len(word)))
        total += frequency
    return Dictionary(frequencies, flags, total)


def _cut(word: str, frequencies: Mapping[str, int], total: int) -> Iterator[str]:
    """The likeliest words of a text, without the Markov model (`jieba.cut` with `HMM=False`)."""
    for place, block in enumerate(_BLOCK.split(word)):
        if place % 2:
            yield from _likeliest(block, frequencies, math.log(total))
        else:
            yield from block


def _likeliest(block: str, frequencies: Mapping[str, int], logtotal: float) -> Iterator[str]:
    size = len(block)
    best: list[tuple[float, int]] = [(0.0, 0)] * (size + 1)
    for start in range(size - 1, -1, -1):
        ends = [end for end in range(start + 1, size + 1) if frequencies.get(block[start:end])] or [start + 1]
        best[start] = max(
            (math.log(frequencies.get(block[start:end]) or 1) - logtotal + best[end][0], end) for end in ends
        )
    latin, start = "", 0
    while start < size:
        end = best[start][1]
        piece = block[start:end]
        if _LATIN.match(piece):
            latin += piece
        else:
            if latin:
                yield latin
            latin = ""
            yield piece
        start = end
    if latin:
        yield latin
