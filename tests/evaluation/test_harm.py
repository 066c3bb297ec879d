"""Errors that matter: pairs of words, by hand, that say something else, and pairs that do not."""

from __future__ import annotations

import pytest

from despin.evaluation.harm import Error, Harm, errors
from despin.evaluation.judge import judge
from despin.lexicon.model import Family
from despin.results import Edit
from despin.text.wdiff import GoldEdit

RULES = Harm([Family(name="made", opposites=(("贫瘠", "肥沃"), ("减缓", "加快")))])


def of(page: str, author: str, restored: str) -> str | None:
    return RULES.of(Error(0, len(page), page, author, restored))


@pytest.mark.parametrize(
    ("kind", "pairs"),
    [
        ("polarity", "贫瘠 肥沃, 同意 拒绝, 不定期 定期, 看不到 看见"),
        ("quantity", "增加 减少, 较高 很低"),
        ("direction", "进口 出口, 下滑 上升"),
        ("number", "三百 五百, 12.5 1.25"),
        ("name", "朱 黄, Python 语言"),
        *[("time", "昨天 今天"), ("person", "女儿 儿子"), ("place", "北京 上海")],
    ],
)
def test_something_else_is_said(kind: str, pairs: str) -> None:
    for author, restored in map(str.split, pairs.split(", ")):
        assert of(author, author, restored) == of(restored, author, restored) == of(author, restored, author) == kind


def test_the_same_is_said() -> None:
    assert of("便利", "方便", "便利") is of("便利", "便捷", "方便") is of("夏天", "夏季", "夏天") is None
    assert of("无法", "难以", "不能") is of("扩大", "不断扩大", "扩大") is of("GPS", "gps", "GPS") is None
    assert of("同意", "同意", "同意") is None
    assert of("减少", "增加", "增多") is None  # both are the opposite of the page's


def test_what_the_page_tells_of_words_that_no_list_has_beside_one_another() -> None:
    # 富饶 is none of the opposites; the page's word is one of the author's.
    assert of("贫瘠", "贫瘠", "富饶") is None
    assert of("肥沃", "贫瘠", "富饶") == "polarity"
    assert of("减缓", "推迟", "加快") == "polarity"


def reverses(page: str, author: str, restored: str) -> bool:
    return RULES.reverses(Error(0, len(page), page, author, restored))


def test_facts_are_reversed_where_the_page_was_right() -> None:
    assert reverses("减少", "减少", "增加")
    assert reverses("减少", "降低", "增加")
    assert reverses("减缓", "推迟", "加快")
    assert not reverses("减少", "增加", "减少")  # left as it was
    assert not reverses("减少", "增加", "降低")  # the page was wrong
    assert not reverses("今天", "今天", "昨天")  # another fact, and none that has a way


def test_errors_of_a_judged_text() -> None:
    text = "产量减少，质量进步，价格便宜，销路很好"
    gold = [GoldEdit(2, 4, ("增加", "增多")), GoldEdit(7, 9, ("提高",)), GoldEdit(12, 14, ("低廉",))]
    made = [(7, 9, "进步", "改善"), (12, 14, "便宜", "低廉"), (15, 17, "销路", "销量")]
    edits = [Edit(start, end, spun, original, 0.9) for start, end, spun, original in made]
    found = errors(text, gold, judge(text, gold, edits))
    assert found == [
        Error(2, 4, "减少", "增加", "减少"),
        Error(7, 9, "进步", "提高", "改善"),
        Error(15, 17, "销路", "销路", "销量"),
    ]
    assert [RULES.of(error) for error in found] == ["quantity", None, None]


def test_an_edit_over_two_places_is_one_error() -> None:
    gold = [GoldEdit(0, 1, ("极",)), GoldEdit(1, 2, ("多",))]
    found = errors("很少有人", gold, judge("很少有人", gold, [Edit(0, 2, "很少", "许多", 0.9)]))
    assert found == [Error(0, 2, "很少", "极多", "许多")]
