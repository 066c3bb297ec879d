"""A report holds the text and its edits to the letter, whatever they hold, and nothing in them becomes markup."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import environment
from report_kit import Report, island

from despin import report, review
from despin.report.article import failed
from despin.report.charts import density
from despin.report.html import render
from despin.results import Alternative, Clue, Edit, Proof, Restoration, Stretch, Verdict
from despin.text import wdiff

TEXT = "手机的速度改版了。\n\n他不存在问题，\r\n而且获得了资料。"
#: Each of these must come back as it is.
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--",
    "]]>",
    "\"' onmouseover='alert(1)",
    "&lt;&amp;&#0;&copy",
    "\u202e反\u202c\u2066x\u2069\u200b",
    "\x00\x01\x7f\x85\x9f\ufeff\ufffe",
    "\ud800好\udfff",
    "[-a-]{+b|?c+}\\",
    "\r单\r\n双\n",
    "</p></div></b>",
    "👨‍👩‍👧 שלום 𠮷",
]


def at(text: str, spun: str, original: str, confidence: float = 0.9, **more: Any) -> Edit:
    start = text.index(spun)
    return Edit(start, start + len(spun), spun, original, confidence, **more)


def example() -> Restoration:
    others = (Alternative("升级", 0.06), Alternative("修改", 0.01))
    edits = (
        at(TEXT, "改版", "更新", 0.912, entry="betting-seo:改版", alternatives=others),
        at(TEXT, "不存在", "存在", 0.6, changes="polarity", entry="classic-list:不存在"),
        at(TEXT, "获得", "拿到", 0.999, proof="failed"),
    )
    stretch = Stretch(
        11,
        len(TEXT),
        "betting-seo",
        0.98,
        edits[1:],
        Proof(0.9, ((14, 15), (24, 26))),
        1.0,
        (Clue("获得", "拿到", 1, 2.0),),
        "news",
    )
    return Restoration(TEXT, edits, Verdict(True, 0.99, "betting-seo", 0.8, stretches=(stretch,)))


def comes_back(restoration: Restoration, html: str | None = None) -> Report:
    report = Report(render([("a.txt", restoration)]) if html is None else html)
    assert report.wrong == []
    shown = report.documents[0]
    assert shown.text == restoration.source
    assert [edit[:4] for edit in shown.edits] == [(e.start, e.end, e.spun, e.original) for e in restoration.edits]
    # What the script of the page saves, by the same parts of the page.
    assert wdiff.write(shown.text, shown.as_edits()) == wdiff.write(restoration.source, restoration.edits)
    return report


def test_text_and_edits_are_in_the_page() -> None:
    report = comes_back(example())
    assert [(percent, classes) for *_, percent, classes in report.documents[0].edits] == [
        (91, "e c3"),
        (60, "e c1 f"),
        (99, "e c4 u"),
    ]


def test_runners_up_and_entries_are_in_its_data() -> None:
    data = island(render([("a.txt", example())]))
    assert data["entries"] == ["betting-seo:改版", "classic-list:不存在", ""]
    assert data["rows"] == [[0, "升级", 6, "修改", 1], [1], [2]]


def test_figures_of_stretches_are_shown() -> None:
    html = render([("a.txt", example())])
    for shown in ("betting-seo/news 98%", "98.0%", "90.0%", "获得←拿到", "重洗吻合率"):
        assert shown in html
    # One of the places that failed lies in an edit, which is marked itself.
    assert html.split('id="panel"')[0].count('<u class="q">') == 1


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_hostile_text_stays_text(hostile: str) -> None:
    text = f"前{hostile}{hostile}后"
    edit = Edit(1, 1 + len(hostile), hostile, hostile + "x", 0.7, hostile, (Alternative(hostile, 0.2),), proof="failed")
    stretch = Stretch(
        0,
        len(text),
        hostile,
        0.9,
        (),
        Proof(0.5, ((len(text) - 1, len(text)),)),
        0.5,
        (Clue(hostile, hostile, 1, 1),),
        hostile,
    )
    restoration = Restoration(text, (edit,), Verdict(True, 0.9, hostile, 0.5, stretches=(stretch,)))
    html = render([(hostile, restoration), ("second", restoration)])
    report = comes_back(restoration, html)
    html.encode("utf-8")
    assert html.count("<script") == 2
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]",
        re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL),
    )
    assert not [name for _, name, _ in report.attributes if name.startswith("on") or name in ("src", "style", "action")]
    assert {value for tag, name, value in report.attributes if name == "href"} == {"#main", "#d1", "#d2"}
    rows: Any = island(html)
    assert rows["rows"] == [[0, hostile, 20]]
    assert rows["entries"] == [hostile]


@given(st.data())
def test_any_text_comes_back(data: st.DataObject) -> None:
    letters = st.text(st.sampled_from("天地人。\n\r<&\"'\\[-]{+}|?\x00\ud800\u202e a"), max_size=30)
    text = data.draw(letters)
    edits, position = [], 0
    while position < len(text) and data.draw(st.booleans()):
        start = data.draw(st.integers(position, len(text)))
        position = data.draw(st.integers(start, min(len(text), start + 4)))
        edits.append(Edit(start, position, text[start:position], data.draw(letters), data.draw(st.floats(0, 1))))
        position += 1
    cut = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 4)))
    proof = Proof(0.5, ((cut[0], cut[1]), (cut[1], cut[2]), (cut[2], cut[2])))
    stretch = Stretch(cut[0], cut[3], "f", 0.9, proof=proof)
    comes_back(Restoration(text, tuple(edits), Verdict(True, 0.9, "f", stretches=(stretch,))))


def test_long_lines_and_long_texts_come_back() -> None:
    text = "没有句号" * 2000 + "有句号。" * 9000 + "\n短\n" * 2000
    edits = tuple(Edit(at, at + 2, text[at : at + 2], "改", 0.9) for at in range(0, len(text) - 2, 50))
    html = render([("a.txt", Restoration(text, edits))])
    comes_back(Restoration(text, edits), html)
    assert max(len(re.sub("<[^>]*>", "", one)) for one in re.findall("<p[ >].*?</p>", html, re.DOTALL)) <= 6000


def test_a_text_without_edits_and_an_empty_one_have_pages() -> None:
    for text in ("", "没有改过。\n"):
        comes_back(Restoration(text))


def test_a_book_is_little_larger_than_its_text() -> None:
    text = "这是一个句子，里面有一些词。\n" * 20_000
    edits = tuple(
        Edit(
            place,
            place + 2,
            text[place : place + 2],
            f"词{number % 97}",
            number % 100 / 100,
            entry=f"f:{number % 300}",
            alternatives=(Alternative(f"另{number % 50}", 0.1),),
        )
        for number, place in enumerate(range(0, len(text) - 15, 15))
    )
    assert len(edits) == 20_000 - 1
    size = len(render([("book.txt", Restoration(text, edits))]).encode())
    assert size <= 3 * len(text.encode()) + 200_000


def test_only_its_own_script_and_styles_can_run() -> None:
    html = render([("a.txt", example())])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    for tag, rule in (("<style>", "style-src"), ("<script>", "script-src")):
        own = html.split(tag)[1].split(f"</{tag[1:]}")[0]
        assert rules[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert not re.search(r"https?://|url\(|@import", html)


def test_several_documents_get_an_index() -> None:
    html = render([("a.txt", example()), ("b.txt", Restoration("干净。")), ("folder/", example())])
    report = Report(html)
    assert report.wrong == []
    assert len(report.documents) == 3
    assert [value for tag, name, value in report.attributes if tag == "a" and name == "href"][1:] == [
        "#d1",
        "#d2",
        "#d3",
    ]
    assert [value for _, name, value in report.attributes if name == "data-file"] == ["a.txt", "b.txt", "text-3"]


def test_ids_are_used_once_and_labels_name_what_is_there() -> None:
    report = Report(render([("a.txt", example()), ("b.txt", example())]))
    ids = [value for _, name, value in report.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    for _, name, value in report.attributes:
        if name in ("for", "aria-labelledby"):
            assert value in ids


def test_lines_left_out_of_a_page_are_listed() -> None:
    found: Any = SimpleNamespace(number=3, text="<b>上一篇</b>", reason="link to the article before or after")
    restoration = example()
    page: Any = SimpleNamespace(
        **{name: getattr(restoration, name) for name in restoration.__slots__}, damage=(), dropped=(found,)
    )
    html = render([("a.html", page)])
    assert "&lt;b&gt;上一篇&lt;/b&gt;" in html
    assert found.reason in html


def test_what_edits_change_is_marked() -> None:
    edit: Any = SimpleNamespace(
        start=0,
        end=2,
        spun="昨天",
        original="今天",
        confidence=0.9,
        changes="time",
        context=None,
        entry="",
        alternatives=(),
        proof=None,
    )
    page: Any = SimpleNamespace(
        source="昨天。", edits=(edit,), verdict=Verdict(True, 1.0, "f", 1.0), suspects=(), damage=()
    )
    html = render([("a.txt", page)])
    assert 'class="e c3 f" data-s="昨天"' in html
    assert island(html)["reasons"] == ["时间不同，请核对"]


def test_failed_places_leave_out_what_is_edited() -> None:
    places = [(0, 4), (3, 6), (8, 8), (10, 10), (12, 20)]
    found = [(mark.start, mark.end) for mark in failed(places, [(1, 2), (7, 9), (14, 16), (18, 22)])]
    assert found == [(0, 1), (2, 4), (4, 6), (10, 10), (12, 14), (16, 18)]


def test_density_counts_edits_along_the_text() -> None:
    svg = density(100, [0, 1, 99], [99], [(50, 100)])
    assert svg.count("bar-of") == 2
    assert 'data-i="0"' in svg
    assert 'data-i="2"' in svg
    assert "最多 8.0 处" in svg
    assert density(0, [], [], []) == ""


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_notebooks_show_a_restoration_without_script(hostile: str) -> None:
    restoration = Restoration(
        f"a{hostile}b", (Edit(1, 1 + len(hostile), hostile, hostile, 0.9),), Verdict(True, 0.9, hostile)
    )
    html = restoration._repr_html_()
    html.encode("utf-8")
    found = _Tags()
    found.feed(html)
    assert found.tags <= {"div", "p", "b", "span", "i"}


def test_notebooks_show_the_beginning_of_a_long_text() -> None:
    html = Restoration(
        "长" * 100_000, (Edit(0, 1, "长", "短", 0.9), Edit(90_000, 90_001, "长", "短", 0.9))
    )._repr_html_()
    assert len(html) < 6000
    assert "2 edits" in html
    assert "100,000 code points" in html


def test_nothing_is_imported_unless_it_is_asked_for() -> None:
    code = "import sys, despin.cli.restore, despin.cli.detect, despin.results; sys.exit(any(n.startswith('despin.report') for n in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], env=environment(), check=False).returncode == 0


def test_phrases_name_whose_words_they_are_and_quote_as_simplified_text_does() -> None:
    sale, rise = (
        at("他出售房子，价格上升。", "出售", "购买", changes="direction"),
        at("价格上升。", "上升", "下降", changes="direction"),
    )
    html = render([("a", Restoration("他出售房子，价格上升。", (sale,))), ("b", Restoration("价格上升。", (rise,)))])
    for said in (
        "买卖方向相反，请核对",
        "方向相反，请核对",
        "保留原样，但与洗稿程序的结果不符",
        '网页上是</span>“<bdi id="spun">',
    ):
        assert said in html
    pages = [*Path(report.__file__).parent.iterdir(), *Path(review.__file__).parent.iterdir()]
    quoted = [
        path.name for path in pages if path.suffix in (".html", ".js") and re.search("[「」]", path.read_text("utf-8"))
    ]
    assert quoted == []
