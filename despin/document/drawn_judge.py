"""Finds the stretches that programs made that draw words and forms, and restores and proves them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from despin.document.drawn import Channel, DrawnReading
from despin.document.proof import marked, proof_of
from despin.document.reading import clues_of, edit_of
from despin.document.runs import odds_to_chance, runs, total_of
from despin.kernel.sentences import Sentence, sentences
from despin.lexicon.model import Family
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import Scorer
from despin.results import Stretch
from despin.spinners.drawing import Drawing
from despin.spinners.grouped import Grouped
from despin.spinners.jieba_data import jieba_sizes
from despin.spinners.neighbours import digest_of, table_file
from despin.spinners.segmented import Segmented

#: A stretch is as likely spun as not at so many nats: of a program that changes something
#: in every line, and of any other.
EVERY_LINE, THRESHOLD = 10.0, 17.0
#: The most that one sentence may add or take, in nats.
MOST = 25.0
#: What a variant has to be ahead by (nats).
AHEAD = 2.0
#: Parts of a text have to say so much more than all of it (nats).
PARTLY = 8.0
#: Edits less likely than this are nobody's.
LEAST_EDIT = 0.2
#: Confidence is the probability to this power: where two places side by side were replaced, one
#: of them restored reads wrong too.
SIDE_BY_SIDE = 1.73

#: A reading of text[start:end], with the log odds of that being spun (nats).
_Run = tuple[DrawnReading, int, int, float]


class DrawnJudge:
    """Finds what programs spun that draw. `spinners` are a family's programs with their names; `flips` holds (spun,
    original) pairs that turn the polarity of a statement. A table is read when the first text comes; `LexiconError` or
    `ModelError` then for one that is missing or broken."""

    def __init__(
        self,
        family: str,
        spinners: Sequence[tuple[str, Drawing]],
        model: LanguageModel,
        scorer: Scorer,
        flips: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.family, self._model, self._scorer, self.flips = family, model, scorer, flips
        self.names, self.spinners = zip(*spinners, strict=True)
        self._channels: dict[int, Channel] = {}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_channels": {}}

    def data(self) -> list[object]:
        """What the answers depend on besides lexicon and language model: the programs' parameters, their
        tables, the sizes of jieba's files."""
        programs = [
            (name, sorted({**one.parameters, "table": _digest(one)}.items()))
            for name, one in zip(self.names, self.spinners, strict=True)
        ]
        return [self.family, programs, jieba_sizes()]

    def glance(self, text: str) -> float | None:
        """None: such a program has to be asked of every text."""

    def stretches(self, text: str) -> tuple[float, list[Stretch]]:
        """(log odds of the likeliest stretch in nats, the stretches that are believed, in order)."""
        best, odds, number, kept = -math.inf, -THRESHOLD, 0, list[_Run]()
        for tried in range(len(self.spinners)):
            found = self._runs(text, tried)
            total = sum(max(0.0, run[3]) for run in found) - (AHEAD if tried else 0.0)
            if found and total > best:
                best, odds, number, kept = total, max(run[3] for run in found), tried, found
        stretches = [self._stretch(text, *run, number) for run in kept if run[3] >= 0.0]
        changed = [one for one in stretches if len({edit.spun for edit in one.edits}) > 1]
        return odds if changed or not stretches else min(odds, -THRESHOLD), changed

    def _runs(self, text: str, number: int) -> list[_Run]:
        """What a program may have spun: the whole text, or runs of its sentences where that says much more, each
        read by itself with its own rate."""
        reading, parts, scores = self._read(text, number)
        threshold = EVERY_LINE if self.spinners[number].anew else THRESHOLD
        found: list[_Run] = []
        whole = sum(scores)
        if sum(total_of(parts, scores, *run) for run in runs(parts, scores)) < whole + PARTLY:
            return [(reading, 0, len(text), whole - threshold)]
        for first, last in runs(parts, scores):
            start, end = parts[first].start, parts[last - 1].end
            inner, own = reading, total_of(parts, scores, first, last)
            if (start, end) != (0, len(text)) and own >= threshold / 2:
                inner, some, values = self._read(text[start:end], number)
                own = total_of(some, values, 0, len(some)) + own - sum(scores[first:last])
            found.append((inner, start, end, own - threshold))
        return found

    def _read(self, text: str, number: int) -> tuple[DrawnReading, list[Sentence], list[float]]:
        """(a text under a program, its sentences, what speaks for each being spun in nats)."""
        channel = self._channels.get(number)
        if channel is None:
            channel = self._channels[number] = Channel(self.spinners[number], self._model, self._scorer)
        reading, parts = DrawnReading(text, channel), sentences(text)
        reading.settle()
        return reading, parts, [max(-MOST, min(MOST, score)) for score in reading.scores(parts)]

    def _stretch(self, text: str, reading: DrawnReading, start: int, end: int, score: float, number: int) -> Stretch:
        """The stretch text[start:end], restored and proved."""
        rows = [
            (place.start + start, place.end + start, place.original, chance, rivals)
            for place, chance, rivals in reading.chosen(LEAST_EDIT)
        ]
        edits = tuple([edit_of(text, row, self.family, self.flips, SIDE_BY_SIDE) for row in rows])
        stretch = Stretch(
            start, end, self.family, odds_to_chance(score), edits, rate=reading.rate, evidence=clues_of(edits),
            variant=self.names[number],
        )  # fmt: skip
        return self.proved(text, stretch)

    def proved(self, text: str, stretch: Stretch) -> Stretch:
        """A stretch of a text with the proof of its edits: one comes back where the program could have made it."""
        spinner = self.spinners[self.names.index(stretch.variant)]
        proof = proof_of(text, stretch.start, stretch.end, stretch.edits, spinner)
        return replace(stretch, edits=tuple(marked(stretch.edits, proof)), proof=proof)


def drawn_judge(
    family: Family, spinners: Sequence[tuple[str, Drawing]], model: LanguageModel, scorer: Scorer
) -> DrawnJudge:
    """What finds the stretches of a family whose programs draw."""
    flips = {pair for one, other in family.opposites for pair in ((one, other), (other, one))}
    return DrawnJudge(family.name, spinners, model, scorer, frozenset(flips))


def _digest(spinner: Drawing) -> str:
    """What tells the table of a program from others, without reading more than it has to."""
    if isinstance(spinner, Grouped):
        return spinner.groups.digest
    return digest_of(table_file(spinner.table)) if isinstance(spinner, Segmented) else ""
