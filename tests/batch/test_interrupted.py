"""Runs that are interrupted at a block, in this process, and gone on with: of a file and of a folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_stub import lines, read, records

from despin.batch import folder, state, workers
from despin.batch.folder import JOURNAL, FolderJournal
from despin.batch.run import Job
from despin.batch.state import Tally
from despin.errors import InputError, OutputError

#: Records of an input, and of a block; so many blocks has an input.
RECORDS, BLOCK = 22, 8
BLOCKS = 3


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are small, and a state is saved after each."""
    monkeypatch.setattr("despin.batch.inputs.BLOCK_LINES", BLOCK)
    monkeypatch.setattr("despin.batch.parquet.BLOCK_ROWS", BLOCK)
    monkeypatch.setattr(state, "PAUSE", 0.0)


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch, batch: Callable[..., Any]) -> Callable[..., None]:
    """`stopping(block, *arguments)` runs `despin batch` and interrupts it before this block, counted from 0."""

    def run(at: int, *arguments: object) -> None:
        done = 0

        def work(*given: Any) -> Any:
            nonlocal done
            if done == at:
                raise KeyboardInterrupt
            done += 1
            return real(*given)

        real = workers.work
        with monkeypatch.context() as patch:
            patch.setattr(workers, "work", work)
            assert batch(*arguments).code == 130

    return run


def put(path: Path, first: int = 0) -> None:
    """An input of `RECORDS` records."""
    found = records(first + RECORDS)[first:]
    if path.suffix == ".parquet":
        pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
        parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
        parquet.write_table(pa.table({"text": [one["text"] for one in found]}), path)
        return
    data = lines(found)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def names(place: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in place.iterdir())


@pytest.mark.parametrize("mode", ["tag", "filter"])
@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_interrupted_before_any_block_and_resumed_is_the_same(
    batch: Callable[..., Any], stopping: Callable[..., None], tmp_path: Path, suffix: str, mode: str
) -> None:
    inputs = [f"a{suffix}", f"b{suffix}"]
    for number, name in enumerate(inputs):
        put(tmp_path / name, number * 5)
    whole = batch(*inputs, "-o", f"whole{suffix}", "--mode", mode)
    figures = whole.err.replace("whole", "out").splitlines()[-1].partition(" records")[0]
    for at in range(2 * BLOCKS):
        command = [*inputs, "-o", f"out{suffix}", "--mode", mode]
        stopping(at, *command)
        assert batch(*command).code == 5, "it is to be said what becomes of the interrupted run"
        done = batch(*command, "--resume")
        assert done.code == 0
        assert done.err.splitlines()[-1].partition(" records")[0] == figures
        assert (tmp_path / f"out{suffix}").read_bytes() == (tmp_path / f"whole{suffix}").read_bytes(), at
        (tmp_path / f"out{suffix}").unlink()
        assert names(tmp_path) == sorted([*inputs, f"whole{suffix}"])


