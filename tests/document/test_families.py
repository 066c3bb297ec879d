"""Which families a document believes in, with numbers worked out by hand."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from em_kit import Arc, Place, Source, table_of

from despin.document.families import choose_families, form_gains
from despin.document.judgement import chance_of
from despin.kernel import em
from despin.tuning import TUNING


def document(
    forms: Sequence[Sequence[float]],
    excess: Sequence[float],
    standing: float = 0.0,
    threshold: float = TUNING.threshold,
    damaging: Sequence[int] = (),
) -> Any:
    """A document at rates of .9. By family what each of its forms, which stand once, says for it (log10), and what is
    less likely of it beforehand; `standing` is the root of how often an original of the first family stands, `damaging`
    are the families that are kinds of damage."""
    pieces = [
        # kept / (kept + .9) = 10 ** -gain
        [Place(0.9 / (10.0**gain - 1.0), [Arc(1.0, [Source(family, family)])], form=form)]
        for form, (family, gain) in enumerate((family, gain) for family, own in enumerate(forms) for gain in own)
    ]
    count = len(forms)
    return SimpleNamespace(
        table=table_of(em, pieces), rates=array("d", [0.9]) * count, unspun=array("d", [1.0]) * count, tuning=TUNING,
        channel=SimpleNamespace(excess=excess), threshold=threshold,
        damaging=set(damaging), prior=[0.0] * count,
        candidates=SimpleNamespace(bits=array("i", [1 << family for family in range(count)])),
        exposed=(array("i", [0, 1]), array("i", [0]), array("d", [standing])),
        ids=SimpleNamespace(form_words=[str(number) for number in range(len(pieces))]),
    )  # fmt: skip


def test_the_numbers_of_these_sheets() -> None:
    assert (TUNING.threshold, TUNING.further, TUNING.ceiling) == (4.0, 3.0, 2.5)


def test_a_family_is_believed_from_the_threshold_on() -> None:
    # 2 + 2 + 1.6, less .5 beforehand, less 1 for an original that stands once at a rate of .9.
    found = document([[2.0, 2.0, 1.6]], [0.5], standing=1.0)
    assert choose_families(found) == {0}
    assert found.evidence == pytest.approx(4.1)
    found = document([[2.0, 2.0, 1.4]], [0.5], standing=1.0)
    assert choose_families(found) == set()
    assert found.evidence == pytest.approx(3.9)


def test_what_speaks_beforehand_is_added() -> None:
    # 2 + 1.4 alone, and .7 beforehand; nothing is added for a family that is not seen.
    found = document([[2.0, 1.4], []], [0.0, 0.0])
    found.prior = [0.7, 5.0]
    assert choose_families(found) == {0}
    assert list(found.alone) == pytest.approx([4.1, 0.0])
    found.prior = [0.5, 5.0]
    assert choose_families(found) == set()
    assert found.evidence == pytest.approx(3.9)


def test_one_form_alone_never_decides() -> None:
    # 9 is cut to 2.5; the shortest text asks for 2.6.
    found = document([[9.0]], [0.0], threshold=TUNING.threshold_short)
    assert choose_families(found) == set()
    assert found.evidence == pytest.approx(2.5)


def test_a_further_family_has_to_add_enough() -> None:
    # Alone 6 and 3.1. Beside the first the second adds 3.1, which is more than 3.
    found = document([[2.0, 2.0, 2.0], [1.5, 1.6]], [0.0, 0.0])
    assert choose_families(found) == {0, 1}
    assert list(found.alone) == pytest.approx([6.0, 3.1])
    assert found.evidence == pytest.approx(9.1)
    # What is less likely beforehand is taken from that: 3.1 - .2.
    found = document([[2.0, 2.0, 2.0], [1.5, 1.6]], [0.0, 0.2])
    assert choose_families(found) == {0}
    assert found.evidence == pytest.approx(6.0)


def test_three_families() -> None:
    found = document([[2.0, 2.0, 2.0], [1.5, 1.6], [1.6, 1.6]], [0.0] * 3)
    assert choose_families(found) == {0, 1, 2}
    assert found.evidence == pytest.approx(6.0 + 3.1 + 3.2)


def test_damage_is_believed_apart_and_says_nothing_of_spinners() -> None:
    found = document([[1.5, 1.5], [2.0, 2.0, 2.0]], [0.0, 0.0], damaging=[1])
    assert choose_families(found) == {1}
    assert (found.evidence, found.damage) == pytest.approx((3.0, 6.0))
    # Where the text is spun, it has to reach no more than a further family.
    for own, believed in ([1.6, 1.5], {0, 1}), ([1.4, 1.5], {0}):
        found = document([[2.0, 2.0, 2.0], own], [0.0, 0.0], damaging=[1])
        assert choose_families(found) == believed
        assert (found.evidence, found.damage) == pytest.approx((6.0, sum(own)))


@pytest.mark.parametrize(
    ("rates", "unspun", "tried"),
    [
        # Words expected to be replaced: .09 * (0 + 1) / (1 - .09) = .099, and .1 / .9 = .111, where .1 are asked for.
        ([0.9, 0.09], [1.0, 0.0], False),
        ([0.9, 0.1], [1.0, 0.0], True),
        # .052 * (1 + 1) / .948 = .11
        ([0.9, 0.052], [1.0, 1.0], True),
        # Beside .4 / .6 = .667 a twentieth is asked for, .033: .05 / .95 = .053, .03 / .97 = .031.
        ([0.4, 0.05], [0.0, 0.0], True),
        ([0.4, 0.03], [0.0, 0.0], False),
    ],
)
def test_a_family_that_replaced_hardly_anything_is_not_looked_at(
    rates: list[float], unspun: list[float], tried: bool
) -> None:
    found = document([[2.0], [2.0]], [0.0, 0.0])
    found.rates, found.unspun = array("d", rates), array("d", unspun)
    choose_families(found)
    assert (found.alone[1] != 0.0) == tried


def test_what_each_form_says() -> None:
    found = document([[2.0, 1.0], [0.5]], [0.0, 0.0])
    gains, total = form_gains(found, {0}, array("d", [0.9, 0.0]))
    assert list(gains) == pytest.approx([2.0, 1.0, 0.0])
    assert total == pytest.approx(3.0)


def test_the_threshold_between_its_lengths() -> None:
    # Half way from 60 to 400 by the logarithm are sqrt(60 * 400) = 154.9 characters: half way from 2.6 to 4.
    assert TUNING.threshold_for(155) == pytest.approx(3.3, abs=0.001)
    # 5 for each 1,000 characters beyond 400, times the noise of the lexicon.
    assert TUNING.threshold_for(1000, 0.5) == pytest.approx(4.0 + 0.5 * 5.0 * 0.6)


def test_log_odds_become_a_probability() -> None:
    # 10 to 1, 1 to 1, 1 to 100.
    assert [chance_of(value) for value in (1.0, 0.0, -2.0)] == pytest.approx([10 / 11, 1 / 2, 1 / 101])
    assert chance_of(math.inf) == pytest.approx(1.0)
