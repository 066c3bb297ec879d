"""Outputs that appear in one step, and grow before that in a part that a later run can go on with.

A part is only ever longer than what its state says: the rest, from a run that was killed, is cut off. Compressed parts
are cut into frames, and Parquet into files, at places that depend on the records alone, so that an output is the same
to the byte however often its run was interrupted.
"""

from __future__ import annotations

import os
import shutil
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from despin.batch import paths, zstd
from despin.batch.interfaces import WHOLE, Block, Done, Input, RecordOutput, saving
from despin.batch.record import COUNTING, Recipe
from despin.errors import InputError, OutputError, UsageError
from despin.text import files

#: A compressed frame ends with the block that fills it, in bytes.
FRAME_BYTES = 1 << 18


class LinesOutput(RecordOutput):
    """JSON lines; compressed where the output's name ends with .gz or .zst."""

    def __init__(self, output: str, size: int, digest: int, anything: bool = False) -> None:
        self.output = output
        #: Whether lines are made of inputs of any kind.
        self._anything = anything
        self.size = size
        self.digest = digest
        self._held: list[bytes] = []
        self._length = 0
        self._pack = _packer(output)
        grown = paths.part(output)
        with saving(output):
            if os.path.lexists(grown) and (os.path.islink(grown) or not os.path.isfile(grown)):
                raise paths.shortened(output, grown)
            # Unbuffered: what the state calls safe has been handed to the operating system.
            self._file = paths.grow(grown, "r+b" if size else "w+b", buffering=0)
            if os.fstat(self._file.fileno()).st_size < size:
                self._file.close()
                raise paths.shortened(output, paths.part(output))
            self._file.truncate(size)
            if self._checksum() != digest:
                self._file.close()
                raise paths.shortened(output, paths.part(output))

    def _checksum(self) -> int:
        """The CRC-32 of the part; leaves its end as the place to write."""
        found = 0
        self._file.seek(0)
        while block := self._file.read(1 << 20):
            found = zlib.crc32(block, found)
        return found

    def accept(self, path: str, source: Input) -> None:
        """See `RecordOutput`."""
        if source.kind != self.kind and not self._anything:
            raise InputError(
                f"{path}: is Parquet, and {self.output} is JSON lines; name an output that ends with .parquet"
            )

    def add(self, _: Block, done: Done) -> bool:
        """See `RecordOutput`."""
        if self._pack is None:
            self._write(done.data)
            return True
        self._held.append(done.data)
        self._length += len(done.data)
        if self._length < FRAME_BYTES:
            return False
        self._frame()
        return True

    def _frame(self) -> None:
        if self._pack is not None and self._held:
            self._write(self._pack(b"".join(self._held), self.output))
            self._held, self._length = [], 0

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        with saving(self.output):
            try:
                while rest:
                    rest = rest[self._file.write(rest) :]
            except OSError:
                with suppress(OSError):  # makes room for the state on a disk that is full
                    self._file.truncate(self.size)
                raise
        self.size += len(data)
        self.digest = zlib.crc32(data, self.digest)

    def sync(self) -> None:
        """See `RecordOutput`."""
        with saving(self.output):
            os.fsync(self._file.fileno())

    def finish(self) -> None:
        """See `RecordOutput`."""
        self._frame()
        if self._pack is not None and not self.size:
            self._write(self._pack(b"", self.output))

    def close(self) -> None:
        """Close the part."""
        self._file.close()


def _packer(output: str) -> Any:
    if output.endswith(".gz"):
        return _gzip
    if output.endswith((".zst", ".zstd")):
        zstd.compress(b"", output)  # tells before any work is done when it is not installed
        return zstd.compress
    return None


def _gzip(data: bytes, _: str) -> bytes:
    import gzip

    return gzip.compress(data, compresslevel=6, mtime=0)


def publish(output: str) -> None:
    """Let a finished output appear; harmless when that was done already. Raises `OutputError`."""
    if output == files.STANDARD:
        return
    grown = Path(paths.part(output))
    with saving(output):
        if grown.is_dir():
            if (grown / WHOLE).exists():
                os.replace(grown / WHOLE, output)
            shutil.rmtree(grown, ignore_errors=True)
        elif grown.exists():
            os.replace(grown, output)


def discard(output: str) -> None:
    """Remove the part of an output that will never be."""
    grown = Path(paths.part(output))
    if grown.is_dir():
        shutil.rmtree(grown, ignore_errors=True)
    else:
        grown.unlink(missing_ok=True)


class StandardOutput(RecordOutput):
    """JSON lines on standard output, as they come; it stays open."""

    def __init__(self) -> None:
        if sys.stdout is None:
            raise OutputError("standard output is closed; name a file with -o FILE")

    def accept(self, path: str, source: Input) -> None:
        """See `RecordOutput`."""
        if source.kind != self.kind:
            raise InputError(f"{path}: is Parquet, which cannot go to standard output; name a file with -o FILE")

    def add(self, _: Block, done: Done) -> bool:
        """See `RecordOutput`."""
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:
            sys.stdout.write(done.data.decode())
            sys.stdout.flush()
        else:
            binary.write(done.data)
            binary.flush()
        return True


def open_output(output: str, size: int, digest: int, recipe: Recipe) -> RecordOutput:
    """The part of `output`, with the first `size` of it kept, whose CRC-32 is `digest`.

    Raises `UsageError` when a package that writes it is not installed, `OutputError` when it cannot be written.
    """
    if output == files.STANDARD:
        return StandardOutput()
    try:
        if output.endswith((".parquet", ".pq")):
            from despin.batch.parquet import ParquetOutput

            return ParquetOutput(output, size, digest, recipe)
        return LinesOutput(output, size, digest, recipe.mode == COUNTING)
    except InputError as error:
        raise UsageError(str(error)) from None
