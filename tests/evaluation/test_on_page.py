"""An article measured inside its page: the same gold, with everything around it."""

from __future__ import annotations

from pathlib import Path

import engine_kit as kit
import pytest
from places import SHARED, needs_shared

from despin.cli.main import main
from despin.evaluation.measure import measure, on_page
from despin.evaluation.sets import read_set
from despin.evaluation.systems import despin
from despin.page import read_page
from despin.page.html import read_page_file
from despin.results import apply
from despin.text.files import read

ARTICLE = (
    "系统[-经由过程-]{+通过+}网络传送数据，[-接话柄现-]{+接口实现+}起来很简单。\n"
    "安装之前请备份[-设置装备摆设-]{+配置+}文件，[-应用法度-]{+应用程序+}会[-从新-]{+重新+}启动。\n"
)
BEFORE, AFTER = "两台机器怎样相连-青禾井\n", "本文来源:青禾井\n相关文章\n旧木门改成书桌-青禾井\n体系的设置装备摆设\n"


def plain() -> str:
    return "系统经由过程网络传送数据，接话柄现起来很简单。\n安装之前请备份设置装备摆设文件，应用法度会从新启动。\n"


def test_the_figures_are_those_of_the_article(tmp_path: Path) -> None:
    path = tmp_path / "article.wdiff"
    path.write_text(ARTICLE, "utf-8")
    one, restorer = read_set(str(path)), kit.restorer()
    page = on_page(read_page(BEFORE + plain() + AFTER), restorer)
    alone, inside = measure(one, despin(restorer)), measure(one, page)
    assert inside.whole.counts == alone.whole.counts
    row = inside.rows[0]
    assert row.document is not None and row.judgement is not None
    assert apply(row.document.text, row.judgement.edits) == restorer.restore(plain())


def test_a_line_that_is_lost_is_missed_and_one_that_is_added_counts_against_precision(tmp_path: Path) -> None:
    path = tmp_path / "article.wdiff"
    path.write_text(ARTICLE, "utf-8")
    one, restorer = read_set(str(path)), kit.restorer()
    first, second = plain().splitlines(keepends=True)
    output = on_page(read_page(first + second.replace("安装", "卸载")), restorer).run(one.documents[0])
    assert "设置装备摆设" in output.text
    assert [edit for edit in output.edits if edit.start == len(one.documents[0].text)]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article, page = tmp_path / "article.wdiff", tmp_path / "page.txt"
    article.write_text(ARTICLE, "utf-8")
    page.write_text(BEFORE + plain() + AFTER, "utf-8")
    assert main(["eval", str(article), "--page", str(page)]) == 0
    assert "despin-page" in capsys.readouterr().out
    assert main(["eval", str(article), "--page", str(page), "--system", "none"]) == 2
    assert "one article" in capsys.readouterr().err


@needs_shared
def test_the_sample_page_costs_the_article_nothing() -> None:
    one, restorer = read_set(str(SHARED / "samples" / "express-parcels.wdiff")), kit.restorer()
    page = on_page(read_page_file(read(str(SHARED / "samples" / "express-parcels.page.txt"))), restorer)
    alone, inside = measure(one, despin(restorer)).whole.figures, measure(one, page).whole.figures
    assert inside["f05"].value >= alone["f05"].value
