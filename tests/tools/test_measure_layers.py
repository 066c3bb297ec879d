"""The measuring of two spinners, one after the other: what counts as right, and one row a spinner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from despin.spinners.base import Spun, SpunEdit
from tools.measure_layers import LABEL, gold_of, main

TEXT = (
    "这个程序的配置很简单，首先打开信号的开关，再通过网络读取数据。如果机器的功率不够，就需要更换电源，否则会出现问题。"
    "我们应该定期检查设备，保证安全。大家可以先看说明，然后按照步骤操作。\n"
) * 4  # fmt: skip


def test_what_stood_on_the_inner_page_is_right_and_what_the_author_wrote() -> None:
    # 甲乙丙 → 一乙三 → 一二四
    inner = Spun("一乙三", (SpunEdit(0, 1, "甲"), SpunEdit(2, 3, "丙")))
    outer = Spun("一二四", (SpunEdit(1, 2, "乙"), SpunEdit(2, 3, "三")))
    found = {(mark.start, mark.end): (mark.originals, mark.scored) for mark in gold_of(inner, outer)}
    assert found == {(0, 1): (("甲",), False), (1, 2): (("乙",), True), (2, 3): (("三", "丙"), True)}


def test_all_figures_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("jieba")
    clean = tmp_path / "clean.jsonl"
    clean.write_text("\n".join(json.dumps({"text": f"{n}月。{TEXT}"}) for n in range(2)), "utf-8")
    assert main([str(clean), "--most", "1", "--inner", "classic-list", "neighbours"]) == 0
    assert main([str(clean), "--most", "1", "--alone"]) == 0
    rows = [row for row in capsys.readouterr().out.splitlines() if " of 1 | " in row]
    assert [row.split(" | ")[0] for row in rows] == ["| classic-list", "| neighbours", "| none"]
    assert LABEL.endswith("：")
