"""The model of the lines of a page: what it sees, what it believes, and what follows from that."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from page_markup import pages

from despin.page import crf, read_page
from despin.page.crf import REASONS, decide, features
from despin.page.extract import take_survey
from despin.page.features import shape
from despin.page.pattern_file import shipped

NAMES = "abc"
PROSE = (
    "院子里的葡萄架搭了六年，每年八月结的果子分给左邻右舍，还能酿两坛酒。",
    "搭架子的木桩要埋下去半米深，桩脚刷一层沥青，不然两个雨季就烂了。",
    "剪枝放在冬天，留下三根主蔓，其余的剪到两个芽，伤口用蜡封住。",
)


def _weights(chance: random.Random) -> crf.Weights:
    names = [*NAMES, *(f"from {state}" for state in crf.STATES)]
    return {name: tuple(chance.uniform(-2, 2) for _ in crf.STATES) for name in names}


def _enumerated(lines: list[list[str]], weights: crf.Weights) -> list[list[float]]:
    """The slow, obvious twin of `crf.marginals`: every path there is."""
    sums = [[0.0] * len(crf.STATES) for _ in lines]
    for path in itertools.product(range(len(crf.STATES)), repeat=len(lines)):
        steps = list(itertools.pairwise(path))
        if path[0] not in crf.FIRST or path[-1] not in crf.LAST or any(b not in crf.NEXT[a] for a, b in steps):
            continue
        score = sum(weights[name][state] for line, state in zip(lines, path, strict=True) for name in line)
        score += sum(weights[f"from {crf.STATES[a]}"][b] for a, b in steps)
        for place, state in enumerate(path):
            sums[place][state] += math.exp(score)
    return [[value / sum(row) for value in row] for row in sums]


@pytest.mark.parametrize("seed", range(8))
def test_marginals_are_those_of_all_paths_together(seed: int) -> None:
    chance = random.Random(seed)
    weights = _weights(chance)
    lines = [chance.sample(NAMES, chance.randint(0, 3)) for _ in range(chance.randint(1, 5))]
    for found, expected in zip(crf.marginals(lines, weights), _enumerated(lines, weights), strict=True):
        assert found == pytest.approx(expected, abs=1e-9)


def test_a_long_page_keeps_its_marginals_finite() -> None:
    found = crf.marginals([["a"]] * 5000, {"a": (50.0, -50.0, 0.0, 50.0, 0.0, 50.0)})
    assert all(sum(marginal) == pytest.approx(1.0) for marginal in found)


def test_the_shipped_weights_name_every_state_and_every_step() -> None:
    weights = crf.load()
    assert len(weights) > 100
    assert {len(values) for values in weights.values()} == {len(crf.STATES)}
    assert set(REASONS) == set(range(len(crf.STATES))) - set(crf.KEPT)


def test_shapes() -> None:
    assert shape("2021-06-15 更新") == shape("1999-1-2 发布") == "d-d-d h"
    assert shape("第3楼") != shape("第三楼")


def test_lines_of_no_known_kind_are_dropped_for_their_shape_and_place() -> None:
    below = ["山雀的窝", "2020-08-11 / 41", "苔藓墙怎么养", "2020-08-09 / 7", "屋顶菜地第三年", "2020-08-02 / 112"]
    lines = ["小院子", "登录 注册", "葡萄架搭了六年", *PROSE, "分享到：微信", *below, "Copyright 小院子"]
    page = read_page("\n".join(lines))
    assert [n for n, line in enumerate(page.lines) if line.keep] == [2, 3, 4, 5]
    assert all(line.reason for line in page.lines if not line.keep)


def test_an_article_without_anything_of_a_page_is_not_judged() -> None:
    text = "\n".join([*PROSE, "山雀的窝", "2020-08-11 / 41", "苔藓墙怎么养"])
    assert read_page(text).article == text


def test_what_is_signed_and_listed_below_the_text_stays() -> None:
    lines = [
        "返回首页",
        "关于疏通水渠的通知",
        *PROSE,
        "- 带上铁锹",
        "- 穿胶鞋",
        "河湾村委会",
        "2016年3月5日",
        "打印本页 关闭窗口",
    ]
    page = read_page("\n".join(lines))
    assert [line.keep for line in page.lines] == [False, *[True] * 8, False]


def test_a_page_never_loses_all_of_its_text() -> None:
    for marked in pages("dev")[:5]:
        layout = take_survey(marked.text, shipped()).layout
        assert layout is not None
        sure = [tuple(float(state == crf.BELOW) for state in range(len(crf.STATES)))] * len(layout.rows)
        reasons, title = decide(layout, sure)
        assert reasons == layout.reasons
        assert title == layout.title


def test_the_chain_puts_another_line_in_the_place_of_a_title_it_would_drop() -> None:
    layout = take_survey(pages("dev")[0].text, shipped()).layout
    assert layout is not None and layout.title is not None
    other = next(place for place, row in enumerate(layout.rows) if row.index != layout.title)
    marginals = []
    for place, row in enumerate(layout.rows):
        state = crf.TITLE if place == other else crf.TEXT if row.index in layout.kept else crf.ABOVE
        marginals.append(tuple(float(number == state) for number in range(len(crf.STATES))))
    reasons, title = decide(layout, marginals)
    assert title == layout.rows[other].index
    assert title not in reasons
    assert layout.title in reasons


def test_features_do_not_depend_on_the_order_of_sets() -> None:
    marked = pages("dev")[0]
    layout = take_survey(marked.text, shipped()).layout
    assert layout is not None
    once, twice = features(layout, shipped()), features(layout, shipped())
    assert once == twice
    assert all(len(set(names)) == len(names) for names in once)
