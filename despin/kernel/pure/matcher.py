"""Where strings stand in a text, and what they are worth out of context, in plain Python. Twin of `despin.kernel.native.matcher`."""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from despin.kernel.types import Segment, Site

if TYPE_CHECKING:
    from daachorse import CharwiseDoubleArrayAhoCorasick

C = TypeVar("C")
#: A tuple of a start, an end and a pattern's number.
T = TypeVar("T", bound=tuple[int, int, int])
#: Lone surrogates have no UTF-8 form, which the automaton reads; no pattern holds one.
_SURROGATE = re.compile("[\ud800-\udfff]")


class Automaton:
    """Finds `patterns`, which are sorted. By pattern: its number in the channel, whether it is a spun form, and whether
    `unreplaced` counts it. Raises `ValueError` for an empty pattern, and where one is left out."""

    def __init__(self, patterns: list[str], numbers: list[int], is_form: list[bool], counted: list[bool]) -> None:
        if not len(numbers) == len(is_form) == len(counted) == len(patterns):
            raise ValueError("a number and two marks for every pattern are needed")
        if not all(patterns):
            raise ValueError("an empty pattern stands nowhere")
        self.patterns, self.numbers, self._is_form, self._counted = patterns, numbers, is_form, counted

    @cached_property
    def _automaton(self) -> CharwiseDoubleArrayAhoCorasick | None:
        import daachorse

        return daachorse.CharwiseDoubleArrayAhoCorasick(self.patterns) if self.patterns else None

    def find(self, text: str) -> tuple[array[int], array[int], array[int]]:
        """(starts, ends, patterns) of every occurrence of every pattern, in order of their ends, longer ones first; offsets in
        code points, patterns by their place in `patterns`."""
        if self._automaton is None:
            return array("i"), array("i"), array("i")
        try:
            found = self._automaton.find_overlapping(text)
        except UnicodeEncodeError:
            found = self._automaton.find_overlapping(_SURROGATE.sub("\ufffd", text))
        starts, ends, patterns = zip(*found, strict=True) if found else ((), (), ())
        return array("i", starts), array("i", ends), array("i", patterns)

    def sites(self, starts: array[int], ends: array[int], patterns: array[int], kind: type[T]) -> list[T]:
        """(start, end, number), as the tuples `kind`, of every match that is a spun form, by start, the shorter first."""
        numbers, is_form, make = self.numbers, self._is_form, tuple.__new__
        matches = zip(starts, ends, patterns, strict=True)
        return sorted([make(kind, (start, end, numbers[index])) for start, end, index in matches if is_form[index]])

    def unreplaced(
        self, starts: array[int], ends: array[int], patterns: array[int], low: int, high: int
    ) -> dict[int, int]:
        """How often each counted pattern, by its number, stands where no longer match covers it, among the matches
        low..high-1."""
        numbers, counted = self.numbers, self._counted
        found: Counter[int] = Counter()
        matches = zip(starts[low:high], ends[low:high], patterns[low:high], strict=True)
        reached = math.inf  # the least start of the matches that end later, or there and are longer
        for start, _, index in sorted(matches, key=lambda match: (-match[1], match[0])):
            if start < reached:
                reached = start
                if counted[index]:
                    found[numbers[index]] += 1
        return dict(found)

    def unreplaced_in(
        self,
        text: str,
        starts: array[int],
        ends: array[int],
        patterns: array[int],
        cuts: array[int],
        single: Callable[[int], list[tuple[int, str]]],
    ) -> tuple[array[int], array[int], array[int]]:
        """The same in each part of `text`, which the `cuts` part: where those of every part begin, and then the numbers and the
        counts of all parts, one behind the other. A match belongs to the part that its last character is in; `single` gives
        for a spun form (number, original) of its originals of one character, which count wherever one stands."""
        first, found, counts = array("i", [0]), array("i"), array("i")
        low = 0
        for start, end in pairwise(cuts):
            high = bisect_left(ends, end, low)
            unreplaced = self.unreplaced(starts, ends, patterns, low, high)
            forms = {index for index in patterns[low:high] if self._is_form[index] and len(self.patterns[index]) == 1}
            for number, original in dict(pair for index in forms for pair in single(self.numbers[index])).items():
                unreplaced[number] = text.count(original, start, end)
            kept = {number: count for number, count in unreplaced.items() if count}
            found.extend(kept)
            counts.extend(kept.values())
            first.append(len(found))
            low = high
        return first, found, counts


