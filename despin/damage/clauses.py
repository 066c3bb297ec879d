"""What stands around a full stop, as evidence of whether a comma stood there: names of features of its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

#: A full stop in the middle of a line: something to say stands on both sides.
STOP = re.compile(r"(?<=[\u3400-\u9fffA-Za-z0-9)）》”’」\]])。(?=[\u3400-\u9fffA-Za-z0-9(（《“‘「\[])")
#: What ends a sentence beyond doubt, or stands at a place that is none of the above.
BOUNDS = frozenset("。！？!?；;\n")
_BOUND = re.compile(f"[{''.join(sorted(BOUNDS))}]")
#: Sentences are looked at from this far before a place, clauses to this far behind it.
REACH = 150
_MARK = re.compile("[。！？!?；;，,、：:\n]")
_CLAUSE = re.compile("[，,：:。]")
#: Words that open a sentence which has to go on.
_OPEN = re.compile(
    "如果|假如|假设|倘若|要是|若是|若|虽然|尽管|虽说|因为|由于|既然|只要|只有|除非|即使|即便|就算|哪怕|无论|不管|不论|为了|"
    "对于|关于|至于|随着|根据|按照|依照|通过|经过|当|自从|一旦|与其|除了|正如|就像|在|首先|第一|一方面|不仅|不但|不是|先|既"
)
_LENGTHS = (5, 8, 12, 18, 27, 40, 60, 90)


class Chain(NamedTuple):
    """Full stops that may have been commas, one behind the other, where the sentence begins that the first ends, and the
    number of their line, counted from 0."""

    start: int
    places: list[int]
    line: int


def chains(text: str) -> list[Chain]:
    """The chains of `text`: a sentence that ends beyond doubt closes one."""
    doubtful = {match.start() for match in STOP.finditer(text)}
    found: list[Chain] = []
    start, places, line = 0, list[int](), 0
    if not doubtful:
        return found
    for match in _BOUND.finditer(text):
        place = match.start()
        if place in doubtful:
            places.append(place)
            continue
        if places:
            found.append(Chain(start, places, line))
            places = []
        start = place + 1
        line += text[place] == "\n"
    if places:
        found.append(Chain(start, places, line))
    return found


def right_of(text: str, place: int) -> tuple[str, str]:
    """(the clause behind a place, the mark that ends it)."""
    right = _MARK.split(text[place + 1 : place + REACH], maxsplit=1)[0]
    end = place + 1 + len(right)
    return right, text[end : end + 1]


def features(left: str, right: str, after: str) -> list[str]:
    """The features of a place between the sentence so far, `left`, and the clause `right`, which `after` ends."""
    return [*clause_features(last_clause(left), right, after), *sentence_features(left, right)]


def last_clause(left: str) -> str:
    """What stands behind the last mark of `left`."""
    return _CLAUSE.split(left)[-1]


def clause_features(last: str, right: str, after: str) -> list[str]:
    """The features of a place between two clauses, wherever the sentence begins; `after` ends the second."""
    found = [
        f"end1 {last[-1:]}",
        f"end2 {last[-2:]}",
        f"end3 {last[-3:]}",
        f"begin1 {right[:1]}",
        f"begin2 {right[:2]}",
        f"begin3 {right[:3]}",
        f"first1 {last[:1]}",
        f"first2 {last[:2]}",
        f"pair {last[-1:]} {right[:1]}",
        f"last {_bucket(last)}",
        f"right {_bucket(right)}",
        f"after {after if after and after in '。，' else '-'}",
        f"shared {_shared(last, right)}",
    ]
    if last[:1] == right[:1]:
        found.append("parallel 1")
    if last[:2] == right[:2]:
        found.append("parallel 2")
    return found


def sentence_features(left: str, right: str) -> list[str]:
    """The features of a place that depend on where its sentence begins."""
    clauses = _CLAUSE.split(left)
    last, count = clauses[-1], min(5, len(clauses) - 1)
    found = [
        f"left {_bucket(left)}",
        f"clauses {count}",
        f"clauses {count} last {_bucket(last)}",
        f"clauses {count} right {_bucket(right)}",
        f"clauses {min(1, count)} begin1 {right[:1]}",
    ]
    opened = _OPEN.match(left)
    if opened is not None:
        found.append(f"open {opened.group()} {min(2, count)}")
    if count:
        opened = _OPEN.match(last)
        if opened is not None:
            found.append(f"opens {opened.group()}")
        if clauses[-2][:1] == last[:1]:
            found.append("like the clause before")
    return found


def _bucket(part: str) -> int:
    return bisect_right(_LENGTHS, len(part))


def _shared(one: str, other: str) -> int:
    """How much two clauses have in common, in quarters."""
    mine, yours = set(one), set(other)
    return int(4 * len(mine & yours) / max(1, min(len(mine), len(yours))))
