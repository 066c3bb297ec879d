"""`despin lexicon` from the outside: what goes where, and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from despin.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run(*arguments)` in an empty folder; answers (exit code, standard output, standard error)."""
    shipped = tmp_path / "shipped" / "lexicons"
    shipped.mkdir(parents=True)
    header = "title: t\nabout: a\nrecognise: r\nsources: [s]\nlicence: CC0-1.0\n"
    (shipped / "one.yaml").write_text(f"family: one\n{header}entries:\n  经由过程: 通过\n  首要: 主要\n", "utf-8")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr("despin.lexicon.load._PACKAGE", tmp_path / "shipped" / "despin")
    monkeypatch.setenv("DESPIN_CACHE", "")
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["lexicon", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_check_prints_all_problems_of_all_files(run: Run) -> None:
    Path("a.yaml").write_text("entries:\n  甲: 甲\n  乙: 丙\n  丙: 乙\n", "utf-8")
    Path("b.yaml").write_text("entries:\n  丁:\n", "utf-8")
    code, out, err = run("check", "a.yaml", "b.yaml")
    assert code == 4
    assert [line.split(": ")[0] for line in out.splitlines()] == ["a.yaml:2:6", "a.yaml:4:3", "b.yaml:2:3"]
    assert err == "2 lexicons, 2 errors\n"


def test_check_without_paths_checks_what_is_shipped(run: Run, tmp_path: Path) -> None:
    code, out, err = run("check")
    assert (code, out) == (0, "")
    assert err.endswith("one.yaml: 1 lexicon, 0 errors\n")
    shipped = tmp_path / "shipped" / "lexicons" / "one.yaml"
    shipped.write_text("family: one\nentries:\n  甲: 乙\n", "utf-8")
    code, out, _ = run("check", shipped.parent)
    assert code == 4
    assert "a shipped lexicon without 'licence'" in out


def test_check_and_format_without_paths_take_the_lexicon_of_this_folder(run: Run) -> None:
    Path("despin.yaml").write_text("entries:\n  首要: [主要]\n", "utf-8")
    assert run("check") == (0, "", "despin.yaml: 1 lexicon, 0 errors\n")
    assert run("format")[1] == "despin.yaml\n"
    Path("despin.yaml").write_text("entries:\n  甲: 甲\n", "utf-8")
    assert run("check")[0] == 4


def test_check_bounds_the_notes(run: Run) -> None:
    pairs = [
        f"  甲{chr(0x4E01 + n)}: 乙{chr(0x4E01 + n)}\n  乙{chr(0x4E01 + n)}: 甲{chr(0x4E01 + n)}\n" for n in range(30)
    ]
    Path("a.yaml").write_text("entries:\n" + "".join(pairs), "utf-8")
    code, out, err = run("check", "a.yaml")
    assert (code, len(out.splitlines())) == (0, 20)
    assert "10 more notes; --all shows them" in err
    assert len(run("check", "--all", "a.yaml")[1].splitlines()) == 30


def test_format(run: Run) -> None:
    Path("a.yaml").write_text("entries:\n  首要: [主要]\n  乙: 丙\n", "utf-8")
    Path("b.yaml").write_text("entries: [\n", "utf-8")
    assert run("format", "--check", "a.yaml") == (1, "a.yaml\n", "1 lexicon not in normal form\n")
    code, out, err = run("format", "b.yaml", "a.yaml")
    assert (code, out) == (4, "a.yaml\n")
    assert "b.yaml:2:1: a [ or { that is never closed" in err
    assert Path("a.yaml").read_text("utf-8") == "entries:\n  乙: 丙\n  首要: 主要\n"
    assert run("format", "--check", "a.yaml")[0] == 0


def test_add_then_show_with_the_shipped_entries(run: Run) -> None:
    code, out, err = run("add", "首要", "重要")
    assert (code, out) == (0, "")
    assert err == "despin.yaml:3: made, with 首要 → 重要\n"
    code, out, err = run("show", "首要")
    assert code == 0
    assert err == "despin: in play from here: despin.yaml; --no-personal leaves it out\n"
    assert [line.split()[2] for line in out.splitlines()[1:]] == ["主要", "重要"]
    code, out, _ = run("show", "首要", "--json", "--family", "one")
    assert [entry["family"] for entry in json.loads(out)["as_spun"]] == ["one"]
    code, out, err = run("show", "-q", "--no-personal", "经由过")
    assert (code, out, err) == (1, "", "")
    code, out, err = run("show", "--no-personal", "经由过")
    assert (code, out, err) == (1, "", "no entry for 经由过; did you mean 经由过程?\n")


def test_a_word_as_a_web_page(run: Run) -> None:
    code, out, _ = run("show", "首要", "--format", "html")
    assert code == 0
    assert out.startswith("<!DOCTYPE html>")
    assert "<b>主要</b>" in out
    assert ">one.yaml:" in out
    assert run("show", "首要", "--format", "json")[1] == run("show", "首要", "--json")[1]
    code, _, err = run("show", "首要", "--text", "a.txt")
    assert (code, "--text goes with --format html" in err) == (2, True)


def test_a_retired_shipped_entry_is_shown_as_such(run: Run) -> None:
    Path("despin.yaml").write_text("entries:\n  首要: {status: retired, reason: 常用}\n", "utf-8")
    assert "retired by despin.yaml:2: 常用" in run("show", "首要")[1]


def test_add_refuses_nonsense(run: Run) -> None:
    assert run("add", "甲", "甲")[0] == 4
    assert run("add", "甲", "乙", "--weight", "-1")[0] == 2
    assert not Path("despin.yaml").exists()


def test_stats(run: Run) -> None:
    Path("pairs.tsv").write_text("经由过程\t通过\t3\n首要\t重要\t1\n", "utf-8")
    code, out, _ = run("stats", "--pairs", "pairs.tsv")
    assert code == 0
    assert "coverage: 75.00% of 4 tokens, 50.00% of 2 pairs" in out
    data = json.loads(run("stats", "--json")[1])
    assert data["total"]["active"] == 2
    assert run("stats", "--pairs", "none.tsv")[0] == 3


def test_import_to_a_file_and_to_standard_output(run: Run) -> None:
    Path("My list.txt").write_text("通过→经由过程\n甲→→乙\n", "utf-8")
    code, out, err = run("import", "My list.txt", "-o", "out.yaml")
    assert (code, out) == (0, "")
    assert "My list.txt:2: more than one arrow: '甲→→乙'" in err
    assert run("check", "out.yaml")[0] == 0
    code, out, _ = run("import", "My list.txt", "--name", "mine")
    assert out.startswith("family: mine\n")
    assert run("import", "My list.txt", "--name", "my list")[0] == 2
    assert run("import", "My list.txt", "-o", "My list.txt")[0] == 2
    assert run("import", "none.txt")[0] == 3
    assert run("import", "My list.txt", "--encoding", "utf-9")[0] == 2


def test_missing_files_and_actions(run: Run) -> None:
    assert run("check", "none.yaml")[0] == 4
    assert run("format", "none.yaml")[0] == 4
    assert run("stats", "none.yaml")[0] == 4
    assert run("show", "甲", "--lexicon", "none.yaml")[0] == 4
    assert run()[0] == 2
    Path("empty").mkdir()
    assert run("check", "empty")[0] == 4
