"""A text under a channel: what may be restored, how surely, and at what rate.

A reading takes forms back to originals. Its odds against the text as it stands are what the language model and the
scorer say for it, for every original the rate and the probability of its form, and for every eligible word that it
takes away 1 / (1 - rate): that word would not have been left. Where the channel decides once for a word of the document
(a table has a word, or has it not), one that stands elsewhere is not behind a form, and forms are read alike. The rate
is estimated from what is replaced and what stands (expectation-maximisation).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from despin.decode.decoder import Weighted
from despin.kernel import build_lattice, segments
from despin.kernel.sentences import Sentence
from despin.kernel.types import BEFORE, Arc, Lattice, Segment, Site
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import TABLE, Scorer
from despin.spinners.base import ANY, Channel
from despin.tuning import ChannelNumbers, Standing

#: No word is longer (characters), as far as what the channel makes of its neighbours is concerned.
LONGEST_WORD = 8


class Option(NamedTuple):
    """A form at `text[start:end]`, an original of it, the probability of the form where the original is replaced."""

    start: int
    end: int
    original: str
    chance: float


@dataclass(slots=True)
class _Piece:
    """A segment of the text: its line, its places, the lattice over them, by place what is known beforehand (log10) and
    the eligible words that it takes away, and what is found by round: odds, posteriors, mass of all readings over that
    of the one that changes nothing."""

    line: int
    places: list[Option]
    weighted: Weighted
    fixed: list[float]
    covered: list[range]
    odds: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    mass: float = 1.0


class ChannelDecoder:
    """Reads texts under a channel, with the numbers of its kind."""

    def __init__(self, channel: Channel, model: LanguageModel, scorer: Scorer, numbers: ChannelNumbers) -> None:
        self.channel, self.model, self.scorer, self.numbers = channel, model, scorer, numbers
        self._short: dict[str, list[tuple[str, float]]] = {}

    def read(self, text: str) -> ChannelReading:
        """A text under the channel."""
        reading = ChannelReading(text, self)
        reading.settle()
        return reading

    def originals(self, form: str, every: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
        """The (original, probability) of a form that are likeliest out of context."""
        found = self._short.get(form)
        if found is None:
            found = list(every)
            if len(found) > self.numbers.shortlist:
                likely = {one: math.log10(one[1] or self.numbers.other) + self._common(one[0]) for one in found}
                found = sorted(found, key=lambda one: -likely[one])[: self.numbers.shortlist]
            self._short[form] = found
        return found

    def _common(self, word: str) -> float:
        return self.model.best_split(word)[0]


class ChannelReading:
    """A text under a channel: what may be restored, how surely, and at what rate, once `settle` has run."""

    def __init__(self, text: str, decoder: ChannelDecoder) -> None:
        self.text, self._decoder = text, decoder
        self.channel, self.numbers = decoder.channel, decoder.numbers
        self.eligible = list(self.channel.eligible(text))
        self.forms = list(self.channel.forms(text))
        self.rate = self.channel.rate or self.numbers.rate
        self.pieces: list[_Piece] = []
        self._starts = [one.start for one in self.eligible]
        self._words = [text[start:end] for start, end, _ in self.eligible]
        self._breaks = [place for place, character in enumerate(text) if character == "\n"]
        self._counts: dict[str, int] = {}

    def settle(self) -> None:
        """Find the rate, and the posteriors of all places."""
        originals = {(one.start, one.end): one for one in self.forms}
        for segment in segments(self.text, [Site(one.start, one.end, 0) for one in self.forms]):
            places = []
            for site in segment.sites:
                form = originals[site.start, site.end]
                for one in self._decoder.originals(self.text[form.start : form.end], form.originals):
                    places.append(Option(form.start, form.end, *one))
            if places:
                self._add(segment, places)
        numbers = self.numbers
        if self.channel.shared:
            for _ in range(numbers.rounds):
                self._weigh()
        places = [place for piece in self.pieces for place in piece.places]
        asked = [(one.start, one.end, [one.original]) for one in places]
        gains = iter(self._decoder.scorer.gains(self.text, asked, TABLE))
        for piece in self.pieces:
            piece.fixed = [value + numbers.fit * (next(gains)[0] + numbers.bias) for value in piece.fixed]
        for _ in range(numbers.rounds):
            self._weigh()

    def _add(self, segment: Segment, places: list[Option]) -> None:
        """Add a segment with its places."""
        weighted = Weighted(self._lattice(segment, places), self.numbers.temper)
        fixed, covered = [self._known(one) for one in places], [self._covered(one) for one in places]
        line = bisect_left(self._breaks, places[0].start)
        self.pieces.append(_Piece(line, places, weighted, fixed, covered))

    def _picked(self, one: Option) -> float:
        """The odds that places are picked by."""
        return self.numbers.picked * (one.chance or self.numbers.other)

    def _lattice(self, segment: Segment, places: Sequence[Option]) -> Lattice:
        start = segment.start
        arcs = [Arc(one.start - start, one.end - start, one.original) for one in places]
        weights = [math.log10(self._picked(one)) for one in places]
        body = self.text[start : segment.end] + "\0"
        before = BEFORE if segment.fresh else ""
        return build_lattice(body, arcs, weights, self._decoder.model.trigrams, before)

    def _covered(self, one: Option) -> range:
        """The eligible words that a place shares characters with."""
        first = bisect_right(self._starts, one.start)
        first -= bool(first and self.eligible[first - 1].end > one.start)
        return range(first, bisect_left(self._starts, one.end, first))

    def _known(self, one: Option) -> float:
        """What is known of a place beside its fluency, the rate, and other places (log10)."""
        text, numbers = self.text, self.numbers
        value = math.log10(one.chance) if one.chance else 0.0
        low, high = max(0, one.start - LONGEST_WORD), one.end + LONGEST_WORD
        low = max(low, text.rfind("\n", low, one.start) + 1)
        begin = one.start - low
        window = text[low : one.start] + one.original + text[one.end : high]
        end = begin + len(one.original)
        if not any(word.start == begin and word.end == end for word in self.channel.eligible(window)):
            value -= numbers.unwritten
        value += numbers.original_stands * math.log10(1 + self._count(one.original))
        return value + numbers.form_stands * math.log10(self._count(text[one.start : one.end]))

    def _count(self, word: str) -> int:
        found = self._counts.get(word)
        if found is None:
            found = self._counts[word] = self.text.count(word)
        return found

    def _weigh(self) -> None:
        """Odds and posteriors of every place at the rate of now, and then the rate."""
        drawn, stays = math.log10(self.rate), [math.log10(self._stays(one.itself)) for one in self.eligible]
        other = math.log10(min(self.numbers.other, max(1e-6, 1.0 - self.rate)))
        taken = self._taken()
        rest = _Rest(self, taken) if self.channel.shared else None
        for piece in self.pieces:
            piece.odds = []
            for number, one in enumerate(piece.places):
                value = piece.fixed[number] + drawn + (0.0 if one.chance else other)
                value -= sum([stays[word] for word in piece.covered[number]])
                if rest is not None:
                    value += rest.says(one, piece.found[number] if piece.found else 0.0)
                piece.odds.append(10.0**value)
            piece.mass, piece.found = piece.weighted.posteriors(piece.odds)
        if self.channel.anew:
            masses, missed = self._by_line(), self._missed()
            for piece in self.pieces:
                mass = masses[piece.line]
                some = max(1e-6, (mass - 1.0 + missed[piece.line]) / mass)
                piece.found = [min(1.0, chance / some) for chance in piece.found]
        if self.channel.rate == ANY:
            self._estimate()

    def _stays(self, itself: float) -> float:
        """The probability that an eligible word is written as itself."""
        return max(1e-4, 1.0 - self.rate + self.rate * itself)

    def _taken(self) -> list[float]:
        """How likely each eligible word is part of what is restored."""
        found = [0.0] * len(self.eligible)
        for piece in self.pieces:
            # Before anything is known a word may be either.
            for chance, covered in zip(piece.found or [0.5] * len(piece.places), piece.covered, strict=True):
                for word in covered:
                    found[word] = min(1.0, found[word] + chance)
        return found

    def _estimate(self) -> None:
        """The rate: what was replaced, of that and of the eligible words that stand. Where the channel decides once for
        a word of the document, a word counts once."""
        numbers = self.numbers
        replaced, left = defaultdict[object, float](float), defaultdict[object, float](float)
        for piece in self.pieces:
            for one, chance in zip(piece.places, piece.found, strict=True):
                replaced[one.original if self.channel.shared else None] += chance
        for word, chance in zip(self._words, self._taken(), strict=True):
            key = word if self.channel.shared else None
            left[key] = max(left[key], 1.0 - chance) if self.channel.shared else left[key] + 1.0 - chance
        spoken = sum(min(1.0, one) for one in replaced.values()) if self.channel.shared else replaced[None]
        stand = sum(left.values())
        rate = (numbers.worth * numbers.rate + spoken) / (numbers.worth + spoken + stand)
        self.rate = min(numbers.most_rate, max(numbers.least_rate, rate))

    def _missed(self) -> Mapping[int, float]:
        """By line, the odds that something in it was replaced of which no place tells."""
        found: dict[int, float] = defaultdict(float)
        # A program may be said to draw every word: then the bound of what is estimated holds.
        rate = min(self.rate, self.numbers.most_rate)
        for start in self._starts:
            found[bisect_left(self._breaks, start)] += self.numbers.missed * rate / (1.0 - rate)
        return found

    def _by_line(self) -> Mapping[int, float]:
        """By line, the mass of all its readings over that of the one that changes nothing."""
        found: dict[int, float] = defaultdict(lambda: 1.0)
        for piece in self.pieces:
            found[piece.line] = min(1e300, found[piece.line] * piece.mass)
        return found

    def scores(self, parts: Sequence[Sentence]) -> list[float]:
        """What speaks for each sentence being spun, in nats: the mass of the readings of its segments, and the words
        that stand. Where the channel decides once for a word, one form says no more than `ceiling` and less where it
        comes again, as does a word that stands again."""
        numbers, begins = self.numbers, [part.start for part in parts]
        found, costs, seen = [0.0] * len(parts), [], set[str]()
        for (_, _, itself), word in zip(self.eligible, self._words, strict=True):
            again = numbers.again if self.channel.shared and word in seen else 1.0
            seen.add(word)
            costs.append(again * math.log(self._stays(itself)))
        paid, said = bytearray(len(costs)), set[str]()
        for piece in self.pieces:
            net, most = math.log(piece.mass), 0.0
            for number in {number for covered in piece.covered for number in covered}:
                net += 0.0 if paid[number] else costs[number]
                paid[number] = 1
            for one, chance in zip(piece.places, piece.found, strict=True):
                form = self.text[one.start : one.end]
                most += numbers.ceiling * chance * (numbers.again if form in said else 1.0)
                if chance > 0.5:
                    said.add(form)
            found[bisect_right(begins, piece.places[0].start) - 1] += min(net, most)
        for number, start in enumerate(self._starts):
            if not paid[number]:
                found[bisect_right(begins, start) - 1] += costs[number]
        if self.channel.anew:
            self._say_of_lines(found, begins, costs)
        return found

    def _say_of_lines(self, found: list[float], begins: Sequence[int], costs: Sequence[float]) -> None:
        """Add what it says of lines that something in each was replaced."""
        masses, none = self._by_line(), defaultdict[int, float](float)
        opens: dict[int, int] = {}
        for start, cost in zip(self._starts, costs, strict=True):
            line = bisect_left(self._breaks, start)
            none[line] += cost
            opens.setdefault(line, bisect_right(begins, start) - 1)
        for line, place in opens.items():
            some = 1.0 - 1.0 / max(1.0 + 1e-9, masses.get(line, 1.0))
            found[place] += math.log(some) - math.log(max(1e-6, -math.expm1(none[line])))

    def chosen(self, least: float = 0.0) -> Iterator[tuple[Option, float, list[tuple[str, float]]]]:
        """The originals of the likeliest reading that are likely enough: (place, probability, runners-up), disjoint."""
        reach = -1
        for piece in self.pieces:
            for number in sorted(piece.weighted.best(piece.odds)):
                one, chance = piece.places[number], min(1.0, piece.found[number])
                if one.start < reach or chance < least:
                    continue
                reach = one.end
                rivals = [
                    (other.original, share)
                    for other, share in zip(piece.places, piece.found, strict=True)
                    if other[:2] == one[:2] and other.original != one.original and share >= Standing.alternative
                ]
                yield one, chance, sorted(rivals, key=lambda rival: -rival[1])


class _Rest:
    """What other places say, where the channel decides once for a word of the document."""

    def __init__(self, reading: ChannelReading, taken: Sequence[float]) -> None:
        self._reading = reading
        self._chosen = defaultdict[tuple[str, str], float](float)
        self._left = defaultdict[str, float](float)
        self._standing = defaultdict[str, list[tuple[int, float]]](list)
        self._earlier = defaultdict[str, float](lambda: 1.0)
        text = reading.text
        for piece in reading.pieces:
            kept: dict[tuple[int, int], float] = {}
            for (start, end, original, _), chance in zip(piece.places, piece.found, strict=False):
                self._chosen[text[start:end], original] += chance
                kept[start, end] = kept.get((start, end), 1.0) - chance
            for (start, end), chance in kept.items():
                self._left[text[start:end]] += chance
        for word, one, chance in zip(reading._words, reading.eligible, taken, strict=True):
            self._standing[word].append((one.start, 1.0 - chance))

    def says(self, one: Option, own: float) -> float:
        """What other places say for or against a place (log10); `own` is the posterior of this one."""
        numbers, text = self._reading.numbers, self._reading.text
        form = text[one.start : one.end]
        stands = self._standing.get(one.original, [])
        if not self._reading.channel.first_only:
            for_it, against = self._chosen[form, one.original] - own, self._left[form] - (1.0 - own)
            value = numbers.elsewhere * math.log10((max(0.0, for_it) + 1.0) / (max(0.0, against) + 1.0))
            return value - numbers.unwritten * min(1.0, sum([chance for _, chance in stands]))
        value = math.log10(max(1e-3, self._earlier[one.original]))
        self._earlier[one.original] *= 1.0 - own
        if sum([chance for place, chance in stands if place < one.start]) > 0.5:
            return value - numbers.unwritten
        later = text.find(one.original, one.end)
        if later >= 0:
            # The word stands later: its first place was replaced.
            value -= math.log10(1.0 - self._reading.rate) / max(1, text.count(form, 0, later))
        return value
