"""Features that are weighed by hashes of their names against features that are written out, and files of weights."""

from __future__ import annotations

import functools
import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.damage import headings
from despin.damage.full_stops import BACK, chains
from despin.damage.full_stops import WEIGHTS as STOPS
from despin.errors import ModelError
from despin.kernel import COMPILED, stop_features
from despin.kernel.pure import headings as seams
from despin.kernel.pure.loglinear import StopFeatures, read_weights
from despin.lm.ngram import LanguageModel

needs_compiled = pytest.mark.skipif(
    not COMPILED and not os.environ.get("DESPIN_EXPECT_COMPILED"),
    reason="despin was installed without compiled code",
)

CHARACTERS = "，。、：；“”（）() \n\u3000的是了在前言我们12aB\U00020000"
PROSE = (
    "前言在日常开发中，我们常常要读写文件。文件很大时，一次读完会占满内存，所以分段来读。\n"
    "一、准备工作首先安装依赖，然后新建目录：数据放在里面（日志除外）。“好了。”他说，可以开始了。\n"
)


def texts() -> list[str]:
    chance = random.Random(7)
    return [PROSE, *("".join(chance.choices(CHARACTERS, k=chance.randrange(20, 200))) for _ in range(60))]


@needs_compiled
@pytest.mark.parametrize("text", texts())
def test_marks_weigh_the_same(text: str) -> None:
    data = STOPS.read_bytes()
    fast, slow = stop_features(data, str(STOPS)), StopFeatures(data, str(STOPS))
    for chain in chains(text):
        assert fast.rows(text, chain.places, chain.start, BACK) == slow.rows(text, chain.places, chain.start, BACK)
        assert fast.stops(text, chain.places, chain.start) == slow.stops(text, chain.places, chain.start)
    everywhere = list(range(0, len(text), 7))
    assert fast.rows(text, everywhere, 0, 2) == slow.rows(text, everywhere, 0, 2)


@functools.cache
def model() -> LanguageModel:
    return LanguageModel()


def seam(line: str, compiled: bool) -> tuple[str, int, float, float] | None:
    """Where a heading may end in a line, compiled or plain."""
    return headings._features(compiled).best_seam(line, model().trigrams)


NUMBERS = (
    "", " ", "一、", "十二.", "第三章 ", "第12步：", "第百节节。", "（二）、", "(3)", "( 3)", "1 ", "2.1 ", "2.1.3.", "2.1.3.4 ", "123", "１２中", "三四五六、",
    "1.", "1.。", "第一", "（十", "\u3000\u3000四．", "9、",
)  # fmt: skip
HEADS = (
    "前言",
    "总结",
    "小结",
    "背景介绍",
    "什么是指针",
    "如何安装",
    "安装步骤",
    "系统配置",
    "Python 3 入门",
    "指针和数组",
    "指针",
    "的",
    "“好”",
    "C++",
    "",
)
BODIES = (
    "这篇文章介绍了怎样读写文件，文件很大时分段来读。", "在日常开发中，我们常常要读写文件。", "随着网络的发展，速度越来越快。", "指针和数组是两回事；很多人弄不清楚。",
    "安装之前先备份，再说。", "abcdefghijklmnop，", "写在前面的话多说两句也没有什么关系",
)  # fmt: skip


@needs_compiled
@pytest.mark.parametrize("number", NUMBERS)
def test_headings_weigh_the_same(number: str) -> None:
    lines = [f"{number}{head}{between}{body}" for head in HEADS for between in ("", " ", "\t") for body in BODIES]
    found = [seam(line, True) for line in lines]
    assert found == [seam(line, False) for line in lines]
    assert any(found) or "。" in number


@needs_compiled
@given(
    st.text(
        "一三百第章节步(（)）、.．:：123４ \u3000前言总结这篇本文的了，。a-—“☃\U00020000\0", min_size=14, max_size=40
    )
)
@examples(500)
def test_any_line_weighs_the_same(line: str) -> None:
    assert seam(line, True) == seam(line, False)


