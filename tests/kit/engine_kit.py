"""What the engine's tests share: one restorer, the cases, and how a case is judged."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from places import CASES

from despin.evaluation.judge import judge
from despin.restorer import Restorer
from despin.results import Edit
from despin.text.wdiff import Sample, read

KNOWN_FAILURES = CASES / "known-failures.txt"


@functools.cache
def restorer() -> Restorer:
    """The restorer with the shipped lexicons and default settings; made once, for the price of a second."""
    return Restorer()


@dataclass(frozen=True)
class Case:
    """A line of a file of cases."""

    path: Path
    line: int
    sample: Sample

    @property
    def name(self) -> str:
        """What the list of known failures calls it: file and spun text, which stay when lines move."""
        return f"{self.path.relative_to(CASES).as_posix()}: {self.sample.spun}"

    def __str__(self) -> str:
        return f"{self.path.stem}-{self.line}"


def cases(*parts: str) -> list[Case]:
    """The cases of a file below tests/data/cases."""
    path = CASES.joinpath(*parts)
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    return [
        Case(path, number, read(line, str(path), number)) for number, line in lines if line and not line.startswith("#")
    ]


def article(*parts: str) -> str:
    """The text of a file below tests/data/cases; of an annotated one, the spun text."""
    path = CASES.joinpath(*parts)
    text = path.read_text("utf-8")
    return read(text, str(path)).spun if path.suffix == ".wdiff" else text


def files(folder: str) -> list[str]:
    """The names of the files in a folder of tests/data/cases."""
    return sorted(path.name for path in (CASES / folder).iterdir())


def negative_sentences() -> list[str]:
    """Every sentence of tests/data/cases/negative, those of one word apart from each other."""
    lines = [line for name in files("negative") for line in article("negative", name).splitlines()]
    sentences = [line for line in lines if line and not line.startswith("#")]
    # The sentences of a word follow one another; steps prime to the count take them apart and reach all.
    step = next(step for step in range(101, len(sentences)) if math.gcd(step, len(sentences)) == 1)
    return [sentences[place * step % len(sentences)] for place in range(len(sentences))]


@dataclass
class Tally:
    """Gold edits and edits by what became of them, summed over documents."""

    outcomes: Counter[str]
    worths: Counter[str]

    @property
    def share(self) -> float:
        """The share of scored gold edits that were restored."""
        scored = self.outcomes["right"] + self.outcomes["wrong"] + self.outcomes["missed"]
        return self.outcomes["right"] / scored

    @property
    def precision(self) -> float:
        """The share of right edits among those that count."""
        counted = self.worths["right"] + self.worths["wrong"] + self.worths["spurious"]
        return self.worths["right"] / counted if counted else 1.0


def tally(samples: Iterable[Sample], by: Restorer) -> Tally:
    """What `by` does to `samples`, each a document of its own."""
    total = Tally(Counter(), Counter())
    for sample in samples:
        found = judge(sample.spun, sample.gold, by.explain(sample.spun).edits)
        total.outcomes.update(found.outcomes)
        total.worths.update(found.worths)
    return total


def is_exact(sample: Sample, by: Restorer) -> bool:
    """Whether `by` restores every scored place of `sample` and touches nothing else."""
    found = judge(sample.spun, sample.gold, by.explain(sample.spun).edits)
    return not {"wrong", "missed"}.intersection(found.outcomes) and not {"wrong", "spurious"}.intersection(found.worths)


def inside(edits: Sequence[Edit], start: int, end: int) -> list[Edit]:
    """The edits that touch `start:end`."""
    return [edit for edit in edits if edit.start < end and edit.end > start]


def known_failures() -> list[str]:
    """The names in the list of known failures."""
    lines = KNOWN_FAILURES.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def spun_words() -> list[str]:
    """All spun forms of the shipped lexicons."""
    channel = restorer().engine.channel
    return [pattern for pattern, found in zip(channel.patterns, channel.candidates, strict=True) if found]


#: A text with sentences put into it, and where each of them stands: (sentence, start, end).
Host = tuple[str, list[tuple[str, int, int]]]


def in_the_middle(host: str, sentences: Sequence[str]) -> Iterator[Host]:
    """For each of `sentences` the text `host` with it in the middle, between two sentences of a paragraph."""
    place = _sentence_end(host, len(host) // 2)
    for sentence in sentences:
        yield host[:place] + sentence + host[place:], [(sentence, place, place + len(sentence))]


def in_every_paragraph(host: str, sentences: Sequence[str]) -> Iterator[Host]:
    """`host` with one of `sentences` in the middle of every paragraph, again and again until all have been used."""
    places = []
    start = 0
    for paragraph in host.split("\n"):
        if paragraph.count("。") > 1:
            places.append(_sentence_end(host, start + len(paragraph) // 2))
        start += len(paragraph) + 1
    for first in range(0, len(sentences), len(places)):
        pieces: list[str] = []
        spans: list[tuple[str, int, int]] = []
        position = length = 0
        for sentence, place in zip(sentences[first:], places, strict=False):
            length += place - position
            pieces += (host[position:place], sentence)
            spans.append((sentence, length, length + len(sentence)))
            length += len(sentence)
            position = place
        yield "".join(pieces) + host[position:], spans


def _sentence_end(text: str, place: int) -> int:
    """Where the sentence around `place` ends."""
    return text.index("。", place) + 1
