"""Marks that a tool leaves at every word it replaced: read as evidence, and taken out with the edits."""

from __future__ import annotations

import re
from array import array
from types import SimpleNamespace
from typing import Any

import engine_kit as kit
import pytest
from em_kit import Arc, Place, Source, table_of
from hypothesis import given
from hypothesis import strategies as st

from despin.document import residue
from despin.document.residue import MARKS, Residue, association, at_forms, candidates, residue_of
from despin.kernel import em
from despin.kernel.types import Site
from despin.results import Edit, apply
from despin.tuning import Marks

#: A text of a list's tool, each word that it wrote followed by |.
SPUN = (
    "这个法度|的设置装备摆设|很简略|，起首|打开旌旗灯号|的开关，再经由过程|收集|读取数据。\n"
    "若是|机械|的功率不敷|，就需要改换|电源，不然|会呈现|问题。\n"
    "咱们|应当|按期|查抄|装备|，包管|平安|。检测东西|放在抽屉里，每个月用两次。\n"
)
CLEAN = (
    "院墙边种着三棵石榴树，每年五月开满红花。姐姐站在梯子上剪枝，我在下面扶着。\n"
    "傍晚下了一阵雨，石板路上全是落叶。邻居送来一筐枇杷，说是从山里摘的。\n"
)


WORDS = (
    "法度", "设置装备摆设", "简略", "起首", "旌旗灯号", "经由过程", "收集", "若是", "机械", "不敷", "改换", "不然", "呈现", "咱们", "应当",
    "按期", "查抄", "装备", "包管", "平安",
)  # fmt: skip


def marked(mark: str, *, before: bool = False) -> str:
    """The text with a mark behind every word of the tool, or before it."""
    if not before:
        return SPUN.replace("|", mark)
    return re.sub("|".join(sorted(WORDS, key=len, reverse=True)), lambda match: mark + match[0], SPUN.replace("|", ""))


def plain(text: str, mark: str = " ", before: bool = False, **values: Any) -> Residue:
    """The residue of a text, whatever it says."""
    (found,) = [one for one in candidates(text) if (one.mark, one.before) == (mark, before)]
    return residue.replace(found, **values)


def test_the_text_without_its_marks() -> None:
    found = plain("甲 乙丙 ，丁  戊 A 己")
    assert (found.text, list(found.borders)) == ("甲乙丙，丁 戊A 己", [1, 3, 5, 7])
    assert [found.at(place) for place in (0, 1, 3, 4)] == [0, 2, 5, 6]
    found = plain("甲 乙丙 ，丁  戊 A 己", before=True)
    assert (found.text, list(found.borders)) == ("甲乙丙 ，丁 戊 A己", [1, 7, 10])
    assert [found.at(place) for place in (0, 1, 3)] == [0, 1, 4]


@given(st.text("甲乙，A\n \t\r\u200b", max_size=40))
def test_places_lead_there_and_back(text: str) -> None:
    for found in candidates(text):
        assert len(found.borders) >= Marks.least
        assert len(found.text) + len(found.borders) == len(text)
        assert "\r\n" not in text or found.text.count("\n") == text.count("\n")
        for place, character in enumerate(found.text):
            begin = found.at(place) + (found.before and found.is_marked(place))
            assert text[begin] == character
            assert found.place(begin) == place


def test_a_line_end_is_no_mark() -> None:
    assert list(candidates("甲\r\n乙\r\n丙\r\n丁")) == []


def test_how_surely_marks_stand_at_forms() -> None:
    # 16 characters are 10 words. Of the four marks three stand at forms; of six words without one, one is a form.
    text = "甲甲 乙乙 丙丙 丁丁 戊戊己己庚庚辛辛"
    sites = [Site(0, 2, 1), Site(2, 4, 2), Site(4, 6, 3), Site(8, 10, 4)]
    odds, found = association(plain(text), sites)
    usual = (1 + 1) / (6 + 2)
    assert odds == pytest.approx(3 * _log(0.75 / usual) + _log(0.25 / (1 - usual)))
    # All four stand at words that nobody replaced, if nobody spun the text.
    assert found.standing == pytest.approx((0.1 + 4) / (10 + 10))
    assert association(plain(text), sites[3:])[0] == 0.0
    assert at_forms(plain(text), lambda _: [Site(0, 2, 1), Site(5, 7, 2)]) == 0.5


def _log(value: float) -> float:
    return float(residue.math.log10(value))


def test_marks_of_words_of_all_kinds_say_nothing() -> None:
    # Every second word has a mark, forms as well as others: it is no exception.
    text = "甲甲 乙乙丙丙 丁丁戊戊 己己庚庚 辛辛" * 4
    sites = [Site(start, start + 2, 1) for start in range(0, 64, 8)]
    assert association(plain(text), sites)[0] == 0.0


def sheet() -> tuple[Any, Any, Residue]:
    """Two places, at 0 to 2 with a mark behind it and at 4 to 6 without, of .9 and .2."""
    pieces = [
        [Place(1.0, [Arc(1.0, [Source(0, 0)])], form=0, start=0, end=2)],
        [Place(1.0, [Arc(1.0, [Source(0, 1), Source(1, 2)])], form=1, start=4, end=6)],
    ]
    table = table_of(em, pieces)
    table.offers = array("i", [0, 1, 2])
    table.posteriors[:] = array("d", [0.9, 0.2])
    names = ["list:甲甲", "list:丙丙", "other:丙丙丁"]
    ids = SimpleNamespace(
        original_words=["子子"],
        pair_originals=[0, 0, 0],
        candidates=SimpleNamespace(
            sources=SimpleNamespace(labels=lambda offers: [(False, names[offer]) for offer in offers])
        ),
    )
    return table, ids, plain("甲甲 乙乙丙丙丁 戊戊己己庚庚辛 ")


