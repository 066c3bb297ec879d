"""Pages that come as HTML: whole, broken, huge, in other encodings."""

from __future__ import annotations

import sys
import time

import pytest

from despin.errors import InputError, UsageError
from despin.page.html import MAX_BYTES, MOST_ATTRIBUTES, html_text, looks_like_html, read_html

PARAGRAPHS = [
    "山地果园每年夏天都会遇到一段时间的干旱，果农们为此想了很多办法。",
    "第一步是在坡顶挖一个蓄水池，池底铺上防渗膜，四周砌上石头。",
    "十亩果园有三十方水，就能撑过最难的半个月。",
]
ARTICLE = "果园怎样存水\n" + "".join(f"{line}\n" for line in PARAGRAPHS)
PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>果园怎样存水_行业新闻_蓝麦源</title>
<style>p {{color: red}}</style><script>var a = "<p>藏起来的话。</p>";</script></head><body>
<ul><li><a href="/">首页</a></li><li><a href="/a">走进蓝麦源</a></li><li><a href="/n">灌溉课堂</a></li></ul>
<h1>果园怎样存水</h1><p>{PARAGRAPHS[0]}</p><div>{PARAGRAPHS[1]}<br>{PARAGRAPHS[2]}</div>
<div>分享到: <a>微信</a></div><ul><li><a href="/1">高原上的邮递员</a></li><li><a href="/2">候鸟飞抵湿地</a></li></ul>
<div>Copyright &copy; 2020 蓝麦源 版权所有</div></body></html>"""


@pytest.fixture(autouse=True)
def _extra() -> None:
    pytest.importorskip("resiliparse", reason="the extra despin[html] is not installed")


@pytest.fixture(params=["with the extra", "without"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to read HTML."""
    if request.param == "without":
        monkeypatch.setattr("despin.page.html.can_read", lambda: False)
        monkeypatch.setitem(sys.modules, "resiliparse", None)


CODE = """def water(day):
    if day &lt; 3:

\treturn <b>"三十方"</b>
print(water(1))"""


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.usefixtures("reader")
def test_what_is_typed_keeps_its_lines_and_its_place_in_the_article(end: str) -> None:
    source = PAGE.replace("<div>分享到", f"<pre class=x>\n{CODE}{end}</pre><div>分享到")
    page = read_html(source)
    code = CODE.replace("&lt;", "<").replace("<b>", "").replace("</b>", "")
    assert page.article == f"{ARTICLE}{code}\n"
    inside = PAGE.replace("</p><div>", f"</p><pre>{CODE}</pre><div>")
    assert f"{PARAGRAPHS[0]}\n{code}\n{PARAGRAPHS[1]}" in read_html(inside).article


@pytest.mark.usefixtures("reader")
def test_an_article_that_is_typed_is_an_article() -> None:
    lines = "\n".join(["  果园怎样存水", *PARAGRAPHS, "上一篇：高原上的邮递员", "版权所有 蓝麦源"])
    page = read_html(f"<html><body><pre>{lines}</pre></body></html>")
    assert [line.text for line in page.dropped] == ["上一篇：高原上的邮递员", "版权所有 蓝麦源"]
    assert page.article.startswith("  果园怎样存水\n山地果园")


@pytest.mark.parametrize(
    "source", ["<pre>甲\n乙", "甲</pre>乙", "<!-- <pre> -->甲 乙</pre>", "\ufdd0甲\ufdd1<pre>\ufdd2</pre>"]
)
@pytest.mark.usefixtures("reader")
def test_typed_text_without_a_partner(source: str) -> None:
    text, _, typed = html_text(source)
    assert (text.strip()[0], typed) == ("甲", frozenset())
    assert not set("\ufdd0\ufdd1\ufdd2") & set(text)


