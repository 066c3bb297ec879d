"""Tables for measuring, drawn from a list."""

from __future__ import annotations

from pathlib import Path

from despin.lexicon.load import load
from despin.spinners.rows import TableRow, read_rows
from tools.tables import main


def test_rows_are_drawn_in_order_and_named(tmp_path: Path) -> None:
    rows = [f"词{chr(0x4E00 + n)}→字{chr(0x4E00 + n)}" for n in range(40)]
    (tmp_path / "list.txt").write_text("\n".join(rows), "utf-8")
    assert main([str(tmp_path / "list.txt"), "-o", str(tmp_path / "out"), "--pairs", "10", "--both-ways"]) == 0
    made = read_rows(tmp_path / "out" / "made.table").rows
    assert len(made) == 10
    assert [TableRow(row.target, row.key) for row in made[::2]] == list(made[1::2])
    assert list(made[::2]) == sorted(made[::2])
    family = load([tmp_path / "out" / "first-occurrence.yaml"], shipped=False).families[0]
    assert family.program is not None and family.program.parameters["name"] == "first-occurrence"
    assert main([str(tmp_path / "none.txt"), "-o", str(tmp_path)]) == 1
