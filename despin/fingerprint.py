"""What a result depends on, as short words to compare: the version of despin, and the digests of its models."""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from despin.errors import InputError

#: Hexadecimal digits of a digest that are shown.
SHOWN = 12


def version() -> str:
    """The version of despin."""
    return str(getattr(sys.modules.get("despin"), "__version__", "0"))


def model_digest(path: str | Path) -> str:
    """The abbreviated SHA-256 of the file at `path`, read once per size and time of change.

    Raises `InputError` when it cannot be read.
    """
    try:
        state = Path(path).stat()
        return _digest(str(path), state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); install despin again") from None


def digest_of_parts(parts: Iterable[object]) -> str:
    """The abbreviated SHA-256 of some values, by what `repr` writes of them."""
    return hashlib.sha256(repr(list(parts)).encode("utf-8", "surrogatepass")).hexdigest()[:SHOWN]


@functools.lru_cache(maxsize=8)
def _digest(path: str, size: int, changed: int) -> str:
    """The digest of the file that had this size, and was changed at this time in nanoseconds."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:SHOWN]
