"""Files of arrays: what is written is read again; files that are cut, damaged or none are refused with a message."""

from __future__ import annotations

import json
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.errors import ModelError
from despin.kernel.arrays_file import Array, pack, read_arrays, size_of, unpack

ARRAYS = {
    "whole": Array("U32", (2, 2), bytes(range(16))),
    "bytes": Array("I8", (3,), b"\x01\xff\x80"),
    "none": Array("F32", (0, 4), b""),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "some.arrays").write_bytes(pack(ARRAYS, {"form": "a", "名": "乙"}))
    return tmp_path / "some.arrays"


def same(found: dict[str, Array]) -> bool:
    return {name: (one.kind, one.shape, bytes(one.data)) for name, one in found.items()} == {
        name: tuple(one) for name, one in ARRAYS.items()
    }


def test_what_is_written_is_read_again(path: Path) -> None:
    arrays, metadata = read_arrays(path)
    assert same(arrays)
    assert metadata == {"form": "a", "名": "乙"}
    assert (8 + int.from_bytes(path.read_bytes()[:8], "little")) % 8 == 0


def headed(path: Path, header: object) -> None:
    """Give a file another header."""
    data = path.read_bytes()
    rest = data[8 + int.from_bytes(data[:8], "little") :]
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + rest)


def entry(**changed: Any) -> dict[str, Any]:
    return {"a": {"dtype": "I8", "shape": [3], "data_offsets": [0, 3], **changed}}


@pytest.mark.parametrize(
    "header",
    [
        b"{ ", b"\xff\xfe{}", b"[" * 100_000, b"[]", b'"a"', b"12", {"a": []}, {"a": {}}, {"__metadata__": []},
        entry(dtype="F64"), entry(dtype="F16"), entry(dtype=None), entry(dtype=["I8"]), entry(shape=[4]), entry(shape=[-3]), entry(shape=[3.0]), entry(shape=["3"]),
        entry(shape=[True, 3]), entry(shape=3), entry(data_offsets=[0, 3, 6]), entry(data_offsets=[3, 0]), entry(data_offsets=[-3, 0]),
        entry(data_offsets=[0, 30], shape=[30]), entry(data_offsets=None), entry(shape=[1 << 70]),
    ],
)  # fmt: skip
def test_headers_that_describe_no_arrays(path: Path, header: object) -> None:
    headed(path, header)
    with pytest.raises(ModelError, match=r"some\.arrays: its header is damaged, or it is cut off"):
        read_arrays(path)


def test_a_header_that_is_right(path: Path) -> None:
    headed(path, entry())
    assert read_arrays(path)[0]["a"].shape == (3,)


@pytest.mark.parametrize(
    "data", [b"\0", b"\0" * 8, b"\xff" * 8, b"\xff" * 100, b"PK\3\4" + b"\0" * 50, "一篇文章".encode() * 9]
)
def test_files_of_something_else(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(ModelError, match="is no file of arrays, or is cut off"):
        read_arrays(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    for name in ("empty", "none", "."):
        with pytest.raises(ModelError, match="cannot be read"):
            read_arrays(tmp_path / name)


@given(st.data())
def test_damage_is_refused_or_harmless(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "some.arrays"
        path.write_bytes(pack(ARRAYS, {"form": "a"}))
        whole = bytearray(path.read_bytes())
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        with pytest.raises(ModelError, match=r"some\.arrays: "):
            read_arrays(path)
        for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
            whole[place] = data.draw(st.integers(0, 255))
        path.write_bytes(whole)
        with suppress(ModelError):
            for one in read_arrays(path)[0].values():
                bytes(one.data)


@given(st.data())
def test_damage_under_a_checksum_is_refused(data: st.DataObject) -> None:
    whole = pack(ARRAYS, {"form": "a"}, zlib.crc32)
    assert same(unpack(whole, zlib.crc32)[0])
    place, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    for broken in (whole[:place], whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :]):
        with pytest.raises(ModelError):
            unpack(broken, zlib.crc32)
    with pytest.raises(ModelError, match="its checksum is another"):
        unpack(pack(ARRAYS, {"form": "a"}), zlib.crc32)


def test_numbers_stand_at_multiples_of_their_size() -> None:
    whole = pack({"odd": Array("U8", (3,), b"abc"), **ARRAYS, "last": Array("F64", (1,), bytes(8))}, {})
    size = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + size])
    places = {name: header[name]["data_offsets"][0] for name in ("odd", "last", *ARRAYS)}
    assert size % 8 == 0
    assert all(place % size_of(header[name]["dtype"]) == 0 for name, place in places.items())
