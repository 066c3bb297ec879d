"""The command that makes the table of neighbours."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("numpy")

from despin.errors import InputError
from tools.train import neighbours


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        neighbours.read_vectors(tmp_path / "none.tar.gz")
    (tmp_path / "a.tar.gz").write_bytes(b"another")
    with pytest.raises(InputError, match=r"not the source distribution of synonyms 3\.8\.0"):
        neighbours.read_vectors(tmp_path / "a.tar.gz")
    with pytest.raises(SystemExit, match="not the source"):
        neighbours.main([str(tmp_path / "a.tar.gz"), str(tmp_path / "out")])
    with pytest.raises(SystemExit, match=r"python -m tools\.train\.neighbours"):
        neighbours.main([])
    assert not (tmp_path / "out").exists()
