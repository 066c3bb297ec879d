"""The brand: found by what it does, cut where it was put in, left where it is meant."""

from __future__ import annotations

import pytest

from despin.page import Page, read_page

BODY = (
    "老街的豆腐坊每天凌晨三点开门，石磨一转就是三个钟头。\n"
    "点卤最要紧，多一分则老，少一分则嫩，老板娘从来不看表。\n"
    "六点钟第一板豆腐出锅，热气里站着几个提着碗的老人。\n"
)
LISTS = "热门文章\n高原上的邮递员{sep}{brand}\n{brand}{sep}雪地里走丢的羊找到了\n古城墙修缮用了两万块旧砖{sep}{cut}\n"


def cuts(page: Page) -> list[str]:
    return [page.text[span.start : span.end] for span in page.brand_spans]


@pytest.mark.parametrize("sep", [":", "：", "-", " - ", "_", "|", "—", "－"])
@pytest.mark.parametrize("brand", ["玉川体育(中国)有限公司", "k9玉川", "好运来", "玉川", "玉川娱乐·(中国)官方网站"])
def test_glued_to_the_title(brand: str, sep: str) -> None:
    text = f"老街的豆腐坊{sep}{brand}\n{BODY}" + LISTS.format(sep=sep, brand=brand, cut=brand[:-1])
    page = read_page(text)
    assert page.brand == brand
    assert page.title == "老街的豆腐坊"
    assert page.article == f"老街的豆腐坊\n{BODY}"


@pytest.mark.parametrize(
    "title", ["玉川体育_老街的豆腐坊", "【玉川体育】老街的豆腐坊", "老街的豆腐坊_社会新闻_玉川体育"]
)
def test_places_in_the_title(title: str) -> None:
    page = read_page(f"{title}\n{BODY}本文来源:玉川体育\n© 2020 玉川体育 版权所有\n")
    assert (page.title, page.brand) == ("老街的豆腐坊", "玉川体育")


@pytest.mark.parametrize(
    ("spun", "cut"),
    [
        ("玉川体育：老街的豆腐坊每天凌晨三点开门，", "玉川体育："),
        ("老街的豆腐坊每天凌晨三点开门玉川体育，", "玉川体育"),
        ("老街的豆腐坊每天(玉川体育)凌晨三点开门，", "(玉川体育)"),
        ("玉川体育官网老街的豆腐坊每天凌晨三点开门，", "玉川体育官网"),
    ],
)
def test_slipped_into_a_sentence(spun: str, cut: str) -> None:
    body = BODY.replace("老街的豆腐坊每天凌晨三点开门，", spun)
    text = f"老街的豆腐坊-玉川体育\n{body}" + LISTS.format(sep="-", brand="玉川体育", cut="玉川")
    page = read_page(text)
    assert cuts(page) == ["-玉川体育", cut]
    assert page.article == f"老街的豆腐坊\n{BODY}"


def test_slipped_into_a_heading() -> None:
    body = BODY.replace("点卤", "玉川体育：点卤的学问\n点卤", 1)
    text = f"老街的豆腐坊-玉川体育\n{body}" + LISTS.format(sep="-", brand="玉川体育", cut="玉川")
    assert read_page(text).article == f"老街的豆腐坊\n{BODY.replace('点卤', '点卤的学问' + chr(10) + '点卤', 1)}"


@pytest.mark.parametrize(
    "footer",
    [
        "本文来源:青麦手机\n",
        "© 2020 青麦手机 版权所有\n相关文章\n夜里怎样拍星星\n雪地里走丢的羊找到了\n",
        "本文关键词:青麦手机,屏幕\n责任编辑:竹子\n",
        "标签:青麦手机\n本文来源:青麦手机官网\n",
    ],
)
def test_a_name_that_the_article_is_about_survives(footer: str) -> None:
    article = (
        "新屏幕好在哪里：青麦手机\n"
        "青麦手机这一代换上了自己调校的屏幕，在阳光下依然看得清楚。和上一代相比，青麦手机的边框也窄了不少。\n"
        "我们用仪器测了亮度，在同价位的手机里，青麦手机是最亮的一个。\n"
    )
    page = read_page(article + footer)
    assert page.article == article


def test_a_brand_that_is_a_common_word_goes_only_where_it_was_glued() -> None:
    body = "搬家那天下着雨，母亲说好运来了挡也挡不住。\n" + BODY + "母亲又念叨，好运来就是这样来的，靠的是好心人。\n"
    page = read_page(f"搬家那天-好运来\n{body}" + LISTS.format(sep="-", brand="好运来", cut="好运"))
    assert page.brand == "好运来"
    assert page.article == f"搬家那天\n{body}"


def test_a_series_before_a_colon_is_no_brand() -> None:
    text = f"访谈：老街的豆腐坊\n{BODY}相关文章\n访谈：三代木匠的手\n访谈：守塔的人\n访谈：最后一条渡船\n"
    page = read_page(text)
    assert page.brand is None
    assert page.title == "访谈：老街的豆腐坊"


@pytest.mark.parametrize("words", ["有限公司", "官网", "新闻中心", "中国"])
def test_words_that_any_site_has_are_no_brand(words: str) -> None:
    text = (
        f"中国老街的豆腐坊有限公司\n{BODY}相关文章\n高原上的邮递员-{words}\n雪地里走丢的羊-{words}\n{words} 版权所有\n"
    )
    page = read_page(text)
    assert page.brand is None
    assert page.article.startswith("中国老街的豆腐坊有限公司\n")


def test_keywords_are_anchors_and_the_brand_is_none() -> None:
    page = read_page(f"老街的豆腐坊-玉川体育\n{BODY}本文关键词:豆腐,老街、石磨,玉川体育\n本文来源:玉川体育\n")
    assert page.anchors == ("老街的豆腐坊", "豆腐", "老街", "石磨")