class Prescreen:
    """What matches are worth out of context. `odds(index)` gives by family how much likelier a pattern, by its place in the
    automaton, is from a spinner; it is asked once. `numbers` are those of the patterns in the channel. `singles` says of every
    pattern whether it is a spun form of one character; `exposed`, in which `exposed_first` leads, of every pattern of the
    channel in which of so many `families` it is an original. `least` and `ceiling` bound what a pattern is worth (log10),
    `start_rate` and `rates` are the rates supposed."""

    #: How many patterns were asked for; plain Python does not count, as what it found out is not stored.
    asked = 0

    def __init__(
        self,
        odds: Callable[[int], tuple[tuple[int, float], ...]],
        numbers: list[int],
        singles: list[bool],
        exposed_first: array[int],
        exposed: array[int],
        families: int,
        start_rate: float,
        rates: tuple[float, ...],
        least: float,
        ceiling: float,
    ) -> None:
        self._ask, self._singles, self._families = odds, singles, families
        self._exposed_first, self._exposed = exposed_first, exposed
        self._start_rate, self._rates, self._least, self._ceiling = start_rate, rates, least, ceiling
        self._places = {number: index for index, number in enumerate(numbers)}
        self._odds: dict[int, tuple[tuple[int, float], ...]] = {}
        self._worth: dict[int, float] = {}
        self._gains: dict[int, tuple[tuple[int, int, float], ...]] = {}

    def clear(self, automaton: Automaton, text: str, block: int, bar: float) -> bool:
        """Whether the matches of every block of `text` are worth less than `bar`, at a look that keeps no match; False also
        where the look cannot be had, as here."""
        return False

    def total(self, patterns: array[int], low: int, high: int) -> float:
        """The worth of the matches low..high-1 of these patterns; n of one are worth as much as sqrt(n) of different ones."""
        total = 0.0
        for index, count in Counter(patterns[low:high]).items():
            value = self._value(index)
            if value:
                total += value * math.sqrt(count)
        return total

    def worth(self, pattern: int) -> float:
        """The worth of a pattern, by its number in the channel. Raises `IndexError` where the automaton has no such pattern."""
        if pattern not in self._places:
            raise IndexError("a pattern that is not there")
        return self._value(self._places[pattern])

    def strong(self, sites: Sequence[T]) -> tuple[float, list[T]]:
        """(what sites are worth together, those that are worth something)."""
        strong = [site for site in sites if self.worth(site[2])]
        return sum([self.worth(site[2]) for site in strong]), strong

    def surest(
        self,
        automaton: Automaton,
        starts: array[int],
        ends: array[int],
        patterns: array[int],
        low: int,
        high: int,
    ) -> float:
        """The most that the matches low..high-1 say for a family at a rate: its spun forms speak for it, the words it would
        have replaced and that stand against it."""
        left = [0.0] * self._families
        for number, count in automaton.unreplaced(starts, ends, patterns, low, high).items():
            for family in self._exposed[self._exposed_first[number] : self._exposed_first[number + 1]]:
                left[family] += math.sqrt(count)
        sums = [[0.0] * self._families for _ in self._rates]
        for index, count in Counter(patterns[low:high]).items():
            for rate, family, gain in self._gains_of(index):
                sums[rate][family] += math.sqrt(count) * gain
        kept = [math.log10(1.0 - rate) for rate in self._rates]
        return max(
            gain + standing * kept_alone
            for kept_alone, row in zip(kept, sums, strict=True)
            for gain, standing in zip(row, left, strict=True)
        )

    def export(self) -> tuple[array[int], array[int], array[float]]:
        """(how many odds each pattern has, their families, the odds) of all patterns; asks for those not yet known."""
        every = [self._odds_of(index) for index in range(len(self._singles))]
        flat = [pair for odds in every for pair in odds]
        return array("i", map(len, every)), array("i", [one for one, _ in flat]), array("d", [one for _, one in flat])

    def load(self, lengths: array[int], families: array[int], odds: array[float]) -> None:
        """Take what `export` gave, before anything was asked. Raises `ValueError` for what cannot be that."""
        if len(lengths) != len(self._singles) or len(families) != len(odds) or sum(lengths) != len(odds):
            raise ValueError("not the odds of these patterns")
        if len(odds) and not (min(families) >= 0 and max(families) < self._families and min(lengths) >= 0):
            raise ValueError("not the odds of these families")
        place = 0
        for index, length in enumerate(lengths):
            self._odds[index] = tuple(zip(families[place : place + length], odds[place : place + length], strict=True))
            place += length

    def _odds_of(self, index: int) -> tuple[tuple[int, float], ...]:
        known = self._odds.get(index)
        if known is None:
            known = self._odds[index] = self._ask(index)
        return known

    def _value(self, index: int) -> float:
        """log10 likelihood ratio of a pattern out of context, spinner against ordinary Chinese; 0 if it is small."""
        known = self._worth.get(index)
        if known is None:
            value = math.log10(1.0 + self._start_rate * sum([odds for _, odds in self._odds_of(index)]))
            if self._singles[index]:
                # A single character gains from its context what a word has in itself.
                value += 1.0
            known = self._worth[index] = min(self._ceiling, value) if value >= self._least else 0.0
        return known

    def _gains_of(self, index: int) -> Iterable[tuple[int, int, float]]:
        """(number of the rate, family, what a pattern says for the family at that rate)."""
        known = self._gains.get(index)
        if known is None:
            known = self._gains[index] = tuple(
                (number, family, min(self._ceiling, math.log10(1.0 + rate * odds)))
                for family, odds in self._odds_of(index)
                for number, rate in enumerate(self._rates)
            )
        return known


