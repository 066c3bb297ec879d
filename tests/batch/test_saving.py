"""When a run saves how far it is, and what of its output is safe by then."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_stub import Restorer, lines, records

from despin.batch import outputs, state
from despin.batch.interfaces import Block, Done, UnsavedError
from despin.batch.record import Marker, Recipe
from despin.batch.run import Job, run
from despin.batch.workers import InProcess, describe
from despin.errors import OutputError

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


def test_an_output_of_lines_goes_on_from_what_is_safe(tmp_path: Path) -> None:
    output, nothing = str(tmp_path / "out.jsonl"), Block([], True, 1, None)  # type: ignore[arg-type]
    first = outputs.LinesOutput(output, 0, 0)
    assert first.add(nothing, Done(b"one\n")) is True
    assert first.add(nothing, Done(b"two\n")) is True
    first.close()
    part = tmp_path / "out.jsonl.part"
    assert part.read_bytes() == b"one\ntwo\n"
    again = outputs.LinesOutput(output, 4, zlib.crc32(b"one\n"))
    assert part.read_bytes() == b"one\n", "the rest is not known to be whole"
    again.add(nothing, Done(b"three\n"))
    again.finish()
    again.close()
    assert (again.size, again.digest) == (10, zlib.crc32(b"one\nthree\n"))
    for size, digest in ((11, again.digest), (10, again.digest ^ 1), (4, 1)):
        with pytest.raises(OutputError, match=r"out\.jsonl\.part is not as the interrupted run left it"):
            outputs.LinesOutput(output, size, digest)
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
    made.add(Block([], True, 1, None), Done(b"one\n"))  # type: ignore[arg-type]
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
        made.add(Block([], True, 1, None), Done(b"two\n"))  # type: ignore[arg-type]
    made.close()
    assert (tmp_path / "out.jsonl.part").read_bytes() == b"one\n"
    assert (made.size, made.digest) == (4, zlib.crc32(b"one\n"))
