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
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from despin.document.agreement import agreement
from despin.document.program_text import (
    Decoded,
    ProgramText,
    Tested,
    is_apart,
    new_evidence,
    sample_of,
)
from despin.document.proof import marked, proof_of, rewritten
from despin.document.reading import Row, edits_of
from despin.document.runs import believed, capped, odds_to_chance, runs, total_of
from despin.document.variants import WordOdds, together
from despin.kernel.native.program import Choice, ClauseSearch
from despin.kernel.sentences import Sentence, labels_apart, sentences
from despin.kernel.sentences import likeliest as most_likely
from despin.lexicon.model import PERSONAL, Entry, Family
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import PROGRAM, Scorer
from despin.results import Clue, Edit, Proof, Stretch
from despin.spinners.base import SpunEdit
from despin.spinners.jieba_data import jieba_sizes
from despin.spinners.neighbours import digest_of, table_file
from despin.spinners.registry import spinner
from despin.spinners.segmented import Segmented
from despin.spinners.verify import verify
from despin.spinners.weights import Weights, checksum_of, load_weights, weights_file
from despin.tuning import TUNING, Clauses, Stretches

_HAN, _SENTENCE = re.compile("[㐀-鿿]"), re.compile("[。！？\n]")
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
        self._searches: dict[int, ClauseSearch] = {}
        #: What the program and its variants read last.
        self._windows: list[object] = []
        self._last: tuple[tuple[str, float], tuple[float, list[Stretch]]] | None = None
        #: The last text of which a first look leaves doubt, with what it says.
        self._glanced: tuple[str, tuple[float, bool, bool]] | None = None

    def __getstate__(self) -> dict[str, Any]:
        kept = {k: v for k, v in self.__dict__.items() if k not in ("_searches", "_windows", "weights")}
        return kept | {"_searches": {}, "_windows": [], "_last": None, "_glanced": None}

    @cached_property
    def weights(self) -> Weights:
        """What was learned by spinning."""
        return load_weights(self._file)

    def search(self, number: int) -> ClauseSearch:
        """The program (0) or one of its variants, backwards."""
        found = self._searches.get(number)
        if found is None:
            words = self.spinners[number].segmenter
            key = id(words.blob)
            _, choice = self.weights.choices.get(key, (None, None))
            choice = choice or Choice(words, self.weights.data)
            # The data are kept with it: the number of what is gone may become that of something else.
            self.weights.choices[key] = words.blob, choice
            trust = 1.0 if len(words.ranks) == 1 else Stretches.trust
            network, weights = self._scorer.network, self._clauses.weights(trust)
            lm = self._model.trigrams
            found = ClauseSearch(words, lm, network, choice, weights, PROGRAM, self._alone, self._windows)
            self._searches[number] = found
        return found

    def data(self) -> list[object]:
        """What the answers depend on besides lexicon and language model: the programs' parameters, and the checksums of
        their tables and of the weights, and the sizes of jieba's files. The files are not read beyond their headers."""
        programs = [
            (name, sorted(one.parameters.items()), digest_of(table_file(one.table)))
            for name, one in zip(self.names, self.spinners, strict=True)
        ]
        return [self.family, programs, checksum_of(self._file), jieba_sizes()]

    def stretches(self, text: str, prior: float = 0.0) -> tuple[float, list[Stretch]]:
        """(log odds of the likeliest stretch in nats, the stretches that are believed, in order), where so many nats
        speak for the family beforehand. What was asked last is remembered: a restored text is looked at more than
        once."""
        last, asked = self._last, (text, prior)
        if last is None or last[0] != asked:
            last = self._last = asked, self._found(text, prior)
        return last[1]

    def glance(self, text: str) -> float | None:
        """The log odds that `stretches` gives for a text of which a first look shows that the program spun nothing;
        None where it has to be asked."""
        odds, _, clear = self._looked(text)
        return odds - Stretches.threshold if clear else None

    def _looked(self, text: str) -> tuple[float, bool, bool]:
        """(what speaks for the likeliest stretch of a text by its evidence in nats, whether it may be of a variant that
        evidence does not know, whether nothing has to be looked for)."""
        last = self._glanced
        if last is not None and last[0] is text:
            return last[1]
        odds, whole = self.weights.evidence.glance(text, self.weights.found.evidence_weight)
        doubtful = len(text) >= Stretches.short and whole > Stretches.doubtful * len(text)
        clear = odds < Stretches.doubt and not (doubtful and max(self.words.of(text).spun) > Stretches.words_doubt)
        # Texts that lists spun are asked for more than once.
        found = odds, doubtful, clear
        self._glanced = text, found
        return found

    def _found(self, text: str, prior: float) -> tuple[float, list[Stretch]]:
        """The same, looked for."""
        odds, doubtful, clear = self._looked(text)
        # Something has to be said by the text itself.
        threshold = max(Stretches.doubt, Stretches.threshold - prior)
        if clear and prior <= 0.0:
            return odds - threshold, []
        parts = labels_apart(text, sentences(text))
        evidence = self._evidence(text, parts)
        read = ProgramText(self, text, parts, evidence)
        scores = self._scores(read)
        odds = most_likely(parts, scores)
        found: list[tuple[int, int, int, Sequence[float]]] = []
        for first, last in believed(parts, scores, threshold):
            number = self._variant(read, first, last)
            found += self._under(read, first, last, number, threshold) or [(first, last, number, scores)]
        # What speaks for a variant that the program itself does not explain.
        alone = capped(evidence)
        doubted = [pair for pair in runs(parts, alone) if total_of(parts, alone, *pair) >= Stretches.doubt]
        for first, last in [*doubted, (0, len(parts))] if doubtful else doubted:
            if not is_apart(first, last, found):
                continue
            if number := self._variant(read, first, last):
                under = self._under(read, first, last, number, threshold)
                found += [one for one in under if new_evidence(read, *one) >= threshold + Stretches.seldom]
        kept: list[tuple[int, int, int, Sequence[float]]] = []
        for one in found:
            if is_apart(one[0], one[1], kept):
                kept.append(one)
                if one[3] is not scores:
                    odds = max(odds, most_likely(parts, one[3]))
        fresh = [(one, new_evidence(read, *one)) for one in sorted(kept, key=lambda one: one[:2])]
        stretches = [self._stretch(read, *one[:3], nats - threshold) for one, nats in fresh if nats >= threshold]
        changed = [one for one in stretches if is_changed(text, one)]
        return (odds if changed or not found else 0.0) - threshold, changed

    def _evidence(self, text: str, parts: Sequence[Sentence]) -> list[float]:
        """The evidence of every sentence, in nats, weighted."""
        weight = self.weights.found.evidence_weight
        sums = self.weights.evidence.sums(text, [part.end for part in parts])
        return [weight * (now - before) for before, now in zip([0.0, *sums], sums, strict=False)]

    def _scores(self, read: ProgramText) -> list[float]:
        """Evidence and gain of every sentence under the program; the gain only of those that may lie in a stretch, or
        next to one."""
        scores = capped(read.evidence)
        near = {
            number
            for first, last in runs(read.parts, scores)
            for number in range(max(0, first - 1), min(len(read.parts), last + 1))
        }
        places = sorted(near)
        for place, score in zip(places, self._scored(read, places, 0), strict=True):
            scores[place] = score
        return scores

    def _scored(self, read: ProgramText, places: Sequence[int], number: int) -> list[float]:
        """Evidence and gain of sentences under the program or a variant."""
        weight, said = self.weights.found.fluency_weight, [0.0] * len(places)
        if number:
            weight = max(Stretches.variant_weight, weight)
            said = [Stretches.words_weight * read.words(place).ahead[number] for place in places]
        gains = capped([weight * one.gain for one in read.decoded(places, number)])
        rows = zip(places, gains, said, strict=True)
        return capped([read.evidence[place] + gain + words for place, gain, words in rows])

    def _under(
        self, read: ProgramText, first: int, last: int, number: int, threshold: float
    ) -> list[tuple[int, int, int, Sequence[float]]]:
        """What a variant spun where a stretch of it was found: (first, last, its number, scores); nothing for the
        program itself."""
        if not number:
            return []
        scores = read.scores.get(number)
        if scores is None:
            scores = read.scores[number] = self._scored(read, range(len(read.parts)), number)
        return [
            (low, high, number, scores)
            for low, high in believed(read.parts, scores, threshold)
            if low < last and first < high
        ]

    def decode(self, read: ProgramText, places: Sequence[int], number: int) -> None:
        """Sentences under the program or a variant, all at once; what is known of them stays."""
        places = [place for place in places if (place, number) not in read.known]
        asked = [(read.parts[place].start, read.parts[place].end) for place in places]
        for place, found in zip(places, self._read(read.text, asked, number), strict=True):
            read.known[place, number] = Decoded(*found)

    def _read(self, text: str, spans: Sequence[tuple[int, int]], number: int, said: Any = None) -> Sequence[Any]:
        """What the search of the program or a variant says of parts of a text; one thread at a time may ask."""
        search = self.search(number)
        with self._scorer.lock:
            return search.read(text, list(spans), said)

    def _stretch(self, read: ProgramText, first: int, last: int, number: int, odds: float) -> Stretch:
        """The stretch of sentences first:last, with these log odds (nats), restored and proved."""
        text, parts = read.text, read.parts
        decoded = self._agreed(read, first, last, number)
        start, end = parts[first].start, parts[last - 1].end
        forced = {row[:2] for row in decoded if row[5]}
        rows = self._rows(text, [row[:5] for row in decoded])
        if len(self.spinners[number].ranks) > 1:
            rows = _together(text, rows)
        made = [SpunEdit(*row[:3]) for row in rows]
        found = verify(text[start:end], rewritten(text, made, start, end), self.spinners[number])
        proof = Proof(found.respun, found.failed).moved(start)
        edits = edits_of(text, rows, self.family, self.flips, self._clauses.calibration, True, self.overrides)
        edits = marked(edits, proof, ["forced" if row[:2] in forced else "possible" for row in rows])
        return Stretch(
            start,
            end,
            self.family,
            odds_to_chance(odds),
            tuple(edits),
            proof,
            evidence=self._clues(text, edits),
            variant=self.names[number],
        )

    def _agreed(self, read: ProgramText, first: int, last: int, number: int) -> list[Tested]:
        """The rows of the sentences first:last, those that hold a form which stands at several places searched once
        more, with what these say to each other."""
        rows: list[Sequence[Tested]] = [one.edits for one in read.decoded(range(first, last), number)]
        said = agreement(read.text, [row[:5] for own in rows for row in own])
        if said:
            starts = sorted({start for start, *_ in said})
            asked = []
            for place, part in enumerate(read.parts[first:last]):
                behind = bisect_left(starts, part.start)
                if behind < len(starts) and starts[behind] < part.end:
                    asked.append(place)
            spans = [(read.parts[first + place].start, read.parts[first + place].end) for place in asked]
            for place, (own, _) in zip(asked, self._read(read.text, spans, number, said), strict=True):
                rows[place] = own
        return [row for own in rows for row in own]

    def proved(self, text: str, stretch: Stretch) -> Stretch:
        """A stretch of a text with the proof of its edits, whose own marks stay."""
        spinner = self.spinners[self.names.index(stretch.variant)]
        return replace(stretch, proof=proof_of(text, stretch.start, stretch.end, stretch.edits, spinner))

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

    def _variant(self, read: ProgramText, first: int, last: int) -> int:
        """The number of the variant that explains a stretch best, 0 for the program itself. Each is held against the
        program, by its words and sentence by sentence; both have to speak for it."""
        best, chosen = -math.inf, 0
        inside, around = sample_of(read.parts, first, last)
        # A sentence that comes again says nothing new.
        inside = sorted({read.sentence(place): place for place in reversed(inside)}.values())
        around = [place for place in around if max(read.words(place).spun) > 0]
        words = self.words.of("".join(map(read.sentence, (*inside, *around))))
        for number in range(1, len(self.spinners)):
            said, preference = words.ahead[number], self._preference(number)
            if 2 * said <= preference:
                continue
            gain = self._gain(read, number, inside, around)
            if min(gain + said / 4, 2 * said) > preference and gain + said > best:
                best, chosen = gain + said, number
        return chosen

    def _gain(self, read: ProgramText, number: int, inside: Sequence[int], around: Sequence[int]) -> float:
        """What a variant explains more than the program in a stretch and around it, in nats."""
        places = sorted((*inside, *around))
        gains = zip(places, read.decoded(places, 0), read.decoded(places, number), strict=True)
        # What the program does not explain next to it may be the variant's too.
        least = dict.fromkeys(around, 0.0)
        return sum(
            max(least.get(place, -math.inf), other.gain) - max(least.get(place, -math.inf), own.gain)
            for place, own, other in gains
        )

    def _preference(self, number: int) -> float:
        """What a variant has to be ahead by: a freer one explains more by chance."""
        one, other = self.spinners[number], self.spinners[0]
        if len(one.ranks) > len(other.ranks):
            return Stretches.drawn
        return Stretches.less if one.flags <= other.flags else Stretches.other

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


def is_changed(text: str, stretch: Stretch) -> bool:
    """Whether a program made something of a stretch of a text: it replaced more than one word, as many as it does in
    sentences that do not come again, and not marks for the most part. Tables write `#` for 备注, and pages in Markdown
    are full of it."""
    forms = {edit.spun for edit in stretch.edits}
    marks = {form for form in forms if not _HAN.search(form)}
    often = sum([edit.spun in marks for edit in stretch.edits]) if marks else 0
    size = sum(map(len, set(_SENTENCE.split(text[stretch.start : stretch.end]))))
    enough = len(forms) > 1 and Stretches.sparse * len(forms) >= size
    return enough and often <= Stretches.marks * len(stretch.edits)


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
