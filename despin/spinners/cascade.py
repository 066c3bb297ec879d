"""A text on which rules are run one after the other, each reading what the earlier ones wrote.

The text is a chain of characters, so that a replacement costs what it changes. Which rules find something is kept in a
heap: a rule that finds nothing costs nothing, and what a replacement brings together is looked up around it alone.
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


class Cascade:
    """A text and the rules to run on it; `spun` runs them."""

    def __init__(self, text: str, rules: Rules, *, once: bool) -> None:
        self._text, self._once = text, once
        self._rules, self._numbers, self._lengths, self._longest = rules
        size = len(text)
        #: By node: its character, its neighbours, what it came from (`text[start:end]`), its place among
        #: the others, whether it was written.
        self._characters = list(text)
        self._after, self._before = list(range(1, size + 1)), list(range(-1, size))
        self._starts, self._ends = list(range(size)), list(range(1, size + 1))
        self._places: list[tuple[int, ...]] = [(place,) for place in range(size)]
        self._written, self._gone = bytearray(size), bytearray(size)
        # The node behind the last one, which holds no character.
        self._stop = size
        self._characters.append("")
        for column in (self._after, self._starts, self._ends):
            column.append(size)
        self._places.append((size,))
        self._written.append(0)
        self._gone.append(0)
        self._first, self._size = 0, size
        self._room = max(LEAST_ROOM, MOST_TIMES * size)
        self._pending: dict[int, set[int]] = defaultdict(set)
        self._heap: list[int] = []

    def spun(self) -> Spun:
        """The text after all rules, with its edits. Raises `ProgramError` for a text that grows beyond all measure."""
        text, longest = self._text, self._longest
        for start in range(self._stop):
            self._look(start, text[start : start + longest], -1)
        while self._heap:
            number = heapq.heappop(self._heap)
            starts = self._pending.pop(number)
            for start in self._heads(starts, self._rules[number]):
                self._run(start, number)
            if self._once:
                # What a rule left after its first place is for later rows of the same word.
                for start in starts:
                    if not self._gone[start]:
                        self._look(start, self._ahead(start, longest), number)
        return self._result()

    def _look(self, node: int, ahead: str, done: int) -> None:
        """Note the first rule after `done` of each word that begins at a node; `ahead`
        are the characters from there."""
        for length in self._lengths.get(ahead[:1], ()):
            if length > len(ahead):
                return
            numbers = self._numbers.get(ahead[:length])
            if numbers and numbers[-1] > done:
                number = numbers[bisect_right(numbers, done)]
                if number not in self._pending:
                    heapq.heappush(self._heap, number)
                self._pending[number].add(node)

    def _heads(self, starts: set[int], rule: Rule) -> Iterator[int]:
        """The places where a rule may begin, from left to right; only the first of them where each rule is run once."""
        ordered = sorted((node for node in starts if not self._gone[node]), key=self._places.__getitem__)
        for node in ordered:
            # What was written over since, or no longer reads so, is passed over.
            if not self._gone[node] and self._found(node, rule):
                yield node
                if self._once:
                    return

    def _found(self, node: int, rule: Rule) -> tuple[str, str] | None:
        ahead = self._ahead(node, len(rule[0][0]))
        return next((pair for pair in rule if pair[0] and ahead.startswith(pair[0])), None)

    def _ahead(self, node: int, length: int) -> str:
        found: list[str] = []
        while len(found) < length and node != self._stop:
            found.append(self._characters[node])
            node = self._after[node]
        return "".join(found)

    def _run(self, start: int, number: int) -> None:
        """Replace the word that begins at a node, and look for what its neighbours now make up."""
        found = self._found(start, self._rules[number])
        if found is None:
            return
        word, form = found
        before, node = self._before[start], start
        last = start
        for _ in word:
            self._gone[node] = 1
            last, node = node, self._after[node]
        self._size += len(form) - len(word)
        if self._size > self._room:
            raise ProgramError(
                "program: rows of its table feed one another, and make a text grow without end",
                "look for rows whose target holds words of later rows",
            )
        whole = (self._starts[start], self._ends[last])
        new = self._insert(before, node, form, whole, self._places[start])
        # Words that end in what was written, or behind it.
        place, back = new, 0
        while self._before[place] >= 0 and back < self._longest - 1:
            place, back = self._before[place], back + 1
        stop = node
        while place != stop:
            if reach := self._lengths.get(self._characters[place]):
                self._look(place, self._ahead(place, reach[-1]), number)
            place = self._after[place]

    def _insert(self, before: int, after: int, form: str, whole: tuple[int, int], label: tuple[int, ...]) -> int:
        """Put new characters between two nodes; the first of them, or the node behind where there are none."""
        first = after
        previous = before
        for count, character in enumerate(form):
            node = len(self._characters)
            self._characters.append(character)
            self._before.append(previous)
            self._after.append(after)
            self._starts.append(whole[0])
            self._ends.append(whole[1])
            self._places.append((*label, count))
            self._written.append(1)
            self._gone.append(0)
            if previous >= 0:
                self._after[previous] = node
            else:
                self._first = node
            if not count:
                first = node
            previous = node
        if not form:
            if before >= 0:
                self._after[before] = after
            else:
                self._first = after
        self._before[after] = previous
        return first

    def _result(self) -> Spun:
        """The text as it stands, with edits: characters that came from the same characters
        of the original are one edit."""
        text, parts = self._text, list[str]()
        edits: list[SpunEdit] = []
        node, place, read = self._first, 0, 0
        while node != self._stop:
            if not self._written[node]:
                if self._starts[node] > read:
                    edits.append(SpunEdit(place, place, text[read : self._starts[node]]))
                read = self._ends[node]
                parts.append(self._characters[node])
                node, place = self._after[node], place + 1
                continue
            start, form = place, list[str]()
            last = self._ends[node]
            while node != self._stop and self._written[node] and (not form or self._starts[node] < last):
                form.append(self._characters[node])
                last = max(last, self._ends[node])
                node, place = self._after[node], place + 1
            written, was = "".join(form), text[read:last]
            read = last
            parts.append(written)
            if written != was:
                edits.append(SpunEdit(start, place, was))
        if read < len(text):
            edits.append(SpunEdit(place, place, text[read:]))
        return Spun("".join(parts), tuple(edits))
