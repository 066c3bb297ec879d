"""Proof: a restoration spun again, and where it does not give the spun text back."""

from __future__ import annotations

import pytest
from rapidfuzz.distance import Levenshtein

from despin.spinners.registry import spinner
from despin.spinners.verify import differing, share_of, verify

ORIGINAL = "他立刻防止了这件事。\n公司没有提供服务。\n"


def test_the_original_proves_itself() -> None:
    program = spinner("synonyms")
    spun = program.spin(ORIGINAL).text
    found = verify(spun, ORIGINAL, program)
    assert (found.respun, found.text, found.failed) == (1.0, spun, ())
    assert verify(spun, ORIGINAL, program).respun == 1.0


@pytest.mark.parametrize(
    "restored",
    ["他赶快防止了这件事。\n公司没有提供服务。\n", "他立刻防止了这件事。公司没有服务。", "", "全不一样", ORIGINAL * 2],
)
def test_the_share_is_by_the_distance_and_the_spans_are_what_differs(restored: str) -> None:
    program = spinner("synonyms")
    spun = program.spin(ORIGINAL).text
    found = verify(spun, restored, program)
    assert found.text == program.spin(restored).text
    assert found.respun == pytest.approx(1 - Levenshtein.distance(found.text, spun) / len(spun))
    assert found.respun < 1
    assert found.failed == tuple(sorted(found.failed))
    assert all(0 <= start <= end <= len(spun) for start, end in found.failed)
    kept, place = [], 0
    for (start, end), written in zip(found.failed, found.written, strict=True):
        kept += (spun[place:start], written)
        place = end
    assert "".join([*kept, spun[place:]]) == found.text


def test_a_wrong_word_is_marked() -> None:
    program = spinner("synonyms")
    spun = program.spin(ORIGINAL).text
    wrong = ORIGINAL.replace("防止", "电脑")
    found = verify(spun, wrong, program)
    [(start, end)] = found.failed
    assert spun[start:end] == "避免"
    assert found.written == (program.spin("电脑").text,)


def test_what_some_drawing_gives_back_is_proved() -> None:
    program = spinner("synonyms-random")
    for seed in range(5):
        spun = spinner({"name": "synonyms-random", "seed": seed}).spin(ORIGINAL * 3).text
        assert verify(spun, ORIGINAL * 3, program).respun == 1.0
    wrong = verify(spun, (ORIGINAL * 3).replace("防止", "电脑"), program)
    assert 0.5 < wrong.respun < 0.95
    assert len(wrong.failed) == 3


def test_empty_texts() -> None:
    program = spinner("synonyms")
    assert verify("", "", program).respun == 1.0
    assert verify("", "好", program).respun == 0.0
    assert verify("好", "", program).failed == ((0, 1),)


def test_places_that_touch_are_one_and_lines_stand_for_themselves() -> None:
    assert differing("甲乙丙丁", "甲子丑丁") == [(1, 3, "子丑")]
    assert differing("甲乙丙丁", "甲子丁") == [(1, 3, "子")]
    assert differing("甲乙丁戊", "甲子丑寅丁戊") == [(1, 2, "子丑寅")]
    assert differing("甲乙丙丁戊己", "子丙丁丑寅己") == [(0, 2, "子"), (4, 5, "丑寅")]
    assert differing("甲乙丙丁", "子乙丑丁") == [(0, 1, "子"), (2, 3, "丑")]
    assert differing("甲乙\n丙丁\n戊", "甲乙\n丙丑\n子") == [(4, 5, "丑"), (6, 7, "子")]
    # Of other lines the whole texts are compared.
    assert differing("甲乙\n丙丁", "甲乙丙丁") == [(2, 3, "")]
    assert differing("甲\n乙", "甲\n乙") == []


def test_the_share_of_texts_of_several_lines() -> None:
    assert share_of("甲乙\n丙丁\n戊己\n庚", "甲乙\n丙丑\n戊子\n庚") == pytest.approx(1 - 2 / 10)
    # What moved from line to line is not counted twice.
    assert share_of("甲\n乙乙乙乙\n", "甲乙乙乙乙\n\n") == pytest.approx(1 - 2 / 7)
    assert share_of("甲", "乙丙丁") == 0.0
    assert [share_of(text, text) for text in ("", "甲", "甲\n\n乙")] == [1.0] * 3
    assert share_of("", "甲") == 0.0
