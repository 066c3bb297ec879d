"""What has the name of an output, of its part or of its lock, and is somebody else's."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_stub import lines, read, records

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes with names")


@pytest.mark.parametrize("suffix", [".part", ".part.json", ".lock"])
@pytest.mark.parametrize("output", ["t.jsonl", "out/"])
def test_an_input_is_never_taken_for_a_part(
    batch: Callable[..., Any], tmp_path: Path, suffix: str, output: str
) -> None:
    folder = tmp_path / "out" if output == "out/" else tmp_path
    folder.mkdir(exist_ok=True)
    for name in ("t.jsonl", f"t.jsonl{suffix}"):
        (folder / name).write_bytes(lines(records(3)))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "t.jsonl").write_bytes(lines(records(3)))
    own = f"out/t.jsonl{suffix}" if output == "out/" else f"t.jsonl{suffix}"
    result = batch("in/t.jsonl", own, "-o", output, "--overwrite")
    assert result.code == 2
    assert (tmp_path / own).read_bytes() == lines(records(3))


def test_outputs_in_each_others_way(batch: Callable[..., Any], tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.jsonl.part"):
        (tmp_path / name).write_bytes(lines(records(3)))
    result = batch("a.jsonl.part", "a.jsonl", "-o", "out/")
    assert result.code == 2
    assert "would be in each other's way" in result.err


@pytest.mark.parametrize("name", [".despin-batch.json", ".despin-batch.lock"])
def test_an_input_called_like_what_a_folder_holds(batch: Callable[..., Any], tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(lines(records(3)))
    result = batch(name, "-o", "out/", "--overwrite")
    assert result.code == 2
    assert "has the name of a file that despin keeps in the folder" in result.err


def test_what_is_called_like_a_part_stays(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(3)))
    (tmp_path / "out.jsonl.part").mkdir()
    (tmp_path / "out.jsonl.part" / "mine").write_text("mine")
    for option in ([], ["--overwrite"], ["--resume"]):
        result = batch("in.jsonl", "-o", "out.jsonl", *option)
        assert result.code == 5
        assert "out.jsonl.part: is in the way, and belongs to no run" in result.err
    assert (tmp_path / "out.jsonl.part" / "mine").read_text() == "mine"


def test_a_lock_that_holds_something_stays(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(3)))
    (tmp_path / "out.jsonl.lock").write_text("mine")
    assert batch("in.jsonl", "-o", "out.jsonl").code == 0
    assert (tmp_path / "out.jsonl.lock").read_text() == "mine"


@posix
def test_what_is_no_file_is_not_replaced(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(3)))
    os.mkfifo(tmp_path / "pipe")
    for output in ("pipe", os.devnull):
        result = batch("in.jsonl", "-o", output, "--overwrite")
        assert result.code == 5
        assert "is no file" in result.err
    assert stat.S_ISFIFO(os.stat(tmp_path / "pipe").st_mode)
    assert not stat.S_ISREG(os.stat(os.devnull).st_mode)


@posix
def test_a_link_is_followed(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(3)))
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    assert batch("in.jsonl", "-o", "link.jsonl").code == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len(read(tmp_path / "real.jsonl")) == 3
    assert batch("in.jsonl", "-o", "link.jsonl").code == 5
    assert batch("real.jsonl", "-o", "link.jsonl", "--overwrite").code == 2
