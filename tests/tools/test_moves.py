"""Moves between modules are counted, and those within one are not."""

from __future__ import annotations

from pathlib import Path

import engine_kit as kit
import pytest

from tools import moves

EXAMPLE = Path(__file__).parents[2] / "examples" / "classic-list.txt"


def test_moves_are_between_two_modules(capsys: pytest.CaptureFixture[str]) -> None:
    found = moves.moves(kit.restorer(), EXAMPLE.read_text("utf-8"))
    assert all(source != target for source, target in found)
    assert found["document/route.py", "document/judge.py"] > 0
    # A call for each edit or each sentence would be many more.
    assert found.total() < 400
    assert moves.main([str(EXAMPLE)]) == 0
    assert "moves through" in capsys.readouterr().out
