"""One target a word in a document, everywhere or nowhere, or at its first place only: lists of shipped families."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin import Restorer

SPUN = (
    "若是法度须要接见体系，请经由过程设置装备摆设文件供给目次。处理惩罚毛病的办法有很多，开辟人员必须懂得它们的感化。\n"
    "凡是法度会搜检体系的状况，若是呈现毛病，就须要从头处理惩罚。项目组用户感觉这个办法轻易懂得。"
)


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer()


def originals(restorer: Restorer, text: str) -> dict[str, list[tuple[str, float]]]:
    found: dict[str, list[tuple[str, float]]] = {}
    for edit in restorer.adjusted(min_confidence=0.01).explain(text).edits:
        found.setdefault(edit.original, []).append((edit.spun, edit.confidence))
    return found


@pytest.mark.parametrize(
    ("doubtful", "form", "word"),
    [("我们采取这个方案。", "采取", "采用"), ("请求他们帮忙。", "请求", "要求"), ("他获得了资料。", "获得", "得到")],
)
def test_a_word_that_stands_is_hardly_behind_a_form(restorer: Restorer, doubtful: str, form: str, word: str) -> None:
    stands = f"大家都知道{word}这个词，{word}也常见。"
    alone = dict(originals(restorer, f"{SPUN}\n{doubtful}")[word])[form]
    beside = dict(originals(restorer, f"{SPUN}\n{doubtful}\n{stands}").get(word, [])).get(form, 0.0)
    assert alone > 0.45
    assert beside < 0.6 * alone


def test_words_that_are_restored_everywhere_stay_so(restorer: Restorer) -> None:
    found = restorer.restore(SPUN)
    for word in ("程序", "系统", "需要", "错误", "方法", "如果"):
        assert found.count(word) >= 2, word


def test_first_places_only(restorer: Restorer) -> None:
    """Words stand behind their own forms: the list replaced their first places, which are restored all the same."""
    text = (
        "若是法度须要接见体系，请经由过程设置装备摆设文件供给目次。处理惩罚毛病的办法有很多。\n"
        "如果程序需要访问系统，可以通过配置文件提供目录，处理错误的方法都写在里面。"
    )
    found = restorer.restore(text)
    assert found.split("\n")[0] == "如果程序需要访问系统，请通过配置文件提供目录。处理错误的方法有很多。"
    assert found.split("\n")[1] == text.split("\n")[1]


SHOP = """family: shop
title: pages of a shop
entries:
  包袱: 包裹
  货郎: 快递员
  铺面: 网店
  掌柜: 卖家
  主顾: 顾客
  银钱: 货款
  票号: 银行
"""
BOUGHT = (
    "上个月我在一家铺面买了一双鞋，掌柜说三天就能到。过了五天，包袱还没有到，我打电话给货郎，他说包袱丢了。\n"
    "我找掌柜要回银钱，掌柜说银钱已经从票号转出，要等两天。很多主顾都遇到过这样的事情，货郎的电话也打不通。\n"
    "后来铺面的客服告诉主顾们，包袱在仓库里找到了，货郎第二天就送来。银钱也由票号退给了主顾，铺面还送了一张券。"
)


def test_a_list_of_ones_own_is_undone_wherever_it_was_run(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP, "utf-8")
    restored = Restorer([tmp_path / "shop.yaml"]).restore(BOUGHT)
    pairs = dict(line.strip().split(": ") for line in SHOP.splitlines()[3:])
    assert all(original in restored for original in pairs.values())
    # Of nineteen places eighteen; the first 包袱 stands, where it reads as well as a bundle.
    assert sum(restored.count(form) for form in pairs) <= 1


CLEAN = (
    "新店开业，老顾客老顾客都来了，店里摆满了花篮。店主说，货架上的东西都由她的女儿挑好，小孩子进门就有糖吃，"
    "谁家做饭少了酱油，站在门口喊一声，她就送过去。天黑以后她把灯留着，给晚归的人照路。"
)


@pytest.mark.parametrize("before", [True, False])
def test_a_clean_line_beside_spun_ones_stays_as_it_is(restorer: Restorer, before: bool) -> None:
    # What stands twice goes where somebody spun the text, and the longer a line is without a spun word the less it is.
    text = f"{CLEAN}\n{SPUN}" if before else f"{SPUN}\n{CLEAN}"
    found = restorer.restore(text)
    assert CLEAN in found
    assert found != text
    assert "老顾客老顾客" not in restorer.restore(f"{SPUN}项目组的老顾客老顾客都须要懂得这个办法。")