def test_a_folder_goes_on_with_the_output_that_was_begun(
    batch: Callable[..., Any], stopping: Callable[..., None], tmp_path: Path
) -> None:
    inputs = [f"{name}.jsonl" for name in "abc"]
    for number, name in enumerate(inputs):
        put(tmp_path / name, number)
    assert batch(*inputs, "-o", "whole/").code == 0
    for at in range(1, 3 * BLOCKS, 2):
        out = tmp_path / f"out{at}"
        stopping(at, *inputs, "-o", f"{out.name}/")
        complete = at // BLOCKS
        assert {JOURNAL, *inputs[:complete]} <= set(names(out))
        assert not set(inputs[complete:]) & set(names(out))
        assert batch(*inputs, "-o", f"{out.name}/").code == 5
        done = batch(*inputs, "-o", f"{out.name}/", "--resume")
        assert done.code == 0
        assert f"{3 * RECORDS} records" in done.err
        assert (f"{complete} output" in done.err) == (complete > 0)
        assert names(out) == inputs
        assert all((out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes() for name in inputs)


def test_a_folder_goes_on_only_as_it_began(
    batch: Callable[..., Any], stopping: Callable[..., None], tmp_path: Path
) -> None:
    put(tmp_path / "a.jsonl")
    put(tmp_path / "b.jsonl")
    command = ["a.jsonl", "b.jsonl", "-o", "out/"]
    stopping(BLOCKS + 1, *command)
    result = batch(*command, "--resume", "--mode", "filter")
    assert result.code == 2
    assert "had mode 'tag', not 'filter'" in result.err
    path = tmp_path / "out" / JOURNAL
    whole = path.read_bytes()
    values = json.loads(whole)
    assert set(values["done"]) == {"a.jsonl"}
    for wrong in (
        b"",
        b"[]",
        json.dumps({**values, "replacing": ["a.jsonl"]}).encode(),
        json.dumps({**values, "checksum": "0"}).encode(),
    ):
        path.write_bytes(wrong)
        result = batch(*command, "--resume")
        assert result.code == 5
        assert "cannot be read as the journal of an interrupted run" in result.err
    path.write_bytes(whole)
    assert batch(*command, "--resume").code == 0
    assert names(tmp_path / "out") == ["a.jsonl", "b.jsonl"]


def test_what_a_folder_was_to_replace_is_replaced_though_the_run_was_interrupted(
    batch: Callable[..., Any], stopping: Callable[..., None], tmp_path: Path
) -> None:
    inputs = [f"{name}.jsonl" for name in "abc"]
    (tmp_path / "out").mkdir()
    for name in inputs:
        put(tmp_path / name)
        (tmp_path / "out" / name).write_text("old")
    stopping(BLOCKS + 1, *inputs, "-o", "out/", "--overwrite")
    assert [(tmp_path / "out" / name).read_text() == "old" for name in inputs] == [False, True, True]
    # Fewer inputs: the journal stays for what is still to be replaced.
    assert batch(*inputs[:2], "-o", "out/", "--resume").code == 0
    assert (tmp_path / "out" / "c.jsonl").read_text() == "old"
    assert JOURNAL in names(tmp_path / "out")
    assert batch(*inputs, "-o", "out/", "--resume").code == 0
    assert [len(read(tmp_path / "out" / name)) for name in inputs] == [RECORDS] * 3
    assert names(tmp_path / "out") == inputs


def test_an_output_that_fails_costs_the_others_nothing_and_is_said(batch: Callable[..., Any], tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        put(tmp_path / name)
    (tmp_path / "out" / "a.jsonl").mkdir(parents=True)
    result = batch("a.jsonl", "b.jsonl", "missing.jsonl", "-o", "out/")
    assert result.code == 5
    assert "a.jsonl: is a folder" in result.err
    assert "missing.jsonl" in result.err
    assert f"{RECORDS} records" in result.err
    assert len(read(tmp_path / "out" / "b.jsonl")) == RECORDS


def test_a_journal_says_which_outputs_are_complete(tmp_path: Path) -> None:
    unread = Tally(records=3)
    unread.fail(InputError("cut off"))
    known = {"known.jsonl": Tally(records=9), "unread.jsonl": unread}
    notes = FolderJournal(tmp_path / JOURNAL, "out", {}, known, {"replaced.jsonl"})

    def part(name: str, resume: bool = True) -> Job:
        return Job((f"in/{name}",), str(tmp_path / name), resume=resume)

    for name in ("known.jsonl", "unread.jsonl", "replaced.jsonl", "other.jsonl"):
        assert notes.complete(part(name)) is None, "there is none"
        (tmp_path / name).touch()
        assert notes.complete(part(name, resume=False)) is None
    assert notes.complete(part("known.jsonl")) == Tally(records=9, complete=1)
    assert notes.complete(part("other.jsonl")) == Tally(complete=1)
    assert notes.complete(part("unread.jsonl")) is None
    assert notes.complete(part("replaced.jsonl")) is None
    # What was made before, and is made again, may be replaced; what somebody else put there may not.
    renewed = {name: notes.renewed(part(f"{name}.jsonl")).overwrite for name in ("known", "replaced", "other")}
    assert renewed == {"known": True, "replaced": True, "other": False}
    Path(str(part("known.jsonl").state_path)).touch()
    assert notes.complete(part("known.jsonl")) is None, "it was begun again"


def test_a_journal_notes_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "PAUSE", 1e9)
    path = tmp_path / JOURNAL
    notes = FolderJournal(path, "out", {"mode": "tag", "inputs": None}, {}, set())
    refused = Tally()
    refused.fail(OutputError("exists"))
    for name, tally in [("made", Tally(records=2)), ("missing", Tally()), ("foreign", refused)]:
        if name != "missing":
            (tmp_path / name).touch()
        notes.add(Job((name,), str(tmp_path / name)), tally)
    assert not path.exists(), "it is not time yet"
    notes.save()
    assert folder._known(path, {"mode": "tag", "inputs": None}, "out") == ({"made": Tally(records=2)}, set())
    notes.close()
    assert not path.exists()
