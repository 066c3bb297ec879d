"""Which stretches of a text a spinner program made, and what they were: evidence, fluency under the program, borders,
proof.

A text is taken apart into sentences. Each has its evidence (log odds of its characters, nats) and, where that leaves
doubt, the gain: how much likelier it is as the program's image of its likeliest preimage than as it stands. A hidden
Markov model of two states (spun, clean) with borders at sentences and, more easily, at lines finds the stretches; each
has to be believed by itself, so that what else stands in the text changes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from despin.decode.select import make_edits
from despin.document.agreement import agreed
from despin.document.program_text import (
    FOR_SURE,
    KEPT,
    Decoded,
    ProgramText,
    at_most,
    is_apart,
    most_grown,
    new_evidence,
    sample_of,
)
from despin.document.reading import Row, composed, gauged, likeliest, negates, rewritten
from despin.document.runs import THRESHOLD, believed, capped, odds_to_chance, runs, total_of
from despin.document.variants import WordOdds, together
from despin.kernel.native.program import Choice, ClauseSearch, Preimages, columns_of
from despin.kernel.sentences import Sentence, sentences
from despin.kernel.sentences import likeliest as most_likely
from despin.lexicon.model import PERSONAL, Entry, Family
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import PROGRAM, Scorer
from despin.results import Clue, Edit, Stretch
from despin.spinners.growth import grown, steady
from despin.spinners.jieba_data import jieba_sizes
from despin.spinners.neighbours import digest_of, table_file
from despin.spinners.registry import spinner
from despin.spinners.segmented import Segmented
from despin.spinners.verify import verify
from despin.spinners.weights import Weights, checksum_of, load_weights, weights_file
from despin.tuning import TUNING, Clauses

#: A text of which no stretch has so many nats by its evidence alone is not looked at further.
DOUBT = 1.0
#: But a text that has more than so many nats a character may be of a variant whose words its evidence does not know, if
#: its words speak for one by so many nats.
DOUBTFUL, WORDS_DOUBT = -0.035, 5.0
#: Where evidence says less than `SAID` the words of its runs are asked as well: twice the evidence of a run and what
#: its words say for the program or a variant have to be `TOGETHER`, in a run of so many characters or less
#: `TOGETHER_SHORT`. (Of 30,000 texts of 16 to 400 characters that were found none is left out; of clean texts half of
#: those are left whose evidence is in doubt.)
SAID, TOGETHER, TOGETHER_SHORT, SHORT_RUN = 3.0, 2.0, 4.5, 30
#: Shorter texts (characters) say too little for a variant.
SHORT = 40
#: So much counts at least of the gain under a variant, of whose words the evidence knows some.
VARIANT_WEIGHT = 0.3
#: The verdict is weighed at the price of -9 that weights are learned with: there a word that stands costs so much more
#: (nats).
KEPT_IN_VERDICT = (9.0 + KEPT) * math.log(10)
#: What the words of a sentence weigh for a variant against the program, of which its evidence was learned.
WORDS_WEIGHT = 0.5
#: Sentences next to what evidence alone finds at borders that cost less by so much are looked at too.
EASED = 0.3
#: What a variant has to be ahead by, in nats: one that does less than the program, one that does other things, one that
#: draws. All real pages that are known are of the program itself.
LESS, OTHER, DRAWN = 2.0, 4.0, 8.0
#: Where nothing speaks for the program itself, a stretch of a variant is less likely beforehand by so much, in nats:
#: short clean text finds one of several variants by chance.
SELDOM = 2.0
#: What a repeat, and a word put back inside of another, say for a variant that replaces words everywhere, and what such
#: a one has to be ahead of another variant by.
REPEAT, PUT_BACK, TIE = 3.0, 1.5, 6.0
#: Such a variant is looked at where its words say so much, with so much for each word that grew and each sentence that
#: the program does not explain.
BEHIND, GREW, UNEXPLAINED = -2.0, 6.0, 5.0
#: And where no more different words stand than so many, and one for so many characters, that it would have replaced and
#: writes for no word. (One in a hundred of its texts has more.)
LEFT, LEFT_EACH = 4, 60
#: No variant is looked at for which the words say less than this, against people, in nats: of its own texts of 60
#: characters and more none does.
UNLIKELY = -9.0
#: Nor any where the program itself explains nothing and evidence and words say less than this together, in nats: a
#: stretch of one has to be more than twice as sure, and of its own texts of 100 characters and more hardly any says
#: less.
WORTH = 3.0
#: Runners-up less likely than this are not reported.
LEAST_ALTERNATIVE = 0.02
#: What is likelier and has no runners-up shares with nothing.
ALONE = 0.999
#: How much weights count that were learned of a program with one rank, where a program draws one of several.
TRUST = 0.5
#: Of a stretch at most so large a share of the edits may be of words without a Chinese character.
MARKS = 0.2
_HAN = re.compile("[㐀-鿿]")
_LN10 = math.log(10)


class ProgramJudge:
    """Finds what a program spun. `spinners` are the program and its variants with their names, the program first;
    `weights` is the file of what was learned by spinning; `model` is the language model. `flips` holds (spun, original)
    pairs that turn the polarity of a statement; `overrides` what a personal lexicon says of a form: its original, or
    None to leave it alone. `alone` says that nothing else asks the language model meanwhile: other threads may go on
    while a sentence is decoded.

    Nothing is read before the first text. Raises `ModelError` then for weights, a table or a dictionary that is missing
    or damaged.
    """

    def __init__(
        self,
        family: str,
        spinners: Sequence[tuple[str, Segmented]],
        weights: Path,
        model: LanguageModel,
        flips: frozenset[tuple[str, str]] = frozenset(),
        overrides: Mapping[str, str | None] | None = None,
        alone: bool = False,
        scorer: Scorer | None = None,
        clauses: Clauses = TUNING.clauses,
    ) -> None:
        self.family, self._file, self._model, self._alone = family, weights, model, alone
        self._scorer, self._clauses = scorer or Scorer(model), clauses
        self.names, self.spinners = zip(*spinners, strict=True)
        self.flips, self.overrides = flips, dict(overrides or {})
        self.words = WordOdds(self.spinners)
        self._programs: dict[int, Preimages] = {}
        self._searches: dict[int, ClauseSearch] = {}
        self._last: tuple[str, tuple[float, list[Stretch]]] | None = None
        #: The last text of which a first look leaves doubt, with what it says.
        self._glanced: tuple[str, tuple[float, bool, bool]] | None = None

    def __getstate__(self) -> dict[str, Any]:
        kept = {k: v for k, v in self.__dict__.items() if k not in ("_programs", "_searches", "weights")}
        return kept | {"_programs": {}, "_searches": {}, "_last": None, "_glanced": None}

    @cached_property
    def weights(self) -> Weights:
        """What was learned by spinning."""
        return load_weights(self._file)

    def program(self, number: int) -> Preimages:
        """The program (0) or one of its variants, backwards."""
        if number not in self._programs:
            segmenter = self.spinners[number].segmenter
            key = id(segmenter.blob)
            _, like = self.weights.choices.get(key, (None, None))
            choice = like or Choice(segmenter, self.weights.data)
            trust = 1.0 if len(segmenter.ranks) == 1 else TRUST
            made = Preimages(segmenter, self._model.trigrams, choice, kept=KEPT, trust=trust)
            # The data are kept with it: the number of what is gone may become that of something else.
            self.weights.choices[key] = segmenter.blob, choice
            made.alone = self._alone
            self._programs[number] = made
        return self._programs[number]

    def search(self, number: int) -> ClauseSearch:
        """What searches the readings of clauses under the program (0) or one of its variants."""
        if number not in self._searches:
            words, one = self.spinners[number].segmenter, self._clauses
            weights = one.network, one.choice, one.fluency, one.miss, one.far
            choice, network = self.program(number).choice, self._scorer.network
            found = ClauseSearch(words, self._model.trigrams, network, choice, weights, PROGRAM, self._alone)
            self._searches[number] = found
        return self._searches[number]

    def data(self) -> list[object]:
        """What the answers depend on besides lexicon and language model: the programs' parameters, and the checksums of
        their tables and of the weights, and the sizes of jieba's files. The files are not read beyond their headers."""
        programs = [
            (name, sorted(one.parameters.items()), digest_of(table_file(one.table)))
            for name, one in zip(self.names, self.spinners, strict=True)
        ]
        return [self.family, programs, checksum_of(self._file), jieba_sizes()]

    def stretches(self, text: str) -> tuple[float, list[Stretch]]:
        """(log odds of the likeliest stretch in nats, the stretches that are believed, in order). What was asked last
        is remembered: a restored text is looked at more than once."""
        last = self._last
        if last is None or last[0] != text:
            last = self._last = text, self._found(text)
        return last[1]

    def glance(self, text: str) -> float | None:
        """The log odds that `stretches` gives for a text of which a first look shows that the program spun nothing;
        None where it has to be asked."""
        odds, _, clear = self._looked(text)
        return odds - THRESHOLD if clear else None

    def _looked(self, text: str) -> tuple[float, bool, bool]:
        """(what speaks for the likeliest stretch of a text by its evidence in nats, whether it may be of a variant that
        evidence does not know, whether nothing has to be looked for)."""
        last = self._glanced
        if last is not None and last[0] is text:
            return last[1]
        odds, whole = self.weights.evidence.glance(text, self.weights.found.evidence_weight)
        doubtful = len(text) >= SHORT and whole > DOUBTFUL * len(text)
        clear = odds < DOUBT or (odds < SAID and not self._said(text))
        if clear:
            odds = min(DOUBT, odds)
            clear = not (doubtful and max(self.words.of(text).spun) > WORDS_DOUBT)
        # Texts that lists spun are asked for more than once.
        found = odds, doubtful, clear
        self._glanced = text, found
        return found

    def _said(self, text: str) -> bool:
        """Whether evidence and words together say enough of some run of sentences."""
        parts = sentences(text)
        scores = list(map(capped, self._evidence(text, parts)))
        for first, last in runs(parts, scores, EASED):
            start, end = parts[first].start, parts[last - 1].end
            least = TOGETHER_SHORT if end - start <= SHORT_RUN else TOGETHER
            if 2 * sum(scores[first:last]) + max(self.words.of(text[start:end]).spun) >= least:
                return True
        return False

    def _found(self, text: str) -> tuple[float, list[Stretch]]:
        """The same, looked for."""
        odds, doubtful, clear = self._looked(text)
        if clear:
            return odds - THRESHOLD, []
        parts = sentences(text)
        evidence = self._evidence(text, parts)
        read = ProgramText(self, text, parts, evidence)
        scores = self._scores(read)
        odds = most_likely(parts, scores)
        found: list[tuple[int, int, int, Sequence[float]]] = []
        for first, last in believed(parts, scores):
            number = self._variant(read, first, last)
            found += self._under(read, first, last, number) or [(first, last, number, scores)]
        # What speaks for a variant that the program itself does not explain.
        alone = list(map(capped, evidence))
        doubted = [pair for pair in runs(parts, alone) if total_of(parts, alone, *pair) >= DOUBT]
        for first, last in [*doubted, (0, len(parts))] if doubtful else doubted:
            if not is_apart(first, last, found):
                continue
            if number := self._variant(read, first, last, WORTH - total_of(parts, alone, first, last)):
                under = self._under(read, first, last, number)
                found += [one for one in under if new_evidence(read, *one) >= THRESHOLD + SELDOM]
        kept: list[tuple[int, int, int, Sequence[float]]] = []
        for one in found:
            if is_apart(one[0], one[1], kept):
                kept.append(one)
                if one[3] is not scores:
                    odds = max(odds, most_likely(parts, one[3]))
        fresh = [(one, new_evidence(read, *one)) for one in sorted(kept, key=lambda one: one[:2])]
        stretches = [self._stretch(read, *one[:3], nats) for one, nats in fresh if nats >= THRESHOLD]
        changed = list(filter(is_changed, stretches))
        return (odds if changed or not found else 0.0) - THRESHOLD, changed

    def _evidence(self, text: str, parts: Sequence[Sentence]) -> list[float]:
        """The evidence of every sentence, in nats, weighted."""
        weight = self.weights.found.evidence_weight
        sums = self.weights.evidence.sums(text, [part.end for part in parts])
        return [weight * (now - before) for before, now in zip([0.0, *sums], sums, strict=False)]

    def _scores(self, read: ProgramText) -> list[float]:
        """Evidence and gain of every sentence under the program; the gain only of those that may lie in a stretch, or
        next to one."""
        scores = list(map(capped, read.evidence))
        near = {
            number
            for first, last in runs(read.parts, scores, EASED)
            for number in range(max(0, first - 1), min(len(read.parts), last + 1))
        }
        self.decode_all(read, sorted(near))
        for number in near:
            scores[number] = self._score(read, number, 0)
        return scores

    def _score(self, read: ProgramText, place: int, number: int) -> float:
        """Evidence and gain of a sentence under the program or a variant."""
        weight = self.weights.found.fluency_weight
        if number:
            weight = max(VARIANT_WEIGHT, weight)
        gain = capped(weight * read.decoded(place, number).gain)
        if number:
            gain += WORDS_WEIGHT * read.words(place).ahead[number]
        return capped(read.evidence[place] + gain)

    def _under(
        self, read: ProgramText, first: int, last: int, number: int
    ) -> list[tuple[int, int, int, Sequence[float]]]:
        """What a variant spun where a stretch of it was found: (first, last, its number, scores); nothing for the
        program itself."""
        if not number:
            return []
        scores = read.scores.get(number)
        if scores is None:
            scores = [self._score(read, place, number) for place in range(len(read.parts))]
            read.scores[number] = scores
        return [
            (low, high, number, scores) for low, high in believed(read.parts, scores) if low < last and first < high
        ]

    def decode(self, read: ProgramText, place: int, number: int) -> Decoded:
        """A sentence under the program or a variant."""
        program, text = self.program(number), read.text
        begin, end, _ = read.parts[place]
        # The same under every program.
        fluency = read.fluencies.get(place)
        if self.spinners[number].passes == "replace":
            if fluency is None:
                fluency = program.fluency(text, begin, end)
            window, start, end = read.regrown(number).window(place)
            found, kept, score = read.regrown(number).reading(window, start, end)
            rows = [
                (a + begin, b + begin, original, chance, rivals)
                for a, b, original, chance, rivals in composed(read.regrown(number).drafts[place], found, start)
            ]
        elif fluency is None:
            ((rows, kept, score, fluency),) = gauged(program, text, [(begin, end)], True)
        else:
            rows, kept, score = likeliest(program, text, begin, end, True)
        read.fluencies[place] = fluency
        return Decoded(rows, len(kept), score - fluency - KEPT_IN_VERDICT * len(kept))

    def decode_all(self, read: ProgramText, places: list[int]) -> None:
        """Sentences under the program, all at once: other threads go on meanwhile for as long as that takes."""
        asked = [(read.parts[place].start, read.parts[place].end) for place in places]
        found = gauged(self.program(0), read.text, asked, True)
        for place, (rows, kept, score, fluency) in zip(places, found, strict=True):
            read.fluencies[place] = fluency
            gain = score - fluency - KEPT_IN_VERDICT * len(kept)
            read.known[place, 0] = Decoded(rows, len(kept), gain)

    def _stretch(self, read: ProgramText, first: int, last: int, number: int, nats: float) -> Stretch:
        """The stretch of sentences first:last, for which so many nats speak, restored and proved."""
        text, parts = read.text, read.parts
        rows: list[Row] = []
        for place in range(first, last):
            rows += read.decoded(place, number).edits
        start, end = parts[first].start, parts[last - 1].end
        forced = set[tuple[int, int]]()
        if self.spinners[number].passes == "tokens":
            rows, forced = self._tested(text, rows, start, end, number)
        rows = self._rows(text, agreed(text, rows))
        if len(self.spinners[number].ranks) > 1:
            rows = _together(text, rows)
        proof = verify(text[start:end], rewritten(text, rows, start, end), self.spinners[number])
        spans = [(low + start, high + start) for low, high in proof.spans]
        edits = self._edits(text, rows, spans, forced)
        return Stretch(
            start,
            end,
            self.family,
            odds_to_chance(nats - THRESHOLD),
            edits,
            proof.share,
            unproved=tuple(spans),
            evidence=self._clues(text, edits),
            variant=self.names[number],
        )

    def _tested(
        self, text: str, rows: Sequence[Row], start: int, end: int, number: int
    ) -> tuple[list[Row], set[tuple[int, int]]]:
        """The rows of text[start:end] once the readings of its clauses are tested by the program, and the places of
        those that are forced."""
        changed = [(a - start, b - start, *rest) for a, b, *rest in rows if text[a:b] != rest[0]]
        found = self.search(number).refine(text[start:end], changed)
        return (
            [(a + start, b + start, original, chance, rivals) for a, b, original, chance, rivals, _ in found],
            {(a + start, b + start) for a, b, *_, forced in found if forced},
        )

    def proved(self, text: str, stretch: Stretch, made: Mapping[tuple[int, int, str], Edit]) -> Stretch:
        """A stretch of a text with only those of its edits that were `made` (by start, end and original), and with
        their proof."""
        places = [(edit.start, edit.end, edit.original) for edit in stretch.edits]
        edits = tuple([made[place] for place in places if place in made])
        if len(edits) == len(stretch.edits):
            return replace(stretch, edits=edits)
        start, end = stretch.start, stretch.end
        rows: list[Row] = [(edit.start, edit.end, edit.original, edit.confidence, []) for edit in edits]
        spinner = self.spinners[self.names.index(stretch.variant)]
        proof = verify(text[start:end], rewritten(text, rows, start, end), spinner)
        spans = tuple([(low + start, high + start) for low, high in proof.spans])
        return replace(stretch, edits=edits, respun=proof.share, unproved=spans)

    def _clues(self, text: str, edits: Sequence[Edit]) -> tuple[Clue, ...]:
        """The forms that speak most for the program, by the evidence of their characters where they stand (log10)."""
        places = [place for edit in edits for place in (edit.start, edit.end)]
        sums = self.weights.evidence.sums(text, places)
        weights: dict[tuple[str, str], float] = {}
        counts: dict[tuple[str, str], int] = {}
        for edit, low, high in zip(edits, sums[::2], sums[1::2], strict=True):
            pair = edit.spun, edit.original
            weights[pair] = weights.get(pair, 0.0) + (high - low) / _LN10
            counts[pair] = counts.get(pair, 0) + 1
        clues = sorted([(-weight, *pair) for pair, weight in weights.items() if weight > 0])
        return tuple([Clue(spun, original, counts[spun, original], -less) for less, spun, original in clues])

    def _variant(self, read: ProgramText, first: int, last: int, least: float = -math.inf) -> int:
        """The number of the variant that explains a stretch best, of those for which its own words say `least` against
        people. Each is held against the program, by its words and sentence by sentence, until it is behind for sure;
        both have to speak for it."""
        best, chosen = -math.inf, 0
        inside, around = sample_of(read.parts, first, last)
        # A sentence that comes again says nothing new.
        inside = sorted({read.sentence(place): place for place in reversed(inside)}.values())
        around = [place for place in around if max(read.words(place).spun) > 0]
        words = self.words.of("".join(map(read.sentence, (*inside, *around))))
        own = words.spun
        if around and least > -math.inf:
            own = self.words.of("".join(map(read.sentence, inside))).spun
        for number, one in enumerate(self.spinners):
            if (
                not number
                or own[number] < least
                or words.spun[number] < UNLIKELY
                or not self._may_be(read, number, words.ahead[number], inside, least == -math.inf)
            ):
                continue
            gain, said = self._gain(read, number, inside, around), words.ahead[number]
            if gain < -FOR_SURE:
                continue
            if one.passes == "replace":
                text, grew = self._regrown(read, number, inside)
                gain += grew
                said = grew + self.words.of(text).ahead[number]
                total = gain + said - grew - TIE
            else:
                total = gain + said
            speaks = min(gain + said / 4, 2 * said) - self._preference(number)
            if speaks > 0 and total > best:
                best, chosen = total, number
        return chosen

    def _regrown(self, read: ProgramText, number: int, inside: Sequence[int]) -> tuple[str, float]:
        """(sentences before a variant grew them, what the places that grew say for it in nats)."""
        found = read.regrown(number)
        drafts = [found.drafts[place] for place in inside]
        repeats = sum(found.repeats[place] for place in inside)
        others = max(0, sum(len(draft.edits) for draft in drafts) - repeats)
        return "".join([draft.text for draft in drafts]), REPEAT * repeats + PUT_BACK * others

    def _gain(self, read: ProgramText, number: int, inside: Sequence[int], around: Sequence[int]) -> float:
        """What a variant explains more than the program in a stretch and around it, in nats; less than `FOR_SURE` is
        not counted to the end."""
        gain = 0.0
        for place in inside:
            gain += at_most(read.decoded(place, number).gain - read.decoded(place, 0).gain, read.parts[place])
            if gain < -FOR_SURE:
                return gain
        # What the program does not explain next to it may be the variant's too.
        for place in around:
            one, other = read.decoded(place, number).gain, read.decoded(place, 0).gain
            gain += at_most(max(0.0, one) - max(0.0, other), read.parts[place])
        return gain

    def _may_be(self, read: ProgramText, number: int, ahead: float, inside: Sequence[int], spun: bool) -> bool:
        """Whether it is worth while to look at what a variant makes of sentences, which is `ahead` by so much by its
        words; `spun` says that they are believed to be spun by the program or a variant."""
        one = self.spinners[number]
        if one.passes != "replace":
            return 2 * ahead > self._preference(number)
        sample = "".join(map(read.sentence, inside))
        # People write what the program does not explain.
        least = BEHIND - UNEXPLAINED * sum(map(read.doubted, inside)) if spun else 0.0
        # What grew takes longest to find, and only speaks for it.
        if ahead <= least and (
            ahead + GREW * most_grown(sample) <= least
            or ahead + GREW * len({word for word, _ in steady(grown(sample, one))}) <= least
        ):
            return False
        return self.words.left(number, sample) <= LEFT + len(sample) / LEFT_EACH

    def _preference(self, number: int) -> float:
        """What a variant has to be ahead by: a freer one explains more by chance."""
        one, other = self.spinners[number], self.spinners[0]
        if len(one.ranks) > len(other.ranks):
            return DRAWN
        return LESS if one.passes == other.passes and one.flags <= other.flags else OTHER

    def _rows(self, text: str, found: Sequence[Row]) -> list[Row]:
        """The edits that change something, with what a personal lexicon says of their forms."""
        changed = [row for row in found if text[row[0] : row[1]] != row[2]]
        if not self.overrides:
            return changed
        rows: list[Row] = []
        for row in changed:
            spun = text[row[0] : row[1]]
            if spun not in self.overrides:
                rows.append(row)
            elif (own := self.overrides[spun]) is not None and own != spun:
                rows.append((row[0], row[1], own, 1.0, []))
        return rows

    def _edits(
        self, text: str, rows: Sequence[Row], unproved: Sequence[tuple[int, int]], forced: AbstractSet[tuple[int, int]]
    ) -> tuple[Edit, ...]:
        """The edits of rows; proved are those that touch none of the places `unproved`, which are sorted and
        disjoint."""
        names, numbers = (
            (f"{PERSONAL}:", f"{self.family}:"),
            (self._clauses.temper, ALONE, LEAST_ALTERNATIVE),
        )
        found = columns_of(text, list(rows), list(unproved), self.overrides, names, self.flips, negates, numbers)
        found[0]["forced"] = [row[:2] in forced for row in rows]
        return tuple(make_edits(*found))

    def _flipped(self, spun: str, original: str) -> bool:
        """Whether an edit turns the polarity of a statement."""
        if (spun, original) in self.flips:
            return True
        # Most pairs end otherwise.
        return (spun[-1:] == original[-1:] or not spun or not original) and negates(spun, original)


