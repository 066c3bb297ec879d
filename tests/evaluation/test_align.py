"""Gold from pairs of texts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.evaluation.align import distance, edits_between, gold_from_pair
from despin.results import Edit, apply
from despin.text.normalize import BREAK, folded, symbols
from despin.text.wdiff import GoldEdit

TEXT = st.text(st.sampled_from("应用体系过程的，。 a Ａ㎡\n"), max_size=24)


def marks(spun: str, original: str) -> list[tuple[str, str]]:
    return [(spun[one.start : one.end], one.originals[0]) for one in gold_from_pair(spun, original)]


@pytest.mark.parametrize(
    ("spun", "original", "expected"),
    [
        ("我们经由过程网络查询", "我们通过网络查询", [("经由过程", "通过")]),
        ("这个体系很好", "这个系统很好", [("体系", "系统")]),
        ("应用法度的体系", "使用程序的系统", [("应用法度的体系", "使用程序的系统")]),
        ("应用程序的体系", "使用程序的系统", [("应", "使"), ("体系", "系统")]),
        ("很好处理惩罚的", "很好处理的", [("惩罚", "")]),
        ("他去学校", "他不去学校", [("", "不")]),
        ("我很很好", "我很好", [("很很", "很")]),
        ("办法一致", "办法不一致", [("", "不")]),
    ],
)
def test_differences_become_edits(spun: str, original: str, expected: list[tuple[str, str]]) -> None:
    assert marks(spun, original) == expected


@pytest.mark.parametrize(
    ("spun", "original"),
    [
        ("占总数的80％", "占总数的80%"),
        ("工具 Context 对象", "工具Context对象"),
        ("若为空。则直接访问", "若为空，则直接访问"),
        ("ＡＢＣ公司", "abc公司"),
        ("好的", "好的。"),
        ("“沙盒”里", "「沙盒」里"),
    ],
)
def test_width_space_case_and_punctuation_are_no_edits(spun: str, original: str) -> None:
    assert marks(spun, original) == []


def test_punctuation_separates_edits_and_stays_out_of_them() -> None:
    assert marks("体系，可是没有", "系统。但是没有") == [("体系", "系统"), ("可", "但")]
    assert marks("爱好停止调解", "喜好进行调整。") == [("爱好停止调解", "喜好进行调整")]


def test_lines_are_compared_with_lines_and_offsets_count_in_the_whole_text() -> None:
    spun, original = "第一行体系\n第二行\n第三行应用", "第一行系统\n第二行\n第三行使用"
    assert gold_from_pair(spun, original) == (GoldEdit(3, 5, ("系统",)), GoldEdit(13, 14, ("使",)))


def test_texts_with_different_numbers_of_lines_are_compared_as_wholes() -> None:
    assert marks("第一行体系\n第二行应用", "第一行系统第二行使用") == [("体系", "系统"), ("应", "使")]


@given(TEXT, TEXT)
def test_gold_leads_to_the_original_except_for_what_does_not_count(spun: str, original: str) -> None:
    gold = gold_from_pair(spun, original)
    assert all(a.end <= b.start for a, b in pairwise(gold))
    restored = apply(spun, [Edit(g.start, g.end, spun[g.start : g.end], g.originals[0], 1.0) for g in gold])
    if "㎡" not in spun + original:
        assert folded(restored) == folded(original)


@given(TEXT, TEXT)
def test_edits_between_texts_are_exact(text: str, restored: str) -> None:
    assert apply(text, edits_between(text, restored)) == restored


@given(TEXT)
def test_symbols_are_the_folded_text_with_their_places(text: str) -> None:
    found, spans = symbols(text)
    assert found.replace(BREAK, "") == folded(text)
    assert BREAK * 2 not in found
    assert all(
        folded(text[start:end]).find(symbol) >= 0 or symbol == BREAK
        for symbol, (start, end) in zip(found, spans, strict=True)
    )


@pytest.mark.parametrize(
    ("text", "original", "expected"),
    [("体系", "系统", 2), ("Ａ b", "a B", 0), ("好。", "好", 1), ("甲\n乙", "甲\n丙", 1), ("甲\n\n乙", "甲\n乙", 0)],
)
def test_distance_folds_width_case_and_space_but_not_punctuation(text: str, original: str, expected: int) -> None:
    assert distance(text, original) == expected
