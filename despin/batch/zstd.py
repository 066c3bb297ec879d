"""Zstandard, from Python 3.14's own module or from the `zstandard` package; both may be missing."""

from __future__ import annotations

import io
from contextlib import suppress
from importlib import import_module
from typing import IO, Any

from despin.errors import InputError

LEVEL = 3
#: Compressed bytes taken at a time: even of the most repetitive data, what comes out then fits in memory.
_BITE = 1024


def _module(name: str) -> Any:
    """The module that is there. Raises `InputError`, for the file or result `name`, when none is."""
    for candidate in ("compression.zstd", "zstandard"):
        with suppress(ImportError):
            return import_module(candidate)
    raise InputError(f"{name}: zstd needs a package that is not installed: pip install 'despin[zstd]'")


class Raw(io.RawIOBase):
    """What a zstd file holds, frame after frame; wrap it in a `BufferedReader`.

    Raises `InputError` when zstd is not installed, `EOFError` for a file cut off, `ValueError` for a damaged one.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._module = _module(name)
        self._frame: Any = None
        self._compressed = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            if not self._compressed:
                self._compressed = self._file.read(_BITE)
            if not self._compressed:
                if self._frame is not None:
                    raise EOFError("cut off")
                return 0
            self._decompress()
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _decompress(self) -> None:
        if self._frame is None:
            new = self._module.ZstdDecompressor()
            self._frame = new.decompressobj() if hasattr(new, "decompressobj") else new
        try:
            self._ready = memoryview(self._frame.decompress(self._compressed))
        except Exception as error:  # the two modules have an error class of their own each
            raise ValueError(str(error)) from None
        self._compressed = b""
        if self._frame.eof:
            self._compressed = self._frame.unused_data
            self._frame = None


def compress(data: bytes, name: str) -> bytes:
    """`data` as one zstd frame for the file `name`. Raises `InputError` when zstd is not installed."""
    module = _module(name)
    if module.__name__ == "compression.zstd":
        return bytes(module.compress(data, LEVEL))
    return bytes(module.ZstdCompressor(level=LEVEL).compress(data))
