"""The clear cases: texts that one pass over their matches shows to be unspun, so that nothing has to be decoded.

Every spun form speaks for itself, out of context: how much likelier is it from a spinner at work than from ordinary
Chinese? Added up over a block of text, an unspun text stays far below what any spun one reaches.

Most of what a doubtful text matches is worth nothing out of context and is only decoded once it is believed to be spun.
The few forms that are worth something are looked at where they stand (`local_check`): those of a spun text hardly ever
fit there, those of any other mostly do.
"""

from __future__ import annotations

import contextlib
import weakref
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from operator import itemgetter

from despin.channel.lexicon import ListChannel
from despin.decode.arcs import Ids
from despin.decode.candidates import CandidateIndex
from despin.document.odds_cache import OddsCache
from despin.kernel import em, segments
from despin.kernel.native.arcs import Shortlists
from despin.kernel.native.matcher import Automaton
from despin.kernel.native.matcher import Prescreen as Worths
from despin.kernel.table import zeros
from despin.kernel.types import MatchColumns, Segment, Site
from despin.lm.ngram import LanguageModel
from despin.tuning import LONG, SHORT, TEMPER, Lists, Screening, Tuning, share_of_length

_WORTH, _PATTERN = itemgetter(0), itemgetter(2)


class Prescreen:
    """Decides the clear cases for one channel and model; it remembers what each spun form is worth."""

    def __init__(
        self, channel: ListChannel, model: LanguageModel, tuning: Tuning, kept: OddsCache | None = None
    ) -> None:
        self._channel, self._model, self._tuning, self._kept = channel, model, tuning, kept
        self._scale = channel.noise
        #: The text that was looked at last, and whether it was clearly unspun.
        self._last: tuple[str, bool] | None = None

    def __reduce__(self) -> tuple[type[Prescreen], tuple[ListChannel, LanguageModel, Tuning, OddsCache | None]]:
        return Prescreen, (self._channel, self._model, self._tuning, self._kept)

    @cached_property
    def _worths(self) -> Worths:
        """What every spun form is worth out of context."""
        channel, tuning = self._channel, self._tuning
        numbers, own = channel.numbers, weakref.proxy(self)  # What this keeps must not keep this.
        singles = [channel.is_site[number] and len(channel.patterns[number]) == 1 for number in numbers]
        worths = Worths(
            lambda index: own._odds(numbers[index]),
            numbers,
            singles,
            *channel.exposures,
            len(channel.families),
            tuning.start_rate,
            Screening.rates,
            Screening.least,
            tuning.ceiling,
        )
        odds = self._kept.load() if self._kept is not None else None
        if odds is not None:
            with contextlib.suppress(ValueError):
                worths.load(*odds)
        return worths

    @property
    def first_look(
        self,
    ) -> tuple[Automaton, Worths, int, tuple[float, float, float, float], tuple[float, float, int, int]]:
        """What a first look at forms needs, as `FirstLook` of `despin/kernel/native/matcher.pyx` has it: automaton,
        what forms are worth, characters of a block, its bar, and what a family has to say."""
        scale = self._scale
        bar = (scale * Screening.start, scale * Screening.slope, scale * Screening.steep, Screening.bent)
        convincing = (scale * Screening.least_short, scale * Screening.least_long, SHORT, LONG)
        return self._channel.automaton, self._worths, Screening.block, bar, convincing

    def doubt(self, text: str) -> None:
        """Remember that a text is not clearly clean."""
        self._last = text, False

    def is_clearly_clean(self, text: str) -> bool:
        """Whether `text` is clearly unspun at a first look, which keeps nothing of what it sees; where it is not, or
        the look cannot be had, `suspicious` tells. Texts are asked for more than once: the last one is remembered."""
        last = self._last
        if last is None or last[0] is not text:
            clear = self._worths.clear(self._channel.automaton, text, Screening.block, self._bar(len(text)))
            last = self._last = text, clear
        return last[1]

    def _bar(self, length: int) -> float:
        """What a block of a text of `length` characters must reach to be looked at more closely."""
        return self._scale * bar(length)

    def suspicious(self, text: str, found: MatchColumns) -> list[tuple[int, int]]:
        """The blocks of `text`, as (start, end), that its matches leave in doubt; none where it is clearly unspun."""
        if self._kept is not None and self._worths.asked >= Screening.many:
            # A process that asked for so many reads many texts, and another will do the same.
            kept, self._kept = self._kept, None
            kept.store(self._worths.export())
        if len(text) <= Screening.block:
            blocks = [] if self._block_clear(len(text), found, 0, len(found)) else [(0, len(text))]
        else:
            cuts = [bisect_left(found.ends, place) for place in range(0, len(text) + 1, Screening.block)] + [len(found)]
            blocks = [
                (number * Screening.block, (number + 1) * Screening.block)
                for number, (low, high) in enumerate(pairwise(cuts))
                if not self._block_clear(Screening.block, found, low, high)
            ]
        if not blocks:
            # What was asked for the first time is known now.
            self._last = None
        return blocks

    def may_be_spun(self, text: str, sites: list[Site], candidates: CandidateIndex) -> bool:
        """Whether `sites`, which are in doubtful blocks of `text`, may make it look spun where they stand."""
        if len(text) < SHORT:
            return True
        worth = {pattern: self._worths.worth(pattern) for pattern in {site.pattern for site in sites}}
        strong = [site for site in sites if worth[site.pattern]]
        least = Screening.local_short + share_of_length(len(text)) * (Screening.local_long - Screening.local_short)
        return local_check(text, strong, worth, candidates, least)

    def doubtful(self, text: str, found: MatchColumns, cuts: Sequence[int]) -> list[tuple[int, int]]:
        """The runs of units of `text` that its matches leave in doubt, as (first, last), last excluded; unit n is
        `text[cuts[n]:cuts[n + 1]]`. Wherever it stands, a part is looked at as it would be alone."""
        places = [bisect_left(found.ends, cut + 1) for cut in cuts]
        worth = [self._worths.total(found.patterns, low, high) for low, high in pairwise(places)]
        marked = bytearray(len(worth))
        last, total = 0, 0.0
        for first in range(len(worth)):
            while last < len(worth) and cuts[last] - cuts[first] < Screening.window:
                total += worth[last]
                last += 1
            length = cuts[last] - cuts[first]
            # What is short has to be worth as much as what is long: there are many places for it.
            enough = total >= self._bar(max(length, Screening.window))
            if enough and self._convincing(length, found, places[first], places[last]):
                marked[first:last] = b"\1" * (last - first)
            total -= worth[first]
        starts = [number for number, mark in enumerate(marked) if mark and not (number and marked[number - 1])]
        return [(start, end if (end := marked.find(0, start)) > 0 else len(marked)) for start in starts]

    def _block_clear(self, length: int, found: MatchColumns, low: int, high: int) -> bool:
        total = self._worths.total(found.patterns, low, high)
        return total < self._bar(length) or not self._convincing(length, found, low, high)

    def _convincing(self, length: int, found: MatchColumns, low: int, high: int) -> bool:
        """Whether some family at some rate explains a block better than nobody: its spun forms speak for it, the words
        it would have replaced and that stand against it. Context is not looked at, which mostly would speak for it."""
        least = self._scale * (
            Screening.least_short + share_of_length(length) * (Screening.least_long - Screening.least_short)
        )
        columns = found.starts, found.ends, found.patterns
        return self._worths.surest(self._channel.automaton, *columns, low, high) >= least

    def _odds(self, pattern: int) -> tuple[tuple[int, float], ...]:
        """By family, how much likelier a spun form is from a spinner that always
        replaces than from ordinary Chinese."""
        return self._shortlists.odds(pattern, TEMPER) if self._channel.is_site[pattern] else ()

    @cached_property
    def _shortlists(self) -> Shortlists:
        return Shortlists(self._channel.candidates, self._model.trigrams, Lists.shortlist, Lists.shortlist_width)


