"""What each line of a page is, judged by all of them together: a linear-chain conditional random field.

A page is read from top to bottom as a path through six states. What a line shows (`features.py`) speaks for each of
them by weights that `python -m tools.train.pages` learns from marked pages and writes to `page_lines.tsv`. What the
rules (`layout.py`) left of a page is dropped where this model is sure that it is the site's.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from pathlib import Path

from despin.page.features import observe
from despin.page.layout import Layout
from despin.page.patterns import Boilerplate
from despin.tuning import Articles

WEIGHTS = Path(__file__).parent.parent / "data" / "weights" / "page_lines.tsv"
#: What stands above the article; its title; what stands between the title and the text; its text; what a site puts into
#: the text; and what stands below it.
STATES = ("above", "title", "between", "text", "inside", "below")
ABOVE, TITLE, BETWEEN, TEXT, INSIDE, BELOW = range(6)
#: Where a page may go from each state, begin, and end.
NEXT = (
    (ABOVE, TITLE, TEXT), (TITLE, BETWEEN, TEXT), (BETWEEN, TITLE, TEXT), (TEXT, INSIDE, BELOW), (INSIDE, TEXT),
    (BELOW,),
)  # fmt: skip
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


def marginals(lines: Sequence[Sequence[str]], weights: Weights) -> list[tuple[float, ...]]:
    """For each line the probability of each state, in the order of `STATES`, given the features of
    all lines. Takes linear time."""
    nothing = (0.0,) * len(STATES)
    scores = [
        [sum(column) for column in zip(nothing, *(weights.get(name, nothing) for name in names), strict=True)]
        for names in lines
    ]
    steps = [weights.get(f"from {state}", nothing) for state in STATES]
    forward = [[scores[0][state] if state in FIRST else _NEVER for state in range(len(STATES))]]
    for score in scores[1:]:
        before = forward[-1]
        forward.append(
            [
                _log_sum([before[old] + steps[old][new] for old in _BEFORE[new]]) + score[new]
                for new in range(len(STATES))
            ]
        )
    backward = [[0.0 if state in LAST else _NEVER for state in range(len(STATES))]]
    for score in reversed(scores[1:]):
        after = backward[-1]
        backward.append(
            [_log_sum([after[new] + steps[old][new] + score[new] for new in NEXT[old]]) for old in range(len(STATES))]
        )
    backward.reverse()
    found = []
    for left, right in zip(forward, backward, strict=True):
        joint = [a + b for a, b in zip(left, right, strict=True)]
        whole = _log_sum(joint)
        found.append(tuple(math.exp(value - whole) for value in joint))
    return found


_BEFORE = tuple(tuple(old for old in range(len(STATES)) if new in NEXT[old]) for new in range(len(STATES)))


def _log_sum(values: Sequence[float]) -> float:
    """ln of the sum of what `values` are the logarithms of."""
    top = max(values)
    return top + math.log(sum(math.exp(value - top) for value in values))


#: A text of more lines than this is no page.
MOST = 20_000
REASONS = {
    ABOVE: "line of the site above the article, by its shape and neighbours",
    BETWEEN: "line of the site between title and text, by its shape and neighbours",
    INSIDE: "line of the site within the text, by its shape and neighbours",
    BELOW: "line of the site below the article, by its shape and neighbours",
}
Marginals = tuple[float, ...]


def judge(layout: Layout, boilerplate: Boilerplate) -> None:
    """Add to the layout's reasons what the model would drop, and mend its title."""
    if len(layout.rows) > MOST:
        return
    layout.reasons, layout.title = decide(layout, marginals(features(layout, boilerplate), load()))


def features(layout: Layout, boilerplate: Boilerplate) -> list[list[str]]:
    """What the model sees of a page whose layout the rules have decided."""
    nameless = layout.remover.without if layout.remover is not None else str
    return observe(layout.rows, layout.active, layout.reasons, layout.kept, nameless, boilerplate)


def decide(layout: Layout, marginals: Sequence[Marginals]) -> tuple[dict[int, str], int | None]:
    """(reasons of all lines to drop by index, index of the title) in the light of the marginals."""
    title = _title(layout, marginals)
    reasons = {index: reason for index, reason in layout.reasons.items() if index != title}
    for row, marginal in zip(layout.rows, marginals, strict=True):
        if row.index in reasons or row.index == title or row.index in layout.signature or row.typed:
            continue
        if _of_site(marginal) >= Articles.sure:
            reasons[row.index] = REASONS[max(REASONS, key=lambda state: marginal[state])]
    if all(index in reasons for index in layout.kept):
        return layout.reasons, layout.title
    return reasons, title


def _of_site(marginal: Marginals) -> float:
    """How likely a line is the site's."""
    return 1.0 - sum(marginal[state] for state in KEPT)


def _title(layout: Layout, marginals: Sequence[Marginals]) -> int | None:
    """The title that the rules chose, or another line above the text where the model would drop it for that one."""
    above = range(layout.prose[0])
    place = next((place for place in above if layout.rows[place].index == layout.title), None)
    if place is None or _of_site(marginals[place]) < Articles.sure:
        return layout.title
    best = max(above, key=lambda other: marginals[other][TITLE])
    return layout.rows[best].index if marginals[best][TITLE] >= Articles.sure_title else layout.title
