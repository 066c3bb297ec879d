"""What worker processes share."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import batch_stub
import pytest

from despin.batch.interfaces import Block
from despin.batch.record import Recipe
from despin.batch.workers import Pool


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="processes are not forked here")
def test_forked_workers_share_what_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = tmp_path / "loaded"

    def restorer(_: Recipe) -> Any:
        with loaded.open("a") as file:
            file.write("once\n")
        return batch_stub.Restorer()

    monkeypatch.setattr(Recipe, "restorer", restorer)
    pool = Pool(Recipe(), 3, "fork")
    try:
        block = Block([b'{"text": "a"}\n'] * 2, True, 0, (0, 0))
        assert [done.records for _, done in pool.results([block] * 5)] == [2] * 5
    finally:
        pool.close()
    assert loaded.read_text() == "once\n"
