"""Bad input: pages without an article, with two, with only a list, in another language, huge or broken."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from page_markup import pages

from despin.page import read_page

ARTICLE = (
    "山地果园每年夏天都会遇到一段时间的干旱，果农们为此想了很多办法。\n"
    "第一步是在坡顶挖一个蓄水池，池底铺上防渗膜，四周砌上石头。\n"
    "十亩果园有三十方水，就能撑过最难的半个月。\n"
    "池边种一圈菖蒲，水质也会好很多，到了夏天还能招来蜻蜓。\n"
)
HEADLINES = [
    "高原上的邮递员送信二十三年",
    "雪地里走丢的羊找到了",
    "古城墙修缮用了两万块旧砖",
    "竹编技艺走进大学课堂",
    "候鸟飞抵湿地越冬",
]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        " \n\t\n",
        "\0\0",
        "\ud800",
        "一句话",
        "一句话。",
        "首页\n关于我们\n联系我们\n版权所有 青禾井\n",
        "\n".join(HEADLINES),
        "相关文章\n" + "\n".join(f"- {line}" for line in HEADLINES * 5),
        "床前明月光\n疑是地上霜\n举头望明月\n低头思故乡\n",
        "- 支持夜间模式\n- 支持离线下载\n- 修复已知问题\n",
    ],
)
def test_without_an_article_nothing_is_lost(text: str) -> None:
    page = read_page(text)
    assert not page.found or page.article == text
    assert page.article == text
    assert page.dropped == ()


@pytest.mark.parametrize(
    "text",
    [
        "The rain\nIt rained all day, and nobody went out. We stayed inside.\nCopyright 2020 Rain Inc.\nRelated posts\nSnow\n",
        "東京の天気\n今日は一日中雨が降っていて、誰も外に出ませんでした。家の中にいました。\n相关文章\n雪のニュース\n",
        "비가 온다\n오늘은 하루 종일 비가 내려서 아무도 나가지 않았다.\nCopyright 2020\n",
    ],
)
def test_a_page_in_another_language_is_left_alone(text: str) -> None:
    page = read_page(text)
    assert not page.found
    assert page.article == text


def test_two_articles_are_both_kept() -> None:
    second = (
        "白鹭飞回来了\n"
        "城里的河治理了三年，水清了，白鹭也飞回来了，清晨站在桥上就能看见。\n"
        "住在河边的老张每天都来拍照，三年拍了两万多张，他说白鹭最怕人突然出声。\n"
        "有一次，一只白鹭落在离他不到五米的地方，梳理了十分钟羽毛才飞走。\n"
    )
    page = read_page(f"果园怎样存水\n{ARTICLE}上一篇:没有了\n分享到: 微信\n{second}相关文章\n高原上的邮递员\n")
    assert page.article == f"果园怎样存水\n{ARTICLE}{second}"


def test_text_that_only_mentions_such_lines_is_left_alone() -> None:
    text = (
        "怎样写一个网页\n网页的最下面通常写着版权所有和备案号，左边是相关文章，点一下就能跳过去。\n"
        "上一篇和下一篇要放在正文之后，读者看完就能找到。来源和关键词可以放在标题的下面。\n"
        "分享到微信的按钮不要太大，友情链接放在最后一行就可以了。\n"
    )
    assert read_page(text).article == text


def test_lists_that_the_article_announces_belong_to_it() -> None:
    text = f"果园怎样存水\n{ARTICLE}需要准备的东西有：\n" + "\n".join(HEADLINES) + "\n"
    assert read_page(text).article == text


def test_unconnected_headlines_go_even_without_any_other_sign() -> None:
    text = f"果园怎样存水\n{ARTICLE}" + "\n".join(HEADLINES) + "\n"
    page = read_page(text)
    assert page.article == f"果园怎样存水\n{ARTICLE}"
    assert {entry.reason for entry in page.dropped} == {"run of short unconnected lines below the article"}


def test_comments_and_excerpts_are_not_the_article() -> None:
    comments = "网友评论\n写得真好，学到了不少东西。\n我家也是这么做的，确实省钱。\n"
    excerpts = "猜你喜欢\n高原上的邮递员\n老张在山里送信已经二十三年，每天要走四十里……\n旧砖\n古城墙修缮用了两万块旧砖，全部来自民间...\n"
    assert read_page(f"果园怎样存水\n{ARTICLE}{comments}").article == f"果园怎样存水\n{ARTICLE}"
    assert read_page(f"果园怎样存水\n{ARTICLE}{excerpts}").article == f"果园怎样存水\n{ARTICLE}"


def test_traditional_characters() -> None:
    text = (
        "果園怎樣存水\n"
        + "山地果園每年夏天都會遇到一段時間的乾旱，果農們為此想了很多辦法。\n" * 2
        + "相關閱讀\n高原上的郵遞員\n"
    )
    assert [line.keep for line in read_page(text).lines] == [True, True, True, False, False]


SHAPES: dict[str, Callable[[int], str]] = {
    "one line": lambda n: ARTICLE.replace("\n", "") * (n // 80),
    "short lines": lambda n: "\n".join(f"{HEADLINES[i % 5]}{i}" for i in range(n // 14)),
    "article and headlines": lambda n: ARTICLE + "\n".join(f"{HEADLINES[i % 5]}{i}-青禾井" for i in range(n // 18)),
    "pages": lambda n: pages("dev")[0].text * (n // 1200),
    "alternating": lambda n: "\n".join(f"{ARTICLE}上一篇:{HEADLINES[i % 5]}" for i in range(n // 110)),
    "separators": lambda n: ("首页-|:_ " * 12 + "\n") * (n // 73),
    "empty lines": lambda n: "\n" * n,
}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_time_grows_with_the_length_and_no_faster(shape: str) -> None:
    def seconds(size: int) -> float:
        text = SHAPES[shape](size)
        start = time.process_time()
        read_page(text)
        return time.process_time() - start

    seconds(1_000)
    small, large = min(seconds(6_000), seconds(6_000)), min(seconds(48_000), seconds(48_000))
    # Eight times the text; the square of that would be 64 times the work.
    assert large < 30 * small + 0.3
