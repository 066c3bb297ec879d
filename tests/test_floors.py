"""The pinned figures hold: `despin eval --floors tests/data/floors.json` on the sets that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.cli.main import main

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "samples"
SETS = [ROOT / "tests" / "data" / "cases" / "wild", SHARED / "real-pairs.jsonl", SHARED / "express-parcels.wdiff"]


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_no_figure_fell_below_its_floor(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not path.exists():
        pytest.skip(f"{path.name} is not here; it belongs to others and is not part of the repository")
    code = main(["eval", str(path), "--floors", str(ROOT / "tests" / "data" / "floors.json")])
    assert code == 0, capsys.readouterr().out
