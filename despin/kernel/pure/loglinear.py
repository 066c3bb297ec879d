"""What the features of a place in a text weigh together: log-linear models whose weights lie in files.

Compiled where a compiler was at hand (`despin.kernel.native.loglinear`, `despin.kernel.native.loglinear`), without a string a feature.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from despin.errors import ModelError
from despin.kernel.pure.clauses import REACH, behind, clause_features, last_clause, sentence_features
from despin.kernel.pure.headings import glance, words_of_line, words_of_seam

if TYPE_CHECKING:
    from despin.kernel.native.loglinear import Features

_WEIGHT = r"-?[0-9]{1,3}(?:\.[0-9]{1,3})?"


class PlainFeatures:
    """The weights of features by their names, and a bias."""

    def __init__(self, weights: dict[str, float], bias: float) -> None:
        self._weights, self._bias = weights, bias

    def marks(self, text: str, place: int, starts: list[int]) -> list[float]:
        """The odds (ln) of a comma at `place`, by where its sentence begins; the last of `starts` begins its last clause."""
        lefts = [text[max(start, place - REACH) : place] for start in starts]
        right, beyond = behind(text, place)
        own = self._bias + self.sum(clause_features(last_clause(lefts[-1]), right, beyond))
        return [own + self.sum(sentence_features(left, right)) for left in lefts]

    def rows(self, text: str, places: list[int], start: int, back: int) -> list[list[float]]:
        """The odds (ln) of a comma at every place, by where its sentence begins: at `start` or behind one of the full stops
        before, of which the last ones count, `back` beginnings in all."""
        found, starts = [], [start]
        for place in places:
            found.append(self.marks(text, place, starts))
            if text[place] == "。":
                starts = [*(starts[1:] if len(starts) == back else starts), place + 1]
        return found

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
        return self.sum(glance(line, place))

    def seam(self, line: str, start: int, place: int, numbered: bool) -> float:
        """What the words on both sides of a seam at `place` weigh, of a heading from `start` on."""
        return self.sum(words_of_seam(line[start:place].rstrip(), line[place : place + 60], numbered))

    def opening(self, line: str, start: int, end: int) -> float:
        """What the words of the clause that opens a line weigh."""
        return self.sum(words_of_line(line[start:end]))

    def sum(self, names: list[str]) -> float:
        """What some features weigh together, added up in their order."""
        weights, total = self._weights, 0.0
        for name in names:
            total += weights.get(name, 0.0)
        return total


def read_weights(path: Path) -> dict[str, float]:
    """The weight of every feature: a line holds its name, a tab, and a number of at most three digits and three decimals.

    Features that weigh the same share one number: there are tens of thousands of them in every process, and a few hundred
    weights. Raises `ModelError` for any other line.
    """
    numbers: dict[str, float] = {}
    found: dict[str, float] = {}
    data = path.read_bytes()
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise broken(str(path), data.count(b"\n", 0, error.start) + 1) from None
    for place, line in enumerate(lines if lines[-1] else lines[:-1], 1):
        if not line.startswith("#"):
            name, _, number = line.removesuffix("\r").rpartition("\t")
            weight = numbers.get(number)
            if weight is None:
                if not re.fullmatch(_WEIGHT, number):
                    raise broken(str(path), place)
                weight = numbers[number] = float(number)
            if not name:
                raise broken(str(path), place)
            found[name] = weight
    return found


def broken(name: str, line: int) -> ModelError:
    """What is raised where a file of weights holds something else."""
    return ModelError(f"{name}:{line}: a feature, a tab and its weight should stand here; install despin again")


def load(path: Path) -> Features | PlainFeatures:
    """What weighs features of commas and full stops, compiled if it can be."""
    try:
        from despin.kernel.native.loglinear import Features
    except ImportError:
        weights = read_weights(path)
        return PlainFeatures(weights, weights.get("bias", 0.0))
    return Features(path.read_bytes(), str(path))
