"""What a result depends on, as short words to compare: the version of despin, and the digests of its models."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Protocol

from despin.errors import InputError

#: Hexadecimal digits of a digest that are shown.
SHOWN = 12
#: So many bytes are little.
SMALL = 1 << 16


class Digest(Protocol):
    """A digest on its way, as `hashlib` has them."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


def sha256(data: bytes | memoryview = b"") -> Digest:
    """The SHA-256 of some bytes, as `hashlib` gives it. For little data it is Python's own, where that is there:
    `hashlib` loads OpenSSL, which takes longer than a small digest."""
    if len(data) <= SMALL and "hashlib" not in sys.modules:
        for name in ("_sha2", "_sha256"):  # 3.12 and later, 3.11 and before
            with suppress(ImportError, AttributeError):
                made: Digest = import_module(name).sha256(data)
                return made
    import hashlib

    return hashlib.sha256(data)


def version() -> str:
    """The version of despin."""
    return str(getattr(sys.modules.get("despin"), "__version__", "0"))


def model_digest(path: str | Path) -> str:
    """The abbreviated SHA-256 of the file at `path`, read once per size and time of change. Raises `InputError` when it
    cannot be read."""
    try:
        state = Path(path).stat()
        return _digest(str(path), state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); install despin again") from None


def digest_of_parts(parts: Iterable[object]) -> str:
    """The abbreviated SHA-256 of some values, by what `repr` writes of them."""
    return sha256(repr(list(parts)).encode("utf-8", "surrogatepass")).hexdigest()[:SHOWN]


@functools.lru_cache(maxsize=8)
def _digest(path: str, size: int, changed: int) -> str:
    """The digest of the file that had this size, and was changed at this time in nanoseconds."""
    import hashlib

    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:SHOWN]
