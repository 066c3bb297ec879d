"""The name of a site put for 我们: taken back where a document shows it; companies in the news keep their names."""

from __future__ import annotations

import engine_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin import Restorer
from despin.damage import ALL
from despin.damage.site_name import may_have_site_name, repair_site_name
from despin.results import Damage, apply
from despin.tuning import SiteNames

#: Own sentences.
WE = (
    "生活里，我们常常忘了感谢身边的人。父母让我们健康长大，老师教我们读书写字。如果我们愿意多花一点时间，就可以给他们打个电话。"
    "朋友能够帮助我们看清自己，也会在我们难过的时候陪着我们。让我们从今天开始，把心里的话说出来。只要我们用心，家里就会更加温暖。"
    "我们都知道，日子过得很快。我们不能总是等到明天。"
)
NEWS = (
    "华东阀门公司昨天发布了年报。华东阀门公司去年的收入增加了两成，利润增加了一成。分析人士认为，华东阀门公司的新产品卖得不错。"
    "华东阀门公司成立于1998年，总部设在宁波。今年三月，华东阀门公司宣布收购一家工厂。华东阀门公司的股票随后上涨。"
)
NAMES = ["万通机械网", "华东阀门公司", "小艾美食之家", "天成工业平台"]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_gives_way_to_we(name: str) -> None:
    page = WE.replace("我们", name)
    found = kit.restorer().explain(page)
    assert found.text == WE
    assert found.damage == (Damage("site-name", WE.count("我们")),)
    assert not found.verdict.spun
    assert Restorer(damage=ALL - {"site-name"}).restore(page) == page


def test_in_traditional_text_it_is_written_so() -> None:
    page = "這是學習。" + WE.replace("我们", "万通机械网")
    edits = repair_site_name(page, kit.restorer().model, 0.0)
    assert {edit.original for edit in edits} == {"我們"}


@pytest.mark.parametrize("text", [NEWS, WE, NEWS * 3, WE.replace("我们", "他们"), "", "公司" * 999, "网" * 9999])
def test_what_is_meant_stays(text: str) -> None:
    assert kit.restorer().restore(text) == text
    assert repair_site_name(text, kit.restorer().model, 0.0) == []


def test_few_places_say_nothing() -> None:
    few = WE.replace("我们", "他们").replace("他们", "万通机械网", SiteNames.fewest - 1)
    assert not may_have_site_name(few)
    assert not may_have_site_name(WE + NEWS)
    assert may_have_site_name(NEWS)


@given(st.text(alphabet="万通机械网我们让公司。\n知道", max_size=80))
def test_edits_fit_the_text(text: str) -> None:
    edits = repair_site_name(text, kit.restorer().model, 0.0)
    assert len(apply(text, edits)) <= len(text)
