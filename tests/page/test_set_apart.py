"""Words that the source of a page sets apart: evidence where a list replaced them, and nothing where they are others."""

from __future__ import annotations

import json
import re

import engine_kit as kit
import pytest

from despin.page.html import read_html
from despin.page.restore import restore_page

pytest.importorskip("resiliparse")

LINES = [
    "厂里新买的旌旗灯号灯昨天装好了，师傅经由过程说明书学会了怎么用。",
    "这类装备不算贵，治理员觉得值得，大家今后办事也便利多了。",
    "下雨的时候路滑，骑车要慢一点，转弯以前先看看后面有没有人。",
    "食堂的菜换了花样，馒头还是老味道，孩子们吃得很高兴。",
    "前几天，门口的灯坏了，电工查了半天，最后换了一根线。",
]
SPUN = ("旌旗灯号", "经由过程", "装备", "治理员", "今后", "便利")
MEANT = ("食堂", "馒头", "门口", "电工", "路滑", "后面")


def page(words: tuple[str, ...], way: str) -> str:
    body = "".join(f"<p>{line}</p>" for line in LINES * 2)
    return f"<html><head><title>厂里</title></head><body>{re.sub('|'.join(words), lambda one: ways(one[0], way), body)}</body></html>"


def ways(word: str, way: str) -> str:
    codes = "".join(f"&#x{ord(one):x};" for one in word)
    return {"link": f'<a href="/x">{word}</a>', "bold": f"<b>{word}</b>", "codes": codes, "none": word}[way]


@pytest.mark.parametrize("way", ["link", "bold", "codes"])
def test_words_that_are_set_apart_are_restored_and_others_left(way: str) -> None:
    restorer = kit.restorer()
    read, plain = read_html(page(SPUN, way)), read_html(page(SPUN, "none"))
    assert (read.text, read.article) == (plain.text, plain.article)
    assert all(any(read.text.endswith(word, 0, at) for word in SPUN) for at in read.marks)
    found, usual = restore_page(read, restorer), restore_page(plain, restorer)
    assert found.source == usual.source
    assert "\u2060" not in json.dumps(found.as_dict(), ensure_ascii=False)
    assert {edit.spun for edit in found.edits} == set(SPUN) != {edit.spun for edit in usual.edits}
    assert found.verdict.spun
    assert all(found.source[edit.start : edit.end] == edit.spun for edit in found.edits)
    assert all(
        found.source[edit.start : edit.end] == edit.spun for one in found.verdict.stretches for edit in one.edits
    )


@pytest.mark.parametrize("way", ["link", "bold", "codes"])
def test_other_words_that_are_set_apart_say_nothing(way: str) -> None:
    restorer = kit.restorer()
    read = read_html(page(MEANT, way))
    assert len(read.marks) == 2 * len(MEANT)
    assert (
        restore_page(read, restorer).as_dict() == restore_page(read_html(page((*MEANT,), "none")), restorer).as_dict()
    )


@pytest.mark.parametrize(
    "source", ["<b>水</b>" * 9999, "<a>" * 9999, "&#x6c34;" * 9999, "<p>水<b>开了", "<b>\u2060水</b>" * 9]
)
def test_hostile_pages_are_read(source: str) -> None:
    found = read_html(f"<html><body>{source}</body></html>")
    assert found.text.count("\u2060") == source.count("\u2060")
