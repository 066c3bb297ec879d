"""Runs of spun sentences and what they cost, in nats, with numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.document.runs import believed, capped, odds_to_chance, runs, total_of, trimmed
from despin.kernel.sentences import Sentence, likeliest
from despin.tuning import Sentences, Stretches


def parts(count: int, opens: bool = False) -> list[Sentence]:
    """Sentences of one line, or each a line of its own."""
    return [Sentence(10 * number, 10 * number + 10, opens or not number) for number in range(count)]


def test_the_numbers_of_these_sheets() -> None:
    numbers = Sentences.line_border, Sentences.sentence_border, Stretches.threshold, Sentences.most, Stretches.edge
    assert numbers == (2.0, 2.5, 5.0, 25.0, 2.88)


def test_a_run_pays_for_both_borders() -> None:
    # 2.5 + 2.5 within a line, 2 + 2 between lines; nothing where the text begins and ends.
    assert runs(parts(3), [-9.0, 4.9, -9.0]) == []
    assert runs(parts(3), [-9.0, 5.1, -9.0]) == [(1, 2)]
    assert runs(parts(3, opens=True), [-9.0, 4.1, -9.0]) == [(1, 2)]
    assert runs(parts(2), [2.6, -9.0]) == [(0, 1)]
    assert runs(parts(2), [2.4, -9.0]) == []
    assert runs(parts(1), [0.1]) == [(0, 1)]


def test_what_lies_between_is_joined_where_that_is_cheaper_than_two_borders() -> None:
    # 8 - 4 + 8 = 12 in one run, 8 + 8 - 2 * 2.5 = 11 in two.
    assert runs(parts(3), [8.0, -4.0, 8.0]) == [(0, 3)]
    # 10 in one run.
    assert runs(parts(3), [8.0, -6.0, 8.0]) == [(0, 1), (2, 3)]


def test_each_run_is_believed_by_itself() -> None:
    # 9.9 less 5 for its borders is 4.9.
    assert total_of(parts(3), [-9.0, 9.9, -9.0], 1, 2) == pytest.approx(4.9)
    assert believed(parts(3), [-9.0, 9.9, -9.0]) == []
    assert believed(parts(3), [-9.0, 10.1, -9.0]) == [(1, 2)]
    # At either end of the text there is one border: 7.6 - 2.5 = 5.1.
    assert believed(parts(3), [7.6, -9.0, 7.4]) == [(0, 1)]
    # All of a text has none.
    assert believed(parts(2), [3.0, 2.0]) == [(0, 2)]


def test_a_run_goes_without_edges_that_say_too_little() -> None:
    # 2.8 next to clean text is less than 2.88; what is left has 12 - 2 * 2.5.
    assert believed(parts(4), [-9.0, 2.8, 12.0, -9.0]) == [(2, 3)]
    assert believed(parts(4), [-9.0, 2.9, 12.0, -9.0]) == [(1, 3)]
    # At the end of the text nothing clean is near.
    assert believed(parts(3), [2.8, 12.0, -9.0]) == [(0, 2)]
    # Without its edges 9 - 5 would be left, which is not believed: all of it is, 11.8 - 5.
    assert believed(parts(4), [-9.0, 2.8, 9.0, -9.0]) == [(1, 3)]


def test_a_run_is_trimmed_by_what_its_ends_say() -> None:
    # From the left .5, then 1.3: the second one stays. From the right .2, then 1.2, then 2.
    assert trimmed([0.5, 0.8, 0.8, 1.0, 0.2], 0, 5, True, True, 1.25) == (1, 3)
    assert trimmed([0.5, 0.8, 0.8, 1.0, 0.2], 0, 5, False, True, 1.25) == (0, 3)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=8), st.booleans(), st.booleans())
def test_nothing_is_trimmed_inwards_of_what_tells(scores: list[float], before: bool, after: bool) -> None:
    first, last = trimmed(scores, 0, len(scores), before, after, Stretches.edge)
    assert 0 <= first <= last <= len(scores)
    assert before or not first
    assert after or last == len(scores)
    assert first == last or not before or first == 0 or sum(scores[:first]) < Stretches.edge


def test_the_likeliest_stretch() -> None:
    # The whole, which has no borders: 10.1 - 2. The middle alone is 10.1 - 5.
    assert likeliest(parts(3), [-1.0, 10.1, -1.0]) == pytest.approx(8.1)
    # The middle alone, 10.1 - 5; the whole is 10.1 - 12.
    assert likeliest(parts(3), [-6.0, 10.1, -6.0]) == pytest.approx(5.1)
    assert likeliest([], []) == -25.0


def test_no_sentence_says_more_than_25_nats() -> None:
    assert capped([-30.0, -2.0, 30.0]) == [-25.0, -2.0, 25.0]


def test_odds_in_nats_become_probabilities() -> None:
    # Odds of 3 to 1, and of 1 to 3.
    assert odds_to_chance(math.log(3)) == pytest.approx(0.75)
    assert odds_to_chance(-math.log(3)) == pytest.approx(0.25)
    assert odds_to_chance(1e6) == pytest.approx(1.0)
