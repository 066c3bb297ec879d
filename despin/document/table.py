"""Which stretches of a text a table spinner made, and what they were: the table's constraints, fluency, the document's own table, proof.

A table gives a word one target, and replaces it everywhere, or at its first place. So a word of the table that stands was not spun
by it, or the document's table is another edition, which has not all of the words; a form that would have been replaced itself has to
be an image; and a word that stands elsewhere is not behind a form. How much of the table is the document's is estimated from what
is replaced and what stands (expectation-maximisation). The rest is for fluency, for what the document says elsewhere and for the
words around a place to decide.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from despin.decode.decoder import Weighted
from despin.document.program import (
    Sentence,
    _capped,
    _negates,
    _runs,
    odds_to_chance,
    sentences,
)
from despin.kernel import build_lattice, em
from despin.kernel.types import BEFORE, Arc, Segment, Site
from despin.lexicon.model import Family
from despin.lm.context import ContextModel
from despin.lm.ngram import LanguageModel
from despin.results import Alternative, Clue, Edit, Stretch
from despin.spinners.rows import Row, Rows
from despin.spinners.table import Tabled
from despin.spinners.verify import verify

#: How likely a word of the table is to be in the table of the document, before anything is known of it, and how many words that counts for.
IN_TABLE, WORTH = 0.97, 4.0
#: It is never taken for likelier, or less likely.
SUREST, LEAST = 0.999, 0.02
#: From so much on the table is taken for the document's own, and a restoration is proved by all of it.
OWN = 0.9
#: What it costs (log10) to restore a word that the program would not have replaced there, or that stands elsewhere unreplaced.
AGAINST = 2.5
#: How much less likely it is, at most, that the document's table has a target that the table at hand has only behind another.
OTHER = 0.15
#: What a word that stands again counts for the verdict, beside its first place.
AGAIN = 0.3
#: A text is as likely spun as not at so many nats.
THRESHOLD = 9.0
#: Where nearly all that may be a form is outnumbered by words that stand, nobody looks further: so many words, so large a share of the forms.
MANY, MOSTLY = 8, 0.9
#: How often the document is read again.
ROUNDS = 4
#: What the same choice elsewhere in the document counts, as a power of its share.
ELSEWHERE = 2.0
#: How much of what the context model says counts beside the language model, and the most that it may say (log10).
SURROUNDINGS, MOST_SAID = 0.25, 3.0
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
    """A segment of the text: its places, the lattice over them, and what is found by round: odds, posteriors, gain (log10)."""

    segment: Segment
    places: list[Place]
    weighted: Weighted
    fixed: list[float]
    odds: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    gain: float = 0.0


class TableReading:
    """A text under a table program: what stands, what may be restored, and how surely, once `settle` has run."""

    def __init__(self, text: str, spinner: Tabled, model: LanguageModel, context: ContextModel | None = None) -> None:
        self.text, self.spinner, self._model, self._context = text, spinner, model, context
        self.once = spinner.occurrences == "first"
        #: Words of the table that stand: by word its places.
        self.standing: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.forms = list(_forms(text, spinner))
        self._stand()
        #: How likely a word of one character, and a longer one, is to be in the document's table.
        self.shares = [IN_TABLE, IN_TABLE]

    def _stand(self) -> None:
        """Find the words that stand and that the program would have replaced, but for those inside of longer forms."""
        reach, covered = 0, bytearray(len(self.text))
        for start, end in self.forms:
            if end - start > 1:
                covered[start:end] = b"\1" * (end - start)
        for start, end in self.spinner.matches(self.text):
            if start < reach:
                continue
            reach = end
            word = self.text[start:end]
            if self.spinner.targets[word] != word:
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
        return self.text.find(self.spinner.targets[word], 0, place) >= 0

    def settle(self) -> None:
        """Find the posteriors of all places."""
        self._make()
        for turn in range(ROUNDS):
            self._weigh(turn)

    def _make(self) -> None:
        text, spinner = self.text, self.spinner
        sites = [Site(start, end, 0) for start, end in self.forms]
        self.pieces: list[_Piece] = []
        for segment in em.segments(text, sites):
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
            value = 0.0 if written else -AGAINST
            if self._context is not None:
                value += self._fits(start, end, original)
            found.append(value)
        return found

    def _fits(self, start: int, end: int, original: str) -> float:
        context = self._context
        assert context is not None
        cut = self._cut
        last = bisect_right(cut.ends, start)
        before = cut.numbers[max(0, last - context.reach) : last]
        first = next((n for n in range(last, len(cut.starts)) if cut.starts[n] >= end), len(cut.starts))
        after = cut.numbers[first : first + context.reach]
        gain = context.fit(before, context.words(original), after) - context.fit(
            before, context.words(self.text[start:end]), after
        )
        return SURROUNDINGS * max(-3.0, min(3.0, gain))

    @cached_property
    def _cut(self) -> Any:
        assert self._context is not None
        return self._context.cut(self.text)

    def _weigh(self, turn: int) -> None:
        """Odds and posteriors of every place at what is known of the document's table."""
        text, targets = self.text, self.spinner.targets
        other = min(OTHER, 1.0 - self.shares[1])
        replaced: dict[str, float] = defaultdict(float)
        chosen: dict[tuple[str, str], float] = defaultdict(float)
        left: dict[str, float] = defaultdict(float)
        for piece in self.pieces:
            rest: dict[tuple[int, int], float] = defaultdict(lambda: 1.0)
            for (start, end, original), chance in zip(piece.places, piece.found or [0.0] * len(piece.places), strict=True):
                replaced[original] += chance
                chosen[text[start:end], original] += chance
                rest[start, end] -= chance
            for (start, end), value in rest.items():
                left[text[start:end]] += value
        violations = {(start, end) for _, start, end in self.violations()}
        spans = sorted(violations)
        doubt = {span: math.log10(1.0 - self.shares[span[1] - span[0] > 1]) for span in spans}
        starts = [start for start, _ in spans]
        earlier: dict[str, float] = defaultdict(lambda: 1.0)
        standing = self._stands_still()
        for piece in self.pieces:
            odds = []
            for number, (start, end, original) in enumerate(piece.places):
                form = text[start:end]
                value = piece.fixed[number]
                share = self.shares[len(original) > 1]
                kept = 1.0 - share
                stands = standing.get(original)
                if stands:
                    if not self.once:
                        value -= AGAINST * min(1.0, sum(chance for _, chance in stands))
                    elif (before := sum(chance for place, chance in stands if place < start)) > 0.5:
                        value -= AGAINST * min(1.0, before)
                    else:
                        # The word stands later: its first place was replaced.
                        value -= math.log10(kept) / max(1, text.count(form, 0, stands[0][0]))
                value += math.log10(share)
                if targets[original] != form:
                    value += math.log10(other)
                # A word that would have been replaced, were it meant.
                first = bisect_right(starts, start - LONGEST_WORD)
                near = spans[max(0, first) : bisect_right(starts, end)]
                value -= min([doubt[low, high] for low, high in near if low < end and start < high], default=0.0)
                if turn:
                    own = piece.found[number]
                    for_it, against = chosen[form, original] - own, left[form] - (1.0 - own)
                    if not self.once:
                        value += ELSEWHERE * math.log10((max(0.0, for_it) + 1.0) / (max(0.0, against) + 1.0))
                    else:
                        value += math.log10(max(1e-3, earlier[original]))
                    earlier[original] *= 1.0 - own
                odds.append(10.0**value)
            piece.odds = odds
            mass, piece.found = piece.weighted.posteriors(odds)
            piece.gain = math.log10(mass)
        stand = {word for word, start, end in self.violations() if not self._covered(start, end)}
        for long in (False, True):
            spoken = sum(min(1.0, number) for word, number in replaced.items() if (len(word) > 1) == long) if turn else 0.0
            kept_words = sum((len(word) > 1) == long for word in stand)
            share = (WORTH * IN_TABLE + spoken) / (WORTH + spoken + kept_words)
            self.shares[long] = min(SUREST, max(LEAST, share))

    def _stands_still(self) -> dict[str, list[tuple[int, float]]]:
        """By word of the table the places where it stands, each with the probability that it is no part of what is restored."""
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
        """What speaks for each sentence being spun, in nats."""
        found = [0.0] * len(parts)
        begins = [part.start for part in parts]
        for piece in self.pieces:
            found[bisect_right(begins, piece.places[0].start) - 1] += piece.gain
        seen: set[str] = set()
        for word, start, _ in self.violations():
            cost = math.log10(1.0 - self.shares[len(word) > 1])
            found[bisect_right(begins, start) - 1] += AGAIN * cost if word in seen else cost
            seen.add(word)
        return [_capped(value * math.log(10)) for value in found]

    def hopeless(self) -> bool:
        """Whether so many words stand that nobody need look further."""
        stand = {word for word, _, _ in self.violations()}
        forms = {self.text[start:end] for start, end in self.forms}
        return not forms or (len(stand) >= MANY and len(stand) > MOSTLY * len(forms))

    def chosen(self) -> Iterator[tuple[Place, float, list[tuple[str, float]]]]:
        """The likeliest original of every form that is rather restored than not: (place, probability, runners-up), disjoint."""
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


