"""Which parts of a text the families of the lexicon made alike: joined articles, a spun
tail, clean text around a spun part.

A text is taken apart into units: lines, or sentences of long lines. Each has a score (log10) for every state, which is
a family at a rate: what its spun forms say for that, less what the words say that stand though the family would have
replaced them, less what chance finds in so many characters. A hidden Markov model with these states and a clean one
gives the likeliest runs of units; a border costs the same wherever it is, so that a part needs no more evidence where
more text stands around it. A run is divided into documents, each of which is then judged by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from despin.document.runs import State, likeliest_runs
from despin.tuning import Parting


class Unit(NamedTuple):
    """A line of a text, or some sentences of a long one: `text[start:end]`; `opens` says that a line begins with it."""

    start: int
    end: int
    opens: bool


class Part(NamedTuple):
    """A part of a text, `text[start:end]`; `doubted` says that it has to be judged as a
    document, and is clean otherwise."""

    start: int
    end: int
    doubted: bool


def units(text: str) -> list[Unit]:
    """The units of a text, which cover it."""
    found: list[Unit] = []
    place = 0
    while place < len(text):
        line = text.find("\n", place) + 1 or len(text)
        opens = True
        while line - place > Parting.long_line:
            cut = (
                max(
                    text.rfind(mark, place + Parting.least_unit, place + Parting.long_line - Parting.least_unit)
                    for mark in "。！？；"
                )
                + 1
            )
            cut = (
                cut
                or text.rfind("，", place + Parting.least_unit, place + Parting.long_line - Parting.least_unit) + 1
                or place + Parting.long_line - Parting.least_unit
            )
            found.append(Unit(place, cut, opens))
            place, opens = cut, False
        found.append(Unit(place, line, opens))
        place = line
    return found


def cover(length: int, spans: Sequence[tuple[int, int]]) -> list[Part]:
    """The parts of a text of some length: the `spans` (start, end), sorted and disjoint,
    and the clean text between them."""
    found: list[Part] = []
    place = 0
    for start, end in spans:
        if place < start:
            found.append(Part(place, start, False))
        found.append(Part(start, end, True))
        place = end
    if place < length or not found:
        found.append(Part(place, length, False))
    return found


def runs(
    parts: Sequence[Unit], scores: Mapping[State, Sequence[float]], before: bool = False, after: bool = False
) -> list[tuple[int, int, State]]:
    """The runs of units that are not clean, as (first, last, state), last excluded, on the likeliest path: from the
    scores of every state against the clean one (log10). `before` and `after` say whether clean text stands there;
    otherwise it costs nothing to begin or to end."""
    costs = [Parting.border + (0.0 if part.opens else Parting.within) for part in parts]
    if parts and not before:
        costs[0] = 0.0
    return likeliest_runs(scores, costs, Parting.border if after else 0.0)


def documents(text: str, parts: Sequence[Unit], first: int, last: int) -> list[tuple[int, int]]:
    """The documents of a run of units, as (start, end): another one begins where lines come again,
    and where one would be too long."""
    cuts = [parts[first].start]
    seen: dict[str, int] = {}
    repeated = 0
    for number in range(first, last):
        part = parts[number]
        line = text[part.start : part.end].strip()
        again = seen.get(line, -1) >= cuts[-1]
        repeated = repeated + len(line) if again or not line else 0
        if repeated >= Parting.again:
            # The first of the lines that come again begins it.
            start = number
            while start > first and _stood(text, parts[start - 1], seen, cuts[-1]):
                start -= 1
            if parts[start].start > cuts[-1]:
                cuts.append(parts[start].start)
                seen = {text[one.start : one.end].strip(): one.start for one in parts[start:number]}
            repeated = 0
        elif part.end - cuts[-1] > Parting.longest and part.start > cuts[-1]:
            cuts.append(part.start)
        if line:
            seen.setdefault(line, part.start)
    return list(zip(cuts, [*cuts[1:], parts[last - 1].end], strict=True))


def _stood(text: str, part: Unit, seen: Mapping[str, int], since: int) -> bool:
    """Whether the text of a unit stood before, in the document that begins at `since`; a blank one always did."""
    line = text[part.start : part.end].strip()
    place = seen.get(line, -1)
    return not line or since <= place < part.start
