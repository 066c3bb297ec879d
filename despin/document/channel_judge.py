"""Finds the stretches that the channels of a family made (tables, and programs that draw), and restores and proves
them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from despin.document.channel_reading import ChannelDecoder, ChannelReading
from despin.document.proof import marked, own_table, proof_of
from despin.document.reading import clues_of, edits_of
from despin.document.runs import capped, odds_to_chance, runs, total_of
from despin.kernel.sentences import Sentence, sentences
from despin.lexicon.model import Family
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import Scorer
from despin.results import Stretch
from despin.spinners.base import Channel
from despin.spinners.jieba_data import jieba_sizes
from despin.spinners.table import Tabled
from despin.tuning import DRAWN, TABLES, Stretches

#: A reading of text[start:end], with the log odds of that being spun (nats).
_Run = tuple[ChannelReading, int, int, float]


class ChannelJudge:
    """Finds what a family's channels spun. `channels` are its programs with their names, its own first; `flips` holds
    (spun, original) pairs that turn the polarity of a statement. A table is read when the first text comes;
    `LexiconError` or `ModelError` then for one that is missing or broken."""

    def __init__(
        self,
        family: str,
        channels: Sequence[tuple[str, Channel]],
        model: LanguageModel,
        scorer: Scorer,
        flips: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.family, self._model, self._scorer, self.flips = family, model, scorer, flips
        self.names, self.channels = zip(*channels, strict=True)
        self._decoders: dict[int, ChannelDecoder] = {}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_decoders": {}}

    def data(self) -> list[object]:
        """What the answers depend on besides lexicon and language model: the programs' parameters, their tables, the
        sizes of jieba's files."""
        programs = [
            (name, sorted({**one.parameters, "table": one.digest}.items()))
            for name, one in zip(self.names, self.channels, strict=True)
        ]
        return [self.family, programs, jieba_sizes()]

    def glance(self, text: str) -> float | None:
        """None: such a program has to be asked of every text."""

    def stretches(self, text: str, prior: float = 0.0) -> tuple[float, list[Stretch]]:
        """(log odds of the likeliest stretch in nats, the stretches that are believed, in order), where so many nats
        speak for the family beforehand."""
        lowest = -TABLES.threshold
        best, odds, number, kept = -math.inf, lowest, 0, list[_Run]()
        for tried in range(len(self.channels)):
            found = self._runs(text, tried, prior)
            total = sum(max(0.0, run[3]) for run in found) - (Stretches.ahead if tried else 0.0)
            if found and total > best:
                best, odds, number, kept = total, max(run[3] for run in found), tried, found
        stretches = [self._stretch(text, *run, number) for run in kept if run[3] >= 0.0]
        # Where much speaks for it beforehand the text need not show by itself that words were replaced.
        changed = [one for one in stretches if prior > 0.0 or len({edit.spun for edit in one.edits}) > 1]
        return odds if changed or not stretches else min(odds, lowest), changed

    def _runs(self, text: str, number: int, prior: float) -> list[_Run]:
        """What a channel may have spun: the whole text, or runs of its sentences where that says much more, each read
        by itself with its own rate."""
        if not text:
            return []
        reading, parts, scores = self._read(text, number)
        spun = runs(parts, scores)
        whole = sum(scores)
        if not spun or sum(total_of(parts, scores, *run) for run in spun) < whole + reading.numbers.partly:
            return [(reading, 0, len(text), whole - self._asked(reading) + prior)]
        found: list[_Run] = []
        for first, last in spun:
            start, end = parts[first].start, parts[last - 1].end
            inner, own = reading, total_of(parts, scores, first, last)
            if (start, end) != (0, len(text)) and own + prior >= self._asked(reading) / 2:
                inner, _, again = self._read(text[start:end], number)
                own += sum(again) - sum(scores[first:last])
            found.append((inner, start, end, own - self._asked(inner) + prior))
        return found

    def _asked(self, reading: ChannelReading) -> float:
        """At how many nats a stretch is as likely spun as not."""
        channel = reading.channel
        edition = Stretches.edition if channel.shared and reading.rate < Stretches.own else 0.0
        return reading.numbers.threshold + edition - (Stretches.every_line if channel.anew else 0.0)

    def _read(self, text: str, number: int) -> tuple[ChannelReading, list[Sentence], list[float]]:
        """(a text under a channel, its sentences, what speaks for each being spun in nats)."""
        decoder = self._decoders.get(number)
        if decoder is None:
            channel = self.channels[number]
            numbers = TABLES if channel.shared else DRAWN
            decoder = self._decoders[number] = ChannelDecoder(channel, self._model, self._scorer, numbers)
        reading, parts = decoder.read(text), sentences(text)
        return reading, parts, capped(reading.scores(parts))

    def _stretch(self, text: str, reading: ChannelReading, start: int, end: int, score: float, number: int) -> Stretch:
        """The stretch text[start:end], restored and proved."""
        rows = [
            (place.start + start, place.end + start, place.original, chance, rivals)
            for place, chance, rivals in reading.chosen(Stretches.least_edit)
        ]
        edits = tuple(edits_of(text, rows, self.family, self.flips, reading.numbers.calibration))
        stretch = Stretch(
            start, end, self.family, odds_to_chance(score), edits, rate=reading.rate, evidence=clues_of(edits),
            variant=self.names[number],
        )  # fmt: skip
        return self.proved(text, stretch)

    def proved(self, text: str, stretch: Stretch) -> Stretch:
        """A stretch of a text with the proof of its edits: one comes back where the program could have made it."""
        channel = self.channels[self.names.index(stretch.variant)]
        if isinstance(channel, Tabled) and stretch.rate < Stretches.own:
            channel = own_table(channel, stretch.edits)
        proof = proof_of(text, stretch.start, stretch.end, stretch.edits, channel)
        return replace(stretch, edits=tuple(marked(stretch.edits, proof)), proof=proof)


def channel_judge(
    family: Family, channels: Sequence[tuple[str, Channel]], model: LanguageModel, scorer: Scorer
) -> ChannelJudge:
    """What finds the stretches of a family whose programs are tables or draw."""
    flips = {pair for one, other in family.opposites for pair in ((one, other), (other, one))}
    return ChannelJudge(family.name, channels, model, scorer, frozenset(flips))
