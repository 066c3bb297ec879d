"""When a run saves how far it is, and what of its output is safe by then."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from batch_stub import Restorer, lines, read, records

from despin.batch import outputs, paths, state
from despin.batch.folder import run_folder
from despin.batch.interfaces import Block, Done, UnsavedError
from despin.batch.record import Marker, Recipe
from despin.batch.run import Job, run, total_size
from despin.batch.workers import InProcess, describe
from despin.errors import OutputError, UsageError
from despin.progress import RecordProgress, StatusLine

BLOCK, BLOCKS = 8, 3


class Watched(InProcess):
    """Workers that call `look` after each block, with the block."""

    def __init__(self, recipe: Recipe, look: Any) -> None:
        self._marker, self._look = Marker(recipe), look
        self._marker._restorer = Restorer()  # type: ignore[assignment]
        self.info = describe(self._marker)

    def results(self, blocks: Iterable[Block]) -> Iterator[tuple[Block, Done]]:
        for block, done in super().results(blocks):
            yield block, done
            self._look(block)


@pytest.fixture
def states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`states(output, pause)` runs a job of three blocks; the state (None for none) and the part after each."""
    monkeypatch.setattr("despin.batch.inputs.BLOCK_LINES", BLOCK)
    source = tmp_path / "in.jsonl"
    source.write_bytes(lines(records(BLOCK * BLOCKS)))

    def made(name: str, pause: float) -> list[tuple[dict[str, Any] | None, bytes]]:
        monkeypatch.setattr(state, "PAUSE", pause)
        output, found = tmp_path / name, []

        def look(_: Block) -> None:
            values = json.loads((tmp_path / f"{name}.part.json").read_bytes())
            found.append((values if "record" in values else None, (tmp_path / f"{name}.part").read_bytes()))

        job = Job((str(source),), str(output))
        run(job, Watched(job.recipe, look))
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["in.jsonl", name])
        return found

    return made


def test_a_state_is_saved_after_each_block_when_it_is_time(states: Any, tmp_path: Path) -> None:
    found = states("out.jsonl", 0.0)
    source = (tmp_path / "in.jsonl").read_bytes().splitlines(keepends=True)
    for number, (values, part) in enumerate(found, 1):
        read = b"".join(source[: number * BLOCK])
        assert values is not None
        assert (values["record"], values["offset"], values["digest"]) == (
            number * BLOCK + 1,
            len(read),
            zlib.crc32(read),
        )
        assert (values["size"], values["part_digest"]) == (len(part), zlib.crc32(part))
        assert values["tally"]["records"] == number * BLOCK
        assert not values["finished"]
        assert part.count(b"\n") == number * BLOCK
    assert len(found) == BLOCKS


def test_none_is_saved_before_it_is_time(states: Any) -> None:
    assert [values for values, _ in states("out.jsonl", 1e9)] == [None] * BLOCKS


def test_what_waits_for_its_frame_is_not_yet_said_to_be_safe(
    states: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for values, part in states("out.jsonl.gz", 0.0):
        assert values is not None
        assert (values["record"], values["size"], part) == (1, 0, b"")
    whole = gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes())
    (tmp_path / "out.jsonl.gz").unlink()
    # A frame ends with the block that fills it.
    monkeypatch.setattr(outputs, "FRAME_BYTES", whole.index(b'"id": 12,'))
    found = states("out.jsonl.gz", 0.0)
    assert [values["record"] for values, _ in found] == [1, 2 * BLOCK + 1, 2 * BLOCK + 1]
    assert [len(gzip.decompress(part).splitlines()) for _, part in found] == [0, 2 * BLOCK, 2 * BLOCK]
    assert gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()) == whole


def test_an_output_of_lines_goes_on_from_what_is_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output, nothing = str(tmp_path / "out.jsonl"), Block([], True, 1, None)  # type: ignore[arg-type]
    first = outputs.LinesOutput(output, 0, 0)
    assert first.add(nothing, Done(data=b"one\n")) is True
    assert first.add(nothing, Done(data=b"two\n")) is True
    first.close()
    part = tmp_path / "out.jsonl.part"
    assert part.read_bytes() == b"one\ntwo\n"
    again = outputs.LinesOutput(output, 4, zlib.crc32(b"one\n"))
    assert part.read_bytes() == b"one\n", "the rest is not known to be whole"
    again.add(nothing, Done(data=b"three\n"))
    again.finish()
    again.close()
    assert (again.size, again.digest) == (10, zlib.crc32(b"one\nthree\n"))
    opened: list[Any] = []

    def noted(*arguments: Any, **named: Any) -> Any:
        opened.append(open(*arguments, **named))  # noqa: SIM115
        return opened[-1]

    with monkeypatch.context() as patch:
        patch.setattr(paths, "open", noted, raising=False)
        for size, digest in ((11, again.digest), (10, again.digest ^ 1), (4, 1)):
            with pytest.raises(OutputError, match=r"out\.jsonl\.part is not as the interrupted run left it"):
                outputs.LinesOutput(output, size, digest)
    assert [one.closed for one in opened] == [True] * 3
    outputs.publish(output)
    outputs.publish(output)
    assert (tmp_path / "out.jsonl").read_bytes() == b"one\n"
    outputs.discard(output)
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_an_empty_output_that_is_packed_is_no_empty_file(tmp_path: Path) -> None:
    output = str(tmp_path / "out.jsonl.gz")
    made = outputs.LinesOutput(output, 0, 0)
    made.finish()
    made.close()
    assert gzip.decompress((tmp_path / "out.jsonl.gz.part").read_bytes()) == b""
    assert made.size == (tmp_path / "out.jsonl.gz.part").stat().st_size > 0


