"""Outputs that exist, locks, workers, interruptions: whatever happens, the output is that of a run left alone."""

from __future__ import annotations

import errno
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import batch_stub
import pytest
from batch_stub import lines, read, records
from places import environment

from despin.text import writing

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def _inputs(folder: Path, suffix: str, count: int = 600) -> list[str]:
    """Two inputs of one kind."""
    names = [f"a{suffix}", f"b{suffix}"]
    for name in names:
        if suffix == ".parquet":
            parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
            pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")

            table = pa.table({"text": [record["text"] for record in records(count)]})
            parquet.write_table(table, folder / name, row_group_size=count // 2)
        else:
            data = lines(records(count))
            (folder / name).write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)
    return names


def _leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if ".part" in path.name or ".lock" in path.name)


def test_an_output_that_exists_is_refused(batch: Callable[..., Any], tmp_path: Path) -> None:
    names = _inputs(tmp_path, ".jsonl", 3)
    (tmp_path / "out.jsonl").write_text("mine")
    result = batch(*names, "-o", "out.jsonl")
    assert result.code == 5
    assert "out.jsonl: exists; write elsewhere, or replace it with --overwrite" in result.err
    assert (tmp_path / "out.jsonl").read_text() == "mine"
    result = batch(*names, "-o", "out.jsonl", "--resume")
    assert result.code == 0
    assert "out.jsonl: is there already" in result.err
    assert "1 output complete before" in result.err
    assert batch(*names, "-o", "out.jsonl", "--overwrite").code == 0
    assert len(read(tmp_path / "out.jsonl")) == 6
    assert _leftovers(tmp_path) == []
    assert batch(names[0], "-o", names[0]).code == 2
    assert batch(*names, "-o", "nowhere/out.jsonl").code == 5


def test_an_output_that_exists_in_a_folder_costs_the_others_nothing(batch: Callable[..., Any], tmp_path: Path) -> None:
    names = _inputs(tmp_path, ".jsonl", 3)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.jsonl").write_text("mine")
    result = batch(*names, "-o", "out")
    assert result.code == 5
    assert (tmp_path / "out" / "a.jsonl").read_text() == "mine"
    assert len(read(tmp_path / "out" / "b.jsonl")) == 3


def test_one_unreadable_input_among_a_hundred(batch: Callable[..., Any], tmp_path: Path) -> None:
    names = []
    for number in range(100):
        names.append(f"{number:02}.jsonl.gz")
        data = gzip.compress(lines(records(3)))
        (tmp_path / names[-1]).write_bytes(data[:-10] if number == 50 else data)
    (tmp_path / "30.jsonl.gz").unlink()
    for output in ("out.jsonl", "out/"):
        result = batch(*names, "-o", output)
        assert result.code == 3
        assert result.err.count("30.jsonl.gz: there is no such file") == 1
        assert result.err.count("50.jsonl.gz:") == 1
        assert "the file is cut off" in result.err
        assert "2 inputs could not be done, or not to the end" in result.err
    assert len(read(tmp_path / "out.jsonl")) == 98 * 3 + len(read_gzip(tmp_path / "out" / "50.jsonl.gz"))
    assert len(list((tmp_path / "out").glob("*.gz"))) == 99 or not (tmp_path / "out" / "50.jsonl.gz").exists()


def read_gzip(path: Path) -> list[bytes]:
    """The lines of a gzip file, none where it is missing."""
    return gzip.decompress(path.read_bytes()).splitlines() if path.exists() else []


