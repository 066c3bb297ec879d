"""Records in blocks, from JSON lines and WARC (plain, gzip or zstd, told by their first bytes) and from Parquet."""

from __future__ import annotations

import codecs
import io
import json
import os
import stat
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any

from despin.batch import warc
from despin.batch.interfaces import LONGEST_LINE, Block, ChangedError, Input, Position
from despin.errors import DespinError, InputError
from despin.text import files
from despin.text.encodings import binary_kind, guess_encoding

#: A block ends with the line that fills it, in bytes; and after this many lines.
BLOCK_BYTES = 1 << 14
BLOCK_LINES = 256
#: What reading raises where a file is damaged.
_DAMAGES = (EOFError, OSError, ValueError, zlib.error)
#: How much of a longer line is kept for its error.
KEPT_OF_A_LONG_LINE = 1000
_GZIP, _ZSTD, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"
#: A frame of zstd that holds nothing to be unpacked begins with 0x50 to 0x5F and these.
_ZSTD_SKIPPED = b"\x2a\x4d\x18"


def open_source(path: str, field: str, longest_line: int) -> Input:
    """The input at `path`; `-` is JSON lines on standard input. Raises `InputError` for one that cannot be read."""
    if path == files.STANDARD:
        if sys.stdin is None:
            raise InputError("<stdin>: standard input is closed; name a file")
        return Lines("<stdin>", io.BufferedReader(_Unclosed(sys.stdin.buffer)), None, longest_line)
    if os.path.isdir(path):
        raise InputError(f"{path}: is a folder; name the files in it, for example {os.path.join(path, '*.jsonl.gz')}")
    try:
        file = open(path, "rb")  # noqa: SIM115 (closed with the source)
    except OSError as error:
        files.read(path)  # says what is wrong with the path, and what to do
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        found = os.fstat(file.fileno())
        size = found.st_size if stat.S_ISREG(found.st_mode) else None
        if size is not None and file.peek(4)[:4] == _PARQUET:
            from despin.batch.parquet import RowGroups

            return RowGroups(path, file, field)
        if _begins(file).startswith(warc.BEGINNING):
            return Warc(path, file, size, longest_line, field)
        return Lines(path, file, size, longest_line)
    except BaseException:
        file.close()
        raise


def records(path: str, names: list[str], longest_line: int = LONGEST_LINE) -> Iterator[Mapping[str, Any]]:
    """The records of JSON lines, or of Parquet these columns, of which the first has to be there; an empty one for what
    is no record. Raises `InputError`."""
    source = open_source(path, names[0], longest_line)
    try:
        for block in source.blocks(Position()):
            if block.lines:
                for line in block.items:
                    try:
                        row = json.loads(line)
                    except (ValueError, TypeError, RecursionError):
                        row = {}
                    yield row if isinstance(row, dict) else {}
            else:
                yield from block.rows.select([name for name in names if name in block.rows.schema.names]).to_pylist()
    finally:
        source.close()


def _begins(file: io.BufferedReader) -> bytes:
    """The first bytes of what a file holds when it is unpacked; none where that cannot be told."""
    head = file.peek(5)
    with suppress(DespinError, *_DAMAGES):
        if head.startswith(_GZIP):
            return zlib.decompressobj(wbits=31).decompress(head, 5)
        if head.startswith(_ZSTD):
            from despin.batch import zstd

            return zstd.Raw(io.BytesIO(head), "").read(5) or b""
        return head[:5]
    return b""


