"""Importing a thesaurus without a word about its program: it becomes the table of one that draws."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.cli.main import main
from despin.restorer import Restorer
from despin.spinners.grouped import SynonymGroup, read_groups

GROUPS = "提取 领取 汲取 抽取 支取\n时间 时光 年华 时日 岁月\n研究 切磋 钻研 探究 探讨\n"


@pytest.mark.parametrize(
    ("lines", "group"),
    [
        (GROUPS, SynonymGroup(("时间", "时光", "年华", "时日", "岁月"), ("时间", "时光", "年华", "时日", "岁月"))),
        ("时间→时光|年华|时日|岁月\n研究→切磋|钻研|探究\n", SynonymGroup(("时间",), ("时光", "年华", "时日", "岁月"))),
    ],
)
def test_many_forms_a_word_are_the_table_of_a_program(
    lines: str, group: SynonymGroup, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "words.txt").write_text(lines, "utf-8")
    assert main(["lexicon", "import", str(tmp_path / "words.txt"), "-o", str(tmp_path / "words.yaml")]) == 0
    assert group in read_groups(tmp_path / "words.table").groups
    restorer = Restorer(tmp_path / "words.yaml", families=["words"])
    assert [judge.family for judge in restorer.route.programs.judges] == ["words"]


def test_one_form_a_word_makes_entries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list.txt").write_text("时间→时光\n研究→切磋\n结果→了局|收场\n", "utf-8")
    assert main(["lexicon", "import", str(tmp_path / "list.txt"), "-o", str(tmp_path / "list.yaml")]) == 0
    assert "  时光: {original: 时间, source: imported}" in (tmp_path / "list.yaml").read_text("utf-8")
    assert not (tmp_path / "list.table").exists()


def test_a_table_needs_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "words.txt").write_text(GROUPS, "utf-8")
    assert main(["lexicon", "import", str(tmp_path / "words.txt")]) == 2
    assert "-o FILE" in capsys.readouterr().err
