"""Features that are weighed by hashes of their names against features that are written out, as they are learned; and files of weights."""

from __future__ import annotations

import functools
import math
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
from despin.kernel import heading_words
from despin.kernel.native.loglinear import HeadingFeatures, StopFeatures
from despin.lm.ngram import LanguageModel
from tools.train import heading_features as seams
from tools.train.stop_features import REACH, behind, clause_features, last_clause, sentence_features
from tools.train.weights import read_weights

CHARACTERS = "，。、：；“”（）() \n\u3000的是了在前言我们12aB\U00020000"
PROSE = (
    "前言在日常开发中，我们常常要读写文件。文件很大时，一次读完会占满内存，所以分段来读。\n"
    "一、准备工作首先安装依赖，然后新建目录：数据放在里面（日志除外）。“好了。”他说，可以开始了。\n"
)


def texts() -> list[str]:
    chance = random.Random(7)
    return [PROSE, *("".join(chance.choices(CHARACTERS, k=chance.randrange(20, 200))) for _ in range(60))]


@functools.cache
def weights(path: Path) -> dict[str, float]:
    return read_weights(path.read_text("utf-8"))


def marks(text: str, place: int, start: int) -> float:
    """The odds (ln) of a comma at a place of a sentence that begins at `start`: the weights of all features, added up."""
    left, (right, beyond) = text[max(start, place - REACH) : place], behind(text, place)
    names = ["bias", *clause_features(last_clause(left), right, beyond), *sentence_features(left, right)]
    return sum(weights(STOPS).get(name, 0.0) for name in names)


@pytest.mark.parametrize("text", texts())
def test_a_mark_weighs_what_its_features_weigh(text: str) -> None:
    known = StopFeatures(STOPS.read_bytes(), str(STOPS))
    for chain in chains(text):
        starts, stops = [chain.start], [chain.start]
        for place, row in zip(chain.places, known.rows(text, chain.places, chain.start, BACK), strict=True):
            own = text[place]
            # The features of the last clause are those of the sentence that begins last.
            assert row[-1] == pytest.approx(marks(text, place, starts[-1]), abs=1e-9)
            assert len(row) == len(starts)
            if own == "。":
                starts = [*starts, place + 1][-BACK:]
                stops.append(place + 1)
        found = known.stops(text, chain.places, chain.start)
        full = [place for place in chain.places if text[place] == "。"]
        assert found == pytest.approx([marks(text, *pair) for pair in zip(full, stops, strict=False)], abs=1e-9)


@functools.cache
def model() -> LanguageModel:
    return LanguageModel()


@functools.cache
def known() -> HeadingFeatures:
    """What weighs every place where a heading may end."""
    return HeadingFeatures(headings.WEIGHTS.read_bytes(), "weights", seams.LONGEST, headings.PLAIN)


def is_plain(line: str, begin: seams.Opening, place: int) -> bool:
    """Whether what stands before a place can be nothing but a heading."""
    head, rest = line[begin.start : place], line[place:]
    if head in heading_words.ONLY:
        return rest.startswith(heading_words.OPENERS + heading_words.STARTS)
    return head in heading_words.SUMMARIES and rest.startswith(heading_words.BEHIND_SUMMARIES)


def written_out(line: str) -> tuple[str, int, float, float] | None:
    """Where a heading may end in a line: the weights of the features of each place against those of none."""
    begin, weight = seams.opening(line), weights(headings.WEIGHTS)
    if not begin.places or not re.search("[\u3400-\u9fff].*[，。：；！？]", line, re.DOTALL):
        return None

    def total(names: list[str]) -> float:
        return sum(weight.get(name, 0.0) for name in names)

    none = total(seams.line_features(line, begin))
    scores = [
        total(seams.seam_features(line, begin, place, model().trigrams))
        + headings.PLAIN * is_plain(line, begin, place)
        - none
        for place in begin.places
    ]
    return begin.style, begin.places[scores.index(max(scores))], max(scores), math.log(sum(map(math.exp, scores)))


def check(line: str) -> bool:
    """Hold a line against what is written out; whether a heading may stand in it."""
    found, expected = known().best_seam(line, model().trigrams), written_out(line)
    if found is None or expected is None:
        assert found == expected, line
        return False
    assert found[0] == expected[0], line
    assert found[2:] == pytest.approx(expected[2:], abs=1e-9), line
    return True


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


