"""The lattice against its slow twin: every reading of a short text, spelt out one by one.

The twin knows no graph: it chooses edits, writes the text they restore, and cuts it into words in every way.
"""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import engine_kit as kit
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lattice_kit import WORDS, stretches
from profiles import examples

from despin.decode.decoder import Weighted
from despin.kernel import build_lattice
from despin.kernel.types import PAUSES, Arc
from despin.lm.ngram import LanguageModel
from despin.tuning import TEMPER, Search

#: Characters of the restored text, each with its place in the unedited one, or -1 where an arc or what stands behind
#: a deletion begins or goes on.
Spelling = list[tuple[str, int]]


@dataclass(frozen=True)
class Path:
    """A reading with its cut into words: the arcs it takes, and its log10 fluency."""

    arcs: tuple[int, ...]
    fluency: float


def choices(arcs: list[Arc], place: int, end: int) -> Iterator[list[int]]:
    """All sets of disjoint arcs between `place` and `end`, as indexes from left to right."""
    yield []
    for index, arc in enumerate(arcs):
        if place <= arc.start and arc.end <= end:
            for rest in choices(arcs, arc.end, end):
                yield [index, *rest]


def spelt(text: str, arcs: list[Arc], chosen: list[int]) -> Spelling:
    found: Spelling = []
    position = 0
    after_deletion = False
    for arc in [*(arcs[index] for index in chosen), Arc(len(text), len(text), "")]:
        for place in range(position, arc.start):
            found.append((text[place], -1 if after_deletion else place))
            after_deletion = False
        found += [(character, -1) for character in arc.original]
        after_deletion = not arc.original
        position = arc.end
    return found


def is_word(spelling: Spelling, model: LanguageModel) -> bool:
    word = "".join(character for character, _ in spelling)
    if len(word) > Search.crossing:
        start = spelling[0][1]
        if start < 0 or [place for _, place in spelling] != list(range(start, start + len(word))):
            return False
    return len(word) == 1 or word in model.vocabulary


@functools.cache
def longest(first: str) -> int:
    """The characters of the longest word of the shipped model that begins with one."""
    return max(len(word) for word in kit.restorer().model.vocabulary if word[0] == first)


def cuts(spelling: Spelling, model: LanguageModel) -> Iterator[list[str]]:
    """All cuts of a restored text into words; "" stands for a character the model forgets everything at."""
    if not spelling:
        yield []
        return
    first = spelling[0][0]
    known = first in model.vocabulary
    limit = longest(first) if known else 1
    for size in range(1, min(limit, len(spelling)) + 1):
        if is_word(spelling[:size], model):
            word = "".join(character for character, _ in spelling[:size])
            for rest in cuts(spelling[size:], model):
                yield [word if known else PAUSES.get(first, ""), *rest]


def fluency(words: list[str], model: LanguageModel, before: str) -> float:
    total = 0.0
    run = [before] if before else []
    for word in [*words, ""]:
        if word:
            run.append(word)
            continue
        total += model.sequence(run)
        run = []
    return total - (model.sequence([before]) if before else 0.0)


def paths(text: str, arcs: list[Arc], model: LanguageModel, before: str) -> list[Path]:
    found = []
    for chosen in choices(arcs, 0, len(text)):
        spelling = spelt(text + "\0", arcs, chosen)
        found += [Path(tuple(chosen), fluency(cut, model, before)) for cut in cuts(spelling, model)]
    return found


def weighted(text: str, arcs: list[Arc], odds: list[float], before: str, beam: bool = False) -> Weighted:
    logs = [math.log10(one) if one else -9.0 for one in odds]
    limits = (Search.width, Search.beam) if beam else (math.inf, 10**9)
    return Weighted(build_lattice(text + "\0", arcs, logs, kit.restorer().model.trigrams, before, *limits))


def weight(path: Path, odds: list[float]) -> float:
    return math.prod([odds[arc] for arc in path.arcs], start=math.pow(10.0, TEMPER * path.fluency))


@given(stretches())
@examples(150)
def test_posteriors_are_those_of_all_readings(drawn: tuple[str, list[Arc], list[float], str]) -> None:
    text, arcs, odds, before = drawn
    every = paths(text, arcs, kit.restorer().model, before)
    mass = math.fsum(weight(path, odds) for path in every)
    kept = math.fsum(weight(path, odds) for path in every if not path.arcs)
    ratio, posteriors = weighted(text, arcs, odds, before).posteriors(odds)
    assert ratio == pytest.approx(mass / kept, rel=1e-9)
    for index, posterior in enumerate(posteriors):
        taking = math.fsum(weight(path, odds) for path in every if index in path.arcs)
        assert posterior == pytest.approx(taking / mass, rel=1e-9, abs=1e-9)