@pytest.mark.usefixtures("reader")
def test_the_article_of_a_page() -> None:
    page = read_html(PAGE)
    assert page.article == ARTICLE
    assert page.brand == "蓝麦源"
    assert "藏起来" not in page.text
    assert {entry.text for entry in page.dropped} >= {
        "果园怎样存水_行业新闻_蓝麦源",
        "首页",
        "走进蓝麦源",
        "高原上的邮递员",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16"])
def test_encodings(encoding: str) -> None:
    page = PAGE.replace("utf-8", encoding) if encoding != "big5" else PAGE.replace("utf-8", "big5").translate(_BIG5)
    data = page.encode(encoding, "xmlcharrefreplace")
    assert len(read_html(data, encoding).dropped) >= 6
    if encoding != "utf-16":
        assert read_html(data).article == read_html(page).article


_BIG5 = {ord(c): None for c in "园存铺"}


def test_gb2312_in_name_only() -> None:
    data = PAGE.replace("utf-8", "gb2312").replace("果园怎样存水", "果园怎样存水镕").encode("gb18030")
    assert "镕" in read_html(data).text


def test_links_are_known() -> None:
    linked = html_text(PAGE)[1]
    assert linked == {"首页", "走进蓝麦源", "灌溉课堂", "高原上的邮递员", "候鸟飞抵湿地"}


@pytest.mark.parametrize(
    "source",
    [
        "",
        " ",
        "山地果园。",
        "<",
        "<p",
        "</p>",
        "<p>山地<b>果园<p>没有",
        "<html",
        "<!--",
        "<script>",
        "&#x;&#99999999;",
        "\0<p>\ud800",
    ],
)
def test_broken_markup_is_read(source: str) -> None:
    assert read_html(source).dropped == ()


def test_broken_markup_keeps_the_article() -> None:
    broken = PAGE.replace("</p>", "").replace("</li>", "").replace("</ul>", "").replace("</body></html>", "<div><p")
    assert read_html(broken).article == ARTICLE


@pytest.mark.parametrize(
    "unit", ["<div>", "<ul><li>山地", "<p><b>", "<a href=x>山地", "<table><tr><td>", "<font>", "<!--", "<a "]
)
def test_markup_that_is_nested_without_end_takes_little_time(unit: str) -> None:
    def seconds(count: int) -> float:
        start = time.process_time()
        read_html(PAGE + unit * count)
        return time.process_time() - start

    seconds(1_000)
    # Eight times as much; the square of that would be 64 times the work.
    assert seconds(24_000) < 30 * seconds(3_000) + 0.3


def test_a_page_of_a_megabyte() -> None:
    filler = f"<p>{PARAGRAPHS[0]}</p>"
    source = PAGE.replace("<div>分享到", filler * (1_000_000 // len(filler.encode())) + "<div>分享到")
    start = time.process_time()
    page = read_html(source.encode())
    # A bound against reading that does not end, far above the second or two that it takes.
    assert time.process_time() - start < 10
    assert page.title == "果园怎样存水"


@pytest.mark.parametrize(
    "head", ["<!---->" * 500, "<!-- a -->\n" * 300, "<?xml " * 600, " " * 4000, "<!--" * 900, "<!-->" * 700]
)
def test_what_begins_with_comments_is_looked_at_once(head: str) -> None:
    start = time.process_time()
    assert not looks_like_html(head + "山地果园。")
    assert looks_like_html(head[:2000].rpartition("-->")[0] + "--><html>") == head.endswith(("-->", "-->\n", "<!-->"))
    assert time.process_time() - start < 3


_LONG = {
    "a tag without an end behind deep markup": lambda n: "<div>" * 500 + "<" + "a" * n,
    "attributes": lambda n: "<p " + " ".join(f"a{i}=1" for i in range(n // 6)) + ">",
    "attributes apart by strokes": lambda n: "<p " + "/".join(f"a{i}" for i in range(n // 6)) + ">",
    "attributes with angles in them": lambda n: "<p " + "".join(f"""a{i}=">" """ for i in range(n // 8)) + ">",
    "attributes behind a mark": lambda n: '<!-- a=" --><p ' + " ".join(f"a{i}" for i in range(n // 6)) + '>"',
    "choices of a form": lambda n: "<select>" + "<option>山" * (n // 9),
    "marks without an end": lambda n: "<p a=" + "\"'" * (n // 2),
    "equals signs": lambda n: "<p " + "= " * (n // 2),
    "elements of other languages": lambda n: "<svg></title>" * (n // 13),
    "elements of no language": lambda n: "<foo></bar>" * (n // 11),
    "elements that end by themselves, elsewhere": lambda n: "<svg><td></bar>" * (n // 15),
    "what looks like a comment": lambda n: "<!-->" + "<div></bar>" * (n // 11),
    "what looks like a style": lambda n: "<select><style></select>" + "<foo></bar>" * (n // 11),
}


@pytest.mark.parametrize("family", _LONG)
def test_time_grows_with_the_page_and_not_with_its_square(family: str) -> None:
    html_text(PAGE)
    start = time.process_time()
    html_text(PAGE + _LONG[family](1_000_000))
    assert time.process_time() - start < 3


def test_a_page_with_a_wide_tag_is_still_read() -> None:
    wide = "".join(f" a{number}=1" for number in range(MOST_ATTRIBUTES + 1))
    text, linked, _ = html_text(PAGE.replace("<h1>", f"<h1{wide}>"))
    assert PARAGRAPHS[1] in text
    assert linked == html_text(PAGE)[1]
    assert html_text(PAGE.replace("<h1>", f"<h1 style='{'x ' * 5000}'>")) == html_text(PAGE)


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("despin.page.html.MAX_BYTES", 100)
    assert MAX_BYTES > 10_000_000
    for source in (PAGE, PAGE.encode()):
        with pytest.raises(InputError, match="cut out the part"):
            read_html(source)


def test_unknown_encoding() -> None:
    with pytest.raises(UsageError, match="unknown encoding"):
        read_html(b"<p>", "klingon")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_without_the_extra(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = PAGE.replace("utf-8", encoding).replace("<h1>", "<!-- <h1>藏起来的话。</h1> --><h1>").encode(encoding)
    with_extra = read_html(data)
    for name in [name for name in sys.modules if name.startswith("resiliparse")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "resiliparse", None)
    monkeypatch.setattr("despin.page.html.can_read", lambda: False)
    page = read_html(data)
    assert (page.article, page.brand, page.dropped) == (with_extra.article, with_extra.brand, with_extra.dropped)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (PAGE, "", True),
        ("山地果园。", "a.HTM", True),
        ("  <html lang=zh>", "", True),
        ("<?xml version='1.0'?><html>", "", True),
        ("<div><p>a</p><p>b</p></div>", "", True),
        ("山地果园。", "a.txt", False),
        ("用 <p> 和 </p> 标出段落，用 <a> 和 </a> 标出链接。", "", False),
        ("", "", False),
    ],
)
def test_what_looks_like_html(text: str, name: str, expected: bool) -> None:
    assert looks_like_html(text, name) is expected


@pytest.mark.parametrize("around", ["{}", "<div>" * 500 + "{}"], ids=["as a tree", "flat"])
def test_preformatted_text_keeps_its_lines_and_paragraphs_do_not(around: str) -> None:
    text, *_ = html_text(around.format("<p>山地\n果园</p><pre>第一行\n第二行\n</pre><p>池底\n防渗</p>"))
    assert text.split("\n")[-5:] == ["山地 果园", "第一行", "第二行", "池底 防渗", ""]
