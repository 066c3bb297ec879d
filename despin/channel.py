"""The channel: what spinners of each family write for which words, ready for matching.

A `Channel` is compiled from a lexicon. It knows nothing of fluency and nothing of a document. For every spun form it
lists the originals with w(spun | original), the share of an original's substitutions in that family which take this
form; and for every original the families that would have replaced it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from operator import itemgetter
from typing import NamedTuple

from despin.fluency import LanguageModel
from despin.lexicon.entry import Entry, Lexicon
from despin.lexicon.header import PERSONAL
from despin.matching import Found, Matcher, Matches

#: Evidence that a spinner replaces a word by something the lexicon does not list, or not at all.
UNLISTED = 3.0
#: What an entry of a personal lexicon weighs, so that it holds its own beside attested entries.
PERSONAL_WEIGHT = 5.0


#: At most this many candidates of a site are decoded, none of them less likely than the best by more than this (log10).
SHORTLIST = 8
SHORTLIST_WIDTH = 2.0

_END = itemgetter(1)

#: log10 of what ordinary Chinese takes from the weight of a (spun, original) pair.
Background = Mapping[tuple[str, str], float]


class Candidate(NamedTuple):
    """An original that a spun form may stand for, in one family; `weight` is w(spun | original), 0 to 1."""

    original: str
    family: int
    weight: float
    entry: Entry


class Channel:
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
        candidates, exposed = _compile(lexicon, number, hosts, background or {})
        self.patterns = sorted({*candidates, *exposed})
        self.candidates = [tuple(candidates.get(pattern, ())) for pattern in self.patterns]
        self.exposed = [tuple(sorted(exposed.get(pattern, ()))) for pattern in self.patterns]
        self.number = {pattern: index for index, pattern in enumerate(self.patterns)}
        self._shortlists: dict[int, tuple[Candidate, ...]] = {}
        packs = {family.name for family in lexicon.families if family.pack}
        only_packs = [
            bool(each) and all(candidate.entry.family in packs for candidate in each) for each in self.candidates
        ]
        #: Whether a pattern is a spun form that is looked for in every text.
        self.is_site = [bool(each) and not pack for each, pack in zip(self.candidates, only_packs, strict=True)]
        plain_numbers = [index for index in range(len(self.patterns)) if self.is_site[index] or self.exposed[index]]
        pack_numbers = [index for index, pack in enumerate(only_packs) if pack]
        self._plain = Matcher(plain_numbers, self.patterns, self.is_site)
        self._pack = Matcher(pack_numbers, self.patterns, only_packs)

    def shortlist(self, pattern: int, model: LanguageModel) -> tuple[Candidate, ...]:
        """The candidates of a pattern worth decoding: those whose weight and commonness come near the best one's."""
        known = self._shortlists.get(pattern)
        if known is None:
            candidates = self.candidates[pattern]
            if len(candidates) > 2:
                scores = [
                    math.log10(candidate.weight) + model.best_split(candidate.original)[0] for candidate in candidates
                ]
                floor = max(scores) - SHORTLIST_WIDTH
                ranked = sorted(zip(scores, range(len(scores)), strict=True), reverse=True)[:SHORTLIST]
                candidates = tuple(candidates[index] for score, index in ranked if score >= floor)
            known = self._shortlists[pattern] = candidates
        return known

    def scan(self, text: str) -> Found:
        """The raw matches of everything that is looked for in every text."""
        return self._plain.scan(text)

    def counts(self, found: Found) -> dict[int, int]:
        """How often each pattern is among matches that `scan` gave, by its number."""
        return self._plain.counts(found)

    @property
    def numbers(self) -> list[int]:
        """The pattern behind every number that matches of `scan` carry."""
        return self._plain.numbers

    def standing(self, found: Found) -> dict[int, int]:
        """How often each pattern of two characters and more stands where no longer match covers it."""
        return self._plain.standing(found)

    def match(self, text: str, packs: bool = False, found: Found | None = None) -> Matches:
        """All sites of `text` by start, and how often each original stands where no longer match covers it.

        An original of one character is counted only where a spun form of one character stands for it: elsewhere the
        character is mostly part of other words. `found` saves a pass where `scan` was called before.
        """
        found = self.scan(text) if found is None else found
        sites = self._plain.sites(found)
        if packs:
            sites = sorted([*sites, *self._pack.sites(self._pack.scan(text))])
        single = {pattern for start, end, pattern in sites if end - start == 1}
        return Matches(sites, self._unspun(text, found, single), found)

    def unspun_by_line(self, text: str, found: Found) -> list[dict[int, int]]:
        """How often each original stands unspun in each line of `text`, whose matches are `found`."""
        lines, low = [], 0
        place = 0
        for line in text.split("\n"):
            place += len(line) + 1
            high = bisect_left(found, place, low, key=_END)
            here = found[low:high]
            lines.append(self._unspun(line, here, self._plain.single_sites(here)) if here else {})
            low = high
        return lines

    def _unspun(self, text: str, found: Found, single: set[int]) -> dict[int, int]:
        """How often each original stands unspun; `single` are the spun forms of one character in the text."""
        unspun = self._plain.standing(found)
        for pattern in single:
            for candidate in self.candidates[pattern]:
                original = candidate.original
                if len(original) == 1 and original in self.number:
                    unspun[self.number[original]] = text.count(original)
        exposed = self.exposed
        return {pattern: count for pattern, count in unspun.items() if exposed[pattern]}


def _compile(
    lexicon: Lexicon, number: Mapping[str, int], hosts: Mapping[str, list[int]], background: Background
) -> tuple[dict[str, list[Candidate]], dict[str, set[int]]]:
    """The candidates by spun form and the exposed families by original."""
    active = [entry for entry in lexicon.entries if entry.status == "active"]
    totals: dict[tuple[str | int, str], float] = {}
    for entry in active:
        family = number.get(entry.family, entry.family)
        # An imported list is taken for the spinner's own: what it does not hold, that spinner does not write.
        start = 0.0 if entry.source == "imported" else UNLISTED
        for original in entry.originals:
            totals[family, original.text] = totals.get((family, original.text), start) + original.weight
    candidates: dict[str, list[Candidate]] = defaultdict(list)
    exposed: dict[str, set[int]] = defaultdict(set)
    for entry in active:
        for text, evidence in ((original.text, original.weight) for original in entry.originals):
            if entry.family in number:
                family = number[entry.family]
                offset = background.get((entry.spun, text), 0.0) if evidence <= 1.0 else 0.0
                weight = evidence / totals[family, text] * 10.0**offset
                candidates[entry.spun].append(Candidate(text, family, weight, entry))
                exposed[text].add(family)
                continue
            for family in hosts.get(entry.family, ()):
                if entry.family == PERSONAL:
                    own = PERSONAL_WEIGHT * evidence
                    weight = own / (totals.get((family, text), UNLISTED) + own)
                    exposed[text].add(family)
                else:
                    weight = evidence / totals[entry.family, text]
                candidates[entry.spun].append(Candidate(text, family, weight, entry))
    return candidates, exposed
