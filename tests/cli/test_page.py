"""`despin restore --page`: the article restored, what the site added left out and reported, offsets in the page."""

from __future__ import annotations

import json
from pathlib import Path

import engine_kit
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


def test_suspects_have_offsets_of_the_page(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    title, *body = page.read_text("utf-8").split("\n")
    host = engine_kit.article("spun-host", "technical-classic-list.wdiff").strip().split("\n")
    page.write_text("\n".join([title, *host, "小说《体系》和小说《今后》都已经出版，许多读者喜好。", *body]), "utf-8")
    for option in ("--page", "--keep-page"):
        assert main(["restore", option, "--format", "json", str(page)]) == 0
        found = json.loads(capsys.readouterr().out)
        text = page.read_text("utf-8")
        assert {"体系", "今后"} <= {one["spun"] for one in found["suspects"]}
        assert all(text[one["start"] : one["end"]] == one["spun"] for one in found["suspects"])


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


HTML = (
    "<!DOCTYPE html><html><head><title>二手手机怎样选</title></head><body><h1>二手手机怎样选</h1>"
    + "".join(f"<p>{line}</p>" for line in EXAMPLE.read_text("utf-8").strip().split("\n")[1:] if line)
    + "<div>上一篇：<a href=a>旧书怎么保存</a></div><div>版权所有 南溪木作</div></body></html>\n"
)


def test_html_is_read_as_a_page_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("resiliparse", reason="the extra despin[html] is not installed")
    path = tmp_path / "page.html"
    path.write_text(HTML, "utf-8")
    assert main(["restore", str(path)]) == 0
    done = capsys.readouterr()
    assert "<p>" not in done.out
    assert "版权所有" not in done.out
    assert done.err.count("left out") >= 2
    assert main(["restore", "--no-page", str(path)]) == 0
    assert "版权所有" in capsys.readouterr().out


def test_html_in_place_keeps_its_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text(HTML, "utf-8")
    assert main(["restore", "--in-place", "--no-backup", str(path)]) == 0
    text = path.read_text("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert text.endswith("版权所有 南溪木作</div></body></html>\n")
    assert text != HTML


def test_html_without_the_extra_is_read_tag_by_tag(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("despin.page.html.can_read", lambda: False)
    path = tmp_path / "page.html"
    path.write_text(HTML, "utf-8")
    assert main(["restore", str(path)]) == 0
    done = capsys.readouterr()
    assert "<p>" not in done.out
    assert "版权所有" not in done.out
    assert "despin[html]" in done.err


def test_a_text_is_never_cut_down_unasked_but_a_page_is_pointed_out(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(page)]) == 0
    done = capsys.readouterr()
    assert all(line in done.out for line in FURNITURE[2:4])
    assert "--page" in done.err
    assert main(["restore", "--no-page", str(page)]) == 0
    assert "--page" not in capsys.readouterr().err
    article = tmp_path / "article.txt"
    article.write_text("网页的最下面通常写着版权所有。\n左边是相关文章，点一下就能跳过去。\n", "utf-8")
    assert main(["restore", str(article)]) == 0
    assert capsys.readouterr().err == ""


def test_html_in_a_folder_stays_html(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("resiliparse", reason="the extra despin[html] is not installed")
    monkeypatch.chdir(tmp_path)
    page = "<html><title>标题</title><body><p>用户经由过程手机 &lt;b&gt; 就能完成付款,全部过程只须要几秒钟。</p></body></html>"
    Path("a.html").write_text(page, "utf-8")
    assert main(["restore", "a.html", "-o", "out/"]) == 0
    written = Path("out/a.html").read_text("utf-8")
    assert written.startswith("<!DOCTYPE html>")
    assert "<p>用户通过手机 &lt;b&gt; 就能完成付款,整个过程只需要几秒钟。</p>" in written
    for name, holds in (("out.htm", written), ("out.txt", None)):
        assert main(["restore", "a.html", "-o", name]) == 0
        assert holds in (None, Path(name).read_text("utf-8"))
    assert Path("out.txt").read_text("utf-8") == "标题\n用户通过手机 <b> 就能完成付款,整个过程只需要几秒钟。\n"
    assert capsys.readouterr().out == ""


LIST_ARTICLE = Path(__file__).parents[2] / "examples" / "classic-list.txt"


def test_a_title_that_a_list_spun_is_restored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    title, *body = LIST_ARTICLE.read_text("utf-8").strip().split("\n")
    assert title.count("设置装备摆设") == 1
    path = tmp_path / "page.txt"
    path.write_text("\n".join([title, "2024-05-06 12:30", *body, *FURNITURE[2:]]) + "\n", "utf-8")
    assert main(["restore", "--page", str(path)]) == 0
    assert capsys.readouterr().out.startswith(title.replace("设置装备摆设", "配置"))


def test_words_of_a_title_above_what_a_program_spun_are_marked(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(_page_json(page, capsys))
    assert not [one for one in found["suspects"] if one["start"] < 6]
    spun = next(edit["spun"] for edit in found["edits"] if edit["confidence"] > 0.9 and len(edit["spun"]) == 2)
    text = page.read_text("utf-8")
    page.write_text(text.replace("二手手机", f"二手手机{spun}", 1), "utf-8")
    found = json.loads(_page_json(page, capsys))
    assert spun in [one["spun"] for one in found["suspects"] if one["start"] < 8]
    assert found["text"].split("\n")[0].startswith(f"二手手机{spun}")


def _page_json(page: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["restore", "--page", "--format", "json", str(page)]) == 0
    return capsys.readouterr().out
