"""Patterns from the cache are the patterns of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.page.pattern_file import load, shipped_path
from despin.page.patterns import Boilerplate


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("DESPIN_CACHE", str(folder))
    return folder


def fresh() -> Boilerplate:
    """The shipped patterns, loaded as by another process."""
    load.cache_clear()
    try:
        return load(shipped_path())
    finally:
        load.cache_clear()


def test_patterns_from_the_cache_are_those_of_the_file(folder: Path) -> None:
    first = fresh()
    assert [file.name.partition("-")[0] for file in folder.iterdir()] == ["page"]
    again = fresh()
    assert again.same == first.same
    assert again.patterns == first.patterns


def test_without_a_cache_folder_the_patterns_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESPIN_CACHE", "")
    read = fresh()
    assert len(read.patterns) > 40


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "foreign"])
def test_a_broken_cache_never_matters(folder: Path, damage: str) -> None:
    expected = fresh()
    (file,) = folder.iterdir()
    data = file.read_bytes()
    broken = {"cut": data[:-9], "flip": data.replace(b"copyright", b"copylefts"), "empty": b"", "foreign": b"[]\n[]"}
    file.write_bytes(broken[damage])
    assert fresh().patterns == expected.patterns


def test_a_changed_file_is_read_again(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "patterns.yaml"
    path.write_text(shipped_path().read_text("utf-8"), "utf-8")
    assert load(path).find("责任编辑:竹子") is not None
    path.write_text(path.read_text("utf-8").replace("责任编辑", "责任主笔"), "utf-8")
    load.cache_clear()
    assert load(path).find("责任主笔:竹子") is not None
    load.cache_clear()