def test_no_word_is_longer_than_the_compiled_room_looks() -> None:
    lists = (
        seams.ENDS,
        seams.STARTS,
        seams.OPENERS,
        seams.PLAIN,
        seams.SUMMARIES,
        seams.BEHIND_SUMMARIES,
        seams.ASKING,
    )
    assert max(len(word) for words in lists for word in words) <= 5


BROKEN = (
    b"no tab", b"", b"\t1.0", b"end1 \t1e3", b"end1 \tnan", b"end1 \t.5", b"end1 \t5.", b"end1 \t--5", b"end1 \t1.2345",
    b"end1 \t1234", b"end1 \t1 ", b"end1 \xff\t1.0", b"end1 \xe7\x9c\t1.0", b"end1 \t1.0\t",
)  # fmt: skip


def readers() -> list[object]:
    """What reads weights: plain, and compiled where it is."""

    def fast(path: Path) -> object:
        return stop_features(path.read_bytes(), str(path))

    def slow(path: Path) -> object:
        return StopFeatures(path.read_bytes(), str(path))

    return [slow, pytest.param(fast, marks=needs_compiled)]


@pytest.mark.parametrize("line", BROKEN)
@pytest.mark.parametrize("read", readers())
def test_a_broken_file_of_weights_is_pointed_at(read, line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "weights.tsv"
    path.write_bytes(b"# of what\nbias\t-1.5\n" + line + b"\nend2 \t0.1\n")
    with pytest.raises(ModelError, match=r"weights\.tsv:3: .*install despin again"):
        read(path)


@pytest.mark.parametrize("read", readers())
def test_the_first_feature_has_a_weight(read, tmp_path: Path) -> None:
    path = tmp_path / "weights.tsv"
    path.write_bytes(b"# of what\nbias\t\nend2 \t0.1\n")
    with pytest.raises(ModelError, match=r"weights\.tsv:2: .*install despin again"):
        read(path)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_weights_are_read_as_they_stand(ends: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.tsv"
    lines = [
        "# of what",
        "bias\t-0.125",
        "end1 看\t2",
        "end1 \U00020000\t13.07",
        "like the clause before\t100.5",
        "end1 看\t2.5",
        "end2 看\t",
    ]
    path.write_bytes((ends.join(lines) + ends).encode())
    assert read_weights(path.read_bytes(), str(path)) == {
        "bias": -0.125, "end1 看": 2.5, "end2 看": 2.5, "end1 \U00020000": 13.07, "like the clause before": 100.5
    }  # fmt: skip
    if COMPILED:
        fast = stop_features(path.read_bytes(), "weights")
        assert fast.rows("先看，再说，再\U00020000，看", [2, 5, 8], 0, 1) == [
            [2.375],
            [-0.125],
            [-0.125 + 13.07 + 100.5],
        ]


def test_only_full_stops_are_weighed_each_behind_the_one_before() -> None:
    slow = StopFeatures(b"left 0\t1.0\nleft 1\t2.0\n", "weights")
    assert slow.stops("先看一看。再说，好了。算", [4, 7, 10], 0) == [2.0, 2.0]
    assert slow.stops("先看。再说了吧。算", [2, 7], 0) == [1.0, 2.0]


@needs_compiled
def test_a_feature_that_is_not_listed_weighs_nothing() -> None:
    assert stop_features(b"bias\t0.25\n", "weights").stops("先看。再说", [2], 0) == [0.25]
    assert stop_features("bias\t0.25\nend1 看\t2.0".encode(), "weights").stops("先看。再说", [2], 0) == [2.25]


@given(st.text("经过，。☃ab\n", max_size=12))
def test_a_mark_behind_a_chinese_character_makes_prose(line: str) -> None:
    found = re.search("[\u3400-\u9fff].*[，。：；！？]", line, re.DOTALL)
    assert seams.is_prose(line) == (found is not None)


@needs_compiled
@pytest.mark.parametrize(
    "line",
    ["1111\0本章111111，", "2222\0\0随着333333，", "\0前言这篇文章介绍了怎样读写，", "甲乙\0设置安装之前先备份，再说"],
)
def test_characters_of_the_number_zero_do_not_hide(line: str) -> None:
    assert seam(line, True) == seam(line, False)
