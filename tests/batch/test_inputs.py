"""Inputs of lines by themselves: where blocks end, where reading goes on, and what is said of inputs that are something else."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_stub import lines, records

from despin.batch import inputs
from despin.batch.inputs import Lines, open_source
from despin.batch.interfaces import LONGEST_LINE, Block, ChangedError, Position
from despin.errors import InputError


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Lines]:
    """`opened(data, name, longest)` is the input of a file that holds this."""

    def make(data: bytes, name: str = "in.jsonl", longest: int = 1000) -> Lines:
        (tmp_path / name).write_bytes(data)
        found = open_source(str(tmp_path / name), "text", longest)
        assert isinstance(found, Lines)
        return found

    return make


def row(number: int, size: int = 20) -> bytes:
    """A line of so many bytes."""
    head = b'{"n": %d, "text": "' % number
    return head + b"x" * (size - len(head) - 3) + b'"}\n'


def blocks(source: Lines, start: Position = Position()) -> list[Block]:  # noqa: B008
    return list(source.blocks(start))


def test_a_block_ends_with_the_line_that_fills_it(
    opened: Callable[..., Lines], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = [row(number, 30) for number in range(7)]
    monkeypatch.setattr(inputs, "BLOCK_BYTES", 60)
    found = blocks(opened(b"".join(data)))
    assert [block.items for block in found] == [data[0:2], data[2:4], data[4:6], data[6:]]
    assert [block.first for block in found] == [1, 3, 5, 7]
    assert all(block.lines for block in found)
    monkeypatch.setattr(inputs, "BLOCK_BYTES", 61)
    assert [len(block.items) for block in blocks(opened(b"".join(data)))] == [3, 3, 1]
    monkeypatch.setattr(inputs, "BLOCK_LINES", 2)
    assert [len(block.items) for block in blocks(opened(b"".join(data)))] == [2, 2, 2, 1]
    assert blocks(opened(b"")) == []


@pytest.mark.parametrize("name", ["in.jsonl", "in.jsonl.gz"])
def test_reading_goes_on_behind_any_block(
    opened: Callable[..., Lines], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(inputs, "BLOCK_LINES", 2)
    data = b"\xef\xbb\xbf" + b"".join(row(number, 25 + number) for number in range(7)) + b'{"last": 1}'
    found = blocks(opened(gzip.compress(data) if name.endswith("gz") else data, name))
    assert b"".join(line for block in found for line in block.items) == data[3:]
    for number, block in enumerate(found):
        after = block.after
        read = data[: after.offset]
        assert (after.record, after.digest) == (2 * number + 3, zlib.crc32(read))
        again = opened(gzip.compress(data) if name.endswith("gz") else data, name)
        assert blocks(again, after) == found[number + 1 :]
    for wrong, said in [
        (Position(30, 2, 7), "is not what the interrupted run read"),
        (Position(len(data) + 1, 9, zlib.crc32(data)), "is shorter than it was when the run began"),
    ]:
        with pytest.raises(ChangedError, match=said):
            blocks(opened(gzip.compress(data) if name.endswith("gz") else data, name), wrong)


def test_how_much_is_read_is_known_at_any_time(opened: Callable[..., Lines], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "BLOCK_LINES", 1)
    data = b"".join(row(number, 50) for number in range(3)) + row(3, 2000)
    source = opened(data)
    assert (source.size, source.done()) == (len(data), 0)
    assert len(blocks(source)) == 4
    assert source.done() == len(data)
    pipe = Lines("pipe", io.BufferedReader(io.BytesIO(data)), None, 1000)  # type: ignore[arg-type]
    assert [pipe.done() for _ in pipe.blocks(Position())] == [50, 100, 150, len(data)]
    # Of a file that is compressed in bytes of the file, of a pipe in bytes of lines.
    packed = gzip.compress(data)
    source = opened(packed, "in.jsonl.gz")
    assert len(blocks(source)) == 4
    assert source.done() == source.size == len(packed) < len(data)
    pipe = Lines("pipe", io.BufferedReader(io.BytesIO(packed)), None, 1000)  # type: ignore[arg-type]
    assert [pipe.done() for _ in pipe.blocks(Position())] == [50, 100, 150, len(data)]


def test_of_a_line_too_long_its_beginning_is_kept(
    opened: Callable[..., Lines], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "KEPT_OF_A_LONG_LINE", 10)
    for ending in (b"\n", b"\r\n"):
        exact, long = row(1, 100)[:-1] + ending, row(2, 101)[:-1] + ending
        [block] = blocks(opened(exact + long + row(3) + row(4, 200_000)[:-1], longest=99))
        problem = "the line is longer than 99 bytes; only its beginning is kept here"
        assert block.items == [exact, (long[:10], problem), row(3), (row(4, 200_000)[:10], problem)]
        assert block.after.offset == len(exact + long + row(3)) + 199_999
        assert block.after.record == 5


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b'[{"a": 1}]\n', "it begins with a list; write one object a line"),
        ('{"a": "甲"}\n'.encode("utf-16"), "it is UTF-16; convert it to UTF-8 first"),
        (b"\xfe\xff" + '{"a": "甲"}\n'.encode("utf-16-be"), "it is UTF-16; convert it to UTF-8 first"),
        (b"%PDF-1.4\n", "PDF"),
        ("干净的一行。\n".encode(), 'write one object a line, such as {"text": "..."}'),
        (
            ('{"a": "' + "这里的山水很好看，很多人都来看。" * 5 + '"}\n').encode("gb18030"),
            "it is gb18030; convert it to UTF-8",
        ),
    ],
)
def test_an_input_of_something_else_is_told_by_its_first_line(
    opened: Callable[..., Lines], data: bytes, hint: str
) -> None:
    with pytest.raises(InputError) as raised:
        blocks(opened(data))
    assert "in.jsonl:1:1: these are no JSON lines: " in str(raised.value)
    assert hint in str(raised.value)
    # In a later line it is the matter of that record.
    assert len(blocks(opened(row(1) + data.replace(b"\n", b"") + b"\n"))[0].items) == 2


@pytest.mark.parametrize("data", [b"\n{}\n", b"   \n", b'{"broken\n', b'{"a": "\xff\xfe\x80"}\n'])
def test_a_first_line_that_may_be_one_is_a_record_like_others(opened: Callable[..., Lines], data: bytes) -> None:
    assert b"".join(blocks(opened(data))[0].items) == data


class Failing(io.RawIOBase):
    """Lines, and then an error."""

    def __init__(self, data: bytes, error: Exception) -> None:
        self._data, self._error = io.BytesIO(data), error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._data.read(min(64, len(buffer)))
        if not data:
            raise self._error
        buffer[: len(data)] = data
        return len(data)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(5, "Input/output error"),
            "in:3: the file is damaged (Input/output error); the records before that are done",
        ),
        (OSError("strange"), "in:3: the file is damaged (strange)"),
        (ValueError("no frame"), "in:3: the file is damaged (no frame)"),
        (zlib.error("invalid block"), "in:3: the file is damaged (invalid block)"),
        (EOFError("end"), "in:3: the file is cut off; the records before that are done, fetch it again for the rest"),
    ],
)
def test_what_stands_before_a_damage_is_given_and_the_damage_told_with_its_place(error: Exception, said: str) -> None:
    source = Lines("in", io.BufferedReader(Failing(row(1, 64) + row(2, 64), error), 64), None, LONGEST_LINE)
    found: list[Block] = []
    with pytest.raises(InputError) as raised:
        found.extend(source.blocks(Position()))
    assert str(raised.value).startswith(said)
    source = Lines("in", io.BufferedReader(Failing(row(1, 64) + row(2, 64), error), 64), None, LONGEST_LINE)
    taken = source.blocks(Position())
    assert next(taken) == Block(
        [row(1, 64), row(2, 64)], True, 1, Position(128, 3, zlib.crc32(row(1, 64) + row(2, 64)))
    )
    # Where an interrupted run had read further, the input is another one.
    source = Lines("in", io.BufferedReader(Failing(row(1, 64), error), 64), None, LONGEST_LINE)
    with pytest.raises(ChangedError):
        list(source.blocks(Position(128, 3, 0)))


def test_compressed_inputs_are_told_by_their_first_bytes(opened: Callable[..., Lines]) -> None:
    assert blocks(opened(gzip.compress(row(1)), "plain.jsonl"))[0].items == [row(1)]
    assert blocks(opened(row(1), "in.gz"))[0].items == [row(1)]
    for name in ("empty.gz", "empty.zst", "empty.zstd"):
        with pytest.raises(InputError, match="is empty, as no compressed file is; fetch it again"):
            opened(b"", name)
    assert blocks(opened(b"", "empty.jsonl")) == []
    with pytest.raises(InputError, match="Parquet cannot be read from a pipe; name the file"):
        Lines("pipe", io.BufferedReader(io.BytesIO(b"PAR1")), None, LONGEST_LINE)  # type: ignore[arg-type]


def test_standard_input_stays_open_and_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(row(1)), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stream)
    source = open_source("-", "text", LONGEST_LINE)
    assert (source.size, [block.items for block in source.blocks(Position())]) == (None, [[row(1)]])
    source.close()
    assert not stream.closed
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"[1]\n"), encoding="utf-8"))
    with pytest.raises(InputError, match=r"^<stdin>:1:1: these are no JSON lines"):
        list(open_source("-", "text", LONGEST_LINE).blocks(Position()))
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="standard input is closed; name a file"):
        open_source("-", "text", LONGEST_LINE)


def test_paths_that_are_no_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is a folder; name the files in it, for example .*\*\.jsonl\.gz"):
        open_source(str(tmp_path), "text", LONGEST_LINE)
    with pytest.raises(InputError, match="there is no such file"):
        open_source(str(tmp_path / "none"), "text", LONGEST_LINE)


def test_records_of_the_stub_come_as_they_are(opened: Callable[..., Lines]) -> None:
    data = lines(records(700))
    found = blocks(opened(data))
    assert b"".join(line for block in found for line in block.items) == data
    assert [block.after.offset - len(b"".join(block.items)) for block in found] == [
        0,
        *(block.after.offset for block in found[:-1]),
    ]


def test_parquet_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    (tmp_path / "in.jsonl").write_bytes(b"PAR1" + b"x" * 100)
    with pytest.raises(InputError, match=r"in\.jsonl: the file is damaged or cut off"):
        open_source(str(tmp_path / "in.jsonl"), "text", LONGEST_LINE)


def test_an_input_is_closed(opened: Callable[..., Lines]) -> None:
    for name, data in (("in.jsonl", row(1)), ("in.jsonl.gz", gzip.compress(row(1)))):
        source = opened(data, name)
        blocks(source)
        source.close()
        assert source._file.closed
