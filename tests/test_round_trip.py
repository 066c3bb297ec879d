"""The way to contribute: an article restored to markup, corrected by hand and dropped into a folder is a regression case,
an evaluation sample and a source for learning, each with the one command that CONTRIBUTING.md names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from despin.cli.main import main
from despin.lexicon.parse import read_file
from despin.text import wdiff

ROOT = Path(__file__).parent.parent
CORRECTED = sorted((ROOT / "tests" / "data" / "cases" / "corrected").glob("*.wdiff"))


@pytest.fixture(autouse=True)
def own_streams(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output and error of one test alone: the command line may rewrap them."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `corrected` with one article that went the whole way."""
    monkeypatch.chdir(tmp_path)
    gold = CORRECTED[0].read_text("utf-8")
    spun = wdiff.read(gold).spun
    Path("article.txt").write_text(spun, "utf-8")
    Path("corrected").mkdir()
    assert main(["restore", "article.txt", "--format", "wdiff", "-o", "corrected/article.wdiff"]) == 0
    printed = Path("corrected/article.wdiff").read_text("utf-8")
    assert "{+" in printed
    assert wdiff.read(printed).spun == spun
    Path("corrected/article.wdiff").write_text(gold, "utf-8")
    return tmp_path


def commands() -> list[list[str]]:
    """The commands that CONTRIBUTING.md names for a folder `corrected`, as arguments."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    found = [line.split("#")[0].split() for line in re.findall(r"^despin (.*corrected.*)$", text, re.MULTILINE)]
    return [[word for one in command for word in _expanded(one)] for command in found]


def _expanded(word: str) -> list[str]:
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]


def test_the_documented_commands_work_on_one_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = commands()
    assert [command[:2] for command in named] == [
        ["eval", "corrected/article.wdiff"],
        ["eval", "./corrected"],
        ["learn", "pairs"],
        ["learn", "weights"],
    ]
    for command in named:
        if command[:2] == ["learn", "weights"]:
            Path("mine.yaml").write_text("entries:\n  应用: 使用\n", "utf-8")
            command[2] = "mine.yaml"
        assert main(command) == 0, capsys.readouterr().err


def test_it_is_a_regression_case(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pinned = ["eval", "corrected/article.wdiff", "--floors", "corrected/floors.json"]
    assert main([*pinned, "--raise"]) == 0
    assert main(pinned) == 0
    assert main([*pinned, "--min-confidence", "0.99"]) == 1
    # Another article beside it changes nothing for the first.
    Path("corrected/other.wdiff").write_text("今天[-应用-]{+使用+}新的工具。\n", "utf-8")
    assert main(["eval", "corrected/article.wdiff", "corrected/other.wdiff", "--floors", "corrected/floors.json"]) == 0


def test_it_is_an_evaluation_sample(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["eval", "corrected", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["sets"]
    gold = wdiff.read(CORRECTED[0].read_text("utf-8")).gold
    assert (one["kind"], one["documents"]) == ("markup", 1)
    assert one["counts"]["right"] + one["counts"]["wrong"] + one["counts"].get("missed", 0) == len(gold)


def test_it_is_a_source_for_learning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "pairs", "corrected", "-o", "learned.yaml"]) == 0
    gold = wdiff.read(CORRECTED[0].read_text("utf-8"))
    marked = {(gold.spun[one.start : one.end], one.originals[0]) for one in gold.gold}
    learned = {(entry.spun, one.text) for entry in read_file("learned.yaml").entries for one in entry.originals}
    assert len(learned & marked) >= 0.8 * len(marked)
    assert {entry.status for entry in read_file("learned.yaml").entries} == {"candidate"}


@pytest.mark.parametrize("path", CORRECTED, ids=lambda path: path.stem)
def test_corrected_articles_of_this_repository_stay_restored(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    floors = path.parent / "floors.json"
    assert path.stem in {one["set"] for one in json.loads(floors.read_text("utf-8"))["floors"]}, "pin it with --raise"
    assert main(["eval", str(path), "--floors", str(floors)]) == 0, capsys.readouterr().out
