"""Readings of lattices, held against all of them written out: masses, posteriors, the likeliest ones."""

from __future__ import annotations

import math
import random
from array import array
from collections import defaultdict
from collections.abc import Iterator

import pytest

from despin.decode.decoder import Weighted
from despin.kernel.types import Arc, Lattice
from despin.tuning import TEMPER

SEEDS = range(25)


def drawn(seed: int) -> tuple[Lattice, list[float]]:
    """A small lattice with three arcs and two steps that take several, one reading without any; and odds of the arcs."""
    chance = random.Random(seed)
    several = [(0, 1), (1, 2)]
    size = chance.randint(3, 6)
    steps: list[list[tuple[int, float, int]]] = [[]]
    for here in range(1, size):
        own = [(here - 1, -chance.random() * 3, 0)]
        for _ in range(chance.randint(0, 3)):
            own.append((chance.randrange(here), -chance.random() * 3, chance.randrange(6)))
        chance.shuffle(own)
        steps.append(own)
    first, previous, fluency, entered = array("i"), array("i"), array("d"), array("i")
    for own in steps:
        first.append(len(previous))
        for before, score, arcs in own:
            previous.append(before)
            fluency.append(score)
            entered.append(arcs)
    first.append(len(previous))
    arcs = [Arc(place, place + 1, "") for place in range(3)]
    return Lattice(arcs, first, previous, fluency, entered, several), [10 ** chance.uniform(-1, 1) for _ in arcs]


def paths(lattice: Lattice) -> Iterator[tuple[tuple[int, ...], float]]:
    """(arcs from left to right, log10 fluency) of every way through a lattice."""

    def to(here: int) -> Iterator[tuple[tuple[int, ...], float]]:
        if not here:
            yield (), 0.0
        for step in range(lattice.first[here], lattice.first[here + 1]):
            number = lattice.entered[step]
            taken = () if not number else (number - 1,) if number <= 3 else lattice.several[number - 4]
            for arcs, fluency in to(lattice.previous[step]):
                yield arcs + taken, fluency + lattice.fluency[step]

    return to(len(lattice.first) - 2)


def weight(arcs: tuple[int, ...], fluency: float, odds: list[float]) -> float:
    return float(10 ** (TEMPER * fluency) * math.prod(odds[arc] for arc in arcs))


@pytest.mark.parametrize("seed", SEEDS)
def test_masses_and_posteriors_are_sums_over_all_ways(seed: int) -> None:
    lattice, odds = drawn(seed)
    ways = list(paths(lattice))
    whole = sum(weight(*way, odds) for way in ways)
    unedited = sum(weight(*way, odds) for way in ways if not way[0])
    mass, posteriors = Weighted(lattice).posteriors(odds)
    assert mass == pytest.approx(whole / unedited)
    for arc, posterior in enumerate(posteriors):
        taking = sum(weight(*way, odds) * way[0].count(arc) for way in ways)
        assert posterior == pytest.approx(taking / whole)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_way_is_taken(seed: int) -> None:
    lattice, odds = drawn(seed)
    arcs, _ = max(paths(lattice), key=lambda way: weight(*way, odds))
    assert Weighted(lattice).best(odds) == list(arcs)


def readings_of(lattice: Lattice, odds: list[float]) -> dict[tuple[int, ...], float]:
    """The fluency of the best way of every reading."""
    found: dict[tuple[int, ...], float] = defaultdict(lambda: -math.inf)
    for arcs, fluency in paths(lattice):
        found[arcs] = max(found[arcs], fluency)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_readings_come_likeliest_first_with_what_speaks_for_them(seed: int) -> None:
    lattice, odds = drawn(seed)
    expected = readings_of(lattice, odds)
    total = sum(weight(arcs, fluency, odds) for arcs, fluency in expected.items())
    found = Weighted(lattice).readings(odds, 100)
    assert {one.arcs for one in found} == expected.keys()
    assert [one.posterior for one in found] == sorted((one.posterior for one in found), reverse=True)
    for one in found:
        assert one.fluency == pytest.approx(expected[one.arcs])
        assert one.channel == pytest.approx(sum(math.log10(odds[arc]) for arc in one.arcs))
        assert one.posterior == pytest.approx(weight(one.arcs, expected[one.arcs], odds) / total)


@pytest.mark.parametrize("seed", SEEDS)
def test_few_readings_are_the_first_of_all_and_the_unedited_one(seed: int) -> None:
    lattice, odds = drawn(seed)
    whole = [one.arcs for one in Weighted(lattice).readings(odds, 100)]
    few = [one.arcs for one in Weighted(lattice).readings(odds, 2)]
    assert few[:2] == whole[:2]
    assert few[2:] == ([()] if () not in whole[:2] else [])


def test_the_unedited_reading_stays_however_unlikely_it_is() -> None:
    lattice, _ = drawn(0)
    found = Weighted(lattice).readings([1e9] * 3, 1)
    assert len(found) == 2
    assert found[0].arcs
    assert found[1].arcs == ()
    assert found[1].posterior < 1e-6


def test_a_temperature_of_ones_own() -> None:
    lattice, odds = drawn(3)
    ways = list(paths(lattice))
    cold = sum(10**fluency * math.prod(odds[arc] for arc in arcs) for arcs, fluency in ways)
    unedited = sum(10**fluency for arcs, fluency in ways if not arcs)
    assert Weighted(lattice, temper=1.0).posteriors(odds)[0] == pytest.approx(cold / unedited)
