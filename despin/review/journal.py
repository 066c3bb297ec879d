"""The file that remembers a review: a line for each decision, on disk before anybody is told that it is saved."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from despin.errors import InputError, OutputError
from despin.review.places import Decision, RefusedError, read_decision
from despin.text.files import MAX_BYTES, read_regular

FORMAT = 1


class TakenError(OutputError):
    """The journal is in use, or was replaced, by another program."""


@dataclass(frozen=True, slots=True)
class Group:
    """Decisions that were taken, and are undone, as one. `undo` says that they undo the latest group that is not
    undone; `wdiff` is the digest of the file that was written after them, and `taken` says that they came from a
    file that somebody else wrote."""

    decisions: tuple[Decision, ...]
    undo: bool = False
    wdiff: str = ""
    taken: bool = False


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


class Journal:
    """The journal of a text at `path`, made with the first decision. While it is open nobody else may write it.

    `text` is the digest of the text it belongs to. Raises `InputError` for a damaged one
    and `TakenError` for one in use.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.of = text
        self.groups: list[Group] = []
        self._handle: int | None = None
        self._size = 0
        if path.exists():
            self._handle = self._locked(os.O_RDWR)
            try:
                self._read()
            except BaseException:
                self.close()
                raise

    @property
    def belongs(self) -> bool:
        """Whether the journal is of this text, not of another version of it."""
        return self.of == self.text

    def known(self) -> set[str]:
        """The digests of all files that were written."""
        return {group.wdiff for group in self.groups if group.wdiff}

    def append(self, groups: Sequence[Group]) -> None:
        """Write decisions to disk. Raises `OutputError`; nothing is then written."""
        data = b"".join(_line(_row(group)) for group in groups)
        try:
            if self._handle is not None and self._is_gone():
                self.close()
            if self._handle is None:
                self._handle = self._locked(os.O_RDWR | os.O_CREAT | os.O_EXCL)
                self._size = 0
                head = _line({"despin-review": FORMAT, "text": self.text})
                data = head + b"".join(_line(_row(group)) for group in self.groups) + data
            self._write(data)
        except OSError as error:
            raise OutputError(
                f"{self.path}: cannot be written ({error.strerror}); make room, or give the folder back, and decide "
                "again"
            ) from None
        self.groups += groups

    def set_aside(self) -> None:
        """Close the journal; the next decision begins a new one. The file was copied or renamed before."""
        self.close()
        self.groups, self.of = [], self.text
        with suppress(FileNotFoundError):
            self.path.unlink()

    def close(self) -> None:
        """Let others write the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _locked(self, flags: int) -> int:
        try:
            handle = os.open(self.path, flags | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0), 0o666)
        except FileExistsError:
            raise TakenError(
                f"{self.path}: another review has begun meanwhile; end one of them and load the page again"
            ) from None
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            raise TakenError(f"{self.path}: another `despin review` has this text open; end that one first") from None
        return handle

    def _is_gone(self) -> bool:
        """Whether the file was deleted. Raises `TakenError` where another stands in its place."""
        assert self._handle is not None
        own = os.fstat(self._handle)
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return True
        if not os.path.samestat(own, found):
            raise TakenError(f"{self.path}: was replaced by another program; load the page again")
        return False

    def _write(self, data: bytes) -> None:
        assert self._handle is not None
        try:
            os.lseek(self._handle, self._size, os.SEEK_SET)
            written = 0
            while written < len(data):
                written += os.write(self._handle, data[written:])
            os.fsync(self._handle)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._handle, self._size)
            raise
        self._size += len(data)

    def _read(self) -> None:
        """Read what is there; a last line that was cut off when the machine went down was never said to be saved."""
        assert self._handle is not None
        try:
            data = read_regular(self.path, MAX_BYTES)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read ({error.strerror}); move it away") from None
        end = data.rfind(b"\n") + 1
        lines = data[:end].split(b"\n")[:-1]
        rows = list(self._parsed(lines))
        if rows:
            head = rows[0]
            if head.get("despin-review") != FORMAT or not isinstance(head.get("text"), str):
                raise InputError(
                    f"{self.path}:1:1: is no journal of a review; move it away, or name another folder with -o"
                )
            self.of = head["text"]
        for number, row in enumerate(rows[1:], 2):
            self.groups.append(self._group(number, row))
        self._size = end if rows else 0
        if end < len(data):
            os.ftruncate(self._handle, self._size)
        if not rows:
            self._write(_line({"despin-review": FORMAT, "text": self.text}))

    def _parsed(self, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                raise InputError(f"{self.path}:{number}:1: is no line of a journal; mend it, or move the file away")
            yield row

    def _group(self, number: int, row: dict[str, Any]) -> Group:
        put, undo, wdiff, taken = row.get("put"), row.get("undo", False), row.get("wdiff", ""), row.get("taken", False)
        if not isinstance(put, list) or type(undo) is not bool or type(taken) is not bool or not isinstance(wdiff, str):
            raise InputError(f"{self.path}:{number}:1: is no line of a journal; mend it, or move the file away")
        try:
            return Group(tuple(read_decision(one) for one in put), undo, wdiff, taken)
        except RefusedError as error:
            raise InputError(f"{self.path}:{number}:1: {error}; mend it, or move the file away") from None


def _row(group: Group) -> dict[str, Any]:
    row: dict[str, Any] = {"put": [one.as_row() for one in group.decisions]}
    for name in ("undo", "taken"):
        if getattr(group, name):
            row[name] = True
    if group.wdiff:
        row["wdiff"] = group.wdiff
    return row


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _lock(handle: int) -> None:
    """Lock a file for this process, which loses it when it ends, however that is. Raises
    `OSError` where another one has it."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise
        # A file system without locks: revisions of the files still keep two reviews apart.
