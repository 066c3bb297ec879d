"""One pass over a text: where the strings of a lexicon stand."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from despin.kernel.types import Found, Site, Unspun

if TYPE_CHECKING:
    from daachorse import CharwiseDoubleArrayAhoCorasick

    from despin.kernel.native.matcher import Scanner


class Matches:
    """The places of a text that may be spun, by start, and how often each original stands unspun, which is counted when it is
    first asked for; `found` is what both come from."""

    __slots__ = ("_unspun", "found", "sites")

    def __init__(self, sites: list[Site], unspun: Unspun | Callable[[], Unspun], found: Found | None = None) -> None:
        self.sites = sites
        self._unspun = unspun
        self.found = Found() if found is None else found

    @property
    def unspun(self) -> Unspun:
        """How often each original stands unspun."""
        if not isinstance(self._unspun, Unspun):
            self._unspun = self._unspun()
        return self._unspun

    def only(self, sites: list[Site]) -> Matches:
        """The same with no sites but these."""
        return Matches(sites, lambda: self.unspun, self.found)

    def among(self, found: Found) -> Matches:
        """The same as part of more matches."""
        return Matches(self.sites, lambda: self.unspun, found)


#: Lone surrogates have no UTF-8 form, which the plain automaton reads; no pattern holds one.
_SURROGATE = re.compile("[\ud800-\udfff]")


class Matcher:
    """An automaton over some patterns of a channel; `numbers` gives their numbers in the channel, which are those of the
    sorted `patterns`. `is_site` says which are spun forms, `exposed` which are originals."""

    def __init__(
        self, numbers: Sequence[int], patterns: Sequence[str], is_site: Sequence[bool], exposed: Sequence[object]
    ) -> None:
        self.numbers = list(numbers)
        self._patterns = [patterns[number] for number in numbers]
        self._is_site = [is_site[number] for number in numbers]
        #: A single character is mostly part of other words.
        self._counted = [bool(exposed[number]) and len(patterns[number]) > 1 for number in numbers]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in ("scanner", "_automaton")}

    @cached_property
    def scanner(self) -> Scanner | None:
        """Matches compiled; None without compiled rooms."""
        try:
            from despin.kernel.native.matcher import Scanner
        except ImportError:
            return None
        return Scanner(self._patterns, self.numbers, self._is_site, self._counted)

    @cached_property
    def _automaton(self) -> CharwiseDoubleArrayAhoCorasick | None:
        import daachorse

        return daachorse.CharwiseDoubleArrayAhoCorasick(self._patterns) if self._patterns else None

    def scan(self, text: str) -> Found:
        """Every occurrence of every pattern, overlapping ones too."""
        if self.scanner is not None:
            return Found(*self.scanner.find(text))
        if self._automaton is None:
            return Found()
        try:
            found = self._automaton.find_overlapping(text)
        except UnicodeEncodeError:
            found = self._automaton.find_overlapping(_SURROGATE.sub("\ufffd", text))
        return Found(*(array("i", column) for column in zip(*found, strict=True))) if found else Found()

    def sites(self, found: Found) -> list[Site]:
        """The matches that are spun forms, by start."""
        if self.scanner is not None:
            return self.scanner.sites(found.starts, found.ends, found.patterns, Site)
        numbers, is_site = self.numbers, self._is_site
        matches = zip(found.starts, found.ends, found.patterns, strict=True)
        return sorted([Site(start, end, numbers[index]) for start, end, index in matches if is_site[index]])

    def single_sites(self, found: Found, low: int, high: int) -> set[int]:
        """The spun forms of one character among the matches `low` to `high - 1`."""
        numbers, is_site, patterns = self.numbers, self._is_site, self._patterns
        return {numbers[index] for index in found.patterns[low:high] if is_site[index] and len(patterns[index]) == 1}

    def counts(self, found: Found, low: int, high: int) -> dict[int, int]:
        """How often each pattern is among the matches `low` to `high - 1`, by its number in the channel."""
        numbers = self.numbers
        return {numbers[index]: count for index, count in Counter(found.patterns[low:high]).items()}

    def standing(self, found: Found, low: int, high: int) -> dict[int, int]:
        """How often each original of two characters and more stands where no longer match covers it, among the matches
        `low` to `high - 1`."""
        if self.scanner is not None:
            return self.scanner.standing(found.starts, found.ends, found.patterns, low, high)
        numbers, counted = self.numbers, self._counted
        standing: Counter[int] = Counter()
        matches = zip(found.starts[low:high], found.ends[low:high], found.patterns[low:high], strict=True)
        reached = math.inf  # the least start of the matches that end later, or there and are longer
        for start, _, index in sorted(matches, key=lambda match: (-match[1], match[0])):
            if start < reached:
                reached = start
                if counted[index]:
                    standing[numbers[index]] += 1
        return dict(standing)
