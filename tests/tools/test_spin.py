"""Pairs for measuring, made by the programs that despin knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from despin.spinners.registry import PROGRAMS, spinner


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_every_program(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tools.spin import main

    path = tmp_path / "clean.jsonl"
    texts = ["邻居收到了快递，\n 大家应该避免浪费。", "他立即购买了雨伞。", "短"]
    path.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)), "utf-8")
    assert main(["--program", name, "--least", "2", str(path)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["original"] for row in rows] == texts[:2]
    assert [row["spun"] for row in rows] == [spinner(name).spin(text).text for text in texts[:2]]
    assert rows[0]["id"] == "clean-0"


def test_no_texts(capsys: pytest.CaptureFixture[str]) -> None:
    from tools.spin import main

    with pytest.raises(SystemExit):
        main(["--program", "synonyms"])
    assert "name at least one file" in capsys.readouterr().err