def test_what_could_not_be_written_is_taken_back(tmp_path: Path) -> None:
    output = str(tmp_path / "out.jsonl")
    made = outputs.LinesOutput(output, 0, 0)
    made.add(Block([], True, 1, None), Done(data=b"one\n"))  # type: ignore[arg-type]
    real = made._file

    class Full:
        """Takes half of what it is given, and then nothing."""

        def write(self, data: memoryview) -> int:
            if len(data) < 4:
                raise OSError(28, "No space left on device")
            return int(real.write(data[:2]))

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    made._file = Full()  # type: ignore[assignment]
    with pytest.raises(UnsavedError, match=r"out\.jsonl: cannot be written \(No space left on device\)"):
        made.add(Block([], True, 1, None), Done(data=b"two\n"))  # type: ignore[arg-type]
    made.close()
    assert (tmp_path / "out.jsonl.part").read_bytes() == b"one\n"
    assert (made.size, made.digest) == (4, zlib.crc32(b"one\n"))


def test_a_frame_ends_with_what_fills_it_and_the_next_begins_at_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "FRAME_BYTES", 8)
    made = outputs.LinesOutput(str(tmp_path / "out.jsonl.gz"), 0, 0)
    block = Block([], True, 1, None)  # type: ignore[arg-type]
    assert [made.add(block, Done(data=data)) for data in (b"123\n", b"567\n", b"123\n", b"56\n", b"8")] == [
        False,
        True,
        False,
        False,
        True,
    ]
    size = made.size
    made.finish()
    made.close()
    assert made.size == size, "nothing was held back"
    assert gzip.decompress((tmp_path / "out.jsonl.gz.part").read_bytes()) == b"123\n567\n123\n56\n8"