@given(stretches())
@example(("的在", [Arc(0, 1, "通"), Arc(1, 2, "过")], [1e4, 1e4], ""))
@example(("大的在", [Arc(0, 1, ""), Arc(1, 2, "通"), Arc(2, 3, "过")], [1e4, 1e4, 1e4], "。"))
@examples(100)
def test_the_best_reading_is_the_best_of_all(drawn: tuple[str, list[Arc], list[float], str]) -> None:
    text, arcs, odds, before = drawn
    best: dict[tuple[int, ...], float] = defaultdict(float)
    fluent: dict[tuple[int, ...], float] = defaultdict(lambda: -math.inf)
    for path in paths(text, arcs, kit.restorer().model, before):
        best[path.arcs] = max(best[path.arcs], weight(path, odds))
        fluent[path.arcs] = max(fluent[path.arcs], path.fluency)
    ours = weighted(text, arcs, odds, before)
    taken = tuple(ours.best(odds))
    assert best[taken] == pytest.approx(max(best.values()), rel=1e-9)
    rows = ours.readings(odds, len(best))
    assert {row.arcs for row in rows} == set(best)
    total = math.fsum(best.values())
    for row in rows:
        assert row.posterior == pytest.approx(best[row.arcs] / total, rel=1e-9)
        assert row.fluency == pytest.approx(fluent[row.arcs], rel=1e-9, abs=1e-9)
        assert row.channel == pytest.approx(sum(math.log10(odds[arc]) for arc in row.arcs), abs=1e-9)
    assert [row.posterior for row in rows] == sorted((row.posterior for row in rows), reverse=True)


@given(stretches(), st.integers(1, 3))
@examples(60)
def test_fewer_readings_are_the_first_ones_and_the_unedited(
    drawn: tuple[str, list[Arc], list[float], str], count: int
) -> None:
    text, arcs, odds, before = drawn
    ours = weighted(text, arcs, odds, before)
    few = ours.readings(odds, count)
    every = ours.readings(odds, 1000)
    assert [row.arcs for row in few[:count]] == [row.arcs for row in every[:count]]
    assert sum(not row.arcs for row in few) == 1
    assert len(few) <= count + 1


@given(stretches())
@examples(100)
def test_with_its_beam_the_lattice_holds_some_of_the_readings_and_always_the_unedited(
    drawn: tuple[str, list[Arc], list[float], str],
) -> None:
    text, arcs, odds, before = drawn
    every = paths(text, arcs, kit.restorer().model, before)
    ours = weighted(text, arcs, odds, before, beam=True)
    ratio, posteriors = ours.posteriors(odds)
    assert ratio >= 1.0 - 1e-9
    assert all(-1e-9 <= posterior <= 1.0 + 1e-9 for posterior in posteriors)
    known = {path.arcs for path in every}
    assert tuple(ours.best(odds)) in known
    assert {row.arcs for row in ours.readings(odds, 1000)} <= known


@given(stretches())
@examples(60)
def test_an_arc_without_odds_is_not_taken(drawn: tuple[str, list[Arc], list[float], str]) -> None:
    text, arcs, odds, before = drawn
    ours = weighted(text, arcs, odds, before, beam=True)
    for index in range(len(arcs)):
        without = [0.0 if place == index else one for place, one in enumerate(odds)]
        assert ours.posteriors(without)[1][index] == 0.0
        assert index not in ours.best(without)
    nothing = [0.0] * len(arcs)
    assert ours.posteriors(nothing)[0] == pytest.approx(1.0, rel=1e-9)
    assert ours.best(nothing) == []


@given(st.lists(st.sampled_from((*WORDS, "☃", "的")), min_size=1, max_size=4).map("".join))
@examples(100)
def test_the_best_split_is_the_word_itself_or_the_best_of_all_cuts(text: str) -> None:
    model = kit.restorer().model
    score, words = model.best_split(text)
    assert "".join(words) == text

    if text in model.vocabulary:
        assert (score, words) == (model.unigram(text), [text])
        return

    def every(rest: str) -> Iterator[float]:
        if not rest:
            yield 0.0
        for size in range(1, min(8, len(rest)) + 1):
            if size == 1 or rest[:size] in model.vocabulary:
                for more in every(rest[size:]):
                    yield model.unigram(rest[:size]) + more

    assert score == pytest.approx(max(every(text)), abs=1e-9)
    assert score == pytest.approx(sum(model.unigram(word) for word in words), abs=1e-9)