def test_the_likelihood_ratio_of_a_mark() -> None:
    table, ids, found = sheet()
    # 丙丙 is what differs between 丙丙丁 and its original, and a mark stands behind that.
    has_mark = found.marked(table, ids)
    assert list(has_mark) == [1, 0, 1]
    found = residue.replace(found, replaced=0.9, standing=0.05)
    assert list(found.weighed([1.0, 2.0, 3.0], has_mark)) == pytest.approx([18.0, 2 * 0.1 / 0.95, 54.0])


def test_both_probabilities_are_estimated() -> None:
    table, ids, found = sheet()
    found = found.estimated(table, found.marked(table, ids))
    # 1.1 words are replaced, all with a mark; 14 characters are 8.75 words, and of 3 marks 1.9 are left.
    assert found.replaced == pytest.approx((2.7 + 1.1) / (3 + 1.1))
    assert found.standing == pytest.approx((0.1 + 1.9) / (10 + 8.75 - 1.1))


def test_edits_cover_the_marks_of_their_words() -> None:
    text = "用这处理惩罚器 来做，年夜 的 好"
    found = plain(text)
    edits = [Edit(2, 6, "处理惩罚", "处理", 0.9, "list:处理惩罚器"), Edit(10, 12, "年夜", "大", 0.9, "list:年夜")]
    made = found.covering(edits)
    assert [(text[one.start : one.end], one.spun, one.original) for one in made] == [
        ("处理惩罚器 ", "处理惩罚器 ", "处理器"),
        ("年夜 ", "年夜 ", "大"),
    ]
    assert apply(text, made) == "用这处理器来做，大的 好"
    # Where the next edit begins before the word's end, it stays as it is.
    other = [edits[0], Edit(6, 7, "器", "机", 0.9, "list:器")]
    assert apply(text, found.covering(other)) == "用这处理机来做，年夜 的 好"


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("before", [False, True])
def test_marks_are_evidence_and_go_with_the_edits(mark: str, before: bool) -> None:
    text = marked(mark, before=before)
    found = kit.restorer().explain(text)
    assert found.verdict.spun
    assert found.verdict.family == "classic-list"
    assert all(text[edit.start : edit.end] == edit.spun for edit in found.edits)
    assert found.text == apply(text, found.edits)
    ends = [edit.spun[0] if before else edit.spun[-1] for edit in found.edits]
    assert ends.count(mark) >= 0.9 * text.count(mark)
    assert found.text.count(mark) <= 0.1 * text.count(mark)
    assert kit.restorer().restore(found.text) == found.text
    verdict = kit.restorer().detect(text)
    assert verdict.spun
    assert {clue.spun for clue in verdict.evidence} & set(WORDS)
    assert not any(mark in clue.spun for clue in verdict.evidence)


def test_readings_are_of_the_text_with_its_marks() -> None:
    text = marked("\u3000")
    for row in kit.restorer().readings(text):
        assert text[row.start : row.end] == row.text
        assert all(text[edit.start : edit.end] == edit.spun for one in row.rows for edit in one.edits)
        assert all(one.text.count("\u3000") < row.text.count("\u3000") for one in row.rows if one.edits)


def test_a_part_of_a_longer_text() -> None:
    text = CLEAN * 12 + marked(" ") + CLEAN * 12
    found = kit.restorer().explain(text)
    (stretch,) = found.verdict.stretches
    assert abs(stretch.start - len(CLEAN) * 12) < 40
    assert all(text[edit.start : edit.end] == edit.spun for edit in found.edits)
    assert found.text.startswith(CLEAN * 12)
    assert " " not in found.text


def test_words_in_quotations_that_have_a_mark_were_replaced() -> None:
    text = SPUN.replace("打开旌旗灯号|的开关", "看“旌旗灯号|灯”一章").replace("|", " ")
    assert "“信号灯”" in kit.restorer().restore(text)
    assert "“旌旗灯号灯”" in kit.restorer().restore(text.replace(" ", ""))


def ways(text: str) -> list[str]:
    """A text with spaces as people and programs write them."""
    spread = [
        " ".join(text),
        re.sub("(.{20})", r"\1 ", text),
        re.sub("([，。])", r"\1 ", text),
        "\n".join(f"\u3000\u3000{line}" for line in text.split("\n")),
        re.sub("(的|上|在)", r"\1 PVC ", text),
        re.sub("([\u4e00-\u9fff]{2})", r"\1\t", text),
    ]
    return [*spread, re.sub("([，。])", "\u200b\\1", text)]


@pytest.mark.parametrize("number", range(7))
def test_other_spaces_say_nothing(number: int) -> None:
    text = ways(CLEAN * 3)[number]
    assert kit.restorer().restore(text) == text
    text = ways(SPUN.replace("|", ""))[number]
    match = kit.restorer().judge.engine.channel.match
    assert residue_of(text, lambda one: match(one).sites) is None


@pytest.mark.parametrize(
    "text", [" " * 100_000, "甲 " * 50_000, "\u200b" * 99_999 + "甲", "经由过程 " + "\t" * 100_000]
)
def test_floods_of_marks_change_nothing(text: str) -> None:
    assert kit.restorer().restore(text) == text
