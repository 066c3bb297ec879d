"""Ways of hiding words, and the table of what is found all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

ROOT = Path(__file__).parents[2]


@examples(60)
@given(st.text("我们，。a\n 😀", min_size=1, max_size=40))
def test_every_way_writes_each_character_in_a_piece_of_its_own(text: str) -> None:
    from tools.measure_hidden import WAYS

    for way, write in WAYS.items():
        pieces = write(text)
        assert len(pieces) >= len(text), way
        assert all(pieces) or way.startswith("zero-width space, a third"), way


def test_edits_are_told_by_the_characters_that_they_replace() -> None:
    from despin.results import Edit
    from tools.measure_hidden import where

    assert where(["甲", "-乙", "-丙", "丁"], [Edit(2, 5, "乙-丙", "戊", 0.9)]) == [(1, 3, "戊")]


def test_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tools.measure_hidden import main

    spun = (ROOT / "examples" / "classic-list.txt").read_text("utf-8")
    (tmp_path / "spun.jsonl").write_text(json.dumps({"spun": spun}) + "\n", "utf-8")
    (tmp_path / "clean.jsonl").write_text(json.dumps({"text": "周末的早晨，街上的人不多。\n" * 5}) + "\n", "utf-8")
    files = [str(tmp_path / "spun.jsonl"), "--clean", str(tmp_path / "clean.jsonl")]
    ways = ["soft hyphen between all", "&#N;", "traditional characters", "twice"]
    assert main([*files, *(word for way in ways for word in ("--way", way))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 spun and 1 clean texts"
    assert [line[:40].strip() for line in lines[2:]] == ways
    figures = [line[40:].split() for line in lines[2:]]
    assert figures[:2] == [["1.000", "0", "0"]] * 2
    assert all(float(kept) > 0.9 and (lost, more) == ("0", "0") for kept, lost, more in figures)
    assert main([str(tmp_path / "missing.jsonl")]) == 1
    assert "missing.jsonl" in capsys.readouterr().err
