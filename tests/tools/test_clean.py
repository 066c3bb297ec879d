"""Cleaning what is learned from: spun records are taken out and listed, and all others stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.train.clean import LIST, main

SPUN = (
    "用户经由过程手机就能完成付款，全部过程只须要几秒钟。体系会按期搜检装备的状况，发明题目今后立刻关照治理员。"
    "治理员能够经由过程德律风处置题目，也能够经由过程收集处置题目。\n"
)
CLEAN = "老人们上午在广场上下棋，下午在家里看书。下棋的人不多，看棋的人不少，天黑以后大家才慢慢回家。\n"


def test_what_is_spun_is_taken_out_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"text": CLEAN, "source": "one"}, {"source": "two", "text": SPUN}, {"text": CLEAN * 2}]
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    corpus, out = tmp_path / "shop.jsonl", tmp_path / "out"
    corpus.write_text("".join(lines), "utf-8")
    assert main([str(corpus), "-o", str(out)]) == 0
    assert (out / "shop.jsonl").read_text("utf-8") == lines[0] + lines[2]
    (row,) = [json.loads(line) for line in (out / LIST).read_text("utf-8").splitlines()]
    assert (row["file"], row["line"], row["source"], row["family"]) == ("shop.jsonl", 2, "two", "classic-list")
    assert ["经由过程", "通过", 3] in row["words"]
    table = capsys.readouterr().out.splitlines()
    assert table[-2] == f"| shop | 3 | 0.00 | 1 | {len(SPUN)} | classic-list 1 |"
    assert table[-1].startswith("| all | 3 |")
    # Again over what is left: nothing more is found.
    assert main([str(out / "shop.jsonl"), "-o", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / LIST).read_text("utf-8") == ""
    assert main([str(corpus), "-o", str(tmp_path / "part"), "--part", "1/2"]) == 0
    assert (tmp_path / "part" / "shop.jsonl").read_text("utf-8") == ""


@pytest.mark.parametrize("line", ["{", '{"body": "水"}', "7"])
def test_what_is_no_record_is_said(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "shop.jsonl"
    corpus.write_text(line + "\n", "utf-8")
    assert main([str(corpus), "-o", str(tmp_path / "out")]) == 1
    assert "shop.jsonl: is no JSON lines with text" in capsys.readouterr().err
    assert not (tmp_path / "out" / "shop.jsonl").exists()


def test_nothing_is_written_where_it_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "shop.jsonl"
    corpus.write_text(json.dumps({"text": CLEAN}) + "\n", "utf-8")
    assert main([str(corpus), "-o", str(tmp_path)]) == 1
    assert "name another folder" in capsys.readouterr().err
    assert json.loads(corpus.read_text("utf-8"))["text"] == CLEAN
