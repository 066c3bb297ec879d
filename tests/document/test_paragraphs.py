"""Which lines of a spun document are spun: a chain of two states, with numbers worked out by hand."""

from __future__ import annotations

import math
from array import array
from types import SimpleNamespace
from typing import Any

import pytest
from em_kit import Arc, Place, table_of

from despin.channel.matches import Unreplaced
from despin.document.paragraphs import _smoothed, expected_edits, line_beliefs, line_ratios, paragraph_beliefs
from despin.kernel import em
from despin.tuning import TUNING, Parting


def test_one_line() -> None:
    # The prior goes through one step: .8 * .9 + .2 * .1 = .74. Then 4 * .74 / (4 * .74 + .26).
    assert _smoothed([4.0], 0.8, 0.1) == pytest.approx([2.96 / 3.22])


def test_two_lines() -> None:
    # Spun (s) or clean (c), .5 each at first; a step changes with 1/4.
    # Line 1 is 3 times likelier spun, line 2 a ninth as likely.
    ss, sc, cs, cc = 0.5 * 3 * 0.75 / 9, 0.5 * 3 * 0.25, 0.5 * 0.25 / 9, 0.5 * 0.75
    assert ss + sc + cs + cc == pytest.approx(8 / 9)
    assert _smoothed([3.0, 1 / 9], 0.5, 0.25) == pytest.approx([(ss + sc) * 9 / 8, (ss + cs) * 9 / 8])
    assert _smoothed([3.0, 1 / 9], 0.5, 0.25) == pytest.approx([0.5625, 0.15625])


def test_three_lines_of_which_the_middle_one_says_nothing() -> None:
    # First step: .5 and .5. Lines of 9, 1 and 9; a step changes with .1 and stays with .9.
    sss, ssc, scs, scc = 9 * 0.9 * 0.9 * 9, 9 * 0.9 * 0.1, 9 * 0.1 * 0.1 * 9, 9 * 0.1 * 0.9
    css, csc, ccs, ccc = 0.1 * 0.9 * 9, 0.1 * 0.1, 0.9 * 0.1 * 9, 0.9 * 0.9
    whole = sss + ssc + scs + scc + css + csc + ccs + ccc
    assert _smoothed([9.0, 1.0, 9.0], 0.5, 0.1) == pytest.approx(
        [(sss + ssc + scs + scc) / whole, (sss + ssc + css + csc) / whole, (sss + scs + css + ccs) / whole]
    )


def document(text: str, pieces: list[list[Place]], forms: int) -> Any:
    """A document of two segments in the first line and one in the second, where an original stands four times; rate .2."""
    unspun = Unreplaced(array("i", [0]), array("i", [4]))
    channel = SimpleNamespace(
        unspun_by_line=lambda *_: (array("i", [0, 0, 1]), unspun), exposures=(array("i", [0, 1]), array("i", [0]))
    )
    table, rates = table_of(em, pieces), array("d", [0.2])
    em.first_step(table, rates, array("d", [0.0]), 0.0, 1)
    return SimpleNamespace(
        text=text, paragraphs=[0, 0, 1], table=table, rates=rates, ids=SimpleNamespace(form_words=["甲"] * forms),
        channel=channel, matches=SimpleNamespace(found=None), tuning=TUNING,
    )  # fmt: skip


def test_forms_speak_for_a_line_and_what_stands_against_it() -> None:
    # Odds of .2 * 1 beside what is kept: .2 / .2 = 1, so the segments of form 0 say log10(.4 / .2), each sure by half.
    # The one of form 1 is .2 / .002 = 100 times likelier, and says log10(101).
    same, other = Place(0.2, [Arc(1.0)], form=0), Place(0.002, [Arc(1.0)], form=1)
    found = line_ratios(document("甲\n乙", [[same], [same], [other]], 2))
    # Form 0 comes twice in the first line and weighs as much as sqrt(2) of it. In the second line an original stands
    # four times, which is as much as twice: two times log10(1 / .8).
    assert found == pytest.approx([math.sqrt(2) * math.log10(2), math.log10(101) + 2 * math.log10(0.8)])


def test_one_form_says_no_more_of_a_line_than_the_ceiling() -> None:
    sure = Place(2e-5, [Arc(1.0)], form=0)
    assert line_ratios(document("甲\n乙", [[sure], [sure], [sure]], 1))[0] == TUNING.ceiling


def test_expected_edits_are_those_of_the_segments_of_a_line() -> None:
    places = [Place(0.2, [Arc(1.0)], form=0), Place(0.6, [Arc(1.0)], form=0), Place(0.05, [Arc(1.0)], form=0)]
    # .2 / (.2 + .2) + .2 / (.2 + .6), and .2 / (.2 + .05).
    found = expected_edits(document("甲\n乙", [[place] for place in places], 1), 2)
    assert found == pytest.approx([0.75, 0.8])


def test_no_line_says_more_than_six() -> None:
    # .98 of the lines are spun, and a step changes with .02: .98 * .98 + .02 * .02 = .9608 spun at first.
    found = line_beliefs([-60.0, 90.0], [1, 1], [0.0, 0.0], 0.98, 0.02)
    ss, sc = 0.9608e-6 * 0.98 * 1e6, 0.9608e-6 * 0.02
    cs, cc = 0.0392 * 0.02 * 1e6, 0.0392 * 0.98
    whole = ss + sc + cs + cc
    assert found == pytest.approx([(ss + sc) / whole, (ss + cs) / whole])


def test_a_line_without_edits_is_the_less_likely_the_longer_it_is() -> None:
    # Nothing is said but by the length: 5 edits in 100 characters at first, 5 / (100 + 50) for each.
    def second(length: int) -> float:
        return line_beliefs([3.0, 0.0], [100 - length, length], [5.0, 0.0], 0.98, 0.02)[1]

    assert 0.9 < second(5) < 0.98
    assert second(5) > second(50) > second(90)
    # No edit at all: characters say nothing.
    assert line_beliefs([3.0, 0.0], [10, 90], [0.0, 0.0], 0.98, 0.02) == line_beliefs(
        [3.0, 0.0], [10, 1], [0.0, 0.0], 0.98, 0.02
    )


def test_the_rate_of_edits_is_that_of_the_spun_lines() -> None:
    # A clean line is ever less believed: 2 edits in 50 + 50 characters, and then ever more nearly in 50 + 50 of one
    # line. Of the last turn: the first line is spun; 2 / (50 + 50 * b + 50) by the belief b of the turn before.
    found = line_beliefs([9.0, -0.5], [50, 50], [2.0, 0.0], 0.5, 0.5)
    before = 1.0
    for _ in range(Parting.turns):
        rate = 2 / (50 + 50 * before + 50)
        ratio = 10**-0.5 * math.exp(-50 * rate)
        before = ratio / (1 + ratio)
    assert found[1] == pytest.approx(before, rel=1e-3)


def test_a_text_of_one_line_has_no_beliefs() -> None:
    assert paragraph_beliefs(SimpleNamespace(text="甲乙")) == {}  # type: ignore[arg-type]