class _Unclosed(io.RawIOBase):
    """A file that stays open when its reader is closed, and gives what it has: all that stands before a damage."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read1(len(buffer)) if hasattr(self._file, "read1") else self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Lines:
    """JSON lines; `size` is that of the file, None for a pipe."""

    kind = "lines"

    def __init__(self, name: str, file: io.BufferedReader, size: int | None, longest_line: int) -> None:
        self.name = name
        self.size = size
        self._file = file
        self._longest = longest_line
        self._read = self._digest = 0
        magic = file.peek(4)[:4]
        if not magic and size == 0 and name.endswith((".gz", ".zst", ".zstd")):
            raise InputError(f"{name}: is empty, as no compressed file is; fetch it again")
        if magic == _PARQUET:
            raise InputError(f"{name}: Parquet cannot be read from a pipe; name the file")
        is_zstd = magic == _ZSTD or (magic[1:] == _ZSTD_SKIPPED and magic[0] >> 4 == 5)
        self._lines: IO[bytes] = file
        if magic.startswith(_GZIP):
            import gzip

            self._lines = io.BufferedReader(_Unclosed(gzip.GzipFile(fileobj=file)), 1 << 16)
        elif is_zstd:
            from despin.batch import zstd

            self._lines = io.BufferedReader(zstd.Raw(file, name), 1 << 16)

    def done(self) -> int:
        """Bytes of the file read so far."""
        return self._file.tell() if self.size is not None else self._read

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def blocks(self, start: Position) -> Iterator[Block]:
        """See `Input`."""
        offset, record, _ = start
        try:
            with _damage(self.name, self):
                self._skip(offset, start.digest)
        except InputError as error:
            raise ChangedError(str(error)) from None
        items: list[Any] = []
        first, size, digest = record, 0, start.digest
        while True:
            self._record = record
            try:
                line, length = self._line(offset)
            except (DespinError, *_DAMAGES):
                if items:
                    yield Block(items, True, first, Position(offset, record, digest))
                with _damage(self.name, self):
                    raise
            digest = self._digest
            if not length:
                break
            if record == 1 and isinstance(line, bytes):
                line = self._first(line.removeprefix(codecs.BOM_UTF8))
            items.append(line)
            offset, record, size = offset + length, record + 1, size + length
            if size >= BLOCK_BYTES or len(items) == BLOCK_LINES:
                yield Block(items, True, first, Position(offset, record, digest))
                items, first, size = [], record, 0
        if items:
            yield Block(items, True, first, Position(offset, record, digest))

    def _skip(self, offset: int, digest: int) -> None:
        while offset:
            skipped = self._lines.read(min(offset, 1 << 16))
            self._took(skipped)
            if not skipped:
                raise ChangedError(
                    f"{self.name}: is shorter than it was when the run began; start again with --overwrite"
                )
            offset -= len(skipped)
        if self._digest != digest:
            raise ChangedError(
                f"{self.name}: is not what the interrupted run read; give it the same again, or start with --overwrite"
            )

    def _took(self, data: bytes) -> None:
        self._digest = zlib.crc32(data, self._digest)

    def _line(self, offset: int) -> tuple[bytes | tuple[bytes, str], int]:
        """The line at `offset` and its bytes, 0 at the end; of a line too long its beginning and the error."""
        limit = self._longest
        line = self._lines.readline(limit + 2)
        self._took(line)
        self._read = offset + len(line)
        if len(line) <= limit or len(line.rstrip(b"\r\n")) <= limit:
            return line, len(line)
        kept, length, last = line[:KEPT_OF_A_LONG_LINE], len(line), line
        while last and not last.endswith(b"\n"):
            last = self._lines.readline(1 << 16)
            self._took(last)
            length += len(last)
        self._read = offset + length
        return (kept, f"the line is longer than {limit:,} bytes; only its beginning is kept here"), length

    def _first(self, line: bytes) -> bytes:
        """The first line. Raises `InputError` when the whole input is clearly something else."""
        body = line.strip()
        hint = ""
        if not body or body.startswith(b"{"):
            try:
                body.decode("utf-8")
                return line
            except UnicodeDecodeError:
                guess = guess_encoding(line)
                if guess in (None, "utf-8"):
                    return line
                hint = f"it is {guess}; convert it to UTF-8 first"
        elif body.startswith((b"\xff\xfe", b"\xfe\xff")):
            hint = "it is UTF-16; convert it to UTF-8 first"
        elif body.startswith(b"["):
            hint = "it begins with a list; write one object a line, for example with `jq -c '.[]'`"
        elif kind := binary_kind(line[:4096], "utf-8"):
            hint = f"{kind}; despin batch reads JSON lines and WARC (plain, gzip or zstd), and Parquet"
        else:
            hint = 'write one object a line, such as {"text": "..."}; plain texts go to `despin restore`'
        raise InputError(f"{self.name}:1:1: these are no JSON lines: {hint}")


class Warc(Lines):
    """The pages of an archive, each as `warc.Records` gives it."""

    def __init__(self, name: str, file: io.BufferedReader, size: int | None, longest_line: int, field: str) -> None:
        super().__init__(name, file, size, longest_line)
        self._pages = warc.Records(self._lines, self._took, longest_line, field)

    def _line(self, offset: int) -> tuple[Any, int]:
        found, length = self._pages.next()
        self._read = offset + length
        return found, length


@contextmanager
def _damage(name: str, source: Lines) -> Iterator[None]:
    """Every way in which reading can fail, as an `InputError` that says where."""
    try:
        yield
    except DespinError:
        raise
    except EOFError:
        what = "the file is cut off; the records before that are done, fetch it again for the rest"
    except _DAMAGES as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        what = f"the file is damaged ({reason}); the records before that are done, fetch it again for the rest"
    else:
        return
    raise InputError(f"{name}:{getattr(source, '_record', 1)}: {what}")
