"""The table of what tools put into texts, on two texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def test_the_table_has_a_line_for_each_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tools.measure_damage import WAYS, main

    text = "春天来了，我们去公园里看花。我们带了水和面包，走了很远的路。我们坐在湖边休息，风很轻。傍晚我们才回家。"
    file = tmp_path / "clean.jsonl"
    file.write_text(json.dumps({"text": text * 3}) + "\n" + json.dumps({"text": "今天没有风。"}) + "\n", "utf-8")
    assert main([str(file)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["way", "texts", "whole", "found", "changed"]
    assert [line[:45].strip() for line in lines] == list(WAYS)
    assert all(line.endswith(" 0") for line in lines)
    assert main([str(tmp_path / "none.jsonl")]) == 1
