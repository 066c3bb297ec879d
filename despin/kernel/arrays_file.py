"""Files of named arrays, as `safetensors` lays them out: eight bytes that hold the size of a JSON header, the header,
the arrays.

The header names each array's kind, shape and place, and under `__metadata__` strings that the writer adds. `checksum`
among these is of the header without it and of the arrays, by a function that who writes and who reads agree on.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from despin.errors import ModelError

#: Kinds of numbers; each ends in its bits.
KINDS = frozenset(("I8", "U8", "I16", "U16", "F32", "I32", "U32", "F64", "U64"))
#: No header is longer, in bytes.
LONGEST_HEADER = 1_048_576

#: The bytes of a file, or a map of it.
Bytes: TypeAlias = bytes | bytearray | memoryview | mmap.mmap
#: Something that makes a number of bytes.
Checksum: TypeAlias = Callable[[bytes | memoryview], int]


class Array(NamedTuple):
    """An array: its kind (one of `KINDS`), its shape, its bytes (little-endian)."""

    kind: str
    shape: tuple[int, ...]
    data: memoryview | bytes


def size_of(kind: str) -> int:
    """The bytes of a number of a kind."""
    return int(kind[1:]) // 8


def pack(arrays: Mapping[str, Array], metadata: Mapping[str, str], checksum: Checksum | None = None) -> bytes:
    """The bytes of a file; with `checksum` it holds that of header and arrays. What has larger numbers comes first, so
    that all numbers stand at multiples of their size."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    ordered = sorted(arrays.items(), key=lambda item: -size_of(item[1].kind))
    place = 0
    for name, array in ordered:
        size = len(memoryview(array.data).cast("B"))
        header[name] = {"dtype": array.kind, "shape": list(array.shape), "data_offsets": [place, place + size]}
        place += size
    body = b"".join([bytes(array.data) for _, array in ordered])
    if checksum:
        header["__metadata__"]["checksum"] = _checksum(header, body, checksum)
    head = _written(header)
    head += b" " * (-len(head) % 8)
    return b"".join([len(head).to_bytes(8, "little"), head, body])


def unpack(data: Bytes, checksum: Checksum | None = None) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays of a file's bytes, which stay where they lie, and its metadata. Raises `ModelError` for what is no
    file of arrays, is cut off, or has another checksum."""
    whole = memoryview(data).cast("B")
    head, body = _parts(whole)
    try:
        header = json.loads(bytes(head))
        told = header.setdefault("__metadata__", {}).pop("checksum", None)
        metadata = {str(name): str(value) for name, value in header["__metadata__"].items()}
        arrays = {str(name): _array(entry, body) for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"its header is damaged, or it is cut off ({error})") from None
    if checksum and told != _checksum(header, body, checksum):
        raise ModelError("its checksum is another")
    return arrays, metadata


def read_arrays(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays of a file, which stay where they lie, and its metadata. Raises `ModelError` for a file that cannot be
    read, is none of arrays, or is cut off."""
    try:
        with path.open("rb") as file:
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error})") from None
    try:
        return unpack(whole)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None


def _parts(whole: memoryview) -> tuple[memoryview, memoryview]:
    """Header and arrays of a file. Raises `ModelError` where the header is not as long as the file says."""
    size = int.from_bytes(whole[:8], "little")
    if len(whole) < 8 or not 2 <= size <= min(LONGEST_HEADER, len(whole) - 8):
        raise ModelError("is no file of arrays, or is cut off")
    return whole[8 : 8 + size], whole[8 + size :]


def _written(header: Mapping[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _checksum(header: Mapping[str, Any], body: bytes | memoryview, checksum: Checksum) -> str:
    return f"{checksum(_written(header))} {checksum(body)}"


def _array(entry: Mapping[str, Any], data: memoryview) -> Array:
    """An array as the header describes it. Raises `ValueError` where that cannot be."""
    kind, shape, (start, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
    if kind not in KINDS or any(type(one) is not int or one < 0 for one in (*shape, start, end)):
        raise ValueError(f"an array of the kind {kind!r} and the shape {shape!r}")
    if not start <= end <= len(data) or end - start != prod(shape) * size_of(kind):
        raise ValueError(f"an array at {start} to {end} of {len(data)} bytes")
    return Array(kind, shape, data[start:end])
