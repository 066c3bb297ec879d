"""The measuring of marks at replaced words: one command, one table."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tools.measure_residue import LISTS, WAYS, drawn, main, spun, targets

TEXT = (
    "这个程序的配置很简单，首先打开信号的开关，再通过网络读取数据。如果机器的功率不够，就需要更换电源，否则会出现问题。"
    "我们应该定期检查设备，保证安全。大家可以先看说明，然后按照步骤操作。\n"
) * 4  # fmt: skip


def test_gold_is_what_stood_there_before() -> None:
    table = drawn(targets("classic-list"), random.Random(2))
    for before in (False, True):
        page, gold = spun(TEXT, table, "\t", before=before)
        assert gold
        assert all(page[mark.start if before else mark.end - 1] == "\t" for mark in gold)
        pieces, done = [], 0
        for mark in gold:
            pieces += [page[done : mark.start], mark.originals[0]]
            done = mark.end
        assert "".join(pieces) + page[done:] == TEXT
        assert page.count("\t") == len(gold)


def test_all_figures_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("jieba")
    clean = tmp_path / "clean.jsonl"
    clean.write_text("\n".join(json.dumps({"text": f"{n}月。{TEXT}"}) for n in range(2)), "utf-8")
    assert main([str(clean), "--marks", "space", "none"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [
        f"{family}, {mark}" for family in LISTS for mark in ("space", "none")
    ]
    assert "mark taken out: R" in rows[0]
    assert main([str(clean), "--marks", "space", "--clean"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == len(WAYS)
    assert all("called spun 0 of 2; edits 0" in row for row in rows)
