"""Repeats that `text.replace` on a growing text leaves: found, and nothing else taken for them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from despin.spinners.growth import Grown, grown, is_alone, is_within, steady
from despin.spinners.registry import spinner
from despin.spinners.segmented import Segmented

REPLACE = spinner("synonyms-replace")
assert isinstance(REPLACE, Segmented)


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


@given(st.text("不会解决问题的中新，。a", max_size=40))
def test_what_grew_is_sorted_disjoint_and_as_it_stands(text: str) -> None:
    last = 0
    for one in grown(text, REPLACE):
        assert last <= one.start < one.end <= len(text)
        assert REPLACE.changes(one.word) == one.form
        assert one.word in text[one.start : one.end]
        assert len(one.form) < one.end - one.start
        last = one.end
