"""Which stretches of a text a program made that draws words and forms, at what rate, and what they were.

Such a program leaves most of the words that it could replace, so a word that stands says little, and what was replaced
has to show by itself: a form that fits badly where the word behind it fits well, and that stands nowhere else, while
the word does. How much of the text is replaced (the rate) is estimated from it (expectation-maximisation), and with it
what a replacement costs: of two readings that are equally fluent the one with fewer replacements is likelier by `(1 -
rate) / (rate * chance of the form)` for each.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from despin.decode.decoder import Weighted
from despin.kernel import build_lattice, segments
from despin.kernel.sentences import Sentence
from despin.kernel.types import BEFORE, Arc, Lattice, Segment, Site
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import TABLE, Scorer
from despin.spinners.drawing import ANY, Drawing

#: The rate before anything is known of it, how many words that counts for, and the rate that originals are picked by.
RATE, WORTH, PICKED_AT = 0.15, 3.0, 0.2
#: It is never taken for lower, or higher.
LEAST_RATE, MOST_RATE = 0.002, 0.95
#: How often the document is read.
ROUNDS = 4
#: What the language model counts (as a power).
TEMPER = 0.7
#: What counts for an original beside the language model (log10): in general, one that the program would not cut as a
#: word there, one that lies within its form, a form that is not cut as one word.
ALWAYS, UNCUT, WITHIN, BROKEN = 0.15, -2.0, -0.3, 2.0
#: What counts of what the scorer says for an original, what is added to it beforehand, and
#: the most that it may say (log10).
FIT, BIAS, MOST_SAID = 0.5, 0.7, 6.0
#: What it counts that the original stands elsewhere, and the form: for each power of ten, and for
#: each place as a word of its own.
STANDS, STANDS_AS_WORD, AGAIN, AGAIN_AS_WORD = 1.3, 0.2, -1.7, -0.2
#: No more places count.
PLACES = 3
#: The most originals of a form that are decoded, and how likely one has to be by fluency alone to be looked at closely.
SHORTLIST, LOOKED_AT = 10, 0.001
#: What the program makes of a word beside others is looked at within so many characters.
BESIDE = 8
#: The share of replacements whose place or original is not among those that are decoded.
MISSED = 0.1
#: Runners-up less likely than this are not reported.
LEAST_ALTERNATIVE = 0.02
#: The most that it says against a line that nothing in it is replaced, where the program
#: replaces something in each (nats).
NOTHING = 4.0


class Place(NamedTuple):
    """A form at `text[start:end]`, an original of it, and the probability of the form where the original is drawn."""

    start: int
    end: int
    original: str
    chance: float


@dataclass(slots=True)
class _Piece:
    """A segment of the text: its line, its places, the lattice over them, what is known beforehand (log10), what a word
    that stands in a form's place would say against itself (probability as itself, None: it is never drawn), and
    posteriors and mass by round."""

    line: int
    places: list[Place]
    weighted: Weighted
    fixed: list[float]
    itself: list[float | None]
    odds: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    mass: float = 1.0


class Channel:
    """A program that draws, backwards: the forms that it writes, with the originals of each that are worth decoding."""

    def __init__(self, spinner: Drawing, model: LanguageModel, scorer: Scorer) -> None:
        self.spinner, self.model, self.scorer = spinner, model, scorer
        self._lengths: dict[str, tuple[int, ...]] | None = None
        self._short: dict[str, list[tuple[str, float]]] = {}

    def forms(self, text: str, words: Sequence[tuple[int, int]]) -> Iterator[Site]:
        """The forms in a text that begin and end where words do, by start, longest first."""
        if self._lengths is None:
            found: dict[str, set[int]] = defaultdict(set)
            for form in self.spinner.sources:
                found[form[0]].add(len(form))
            self._lengths = {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}
        sources, ends = self.spinner.sources, {end for _, end in words}
        for start, _ in words:
            for length in self._lengths.get(text[start], ()):
                if start + length in ends and text[start : start + length] in sources:
                    yield Site(start, start + length, 0)

    def originals(self, form: str) -> list[tuple[str, float]]:
        """The (original, probability) of a form that are likeliest out of context."""
        found = self._short.get(form)
        if found is None:
            every = self.spinner.sources[form]
            found = sorted(every, key=lambda one: -(math.log10(one[1]) + self.model.best_split(one[0])[0]))[:SHORTLIST]
            self._short[form] = found
        return found


class DrawnReading:
    """A text under a program that draws: what may be restored, how surely, and at what rate, once `settle` has run."""

    def __init__(self, text: str, channel: Channel) -> None:
        self.text, self.channel, self.spinner = text, channel, channel.spinner
        self.words = self.spinner.cut(text)
        #: Words that may be drawn: start, probability that they are written as themselves.
        self.eligible = [
            (start, itself)
            for start, end in self.words
            if (itself := self.spinner.chance_of_itself(text[start:end])) is not None
        ]
        self.rate = self.spinner.rate or RATE
        self.pieces: list[_Piece] = []
        self._breaks = [place for place, character in enumerate(text) if character == "\n"]
        self._whole = set(self.words)
        self._as_word = Counter([text[start:end] for start, end in self.words])
        self._counts: dict[str, int] = {}

    def settle(self) -> None:
        """Find the rate, and the posteriors of all places."""
        for segment in segments(self.text, list(self.channel.forms(self.text, self.words))):
            self._add(segment)
        places = [place for piece in self.pieces for place in piece.places]
        asked = [(one.start, one.end, [one.original]) for one in places]
        gains = iter(self.channel.scorer.gains(self.text, asked, TABLE))
        for piece in self.pieces:
            piece.fixed = [
                value + FIT * max(-MOST_SAID, min(MOST_SAID, next(gains)[0] + BIAS)) for value in piece.fixed
            ]
        for _ in range(ROUNDS if self.spinner.rate == ANY else 1):
            self._weigh()
            self._estimate()
        self._weigh()

    def _add(self, segment: Segment) -> None:
        """Decode a segment by fluency alone, and keep the places that are not out of the question."""
        text = self.text
        places = [
            Place(site.start, site.end, *one)
            for site in segment.sites
            for one in self.channel.originals(text[site.start : site.end])
        ]
        rough = Weighted(self._lattice(segment, places))
        _, likely = rough.posteriors([PICKED_AT * one.chance for one in places])
        places = [one for one, chance in zip(places, likely, strict=True) if chance > LOOKED_AT]
        if places:
            itself = [self._itself(one.start, one.end) for one in places]
            fixed = [self._known(one) for one in places]
            weighted = Weighted(self._lattice(segment, places), TEMPER)
            self.pieces.append(_Piece(bisect_left(self._breaks, places[0].start), places, weighted, fixed, itself))

    def _lattice(self, segment: Segment, places: Sequence[Place]) -> Lattice:
        start = segment.start
        arcs = [Arc(one.start - start, one.end - start, one.original) for one in places]
        weights = [math.log10(PICKED_AT * one.chance) for one in places]
        body = self.text[start : segment.end] + "\0"
        return build_lattice(body, arcs, weights, self.channel.model.trigrams, BEFORE if segment.fresh else "")

    def _itself(self, start: int, end: int) -> float | None:
        """The probability that a form was a word that was drawn and written as itself, None
        where it is no word that is drawn."""
        return self.spinner.chance_of_itself(self.text[start:end]) if (start, end) in self._whole else None

    def _known(self, one: Place) -> float:
        """What is known of a place beside its fluency and the rate (log10)."""
        form = self.text[one.start : one.end]
        value = ALWAYS + math.log10(one.chance)
        if not self._cut_whole(one):
            value += UNCUT
        if one.original in form:
            value += WITHIN
        if (one.start, one.end) not in self._whole:
            value += BROKEN
        value += STANDS * math.log10(1 + self._count(one.original))
        value += STANDS_AS_WORD * min(PLACES, self._as_word[one.original])
        value += AGAIN * math.log10(self._count(form))
        return value + AGAIN_AS_WORD * min(PLACES, max(0, self._as_word[form] - 1))

    def _count(self, word: str) -> int:
        found = self._counts.get(word)
        if found is None:
            found = self._counts[word] = self.text.count(word)
        return found

    def _cut_whole(self, one: Place) -> bool:
        """Whether the program would cut the original as a word, were it there."""
        low, high = max(0, one.start - BESIDE), one.end + BESIDE
        low = max(low, self.text.rfind("\n", low, one.start) + 1)
        start = one.start - low
        window = self.text[low : one.start] + one.original + self.text[one.end : high]
        return (start, start + len(one.original)) in self.spinner.cut(window)

    def _weigh(self) -> None:
        """Posteriors of all places at the rate of now."""
        drawn = math.log10(self.rate)
        for piece in self.pieces:
            piece.odds = [
                10.0 ** (value + drawn - (0.0 if itself is None else math.log10(self._stays(itself))))
                for value, itself in zip(piece.fixed, piece.itself, strict=True)
            ]
            piece.mass, piece.found = piece.weighted.posteriors(piece.odds)
        if self.spinner.anew:
            masses, missed = self._by_line(), self._missed()
            for piece in self.pieces:
                mass = masses[piece.line]
                some = max(1e-6, (mass - 1.0 + missed[piece.line]) / mass)
                piece.found = [min(1.0, chance / some) for chance in piece.found]

    def _missed(self) -> Mapping[int, float]:
        """By line, the odds that something in it was replaced of which no place tells."""
        found: dict[int, float] = defaultdict(float)
        for start, _ in self.eligible:
            found[bisect_left(self._breaks, start)] += MISSED * self.rate / (1.0 - self.rate)
        return found

    def _stays(self, itself: float) -> float:
        """The probability that a word that may be drawn is written as itself."""
        return max(1e-3, 1.0 - self.rate + self.rate * itself)

    def _by_line(self) -> Mapping[int, float]:
        """By line, the mass of all its readings over that of the one that changes nothing."""
        found: dict[int, float] = defaultdict(lambda: 1.0)
        for piece in self.pieces:
            found[piece.line] = min(1e300, found[piece.line] * piece.mass)
        return found

    def _estimate(self) -> None:
        """The rate: what is replaced, of the words that may be drawn."""
        if self.spinner.rate != ANY:
            return
        replaced = others = 0.0
        for piece in self.pieces:
            for chance, itself in zip(piece.found, piece.itself, strict=True):
                replaced += chance
                others += chance if itself is None else 0.0
        rate = (WORTH * RATE + replaced) / (WORTH + len(self.eligible) + others)
        self.rate = min(MOST_RATE, max(LEAST_RATE, rate))

    def scores(self, parts: Sequence[Sentence]) -> list[float]:
        """What speaks for each sentence being spun, in nats."""
        found, begins = [0.0] * len(parts), [part.start for part in parts]
        none: dict[int, float] = defaultdict(float)
        opens: dict[int, int] = {}
        for start, itself in self.eligible:
            place, cost = bisect_right(begins, start) - 1, math.log(self._stays(itself))
            found[place] += cost
            line = bisect_left(self._breaks, start)
            none[line] += cost
            opens.setdefault(line, place)
        for piece in self.pieces:
            found[bisect_right(begins, piece.places[0].start) - 1] += math.log(piece.mass)
        if self.spinner.anew:
            masses = self._by_line()
            for line, place in opens.items():
                some = 1.0 - 1.0 / max(1.0 + 1e-9, masses.get(line, 1.0))
                found[place] += max(-NOTHING, math.log(some)) - math.log(max(1e-6, -math.expm1(none[line])))
        return found

    def chosen(self, least: float) -> Iterator[tuple[Place, float, list[tuple[str, float]]]]:
        """The originals of the likeliest reading that are likely enough: (place, probability, runners-up), disjoint."""
        reach = -1
        for piece in self.pieces:
            for number in sorted(piece.weighted.best(piece.odds)):
                one, chance = piece.places[number], piece.found[number]
                if one.start < reach or chance < least:
                    continue
                reach = one.end
                rivals = [
                    (other.original, share)
                    for other, share in zip(piece.places, piece.found, strict=True)
                    if other[:2] == one[:2] and other.original != one.original and share >= LEAST_ALTERNATIVE
                ]
                yield one, chance, sorted(rivals, key=lambda rival: -rival[1])
