"""Whether texts are told from clean ones, as a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLEAN = "周末的早晨，街上的人不多。卖豆浆的摊子前排着几个人，都是附近的老住户。河边的柳树已经发芽，有人在钓鱼。\n"


def test_kinds_are_held_against_clean_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tools.measure_verdict import main

    spun = (ROOT / "examples" / "classic-list.txt").read_text("utf-8")
    (tmp_path / "list.jsonl").write_text(json.dumps({"spun": spun}) + "\n", "utf-8")
    rows = [json.dumps({"text": CLEAN * count}) for count in (1, 5, 6)]
    (tmp_path / "clean.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    assert main([str(tmp_path / "clean.jsonl"), "--spun", str(tmp_path / "list.jsonl")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("clean: 2 texts, ")  # the first is short
    assert "0 edits, 0.00 per 10,000 characters" in lines[0]
    assert lines[2].split() == ["list", "1", "1.0000", "1.0000", "1.000"]
    assert lines[3].split()[0] == "all"
    assert main([str(tmp_path / "missing.jsonl"), "--spun", str(tmp_path / "list.jsonl")]) == 1
    assert "missing.jsonl" in capsys.readouterr().err
