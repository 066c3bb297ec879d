"""Going on with a run: what was made before stays or is made anew, and nothing else is taken for it."""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_stub import lines, read, records

from despin.batch.state import seal

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.fixture
def halfway(spawn: Callable[..., Any], tmp_path: Path) -> Callable[..., None]:
    """`halfway(*arguments, until=FILE, **popen)` kills a run once that file holds something."""

    def run(*arguments: object, until: str, **popen: Any) -> None:
        process = spawn(*arguments, pause=0.001, **popen)
        file = tmp_path / until
        process.until(lambda: file.exists() and b"settings" in file.read_bytes())
        process.kill_alone()

    return run


@posix
@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_standard_input_goes_on_where_it_was(
    spawn: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path, suffix: str
) -> None:
    data = lines(records(1500))
    (tmp_path / f"in{suffix}").write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)
    (tmp_path / "other.jsonl").write_bytes(lines(reversed(records(1500))))
    assert spawn(f"in{suffix}", "-o", "whole.jsonl").wait() == 0
    with open(tmp_path / f"in{suffix}", "rb") as file:
        halfway("-", "-o", "out.jsonl", until="out.jsonl.part.json", stdin=file)
    with open(tmp_path / "other.jsonl", "rb") as file:
        process = spawn("-", "-o", "out.jsonl", "--resume", stdin=file)
        _, err = process.communicate()
    assert process.returncode == 3
    assert b"is not what the interrupted run read" in err
    assert not (tmp_path / "out.jsonl").exists()
    with open(tmp_path / f"in{suffix}", "rb") as file:
        assert spawn("-", "-o", "out.jsonl", "--resume", stdin=file).wait() == 0
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@posix
def test_a_pipe_with_a_name_is_read(spawn: Callable[..., Any], tmp_path: Path) -> None:
    data = lines(records(300))
    for number, sent in enumerate((data, gzip.compress(data))):
        os.mkfifo(tmp_path / f"pipe{number}")
        process = spawn(f"pipe{number}", "-o", f"{number}.jsonl")
        (tmp_path / f"pipe{number}").write_bytes(sent)
        _, err = process.communicate()
        assert process.returncode == 0, err.decode()
        assert len(read(tmp_path / f"{number}.jsonl")) == 300


@posix
def test_outputs_that_are_replaced_are_all_made_anew(
    spawn: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path
) -> None:
    for name in ("a.jsonl", "b.jsonl", "c.jsonl"):
        (tmp_path / name).write_bytes(lines(records(700)))
    shards = ["a.jsonl", "b.jsonl", "c.jsonl"]
    assert spawn(*shards, "-o", "out/").wait() == 0
    assert spawn(*shards, "-o", "whole/", "--mode", "filter").wait() == 0
    halfway(*shards, "-o", "out/", "--overwrite", "--mode", "filter", until="out/b.jsonl.part.json")
    process = spawn(*shards, "-o", "out/", "--mode", "filter", "--resume")
    _, err = process.communicate()
    assert process.returncode == 0, err.decode()
    for name in shards:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert len(list((tmp_path / "out").iterdir())) == 3


@posix
def test_a_run_is_not_gone_on_with_by_other_programs(
    batch: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(1500)))
    halfway("in.jsonl", "-o", "out.jsonl", until="out.jsonl.part.json")
    monkeypatch.setenv("DESPIN_STUB_PROGRAMS", "fedcba987654")
    result = batch("in.jsonl", "-o", "out.jsonl", "--resume")
    assert result.code == 2
    assert "the interrupted run had programs 'none', not 'fedcba987654'" in result.err


@posix
def test_an_output_that_is_replaced_is_not_taken_for_the_result(
    batch: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(20)))
    (tmp_path / "out.jsonl").write_text("old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("despin.batch.run.start_workers", interrupted)
        assert batch("in.jsonl", "-o", "out.jsonl", "--overwrite").code == 130
    assert (tmp_path / "out.jsonl").read_text() == "old"
    assert batch("in.jsonl", "-o", "out.jsonl", "--resume").code == 0
    assert len(read(tmp_path / "out.jsonl")) == 20
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_what_cannot_begin_leaves_nothing(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(3)))
    (tmp_path / "broken.yaml").touch()
    assert batch("in.jsonl", "-o", "out.jsonl", "--lexicon", "broken.yaml").code == 4
    assert batch("nowhere.jsonl", "-o", "out.jsonl").code == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.yaml", "in.jsonl"]


@posix
@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_a_part_that_is_not_as_it_was_is_not_filled_up(
    batch: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path, suffix: str
) -> None:
    if suffix == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
        pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
        texts = [record["text"] * 60 for record in records(1500)]
        parquet.write_table(pa.table({"text": texts}), tmp_path / "in.parquet")
    else:
        (tmp_path / "in.jsonl").write_bytes(lines(records(1500)))
    state = tmp_path / f"out{suffix}.part.json"
    halfway(f"in{suffix}", "-o", f"out{suffix}", until=state.name)
    values = json.loads(state.read_bytes())
    part = tmp_path / f"out{suffix}.part"
    if suffix == ".parquet":
        part.mkdir(exist_ok=True)
        damaged = part / "00000000.parquet"
        change(state, {"size": max(1, values["size"])})
    else:
        damaged = part
    damaged.write_bytes(b"")
    result = batch(f"in{suffix}", "-o", f"out{suffix}", "--resume")
    assert result.code == 5
    assert part.name in result.err
    assert "is not as the interrupted run left it" in result.err
    assert batch(f"in{suffix}", "-o", f"out{suffix}", "--overwrite").code == 0