class Counted(RecordProgress):
    """Progress that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(0)
        self.shown: list[tuple[float, int]] = []
        self.over: list[int] = []

    def show(self, done: float, records: int) -> None:
        self.shown.append((done, records))

    def passed(self, size: int) -> None:
        self.over.append(size)


def test_progress_says_how_many_inputs_are_over(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(StatusLine, "due", lambda _: True)
    monkeypatch.setattr(StatusLine, "draw", lambda _, text: drawn.append(text))
    bar = RecordProgress(100, 3)
    for size in (25, 25, 50):
        bar.show(size, 10)
        bar.passed(size)
    assert [re.findall(r"(\d+) %|(\d of 3) inputs", text) for text in drawn] == [
        [(per_cent, ""), ("", over)] for per_cent, over in (("25", "0 of 3"), ("50", "1 of 3"), ("100", "2 of 3"))
    ]
    RecordProgress(100).show(50, 10)
    assert "inputs" not in drawn[-1]


def test_progress_is_in_bytes_of_all_inputs_and_in_records_of_this_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("despin.batch.inputs.BLOCK_LINES", BLOCK)
    monkeypatch.setattr(state, "PAUSE", 0.0)
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_bytes(lines(records(BLOCK)))
    second.write_bytes(lines(records(2 * BLOCK)))
    sizes = [path.stat().st_size for path in (first, second)]
    assert total_size([str(first), str(second), str(tmp_path / "none")]) == sum(sizes)
    assert total_size([str(first), "-"]) == 0
    job, bar = Job((str(first), str(second)), str(tmp_path / "out.jsonl")), Counted()
    run(job, Watched(job.recipe, lambda _: None), progress=bar)
    starts = [one for one in bar.shown if one[1] in (0, BLOCK) and one[0] in (0, sizes[0])]
    assert starts == [(0, 0), (sizes[0], BLOCK), (sizes[0], BLOCK)]
    assert bar.shown[-1] == (sum(sizes), 3 * BLOCK)
    assert [one for _, one in bar.shown] == [0, BLOCK, BLOCK, 2 * BLOCK, 3 * BLOCK]

    seen: list[Block] = []

    def stop(block: Block) -> None:
        seen.append(block)
        if len(seen) == 2:
            raise KeyboardInterrupt

    job = replace(job, output=str(tmp_path / "again.jsonl"))
    with pytest.raises(KeyboardInterrupt):
        run(job, Watched(job.recipe, stop))
    bar = Counted()
    run(replace(job, resume=True), Watched(job.recipe, lambda _: None), progress=bar)
    assert (bar.shown[0], bar.shown[-1]) == ((sizes[0], 0), (sum(sizes), BLOCK))
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()


@pytest.mark.parametrize("fails", [False, True])
def test_workers_are_ended_by_those_who_began_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    ended: list[int] = []

    class Ended(Watched):
        def close(self) -> None:
            ended.append(1)

    def look(_: Block) -> None:
        if fails:
            raise KeyboardInterrupt

    def begun(recipe: Recipe, *_: Any) -> Ended:
        return Ended(recipe, look)

    monkeypatch.setattr("despin.batch.run.start_workers", begun)
    monkeypatch.setattr("despin.batch.folder.start_workers", begun)
    (tmp_path / "in.jsonl").write_bytes(lines(records(3)))
    job = Job((str(tmp_path / "in.jsonl"),), str(tmp_path / "out.jsonl"))
    with pytest.raises(KeyboardInterrupt) if fails else nullcontext():
        run(job)
    assert ended == [1]
    with pytest.raises(KeyboardInterrupt) if fails else nullcontext():
        run(replace(job, overwrite=True), begun(job.recipe))
    assert ended == [1], "they are to be used again"
    bar = Counted()
    (tmp_path / "out").mkdir()
    with pytest.raises(KeyboardInterrupt) if fails else nullcontext():
        run_folder(replace(job, output=str(tmp_path / "out")), lambda _: None, bar)
    assert ended == [1, 1]
    assert bar.over == ([] if fails else [(tmp_path / "in.jsonl").stat().st_size])


def test_a_part_lasts_before_its_state_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("despin.batch.inputs.BLOCK_LINES", BLOCK)
    monkeypatch.setattr(state, "PAUSE", 0.0)
    lasts, said = [0], []
    sync, replaced = outputs.LinesOutput.sync, state.writing.replace

    def synced(self: outputs.LinesOutput) -> None:
        sync(self)
        lasts.append(self.size)

    def saved(path: Path, data: bytes) -> None:
        said.append((json.loads(data).get("size", 0), lasts[-1]))
        replaced(path, data)

    monkeypatch.setattr(outputs.LinesOutput, "sync", synced)
    monkeypatch.setattr(state.writing, "replace", saved)
    (tmp_path / "in.jsonl").write_bytes(lines(records(BLOCK * BLOCKS)))
    job = Job((str(tmp_path / "in.jsonl"),), str(tmp_path / "out.jsonl"))
    run(job, Watched(job.recipe, lambda _: None))
    assert len({size for size, _ in said}) > BLOCKS
    assert all(size <= there for size, there in said)


@pytest.mark.parametrize("name", ["lexicon", "programs", "min_confidence"])
def test_a_run_goes_on_with_what_its_workers_were(tmp_path: Path, name: str) -> None:
    def stop(_: Block) -> None:
        raise KeyboardInterrupt

    (tmp_path / "in.jsonl").write_bytes(lines(records(3)))
    job = Job((str(tmp_path / "in.jsonl"),), str(tmp_path / "out.jsonl"))
    with pytest.raises(KeyboardInterrupt):
        run(job, Watched(job.recipe, stop))
    job = replace(job, resume=True)
    others = Watched(job.recipe, stop)
    others.info = others.info._replace(**{name: 0.9 if name == "min_confidence" else "another"})
    with pytest.raises(UsageError, match=f"the interrupted run had {name} "):
        run(job, others)
    run(job, Watched(job.recipe, stop))
    assert len(read(tmp_path / "out.jsonl")) == 3


def test_standard_output_gets_the_bytes_or_where_it_takes_none_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    block, done = Block([], True, 1, None), Done('{"text": "甲"}\n'.encode())  # type: ignore[arg-type]
    text, binary = io.StringIO(), io.TextIOWrapper(io.BytesIO(), encoding="gb18030")
    for stream in (text, binary):
        monkeypatch.setattr("sys.stdout", stream)
        assert outputs.StandardOutput().add(block, done) is True
    assert text.getvalue().encode() == binary.buffer.getvalue() == done.data  # type: ignore[attr-defined]
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(OutputError, match="standard output is closed; name a file with -o FILE"):
        outputs.StandardOutput()
