"""Traditional text read as simplified, and words written as the text writes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.errors import ModelError
from despin.text import traditional
from despin.text.traditional import TABLE, Written, in_simplified, read, tables

TEXT = "這個體系經由過程網絡傳送數據，裡面的設置裝備擺設委實很簡單。"


def written(text: str) -> Written:
    found = read(text)
    assert found is not None
    return found


def put(text: str, spun: str, original: str) -> str:
    """`original` in the place of `spun`, given in simplified characters, as a text writes it."""
    found = written(text)
    start = found.text.index(spun)
    return found.word(start, start + len(spun), original)


def test_a_text_keeps_its_length() -> None:
    found = written(TEXT)
    assert found.text == "这个体系经由过程网络传送数据，里面的设置装备摆设委实很简单。"
    assert found.spans == ((0, len(TEXT)),)


@pytest.mark.parametrize(("traditional", "simplified"), [("乾淨的乾坤", "干净的乾坤"), ("頭髮發現", "头发发现")])
def test_phrases_decide(traditional: str, simplified: str) -> None:
    assert in_simplified(f"{traditional}一目瞭然") == f"{simplified}一目了然"
    assert tables().traditional(simplified) == traditional


@pytest.mark.parametrize("text", [
    "", "今天天气很好。", "这是訪问和健康碼，别的都是简体字，读起来没有什么不同。", "no Chinese at all", "一二三四五六七八九十",
    "東京都の会議で新しい基準が発表された。関係者によると来週にも実施される見通しだ。",
    "経済産業省は新しい制度を発表した。\n国際会議場で開催\n関係者によると来週だという。",
])  # fmt: skip
def test_what_is_not_traditional(text: str) -> None:
    assert read(text) is None


def test_a_text_in_both_scripts_is_read_line_by_line() -> None:
    lines = [TEXT, "port 3000", "这个系统通过网络传送数据，里面的设置很简单。", "東京都の会議で発表された。", TEXT]
    text = "\n".join(lines)
    found = written(text)
    assert [text[start:end].strip("\n") for start, end in found.spans] == ["\n".join(lines[:2]), lines[4]]
    assert lines[2] in found.text
    assert lines[3] in found.text


def test_a_traditional_line_in_a_simplified_text() -> None:
    text = "这个系统通过网络传送数据，里面的设置很简单，说明书写得非常清楚。\n" * 5 + TEXT + "\n这个词访問过。"
    found = written(text)
    assert [text[start:end] for start, end in found.spans] == [TEXT + "\n"]


@pytest.mark.parametrize(("text", "spun", "original", "expected"), [
    (TEXT, "经由过程", "通过", "通過"),
    (TEXT, "体系", "系统", "系統"),
    # What the text writes elsewhere is taken from there.
    ("體系壞了。這臺机器要系统升級，係统也要，系统還要。", "体系", "系统", "系统"),
    # The forms that the text prefers, else those of the place that it seems to come from.
    ("這裏的東西為什麼這麼貴，裏頭沒有别的。經由過程", "经由过程", "里面", "裏面"),
    ("眾多的東西為什麼這麼貴，線路與牆壁。經由過程", "经由过程", "里面", "裡面"),
    ("衞生與説明，經由過程綫路。", "经由过程", "说到", "説到"),
    # What an edit leaves as it is keeps its form.
    ("他沒有說過這箇問題。", "个问", "个话", "箇話"),
    ("這個平臺的體系", "体系", "台系", "臺系"),
    ("這個平台的體系", "体系", "台系", "台系"),
])  # fmt: skip
def test_a_word_is_written_as_the_text_writes_it(text: str, spun: str, original: str, expected: str) -> None:
    assert put(text, spun, original) == expected


def test_nothing_is_put_into_traditional_characters_in_a_simplified_line() -> None:
    text = TEXT + "\n我们经由过程网络传送。"
    found = written(text)
    start = found.text.rindex("经由过程")
    assert found.word(start, start + 4, "系统") == "系统"


@examples(200)
@given(st.text("這这個个經经過过程后後里裡乾干的\nのア a發", max_size=40))
def test_offsets_stay(text: str) -> None:
    assert len(in_simplified(text)) == len(text)
    found = read(text)
    if found is None:
        return
    assert len(found.text) == len(text)
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
    assert all(a[1] < b[0] for a, b in zip(found.spans, found.spans[1:], strict=False))
    for place, (one, other) in enumerate(zip(text, found.text, strict=True)):
        assert one == other or found.is_traditional(place)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "plain\t个\n",
        "telling\t個\nbroken\n",
        "telling\t個\n",
        "telling\t個\nx\t一\t二\n",
        "telling\t個\nsimplified\t個个這\n",
    ],
)
def test_a_table_that_is_missing_or_damaged_is_said(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.tsv"
    if content is not None:
        path.write_text(content, "utf-8")
    monkeypatch.setattr(traditional, "TABLE", path)
    for one in (traditional.telling, traditional.tables):
        one.cache_clear()
    try:
        with pytest.raises(ModelError, match=r"the table of characters cannot be read .*; install despin again"):
            traditional.read("這個個個")
    finally:
        monkeypatch.undo()
        for one in (traditional.telling, traditional.tables):
            one.cache_clear()


@pytest.mark.parametrize("line", ["t\t体系", "t\t体系\t體系\t多"])
def test_a_damaged_phrase_is_said_when_it_is_asked_for(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.tsv"
    path.write_text(TABLE.read_text("utf-8") + line + "\n", "utf-8")
    monkeypatch.setattr(traditional, "TABLE", path)
    tables.cache_clear()
    try:
        assert tables().simplified("發現網絡") == "发现网络"
        with pytest.raises(ModelError, match="install despin again"):
            tables().traditional("发现网络")
    finally:
        monkeypatch.undo()
        tables.cache_clear()
