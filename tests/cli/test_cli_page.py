"""`despin restore --page`: the article restored, what the site added left out and reported, offsets in the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from despin.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "betting-seo.txt"
BRAND = "云岭竞技(官网)有限公司"
FURNITURE = [
    f"本文关键词：二手,手机,{BRAND}",
    f"本文来源：{BRAND}-www.example.com",
    "相关文章",
    "- 阳台种菜要注意哪几件事",
    f"- 周末去哪里看银杏 {BRAND[:6]}",
    f"- {BRAND}：旧书怎么保存",
]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    title, *body = EXAMPLE.read_text("utf-8").strip().split("\n")
    path = tmp_path / "page.txt"
    path.write_text("\n".join([f"{title}-{BRAND}", *body, *FURNITURE]) + "\n", "utf-8")
    return path


def test_the_article_is_restored_and_the_rest_reported(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", "--page", "--format", "json", str(page)]) == 0
    done = capsys.readouterr()
    found = json.loads(done.out)
    text = page.read_text("utf-8")
    assert len(found["edits"]) >= 10
    assert all(text[edit["start"] : edit["end"]] == edit["spun"] for edit in found["edits"])
    assert BRAND not in found["text"]
    assert [line["text"] for line in found["dropped"]] == FURNITURE
    assert all(line["reason"] for line in found["dropped"])
    assert done.err.count("left out") == len(FURNITURE)


def test_nothing_is_left_out_when_the_page_is_kept(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", "--keep-page", "--format", "json", str(page)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert all(line in found["text"] for line in FURNITURE)
    assert found["dropped"] == []
    assert len(found["edits"]) >= 10


def test_a_text_without_an_article_comes_back_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.txt"
    path.write_text("登录\n注册\n首页\n", "utf-8")
    assert main(["restore", "--page", str(path)]) == 0
    done = capsys.readouterr()
    assert done.out == "登录\n注册\n首页\n"
    assert "no article" in done.err
