"""The pinned figures hold: `despin eval --floors tests/data/floors.json` on the sets that are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from places import DATA, SHARED, WITHOUT_SHARED

from despin.cli.main import main

SETS = [DATA / "cases" / "wild", *(SHARED / "samples" / name for name in ("real-pairs.jsonl", "express-parcels.wdiff"))]


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_no_figure_fell_below_its_floor(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not path.exists():
        pytest.skip(WITHOUT_SHARED)
    code = main(["eval", str(path), "--floors", str(DATA / "floors.json")])
    said = capsys.readouterr().out
    assert code == 0, said
    if SHARED not in path.parents:
        assert "the set has changed" not in said
