"""How much a line shares with the article: the measure of `connected`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from despin.page.lines import NOT_HAN

#: An article's vocabulary is learned from this many of its characters; more would only make everything look familiar.
ENOUGH = 60_000


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring Chinese characters of `text`."""
    found: set[str] = set()
    for run in NOT_HAN.split(text):
        found.update(map("".join, pairwise(run)))
    return found


class Vocabulary:
    """The character pairs of an article."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.pairs: set[str] = set()
        left = ENOUGH
        for line in lines:
            self.pairs |= pairs(line[:left])
            left -= len(line)
            if left <= 0:
                break

    def share(self, line: str) -> float:
        """The share of the line's character pairs that the article holds too, 0 to 1; 0 for a line without pairs."""
        own = pairs(line)
        return len(own & self.pairs) / len(own) if own else 0.0
