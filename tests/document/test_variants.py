"""What words alone say of a program and its variants."""

from __future__ import annotations

import pickle

import pytest

from despin.document.variants import WordOdds, together
from despin.spinners.registry import spinner
from despin.spinners.segmented import Segmented

TEXT = """他一直认为，城市的发展必须依靠教育，而且已经取得明显的进步。
去年，学校共同举办了三次比赛，学生们非常高兴，老师也经常鼓励他们继续努力。
目前，相关部门正在进一步研究，如何更加有效地保护环境，同时提高居民的生活水平。"""
NAMES = ("synonyms", "synonyms-plain", "synonyms-random")
SPINNERS = [one for one in map(spinner, NAMES) if isinstance(one, Segmented)]


@pytest.fixture(scope="module")
def odds() -> WordOdds:
    return WordOdds(SPINNERS)


def test_words_speak_against_whom_did_not_write_them(odds: WordOdds) -> None:
    assert max(odds.of(TEXT).spun) < -10


@pytest.mark.parametrize("number", range(3))
def test_words_speak_for_who_wrote_them(odds: WordOdds, number: int) -> None:
    found = odds.of(SPINNERS[number].spin(TEXT).text)
    assert found.spun[number] > 2
    assert max(range(3), key=found.ahead.__getitem__) == number
    assert found.ahead[0] == 0


def test_a_word_again_says_less(odds: WordOdds) -> None:
    once, thrice = odds.of("租车").spun[0], odds.of("租车，租车，租车").spun[0]
    assert 0 < once < thrice < 2 * once


def test_no_words_say_nothing(odds: WordOdds) -> None:
    for text in ("", "abc 123", "，。", "😀", "\ud800"):
        assert set(odds.of(text).spun) == {0.0}


@pytest.mark.parametrize("text", ["<td></td>\n<td>12</td>", "#### #", "19世纪、20世纪", "；还有"])
def test_marks_and_numbers_say_nothing(odds: WordOdds, text: str) -> None:
    assert set(odds.of(text).spun) == {0.0}


def test_odds_can_be_pickled(odds: WordOdds) -> None:
    assert pickle.loads(pickle.dumps(odds)).of(TEXT) == odds.of(TEXT)


def test_an_original_behind_another_form_is_likelier() -> None:
    alone = {"表示": 0.4, "说道": 0.5}
    [first, second, third] = together(["回应", "指出", "租车"], [alone, {"表示": 0.9}, {"快递": 0.6}])
    assert first["表示"] > first["说道"]
    assert second["表示"] > 0.9
    assert third == pytest.approx({"快递": 0.6})
    assert all(sum(originals.values()) <= 1 for originals in (first, second, third))


def test_the_same_form_again_says_nothing_of_an_original() -> None:
    alone = {"表示": 0.4, "说道": 0.6}
    assert together(["回应", "回应"], [alone, alone]) == [pytest.approx(alone)] * 2
    assert together([], []) == []
