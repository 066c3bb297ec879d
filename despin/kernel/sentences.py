"""Sentences of a text, and what speaks for the likeliest run of them to be spun."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

#: No sentence is longer, in characters.
LONGEST = 400
#: What a border between spun and other sentences costs, in nats: between lines, and within one.
LINE_BORDER, SENTENCE_BORDER = 2.0, 2.5
#: The most that one sentence may add or take, in nats.
MOST = 25.0
_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;]+[”’」』）)]*|\n|\Z)")


class Sentence(NamedTuple):
    """A sentence of a text: `text[start:end]`; `opens` says that a line begins with it."""

    start: int
    end: int
    opens: bool


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text, which cover it."""
    found: list[Sentence] = []
    opens = True
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while end - start > LONGEST:
            cut = max(text.rfind(mark, start + LONGEST // 2, start + LONGEST) for mark in "，,、 ") + 1
            cut = cut or start + LONGEST
            found.append(Sentence(start, cut, opens))
            start, opens = cut, False
        if end > start:
            found.append(Sentence(start, end, opens))
            opens = text[end - 1] == "\n"
    return found


def border(part: Sentence) -> float:
    """What a border before a sentence costs, in nats."""
    return LINE_BORDER if part.opens else SENTENCE_BORDER


def likeliest(parts: Sequence[Sentence], scores: Sequence[float]) -> float:
    """What speaks for the likeliest stretch, in nats, less what its borders cost."""
    if not parts:
        return -MOST
    costs = [0.0, *[LINE_BORDER if part.opens else SENTENCE_BORDER for part in parts[1:]], 0.0]
    best, run = -MOST, -math.inf
    for number, score in enumerate(scores):
        run = max(run, -costs[number]) + score
        best = max(best, run - costs[number + 1])
    return best
