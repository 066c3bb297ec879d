"""What a list's table says of edits, with numbers worked out by hand; on the compiled loops and on their source."""

from __future__ import annotations

import importlib
import math
from array import array
from collections.abc import Sequence
from types import ModuleType

import pytest
from em_kit import Arc, Place, source_of, table_of

from despin.kernel import em
from despin.kernel.table import Table
from despin.tuning import OwnTable

WEIGHTS = OwnTable.form, OwnTable.stands, OwnTable.first, OwnTable.least


@pytest.fixture(params=["compiled", "source"])
def loops(request: pytest.FixtureRequest) -> ModuleType:
    if request.param == "compiled":
        return importlib.import_module("despin.kernel.constraints")
    return source_of("kernel/constraints")


def table(*edits: tuple[int, int, float], forms: Sequence[int] = ()) -> Table:
    """A table of edits of one character: place, pair, posterior; `forms` by place are the pairs' own where left out."""
    found = table_of(
        em,
        [
            [Place(1.0, [Arc(pair=pair)], form=forms[number] if forms else pair, start=start, end=start + 1)]
            for number, (start, pair, _) in enumerate(edits)
        ],
    )
    found.posteriors[:] = array("d", [posterior for _, _, posterior in edits])
    return found


def said(loops: ModuleType, edits: Table, text: str, pair_originals: Sequence[int], once: bool = False) -> list[float]:
    """What is said of each edit (log10); the originals are 乙 and 丙, and both are looked for."""
    originals, count = array("i", pair_originals), len(edits.pairs)
    words = loops.Occurrences(edits, text, ["乙", "丙"], array("i", [0, 1]), originals, 0.01)
    found, factors = array("d", [0.0] * count), array("d", [2.0] * count)
    loops.say(words, array("i", range(len(pair_originals))), once, WEIGHTS, found, factors)
    assert list(factors) == pytest.approx([2.0 * 10.0**value for value in found])
    return list(found)


def test_the_numbers_of_these_sheets() -> None:
    assert WEIGHTS == (0.7, 1.5, 0.5, 0.01)


def test_a_word_that_stands_is_not_behind_a_form(loops: ModuleType) -> None:
    # 乙 stands at 2, where nothing is edited.
    assert said(loops, table((0, 0, 0.6)), "甲，乙", [0]) == pytest.approx([-1.5])
    # What stands there is restored to 丙 itself with .4, so it stands with .6.
    assert said(loops, table((0, 0, 0.6), (2, 1, 0.4)), "甲，乙", [0, 1]) == pytest.approx([-1.5 * 0.6, 0.0])
    # Of two words the second stands.
    assert said(loops, table((0, 0, 0.6), (2, 1, 0.7)), "甲，丁，丙", [0, 1]) == pytest.approx([0.0, -1.5])
    # With .5 or more it does not count.
    assert said(loops, table((0, 0, 0.6), (2, 1, 0.5)), "甲，乙", [0, 1]) == [0.0, 0.0]


def test_the_other_places_of_a_form_speak(loops: ModuleType) -> None:
    # Restored 1.2 times of 2. For the first place .3 speaks and .7 against it, for the second .9 and .1.
    wanted = [0.7 * math.log10(1.3 / 1.7), 0.7 * math.log10(1.9 / 1.1)]
    assert said(loops, table((0, 0, 0.9), (2, 0, 0.3)), "甲，甲", [0]) == pytest.approx(wanted)


def test_where_only_first_places_are_replaced(loops: ModuleType) -> None:
    # Behind the first place 乙 stands: +.5. Before the other one it stands, and was restored: 1 + .9 count 1.
    edits = table((0, 0, 0.9), (4, 0, 0.3))
    assert said(loops, edits, "甲，乙，甲", [0], once=True) == pytest.approx([0.5, -1.5])


def test_first_places_of_two_words(loops: ModuleType) -> None:
    # The 丙 that stands is 乙 with .4, so it stands with .6. For 丙: +.5 * .6 before it; behind it .6 + .9 count 1.
    # For 乙: nothing stands; the second place loses 1.5 * .9 for the first one.
    edits = table((0, 0, 0.9), (2, 1, 0.9), (4, 2, 0.4), (6, 1, 0.3))
    found = said(loops, edits, "甲，丁，丙，丁", [0, 1, 0], once=True)
    assert found == pytest.approx([0.0, 0.3, -1.35, -1.5])
    # A word that is met once says nothing, wherever the other one stands.
    assert said(loops, table((0, 0, 0.9), (2, 1, 0.9)), "甲，丁，丙", [0, 1], once=True) == pytest.approx([0.0, 0.5])


def test_what_shows_that_only_first_places_are_replaced(loops: ModuleType) -> None:
    def words(edits: Table, text: str) -> object:
        return loops.Occurrences(edits, text, ["乙", "丙"], array("i", [0, 1]), array("i", [0, 1]), 0.01)

    # 乙 is restored at one place and stands behind it; the edit of .2 is not sure enough to count.
    assert loops.first_places(words(table((0, 0, 0.9), (4, 0, 0.2)), "甲，乙，甲"), 0.3) == (0.9, 0.0)
    # Restored at two places.
    assert loops.first_places(words(table((0, 0, 0.9), (4, 0, 0.4)), "甲，乙，甲"), 0.3) == (0.0, 1.0)
    # It stands before as well, so places were drawn one by one.
    before = words(table((2, 0, 0.9)), "乙，甲，乙")
    assert loops.first_places(before, 0.3) == (0.0, 0.0)
    # Of two words the second one counts.
    second = words(table((0, 0, 0.9), (2, 1, 0.8)), "甲，丁，丙")
    assert loops.first_places(second, 0.3) == (0.8, 0.0)
