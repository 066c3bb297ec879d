"""What stands around a comma or a full stop, as names of features that tell which of the two belongs there: weights are learned by these
names, and `despin/kernel/native/loglinear.pyx` adds up the weights of the same names without spelling them.

No feature looks at the marks themselves, only at where they stand, at the words between them and at where the sentence
begins: so the features of a text are the same whichever commas became full stops.
"""

from __future__ import annotations

import re
from bisect import bisect_right

#: Sentences are looked at from this far before a place, clauses to this far behind it.
REACH = 150
_STOPS, _CLAUSE = "[。！？!?；;，,、：:\n]", "[，,：:。]"
_LENGTHS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 60, 90)
_SENTENCES = (4, 8, 12, 18, 27, 40, 60, 90, 130)
#: Clauses of a sentence are counted up to here.
_MOST = 6


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
