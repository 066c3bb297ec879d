"""The weights of a spinner program, learned by spinning (`despin learn spinner`): mapped from a file, checked once."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from despin.errors import ModelError
from despin.kernel.choice_file import HEADER, Sections, sections
from despin.kernel.program import Evidence

#: Where the weights of named programs are.
FOLDER = Path(__file__).parents[1] / "data" / "programs"


@dataclass(frozen=True)
class Weights:
    """A file of weights: its bytes, what stands where in them, and the evidence for the verdict."""

    data: Any
    found: Sections
    evidence: Evidence


def checksum_of(path: Path) -> tuple[int, int] | None:
    """(size in bytes, checksum) of a file of weights, the checksum as its header states it; None for a file that has none. Reads 20
    bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(HEADER.size)
            return path.stat().st_size, int(HEADER.unpack(head)[2])
    except (OSError, struct.error):
        return None


def load_weights(path: Path) -> Weights:
    """The weights in a file. Raises `ModelError` where it is missing, damaged or of another form."""
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path}: the weights of the spinner program cannot be read ({error}); install despin again"
        ) from None
    try:
        found = sections(data)
        evidence = Evidence(data)
    except ModelError as error:
        raise ModelError(f"{path}: {error}; install despin again") from None
    return Weights(data, found, evidence)