@posix
@pytest.mark.parametrize("suffix", [".jsonl"])
@pytest.mark.parametrize("place", [100, -100])
def test_a_changed_byte_of_a_part_is_noticed(
    batch: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path, suffix: str, place: int,
) -> None:  # fmt: skip
    (tmp_path / "in.jsonl").write_bytes(lines(records(1500)))
    part, state = tmp_path / f"out{suffix}.part", tmp_path / f"out{suffix}.part.json"
    halfway("in.jsonl", "-o", f"out{suffix}", until=state.name)
    size = json.loads(state.read_bytes())["size"]
    assert size
    data = bytearray(part.read_bytes())
    data[place % size] ^= 1
    part.write_bytes(data)
    result = batch("in.jsonl", "-o", f"out{suffix}", "--resume")
    assert result.code == 5
    assert f"{part.name} is not as the interrupted run left it" in result.err


@posix
@pytest.mark.parametrize("place", [0, 40_000])
def test_an_input_of_the_same_size_and_time_is_told_from_another(
    batch: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path, place: int
) -> None:
    path, state = tmp_path / "in.jsonl", tmp_path / "out.jsonl.part.json"
    path.write_bytes(lines(records(6000)))
    halfway("in.jsonl", "-o", "out.jsonl", until=state.name)
    data, times = bytearray(path.read_bytes()), path.stat()
    place = min(place, json.loads(state.read_bytes())["offset"] // 2)
    place = data.index(b'"text": "', place) + 9
    data[place : place + 3] = "乙".encode()
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    result = batch("in.jsonl", "-o", "out.jsonl", "--resume")
    assert result.code == 3, result.err
    assert not (tmp_path / "out.jsonl").exists()


def change(state: Path, changed: dict[str, Any]) -> None:
    """Write a state with other values, and the checksum of these."""
    values = {**json.loads(state.read_bytes()), **changed}
    held = {name: value for name, value in values.items() if name not in ("version", "checksum")}
    state.write_text(json.dumps({**values, "checksum": seal(held)}))


@posix
@pytest.mark.parametrize("name", ["offset", "size", "record", "input"])
def test_a_state_that_was_edited_is_refused(
    batch: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path, name: str
) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(1500)))
    state = tmp_path / "out.jsonl.part.json"
    halfway("in.jsonl", "-o", "out.jsonl", until=state.name)
    values = json.loads(state.read_bytes())
    state.write_text(json.dumps({**values, name: values[name] + 1}))
    result = batch("in.jsonl", "-o", "out.jsonl", "--resume")
    assert result.code == 5
    assert "cannot be read as the state of an interrupted run" in result.err


@pytest.mark.parametrize(
    "changed",
    [
        {"offset": "7"},
        {"size": None},
        {"settings": None},
        {"input": 7},
        {"input": -1},
        {"finished": 1},
        {"tally": {"records": "many"}},
        {"unknown": 1},
        {"first": []},
    ],
)
@posix
def test_a_state_that_cannot_be_is_refused(
    batch: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path, changed: dict[str, Any]
) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(1500)))
    state = tmp_path / "out.jsonl.part.json"
    halfway("in.jsonl", "-o", "out.jsonl", until=state.name)
    change(state, changed)
    result = batch("in.jsonl", "-o", "out.jsonl", "--resume")
    assert result.code == 5
    assert "cannot be read as the state of an interrupted run" in result.err
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".despin-batch.json").write_text('{"settings": null, "done": {}}')
    result = batch("in.jsonl", "-o", "out/", "--resume")
    assert result.code == 5
    assert "cannot be read as the journal" in result.err