@pytest.mark.parametrize("number", NUMBERS)
def test_a_heading_weighs_what_its_features_weigh(number: str) -> None:
    lines = [f"{number}{head}{between}{body}" for head in HEADS for between in ("", " ", "\t") for body in BODIES]
    assert sum(map(check, lines)) or "。" in number


def test_of_many_places_few_are_looked_at_closely() -> None:
    line = "一、准备工作首先安装依赖，然后新建目录：数据放在里面。"
    few = HeadingFeatures(headings.WEIGHTS.read_bytes(), "weights", 1, headings.PLAIN).best_seam(line, model().trigrams)
    every = known().best_seam(line, model().trigrams)
    assert few is not None
    assert every is not None
    assert few[:2] == every[:2] == ("chinese", 6)
    assert few[2] == few[3] < every[3]


@given(
    st.text(
        "一三百第章节步(（)）、.．:：123４ \u3000前言总结这篇本文的了，。a-—“☃\U00020000\0", min_size=14, max_size=40
    )
)
@examples(500)
def test_any_line_weighs_what_its_features_weigh(line: str) -> None:
    check(line)


def test_no_word_is_longer_than_the_compiled_room_looks() -> None:
    known = heading_words
    lists = known.ENDS, known.STARTS, known.OPENERS, known.ONLY, known.SUMMARIES, known.BEHIND_SUMMARIES, known.ASKING
    assert max(len(word) for words in lists for word in words) <= 5


BROKEN = (
    b"no tab", b"", b"\t1.0", b"end1 \t1e3", b"end1 \tnan", b"end1 \t.5", b"end1 \t5.", b"end1 \t--5", b"end1 \t1.2345",
    b"end1 \t1234", b"end1 \t1 ", b"end1 \xff\t1.0", b"end1 \xe7\x9c\t1.0", b"end1 \t1.0\t",
)  # fmt: skip


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_file_of_weights_is_pointed_at(line: bytes) -> None:
    with pytest.raises(ModelError, match=r"weights\.tsv:3: .*install despin again"):
        StopFeatures(b"# of what\nbias\t-1.5\n" + line + b"\nend2 \t0.1\n", "weights.tsv")


def test_the_first_feature_has_a_weight() -> None:
    with pytest.raises(ModelError, match=r"weights\.tsv:2: .*install despin again"):
        StopFeatures(b"# of what\nbias\t\nend2 \t0.1\n", "weights.tsv")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_weights_are_read_as_they_stand(ends: str) -> None:
    lines = [
        "# of what",
        "bias\t-0.125",
        "end1 看\t2",
        "end1 \U00020000\t13.07",
        "like the clause before\t100.5",
        "end1 看\t2.5",
        "end2 看\t",
    ]
    found = StopFeatures((ends.join(lines) + ends).encode(), "weights")
    assert found.rows("先看，再说，再\U00020000，看", [2, 5, 8], 0, 1) == [[2.375], [-0.125], [-0.125 + 13.07 + 100.5]]


def test_only_full_stops_are_weighed_each_behind_the_one_before() -> None:
    known = StopFeatures(b"left 0\t1.0\nleft 1\t2.0\n", "weights")
    assert known.stops("先看一看。再说，好了。算", [4, 7, 10], 0) == [2.0, 2.0]
    assert known.stops("先看。再说了吧。算", [2, 7], 0) == [1.0, 2.0]


def test_a_feature_that_is_not_listed_weighs_nothing() -> None:
    assert StopFeatures(b"bias\t0.25\n", "weights").stops("先看。再说", [2], 0) == [0.25]
    assert StopFeatures("bias\t0.25\nend1 看\t2.0".encode(), "weights").stops("先看。再说", [2], 0) == [2.25]


@pytest.mark.parametrize(
    "line",
    ["1111\0本章111111，", "2222\0\0随着333333，", "\0前言这篇文章介绍了怎样读写，", "甲乙\0设置安装之前先备份，再说"],
)
def test_characters_of_the_number_zero_do_not_hide(line: str) -> None:
    check(line)
