"""`despin check-install`: a file that changed, or is gone, is named."""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from despin.cli.check_install import compare
from despin.cli.main import main


def installed(folder: Path) -> PathDistribution:
    """A distribution of two files."""
    rows = []
    for name in ("a.lm", "b.yaml"):
        (folder / name).write_bytes(name.encode())
        digest = base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(name)}")
    info = folder / "x-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: x\nVersion: 1\n")
    (info / "RECORD").write_text("\n".join([*rows, "x-1.dist-info/RECORD,,", ""]))
    return PathDistribution(info)


def test_files_as_published(tmp_path: Path) -> None:
    assert compare(installed(tmp_path)) == (2, [])
    assert compare(None) == (0, [])


def test_files_that_changed_or_are_gone_are_named(tmp_path: Path) -> None:
    found = installed(tmp_path)
    (tmp_path / "a.lm").write_bytes(b"a.ln")
    (tmp_path / "b.yaml").unlink()
    count, wrong = compare(found)
    assert count == 2
    assert [name for name, _ in wrong] == ["a.lm", "b.yaml"]
    assert "published" in wrong[0][1]
    assert "cannot be read" in wrong[1][1]


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-install"]) == 0
    assert capsys.readouterr().out.rstrip().endswith(("can be opened", "published"))
