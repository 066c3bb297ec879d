"""A text on which rules are run one after the other, each reading what the earlier ones wrote.

Which rules may find something is kept in a heap: a rule that finds nothing costs nothing, and what a replacement brings
together is looked up around it alone.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from despin.spinners.base import ProgramError, Spun, SpunEdit, lengths_by_character
from despin.spinners.rows import TableRow

#: What a rule replaces: (word, what is written) pairs, the longest word first.
Rule = tuple[tuple[str, str], ...]
#: The mark of a three-pass swap, which no text holds: it is no character.
MARK = "\U0010fffe"
#: A text may grow to so many times its length, and so many characters.
MOST_TIMES, LEAST_ROOM = 20, 100_000


class Rules(NamedTuple):
    """Rules in order; by word the numbers of its rules, rising; by first character the lengths of
    words, rising; the longest word's."""

    rules: Sequence[Rule]
    numbers: Mapping[str, Sequence[int]]
    lengths: Mapping[str, Sequence[int]]
    longest: int


def rules_of(rows: Sequence[TableRow], passes: str) -> Rules:
    """The rules that the rows of a table are under `passes`."""
    rules: list[Rule] = []
    for key, target, both, _ in rows:
        if passes == "cascade" or not both or not target:
            rules.append(((key, target),))
        elif passes == "swap":
            pair = sorted({key: target, target: key}.items(), key=lambda one: -len(one[0]))
            rules.append(tuple(pair))
        else:
            rules += [((key, MARK),), ((target, key),), ((MARK, target),)]
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, rule in enumerate(rules):
        for word, _ in rule:
            if word:
                numbers[word].append(number)
    rising = {first: found[::-1] for first, found in lengths_by_character(numbers).items()}
    return Rules(rules, dict(numbers), rising, max(map(len, numbers), default=0))


def check_growth(size: int, before: int) -> None:
    """Raises `ProgramError` where a text of `before` characters has grown to a `size` beyond all measure."""
    if size > max(LEAST_ROOM, MOST_TIMES * before):
        raise ProgramError(
            "program: rows of its table feed one another, and make a text grow without end",
            "look for rows whose target holds words of later rows",
        )


class Cascade:
    """A text and the rules to run on it; `spun` runs them, each at its first place alone where that is so (`once`)."""

    def __init__(self, text: str, rules: Rules, *, once: bool) -> None:
        self._source = self._text = text
        self._rules, self._once = rules, once
        #: By character of the text as it reads, what it came from (`source[start:end]`), and whether it was written.
        self._origins = [(place, place + 1) for place in range(len(text))]
        self._written = bytearray(len(text))
        self._waiting: list[int] = []

    def spun(self) -> Spun:
        """The text after all rules, with its edits. Raises `ProgramError` for a text that grows beyond all measure."""
        self._look(0, len(self._text), -1)
        done = -1
        while self._waiting:
            number = heapq.heappop(self._waiting)
            if number > done:
                done = number
                self._run(number)
            check_growth(len(self._text), len(self._source))
        return self._result()

    def _look(self, start: int, end: int, done: int) -> None:
        """Have the first rule behind `done` run of each word that begins at `start:end`."""
        text, lengths, numbers = self._text, self._rules.lengths, self._rules.numbers
        for place in range(max(0, start), min(end, len(text))):
            for length in lengths.get(text[place], ()):
                own = numbers.get(text[place : place + length])
                if own and own[-1] > done:
                    heapq.heappush(self._waiting, own[bisect_right(own, done)])

    def _run(self, number: int) -> None:
        """Run a rule, and look for what it brought together."""
        text, rule, longest = self._text, self._rules.rules[number], self._rules.longest
        places = list(_places(text, rule, self._once))
        parts: list[str] = []
        kept = shift = 0
        wrote: list[tuple[int, int]] = []
        for start, end, form in places:
            parts += (text[kept:start], form)
            kept = end
            start, end = start + shift, end + shift
            self._origins[start:end] = [(self._origins[start][0], self._origins[end - 1][1])] * len(form)
            self._written[start:end] = b"\1" * len(form)
            wrote.append((start - longest + 1, start + len(form)))
            shift += len(form) - (end - start)
        self._text = "".join([*parts, text[kept:]])
        for start, end in wrote:
            self._look(start, end, number)
        # What a rule left after its first place is for later rows of the same word.
        for word, _ in rule if self._once and places else ():
            own = self._rules.numbers.get(word, ())
            if word in self._text and own[-1] > number:
                heapq.heappush(self._waiting, own[bisect_right(own, number)])

    def _result(self) -> Spun:
        """The text as it stands, with edits: characters that came from the same characters of the original are one
        edit."""
        source, text, origins = self._source, self._text, self._origins
        edits: list[SpunEdit] = []
        place = read = 0
        while place < len(text):
            start, (first, last) = place, origins[place]
            if not self._written[place]:
                if first > read:
                    edits.append(SpunEdit(place, place, source[read:first]))
                read, place = last, place + 1
                continue
            while place < len(text) and self._written[place] and (place == start or origins[place][0] < last):
                last = max(last, origins[place][1])
                place += 1
            if text[start:place] != source[read:last]:
                edits.append(SpunEdit(start, place, source[read:last]))
            read = last
        if read < len(source):
            edits.append(SpunEdit(place, place, source[read:]))
        return Spun(text, tuple(edits))


def _places(text: str, rule: Rule, once: bool) -> Iterator[tuple[int, int, str]]:
    """(start, end, what is written) of the places of a rule, from left to right, or of the first of them."""
    place = 0
    while found := [
        (at, number) for number, (word, _) in enumerate(rule) if (at := text.find(word, place)) >= 0 and word
    ]:
        at, number = min(found)
        word, form = rule[number]
        place = at + len(word)
        yield at, place, form
        if once:
            return
