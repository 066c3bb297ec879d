"""Where two texts differ: the fewest steps, stretches of them, and long texts cut into pieces."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from despin.text import differences as room
from despin.text.differences import Counterpart, differences, distance, lines_that_differ, pieces, steps

SHORT = st.text("ab的甲\n", max_size=16)


@given(SHORT, SHORT)
def test_there_are_as_many_steps_as_the_distance_and_they_lead_to_the_other(text: str, other: str) -> None:
    found = list(steps(text, other))
    assert len(found) == distance(text, other) == Levenshtein.distance(text, other)
    for step in reversed(found):
        assert max(step.end - step.start, step.other_end - step.other_start) == 1
        text = text[: step.start] + other[step.other_start : step.other_end] + text[step.end :]
    assert text == other


@given(SHORT, SHORT)
def test_between_stretches_that_differ_both_texts_are_the_same(text: str, other: str) -> None:
    found = [Counterpart(0, 0, 0, 0), *differences(text, other), Counterpart(len(text), 0, len(other), 0)]
    for one, following in pairwise(found):
        between = text[one.end : following.start]
        assert between == other[one.other_end : following.other_start]
        assert between or one == found[0] or following == found[-1]


@pytest.mark.parametrize(
    ("text", "other", "found"),
    [
        ("甲乙丙丁", "甲子丑丁", [(1, 3, 1, 3)]),
        ("甲乙丁戊", "甲子丑寅丁戊", [(1, 2, 1, 4)]),
        ("甲乙丙丁", "子乙丙", [(0, 1, 0, 1), (3, 4, 3, 3)]),
        ("甲", "甲", []),
    ],
)
def test_steps_that_touch_are_one_stretch(text: str, other: str, found: list[tuple[int, ...]]) -> None:
    assert list(differences(text, other)) == found


def test_lines_are_paired_where_there_are_as_many() -> None:
    assert lines_that_differ("甲\n乙丙\n丁", "甲\n乙\n戊") == [(2, "乙丙", "乙"), (5, "丁", "戊")]
    assert lines_that_differ("甲\n乙", "甲乙") == [(0, "甲\n乙", "甲乙")]
    assert lines_that_differ("甲\n乙", "甲\n乙") == []


@given(st.integers(0, 50), st.integers(300, 900))
def test_a_long_text_cut_at_what_both_hold_has_the_same_distance(seed: int, size: int) -> None:
    generator = random.Random(seed)
    text = "".join(chr(0x4E00 + generator.randrange(3000)) for _ in range(size))
    changed = list(text)
    for _ in range(size // 60):
        place = generator.randrange(len(changed))
        changed[place : place + generator.randrange(3)] = ["变"] * generator.randrange(3)
    other = "".join(changed)
    long, room.LONG = room.LONG, 100
    try:
        assert len(list(pieces(text, other))) > 3
        assert distance(text, other) == len(list(steps(text, other))) == Levenshtein.distance(text, other)
    finally:
        room.LONG = long


def test_long_texts_that_repeat_themselves_are_cut_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a stretch that stands once, memory and work were those of the product of both lengths."""
    monkeypatch.setattr(room, "LONG", 100)
    text = "甲乙丙丁戊己庚辛" * 500
    for other in (text.replace("丁戊", "子丑", 7), text[:-300], "别的" * 3000):
        found = list(pieces(text, other))
        assert [one.start for one in found[1:]] == [one.end for one in found[:-1]]
        assert (found[-1].end, found[-1].other_end) == (len(text), len(other))
        assert max(one.end - one.start for one in found) <= (room.BLOCK + 1) * room.LONG
    assert distance(text, text.replace("丁戊", "子丑", 7)) == 14
    assert distance(text, text[:-300]) == 300
