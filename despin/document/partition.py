"""Which parts of a text the families of the lexicon made alike: joined articles, a spun tail, clean text around a spun part.

Blocks of lines are judged one by one, so that a part needs no more evidence where more text stands around it. Blocks that are
spun and follow one another are one part, a document of its own; where a part begins and ends is decided line by line.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from despin.document.paragraphs import line_ratios
from despin.document.state import Document

#: A text of at most so many characters is one part.
ALONE = 1200
#: A block ends with the line, or the sentence of a long line, that brings it to so many characters.
BLOCK = 450
#: A part of more characters is read in several.
LONGEST = 3000
#: A block between two spun ones is spun with them unless it is less likely than this.
BETWEEN = 0.1
#: Blocks that follow one another are a spun part where their log odds (log10) reach so much together.
SURE = 5.0
#: A line at a border is spun where more than this speaks for it (log10).
NEUTRAL = 0.1


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a text, `text[start:end]`, with the probability that it is spun, and whether it is believed."""

    start: int
    end: int
    score: float
    spun: bool


#: What judges a text by itself: gives the document under the model (None where one pass shows that the text is clean), the
#: probability that it is spun, and whether that is believed.
Judged = Callable[[str], tuple[Document | None, float, bool]]


def blocks(text: str) -> list[tuple[int, int]]:
    """The blocks of a text as (start, end); they cover it."""
    found: list[tuple[int, int]] = []
    start = place = 0
    while place < len(text):
        line = text.find("\n", place) + 1 or len(text)
        while line - start > 2 * BLOCK:
            cut = max(text.rfind(mark, start + BLOCK // 2, start + BLOCK) for mark in "。！？；，") + 1
            cut = cut or start + BLOCK
            found.append((start, cut))
            start = cut
        place = line
        if place - start >= BLOCK:
            found.append((start, place))
            start = place
    if start < len(text):
        # What is left is too short to be judged by itself.
        if found and len(text) - start < BLOCK // 2:
            start, _ = found.pop()
        found.append((start, len(text)))
    return found


def partition(text: str, judged: Judged) -> list[tuple[int, int]]:
    """The parts of a text as (start, end), which cover it, each to be judged as a document; one part where all of it is alike."""
    if len(text) <= ALONE:
        return [(0, len(text))]
    found = [Block(start, end, *judged(text[start:end])[1:]) for start, end in blocks(text)]
    states = _joined(found)
    if all(states) and len(text) <= LONGEST:
        return [(0, len(text))]
    spans = _spans(text, found, states, judged)
    places = sorted({0, len(text), *(place for span in spans for place in span)})
    return list(itertools.pairwise(places))


def _spans(text: str, found: Sequence[Block], states: Sequence[bool], judged: Judged) -> list[tuple[int, int]]:
    """The runs of spun blocks as (start, end), cut where they are too long, with borders at lines."""
    borders: list[int] = []
    spans: list[tuple[int, int]] = []
    for number, (block, state) in enumerate(zip(found, states, strict=True)):
        before = number and states[number - 1]
        if state and not before:
            borders = [_shared(text, found[number - 1], block, True, judged) if number else 0]
        elif state and block.end - borders[-1] > LONGEST:
            borders.append(block.start)
        elif before and not state:
            borders.append(_shared(text, found[number - 1], block, False, judged))
            spans += itertools.pairwise(borders)
    if states[-1]:
        spans += itertools.pairwise([*borders, len(text)])
    return [(start, end) for start, end in spans if end > start]


def _shared(text: str, one: Block, other: Block, spun_after: bool, judged: Judged) -> int:
    """Where two blocks that follow one another part (an offset of `text`); the second is spun with `spun_after`, else the first."""
    both = text[one.start : other.end]
    return one.start + _border(both, judged(both)[0], spun_after, other.start - one.start)


def _joined(found: Sequence[Block]) -> list[bool]:
    """Whether each block is spun: one in doubt between two spun ones is; blocks that follow one another are not, where they are
    not sure enough together."""
    # Among many blocks of a clean text chance makes some look spun.
    states = [block.spun for block in found]
    for number in range(1, len(found) - 1):
        between = found[number - 1].spun and found[number + 1].spun
        states[number] = states[number] or (between and found[number].score >= BETWEEN)
    start = 0
    for number in range(1, len(found) + 1):
        if number == len(found) or states[number] != states[start]:
            if states[start] and sum(_log_odds(block.score) for block in found[start:number]) < SURE:
                states[start:number] = [False] * (number - start)
            start = number
    return states


def _log_odds(score: float) -> float:
    """log10 of the odds of a probability."""
    return math.log10(max(score, 1e-12) / max(1.0 - score, 1e-12))


def _border(text: str, document: Document | None, spun_after: bool, middle: int) -> int:
    """Where a text parts that is made of two blocks, one of them spun: at the beginning of the line that divides its lines best
    by what speaks for each; at `middle`, where the second block begins, if no family is believed."""
    if document is None or not any(document.rates):
        return middle
    ratios = [ratio - NEUTRAL for ratio in line_ratios(document)]
    if not spun_after:
        ratios = [-ratio for ratio in ratios]
    best = left = sum(ratios)
    chosen = place = 0
    for line, ratio in zip(text.split("\n"), ratios, strict=True):
        left -= 2 * ratio
        place += len(line) + 1
        if left > best:
            best, chosen = left, place
    return min(chosen, len(text))
