"""The channel: what spinners of each family write for which words, ready for matching.

A `ListChannel` is compiled from a lexicon. It knows nothing of fluency, nor of a document. For every spun form it
lists the originals with w(spun | original), the share of an original's substitutions in that family which take this
form; and for every original the families that would have replaced it.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import accumulate, chain
from typing import TYPE_CHECKING, NamedTuple, overload

from despin.channel.matches import Matcher, Matches
from despin.kernel.types import MatchColumns, Site, Unreplaced
from despin.lexicon.model import PERSONAL, Entry, Lexicon
from despin.tuning import Lists

if TYPE_CHECKING:
    from despin.kernel.native.matcher import Automaton


#: log10 of what ordinary Chinese takes from the weight of a (spun, original) pair.
Background = Mapping[tuple[str, str], float]


class Candidate(NamedTuple):
    """An original that a spun form may stand for, in one family; `weight` is w(spun | original), 0 to 1."""

    original: str
    family: int
    weight: float
    entry: Entry


class CandidateColumns(NamedTuple):
    """The candidates of all patterns in columns, for compiled code: those of pattern n are the places `firsts[n]` to
    `firsts[n + 1]`. By place `originals` are numbers among the patterns and, behind these, `words`; `families`, of
    which `known` are known; `weights`; and `entries`, whose `traits` are as `despin.channel.catalogue` has them, and
    whose families are `named` by their numbers among `names`."""

    firsts: array[int]
    originals: array[int]
    families: array[int]
    entries: array[int]
    weights: array[float]
    traits: bytes
    named: bytes
    words: list[str]
    names: list[str]
    known: int


class ListChannel:
    """Compiled lexicon entries; immutable, picklable, safe to share between threads.

    `patterns` are all spun forms and originals. By pattern number: `candidates`, the originals it may stand for
    (empty for a pattern that is only an original), and `exposed`, the families in which it is an original. The rules
    of a pack work for the families it stands beside, and are only looked for with `match(text, packs=True)`.
    """

    def __init__(self, lexicon: Lexicon, background: Background | None = None) -> None:
        plain = [family.name for family in lexicon.families if not family.pack and family.name != PERSONAL]
        self.families = plain or [PERSONAL]
        number = {name: index for index, name in enumerate(self.families)}
        hosts = {
            family.name: [number[name] for name in family.beside if name in number]
            for family in lexicon.families
            if family.pack
        }
        if plain:
            hosts[PERSONAL] = list(range(len(plain)))
        entries, totals, exposed = _survey(lexicon, number, hosts)
        self.patterns = sorted({*entries, *exposed})
        #: The originals that every pattern may stand for.
        self.candidates = Candidates(self.patterns, entries, totals, number, hosts, background or {})
        self.exposed: Sequence[tuple[int, ...]] = [
            tuple(sorted(exposed[pattern])) if pattern in exposed else () for pattern in self.patterns
        ]
        self.number = {pattern: index for index, pattern in enumerate(self.patterns)}
        self._single_originals: dict[int, list[tuple[int, str]]] = {}
        forms = Counter(entry.family for each in entries.values() for entry in each)
        #: By family: how much less likely than others it is beforehand (log10), for the forms it has beyond `LARGE`.
        self.excess = [max(0.0, math.log10(max(1, forms[name]) / Lists.large)) for name in self.families]
        packs = {family.name for family in lexicon.families if family.pack}
        sites = {entry.spun for each in entries.values() for entry in each if entry.family not in packs}
        #: Whether a pattern is a spun form that is looked for in every text.
        self.is_site = list(map(sites.__contains__, self.patterns))
        #: How much noise the forms make in ordinary text, 0 to 1, by how many there are.
        self.noise = min(1.0, sum(self.is_site) / Lists.forms)
        only_packs = [
            pattern in entries and not site for pattern, site in zip(self.patterns, self.is_site, strict=True)
        ]
        plain_numbers = [index for index in range(len(self.patterns)) if self.is_site[index] or self.exposed[index]]
        #: The patterns that are looked for in a text that is believed to be spun.
        self.pack_numbers = [index for index, pack in enumerate(only_packs) if pack]
        #: Whether an original is counted where it stands: a single character is mostly part of other words.
        self.counted = [
            bool(own) and len(pattern) > 1 for pattern, own in zip(self.patterns, self.exposed, strict=True)
        ]
        self._plain = Matcher(plain_numbers, self.patterns, self.is_site, self.counted)
        self._pack = Matcher(self.pack_numbers, self.patterns, only_packs, self.counted)

    @cached_property
    def exposures(self) -> tuple[array[int], array[int]]:
        """`exposed` flat: where the families of every pattern begin, and the families."""
        return array("i", accumulate(map(len, self.exposed), initial=0)), array("i", chain.from_iterable(self.exposed))

    def scan(self, text: str) -> MatchColumns:
        """The raw matches of everything that is looked for in every text."""
        return self._plain.scan(text)

    @property
    def automaton(self) -> Automaton:
        """What finds them; its numbers of patterns are those that `numbers` leads from."""
        return self._plain.automaton

    @property
    def numbers(self) -> list[int]:
        """The pattern behind every number that matches of `scan` carry."""
        return self._plain.numbers

    def match(self, text: str, packs: bool = False, found: MatchColumns | None = None) -> Matches:
        """All sites of `text` by start, and how often each original stands where no longer match covers it.

        An original of one character is counted only where a spun form of one character stands for it: elsewhere the
        character is mostly part of other words. `found` saves a pass where `scan` was called before.
        """
        found = self.scan(text) if found is None else found
        matches = Matches(self._plain.sites(found), lambda: self._standing(text, found), found)
        return self.with_packs(text, matches) if packs else matches

    def with_packs(self, text: str, matches: Matches) -> Matches:
        """`matches` of all of `text` and those of the packs."""
        sites = self._pack.sites(self._pack.scan(text))
        if not sites:
            return matches
        every = sorted([*matches.sites, *sites])
        return Matches(every, lambda: self._and_single(text, matches.unspun, sites), matches.found)

    def _standing(self, text: str, found: MatchColumns) -> Unreplaced:
        """How often each original stands unspun in all of `text`."""
        return self._unspun(text, found, array("i", [0, len(text) + 1]))[1]

    def _and_single(self, text: str, unspun: Unreplaced, sites: Sequence[Site]) -> Unreplaced:
        """`unspun` and how often those of one character stand that the `sites` of one character stand for."""
        patterns, counts = unspun.patterns[:], unspun.counts[:]
        known, single = set(patterns), self._single_originals.get
        for pattern in {pattern for start, end, pattern in sites if end - start == 1}:
            pairs = single(pattern)
            for number, original in self._single(pattern) if pairs is None else pairs:
                if number not in known:
                    known.add(number)
                    if count := text.count(original):
                        patterns.append(number)
                        counts.append(count)
        return Unreplaced(patterns, counts)

    def forms_of(self, lexicon: Lexicon, families: AbstractSet[str]) -> frozenset[int]:
        """The forms of some families of `lexicon`, as `scan` numbers them in `MatchColumns`."""
        listed = set(map(self.number.get, lexicon.forms(families)))
        return frozenset(place for place, number in enumerate(self._plain.numbers) if number in listed)

    def unspun_by_line(self, text: str, found: MatchColumns) -> tuple[array[int], Unreplaced]:
        """How often each original stands unspun in each line of `text`, whose matches are `found`: where those of every
        line begin, and those of all lines, one behind the other."""
        lengths = [len(line) + 1 for line in text.split("\n")]
        return self._unspun(text, found, array("i", accumulate(lengths, initial=0)))

    def unspun_within(self, text: str, found: MatchColumns, starts: Sequence[int]) -> tuple[array[int], Unreplaced]:
        """The same for parts of `text` that cover it and begin at `starts`."""
        # Before a line stands its predecessor's end, which is in no match; within one a
        # match may end where a part begins.
        cuts = [start if not start or text[start - 1] == "\n" else start + 1 for start in starts]
        return self._unspun(text, found, array("i", [*cuts, len(text) + 1]))

    def _unspun(self, text: str, found: MatchColumns, cuts: array[int]) -> tuple[array[int], Unreplaced]:
        """How often each original stands unspun in each part of `text`, which the `cuts` part; each counts as one more
        character, and a match belongs to the part that its last character is in. As `unspun_by_line`."""
        first, patterns, counts = self._plain.automaton.unreplaced_in(
            text, found.starts, found.ends, found.patterns, cuts, self._single
        )
        return first, Unreplaced(patterns, counts)

    def _single(self, pattern: int) -> list[tuple[int, str]]:
        """(number, original) of all originals of one character that a spun form of one character stands for."""
        known = self._single_originals.get(pattern)
        if known is None:
            known = self._single_originals[pattern] = self._originals_of_single(pattern)
        return known

    def _originals_of_single(self, pattern: int) -> list[tuple[int, str]]:
        """(number, original) of the originals of one character that a spun form of one character stands for."""
        originals = [candidate.original for candidate in self.candidates[pattern] if len(candidate.original) == 1]
        numbers = [(self.number.get(original), original) for original in originals]
        return [(number, original) for number, original in numbers if number is not None and self.exposed[number]]


#: Evidence for an original over all forms of a family, by the family's number, or by a pack's name.
_Totals = dict[tuple[str | int, str], float]


class Candidates(Sequence[tuple[Candidate, ...]]):
    """The candidates of every pattern, by its number, weighed when they are asked for: a text holds few of them."""

    #: Whether they were weighed before: whoever weighs them itself takes them as they are then.
    weighed = False
    #: The same in flat columns, where there are any.
    columns: CandidateColumns | None = None

    def __init__(
        self,
        patterns: list[str],
        entries: Mapping[str, list[Entry]],
        totals: _Totals,
        number: Mapping[str, int],
        hosts: Mapping[str, list[int]],
        background: Background,
    ) -> None:
        self.patterns, self.entries, self.totals = patterns, entries, totals
        self.number, self._hosts, self.background = number, hosts, background
        self._known: dict[int, tuple[Candidate, ...]] = {}

    def __len__(self) -> int:
        return len(self.patterns)

    @overload
    def __getitem__(self, pattern: int) -> tuple[Candidate, ...]: ...
    @overload
    def __getitem__(self, pattern: slice) -> list[tuple[Candidate, ...]]: ...
    def __getitem__(self, pattern: int | slice) -> tuple[Candidate, ...] | list[tuple[Candidate, ...]]:
        if isinstance(pattern, slice):
            return [self[number] for number in range(*pattern.indices(len(self)))]
        known = self._known.get(pattern)
        if known is None:
            known = self._known[pattern] = self._made(pattern)
        return known

    def _made(self, pattern: int) -> tuple[Candidate, ...]:
        spun = self.patterns[pattern]
        found: list[Candidate] = []
        for entry in self.entries.get(spun, ()):
            family = self.number.get(entry.family)
            found += self.hosted(entry) if family is None else self._weighed(spun, entry, family)
        return tuple(found)

    def _weighed(self, spun: str, entry: Entry, family: int) -> list[Candidate]:
        totals, background, make = self.totals, self.background, tuple.__new__
        found = []
        for original in entry.originals:
            text, evidence = original.text, original.weight
            weight = evidence / totals[family, text]
            if evidence <= 1.0:
                offset = background.get((spun, text))
                if offset is not None:
                    weight *= 10.0**offset
            # What the named tuple's own constructor does; there are thousands of these.
            found.append(make(Candidate, (text, family, weight, entry)))
        return found

    def hosted(self, entry: Entry) -> Iterator[Candidate]:
        """The candidates of an entry whose rules work for other families."""
        totals = self.totals
        for text, evidence in ((original.text, original.weight) for original in entry.originals):
            for family in self._hosts.get(entry.family, ()):
                if entry.family == PERSONAL:
                    own = Lists.personal * evidence
                    weight = own / (totals.get((family, text), Lists.unlisted) + own)
                else:
                    weight = evidence / totals[entry.family, text]
                yield Candidate(text, family, weight, entry)


def _survey(
    lexicon: Lexicon, number: Mapping[str, int], hosts: Mapping[str, list[int]]
) -> tuple[dict[str, list[Entry]], _Totals, dict[str, set[int]]]:
    """The entries that apply by spun form, the evidence for every original, and the families it is exposed to."""
    entries: dict[str, list[Entry]] = {}
    totals: _Totals = {}
    exposed: dict[str, set[int]] = {}
    counted: set[int | str] = {PERSONAL}
    kinds: dict[str, tuple[str | int, Sequence[int], bool]] = {}
    for entry in lexicon.entries:
        if entry.status != "active" or not entry.spun:
            continue
        kind = kinds.get(entry.family)
        if kind is None:
            family = number.get(entry.family, entry.family)
            own: Sequence[int] = (family,) if isinstance(family, int) else ()
            if family == PERSONAL:
                own = hosts.get(PERSONAL, ())
            kind = kinds[entry.family] = family, own, isinstance(family, int) or bool(hosts.get(family))
        family, own, works = kind
        for original in entry.originals:
            text = original.text
            key = family, text
            totals[key] = totals.get(key, Lists.unlisted) + original.weight
            if original.weight != 1.0:
                counted.add(family)
            if own and text:  # the empty original of a word to delete stands nowhere
                known = exposed.get(text)
                if known is None:
                    exposed[text] = set(own)
                else:
                    known.update(own)
        if works and entry.originals:
            if entry.spun in entries:
                entries[entry.spun].append(entry)
            else:
                entries[entry.spun] = [entry]
    # A list of words of which nobody counted anything is taken for the spinner's own: what it
    # does not hold, that spinner does not write. Lists run at .9 over clean texts come back by .85 instead of .77, and
    # no clean text is taken for spun.
    own_lists = {number.get(one.name, one.name) for one in lexicon.families if not one.pack} - counted
    for key in totals if own_lists else ():
        if key[0] in own_lists and len(key[1]) > 1:
            totals[key] -= Lists.unlisted
    return entries, totals, exposed