def is_changed(stretch: Stretch) -> bool:
    """Whether a program made something of a stretch: it replaced more than one word, and not marks for the most part.
    Tables write `#` for 备注, and pages in Markdown are full of it."""
    forms = {edit.spun for edit in stretch.edits}
    marks = {form for form in forms if not _HAN.search(form)}
    often = sum([edit.spun in marks for edit in stretch.edits]) if marks else 0
    return len(forms) > 1 and often <= MARKS * len(stretch.edits)


def program_judge(
    family: Family,
    entries: Iterable[Entry],
    model: LanguageModel,
    alone: bool = False,
    scorer: Scorer | None = None,
    clauses: Clauses = TUNING.clauses,
) -> ProgramJudge:
    """What finds the stretches of a family that names a program; `entries` are the family's and those of personal
    lexicons. See `ProgramJudge` for `alone`."""
    spinners = [(program.variant, spinner(program.parameters)) for program in family.programs]
    segmented = [(name, one) for name, one in spinners if isinstance(one, Segmented)]
    flips = {pair for one, other in family.opposites for pair in ((one, other), (other, one))}
    overrides: dict[str, str | None] = {}
    for entry in entries:
        if entry.flips:
            flips |= {(entry.spun, original.text) for original in entry.originals}
        if entry.family == PERSONAL and entry.status == "retired":
            overrides[entry.spun] = None
        elif entry.family == PERSONAL and entry.replaces and entry.originals:
            overrides[entry.spun] = entry.originals[0].text
    weights = weights_file(segmented[0][1].table)
    return ProgramJudge(family.name, segmented, weights, model, frozenset(flips), overrides, alone, scorer, clauses)


def _together(text: str, rows: Sequence[Row]) -> list[Row]:
    """The edits of a program that draws, each with the original that is likeliest beside what stands behind other
    forms."""
    shares = [{original: chance, **dict(rivals)} for _, _, original, chance, rivals in rows]
    found = together([text[row[0] : row[1]] for row in rows], shares)
    chosen: list[Row] = []
    for (start, end, *_), originals in zip(rows, found, strict=True):
        (best, chance), *rivals = sorted(originals.items(), key=lambda item: (-item[1], item[0]))
        chosen.append((start, end, best, chance, rivals))
    return chosen
