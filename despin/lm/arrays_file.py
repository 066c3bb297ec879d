"""Files of named arrays, as `safetensors` lays them out: eight bytes that hold the size of a
JSON header, the header, the arrays.

The header names each array's kind, shape and place, and under `__metadata__` strings that the writer adds.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from despin.errors import ModelError
from despin.text import writing

#: Bytes of a number of each kind.
SIZES = {"I8": 1, "U8": 1, "I16": 2, "U16": 2, "F32": 4, "I32": 4, "U32": 4}
#: No header is longer, in bytes.
LONGEST_HEADER = 1 << 20


class Array(NamedTuple):
    """An array: its kind (a key of `SIZES`), its shape, its bytes (little-endian)."""

    kind: str
    shape: tuple[int, ...]
    data: memoryview | bytes


def write_arrays(path: Path, arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write named arrays to a file, in one step. Raises `OutputError` where it cannot be written."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    place = 0
    for name, array in arrays.items():
        size = len(memoryview(array.data).cast("B"))
        header[name] = {"dtype": array.kind, "shape": list(array.shape), "data_offsets": [place, place + size]}
        place += size
    head = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    data = [len(head).to_bytes(8, "little"), head, *(bytes(one.data) for one in arrays.values())]
    writing.write(path, b"".join(data))


def read_arrays(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays of a file, which stay where they lie, and its metadata. Raises `ModelError` for a file that cannot be
    read, is none of arrays, or is cut off."""
    try:
        with path.open("rb") as file:
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error})") from None
    size = int.from_bytes(whole[:8], "little")
    if len(whole) < 8 or not 2 <= size <= min(LONGEST_HEADER, len(whole) - 8):
        raise ModelError(f"{path}: is no file of arrays, or is cut off")
    try:
        header = json.loads(bytes(whole[8 : 8 + size]))
        metadata = {str(name): str(value) for name, value in header.pop("__metadata__", {}).items()}
        arrays = {str(name): _array(entry, whole[8 + size :]) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path}: its header is damaged, or it is cut off ({error})") from None
    return arrays, metadata


def _array(entry: Mapping[str, Any], data: memoryview) -> Array:
    """An array as the header describes it. Raises `ValueError` where that cannot be."""
    kind, shape, (start, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
    if kind not in SIZES or any(type(one) is not int or one < 0 for one in (*shape, start, end)):
        raise ValueError(f"an array of the kind {kind!r} and the shape {shape!r}")
    if not start <= end <= len(data) or end - start != prod(shape) * SIZES[kind]:
        raise ValueError(f"an array at {start} to {end} of {len(data)} bytes")
    return Array(kind, shape, data[start:end])
