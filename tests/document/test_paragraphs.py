"""Which lines of a spun document are spun: a chain of two states, with numbers worked out by hand."""

from __future__ import annotations

import math
from array import array
from types import SimpleNamespace
from typing import Any

import pytest

from despin.channel.matches import Unreplaced
from despin.document.paragraphs import _smoothed, line_ratios, paragraph_beliefs
from despin.tuning import TUNING


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


def document(text: str, gains: list[float]) -> Any:
    """A document of two segments in the first line and one in the second, where an original stands four times; rate .2."""
    unspun = Unreplaced(array("i", [0]), array("i", [4]))
    channel = SimpleNamespace(
        unspun_by_line=lambda *_: (array("i", [0, 0, 1]), unspun), exposures=(array("i", [0, 1]), array("i", [0]))
    )
    return SimpleNamespace(
        text=text, paragraphs=[0, 0, 1], table=SimpleNamespace(gains=array("d", gains)), rates=array("d", [0.2]),
        channel=channel, matches=SimpleNamespace(found=None), tuning=TUNING,
    )  # fmt: skip


def test_gains_speak_for_a_line_and_what_stands_against_it() -> None:
    # 1 + .5 in the first; 2 in the second, less two times log10(1 / .8) for what stands four times.
    assert line_ratios(document("甲\n乙", [1.0, 0.5, 2.0])) == pytest.approx([1.5, 2.0 + 2 * math.log10(0.8)])


def test_no_line_says_more_than_six() -> None:
    # .98 of the lines are spun, and a step changes with .02: .98 * .98 + .02 * .02 = .9608 spun at first.
    found = paragraph_beliefs(document("甲\n乙", [-60.0, 0.0, 90.0]))
    ss, sc = 0.9608e-6 * 0.98 * 1e6, 0.9608e-6 * 0.02
    cs, cc = 0.0392 * 0.02 * 1e6, 0.0392 * 0.98
    whole = ss + sc + cs + cc
    assert found == pytest.approx({0: (ss + sc) / whole, 1: (ss + cs) / whole})


def test_a_text_of_one_line_has_no_beliefs() -> None:
    assert paragraph_beliefs(document("甲乙", [1.0, 1.0, 1.0])) == {}
