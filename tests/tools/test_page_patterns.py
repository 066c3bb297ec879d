"""`python -m tools.page_patterns`: checking a file of page patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

import tools.page_patterns as command
from despin.errors import LexiconError, ModelError
from despin.page.pattern_file import shipped_path
from tools.page_patterns import main


def test_the_shipped_patterns_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert main([str(shipped_path())]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_problems_are_printed_with_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("title: own\nlins: {}\n", "utf-8")
    assert main([str(path)]) == LexiconError.exit_code
    said = capsys.readouterr()
    assert f"{path}:2:1: " in said.out
    assert "lins" in said.out
    assert said.err == ""


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(tmp_path / "none.yaml")])
    said = capsys.readouterr()
    assert code != 0
    assert "none.yaml" in said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_what_cannot_be_checked_is_said_with_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> Path:
        raise ModelError("page.yaml: is missing; install despin again")

    monkeypatch.setattr(command, "shipped_path", missing)
    assert main([]) == ModelError.exit_code
    assert capsys.readouterr().err == "despin: page.yaml: is missing; install despin again\n"
