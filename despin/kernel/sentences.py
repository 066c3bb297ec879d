"""Sentences of a text, and what speaks for the likeliest run of them to be spun."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from despin.tuning import Sentences

_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;]+[”’」』）)]*|\n|\Z)")


#: A label at the beginning of a line (本文摘要：), which is often the site's, with what stands behind it in the line.
_LABEL = re.compile(r"\s*(?:[^\s：:，,、。！？!?；;【】]{1,8}[：:]|【[^\s【】]{1,8}】)[：:\s]*(?=\S)")


class Sentence(NamedTuple):
    """A sentence of a text: `text[start:end]`; `opens` says that a line begins with it, `labelled` that a label stands
    before it."""

    start: int
    end: int
    opens: bool
    labelled: bool = False


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text, which cover it."""
    found: list[Sentence] = []
    opens = True
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while end - start > Sentences.longest:
            cut = (
                max(text.rfind(mark, start + Sentences.longest // 2, start + Sentences.longest) for mark in "，,、 ")
                + 1
            )
            cut = cut or start + Sentences.longest
            found.append(Sentence(start, cut, opens))
            start, opens = cut, False
        if end > start:
            found.append(Sentence(start, end, opens))
            opens = text[end - 1] == "\n"
    return found


def labels_apart(text: str, parts: Iterable[Sentence]) -> list[Sentence]:
    """The sentences of a text, each label at the beginning of a line as one of its own."""
    found: list[Sentence] = []
    for part in parts:
        label = _LABEL.match(text, part.start, part.end) if part.opens else None
        if label is not None:
            found.append(Sentence(part.start, label.end(), True))
            part = Sentence(label.end(), part.end, False, True)
        found.append(part)
    return found


def border(part: Sentence) -> float:
    """What a border before a sentence costs, in nats."""
    return (
        Sentences.label_border if part.labelled else Sentences.line_border if part.opens else Sentences.sentence_border
    )


def borders(parts: Iterable[Sentence]) -> list[float]:
    """What borders before sentences cost, in nats."""
    return list(map(border, parts))


def likeliest(parts: Sequence[Sentence], scores: Sequence[float]) -> float:
    """What speaks for the likeliest stretch, in nats, less what its borders cost."""
    if not parts:
        return -Sentences.most
    costs = [0.0, *borders(parts[1:]), 0.0]
    best, run = -Sentences.most, -math.inf
    for number, score in enumerate(scores):
        run = max(run, -costs[number]) + score
        best = max(best, run - costs[number + 1])
    return best
