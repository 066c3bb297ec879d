"""What the features of a place in a text weigh together, by their names: log-linear models whose weights lie in files, and what
stands around a comma or a full stop, as evidence of which of the two belongs there. Twin of the first half of
`despin.kernel.native.loglinear`, which makes no string of a feature.

No feature looks at the marks themselves, only at where they stand, at the words between them and at where the sentence
begins: so the features of a text are the same whichever commas became full stops.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from despin.errors import ModelError

_WEIGHT = r"-?[0-9]{1,3}(?:\.[0-9]{1,3})?"
#: Sentences are looked at from this far before a place, clauses to this far behind it.
REACH = 150
#: Patterns are compiled when they are first needed: the compiled code need none.
_STOPS, _CLAUSE = "[。！？!?；;，,、：:\n]", "[，,：:。]"
_LENGTHS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 60, 90)
_SENTENCES = (4, 8, 12, 18, 27, 40, 60, 90, 130)
#: Clauses of a sentence are counted up to here.
_MOST = 6


class LogLinear:
    """The weights (ln) of features by their names, as they stand in the `data` of a file called `name`. Raises `ModelError` for a
    file of another kind."""

    def __init__(self, data: bytes, name: str) -> None:
        self.weights = read_weights(data, name)

    def sum(self, names: list[str]) -> float:
        """What some features weigh together, added up in their order."""
        weights, total = self.weights, 0.0
        for name in names:
            total += weights.get(name, 0.0)
        return total


class StopFeatures(LogLinear):
    """What speaks for a comma where a comma or a full stop stands (ln odds); the feature `bias` is everywhere."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data, name)
        self._bias = self.weights.get("bias", 0.0)

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


def read_weights(data: bytes, name: str) -> dict[str, float]:
    """The weight of every feature in the `data` of a file called `name`: a line holds its name, a tab, and a number of at most three digits and three decimals; with nothing
    behind the tab the number of the line above.

    Features that weigh the same share one number: there are tens of thousands of them in every process, and a few hundred
    weights. Raises `ModelError` for any other line.
    """
    numbers: dict[str, float] = {}
    weight = None
    found: dict[str, float] = {}
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise broken(name, data.count(b"\n", 0, error.start) + 1) from None
    for place, line in enumerate(lines if lines[-1] else lines[:-1], 1):
        if not line.startswith("#"):
            feature, _, number = line.removesuffix("\r").rpartition("\t")
            if number:
                weight = numbers.get(number)
                if weight is None and re.fullmatch(_WEIGHT, number):
                    weight = numbers[number] = float(number)
            if not feature or "\t" in feature or weight is None:
                raise broken(name, place)
            found[feature] = weight
    return found


def broken(name: str, line: int) -> ModelError:
    """What is raised where a file of weights holds something else."""
    return ModelError(f"{name}:{line}: a feature, a tab and its weight should stand here; install despin again")


def behind(text: str, place: int) -> tuple[str, str]:
    """(the clause behind a place, what the clause behind that one begins with)."""
    parts = re.split(_STOPS, text[place + 1 : place + REACH], maxsplit=2)
    return parts[0], parts[1][:2] if len(parts) > 2 else ""


def last_clause(left: str) -> str:
    """What stands behind the last mark of `left`."""
    return re.split(_CLAUSE, left)[-1]


def clause_features(last: str, right: str, beyond: str) -> list[str]:
    """The features of a place between two clauses, wherever its sentence begins; `beyond` begins a third."""
    ending, begin = last[-1:], right[:1]
    one, other = bisect_right(_LENGTHS, len(last)), bisect_right(_LENGTHS, len(right))
    mine, yours = dict.fromkeys(last), dict.fromkeys(right)
    found = [
        f"end1 {ending}", f"end2 {last[-2:]}", f"end3 {last[-3:]}", f"end4 {last[-4:]}",
        f"begin1 {begin}", f"begin2 {right[:2]}", f"begin3 {right[:3]}", f"begin4 {right[:4]}",
        f"seam {ending}{begin}", f"seam21 {last[-2:]} {begin}", f"seam12 {ending} {right[:2]}",
        f"first1 {last[:1]}", f"first2 {last[:2]}", f"first3 {last[:3]}",
        f"heads {last[:1]}{begin}", f"heads21 {last[:2]} {begin}", f"heads22 {last[:2]} {right[:2]}",
        f"last {one}", f"right {other}", f"both {one // 2} {other // 2}",
        f"right {other // 2} {begin}", f"last {one // 2} {last[:1]}", f"last {one // 2} {ending} ends",
        f"beyond1 {beyond[:1]}", f"beyond2 {beyond}", f"close1 {right[-1:]}", f"close2 {right[-2:]}",
        f"shared {4 * len(mine.keys() & yours) // max(1, min(len(mine), len(yours)))}",
    ]  # fmt: skip
    if last[:1] == begin:
        found.append("parallel 1")
    if last[:2] == right[:2]:
        found.append("parallel 2")
    found += [f"in last {character}" for character in mine]
    found += [f"in right {character}" for character in yours]
    return found


def sentence_features(left: str, right: str) -> list[str]:
    """The features of a place that depend on where its sentence, so far `left`, begins."""
    clauses = re.split(_CLAUSE, left)
    last, count = clauses[-1], min(_MOST, len(clauses) - 1)
    length = bisect_right(_SENTENCES, len(left))
    one, other = bisect_right(_LENGTHS, len(last)) // 2, bisect_right(_LENGTHS, len(right)) // 2
    begin, opening = right[:1], left[:3].strip()
    found = [
        f"left {length}", f"clauses {count}", f"clauses {count} left {length}",
        f"clauses {count} last {one}", f"clauses {count} right {other}",
        f"clauses {min(2, count)} begin1 {begin}", f"clauses {min(1, count)} begin2 {right[:2]}",
        f"open {_unclosed(left)}",
        f"opening1 {opening[:1]} {min(2, count)}", f"opening2 {opening[:2]} {min(2, count)}",
        f"opening3 {opening} {min(1, count)}",
        f"goes on {opening[:2]} {begin}", f"goes on2 {opening[:2]} {right[:2]}",
    ]  # fmt: skip
    if count:
        before = clauses[-2]
        found += [f"before {before[:2]}", f"before ends {before[-2:]}"]
        found.append(f"before {bisect_right(_LENGTHS, len(before)) // 2}")
        if before[:1] == last[:1]:
            found.append("like the clause before")
    return found


def _unclosed(left: str) -> int:
    """Which marks are open at the end of `left`: 1 a quotation, 2 a bracket."""
    quotes = left.count("“") > left.count("”")
    return quotes + 2 * (left.count("（") + left.count("(") > left.count("）") + left.count(")"))
