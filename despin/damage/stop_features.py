"""What stands around a comma or a full stop, as names of features that tell which of the two belongs there, and what
their weights come to.

No feature looks at the marks themselves, only at where they stand, at the words between them and at where the sentence
begins: so the features of a text are the same whichever commas became full stops.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from despin.errors import ModelError
from despin.tuning import FullStops

_STOPS, _CLAUSE = "[。！？!?；;，,、：:\n]", "[，,：:。]"
_WEIGHT = re.compile(r"-?\d{1,3}(\.\d{1,3})?")


def behind(text: str, place: int) -> tuple[str, str]:
    """(the clause behind a place, what the clause behind that one begins with)."""
    parts = re.split(_STOPS, text[place + 1 : place + FullStops.reach], maxsplit=2)
    return parts[0], parts[1][:2] if len(parts) > 2 else ""


def last_clause(left: str) -> str:
    """What stands behind the last mark of `left`."""
    return re.split(_CLAUSE, left)[-1]


def clause_features(last: str, right: str, beyond: str) -> list[str]:
    """The features of a place between two clauses, wherever its sentence begins; `beyond` begins a third."""
    ending, begin = last[-1:], right[:1]
    one, other = bisect_right(FullStops.lengths, len(last)), bisect_right(FullStops.lengths, len(right))
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
    last, count = clauses[-1], min(FullStops.most_clauses, len(clauses) - 1)
    length = bisect_right(FullStops.sentences, len(left))
    one, other = bisect_right(FullStops.lengths, len(last)) // 2, bisect_right(FullStops.lengths, len(right)) // 2
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
        found.append(f"before {bisect_right(FullStops.lengths, len(before)) // 2}")
        if before[:1] == last[:1]:
            found.append("like the clause before")
    return found


def _unclosed(left: str) -> int:
    """Which marks are open at the end of `left`: 1 a quotation, 2 a bracket."""
    quotes = left.count("“") > left.count("”")
    return quotes + 2 * (left.count("（") + left.count("(") > left.count("）") + left.count(")"))


def read_weights(path: Path) -> dict[str, float]:
    """The weight (ln odds of a comma) of every feature, from lines of a feature, a tab, its weight, or nothing where
    the line above has the same; lines of `#` are comments. Raises `ModelError` for any other line."""
    found, weight = {}, ""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); install despin again") from None
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            continue
        name, tab, own = line.rpartition("\t")
        weight = own or weight
        if not (tab and name and _WEIGHT.fullmatch(weight)):
            raise ModelError(f"{path}:{number}: {line[:40]!r} is no feature with its weight; install despin again")
        found[name] = float(weight)
    return found


class StopFeatures:
    """What speaks for a comma where a comma or a full stop stands (ln odds), by the weights of features; the feature
    `bias` is everywhere."""

    def __init__(self, weights: dict[str, float]) -> None:
        self._weights = weights

    def rows(self, text: str, places: Sequence[int], start: int, back: int) -> list[list[float]]:
        """The odds of a comma at every place, by where its sentence begins: at `start` or behind one of the full stops
        before, of which the last ones count, `back` beginnings in all."""
        found, starts = [], [start]
        for place in places:
            right, beyond = behind(text, place)
            own = self._clauses(text, starts[-1], place, right, beyond)
            found.append([own + self._sum(sentence_features(_left(text, low, place), right)) for low in starts])
            if text[place] == "。":
                starts = [*starts, place + 1][-back:]
        return found

    def stops(self, text: str, places: Sequence[int], start: int) -> list[float]:
        """The odds of a comma at the full stops among `places`, each as if the others were genuine; the first sentence
        begins at `start`."""
        found = []
        for place in places:
            if text[place] == "。":
                right, beyond = behind(text, place)
                own = self._clauses(text, start, place, right, beyond)
                found.append(own + self._sum(sentence_features(_left(text, start, place), right)))
                start = place + 1
        return found

    def _clauses(self, text: str, start: int, place: int, right: str, beyond: str) -> float:
        """What speaks for a comma wherever its sentence begins."""
        return self._sum(["bias", *clause_features(last_clause(_left(text, start, place)), right, beyond)])

    def _sum(self, names: Sequence[str]) -> float:
        weights = self._weights
        return sum([weights[name] for name in names if name in weights])


def _left(text: str, start: int, place: int) -> str:
    """The sentence that begins at `start`, up to a place."""
    return text[max(start, place - FullStops.reach) : place]
