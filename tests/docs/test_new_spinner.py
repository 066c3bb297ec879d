"""docs/new-spinner.md: its files and commands are run, in order, and say what the page says."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import pytest
from places import ROOT

from despin.cli.main import main
from despin.document.channel_judge import ChannelJudge
from despin.document.proof import rewritten
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import Scorer
from despin.spinners.registry import table_spinner
from despin.spinners.rows import Rows, TableRow

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


def test_the_program_of_another_kind(
    language_model: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = re.findall(r"^```python chain\.py\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    (tmp_path / "chain_of_the_page.py").write_text(code, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    names = importlib.import_module("chain_of_the_page")
    pairs = [("方法", "办法"), ("程序", "法度"), ("提供", "供给"), ("处理", "处置"), ("结果", "成果"), ("检查", "搜检")]
    later = [("办法", "法子"), ("需要", "须要"), ("系统", "体系"), ("通过", "经由过程")]
    tables = [table_spinner("strtr-first", Rows(tuple(TableRow(*pair) for pair in rows))) for rows in (pairs, later)]
    chain = names.Chain("chain", first=tables[0], later=tables[1])
    original = "系统通过这种方法处理结果。程序需要检查系统，再提供结果，方法很简单。"
    page = chain.spin(original).text
    judge = ChannelJudge("chain", [("", chain)], language_model, Scorer(language_model))
    ((stretch,),) = judge.stretches(page)[1:]
    assert "法子" in page
    assert rewritten(page, stretch.edits, 0, len(page)) == original
    assert stretch.proof is not None
    assert stretch.proof.respun == 1.0
