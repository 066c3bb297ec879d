"""Names of files that would tell a terminal what to do are printed as escapes, whatever prints them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cli_stub import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be there")
NAME = "a\x1b]0;x\x07\x9b2J\n.txt"
TEXT = "他们经由过程手机付款。\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("restore", "--in-place", NAME),
        ("restore", f"x{NAME}"),
        ("detect", NAME),
        ("explain", NAME),
        ("explain", NAME, "--facts"),
        ("lexicon", "check", f"{NAME}.yaml"),
        ("lexicon", "format", f"{NAME}.yaml"),
        ("lexicon", "show", NAME),
        ("verify", NAME, NAME),
        ("learn", "pairs", NAME, f"x{NAME}"),
        ("review", f"x{NAME}"),
        ("--unknown", NAME),
    ],
    ids=lambda arguments: arguments[0] + arguments[1][:6].strip("a\x1b"),
)
def test_a_name_tells_the_terminal_nothing(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / NAME).write_text(TEXT, "utf-8")
    (tmp_path / f"{NAME}.yaml").write_text("family: own\nentries:\n  甲:   甲\n", "utf-8")
    result = run(*arguments)
    shown = result.text + result.err
    assert not set(shown) & {"\x1b", "\x07", "\x9b"}, shown
    assert "\\x1b]0;x\\x07\\x9b2J" in shown
