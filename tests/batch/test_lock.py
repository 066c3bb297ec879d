"""A lock on an output: held once, let go of at the end, and not kept open by processes that are forked meanwhile."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_stub import lines, read, records

from despin.batch import forks
from despin.batch.lock import Lock
from despin.errors import OutputError

posix = pytest.mark.skipif(sys.platform == "win32", reason="descriptors and processes of POSIX")


def held(path: Path) -> bool:
    """Whether somebody holds the lock."""
    try:
        with Lock(path, "out"):
            return False
    except OutputError as error:
        assert "out: another run is writing it" in str(error)
        return True


def test_a_lock_is_held_until_its_end_and_goes(tmp_path: Path) -> None:
    path = tmp_path / "out.lock"
    with Lock(path, "out") as lock:
        assert path.exists()
        assert held(path)
        assert path.exists(), "who was refused took it away"
        assert lock._close in forks._closing
    assert not path.exists()
    assert lock._close not in forks._closing
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(lock._handle)
    assert not held(path)


def test_a_lock_is_let_go_of_where_its_run_fails(tmp_path: Path) -> None:
    path = tmp_path / "out.lock"
    with pytest.raises(KeyError), Lock(path, "out"):
        raise KeyError
    assert not path.exists()
    assert not held(path)


def test_a_lock_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "out.lock"
    with Lock(path, "out"):
        path.unlink()
    assert not path.exists(), "it was there at the end"
    path.write_text("mine")
    with Lock(path, "out"):
        assert held(path)
    assert path.read_text() == "mine"


@posix
def test_a_lock_whose_file_goes_while_it_is_waited_for_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run before ends between the opening of its file and the lock on it."""
    path, taken = tmp_path / "out.lock", []
    from despin.batch import lock as module

    real = module._take

    def take(handle: int) -> None:
        if not taken:
            path.unlink()
        taken.append(handle)
        real(handle)

    monkeypatch.setattr(module, "_take", take)
    with Lock(path, "out"):
        assert len(taken) == 2
        assert path.exists()
        assert held(path)
    assert not path.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="open files are listed in /proc")
def test_no_lock_leaves_a_file_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, before = tmp_path / "out.lock", len(os.listdir("/proc/self/fd"))
    with Lock(path, "out"):
        assert held(path)
        assert len(os.listdir("/proc/self/fd")) == before + 1
    assert len(os.listdir("/proc/self/fd")) == before
    ours = iter((False, False, True))
    monkeypatch.setattr(Lock, "_is_ours", lambda _: next(ours))
    with Lock(path, "out"):
        assert len(os.listdir("/proc/self/fd")) == before + 1
    assert len(os.listdir("/proc/self/fd")) == before


@posix
def test_a_lock_cannot_be_a_link_a_folder_or_nowhere(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / "link").symlink_to("other")
    (tmp_path / "folder").mkdir()
    for name in ("link", "folder"):
        with (
            pytest.raises(OutputError, match=r"out: cannot be written .*; write elsewhere"),
            Lock(tmp_path / name, "out"),
        ):
            pass
    with pytest.raises(OutputError, match="out: its folder does not exist; make it first"):
        Lock(tmp_path / "none" / "lock", "out").__enter__()
    assert (tmp_path / "other").read_text() == "mine"


@posix
def test_a_process_that_is_forked_does_not_hold_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "out.lock"
    here, there = os.pipe()
    with Lock(path, "out") as lock:
        child = os.fork()
        if not child:
            try:
                os.fstat(lock._handle)
                said = b"open"
            except OSError:
                said = b"closed"
            os.write(there, said + b" and " + (b"noted" if forks._closing else b"forgotten"))
            os._exit(0)
        os.close(there)
        with open(here, "rb") as file:
            assert file.read() == b"closed and forgotten"
        os.waitpid(child, 0)
        assert held(path)


@posix
def test_what_is_closed_already_does_not_keep_the_rest_open() -> None:
    closed: list[int] = []

    def fails() -> None:
        closed.append(1)
        raise OSError

    def works() -> None:
        closed.append(2)

    before = set(forks._closing)
    forks.remove(fails)
    for close in (fails, works):
        forks.add(close)
    here, there = os.pipe()
    child = os.fork()
    if not child:
        os.write(there, bytes(sorted(closed)))
        os._exit(0)
    os.close(there)
    os.waitpid(child, 0)
    with open(here, "rb") as file:
        assert file.read() == b"\1\2"
    assert closed == []
    assert forks._closing == before | {fails, works}
    for close in (fails, works):
        forks.remove(close)
    assert forks._closing == before


def test_in_a_forked_process_everything_is_closed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[int] = []

    def fails() -> None:
        closed.append(1)
        raise OSError

    monkeypatch.setattr(forks, "_closing", {fails, lambda: closed.append(2)})
    forks._close()
    assert sorted(closed) == [1, 2]
    forks._close()
    assert len(closed) == 2


def test_two_runs_on_one_output_in_one_process(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(3)))
    for option in ([], ["--overwrite"], ["--resume"]):
        with Lock(tmp_path / "out.jsonl.lock", "out.jsonl"):
            result = batch("in.jsonl", "-o", "out.jsonl", *option)
        assert result.code == 5
        assert "out.jsonl: another run is writing it" in result.err
        assert not (tmp_path / "out.jsonl").exists()
    assert batch("in.jsonl", "-o", "out.jsonl").code == 0
    assert len(read(tmp_path / "out.jsonl")) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]
