"""What the engine's tests share: one restorer, the cases, and how a case is judged."""

from __future__ import annotations

import copy
import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from despin.edits import Edit
from despin.evaluation.judging import judge
from despin.restorer import Restorer
from despin.wdiff import Sample, read

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
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
    """The cases of a file below tests/cases."""
    path = CASES.joinpath(*parts)
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    return [
        Case(path, number, read(line, str(path), number)) for number, line in lines if line and not line.startswith("#")
    ]


def article(*parts: str) -> str:
    """The text of a file below tests/cases; of an annotated one, the spun text."""
    path = CASES.joinpath(*parts)
    text = path.read_text("utf-8")
    return read(text, str(path)).spun if path.suffix == ".wdiff" else text


def files(folder: str) -> list[str]:
    """The names of the files in a folder of tests/cases."""
    return sorted(path.name for path in (CASES / folder).iterdir())


def negative_sentences() -> list[str]:
    """Every sentence of tests/cases/negative, those of one word apart from each other."""
    lines = [line for name in files("negative") for line in article("negative", name).splitlines()]
    sentences = [line for line in lines if line and not line.startswith("#")]
    # The five sentences of a word follow one another; a stride prime to their number takes them apart.
    stride = next(step for step in range(101, 1000, 2) if len(sentences) % step)
    order = dict.fromkeys(place * stride % len(sentences) for place in range(len(sentences)))
    return [sentences[place] for place in [*order, *(set(range(len(sentences))) - set(order))]]


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
    channel = restorer().channel
    return [pattern for pattern, found in zip(channel.patterns, channel.candidates, strict=True) if found]


def counting() -> tuple[Restorer, Counter[str]]:
    """A restorer that counts the questions it puts to the language model, and the count (under `score`)."""
    counted = copy.copy(restorer())
    counted.model = copy.copy(counted.model)
    asked: Counter[str] = Counter()
    score: Any = counted.model.score

    def count(*arguments: object) -> Any:
        asked["score"] += 1
        return score(*arguments)

    counted.model.score = count
    return counted, asked


def embedded(host: str, sentences: Sequence[str]) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    """`host` with the first of `sentences` in the middle of its middle paragraph, the next, and so on: the text, and
    what stands where in it."""
    place = _middle(host, len(host) // 2)
    for sentence in sentences:
        yield host[:place] + sentence + host[place:], [(sentence, place, place + len(sentence))]


def _middle(text: str, place: int) -> int:
    """The end of the sentence that `place` is in."""
    return text.index("。", place) + 1


def one_a_paragraph(host: str, sentences: Sequence[str]) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    """`host` with one of `sentences` in the middle of each long paragraph, as often as it takes to place them all:
    the text, and what stands where in it."""
    starts = [place for place, _ in _paragraphs(host)]
    places = [_middle(host, start + size // 2) for start, size in _paragraphs(host)]
    assert starts
    rest = list(sentences)
    while rest:
        text, spans, position = "", [], 0
        for place in places[: len(rest)]:
            text += host[position:place]
            sentence = rest.pop(0)
            spans.append((sentence, len(text), len(text) + len(sentence)))
            text += sentence
            position = place
        yield text + host[position:], spans


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Start and length of the paragraphs that hold sentences."""
    start = 0
    for line in text.split("\n"):
        if line.count("。") > 1:
            yield start, len(line)
        start += len(line) + 1
