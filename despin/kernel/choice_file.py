"""The weights with which a segmented spinner is run backwards, as arrays of a file (`despin.kernel.arrays_file`).

`checks` and `values` are a hash table of the weights of choices: a byte that tells features apart, 0 for a free slot,
and four bits, the number of one of the `levels`. `u` has the rows of pairs of characters (four bits an axis), `v` those
of words (a byte an axis); `words` are these words, a line each, behind "=" where they stand as they are, else behind
another character. `evidence_checks`, `evidence_values` and `evidence_levels` are such a table of the evidence for the
verdict. The metadata have the `numbers` of `Sections` in JSON.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from mmap import mmap
from typing import Any

from despin.errors import ModelError
from despin.kernel import arrays_file
from despin.kernel.arrays_file import Array

#: Changed whenever an array or its meaning does.
FORM = "despin-spinner-3"
#: Axes of a row.
DIMENSIONS = 32
_KINDS = {
    "checks": "U8", "values": "U8", "levels": "F32", "u": "U8", "v": "I8", "words": "U8",
    "evidence_checks": "U8", "evidence_values": "U8", "evidence_levels": "F32",
}  # fmt: skip
#: From what to what the whole numbers go.
_BITS = (8, 28)
_WHOLE = {"bits": _BITS, "radius": (1, 1000), "evidence_bits": _BITS}
_REAL = ("fluency", "scale", "uscale", "vscale", "evidence_weight", "fluency_weight")
#: No level, scale or weight is as large.
_MOST = 1e6


@dataclass(frozen=True, slots=True)
class Sections:
    """What a file holds: numbers, arrays by name, and the tables' levels."""

    program: Mapping[str, Any]
    bits: int
    ubits: int
    radius: int
    fluency: float
    scale: float
    uscale: float
    vscale: float
    evidence_bits: int
    #: What the evidence and the gain in fluency weigh in the verdict.
    evidence_weight: float
    fluency_weight: float
    arrays: Mapping[str, Array]
    levels: tuple[float, ...]
    evidence_levels: tuple[float, ...]

    @property
    def words(self) -> list[str]:
        """The words of the rows of `v`, each behind its mark: thousands, which only decoding asks for."""
        text = _text(self.arrays)
        return text.split("\n") if text else []


def pack(numbers: Mapping[str, Any], arrays: Mapping[str, bytes]) -> bytes:
    """The bytes of a file of these numbers (those of `Sections`, but `ubits`) and arrays."""
    found = {
        name: Array(kind, (len(arrays[name]) // arrays_file.size_of(kind),), arrays[name])
        for name, kind in _KINDS.items()
    }
    return arrays_file.pack(found, {"form": FORM, "numbers": json.dumps(numbers, ensure_ascii=False)}, zlib.crc32)


def sections(data: Any) -> Sections:
    """What a file's bytes (or a map of it) hold. Raises `ModelError` for bytes that are no such file, or a damaged
    one."""
    return _mapped(data) if isinstance(data, mmap) else _sections(data)


@lru_cache(maxsize=2)
def _mapped(data: mmap) -> Sections:
    """The same of a map, which all that read it share: it is checked once."""
    return _sections(data)


def _sections(data: Any) -> Sections:
    try:
        arrays, metadata = arrays_file.unpack(data, zlib.crc32)
    except ModelError as error:
        raise ModelError(f"no weights of a spinner program, or damaged ones ({error})") from None
    form = metadata.get("form")
    if form != FORM:
        raise ModelError(f"weights of form {form}, not {FORM}: learn them anew with despin learn spinner")
    try:
        return _checked(arrays, json.loads(metadata["numbers"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ModelError(f"the weights of the spinner program are damaged ({error})") from error


def _text(arrays: Mapping[str, Array]) -> str:
    """The words, a line each."""
    return bytes(arrays["words"].data).decode()


def _checked(arrays: Mapping[str, Array], told: Mapping[str, Any]) -> Sections:
    """The sections, their sizes held against one another. Raises `ValueError` where they do not agree."""
    for name, (low, high) in _WHOLE.items():
        if not isinstance(told[name], int) or not low <= told[name] <= high:
            raise ValueError(name)
    reals: dict[str, Any] = {name: float(told[name]) for name in _REAL}
    levels: dict[str, Any] = {
        name: tuple(array("f", bytes(arrays[name].data))) for name in ("levels", "evidence_levels")
    }
    for name, values in (*levels.items(), ("a weight or scale", tuple(reals.values()))):
        if not all(abs(value) < _MOST for value in values):
            raise ValueError(name)
    if not isinstance(told["program"], dict):
        raise ValueError("program")
    pairs = len(arrays["u"].data) // (DIMENSIONS // 2)
    words = _text(arrays)
    _check_sizes(arrays, pairs, words.count("\n") + 1 if words else 0)
    whole = {name: told[name] for name in _WHOLE}
    return Sections(program=told["program"], ubits=pairs.bit_length() - 1, arrays=arrays, **whole, **reals, **levels)


def _check_sizes(arrays: Mapping[str, Array], pairs: int, words: int) -> None:
    """Raises `ValueError` where an array is of another kind or size than the others ask for, or a table has no free
    slot."""
    known = pairs.bit_count() == 1 and 1 << 4 <= pairs <= 1 << 20
    wanted = {"u": pairs * DIMENSIONS // 2 if known else -1, "v": words * DIMENSIONS}
    for table in ("", "evidence_"):
        checks = arrays[name := f"{table}checks"].data
        if len(checks) and b"\0" not in bytes(checks):
            raise ValueError(f"{name} has no free slot")
        wanted |= {f"{table}values": (len(checks) + 1) // 2, f"{table}levels": 64}
    for name, kind in _KINDS.items():
        if arrays[name].kind != kind or len(arrays[name].data) != wanted.get(name, len(arrays[name].data)):
            raise ValueError(f"size of {name}")