def test_what_was_cut_off_is_made_anew_once_it_is_whole(batch: Callable[..., Any], tmp_path: Path) -> None:
    whole = gzip.compress(lines(records(300)))
    (tmp_path / "a.jsonl.gz").write_bytes(whole)
    (tmp_path / "b.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "foreign").mkdir()
    assert batch("a.jsonl.gz", "b.jsonl.gz", "-o", "out/").code == 3
    assert batch("a.jsonl.gz", "b.jsonl.gz", "-o", "out/").code == 5
    assert batch("a.jsonl.gz", "b.jsonl.gz", "-o", "out/", "--resume").code == 3
    (tmp_path / "b.jsonl.gz").write_bytes(whole)
    result = batch("a.jsonl.gz", "b.jsonl.gz", "-o", "out/", "--resume")
    assert result.code == 0
    assert "600 records" in result.err
    assert "1 output complete before" in result.err
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        assert gzip.decompress((tmp_path / "out" / name).read_bytes()).count(b"\n") == 300
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_an_output_of_somebody_else_is_never_made_anew(batch: Callable[..., Any], tmp_path: Path) -> None:
    whole = gzip.compress(lines(records(30)))
    (tmp_path / "a.jsonl.gz").write_bytes(whole)
    (tmp_path / "b.jsonl.gz").write_bytes(whole[:-9])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.jsonl.gz").write_text("mine")
    assert batch("a.jsonl.gz", "b.jsonl.gz", "-o", "out/").code == 5
    assert batch("a.jsonl.gz", "b.jsonl.gz", "-o", "out/", "--resume").code == 3
    assert (tmp_path / "out" / "a.jsonl.gz").read_text() == "mine"


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_killed_while_the_output_appears(
    batch: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    if suffix == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
        pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
        parquet.write_table(pa.table({"text": ["数据经由过程传送。"]}), tmp_path / "in.parquet")
    else:
        (tmp_path / "in.jsonl").write_bytes(lines(records(3)))
    command = [f"in{suffix}", "-o", f"out{suffix}"]

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("despin.batch.state.Keeper.remove", killed)
        assert batch(*command).code == 130
    made = (tmp_path / f"out{suffix}").read_bytes()
    assert batch(*command, "--resume").code == 0
    assert (tmp_path / f"out{suffix}").read_bytes() == made
    with monkeypatch.context() as patch:
        patch.setattr("despin.batch.state.Keeper.remove", killed)
        assert batch(*command, "--overwrite").code == 130
    (tmp_path / f"out{suffix}").unlink()
    result = batch(*command, "--resume")
    assert result.code == 5
    assert "of the interrupted run is gone; start again with --overwrite" in result.err


@posix
@pytest.mark.parametrize("kind", ["parquet", "cut", "closed"])
def test_standard_input_that_cannot_be_read_again_costs_nothing(
    spawn: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path, kind: str
) -> None:
    data = gzip.compress(lines(records(1500)))
    (tmp_path / "in.gz").write_bytes(data)
    (tmp_path / "cut").write_bytes(data[:200])
    (tmp_path / "parquet").write_bytes(b"PAR1" + data)
    with open(tmp_path / "in.gz", "rb") as file:
        halfway("-", "-o", "out.jsonl", until="out.jsonl.part.json", stdin=file)
    state = (tmp_path / "out.jsonl.part.json").read_bytes()
    if kind == "closed":
        process = spawn("-", "-o", "out.jsonl", "--resume", preexec_fn=lambda: os.close(0), stdin=None)
    else:
        with open(tmp_path / kind, "rb") as file:
            process = spawn("-", "-o", "out.jsonl", "--resume", stdin=file)
    process.communicate()
    assert process.returncode == 3
    assert not (tmp_path / "out.jsonl").exists()
    assert json.loads((tmp_path / "out.jsonl.part.json").read_bytes()) == json.loads(state)
    with open(tmp_path / "in.gz", "rb") as file:
        assert spawn("-", "-o", "out.jsonl", "--resume", stdin=file).wait() == 0
    assert len(read(tmp_path / "out.jsonl")) == 1500


@posix
def test_only_what_was_to_be_replaced_is(
    spawn: Callable[..., Any], halfway: Callable[..., None], tmp_path: Path
) -> None:
    shards = [f"{name}.jsonl" for name in "abcd"]
    (tmp_path / "out").mkdir()
    for name in shards:
        (tmp_path / name).write_bytes(lines(records(700)))
        (tmp_path / "out" / name).write_text("old")
    halfway(*shards[:3], "-o", "out/", "--overwrite", until="out/b.jsonl.part.json")
    # Fewer inputs than were to be replaced, then more.
    assert spawn(*shards[:2], "-o", "out/", "--resume").wait() == 0
    assert (tmp_path / "out" / "c.jsonl").read_text() == "old"
    assert spawn(*shards, "-o", "out/", "--resume").wait() == 0
    assert [len((tmp_path / "out" / name).read_bytes().splitlines()) for name in shards] == [700, 700, 700, 1]
    assert len(list((tmp_path / "out").iterdir())) == 4


def test_what_is_no_file_is_no_complete_output(batch: Callable[..., Any], tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(lines(records(3)))
    (tmp_path / "out" / "a.jsonl").mkdir(parents=True)
    result = batch("a.jsonl", "b.jsonl", "-o", "out/", "--resume")
    assert result.code == 5
    assert "is a folder" in result.err
    assert len(read(tmp_path / "out" / "b.jsonl")) == 3


def test_a_compressed_file_of_no_bytes_is_not_done(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines(records(3))))
    (tmp_path / "b.jsonl.gz").touch()
    result = batch("a.jsonl.gz", "b.jsonl.gz", "-o", "out/")
    assert result.code == 3
    assert "b.jsonl.gz: is empty, as no compressed file is; fetch it again" in result.err
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines(records(3))))
    assert batch("a.jsonl.gz", "b.jsonl.gz", "-o", "out/", "--resume").code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.jsonl.gz", "b.jsonl.gz"]
