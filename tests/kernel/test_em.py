"""The E step and the M step; the arithmetic of every number stands beside it.

Every test runs on the compiled module and on its source: a mistake in the source is found before it is compiled.
"""

from __future__ import annotations

import importlib
import math
from array import array
from types import ModuleType

import pytest
from em_kit import Arc, Belief, Joint, Place, Source, estimate_of, source_of, table_of


@pytest.fixture(params=["compiled", "source"])
def em(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module("despin.kernel.em") if request.param == "compiled" else source_of("kernel/em")


#: One family at a rate of .2 of which nothing is known; a key that nothing is known of has the rate of its family.
FRESH = Belief(rates=[0.2], full=[0.0], stiffness=2.0, unspun=[0.0])


# The E step: weights of steps, odds, posteriors, gains.


def test_what_steps_weigh(em: ModuleType) -> None:
    # Two places one after the other, each kept or edited, the second kept in two cuts, and an end; log10 P by step.
    first, previous, entered = (
        array("i", [0, 0, 2, 5, 6]),
        array("i", [0, 0, 1, 1, 1, 2]),
        array("i", [0, 1, 0, 0, 2, 0]),
    )
    fluency, weights = array("d", [-3.0, -2.0, -1.0, -2.0, -5.0, -1.0]), array("d", [0.0] * 6)
    found = em.tempered(first, previous, fluency, entered, 0.9 * math.log(10), weights)
    # The best into each is divided out: -2, and then -2 - 1.
    # So .9 * (-3 + 2) and 0, then 0, .9 * (-2 + 1) and .9 * (-5 + 1).
    assert list(weights) == pytest.approx([10**-0.9, 1.0, 1.0, 10**-0.9, 10**-3.6, 1.0])
    # The best reading is -2 - 1 - 1; those without edits weigh 10 ** -.9 * 1 and 10 ** -.9 * 10 ** -.9.
    assert found == pytest.approx((-4.0, 10**-0.9 + 10**-1.8))


def test_one_arc(em: ModuleType) -> None:
    table = table_of(em, [[Place(0.04, [Arc(1.0, [Source(weight=0.5)])])]])
    em.e_step(estimate_of(em, table, FRESH)[0])
    # odds = rate .2 * weight .5 = .1; the readings weigh .04 (kept) and .1 * 1 (edited), .14 together.
    assert table.odds[0] == pytest.approx(0.1)
    assert table.posteriors[0] == pytest.approx(0.1 / 0.14)
    assert table.gains[0] == pytest.approx(math.log10(0.14 / 0.04))


def test_two_arcs_of_a_place_and_two_families(em: ModuleType) -> None:
    both = [Source(0, 0, 0.5), Source(1, 1, 0.2)]
    table = table_of(em, [[Place(0.05, [Arc(1.0, both), Arc(0.6, [Source(1, 2, 0.1)])])]])
    belief = Belief([0.2, 0.5], [0.0, 0.0], 2.0, [0.0, 0.0], [0.0] * 3, [0.0] * 3, [0, 1, 1])
    em.e_step(estimate_of(em, table, belief)[0])
    # odds: .2 * .5 + .5 * .2 = .2, and .5 * .1 = .05; the readings weigh .05, .2 * 1 and .05 * .6 = .03, .28 together.
    assert list(table.odds) == pytest.approx([0.2, 0.05])
    assert list(table.posteriors) == pytest.approx([0.2 / 0.28, 0.03 / 0.28])
    assert table.gains[0] == pytest.approx(math.log10(0.28 / 0.05))


def test_two_places_of_a_segment(em: ModuleType) -> None:
    table = table_of(em, [[Place(0.3, [Arc(0.5)]), Place(0.05, [Arc(1.0), Arc(0.25)])]])
    em.e_step(estimate_of(em, table, FRESH)[0])
    # All odds are .2: .3 + .1 = .4 at the first place, .05 + .2 + .05 = .3 at the second.
    assert list(table.posteriors) == pytest.approx([0.1 / 0.4, 0.2 / 0.3, 0.05 / 0.3])
    assert table.gains[0] == pytest.approx(math.log10(0.4 * 0.3 / (0.3 * 0.05)))


def test_a_word_that_enters_two_arcs_at_once(em: ModuleType) -> None:
    one = [Place(0.3, [Arc(0.5)]), Place(0.05, [Arc(1.0)])]
    other = [Place(0.3, [Arc(0.5)]), Place(0.05, [Arc(2.0, [Source(weight=0.5)]), Arc(0.25)])]
    table = table_of(em, [one, other], [[Joint(1.0, [0, 1])], [Joint(2.0, [0, 1]), Joint(0.5, [0, 2])]])
    em.e_step(estimate_of(em, table, FRESH)[0])
    # One by one: (.3 + .1) * (.05 + .2) = .1; both as one word: .2 * .2 * 1 = .04.
    first = [(0.1 * 0.25 + 0.04) / 0.14, (0.4 * 0.2 + 0.04) / 0.14]
    # One by one: (.3 + .1) * (.05 + .1 * 2 + .05) = .12; as one word: .2 * .1 * 2 = .04, and .2 * .2 * .5 = .02.
    second = [(0.1 * 0.3 + 0.06) / 0.18, (0.4 * 0.2 + 0.04) / 0.18, (0.4 * 0.05 + 0.02) / 0.18]
    assert list(table.posteriors) == pytest.approx([*first, *second])
    assert list(table.gains) == pytest.approx([math.log10(0.14 / 0.015), math.log10(0.18 / 0.015)])


def test_a_form_that_is_an_original_itself(em: ModuleType) -> None:
    table = table_of(em, [[Place(0.04, [Arc(1.0, [Source(weight=0.5, both_ways=True)])])]])
    em.e_step(estimate_of(em, table, FRESH._replace(full=[0.5]))[0])
    # Were it meant, it would have been replaced with probability .7 * .5 = .35: .1 / (1 - .35).
    assert table.odds[0] == pytest.approx(0.1 / 0.65)
    assert table.posteriors[0] == pytest.approx((0.1 / 0.65) / (0.1 / 0.65 + 0.04))


@pytest.mark.parametrize(
    ("replaced", "own"),
    [
        # 3 are expected, .8 of it here, so 2.2 elsewhere, and 1 stands: (2 * .2 + 2.2) / (2 + 2.2 + 1).
        (3.0, 2.6 / 5.2),
        # Less is expected than this place alone: nothing elsewhere, (2 * .2 + 0) / (2 + 0 + 1).
        (0.5, 0.4 / 3.0),
        # Nothing is expected: the rate of the family, however often it stands.
        (0.0, 0.2),
    ],
)
def test_the_rate_of_a_single_original(em: ModuleType, replaced: float, own: float) -> None:
    table = table_of(em, [[Place(0.04, [Arc(1.0, [Source(weight=0.5)])])]])
    table.posteriors[0] = 0.8
    em.e_step(estimate_of(em, table, FRESH._replace(replaced=[replaced], standing=[1.0]))[0])
    assert table.odds[0] == pytest.approx(0.5 * own)


def test_factors_multiply_the_odds_and_families_without_a_rate_say_nothing(em: ModuleType) -> None:
    table = table_of(em, [[Place(0.04, [Arc(1.0)])], [Place(0.04, [Arc(1.0, [Source(1, 1)])] * 2)]])
    belief = Belief([0.2, 0.0], [0.0, 0.0], 2.0, [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0, 1])
    estimate = estimate_of(em, table, belief)[0]
    table.posteriors[1] = table.posteriors[2] = table.gains[1] = 0.5
    estimate.follow(array("d", [10.0] * 3))
    em.e_step(estimate)
    # .2 * 10
    assert list(table.odds) == pytest.approx([2.0, 0.0, 0.0])
    assert list(table.posteriors) == pytest.approx([2.0 / 2.04, 0.0, 0.0])
    assert list(table.gains) == pytest.approx([math.log10(2.04 / 0.04), 0.0])


# The M step: rates, full rates, what is expected to have been replaced.


def test_rates_are_shares_with_a_phantom_word(em: ModuleType) -> None:
    shared = [Source(0, 0, 0.1), Source(1, 1, 0.5)]
    table = table_of(em, [[Place(1.0, [Arc(1.0, shared)])], [Place(1.0, [Arc(1.0, [Source(1, 1, 1.0)])])]])
    table.posteriors[0], table.posteriors[1] = 0.6, 0.9
    belief = Belief([0.5, 0.2], [0.0, 0.0], 2.0, [0.0, 2.0], [9.0, 9.0], [0.0, 2.0], [0, 1])
    estimate, rates, full, replaced = estimate_of(em, table, belief)
    em.m_step(estimate)
    # .6 is shared out as .5 * .1 to .2 * .5, so .2 and .4; .9 is the second family's alone.
    assert list(replaced) == pytest.approx([0.2, 1.3])
    # Replaced, against replaced and standing and one phantom word: .2 / (.2 + 0 + 1), 1.3 / (1.3 + 2 + 1).
    assert list(rates) == pytest.approx([0.2 / 1.2, 1.3 / 4.3])
    # Of originals that were replaced for sure what is beyond one, .3; 2 stand; the phantom word has the rate.
    assert list(full) == pytest.approx([0.2 / 1.2, (0.3 + 1.3 / 4.3) / (0.3 + 2.0 + 1.0)])


def test_no_rate_is_above_95_percent_and_none_comes_from_nothing(em: ModuleType) -> None:
    table = table_of(em, [[Place(1.0, [Arc()])] for _ in range(60)])
    table.posteriors[:] = array("d", [1.0]) * 60
    belief = Belief([0.2, 0.0], [0.0, 0.0], 2.0, [0.0, 5.0])
    estimate, rates, _, _ = estimate_of(em, table, belief)
    em.m_step(estimate)
    # 60 / 61 is .98.
    assert list(rates) == [0.95, 0.0]


def test_a_pass_is_an_e_step_and_an_m_step(em: ModuleType) -> None:
    table = table_of(em, [[Place(0.04, [Arc(1.0, [Source(weight=0.5)])])]])
    estimate, rates, _, replaced = estimate_of(em, table, FRESH._replace(unspun=[1.0]))
    em.passes(estimate, 1)
    # The posterior is 5/7 as above; one original stands: 5/7 / (5/7 + 1 + 1) = 5/19.
    assert replaced[0] == pytest.approx(5 / 7)
    assert rates[0] == pytest.approx(5 / 19)


def test_a_first_step_starts_from_nothing(em: ModuleType) -> None:
    table = table_of(em, [[Place(0.04, [Arc(1.0, [Source(weight=0.5, both_ways=True)])])]])
    em.first_step(table, array("d", [0.2]), array("d", [0.5]), 0.7, 1)
    assert table.odds[0] == pytest.approx(0.1 / 0.65)
    assert table.gains[0] == pytest.approx(math.log10((0.1 / 0.65 + 0.04) / 0.04))
