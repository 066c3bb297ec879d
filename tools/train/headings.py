"""Learn what tells a glued heading: `python -m tools.train.headings CORPUS.jsonl [...] > despin/data/weights/headings.tsv`.

Reads JSON lines with `text`, Chinese articles in Markdown. Half of the examples are headings (`#`) with the paragraph
below them glued on, some of them numbered; the others are openings of paragraphs and items of lists. A softmax over the
places where a heading may end, and over there being none, is fitted (L2) to the features that `heading_features.py`
names. Needs numpy and scipy.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from despin.lm.ngram import LanguageModel
from tools.train.heading_features import line_features, opening, seam_features
from tools.train.weights import print_weights

#: A feature seen less often has no weight; weights smaller than this are left out.
SEEN, LEAST = 12, 0.1
#: Strength of the prior on weights.
PRIOR = 3.0
#: Shares of headings and of other lines that are given a number.
NUMBERED, OTHERS_NUMBERED = 0.35, 0.02
#: Examples are taken until there are so many, of one heading so many.
MOST, OFTEN = 240_000, 3

_HEADING = re.compile(r"^#{1,6}[ \t]*(.+?)[ \t#]*$")
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]{1,200}>|[*`]+")
_ITEM = re.compile(r"^\s*(?:[-*+]|(\d{1,2}[.、]))\s*(?=\S)")
_PROSE = re.compile(r"^[\u3400-\u9fffA-Za-z0-9“《]")
_STYLES = ("{}、", "{}. ", "{}.", "（{}）", "第{}步：", "第{}章 ")


class Line(NamedTuple):
    """A line, and where in it a heading ends: 0 where there is none."""

    text: str
    seam: int


def plain(line: str) -> str:
    """`line` without its markup."""
    return _MARKUP.sub(lambda match: match[1] or "", line).strip()


def numbered(line: Line, share: float, chance: random.Random) -> Line:
    """`line` with a number before it, with that probability, unless it has one."""
    if chance.random() >= share or opening(line.text).style:
        return line
    number = chance.randrange(1, 9)
    style = chance.choice(_STYLES)
    digit = str(number) if style.endswith((" ", ".")) and "第" not in style else "一二三四五六七八九"[number - 1]
    prefix = style.format(digit)
    return Line(prefix + line.text, line.seam and line.seam + len(prefix))


def lines(text: str, chance: random.Random) -> Iterator[Line]:
    """The examples of a Markdown text."""
    heading = ""
    for raw in text.split("\n"):
        if not raw.strip():
            continue
        match = _HEADING.match(raw)
        if match:
            heading = plain(match[1])
            continue
        item = _ITEM.match(raw)
        body = plain(raw[item.end() :] if item else raw)
        if not item and raw.startswith((" ", "\t", ">", "|")):
            heading = ""
            continue
        if len(body) >= 16 and _PROSE.match(body) and re.search("[，。]", body) and re.match("[^=|{}]{16}", body):
            if heading and not item and "。" not in heading and "，" not in heading:
                yield numbered(Line(heading + body, len(heading)), NUMBERED, chance)
            prefix = item[1] if item and item[1] else ""
            yield numbered(Line(prefix + body, 0), OTHERS_NUMBERED, chance)
        heading = ""


def balanced(paths: list[str], chance: random.Random) -> list[Line]:
    """As many glued headings as other lines, in random order."""
    glued, others, times = list[Line](), list[Line](), Counter[str]()
    for path in paths:
        for row in filter(None, Path(path).read_text("utf-8").split("\n")):
            for line in lines(json.loads(row)["text"], chance):
                heading = line.text[: line.seam]
                times[heading] += 1
                if not heading or times[heading] <= OFTEN:
                    (glued if heading else others).append(line)
    chance.shuffle(glued)
    chance.shuffle(others)
    count = min(len(glued), len(others), MOST // 2)
    found = glued[:count] + others[:count]
    chance.shuffle(found)
    return found


def examples(line: Line, model: LanguageModel) -> tuple[list[list[str]], int]:
    """(the features of every reading of a line, of which the first has no heading; which is right, or -1)."""
    begin = opening(line.text)
    readings = [line_features(line.text, begin)]
    readings += [seam_features(line.text, begin, place, model.trigrams) for place in begin.places]
    if not line.seam:
        return readings, 0
    return readings, begin.places.index(line.seam) + 1 if line.seam in begin.places else -1


def main(paths: list[str]) -> int:
    """Write the weights to standard output."""
    model, chance = LanguageModel(), random.Random(11)
    numbers: dict[str, int] = {}
    columns, first, groups, right = [], [0], [0], []
    for line in balanced(paths, chance):
        readings, answer = examples(line, model)
        if answer < 0 or len(readings) < 2:
            continue
        right.append(len(first) - 1 + answer)
        for names in readings:
            columns += [numbers.setdefault(name, len(numbers)) for name in names]
            first.append(len(columns))
        groups.append(len(first) - 1)
    everything = np.array(columns, np.int32)
    common = np.bincount(everything, minlength=len(numbers)) >= SEEN
    kept = common[everything]
    renumbered = (np.cumsum(common) - 1)[everything[kept]]
    ends = np.concatenate([[0], np.cumsum(kept)])[np.array(first)]
    matrix = csr_matrix((np.ones(len(renumbered)), renumbered, ends), (len(first) - 1, int(common.sum())))
    turned = matrix.T.tocsr()
    starts = np.array(groups[:-1])
    sizes = np.diff(groups)
    truth = np.zeros(matrix.shape[0])
    truth[right] = 1.0

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        value = matrix @ weights
        value -= np.repeat(np.maximum.reduceat(value, starts), sizes)
        mass = np.exp(value)
        total = np.add.reduceat(mass, starts)
        error = mass / np.repeat(total, sizes) - truth
        cost = np.log(total).sum() - (value * truth).sum() + 0.5 * PRIOR * (weights * weights).sum()
        return float(cost), turned @ error + PRIOR * weights

    weights = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    print("# Weights (ln) of what stands around the end of a heading; made by tools/train/headings.py")
    print(f"# from {len(right):,} openings of lines, half of them glued headings, never edited by hand.")
    names = [name for name, number in numbers.items() if common[number]]
    print_weights({name: weight for name, weight in zip(names, weights, strict=True) if abs(weight) >= LEAST})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
