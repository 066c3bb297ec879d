"""What the features of a place in a text weigh together: log-linear models whose weights lie in files.

Compiled where a compiler was at hand (`despin.fast.features`), without a string a feature.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from despin.damage.clauses import REACH, behind, clause_features, last_clause, sentence_features
from despin.damage.seams import glance, words_of_line, words_of_seam

if TYPE_CHECKING:
    from despin.fast.features import Features


class PlainFeatures:
    """The weights of features by their names, and a bias."""

    def __init__(self, weights: dict[str, float], bias: float) -> None:
        self._weights, self._bias = weights, bias

    def marks(self, text: str, place: int, starts: list[int]) -> list[float]:
        """The odds (ln) of a comma at `place`, by where its sentence begins; the last of `starts` begins its last clause."""
        lefts = [text[max(start, place - REACH) : place] for start in starts]
        right, beyond = behind(text, place)
        own = self._bias + self._sum(clause_features(last_clause(lefts[-1]), right, beyond))
        return [own + self._sum(sentence_features(left, right)) for left in lefts]

    def stops(self, text: str, places: list[int], start: int) -> list[float]:
        """The odds (ln) of a comma at the full stops among `places`, each as if the others were genuine; the first sentence
        begins at `start`."""
        found = []
        for place in places:
            if text[place] == "。":
                found += self.marks(text, place, [start])
                start = place + 1
        return found

    def glance(self, line: str, place: int) -> float:
        """What a heading up to `place` weighs at a glance."""
        return self._sum(glance(line, place))

    def seam(self, line: str, start: int, place: int, numbered: bool) -> float:
        """What the words on both sides of a seam at `place` weigh, of a heading from `start` on."""
        return self._sum(words_of_seam(line[start:place].rstrip(), line[place : place + 60], numbered))

    def opening(self, line: str, start: int, end: int) -> float:
        """What the words of the clause that opens a line weigh."""
        return self._sum(words_of_line(line[start:end]))

    def _sum(self, names: list[str]) -> float:
        weights, total = self._weights, 0.0
        for name in names:
            total += weights.get(name, 0.0)
        return total


def read_weights(path: Path) -> dict[str, float]:
    """The weight of every feature. Features that weigh the same share one number: there are tens of thousands of them in every
    process, and a few hundred weights."""
    numbers: dict[str, float] = {}
    found: dict[str, float] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                name, _, number = line.rstrip("\n").rpartition("\t")
                weight = numbers.get(number)
                if weight is None:
                    weight = numbers[number] = float(number)
                found[name] = weight
    return found


def features(weights: dict[str, float], bias: float = 0.0) -> Features | PlainFeatures:
    """What weighs features, compiled if it can be."""
    try:
        from despin.fast.features import Features
    except ImportError:
        return PlainFeatures(weights, bias)
    return Features(weights, bias)
