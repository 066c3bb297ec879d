"""The file that remembers a review: a line for each decision, on disk before anybody is told that it is saved."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from despin.errors import InputError, OutputError
from despin.review.places import Decision, RefusedError, read_decision
from despin.text.files import MAX_BYTES, NO_LINK, check_found, read_regular
from despin.text.rights import share

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


def read_group(row: Any) -> Group:
    """The decisions of a row, as pages send them and journals hold them. Raises `RefusedError` for any other value."""
    row = row if isinstance(row, dict) else {}
    put, undo, wdiff, taken = row.get("put"), row.get("undo", False), row.get("wdiff", ""), row.get("taken", False)
    if not isinstance(put, list) or type(undo) is not bool or type(taken) is not bool or not isinstance(wdiff, str):
        raise RefusedError("a group is an object with the decisions of it")
    return Group(tuple(map(read_decision, put)), undo, wdiff, taken)


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def text_digest(text: str) -> str:
    """SHA-256 of a text in hexadecimal."""
    return digest(text.encode("utf-8", "surrogatepass"))


class Journal:
    """The journal at `path`, made with the first decision. While it is open nobody else may write it. It belongs to the
    text at `source`, of which `text` is the digest. A head line begins the decisions on a text; the journal of one that
    was changed goes on below a new head. Raises `InputError` for a damaged one and `TakenError` for one in use."""

    def __init__(self, path: Path, source: str, text: str) -> None:
        self.path, self.source, self.text = path, source, text
        self.of = text
        self.groups: list[Group] = []
        #: The digests of all files that were written or taken over, for any version of the text.
        self.known: set[str] = set()
        self._handle: int | None = None
        self._size = 0
        if os.path.lexists(path):
            check_found(str(path), follow=False)
            try:
                self._handle = self._locked(os.O_RDWR)
            except OSError as error:
                raise self._unreadable(error) from None
            try:
                self._read()
            except BaseException:
                self.close()
                raise

    @property
    def belongs(self) -> bool:
        """Whether the journal is of this text, not of another version of it."""
        return self.of == self.text

    def append(self, groups: Sequence[Group]) -> None:
        """Write decisions to disk, below a new head where those before are on another text. Raises `OutputError`;
        nothing is then written."""
        kept = self.groups if self.belongs else []
        try:
            if self._handle is not None and self._is_gone():
                self.close()
            if self._handle is None:
                self._handle = self._locked(os.O_RDWR | os.O_CREAT | os.O_EXCL)
                self._size = 0
                share(self.path, self.source)
            rows = [_row(group) for group in (groups if self._size else [*kept, *groups])]
            if not self._size or not self.belongs:
                rows.insert(0, {"despin-review": FORMAT, "text": self.text})
            lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
            self._write("".join(lines).encode())
        except OSError as error:
            raise OutputError(
                f"{self.path}: cannot be written ({error.strerror}); make room, or give the folder back, and decide "
                "again"
            ) from None
        self.groups, self.of = [*kept, *groups], self.text
        self.known.update(group.wdiff for group in groups if group.wdiff)

    def close(self) -> None:
        """Let others write the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _locked(self, flags: int) -> int:
        try:
            handle = os.open(self.path, flags | NO_LINK | getattr(os, "O_BINARY", 0), 0o600)
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
        """Add to the file. Raises `OSError`; the file is then as it was, and gone where nothing was in it."""
        assert self._handle is not None
        try:
            os.ftruncate(self._handle, self._size)  # a line that was cut off was never said to be saved
            os.lseek(self._handle, self._size, os.SEEK_SET)
            written = 0
            while written < len(data):
                written += os.write(self._handle, data[written:])
            os.fsync(self._handle)
        except OSError:
            with suppress(OSError):
                if self._size:
                    os.ftruncate(self._handle, self._size)
                else:
                    self.close()
                    self.path.unlink()
            raise
        self._size += len(data)

    def _read(self) -> None:
        """Read what is there, up to the last line that is whole."""
        try:
            data = read_regular(self.path, MAX_BYTES, follow=False)
        except OSError as error:
            raise self._unreadable(error) from None
        self._size = data.rfind(b"\n") + 1
        for number, line in enumerate(data[: self._size].split(b"\n")[:-1], 1):
            place = f"{self.path}:{number}:1"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                raise InputError(f"{place}: is no line of a journal; mend it, or move the file away")
            if number > 1 and "despin-review" not in row:
                try:
                    self.groups.append(read_group(row))
                except RefusedError as error:
                    raise InputError(f"{place}: {error}; mend it, or move the file away") from None
            elif row.get("despin-review") == FORMAT and isinstance(row.get("text"), str):
                self.known.update(group.wdiff for group in self.groups)
                self.groups, self.of = [], row["text"]
            else:
                raise InputError(f"{place}: is no journal of a review; move it away, or name another folder with -o")
        self.known.update(group.wdiff for group in self.groups)
        self.known.discard("")

    def _unreadable(self, error: OSError) -> InputError:
        return InputError(f"{self.path}: cannot be read ({error.strerror}); move it away")


def _row(group: Group) -> dict[str, Any]:
    more = {name: getattr(group, name) for name in ("undo", "taken", "wdiff") if getattr(group, name)}
    return {"put": [one.as_row() for one in group.decisions], **more}


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
