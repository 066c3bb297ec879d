"""Which stretches of a text a table spinner made, and what they were: the table's constraints, fluency,
the document's own table, proof.

A table gives a word one target, and replaces it everywhere, or at its first place. So a word of the table that stands
was not spun by it, or the document's table is another edition, which has not all of the words; a form that would have
been replaced itself has to be an image; and a word that stands elsewhere is not behind a form. How much of the table is
the document's is estimated from what is replaced and what stands (expectation-maximisation). The rest is for fluency,
for what the document says elsewhere and for the words around a place to decide.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from despin.decode.decoder import Weighted
from despin.document.proof import marked, own_table, proof_of
from despin.document.reading import clues_of, edit_of
from despin.document.runs import capped, odds_to_chance, runs
from despin.kernel import build_lattice, segments
from despin.kernel.sentences import Sentence, sentences
from despin.kernel.types import BEFORE, Arc, Segment, Site
from despin.lexicon.model import Family
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import TABLE, Scorer
from despin.results import Stretch
from despin.spinners.table import Tabled

#: How likely a word of the table is to be in the table of the document, before anything is known of it,
#: and how many words that counts for.
IN_TABLE, WORTH = 0.97, 4.0
#: The same where the first rounds take the table for the document's own.
IN_OWN, OWN_WORTH = 0.995, 8.0
#: It is never taken for likelier, or less likely.
SUREST, LEAST = 0.9999, 0.02
#: From so much on the table is taken for the document's own, and a restoration is proved by all of it.
OWN = 0.9
#: What it costs (log10) to restore a word that the program would not have replaced there, or
#: that stands elsewhere unreplaced.
AGAINST = 2.5
#: How much less likely it is, at most, that the document's table has a target that the table
#: at hand has only behind another.
OTHER = 0.15
#: The most that a form says for the verdict (log10), and what one that comes again counts, or a word that
#: stands again, beside its first place.
CEILING, AGAIN = 1.5, 0.3
#: A text is as likely spun as not at so many nats, and at so many more where the table is
#: another edition than the text's.
THRESHOLD, EDITION = 9.0, 6.0
#: What a variant has to be ahead by (nats).
AHEAD = 3.0
#: What a border costs, in nats.
_BORDER = 2.0
#: Where so many words stand, and so many for each form, nobody looks further.
MANY, MOSTLY = 8, 1.5
#: How often the document is read, and how often before it is given up where it has less than this (nats).
ROUNDS, FIRST, GIVEN_UP = 4, 2, -8.0
#: What the same choice elsewhere in the document counts, as a power of its share.
ELSEWHERE = 2.0
#: How much of what the scorer says counts beside the language model, what is added to it beforehand, and
#: the most that it may say (log10).
FIT, BIAS, MOST_SAID = 0.4, 1.0, 6.0
#: The most originals of a form that are decoded.
SHORTLIST = 8
#: Runners-up less likely than this are not reported.
LEAST_ALTERNATIVE = 0.02
#: Edits less likely than this are nobody's.
LEAST_EDIT = 0.2
#: No word of a table is longer, as far as its neighbours are concerned.
LONGEST_WORD = 8


class Place(NamedTuple):
    """A form at `text[start:end]` and an original of it."""

    start: int
    end: int
    original: str


@dataclass(slots=True)
class _Piece:
    """A segment of the text: its places, the lattice over them, and what is found by round:
    odds, posteriors, gain (log10)."""

    segment: Segment
    places: list[Place]
    weighted: Weighted
    fixed: list[float]
    odds: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    gain: float = 0.0


@dataclass(slots=True)
class _Counts:
    """Expected counts: by word the places where it stands with the probability of that, how often it was replaced, how
    often a form stands for it, how often a form is meant, and how likely no earlier place of a word was replaced."""

    standing: dict[str, list[tuple[int, float]]]
    replaced: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    chosen: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    left: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    earlier: dict[str, float] = field(default_factory=lambda: defaultdict(lambda: 1.0))


class TableReading:
    """A text under a table program: what stands, what may be restored, and how surely, once `settle` has run."""

    def __init__(self, text: str, spinner: Tabled, model: LanguageModel, scorer: Scorer | None = None) -> None:
        self.text, self.spinner, self._model, self._scorer = text, spinner, model, scorer
        self.once = spinner.occurrences == "first"
        #: Words of the table that stand: by word its places.
        self.standing: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.forms = list(_forms(text, spinner))
        self._stand()
        #: What each sentence says if the table is the document's own, in nats.
        self.early: list[float] = []
        #: How likely a word of one character, and a longer one, is to be in the document's table.
        self.shares = [IN_TABLE, IN_TABLE]
        self._usual, self._worth = IN_TABLE, WORTH

    def _stand(self) -> None:
        """Find the words that stand and that the program would have replaced."""
        reach = 0
        for start, end in self.spinner.matches(self.text):
            if start < reach:
                continue
            reach = end
            word = self.text[start:end]
            if self.spinner.replaced[word] != word:
                self.standing[word].append((start, end))

    def violations(self) -> list[tuple[str, int, int]]:
        """(word, start, end) of the words that stand where the program would have replaced them, nothing restored."""
        found = []
        for word, places in self.standing.items():
            if not self.once:
                found += [(word, *place) for place in places]
            elif not self._image_before(word, places[0][0]):
                found.append((word, *places[0]))
        return sorted(found, key=lambda one: one[1:])

    def _image_before(self, word: str, place: int) -> bool:
        return self.text.find(self.spinner.replaced[word], 0, place) >= 0

    def settle(self) -> None:
        """Find the posteriors of all places."""
        self._make()
        self._weigh(0, early=True)
        for turn in range(1, FIRST):
            self._weigh(turn)
        if self.total() < GIVEN_UP:
            return
        if self._scorer is not None:
            # The scorer takes longest, so it is asked only where it is worth it; what was
            # found without them is forgotten.
            places = [place for piece in self.pieces for place in piece.places]
            gains = self._scorer.gains(self.text, [(start, end, [one]) for start, end, one in places], TABLE)
            fits = iter([FIT * max(-MOST_SAID, min(MOST_SAID, gain + BIAS)) for (gain,) in gains])
            for piece in self.pieces:
                piece.fixed = [value + next(fits) for value in piece.fixed]
                piece.found = []
            if self.shares[1] >= OWN:
                self._usual, self._worth = IN_OWN, OWN_WORTH
            self.shares = [self._usual, self._usual]
        for turn in range(ROUNDS):
            self._weigh(turn)

    def _make(self) -> None:
        text = self.text
        sites = [Site(start, end, 0) for start, end in self.forms]
        self.pieces: list[_Piece] = []
        for segment in segments(text, sites):
            places: list[Place] = []
            for site in segment.sites:
                form = text[site.start : site.end]
                places += [Place(site.start, site.end, original) for original in self._shortlist(form)]
            if not places:
                continue
            arcs = [Arc(one.start - segment.start, one.end - segment.start, one.original) for one in places]
            body = text[segment.start : segment.end] + "\0"
            before = BEFORE if segment.fresh else ""
            lattice = build_lattice(body, arcs, [0.0] * len(arcs), self._model.trigrams, before)
            self.pieces.append(_Piece(segment, places, Weighted(lattice), self._fixed(places)))

    def _shortlist(self, form: str) -> Sequence[str]:
        originals = self.spinner.sources.get(form, ()) + self.spinner.passed_over.get(form, ())
        if len(originals) <= SHORTLIST:
            return originals
        return sorted(originals, key=lambda one: -self._model.best_split(one)[0])[:SHORTLIST]

    def _fixed(self, places: Sequence[Place]) -> list[float]:
        """What the table says for or against each place, whatever else is restored (log10)."""
        spinner, text = self.spinner, self.text
        found = []
        for start, end, original in places:
            low, high = max(0, start - LONGEST_WORD), end + LONGEST_WORD
            window = text[low:start] + original + text[end:high]
            written = any(
                (first, last) == (start - low, start - low + len(original)) for first, last in _scanned(window, spinner)
            )
            found.append(0.0 if written else -AGAINST)
        return found

    def _weigh(self, turn: int, *, early: bool = False) -> None:
        """Odds and posteriors of every place at what is known of the document's table, and then the shares of it;
        `early` keeps what is said before that."""
        counts = self._count()
        spans = sorted({(start, end) for _, start, end in self.violations()})
        doubt = [(low, high, math.log10(1.0 - self.shares[high - low > 1])) for low, high in spans]
        starts = [low for low, _ in spans]
        for piece in self.pieces:
            odds = []
            for number, one in enumerate(piece.places):
                value = piece.fixed[number] + self._by_table(one, counts)
                # A word that would have been replaced, were it meant.
                near = doubt[bisect_right(starts, one.start - LONGEST_WORD) : bisect_right(starts, one.end)]
                value -= min([cost for low, high, cost in near if low < one.end and one.start < high], default=0.0)
                if turn:
                    value += self._by_rest(one, piece.found[number], counts)
                odds.append(10.0**value)
            piece.odds = odds
            mass, piece.found = piece.weighted.posteriors(odds)
            piece.gain = math.log10(mass)
        if early:
            self.early = self.scores(sentences(self.text))
        self._estimate(counts.replaced if turn else {})

    def _count(self) -> _Counts:
        """What is expected to be restored, and left, at the posteriors of now."""
        counts, text = _Counts(self._stands_still()), self.text
        for piece in self.pieces:
            rest: dict[tuple[int, int], float] = defaultdict(lambda: 1.0)
            found = piece.found or [0.0] * len(piece.places)
            for (start, end, original), chance in zip(piece.places, found, strict=True):
                counts.replaced[original] += chance
                counts.chosen[text[start:end], original] += chance
                rest[start, end] -= chance
            for (start, end), value in rest.items():
                counts.left[text[start:end]] += value
        return counts

    def _by_table(self, one: Place, counts: _Counts) -> float:
        """What the table and the words that stand say for or against a place (log10)."""
        form, share = self.text[one.start : one.end], self.shares[len(one.original) > 1]
        value = math.log10(share)
        if self.spinner.replaced.get(one.original) != form:
            value += math.log10(min(OTHER, 1.0 - self.shares[1]))
        stands = counts.standing.get(one.original)
        if not stands:
            return value
        if not self.once:
            return value - AGAINST * min(1.0, sum(chance for _, chance in stands))
        before = sum(chance for place, chance in stands if place < one.start)
        if before > 0.5:
            return value - AGAINST * min(1.0, before)
        # The word stands later: its first place was replaced.
        return value - math.log10(1.0 - share) / max(1, self.text.count(form, 0, stands[0][0]))

    def _by_rest(self, one: Place, own: float, counts: _Counts) -> float:
        """What other places of the same form say (log10), `own` being the posterior of this one; where only the first
        place of a word is replaced, what earlier places of it leave over."""
        form = self.text[one.start : one.end]
        if self.once:
            value = math.log10(max(1e-3, counts.earlier[one.original]))
            counts.earlier[one.original] *= 1.0 - own
            return value
        for_it, against = counts.chosen[form, one.original] - own, counts.left[form] - (1.0 - own)
        return ELSEWHERE * math.log10((max(0.0, for_it) + 1.0) / (max(0.0, against) + 1.0))

    def _estimate(self, replaced: Mapping[str, float]) -> None:
        """How likely a word of the table is to be in the document's: the words that were
        replaced, against those that stand."""
        stand = {word for word, start, end in self.violations() if not self._covered(start, end)}
        for long in (False, True):
            spoken = sum(min(1.0, number) for word, number in replaced.items() if (len(word) > 1) == long)
            left = sum((len(word) > 1) == long for word in stand)
            share = (self._worth * self._usual + spoken) / (self._worth + spoken + left)
            self.shares[long] = min(SUREST, max(LEAST, share))

    def _stands_still(self) -> dict[str, list[tuple[int, float]]]:
        """By word of the table the places where it stands, each with the probability that it
        is no part of what is restored."""
        touched = [
            (one.start, one.end, chance)
            for piece in self.pieces
            for one, chance in zip(piece.places, piece.found or [0.5] * len(piece.places), strict=True)
        ]
        found: dict[str, list[tuple[int, float]]] = {}
        by_start = defaultdict(list)
        for start, end, chance in touched:
            for place in range(start, end):
                by_start[place].append((start, end, chance))
        for word, places in self.standing.items():
            rows = []
            for start, end in places:
                over = {one for place in range(start, end) for one in by_start.get(place, ())}
                rows.append((start, max(0.0, 1.0 - sum(chance for _, _, chance in over))))
            found[word] = [row for row in rows if row[1] > 0.05]
        return {word: rows for word, rows in found.items() if rows}

    def _covered(self, start: int, end: int) -> bool:
        """Whether a word that stands is likely part of what is restored."""
        return any(
            chance > 0.5 and one.start < end and start < one.end
            for piece in self.pieces
            if piece.segment.start < end and start < piece.segment.end
            for one, chance in zip(piece.places, piece.found, strict=True)
        )

    def scores(self, parts: Sequence[Sentence]) -> list[float]:
        """What speaks for each sentence being spun, in nats; one form says no more than `CEILING`."""
        found = [0.0] * len(parts)
        begins = [part.start for part in parts]
        said, seen = set[str](), set[str]()
        stand = [(start, end, self._cost(word, seen)) for word, start, end in self.violations()]
        starts = [start for start, _, _ in stand]
        paid = bytearray(len(stand))
        for piece in self.pieces:
            net, most = piece.gain, 0.0
            low = max(0, bisect_right(starts, piece.segment.start - LONGEST_WORD))
            for number in range(low, bisect_right(starts, piece.segment.end)):
                start, end, cost = stand[number]
                if not paid[number] and any(one.start < end and start < one.end for one in piece.places):
                    paid[number] = 1
                    net += cost
            for one, chance in zip(piece.places, piece.found, strict=True):
                form = self.text[one.start : one.end]
                most += CEILING * chance * (AGAIN if form in said else 1.0)
                if chance > 0.5:
                    said.add(form)
            found[bisect_right(begins, piece.places[0].start) - 1] += min(net, most)
        for number, (start, _, cost) in enumerate(stand):
            if not paid[number]:
                found[bisect_right(begins, start) - 1] += cost
        return [value * math.log(10) for value in found]

    def _cost(self, word: str, seen: set[str]) -> float:
        """What a word that stands takes (log10), less where it stands again."""
        cost = math.log10(1.0 - self.shares[len(word) > 1])
        again = word in seen
        seen.add(word)
        return AGAIN * cost if again else cost

    def total(self) -> float:
        """What speaks for all of the text being spun, in nats, without a bound for what one sentence says."""
        return sum(self.scores([Sentence(0, len(self.text), True)]))

    def hopeless(self) -> bool:
        """Whether so many words stand that nobody need look further."""
        stand = {word for word, _, _ in self.violations()}
        forms = {self.text[start:end] for start, end in self.forms}
        return not forms or (len(stand) >= MANY and len(stand) > MOSTLY * len(forms))

    def chosen(self) -> Iterator[tuple[Place, float, list[tuple[str, float]]]]:
        """The likeliest original of every form that is rather restored than not: (place,
        probability, runners-up), disjoint."""
        for piece in self.pieces:
            taken = sorted(piece.weighted.best(piece.odds))
            reach = -1
            for number in taken:
                one = piece.places[number]
                if one.start < reach:
                    continue
                reach = one.end
                rivals = [
                    (other.original, chance)
                    for other, chance in zip(piece.places, piece.found, strict=True)
                    if other[:2] == one[:2] and other.original != one.original and chance >= LEAST_ALTERNATIVE
                ]
                yield one, min(1.0, piece.found[number]), sorted(rivals, key=lambda rival: -rival[1])


#: No word of a table is longer, as far as its neighbours are concerned.
LONGEST_WORD = 8


def _forms(text: str, spinner: Tabled) -> Iterator[tuple[int, int]]:
    """(start, end) of every form of the table in a text, by start, longest first."""
    lengths, sources, others, size = form_lengths(spinner), spinner.sources, spinner.passed_over, len(text)
    for start, character in enumerate(text):
        for length in lengths.get(character, ()):
            form = text[start : start + length]
            if start + length <= size and (form in sources or form in others):
                yield start, start + length


def form_lengths(spinner: Tabled) -> Mapping[str, Sequence[int]]:
    known: Mapping[str, Sequence[int]] | None = spinner.__dict__.get("_form_lengths")
    if known is None:
        found: dict[str, set[int]] = defaultdict(set)
        for form in (*spinner.sources, *spinner.passed_over):
            if form:
                found[form[0]].add(len(form))
        known = {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}
        spinner.__dict__["_form_lengths"] = known
    return known


def _scanned(text: str, spinner: Tabled) -> Iterator[tuple[int, int]]:
    """(start, end) of what one pass replaces in a text."""
    reach = 0
    for start, end in spinner.matches(text):
        if start >= reach:
            reach = end
            yield start, end


#: What a program made of text[start:end], with the log odds of that (nats).
_Run = tuple[TableReading, int, int, float]


class TableJudge:
    """Finds what a table program spun. `spinners` are the program and its variants with their names, the program first.
    `flips` holds (spun, original) pairs that turn the polarity of a statement. A table is read when the first text
    comes; `LexiconError` then for one that is missing or broken."""

    def __init__(
        self,
        family: str,
        spinners: Sequence[tuple[str, Tabled]],
        model: LanguageModel,
        scorer: Scorer | None = None,
        flips: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.family, self._model, self._scorer, self.flips = family, model, scorer, flips
        self.names, self.spinners = zip(*spinners, strict=True)

    def data(self) -> list[object]:
        """What the answers depend on besides lexicon and language model: the programs' parameters and their tables."""
        programs = [
            (name, sorted({**one.parameters, "table": one.rows.digest}.items()))
            for name, one in zip(self.names, self.spinners, strict=True)
        ]
        return [self.family, programs]

    def glance(self, text: str) -> float | None:
        """None: a table has to be asked of every text."""

    def stretches(self, text: str) -> tuple[float, list[Stretch]]:
        """(log odds of the likeliest stretch in nats, the stretches that are believed, in order)."""
        parts = sentences(text)
        if not parts:
            return -THRESHOLD, []
        best, odds, number, kept = -math.inf, -THRESHOLD, 0, list[_Run]()
        for tried in range(len(self.spinners)):
            runs = self._runs(text, parts, tried)
            total = sum(reading.total() for reading, _, _, _ in runs) - (AHEAD if tried else 0.0)
            if runs and total > best:
                best, odds, number, kept = total, max(run[3] for run in runs), tried, runs
        believed = [run for run in kept if run[3] >= 0.0]
        stretches = [self._stretch(text, *run, number) for run in believed]
        changed = [one for one in stretches if len({edit.spun for edit in one.edits}) > 1]
        return odds if changed or not stretches else min(odds, -THRESHOLD), changed

    def _runs(self, text: str, parts: Sequence[Sentence], number: int) -> list[_Run]:
        """What a program may have spun: the whole text, or runs of its sentences where that says more."""
        whole = self._read(text, number)
        if whole is None:
            return []
        reading = whole[0]
        inside: list[_Run] = []
        if reading.shares[1] < OWN:
            # What was spun of a text whose other parts were not is found by itself.
            for first, last in runs(parts, list(map(capped, reading.early))):
                start, end = parts[first].start, parts[last - 1].end
                run = self._read(text[start:end], number) if (start, end) != (0, len(text)) else None
                if run and run[1] >= 0.0:
                    borders = _BORDER * ((start > 0) + (end < len(text)))
                    inside.append((run[0], start, end, run[1] - borders))
        if inside and sum(one.total() for one, _, _, _ in inside) > reading.total():
            return inside
        return [(reading, 0, len(text), whole[1])]

    def _read(self, text: str, number: int) -> tuple[TableReading, float] | None:
        """(a text under a program, the log odds of all of it being spun in nats); None where little speaks for that."""
        reading = TableReading(text, self.spinners[number], self._model, self._scorer)
        if reading.hopeless():
            return None
        reading.settle()
        odds = sum(map(capped, reading.scores(sentences(text)))) - THRESHOLD
        return reading, odds - (EDITION if reading.shares[1] < OWN else 0.0)

    def _stretch(self, text: str, reading: TableReading, start: int, end: int, score: float, number: int) -> Stretch:
        """The stretch text[start:end], restored and proved."""
        rows = [
            (place.start + start, place.end + start, place.original, chance, rivals)
            for place, chance, rivals in reading.chosen()
            if chance >= LEAST_EDIT
        ]
        edits = tuple([edit_of(text, row, self.family, self.flips) for row in rows])
        stretch = Stretch(
            start, end, self.family, odds_to_chance(score), edits, rate=reading.shares[1],
            evidence=clues_of(edits), variant=self.names[number],
        )  # fmt: skip
        return self.proved(text, stretch)

    def proved(self, text: str, stretch: Stretch) -> Stretch:
        """A stretch of a text with the proof of its edits."""
        spinner = self.spinners[self.names.index(stretch.variant)]
        if stretch.rate < OWN:
            spinner = own_table(spinner, stretch.edits)
        proof = proof_of(text, stretch.start, stretch.end, stretch.edits, spinner)
        return replace(stretch, edits=tuple(marked(stretch.edits, proof)), proof=proof)


def table_judge(
    family: Family, spinners: Sequence[tuple[str, Tabled]], model: LanguageModel, scorer: Scorer | None
) -> TableJudge:
    """What finds the stretches of a family whose program runs a table from a file."""
    flips = {pair for one, other in family.opposites for pair in ((one, other), (other, one))}
    return TableJudge(family.name, spinners, model, scorer, frozenset(flips))