class FirstLook:
    """What a text is worth at one look, without any object but the result: nothing where it is clearly clean, which most are.

    `automaton`, `worths`, `block`: of `Prescreen.clear`, with its `bar` as (start, slope up to a length, slope behind it, that length). Where
    `Prescreen.surest` says less than the first of `convincing` in a text of as many characters as its third or less, than its second in one
    of as many as its fourth or more, nothing is in doubt either.
    `evidence`, if any program is known by it, and a `closer` look, which gives the probability or None, where it leaves doubt; `doubts`: its weight, the nats from which it leaves doubt, those a character for texts of a
    length or more, that length, the nats at which a text is as likely spun as not, the most that may come out. `telling` are the characters of
    another script, looked for in a `sample`: every so manieth character, of a short text so many. `undamaged` is asked of texts with so
    many full stops, one with so many brackets and any letter with an accent is not told: `marks`; `doubled` is asked where forms were in doubt. `clean` is the result for the empty text, `names` its fields.
    """

    def __init__(
        self,
        automaton: Automaton,
        worths: Prescreen,
        block: int,
        bar: tuple[float, float, float, float],
        convincing: tuple[float, float, int, int],
        evidence: object,
        closer: Callable[[str], float | None],
        doubts: tuple[float, float, float, int, float, float],
        telling: str,
        sample: tuple[int, int],
        undamaged: Callable[[str], bool],
        doubled: Callable[[str], object],
        marks: tuple[int, int],
        clean: C,
        names: tuple[str, ...],
    ) -> None:
        pass

    def of(self, text: str) -> Any:
        """The result for a clean text; False where its forms leave doubt, None where anything else does, or the look cannot be had, as here."""
        return None


def segments(text: str, sites: list[Site], context: int, longest: int) -> list[Segment]:
    """The segments of `text` around `sites` (sorted by start), in order; see `despin.kernel.segments`."""
    found: list[Segment] = []
    low = high = 0
    members: list[Site] = []
    for site in sites:
        start, end = site[0], site[1]
        if members:
            overlaps = start < high
            near = overlaps or (start - high <= context and text.find("\n", high, start) < 0)
            if near and end - low <= (2 * longest if overlaps else longest):
                members.append(site)
                high = end if end > high else high
                continue
            if overlaps:
                # No gap for twice the length: edits must not overlap, so the earlier sites have it.
                continue
            found.append(_segment(text, low, high, members, context))
        low, high, members = start, end, [site]
    if members:
        found.append(_segment(text, low, high, members, context))
    return found


def _segment(text: str, start: int, end: int, members: list[Site], context: int) -> Segment:
    """The segment of sites that stand together between `start` and `end`."""
    before = start - context if start > context else 0
    low = text.rfind("\n", before, start) + 1
    if low < before:
        low = before
    high = text.find("\n", end, end + context) + 1
    if not high:
        high = len(text) if len(text) < end + context else end + context
    return tuple.__new__(Segment, (low, high, members, low == 0 or text[low - 1] == "\n"))
