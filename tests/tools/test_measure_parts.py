"""The measuring of joined texts: one command, one table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.measure_parts import main, pairs, spinner

EXAMPLES = Path(__file__).parents[2] / "examples"
CLEAN = "院墙边种着三棵石榴树，每年五月开满红花。\n姐姐站在梯子上剪枝，我在下面扶着。\n" * 4


def test_all_figures_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean, words = tmp_path / "clean.jsonl", tmp_path / "words.txt"
    clean.write_text("\n".join(json.dumps({"text": f"{n}月。\n{CLEAN}"}) for n in range(24)), "utf-8")
    words.write_text("石榴→安石榴\n", "utf-8")
    names = ["classic-list", "auto-repost", "betting-seo", "classic-list", "auto-repost"]
    texts = [str(EXAMPLES / f"{name}.txt") for name in names]
    arguments = ["--texts", *texts, "--clean", str(clean), "--list", str(words), "--joined", "1"]
    assert main([*arguments, "--only", "joined", "around", "light", "alarms"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert all(row.startswith("| ") and row.endswith(" |") for row in rows)
    assert [row for row in rows if "taken for spun" in row] == ["| clean texts taken for spun | 0 of 24  |"]
    assert len(rows) == 3 + 6 + 2 + 1


def test_a_share_of_the_words_is_replaced_each_everywhere_or_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("石榴→安石榴\n梯子=阶梯\n一样\t相同\n坏行\n", "utf-8")
    listed = pairs(path)
    assert listed == {"石榴": "安石榴", "梯子": "阶梯", "一样": "相同"}
    assert spinner(listed, 1.0, 1)(CLEAN) == CLEAN.replace("石榴", "安石榴").replace("梯子", "阶梯")
    assert spinner(listed, 0.0, 1)(CLEAN) == CLEAN
    for seed in range(5):
        made = spinner(listed, 0.5, seed)(CLEAN)
        assert made.count("安石榴") in (0, CLEAN.count("石榴"))
