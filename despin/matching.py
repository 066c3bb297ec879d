"""One pass over a text: where the strings of a lexicon stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

import daachorse


class Site(NamedTuple):
    """A spun form found in a text: `text[start:end]` is pattern number `pattern` of the channel."""

    start: int
    end: int
    pattern: int


#: A match as the automaton gives it: start, end, and the matcher's own number of the pattern.
Found = list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Matches:
    """The places of a text that may be spun, by start, and how often each original stands unspun, by pattern; `found` is
    what both come from."""

    sites: list[Site]
    unspun: Mapping[int, int]
    found: Found = field(default_factory=list, compare=False)


_START = itemgetter(0)
_INDEX = itemgetter(2)
#: Lone surrogates have no UTF-8 form, which the automaton reads; no pattern holds one.
_SURROGATE = re.compile("[\ud800-\udfff]")


class Matcher:
    """An automaton over some patterns of a channel; `numbers` gives their numbers in the channel."""

    def __init__(self, numbers: Sequence[int], patterns: Sequence[str], is_site: Sequence[bool]) -> None:
        self.numbers = list(numbers)
        self._is_site = [is_site[number] for number in numbers]
        self._is_long = [len(patterns[number]) > 1 for number in numbers]
        own = [patterns[number] for number in numbers]
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(own) if own else None

    def scan(self, text: str) -> Found:
        """Every occurrence of every pattern, overlapping ones too, in order of their ends, longer ones first."""
        if self._automaton is None:
            return []
        try:
            found: Found = self._automaton.find_overlapping(text)
        except UnicodeEncodeError:
            found = self._automaton.find_overlapping(_SURROGATE.sub("\ufffd", text))
        return found

    def counts(self, found: Found) -> dict[int, int]:
        """How often each pattern was found, by its number in the channel."""
        numbers = self.numbers
        return {numbers[index]: count for index, count in Counter(map(_INDEX, found)).items()}

    def sites(self, found: Found) -> list[Site]:
        """The matches that are spun forms, by start."""
        numbers, is_site = self.numbers, self._is_site
        return sorted([Site(start, end, numbers[index]) for start, end, index in found if is_site[index]])

    def single_sites(self, found: Found) -> set[int]:
        """The spun forms of one character among the matches."""
        numbers, is_site, is_long = self.numbers, self._is_site, self._is_long
        return {numbers[index] for _, _, index in found if not is_long[index] and is_site[index]}

    def standing(self, found: Found) -> Counter[int]:
        """How often each pattern of two characters and more stands where no longer match covers it."""
        numbers, is_long = self.numbers, self._is_long
        standing: Counter[int] = Counter()
        reach = 0
        # Reversed, of two matches with one start the longer comes first, and the sort keeps it there.
        backwards = found[::-1]
        backwards.sort(key=_START)
        for _, end, index in backwards:
            if end > reach:
                reach = end
                if is_long[index]:
                    standing[numbers[index]] += 1
        return standing
