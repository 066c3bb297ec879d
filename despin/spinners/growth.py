"""Repeats that give `text.replace` on a growing text away, and the text without them.

A program that replaces a word everywhere, once for each of its tokens, finds the word again in what it wrote: 中 → 中的
becomes 中的的的 where 中 was three tokens. Nobody else writes that, and it tells how the word was replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from despin.spinners.segmented import Segmented

#: The longest word that grows, in characters, and the longest repeat.
LONGEST_GROWN = 4
#: Something of so many characters, two times and more.
_REPEATED = re.compile(rf"([\u4e00-\u9fff]{{1,{LONGEST_GROWN}}}?)\1+")
#: Characters beside a word by which jieba decides whether it is one.
_BESIDE = 6


class Grown(NamedTuple):
    """A word that grew: `text[start:end]` is `form`, which the program writes for `word`, with what is
    around `word` in it `times` times."""

    start: int
    end: int
    word: str
    form: str
    times: int


def grown(text: str, spinner: Segmented) -> list[Grown]:
    """The words of a text that grew, in order and disjoint."""
    found: list[Grown] = []
    last = 0
    for match in _REPEATED.finditer(text):
        for one in _read(text, match.start(), match.end(), match[1], spinner):
            if one.start >= last:
                found.append(one)
                last = one.end
                break
    return found


def _read(text: str, start: int, end: int, unit: str, spinner: Segmented) -> Iterator[Grown]:
    """What may have grown to a repeated `unit` in text[start:end] and what stands
    beside it, the longest words first."""
    times = (end - start) // len(unit)
    for size in range(LONGEST_GROWN, 0, -1):
        word = text[end : end + size]
        if len(word) == size and spinner.changes(word) == unit + word:
            yield Grown(start, end + size, word, unit + word, times)
        word = text[start - size : start] if start >= size else ""
        if word and spinner.changes(word) == word + unit:
            yield Grown(start - size, end, word, word + unit, times)
    # The word begins with what is repeated, so that the last of the repeats is its own.
    if times > 2:
        for size in range(LONGEST_GROWN, 0, -1):
            word = text[end - len(unit) : end - len(unit) + size]
            if len(word) == size and spinner.changes(word) == unit + word:
                yield Grown(start, end - len(unit) + size, word, unit + word, times - 1)


def steady(found: Iterable[Grown]) -> set[tuple[str, int]]:
    """The (word, times) of those that grew as words do: all of them grow at each token of the word, so that two stand
    in the text where two grew twice. 新的的 alone is 新的 with a 的 behind it."""
    counts = Counter((one.word, one.times) for one in found)
    return {(word, times) for (word, times), count in counts.items() if count >= 2 or times > 2}


def is_alone(text: str, start: int, end: int, word: str, spinner: Segmented) -> bool:
    """Whether `word` in place of text[start:end] is a word by itself, as jieba cuts it
    between what stands beside it."""
    before = text[max(0, start - _BESIDE) : start]
    for first, last, _ in spinner.segmenter.tokens(before + word + text[end : end + _BESIDE]):
        if last > len(before):
            return first == len(before) and last == first + len(word)
    return False


def is_within(text: str, start: int, end: int, word: str, spinner: Segmented) -> bool:
    """Whether `word` in place of text[start:end] is part of a longer word, as jieba cuts it."""
    before = text[max(0, start - _BESIDE) : start]
    for first, last, _ in spinner.segmenter.tokens(before + word + text[end : end + _BESIDE]):
        if last > len(before):
            return first <= len(before) and last >= len(before) + len(word) and last - first > len(word)
    return False
