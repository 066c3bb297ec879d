"""Long texts in chunks: nothing is lost between them, and each is restored as it is alone."""

from __future__ import annotations

import engine_kit as kit
import pytest

from despin.text import chunks as room
from despin.text.chunks import BACK, CHUNK, chunks


@pytest.mark.parametrize("unit", ["的", "旌旗灯号。", "一行文字\n", "甲，乙"])
@pytest.mark.parametrize("length", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_chunks_are_the_text(unit: str, length: int) -> None:
    text = (unit * (length // len(unit) + 1))[:length]
    found = list(chunks(text))
    assert "".join(text[start:end] for start, end in found) == text
    assert all(end - start <= CHUNK for start, end in found)
    assert all(end - start >= CHUNK - BACK for start, end in found[:-1])
    for mark in "\n。，":
        if mark in unit:
            assert all(text[end - 1] == mark for _, end in found[:-1])


@pytest.mark.parametrize("length", [300, 1700, 3000])
def test_a_copy_of_the_beginning_is_not_cut(length: int) -> None:
    article = "".join(f"第{number}盏灯在{number * 7}米外亮着。\n" for number in range(length // 12))
    text = "题目：灯\n" + article
    starts = [start for start, _ in chunks(text * 90)]
    assert len(starts) > 1
    assert len(text) < BACK
    assert all(start % len(text) == 0 for start in starts)


def test_an_empty_text_has_one_chunk() -> None:
    assert list(chunks("")) == [(0, 0)]


def test_a_long_text_is_restored_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    host = max((kit.article("spun-host", name) for name in kit.files("spun-host")), key=len).rstrip("\n") + "\n"
    alone = kit.restorer().explain(host)
    assert alone.edits
    monkeypatch.setattr(room, "CHUNK", len(host))
    monkeypatch.setattr("despin.restorer.CHUNK", len(host))
    monkeypatch.setattr(room, "BACK", 1)
    text = host * 3
    found = kit.restorer().explain(text)
    assert found.text == alone.text * 3
    assert [(edit.start, edit.original) for edit in found.edits] == [
        (edit.start + shift * len(host), edit.original) for shift in range(3) for edit in alone.edits
    ]
    assert all(text[edit.start : edit.end] == edit.spun for edit in found.edits)
    assert (found.verdict.score, found.verdict.family) == (alone.verdict.score, alone.verdict.family)
    assert kit.restorer().detect(text).spun
