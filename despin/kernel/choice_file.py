"""The layout of the weights with which a segmented spinner is run backwards.

A file is a header (magic, form, checksum of the rest, size of the description), a description in JSON, and sections,
each at a multiple of 16 bytes: a hash table of the weights of choices (a byte that tells features apart, four bits of
weight), the rows of pairs of characters (four bits an axis) and of words (a byte an axis), the words, and such a table
of the evidence for the verdict.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from mmap import mmap
from typing import Any

from despin.errors import ModelError

MAGIC = b"dspnchce"
#: Raised whenever the layout or the meaning of a section changes.
FORM = 2
#: Axes of a row.
DIMENSIONS = 32
#: Features of a word at a place.
TEMPLATES = 9
#: Magic, form, checksum, bytes of the description.
HEADER = struct.Struct("<8sIII")
_ALIGNED = 16
_NAMES = ("checks", "values", "u", "v", "words", "evidence_checks", "evidence_values")
_WHOLE = {
    "bits": (8, 28),
    "ubits": (4, 20),
    "radius": (1, 1000),
    "slots": (0, 1 << 28),
    "evidence_bits": (8, 28),
    "evidence_slots": (0, 1 << 28),
}
#: No level, scale or weight is as large.
_MOST = 1e6
_REAL = ("fluency", "scale", "uscale", "vscale", "evidence_weight", "fluency_weight")


@dataclass(frozen=True, slots=True)
class Sections:
    """What a file holds: sizes, scales, and where its sections begin (bytes)."""

    program: Mapping[str, Any]
    bits: int
    ubits: int
    radius: int
    slots: int
    fluency: float
    scale: float
    uscale: float
    vscale: float
    levels: tuple[float, ...]
    checks: int
    values: int
    u: int
    v: int
    #: By row of `v`, "=" for a word that stands as it is, else another character, and the word.
    rows: tuple[str, ...]
    evidence_bits: int
    evidence_slots: int
    evidence_checks: int
    evidence_values: int
    evidence_levels: tuple[float, ...]
    #: What the evidence and the gain in fluency weigh in the verdict.
    evidence_weight: float
    fluency_weight: float

    @property
    def words(self) -> tuple[tuple[str, bool], ...]:
        """(word, whether it stands as it is) of every row of `v`: thousands, which only decoding asks for."""
        return tuple([(row[1:], row[:1] == "=") for row in self.rows])


def pack(description: Mapping[str, Any], sections: Mapping[str, bytes]) -> bytes:
    """The bytes of a file: `description` holds what `Sections` does but places,
    `sections` the bytes of each by name."""
    text = json.dumps({**description, "sizes": [len(sections[name]) for name in _NAMES]}, ensure_ascii=False).encode()
    body = bytearray(text)
    for name in _NAMES:
        body += bytes(-(HEADER.size + len(body)) % _ALIGNED) + sections[name]
    return HEADER.pack(MAGIC, FORM, zlib.crc32(body), len(text)) + bytes(body)


def sections(data: Any) -> Sections:
    """What a file's bytes (or a map of it) hold. Raises `ModelError` for bytes that are
    no such file, or a damaged one."""
    return _mapped(data) if isinstance(data, mmap) else _sections(data)


@lru_cache(maxsize=2)
def _mapped(data: mmap) -> Sections:
    """The same of a map, which all that read it share: it is checked once."""
    return _sections(data)


def _sections(data: Any) -> Sections:
    view = memoryview(data).cast("B")
    if len(view) < HEADER.size or bytes(view[:8]) != MAGIC:
        raise ModelError("no weights of a spinner program")
    _, form, checksum, size = HEADER.unpack_from(view)
    if form != FORM:
        raise ModelError(f"weights of form {form}, not {FORM}: learn them anew with despin learn spinner")
    if size > len(view) or zlib.crc32(view[HEADER.size :]) != checksum:
        raise ModelError("the weights of the spinner program are damaged (the checksum is another)")
    try:
        return _checked(view, size)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ModelError(f"the weights of the spinner program are damaged ({error})") from error


def _places(view: memoryview, size: int, lengths: list[object]) -> dict[str, tuple[int, int]]:
    """(start, length) of every section, in bytes. Raises `ValueError` where they do not fill the file."""
    places: dict[str, tuple[int, int]] = {}
    place = HEADER.size + size
    for name, length in zip(_NAMES, lengths, strict=True):
        if not isinstance(length, int) or length < 0:
            raise ValueError(f"size of {name}")
        place += -place % _ALIGNED
        places[name] = place, length
        place += length
    if place != len(view):
        raise ValueError("the sections do not fill the file")
    return places


def _check_sizes(view: memoryview, told: Mapping[str, Any], places: Mapping[str, tuple[int, int]], words: int) -> None:
    """Raises `ValueError` where a section is not as large as the description says, or a table has no free slot."""
    wanted = {
        "checks": told["slots"],
        "values": (told["slots"] + 1) // 2,
        "u": (1 << told["ubits"]) * DIMENSIONS // 2,
        "v": words * DIMENSIONS,
        "evidence_checks": told["evidence_slots"],
        "evidence_values": (told["evidence_slots"] + 1) // 2,
    }
    for name, count in wanted.items():
        if places[name][1] != count:
            raise ValueError(f"size of {name}")
    for name in ("checks", "evidence_checks"):
        start, length = places[name]
        if length and b"\0" not in view[start : start + length].tobytes():
            raise ValueError(f"{name} has no free slot")


def _checked(view: memoryview, size: int) -> Sections:
    """The sections, their sizes held against the description. Raises `ValueError` where they do not agree."""
    told = json.loads(bytes(view[HEADER.size : HEADER.size + size]))
    places = _places(view, size, told["sizes"])
    for name, (low, high) in _WHOLE.items():
        if not isinstance(told[name], int) or not low <= told[name] <= high:
            raise ValueError(name)
    reals: dict[str, Any] = {name: float(told[name]) for name in _REAL}
    levels, evidence_levels = (tuple(map(float, told[name])) for name in ("levels", "evidence_levels"))
    if len(levels) != 16 or len(evidence_levels) != 16:
        raise ValueError("levels")
    if not isinstance(told["program"], dict):
        raise ValueError("program")
    for name, values in (("levels", levels + evidence_levels), ("a weight or scale", tuple(reals.values()))):
        if not all(abs(value) < _MOST for value in values):
            raise ValueError(name)
    start, length = places["words"]
    lines = bytes(view[start : start + length]).decode().split("\n") if length else []
    _check_sizes(view, told, places, len(lines))
    starts: dict[str, Any] = {name: place for name, (place, _) in places.items() if name != "words"}
    return Sections(
        program=told["program"],
        rows=tuple(lines),
        levels=levels,
        evidence_levels=evidence_levels,
        **{name: told[name] for name in _WHOLE},
        **starts,
        **reals,
    )
