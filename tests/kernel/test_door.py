"""What comes in at the door of compiled code is looked at: a wrong value is an exception, not the end of the process."""

from __future__ import annotations

from array import array
from typing import Any

import pytest

from despin.kernel import em
from despin.kernel.native import lattice, matcher, program

WRONG = (TypeError, ValueError, IndexError)
ROW = (0, 1, "x", 0.5, [("y", 0.2)])
LAST = (0.9, 0.99, 0.02)


def integers(*values: int) -> array[int]:
    return array("i", values)


def automaton(*numbers: int) -> Any:
    return matcher.Automaton(["ab", "b", "bc"], list(numbers or (0, 1, 2)), [True] * 3, [True] * 3)


def prescreen(family: int = 0, exposed: Any = (0, 0, 1, 1), families: Any = (0,), rates: Any = (0.1, 0.5)) -> Any:
    return matcher.Prescreen(
        lambda _: ((family, 1.0),), [0, 1, 2], [False] * 3, integers(*exposed), integers(*families), 1, 0.1, rates, 0.1, 5.0
    )  # fmt: skip


def surest(worths: Any, patterns: Any) -> Any:
    return worths.surest(patterns, integers(0), integers(2), integers(0), 0, 1)


@pytest.mark.parametrize("site", [5, None, (), (0,), "x"])
def test_sites_that_are_none(site: Any) -> None:
    with pytest.raises(WRONG):
        matcher.segments("abc", [site], 3, 9)


@pytest.mark.parametrize(
    "kind", [matcher.Automaton, matcher.FirstLook, program.Segmenter, program.WordOdds, lattice.Trigrams]
)
def test_nothing_is_half_made(kind: Any) -> None:
    with pytest.raises(TypeError):
        kind.__new__(kind)


def test_estimates_of_no_columns() -> None:
    rates = array("d", [0.1])
    without: Any = None
    for one in (
        em.Estimate.__new__(em.Estimate),
        em.Estimate(without, rates, rates, 2.0, *[rates] * 3, integers(0), 0.5, 1.0),
    ):
        for step in (em.e_step, em.m_step, lambda estimate: em.passes(estimate, 1)):
            with pytest.raises(TypeError, match="columns"):
                step(one)
    with pytest.raises(TypeError):
        em.Estimate(array("d"), rates, rates, 2.0, *[rates] * 3, integers(0), 0.5, 1.0)  # type: ignore[arg-type]
    em.e_step(em.Estimate(em.Columns.__new__(em.Columns), rates, rates, 2.0, *[rates] * 3, integers(0), 0.5, 1.0))


def test_patterns_and_families_that_are_not_there() -> None:
    for wrong in (
        lambda: surest(prescreen(10**8), automaton()),
        lambda: surest(prescreen(), automaton(10**8, 10**8, 10**8)),
        lambda: prescreen(exposed=(10**8, 10**8 + 5, 2, 3)),
        lambda: prescreen(families=(10**8,)),
        lambda: prescreen().clear(automaton(), "ab", 0, 1.0),
        lambda: prescreen().load(array("b", [0, 0, 1]), array("b", [0]), array("f", [1.0])),
    ):
        with pytest.raises(WRONG):
            wrong()


def test_lattices_whose_steps_lead_nowhere() -> None:
    for wrong in (
        lambda: em.tempered(
            integers(0, 0, 9999999), integers(10**8), array("d", [1.0]), integers(0), 1.0, array("d", [0.0])
        ),
        lambda: em.tempered(integers(), integers(), array("d"), integers(), 1.0, array("d")),
    ):
        with pytest.raises(WRONG):
            wrong()
