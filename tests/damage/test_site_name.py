"""The name of a site put for 我们: taken back where a document shows it; companies in the news keep their names."""

from __future__ import annotations

import engine_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin import Restorer
from despin.damage import ALL
from despin.damage.site_name import LEAST, may_have_site_name, repair_site_name
from despin.results import Damage, apply

#: Own sentences.
WE = (
    "生活里，我们常常忘了感谢身边的人。父母让我们健康长大，老师教我们读书写字。如果我们愿意多花一点时间，就可以给他们打个电话。"
    "朋友能够帮助我们看清自己，也会在我们难过的时候陪着我们。让我们从今天开始，把心里的话说出来。只要我们用心，家里就会更加温暖。"
    "我们都知道，日子过得很快。我们不能总是等到明天。"
)
MORE = WE + (
    "当我们老去，孩子会想起我们做过的事。我们还可以写信，告诉远方的朋友我们一切都好。所以，我们不必难过，我们要相信自己。"
    "在我们心里，总有一盏灯为我们亮着。它对我们来说是最好的礼物，我们应该好好珍惜。"
)
NEWS = (
    "华东阀门公司昨天发布了年报。华东阀门公司去年的收入增加了两成，利润增加了一成。分析人士认为，华东阀门公司的新产品卖得不错。"
    "华东阀门公司成立于1998年，总部设在宁波。今年三月，华东阀门公司宣布收购一家工厂。华东阀门公司的股票随后上涨。"
)
REPORTER = (
    "江岸晚报记者昨天到了码头。一位船工告诉江岸晚报记者，水位还在上涨。他对江岸晚报记者说，夜里有人值班。江岸晚报记者看到，"
    "堤上堆着沙袋。随后江岸晚报记者又去了泵站，站长向江岸晚报记者介绍了情况。江岸晚报记者了解到，两台水泵都能用。"
)
NAMES = ["万通机械网", "华东阀门公司", "小艾美食之家", "天成工业平台"]
OTHERS = ["好评导航", "山城之窗", "百事通论坛", "美食天下"]


@pytest.mark.parametrize(("text", "name"), [*((WE, name) for name in NAMES), *((MORE, name) for name in OTHERS)])
def test_the_name_gives_way_to_we(text: str, name: str) -> None:
    page = text.replace("我们", name)
    found = kit.restorer().explain(page)
    assert found.text == text
    assert found.damage == (Damage("site-name", text.count("我们")),)
    assert not found.verdict.spun
    assert Restorer(damage=ALL - {"site-name"}).restore(page) == page


def test_in_traditional_text_it_is_written_so() -> None:
    page = "這是學習。" + WE.replace("我们", "万通机械网")
    edits = repair_site_name(page, kit.restorer().model, 0.0)
    assert {edit.original for edit in edits} == {"我們"}


@pytest.mark.parametrize(
    "text", [NEWS, REPORTER, WE, NEWS * 3, WE.replace("我们", "他们"), "", "公司" * 999, "网" * 9999]
)
def test_what_is_meant_stays(text: str) -> None:
    assert kit.restorer().restore(text) == text
    assert repair_site_name(text, kit.restorer().model, 0.0) == []


def test_few_places_say_nothing() -> None:
    few = WE.replace("我们", "他们").replace("他们", "万通机械网", LEAST - 1)
    assert not may_have_site_name(few)
    assert not may_have_site_name(WE + NEWS)
    assert may_have_site_name(NEWS)
    assert not may_have_site_name(few.replace("万通机械网", "你们"))


@given(st.text(alphabet="万通机械网我们让公司。\n知道", max_size=80))
def test_edits_fit_the_text(text: str) -> None:
    edits = repair_site_name(text, kit.restorer().model, 0.0)
    assert len(apply(text, edits)) <= len(text)
