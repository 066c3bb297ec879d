"""Features that are weighed by hashes of their names against features that are written out."""

from __future__ import annotations

import os
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.damage import headings
from despin.damage.clauses import chains
from despin.damage.full_stops import WEIGHTS as STOPS
from despin.damage.headings import WEIGHTS as HEADINGS
from despin.damage.seams import first_clause, opening
from despin.damage.weighing import PlainFeatures, read_weights
from despin.plain import compiled

needs_compiled = pytest.mark.skipif(
    not compiled() and not os.environ.get("DESPIN_EXPECT_COMPILED"),
    reason="despin was installed without compiled rooms",
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
    from despin.fast.features import Features

    weights = read_weights(STOPS)
    bias = weights.pop("bias")
    fast, slow = Features(weights, bias), PlainFeatures(weights, bias)
    for chain in chains(text):
        starts = [chain.start]
        for place in chain.places:
            assert fast.marks(text, place, starts) == slow.marks(text, place, starts)
            starts = [*starts[-3:], place + 1]
        assert fast.stops(text, chain.places, chain.start) == slow.stops(text, chain.places, chain.start)
    for place in range(0, len(text), 7):
        assert fast.marks(text, place, [0, place // 2, place]) == slow.marks(text, place, [0, place // 2, place])


@needs_compiled
@pytest.mark.parametrize("line", [line for text in texts() for line in text.split("\n") if len(line) >= 14])
def test_headings_weigh_the_same(line: str) -> None:
    from despin.fast.features import Features

    weights = read_weights(HEADINGS)
    fast, slow = Features(weights, 0.0), PlainFeatures(weights, 0.0)
    begin = opening(line)
    end = begin.start + len(first_clause(line[begin.start :]))
    assert fast.opening(line, begin.start, end) == slow.opening(line, begin.start, end)
    for place in begin.places:
        assert fast.glance(line, place) == slow.glance(line, place)
        for numbered in (False, True):
            assert fast.seam(line, begin.start, place, numbered) == slow.seam(line, begin.start, place, numbered)


def test_only_full_stops_are_weighed_each_behind_the_one_before() -> None:
    slow = PlainFeatures({"left 0": 1.0, "left 1": 2.0}, 0.0)
    assert slow.stops("先看一看。再说，好了。算", [4, 7, 10], 0) == [2.0, 2.0]
    assert slow.stops("先看。再说了吧。算", [2, 7], 0) == [1.0, 2.0]


@needs_compiled
def test_a_feature_that_is_not_listed_weighs_nothing() -> None:
    from despin.fast.features import Features

    assert Features({}, 0.25).marks("先看，再说", 2, [0]) == [0.25]
    assert Features({"end1 看": 2.0}, 0.25).marks("先看，再说", 2, [0]) == [2.25]


@given(st.text("经过，。☃ab\n", max_size=12))
def test_a_mark_behind_a_chinese_character_makes_prose(line: str) -> None:
    found = re.search("[\u3400-\u9fff].*[，。：；！？]", line, re.DOTALL)
    assert headings._is_prose(line) == (found is not None)