def bar(length: int) -> float:
    """What a block of a text of `length` characters must reach to be looked at more closely, with a large lexicon."""
    length = min(Screening.block, length)
    return (
        Screening.start
        + Screening.slope * min(Screening.bent, length)
        + Screening.steep * max(0, length - Screening.bent)
    )


def within(found: MatchColumns, blocks: list[tuple[int, int]]) -> MatchColumns:
    """The matches that end in one of `blocks`, which are sorted and disjoint."""
    if len(blocks) == 1 and blocks[0][0] == 0 and (not found or found.ends[-1] <= blocks[0][1]):
        return found
    chosen = MatchColumns()
    for start, end in blocks:
        part = found.part(bisect_left(found.ends, start), bisect_left(found.ends, end))
        chosen.starts += part.starts
        chosen.ends += part.ends
        chosen.patterns += part.patterns
    return chosen


def local_check(
    text: str, strong: list[Site], worth: Mapping[int, float], candidates: CandidateIndex, bar: float
) -> bool:
    """Whether `strong` sites make up a log10 likelihood ratio of `bar`, with all families at the starting rate and
    nothing held against them; `worth` is what patterns are worth out of context."""
    of = worth.__getitem__
    every = [(sum(map(of, map(_PATTERN, one.sites))), one) for one in segments(text, strong)]
    every.sort(key=_WORTH, reverse=True)
    whole = left = sum([value for value, _ in every])
    ids, gain, place, count = Ids(candidates), 0.0, 0, Screening.first
    while place < len(every):
        chosen = every[place : place + count]
        gain += _gain(text, [one for _, one in chosen], ids)
        left -= sum([value for value, _ in chosen])
        if gain >= bar:
            return True
        if gain + Screening.hoped * bar * left / whole < bar:
            return False
        place, count = place + count, 2 * count
    return False


def _gain(text: str, chosen: Sequence[Segment], ids: Ids) -> float:
    """log10 likelihood ratio of `chosen` segments, spun against not, all families at the starting rate."""
    table, tuning = ids.table(text, chosen), ids.candidates.tuning
    families = len(ids.candidates.channel.families)
    em.first_step(table, array("d", [tuning.start_rate]) * families, zeros(families), 0.0, len(ids.key_families))
    return sum(table.gains)
