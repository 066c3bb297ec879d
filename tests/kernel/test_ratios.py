"""Likelihood ratios of families and lines: what spun forms say, and what stands; the arithmetic of every number stands
beside it.

Every test runs on the compiled modules and on their sources, as those of the E step do.
"""

from __future__ import annotations

import importlib
import math
from array import array
from types import ModuleType

import pytest
from em_kit import Arc, Place, Source, source_of, table_of


@pytest.fixture(params=["compiled", "source"])
def kind(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def ratios(kind: str) -> ModuleType:
    return importlib.import_module("despin.kernel.ratios") if kind == "compiled" else source_of("kernel/ratios")


@pytest.fixture
def em(kind: str) -> ModuleType:
    return importlib.import_module("despin.kernel.em") if kind == "compiled" else source_of("kernel/em")


def test_the_gain_of_a_segment_is_shared_out_by_how_sure_its_places_are(em: ModuleType, ratios: ModuleType) -> None:
    arcs = [[Arc(weight, [Source(weight=0.75)])] for weight in (1.0, 1.1)]
    table = table_of(em, [[Place(0.1, arcs[0], form=0), Place(0.01, arcs[1], form=1)]])
    sums, counts = array("d", [0.0, 0.0]), array("i", [0, 0])
    given = array("d", [1.2]), 2.5, sums, counts
    ratios.add_gains(table, 1, *given)
    # The odds are 1.2 * .75 = .9: (.1 + .9) / .1 = 10 and (.01 + .99) / .01 = 100, so the segment gains 1 + 2 = 3.
    # The places stay as they are with probabilities of .1 and .01, whose -log10 are 1 and 2: 3 * 1/3 and 3 * 2/3.
    assert list(sums) == pytest.approx([1.0, 2.0])
    assert list(counts) == [1, 1]
    ratios.add_gains(table, 2, *given)
    assert list(sums) == pytest.approx([1.0, 2.0]), "a family that has no arcs here adds nothing"


def test_two_places_of_a_form_in_a_segment_are_one(em: ModuleType, ratios: ModuleType) -> None:
    table = table_of(em, [[Place(0.1, [Arc(1.0)]), Place(0.01, [Arc(1.1)])]])
    sums, counts = array("d", [0.0]), array("i", [0])
    ratios.add_gains(table, 1, array("d", [0.9]), 5.0, sums, counts)
    # The 1 + 2 of the last test.
    assert (sums[0], counts[0]) == (pytest.approx(3.0), 1)


def test_a_form_says_no_more_than_the_ceiling_and_n_of_one_as_much_as_the_root_of_n(ratios: ModuleType) -> None:
    parts, counts = array("d", [4.0, 3.0, 0.7, 0.0]), array("i", [4, 1, 1, 0])
    # 4 / sqrt(4) = 2; 3 is cut to 2.5; .7 stays.
    assert ratios.join_bursts(parts, counts, 2.5) == pytest.approx(2.0 + 2.5 + 0.7)
    assert list(parts) == pytest.approx([2.0, 2.5, 0.7, 0.0])


def test_originals_that_stand_speak_against_the_families_that_replace_them(ratios: ModuleType) -> None:
    # Pattern 0 stands four times and is one of family 0, pattern 1 once and is one of both, pattern 2 of nobody.
    unspun = array("d", [0.0, 0.0])
    exposed = ratios.expose(
        array("i", [0, 1, 2]), array("i", [4, 1, 9]), array("i", [0, 1, 3, 3]), array("i", [0, 0, 1]), unspun
    )
    assert list(unspun) == [5.0, 1.0]
    assert list(exposed[2]) == [2.0, 1.0, 3.0]
    # sqrt(4) * log10(1 - .2) + log10((1 - .2) * (1 - .5))
    said = ratios.left_standing(*exposed, array("d", [0.2, 0.5]))
    assert said == pytest.approx(2 * math.log10(0.8) + math.log10(0.4))


def test_the_likelihood_ratio_of_a_family(em: ModuleType, ratios: ModuleType) -> None:
    often = [[Place(0.11, [Arc(1.0)], form=0)] for _ in range(4)]
    table = table_of(em, [*often, [Place(0.00099, [Arc(1.0)], form=1)]])
    exposed = array("i", [0, 1, 2]), array("i", [0, 0]), array("d", [2.0, 1.0])
    families = array("i", [0]), array("i", [1]), array("i", [1])
    found = ratios.beside(table, array("d", [0.99]), *families, exposed, 2.5, 2)
    # Form 0: four times log10((.11 + .99) / .11) = 1, so 4 / sqrt(4); form 1: log10(1001), cut to 2.5.
    # Originals that stand four times and once: (2 + 1) * log10(1 - .99).
    assert found[0] == pytest.approx(2.0 + 2.5 - 6.0)


def test_a_family_beside_another(em: ModuleType, ratios: ModuleType) -> None:
    table = table_of(em, [[Place(0.1, [Arc(1.0), Arc(1.0, [Source(1, 1)])], form=0)]])
    exposed = array("i", [0, 2]), array("i", [0, 1]), array("d", [1.0])
    rates, families = array("d", [0.4, 0.5]), (array("i", [1, 0]), array("i", [0, 1]))
    found = ratios.beside(table, rates, *families, array("i", [1, 2]), exposed, 2.5, 1)
    # Both together: (.1 + .4 + .5) / .1 = 10; what stands, both would have left: log10(.6 * .5).
    assert list(found) == pytest.approx([0.0, 1.0 + math.log10(0.3)])


def test_what_stands_in_each_line(ratios: ModuleType) -> None:
    found = array("d", [0.0, 0.0])
    first, patterns, counts = array("i", [0, 1, 3]), array("i", [0, 0, 1]), array("i", [4, 1, 1])
    ratios.kept_standing(
        first, patterns, counts, array("i", [0, 1, 3]), array("i", [0, 0, 1]), array("d", [0.8, 0.5]), found
    )
    # Line 0 has pattern 0 four times; line 1 has it once, and pattern 1, which both families would have replaced.
    assert list(found) == pytest.approx([2 * math.log10(0.8), math.log10(0.8) + math.log10(0.4)])