@pytest.mark.parametrize("workers", [1, 2])
def test_records_before_the_damage_are_done(batch: Callable[..., Any], tmp_path: Path, workers: int) -> None:
    data = gzip.compress(lines(records(3000)))
    (tmp_path / "cut.jsonl.gz").write_bytes(data[: len(data) // 2])
    (tmp_path / "damaged.jsonl.gz").write_bytes(gzip.compress(lines(records(1500))) + b"no gzip at all")
    for name in ("cut", "damaged"):
        result = batch(f"{name}.jsonl.gz", "-o", f"{name}.jsonl", "--workers", workers)
        found = read(tmp_path / f"{name}.jsonl")
        assert result.code == 3
        readable = zlib.decompressobj(31).decompress((tmp_path / f"{name}.jsonl.gz").read_bytes())
        assert 300 < len(found) == readable.count(b"\n")
        assert [record["id"] for record in found] == list(range(len(found)))
        assert f"{name}.jsonl.gz:{len(found) + 1}: " in result.err


def test_zstd_that_is_cut_off(batch: Callable[..., Any], tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard", reason="the package zstandard is not installed")
    data = zstandard.ZstdCompressor().compress(lines(records(3000)))
    (tmp_path / "cut.zst").write_bytes(data[:-30])
    (tmp_path / "junk.zst").write_bytes(data[:4] + b"\xff" * 100)
    result = batch("cut.zst", "junk.zst", "-o", "out.jsonl")
    assert result.code == 3
    assert "cut off" in result.err
    assert "junk.zst:1: the file is damaged" in result.err


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_two_workers_write_the_same_bytes(spawn: Callable[..., Any], tmp_path: Path, suffix: str, method: str) -> None:
    names = _inputs(tmp_path, suffix)
    outputs = []
    for workers in (1, 2):
        process = spawn(*names, "-o", f"{workers}{suffix}", "--workers", workers, method=method)
        _, err = process.communicate()
        assert process.returncode == 0, err.decode()
        outputs.append((tmp_path / f"{workers}{suffix}").read_bytes())
    assert outputs[0] == outputs[1]


def test_workers_that_cannot_load_say_so_once(spawn: Callable[..., Any], tmp_path: Path) -> None:
    names = _inputs(tmp_path, ".jsonl", 3)
    (tmp_path / "broken.yaml").touch()
    process = spawn(*names, "-o", "out.jsonl", "--workers", 2, "--lexicon", "broken.yaml")
    _, err = process.communicate()
    assert process.returncode == 4
    assert err.decode().count("broken.yaml:1:1: is broken") == 1


@posix
def test_a_worker_that_dies_ends_the_run_with_a_message(spawn: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines([*records(2000), {"text": "死"}]))
    process = spawn("in.jsonl", "-o", "out.jsonl", "--workers", 2)
    _, err = process.communicate()
    assert process.returncode == 1
    assert "a worker process ended unexpectedly" in err.decode()
    assert "Traceback" not in err.decode()
    assert (tmp_path / "out.jsonl.part.json").exists()


@posix
@pytest.mark.parametrize(
    ("suffix", "workers", "rounds"),
    [
        (".jsonl", 1, 2), (".jsonl", 2, 2), (".jsonl.gz", 1, 1), (".jsonl.gz", 2, 1), (".parquet", 1, 2),
        pytest.param(".jsonl", 1, 7, marks=pytest.mark.slow), pytest.param(".jsonl", 2, 6, marks=pytest.mark.slow),
        pytest.param(".parquet", 1, 5, marks=pytest.mark.slow), pytest.param(".parquet", 2, 2, marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_killed_and_resumed_is_identical(
    spawn: Callable[..., Any], tmp_path: Path, suffix: str, workers: int, rounds: int
) -> None:
    """Eight kills in all, at random moments, and three of runs that are resumed; twenty and nine more are slow."""
    names = _inputs(tmp_path, suffix, 1200)
    process = spawn(*names, "-o", f"whole{suffix}")
    assert process.wait() == 0
    chance = random.Random(f"{suffix}{workers}{rounds}")
    for number in range(rounds):
        output = f"{number}{suffix}"
        for again in range(1 + number % 2):
            process = spawn(*names, "-o", output, "--workers", workers, *["--resume"] * again, pause=0.001)
            time.sleep(chance.uniform(0.1, 0.9 / (1 + again)))
            process.kill_alone()
            assert process.returncode == -signal.SIGKILL
            assert not (tmp_path / output).exists()
        process = spawn(*names, "-o", output, "--workers", workers, "--resume")
        _, err = process.communicate()
        assert process.returncode == 0, err.decode()
        assert f"{2 * 1200:,} records" in err.decode()
        assert (tmp_path / output).read_bytes() == (tmp_path / f"whole{suffix}").read_bytes()
    assert _leftovers(tmp_path) == []


@posix
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_leaves_a_state(spawn: Callable[..., Any], tmp_path: Path, workers: int) -> None:
    names = _inputs(tmp_path, ".jsonl", 700)
    process = spawn(*names, "-o", "out.jsonl", "--workers", workers, pause=0.001)
    part = tmp_path / "out.jsonl.part"
    process.until(lambda: part.exists() and part.stat().st_size)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "continue with --resume" in err.decode()
    assert "Traceback" not in err.decode()
    # What was written is not done a second time.
    assert (tmp_path / "out.jsonl.part.json").read_bytes().find(b'"size": 0,') < 0
    result = spawn(*names, "-o", "out.jsonl")
    assert b"continue it with --resume" in result.communicate()[1]
    assert result.returncode == 5
    assert spawn(*names, "-o", "out.jsonl", "--resume").wait() == 0
    assert spawn(*names, "-o", "whole.jsonl").wait() == 0
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@posix
def test_workers_do_not_outlive_a_run_that_is_killed(spawn: Callable[..., Any], tmp_path: Path) -> None:
    names = _inputs(tmp_path, ".jsonl", 1500)
    process = spawn(*names, "-o", "out.jsonl", "--workers", 2, pause=0.001)
    process.until((tmp_path / "out.jsonl.part").exists)
    process.kill_alone()
    for _ in range(100):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("workers are still there")


@posix
def test_workers_are_gone_when_a_run_is_killed_between_the_halves_of_a_message(tmp_path: Path) -> None:
    """Two workers wait for the second half; it never comes, and nothing but its sender may keep their pipes open."""
    program = f"""
import os, signal, struct, sys
sys.path.insert(0, {str(Path(batch_stub.__file__).parent)!r})
import batch_stub
sys.modules.update(batch_stub.stand_in())
from despin.batch.record import Recipe
from despin.batch.workers import Pool
pool = Pool(Recipe(), 2, "fork")
for connection in pool._connections:
    os.write(connection.fileno(), struct.pack("!i", 100_000))
os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, env=environment(), cwd=tmp_path, stdout=subprocess.PIPE, start_new_session=True)
    try:
        process.communicate(timeout=60)  # ends with the last process that could write there
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


@posix
def test_workers_of_a_run_that_is_killed_hold_no_lock(spawn: Callable[..., Any], tmp_path: Path) -> None:
    """They notice only after the text they are at, which here takes long."""
    names = _inputs(tmp_path, ".jsonl", 20)
    process = spawn(
        *names, "-o", "out.jsonl", "--workers", 2, pause=1.0, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    process.until((tmp_path / "out.jsonl.part").exists)
    time.sleep(0.3)
    process.kill()
    process.wait()
    os.killpg(process.pid, 0)  # the workers are still at it
    _, err = spawn(*names, "-o", "out.jsonl", "--resume").communicate()
    assert b"another run" not in err
    assert len(read(tmp_path / "out.jsonl")) == 40


@posix
def test_two_runs_on_one_output(spawn: Callable[..., Any], tmp_path: Path) -> None:
    names = _inputs(tmp_path, ".jsonl", 700)
    first = spawn(*names, "-o", "out.jsonl", pause=0.003)
    first.until((tmp_path / "out.jsonl.part").exists)
    for option in ([], ["--overwrite"], ["--resume"]):
        second = spawn(*names, "-o", "out.jsonl", *option)
        _, err = second.communicate()
        assert second.returncode == 5
        assert b"another run is writing it" in err or b"an interrupted run is here" in err
    assert first.wait() == 0
    assert len(read(tmp_path / "out.jsonl")) == 1400


@posix
@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_a_full_disk(spawn: Callable[..., Any], tmp_path: Path, suffix: str) -> None:
    names = _inputs(tmp_path, suffix, 1000)
    assert spawn(*names, "-o", f"whole{suffix}").wait() == 0
    limit = (tmp_path / f"whole{suffix}").stat().st_size // 2

    def limited() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = spawn(*names, "-o", f"out{suffix}", preexec_fn=limited)
    _, err = process.communicate()
    assert process.returncode == 5
    said = err.decode()
    assert said.count("cannot be written") == 1
    assert "Traceback" not in said
    assert not (tmp_path / f"out{suffix}").exists()
    # What was begun and could not be finished makes room for the state.
    size, part = json.loads((tmp_path / f"out{suffix}.part.json").read_bytes())["size"], tmp_path / f"out{suffix}.part"
    assert size == (part.stat().st_size if part.is_file() else len(list(part.iterdir())))
    again = said.split("continue with --resume: despin batch ", 1)[1].split()
    assert spawn(*again).wait() == 0
    assert (tmp_path / f"out{suffix}").read_bytes() == (tmp_path / f"whole{suffix}").read_bytes()


def test_a_journal_on_a_full_disk(batch: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = _inputs(tmp_path, ".jsonl", 30)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "replace", full)
        result = batch(*names, "-o", "out/", "--overwrite")
    assert result.code == 5
    assert result.err.count("No space left") == 1
    assert f"continue with --resume: despin batch {' '.join(names)} -o out/ --resume\n" in result.err
    assert batch(*names, "-o", "out/", "--resume").code == 0


def test_a_command_that_is_long_is_not_shown_again(
    batch: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{'a' * 40}{number}.jsonl" for number in range(20)]
    for name in names:
        (tmp_path / name).write_bytes(lines(records(1)))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("despin.batch.folder.run_folder", interrupted)
    result = batch(*names, "-o", "out/", "--overwrite")
    assert result.code == 130
    assert "out/: not complete; continue with --resume: the same command, without --overwrite\n" in result.err


def _interrupted(spawn: Callable[..., Any], tmp_path: Path) -> list[str]:
    """The inputs of a run into out.jsonl that was killed on the way."""
    names = _inputs(tmp_path, ".jsonl", 700)
    process = spawn(*names, "-o", "out.jsonl", pause=0.001)
    state = tmp_path / "out.jsonl.part.json"
    process.until(lambda: state.exists() and b"settings" in state.read_bytes())
    process.kill_alone()
    return names


@posix
def test_a_run_goes_on_only_as_it_began(spawn: Callable[..., Any], batch: Callable[..., Any], tmp_path: Path) -> None:
    names = _interrupted(spawn, tmp_path)
    result = batch(*names, "-o", "out.jsonl", "--resume", "--mode", "restore")
    assert result.code == 2
    assert "the interrupted run had mode 'tag', not 'restore'" in result.err
    result = batch(names[0], "-o", "out.jsonl", "--resume")
    assert result.code == 3
    assert "another list of inputs" in result.err
    (tmp_path / names[1]).write_bytes(lines(records(1)))
    result = batch(*names, "-o", "out.jsonl", "--resume")
    assert result.code == 3
    assert "inputs that have changed since" in result.err
    (tmp_path / "out.jsonl.part.json").write_bytes(b"{}")
    result = batch(*names, "-o", "out.jsonl", "--resume")
    assert result.code == 5
    assert "start again with --overwrite" in result.err
    assert batch(*names, "-o", "out.jsonl", "--overwrite").code == 0
    assert len(read(tmp_path / "out.jsonl")) == 701


@posix
def test_a_folder_is_resumed(spawn: Callable[..., Any], tmp_path: Path) -> None:
    names = _inputs(tmp_path, ".jsonl", 1200)
    assert spawn(*names, "-o", "whole/").wait() == 0
    process = spawn(*names, "-o", "out/", pause=0.002)
    process.until((tmp_path / "out" / "b.jsonl.part").exists)
    process.kill_alone()
    assert b"an interrupted run is here" in spawn(*names, "-o", "out/").communicate()[1]
    process = spawn(*names, "-o", "out/", "--resume")
    _, err = process.communicate()
    assert process.returncode == 0, err.decode()
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.jsonl", "a.jsonl", "-o", "out.jsonl"],
        ["a.jsonl", "x/a.jsonl", "-o", "out/"],
        ["a.jsonl", "-o", "./"],
        ["-", "-o", "out/"],
        ["a.jsonl", "-o", ""],
        ["a.jsonl", "-o", "out.jsonl", "--workers", "0"],
        ["a.jsonl", "-o", "out.jsonl", "--text-field", "despin"],
        ["a.jsonl", "-o", "out.jsonl", "--engine", "ray"],
        ["a.jsonl", "-o", "out.jsonl", "--family", "classic"],
        ["a.jsonl", "-o", "out.jsonl", "--resume", "--overwrite"],
    ],
)
def test_options_that_cannot_be(batch: Callable[..., Any], tmp_path: Path, arguments: list[str]) -> None:
    for name in ("a.jsonl", "x/a.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(lines(records(1)))
    assert batch(*arguments).code == 2
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of memory is read from /proc")
def test_memory_is_bounded(spawn: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of 100 MB and 10 MB of records; the stub's share is Python and despin without model and lexicon."""
    block = lines(records(1000))
    with open(tmp_path / "in.jsonl", "wb") as file:
        file.write(b'{"text": "' + b"x" * 100_000_000 + b'"}\n')
        for _ in range(10_000_000 // len(block)):
            file.write(block)
    monkeypatch.setenv("DESPIN_STUB_MEMORY", "1")
    process = spawn("in.jsonl", "-o", "out.jsonl", "--mode", "filter")
    _, err = process.communicate()
    assert process.returncode == 3  # the long line was passed on unread
    peak = int(err.decode().rsplit("peak", 1)[1])
    assert peak < 90 * 1024
