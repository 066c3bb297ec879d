"""docs/new-spinner.md: its files and commands are run, in order, and say what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from places import ROOT

from despin.cli.main import main

PAGE = ROOT / "docs" / "new-spinner.md"
_BLOCK = re.compile(r"^```(text|console)([^\n]*)\n(.*?)^```$", re.M | re.S)


def commands(block: str) -> list[tuple[str, list[str]]]:
    """(command, what it is to say) of a block."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ despin "):
            found.append((line.removeprefix("$ despin "), []))
        else:
            found[-1][1].append(line)
    return found


def test_the_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)
    ran = 0
    for kind, name, block in _BLOCK.findall(PAGE.read_text("utf-8")):
        if kind == "text":
            Path(name.strip()).write_text(block, "utf-8")
            continue
        for command, said in commands(block):
            assert main(shlex.split(command)) == 0, command
            shown = "".join(capsys.readouterr())
            for line in said:
                assert line in shown, f"{command}: {line}"
            ran += 1
    assert ran == 7
    assert Path("restored.txt").read_text("utf-8") == Path("original.txt").read_text("utf-8")


def test_every_program_is_on_the_page() -> None:
    from despin.spinners.registry import NAMES

    text = PAGE.read_text("utf-8")
    assert [name for name in NAMES if f"`{name}`" not in text] == []
