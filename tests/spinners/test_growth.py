"""Repeats that `text.replace` on a growing text leaves: found, and nothing else taken for them."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.spinners.growth import Grown, grown, is_alone, is_within, steady
from despin.spinners.registry import spinner
from despin.spinners.segmented import Segmented

REPLACE = spinner("synonyms-replace")
assert isinstance(REPLACE, Segmented)


def program(forms: Mapping[str, str], *words: str) -> Segmented:
    """A program that writes these forms, and cuts a text into these words, the longest first, and single characters."""

    def tokens(text: str) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        place = 0
        while place < len(text):
            size = max((len(word) for word in words if text.startswith(word, place)), default=1)
            found.append((place, place + size, "n"))
            place += size
        return found

    return cast(Segmented, SimpleNamespace(changes=forms.get, segmenter=SimpleNamespace(tokens=tokens)))


def test_a_word_that_grew_is_found_with_its_form() -> None:
    word, form = "解决", REPLACE.changes("解决")
    assert form == "解决问题"
    text = REPLACE.rewrite("先解决交通，再解决住房，最后解决用水。")
    assert text.count("问题") == 9
    found = grown(text, REPLACE)
    assert [(one.word, one.form) for one in found] == [(word, form)] * 3
    assert [text[one.start : one.end] for one in found] == ["解决问题问题问题"] * 3


def test_what_is_repeated_may_stand_before_the_word_or_begin_it() -> None:
    assert REPLACE.changes("会") == "不会"
    assert grown("他不不不会来", REPLACE) == [Grown(1, 5, "会", "不会", 3)]


def test_what_is_written_twice_did_not_grow() -> None:
    for text in ("慢慢走", "看看书", "哈哈哈哈", "研究研究", "天天向上", "", "。。。。", "aaaa"):
        assert grown(text, REPLACE) == []


def test_a_word_that_grew_twice_stands_twice() -> None:
    assert REPLACE.changes("新") == "新的"
    assert steady(grown("一座新的的桥", REPLACE)) == set()
    assert steady(grown("一座新的的桥，一条新的的路", REPLACE)) == {("新", 2)}
    assert steady(grown("一座新的的的桥", REPLACE)) == {("新", 3)}


def test_a_word_alone_and_within_another() -> None:
    assert is_alone("他不会来", 1, 3, "会", REPLACE)
    assert not is_within("他不会来", 1, 3, "会", REPLACE)
    # 社会
    assert is_within("这个社不会很好", 3, 5, "会", REPLACE)
    assert not is_alone("这个社不会很好", 3, 5, "会", REPLACE)


@pytest.mark.parametrize(
    ("text", "word", "form", "start", "end", "times"),
    [
        # What is repeated stands before the word, or behind it, at the ends of a text.
        ("再再甲", "甲", "再甲", 0, 3, 2),
        ("再再甲乙丙丁", "甲乙丙丁", "再甲乙丙丁", 0, 6, 2),
        ("甲的的", "甲", "甲的", 0, 3, 2),
        ("甲乙丙丁的的的", "甲乙丙丁", "甲乙丙丁的", 0, 7, 3),
        ("在甲乙问题问题问题里", "甲乙", "甲乙问题", 1, 9, 3),
        # The word begins with what is repeated: the last of the repeats is its own.
        ("好好好戏", "好戏", "好好戏", 0, 4, 2),
        ("好好好戏一场", "好戏一场", "好好戏一场", 0, 6, 2),
        ("看大家大家大家都来", "大家都", "大家大家都", 1, 8, 2),
    ],
)
def test_where_a_word_that_grew_stands(text: str, word: str, form: str, start: int, end: int, times: int) -> None:
    assert grown(text, program({word: form})) == [Grown(start, end, word, form, times)]


def test_the_longest_word_that_may_have_grown_is_taken() -> None:
    assert grown("甲乙的的", program({"乙": "乙的", "甲乙": "甲乙的"})) == [Grown(0, 4, "甲乙", "甲乙的", 2)]
    assert grown("再再甲乙", program({"甲": "再甲", "甲乙": "再甲乙"})) == [Grown(0, 4, "甲乙", "再甲乙", 2)]


def test_a_word_written_once_or_otherwise_did_not_grow() -> None:
    for text in ("好好戏", "好戏", "甲的", "甲乙乙", "的的甲"):
        assert grown(text, program({"好戏": "好好戏", "甲": "甲的"})) == []


def test_words_that_grew_side_by_side_are_found_and_of_two_in_each_others_way_the_first() -> None:
    side = [Grown(0, 3, "甲", "再甲", 2), Grown(3, 6, "甲", "再甲", 2)]
    assert grown("再再甲再再甲", program({"甲": "再甲"})) == side
    both = program({"甲": "再甲", "再甲": "再甲好", "乙": "好乙"})
    assert grown("再再甲好好", both) == [Grown(0, 3, "甲", "再甲", 2)]
    # What is in the way may be read otherwise.
    assert grown("再再甲好好乙", both) == [Grown(0, 3, "甲", "再甲", 2), Grown(3, 6, "乙", "好乙", 2)]


def test_a_word_is_cut_between_what_stands_beside_it() -> None:
    cuts = program({}, "社会", "会议", "解决问题")
    for text, start, end, word, alone, within in [
        ("社不会很好很好很好很好", 1, 3, "会", False, True),
        ("很好很好很好很好社不会", 9, 11, "会", False, True),
        ("不会议很好", 0, 2, "会", False, True),
        ("他不会", 1, 3, "会", True, False),
        ("解解决问题问题题", 1, 7, "决问", False, True),
        # Cut in two, or across its end.
        ("他会会来", 1, 3, "会来", False, False),
        ("社不会来", 1, 3, "会来", False, False),
        ("他很好", 1, 3, "", False, False),
    ]:
        assert is_alone(text, start, end, word, cuts) == alone, text
        assert is_within(text, start, end, word, cuts) == within, text


@given(st.text("不会解决问题的中新，。a", max_size=40))
def test_what_grew_is_sorted_disjoint_and_as_it_stands(text: str) -> None:
    last = 0
    for one in grown(text, REPLACE):
        assert last <= one.start < one.end <= len(text)
        assert REPLACE.changes(one.word) == one.form
        assert one.word in text[one.start : one.end]
        assert len(one.form) < one.end - one.start
        last = one.end
