"""The table of what is done to texts that nobody spun."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAIN = "周末的早晨，街上的人不多。卖豆浆的老人把炉子推到路口，等着第一个客人。"


def test_kinds_are_files_and_edits_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tools.measure_clean import main

    spun = (ROOT / "examples" / "classic-list.txt").read_text("utf-8")
    for name, texts in (("letters", [PLAIN, PLAIN, spun]), ("notes", [PLAIN])):
        rows = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        (tmp_path / f"{name}.jsonl").write_text(rows, "utf-8")
    assert main([str(tmp_path), "--pairs", "1"]) == 0
    head, letters, pair, notes, every = (line.split() for line in capsys.readouterr().out.splitlines())
    assert head[0] == "kind"
    edits = int(letters[3])
    assert edits > 20
    assert letters[:3] == ["letters", "3", f"{2 * len(PLAIN) + len(spun):,}"]
    assert letters[4:] == [f"{1e4 * edits / (2 * len(PLAIN) + len(spun)):.3f}", "1", f"{1e5 / 3:.1f}"]
    assert int(pair[0]) > 0
    assert notes == ["notes", "1", str(len(PLAIN)), "0", "0.000", "0", "0.0"]
    assert every[:2] == ["all", "4"]
    assert every[3] == str(edits)
    assert main([str(tmp_path / "notes.jsonl"), "--part", "1/2"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split()[:2] == ["all", "0"]
    assert main([str(tmp_path / "missing.jsonl")]) == 1
    assert "missing.jsonl" in capsys.readouterr().err
