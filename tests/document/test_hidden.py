"""A text that hides its words is read, judged and restored as it would be without that."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import engine_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.report.escape import content
from despin.report.html import render
from despin.restorer import Restorer
from despin.results import Restoration, apply
from despin.review.document import ReviewedText
from despin.review.journal import Group
from despin.review.places import Decision
from despin.text import chunks as chunking
from despin.text import files, m2, wdiff
from despin.text.hidden import as_read
from despin.text.traditional import tables

HOST = "technical-classic-list.wdiff"
PROGRAM = "news-betting-seo.wdiff"
CLEAN = (
    "昨天下午我们在图书馆门口等了半个小时，雨一直没有停，后来大家就各自回家休息了，谁也没有带伞。\n"
    "第二天早上，太阳出来得很早，路上的水都干了，孩子们又在门前的空地上踢起了球，一直踢到吃饭。\n"
)


def checked(text: str) -> Restoration:
    """A restoration whose offsets hold, and which restoring again changes no more."""
    found = kit.restorer().explain(text)
    assert all(text[edit.start : edit.end] == edit.spun for edit in found.edits)
    assert all(text[one.start : one.end] == one.spun for one in found.suspects)
    assert found.text == apply(text, found.edits)
    assert kit.restorer().restore(found.text) == found.text
    return found


def wrapped(text: str) -> str:
    return "\n".join(line[at : at + 20] for line in text.split("\n") for at in range(0, max(1, len(line)), 20))


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(one):04x}" if one > "\x7f" else one for one in text)


WAYS: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "zero-width": lambda text: "".join(text[at : at + 5] + "\u200b" for at in range(0, len(text), 5)),
    "soft hyphen": "\u00ad".join,
    "spaces": " ".join,
    "escaped": escaped,
    "entities": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "hexadecimal": lambda text: "".join(f"&#x{ord(one):x};" for one in text),
}


@pytest.mark.parametrize("host", [HOST, PROGRAM])
@pytest.mark.parametrize("way", [*WAYS, "wrapped"])
def test_an_article_is_restored_as_the_one_that_hides_nothing(host: str, way: str) -> None:
    text = kit.article("spun-host", host)
    written = WAYS.get(way, wrapped)(text)
    alone, found = checked(text), checked(written)
    originals = [edit.original for edit in alone.edits], [edit.original for edit in found.edits]
    if way == "wrapped":
        assert len(found.edits) >= 0.9 * len(alone.edits)
    elif as_read(written) == text:
        assert originals[0] == originals[1]
        assert as_read(found.text) == alone.text
        assert found.verdict.score == alone.verdict.score
    else:
        # Spaces that stood beside line ends are not told from those that were put there.
        assert len(found.edits) >= 0.95 * len(alone.edits)
    verdict = kit.restorer().detect(written)
    assert (verdict.spun, verdict.family) == (True, alone.verdict.family)
    assert all(clue.spun in written for clue in verdict.evidence)
    assert all(0 <= one.start < one.end <= len(written) for one in verdict.stretches)


@pytest.mark.parametrize("way", WAYS)
def test_traditional_text_that_hides_its_words(way: str) -> None:
    text = tables().traditional(kit.article("spun-host", HOST))
    alone, found = checked(text), checked(WAYS[way](text))
    assert len(found.edits) >= 0.95 * len(alone.edits)
    assert {edit.original for edit in found.edits} <= {edit.original for edit in alone.edits} | {
        edit.original for edit in checked(as_read(WAYS[way](text))).edits
    }


@pytest.mark.parametrize("way", [*WAYS, "wrapped"])
def test_clean_text_stays(way: str) -> None:
    text = WAYS.get(way, wrapped)(CLEAN * 3)
    found = checked(text)
    assert (found.text, found.edits) == (text, ())
    assert found.verdict.score <= kit.restorer().explain(CLEAN * 3).verdict.score
    assert not kit.restorer().detect(text).spun


def test_what_is_in_no_edit_stays() -> None:
    text = "\ufeff我\u200b们经\u200b由过程\u200b这个接\u00ad口实现了数据的传送。\r\n第二行。\r\n"
    found = Restorer(families=["classic-list"]).explain(text)
    first = found.edits[0]
    assert (first.start, first.end, first.original) == (4, 9, "通过")
    assert found.text.startswith("\ufeff我\u200b们通过\u200b这个接\u00ad口")
    assert found.text.endswith("。\r\n第二行。\r\n")


def test_readings_and_paragraphs() -> None:
    sentence = "我们经由过程这个接口实现了数据的传送。"
    text = f"{CLEAN}\r\n" + "\u00ad".join(sentence)
    [found] = kit.restorer().readings("\u00ad".join(sentence))
    assert found.text == "\u00ad".join(sentence)[found.start : found.end]
    assert as_read(found.rows[0].text) == kit.restorer().readings(sentence)[0].rows[0].text
    rows = kit.restorer().detect_paragraphs(text)
    assert [text[start:end] for start, end, _ in rows] == [
        line.strip("\r") for line in text.split("\n") if line.strip()
    ]
    article = kit.article("spun-host", HOST)
    plain = [verdict.spun for *_, verdict in kit.restorer().detect_paragraphs(article)]
    hidden = article.replace("\n", "\u200b\r\n")
    assert [verdict.spun for *_, verdict in kit.restorer().detect_paragraphs(hidden)] == plain
    lines = kit.restorer().detect_paragraphs(wrapped(article))
    assert len(lines) > len(plain)
    assert any(verdict.spun for *_, verdict in lines)
    # A line of which nothing is read is blank.
    assert kit.restorer().detect_paragraphs("\u200b\n") == []


def test_chunks_are_those_of_the_text_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    host = kit.article("spun-host", HOST).strip() + "\n"
    monkeypatch.setattr(chunking, "CHUNK", len(host))
    monkeypatch.setattr("despin.restorer.CHUNK", len(host))
    monkeypatch.setattr(chunking, "BACK", 1)
    alone = kit.restorer().explain(host * 2)
    for write in (WAYS["entities"], WAYS["soft hyphen"]):
        text = write(host * 2)
        parts = list(kit.restorer().explain_parts(text))
        assert "".join(part.source for _, part in parts) == text
        assert len(parts) == 2
        found = kit.restorer().explain(text)
        assert [edit.original for edit in found.edits] == [edit.original for edit in alone.edits]
        assert all(text[edit.start : edit.end] == edit.spun for edit in found.edits)
        assert kit.restorer().detect(text).score == kit.restorer().detect(host * 2).score


def test_what_is_written_of_edits_holds() -> None:
    text = "\u00ad".join(wrapped(kit.article("spun-host", HOST)))
    found = checked(text)
    assert any("\n" in edit.spun for edit in found.edits)
    sample = wdiff.read(wdiff.write(text, found.edits))
    assert (sample.spun, [(one.start, one.end) for one in sample.gold]) == (
        text, [(edit.start, edit.end) for edit in found.edits],
    )  # fmt: skip
    assert m2.write(text, found.edits).count("|||REQUIRED|||") >= len(found.edits)
    assert json.loads(json.dumps(found.as_dict()))["text"] == found.text
    page = render([("a.txt", found)])
    assert all(content(edit.spun) in page for edit in found.edits if "\n" not in edit.spun)


def test_an_edit_is_reviewed_with_what_hides_in_it(tmp_path: Path) -> None:
    text = "\u00ad".join(kit.article("spun-host", HOST)).replace("\n", "\r\n")
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    document = ReviewedText(str(path), 1, None)
    document.open(lambda name: (files.read(name), kit.restorer().explain(files.read(name).text)))
    edit = kit.restorer().explain(text).edits[0]
    assert "\u00ad" in edit.spun
    document.put(1, [Group((Decision(edit.start, edit.end, "accept", ()),))])
    document.close()
    restored = Path(f"{path}.restored").read_bytes().decode()
    assert restored.startswith(text[: edit.start] + edit.original + text[edit.end : edit.end + 2])
    assert wdiff.read(Path(f"{path}.wdiff").read_bytes().decode()).spun == text


def test_protected_words_are_read_too() -> None:
    restorer = kit.restorer().adjusted(protect=("经由过程",))
    assert restorer.explain("我们经\u200b由过程这个接口实现了数据的传送。").prevented == 1


def test_anchors_are_read_too() -> None:
    text = kit.article("spun-host", HOST)
    titles = ("操作系统和程序", "\u00ad".join("操作系统和程序"))
    found = [kit.restorer().explain("\u00ad".join(text), (title,)) for title in titles]
    assert found[0] == found[1]


PIECES = [
    "经由过程",
    "旌旗灯号",
    "体系",
    "\u200b",
    "\r\n",
    "\n",
    " ",
    "&#32463;",
    "\\u7ecf",
    "由过程",
    "。",
    "我 们 在 图 书 馆 门 口 等 ",
    "，",
]


@examples(200)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_offsets_hold_in_any_text(text: str) -> None:
    found = checked(text)
    again = kit.restorer().explain(text)
    assert dataclasses.astuple(again) == dataclasses.astuple(found)
