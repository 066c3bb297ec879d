"""Entries whose original is nothing: words that a spinner put in, and that are deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from despin.channel.lexicon import ListChannel
from despin.cli.main import main
from despin.kernel.native.matcher import Automaton
from despin.lexicon.model import Entry, Family, Lexicon, Original
from despin.restorer import Restorer

LEXICON = """\
family: inserted
title: Inserted words
entries:
  的话: ""
  晶莹: [漂亮, ""]
  毛: ""
  旌旗灯号: 信号
  经由过程: 通过
"""
SPUN = "数据经由过程旌旗灯号线传送的话，我们经由过程晶莹的线路。" * 3


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    path = tmp_path / "inserted.yaml"
    path.write_text(LEXICON, encoding="utf-8")
    return path


@pytest.mark.parametrize("shipped", [True, False])
def test_a_word_is_deleted(lexicon: Path, shipped: bool) -> None:
    found = Restorer([lexicon], shipped=shipped).explain(SPUN)
    assert "传送，" in found.text
    assert {edit.original for edit in found.edits if edit.spun == "的话"} == {""}


def test_text_of_deleted_words_alone(lexicon: Path) -> None:
    engine = Restorer([lexicon], shipped=False)
    for text in ("", "的话", "毛", "的话毛\n毛" * 40):
        engine.restore(text)


def test_no_pattern_is_empty() -> None:
    entries = (Entry("的话", (Original(""), Original("话")), "inserted"), Entry("", (Original("了"),), "inserted"))
    channel = ListChannel(Lexicon((Family("inserted"),), entries))
    assert channel.patterns == ["的话", "话"]
    assert [one.original for one in channel.candidates[0]] == ["", "话"]
    assert len(channel.match("我的话").sites) == 1


def test_an_empty_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Automaton(["", "一"], [0, 1], [True, True], [True, True])
    with pytest.raises(ValueError, match="every"):
        Automaton(["一"], [], [True], [True])


def test_the_commands_take_it(lexicon: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lexicon", "show", "的话", "--in", SPUN, "--lexicon", str(lexicon)]) == 0
    assert "的话 → (nothing)  confidence" in capsys.readouterr().out
    records, restored = tmp_path / "pages.jsonl", tmp_path / "restored.jsonl"
    records.write_text(json.dumps({"text": SPUN}) + "\n", encoding="utf-8")
    assert main(["batch", str(records), "-o", str(restored), "--lexicon", str(lexicon)]) == 0
    assert "传送，" in json.loads(restored.read_text(encoding="utf-8"))["despin"]["text"]
    capsys.readouterr()
