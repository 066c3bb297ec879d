"""What speaks for a family before a text is read: how it weighs, and what is noted of a text without it."""

from __future__ import annotations

import math

import pytest

from despin.restorer import Restorer
from despin.spinners.registry import spinner
from despin.tuning import DRAWING, LISTED, Said

#: A text in which two words were replaced, which says too little alone, and one that nobody spun.
SPUN = (
    "今天上午，学校的操场上举行了一年一度的运动会。同学们在跑道上奋力奔跑，老师们在看台上大声加油。黉舍为每个班级准备了饮用水，"
    "校医也在场边随时待命。下午进行了拔河比赛，三年级二班经由激烈的角逐获得了冠军。闭幕式上，校长为获奖的同学颁发了奖状。"
)
CLEAN = (
    "春天来了，公园里的花都开了。孩子们在草地上放风筝，老人们坐在长椅上聊天。湖边的柳树长出了新芽，几只鸭子在水里游来游去。"
    "傍晚时分，夕阳照在湖面上，很多人拿出手机拍下了这个时候。管理处在门口摆放了许多盆景。"
)


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer()


def test_what_speaks_beforehand_makes_a_faint_text_believed(restorer: Restorer) -> None:
    assert not restorer.explain(SPUN).verdict.spun
    found = restorer.given({"classic-list": 7.0}).explain(SPUN)
    assert found.verdict.spun and found.verdict.family == "classic-list"
    assert "学校" in [edit.original for edit in found.edits] or "经过" in [edit.original for edit in found.edits]
    assert not restorer.explain(SPUN).verdict.spun  # the restorer itself is as it was


def test_a_clean_text_is_judged_by_itself(restorer: Restorer) -> None:
    found = restorer.given({"classic-list": 7.0, "betting-seo": 7.0, "trade-list": 7.0}).explain(CLEAN)
    assert not found.verdict.spun and found.text == CLEAN


def test_what_speaks_against_it_lowers_the_score(restorer: Restorer) -> None:
    scores = [restorer.given({"classic-list": nats}).detect(SPUN).score for nats in (-4.0, 2.0, 4.0, 7.0)]
    assert scores == sorted(scores) and scores[0] < 0.1 < 0.9 < scores[-1]


def test_nothing_beforehand_changes_nothing(restorer: Restorer) -> None:
    for text in (SPUN, CLEAN):
        assert restorer.given({}).explain(text) == restorer.explain(text)


def test_what_is_noted_of_a_text_is_without_what_spoke_beforehand(restorer: Restorer) -> None:
    noted = []
    for nats in (3.0, 6.0):
        judge = restorer.given({"classic-list": nats})
        judge.explain(SPUN)
        noted.append(judge.judge.evidence["classic-list"])
    assert noted[0] == pytest.approx(noted[1])


def test_log_odds_as_a_likelihood_ratio_by_hand() -> None:
    assert LISTED.ratio(0.0, 400) == 5.0 and LISTED.ratio(-100.0, 400) == -1.0
    assert LISTED.ratio(-5.0, 900) == pytest.approx(1.4)
    assert DRAWING.ratio(-5.0, 400) == pytest.approx(0.8)
    assert DRAWING.ratio(-5.0, 800) == pytest.approx(0.8 - 2 * math.log(2))
    assert DRAWING.ratio(-5.0, 10) == DRAWING.ratio(-5.0, 200) and isinstance(LISTED, Said)


def test_nothing_said_beforehand_needs_no_other_restorer() -> None:
    text = (
        spinner("synonyms").spin("工作人员表示，新馆增加了三个阅览室，希望大家经常来看书，并且帮助管理图书。" * 2).text
    )
    first = Restorer()
    found, second = first.explain(text), first.given({})
    assert second.route.first_look is not first.route.first_look
    del first
    assert found.verdict.spun
    assert second.explain(text) == found
