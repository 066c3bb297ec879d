"""What each line of a page is, judged by all of them together: a linear-chain model with learned weights.

A page is read from top to bottom as a path through six states. What a line shows (`features.py`) speaks for each of
them by weights that `python -m tools.train.pages` learns from marked pages and writes to `page_lines.tsv`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from pathlib import Path

WEIGHTS = Path(__file__).parents[1] / "data" / "weights" / "page_lines.tsv"
#: What stands above the article; its title; what stands between the title and the text; its text; what a site puts into
#: the text; and what stands below it.
STATES = ("above", "title", "between", "text", "inside", "below")
ABOVE, TITLE, BETWEEN, TEXT, INSIDE, BELOW = range(6)
#: Where a page may go from each state, begin, and end.
NEXT = (
    (ABOVE, TITLE, TEXT),
    (TITLE, BETWEEN, TEXT),
    (BETWEEN, TITLE, TEXT),
    (TEXT, INSIDE, BELOW),
    (INSIDE, TEXT),
    (BELOW,),
)
FIRST, LAST = (ABOVE, TITLE, TEXT), (TEXT, BELOW)
#: The states of lines that are the article's.
KEPT = (TITLE, TEXT)
_NEVER = -1e30

Weights = dict[str, tuple[float, ...]]


@functools.lru_cache(maxsize=2)
def load(path: Path = WEIGHTS) -> Weights:
    """The weights for each state by the name of the feature, and of each step between states by their names."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return {name: tuple(map(float, values)) for name, *values in rows}


def beliefs(lines: Sequence[Sequence[str]], weights: Weights) -> list[tuple[float, ...]]:
    """How likely each line is in each state, given the features of all of them. Takes linear time."""
    nothing = (0.0,) * len(STATES)
    speaks = [
        [sum(column) for column in zip(nothing, *(weights.get(name, nothing) for name in names), strict=True)]
        for names in lines
    ]
    steps = [weights.get(f"from {state}", nothing) for state in STATES]
    ahead = [[speaks[0][state] if state in FIRST else _NEVER for state in range(len(STATES))]]
    for spoken in speaks[1:]:
        before = ahead[-1]
        ahead.append(
            [_sum([before[old] + steps[old][new] for old in _BEFORE[new]]) + spoken[new] for new in range(len(STATES))]
        )
    behind = [[0.0 if state in LAST else _NEVER for state in range(len(STATES))]]
    for spoken in reversed(speaks[1:]):
        after = behind[-1]
        behind.append(
            [_sum([after[new] + steps[old][new] + spoken[new] for new in NEXT[old]]) for old in range(len(STATES))]
        )
    behind.reverse()
    found = []
    for left, right in zip(ahead, behind, strict=True):
        joint = [a + b for a, b in zip(left, right, strict=True)]
        whole = _sum(joint)
        found.append(tuple(math.exp(value - whole) for value in joint))
    return found


_BEFORE = tuple(tuple(old for old in range(len(STATES)) if new in NEXT[old]) for new in range(len(STATES)))


def _sum(values: Sequence[float]) -> float:
    """ln of the sum of what `values` are the logarithms of."""
    top = max(values)
    return top + math.log(sum(math.exp(value - top) for value in values))
