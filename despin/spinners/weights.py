"""The weights of a spinner program, learned by spinning (`despin learn spinner`): mapped from a file, checked once."""

from __future__ import annotations

import mmap
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from despin.errors import ModelError
from despin.kernel.arrays_file import LONGEST_HEADER
from despin.kernel.choice_file import Sections, sections
from despin.kernel.native.program import Choice, Evidence
from despin.spinners.neighbours import FOLDER, TABLES


def weights_file(table: str) -> Path:
    """The file of the weights of programs that take this table: those of a table in a file lie beside it."""
    return FOLDER / f"{table}.weights" if table in TABLES else Path(table).with_suffix(".weights")


def _again(path: Path) -> str:
    """How weights are mended."""
    if path.parent == FOLDER:
        return "install despin again"
    return f"learn them with 'despin learn spinner FAMILY CORPUS --lexicon FAMILY.yaml -o {path}'"


@dataclass(frozen=True)
class Weights:
    """A file of weights: its bytes, what stands where in them, and the evidence for the verdict."""

    data: Any
    found: Sections
    evidence: Evidence
    #: What programs make of the weights, behind their data, by the `id` of these; others of the same data share it.
    choices: dict[int, tuple[Any, Choice]] = field(default_factory=dict)


def checksum_of(path: Path) -> tuple[int, int] | None:
    """(size in bytes, checksum of the header, which states that of the rest) of a file of weights; None for one that
    cannot be read."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            return path.stat().st_size, zlib.crc32(file.read(min(size, LONGEST_HEADER)))
    except OSError:
        return None


def load_weights(path: Path) -> Weights:
    """The weights in a file; shipped ones are read once for all restorers of a process. Raises `ModelError` where it is
    missing, damaged or of another form."""
    return _shipped(path) if path.parent == FOLDER else _read(path)


def _read(path: Path) -> Weights:
    """The weights in a file, checked."""
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path}: the weights of the spinner program cannot be read ({error}); {_again(path)}"
        ) from None
    try:
        found = sections(data)
        evidence = Evidence(data)
    except ModelError as error:
        raise ModelError(f"{path}: {error}; {_again(path)}") from None
    return Weights(data, found, evidence)


_shipped = lru_cache(maxsize=4)(_read)