class TableJudge:
    """Finds what a table program spun. `spinners` are the program and its variants with their names, the program first. `flips` holds
    (spun, original) pairs that turn the polarity of a statement. A table is read when the first text comes; `LexiconError` then for one
    that is missing or broken."""

    def __init__(
        self,
        family: str,
        spinners: Sequence[tuple[str, Tabled]],
        model: LanguageModel,
        context: ContextModel | None = None,
        flips: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.family, self._model, self._context, self.flips = family, model, context, flips
        self.names, self.spinners = zip(*spinners, strict=True)

    def data(self) -> list[object]:
        """What the answers depend on besides lexicon and language model: the programs' parameters and their tables."""
        programs = [
            (name, sorted({**one.parameters, "table": one.rows.digest}.items()))
            for name, one in zip(self.names, self.spinners, strict=True)
        ]
        return [self.family, programs]

    def stretches(self, text: str) -> tuple[float, list[Stretch]]:
        """(log odds of the likeliest stretch in nats, the stretches that are believed, in order)."""
        parts = sentences(text)
        if not parts:
            return -THRESHOLD, []
        best, number, reading = max(
            ((self._read(text, number)) for number in range(len(self.spinners))), key=lambda one: (one[0], -one[1])
        )
        odds, kept = best, [(reading, 0, len(text), best)] if reading else []
        # What was spun of a text whose other parts were not is found by itself.
        inside = self._inside(text, parts, number)
        if inside and sum(one[3] for one in inside) > best:
            odds, kept = max(one[3] for one in inside), inside
        believed = [one for one in kept if one[3] >= THRESHOLD]
        stretches = [self._stretch(text, *one, number) for one in believed]
        changed = [one for one in stretches if len({edit.spun for edit in one.edits}) > 1]
        return (odds if changed or not stretches else 0.0) - THRESHOLD, changed

    def _read(self, text: str, number: int) -> tuple[float, int, TableReading | None]:
        """(what speaks for all of a text being spun by a program, in nats; its number; the text under it, None where little does)."""
        reading = TableReading(text, self.spinners[number], self._model, self._context)
        if reading.hopeless():
            return -THRESHOLD, number, None
        reading.settle()
        return sum(reading.scores(sentences(text))), number, reading

    def _inside(
        self, text: str, parts: Sequence[Sentence], number: int
    ) -> list[tuple[TableReading | None, int, int, float]]:
        """The runs of sentences in which fewer words stand than elsewhere, each read by itself: (reading, start, end, nats)."""
        reading = TableReading(text, self.spinners[number], self._model, self._context)
        begins = [part.start for part in parts]
        rough = [0.0] * len(parts)
        for start, _ in reading.forms:
            rough[bisect_right(begins, start) - 1] += 0.5
        for _, start, _ in reading.violations():
            rough[bisect_right(begins, start) - 1] -= 3.0
        found = []
        for first, last in _runs(parts, rough):
            start, end = parts[first].start, parts[last - 1].end
            if (start, end) == (0, len(text)):
                continue
            total, _, inner = self._read(text[start:end], number)
            if inner is not None and total >= THRESHOLD:
                found.append((inner, start, end, total - 2.0 * (start > 0) - 2.0 * (end < len(text))))
        return found

    def _stretch(
        self, text: str, reading: TableReading | None, start: int, end: int, score: float, number: int
    ) -> Stretch:
        """The stretch text[start:end], restored and proved."""
        assert reading is not None
        rows = [
            (place.start + start, place.end + start, place.original, chance, rivals)
            for place, chance, rivals in reading.chosen()
            if chance >= LEAST_EDIT
        ]
        edits = tuple([self._edit(text, *row) for row in rows])
        stretch = Stretch(
            start, end, self.family, odds_to_chance(score - THRESHOLD), edits, rate=reading.shares[1],
            evidence=_clues(edits, reading), variant=self.names[number],
        )  # fmt: skip
        return self.proved(text, stretch, {(edit.start, edit.end, edit.original): edit for edit in edits})

    def _edit(self, text: str, start: int, end: int, original: str, chance: float, rivals: Sequence[tuple[str, float]]) -> Edit:
        spun = text[start:end]
        flips = (spun, original) in self.flips or _negates(spun, original)
        others = tuple([Alternative(word, share) for word, share in rivals])
        return Edit(start, end, spun, original, chance, flips, f"{self.family}:{spun}", others)

    def proved(self, text: str, stretch: Stretch, made: Mapping[tuple[int, int, str], Edit]) -> Stretch:
        """A stretch of a text with only those of its edits that were `made` (by start, end and original), and with their proof."""
        edits = [made[place] for edit in stretch.edits if (place := (edit.start, edit.end, edit.original)) in made]
        spinner = self.spinners[self.names.index(stretch.variant)]
        if stretch.rate < OWN:
            spinner = own_table(spinner, edits)
        start, end = stretch.start, stretch.end
        proof = verify(text[start:end], _rewritten(text, edits, start, end), spinner)
        spans = [(low + start, high + start) for low, high in proof.spans]
        behind = [max(high, low + 1) for low, high in spans]
        marked = []
        for edit in edits:
            place = bisect_right(behind, edit.start)
            marked.append(replace(edit, proved=place == len(spans) or edit.end <= spans[place][0]))
        return replace(stretch, edits=tuple(marked), respun=proof.share, unproved=tuple(spans))


def own_table(spinner: Tabled, edits: Sequence[Edit]) -> Tabled:
    """The program with the document's own table, as its edits show it: of several forms of a word the one that it most often has."""
    counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for edit in edits:
        if edit.original:
            counts[edit.original][edit.spun] += edit.confidence
    rows = [Row(word, max(forms, key=lambda form: forms[form])) for word, forms in counts.items()]
    return spinner.with_rows(Rows(tuple(rows)))


def table_judge(
    family: Family, spinners: Sequence[tuple[str, Tabled]], model: LanguageModel, context: ContextModel | None
) -> TableJudge:
    """What finds the stretches of a family whose program runs a table from a file."""
    flips = {pair for one, other in family.opposites for pair in ((one, other), (other, one))}
    return TableJudge(family.name, spinners, model, context, frozenset(flips))


def _clues(edits: Sequence[Edit], reading: TableReading) -> tuple[Clue, ...]:
    """The forms that speak most for the program, by how surely they are restored (log10)."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for edit in edits:
        if edit.confidence >= 0.5:
            found[edit.spun, edit.original].append(-math.log10(max(1e-3, 1.0 - edit.confidence)))
    clues = [Clue(spun, original, len(said), max(said)) for (spun, original), said in found.items()]
    return tuple(sorted(clues, key=lambda clue: (-clue.weight, clue.spun, clue.original)))


def _rewritten(text: str, edits: Sequence[Edit], start: int, end: int) -> str:
    """text[start:end] with its edits made."""
    pieces: list[str] = []
    for edit in edits:
        pieces += (text[start : edit.start], edit.original)
        start = edit.end
    return "".join(pieces) + text[start:end]
