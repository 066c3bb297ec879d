"""Ends a child process, or takes its disk away, at one of the calls that change a file.

The moments: `before` and `after` the call the process is gone, at `half` in the middle of a write; `interrupt` is a SIGINT that comes
with the call; `full` is a disk without room from that call on; `power` takes what was not flushed with it: bytes that were written
since the last flush of their file are lost; `power, names` also gives back the names that were made or replaced since the last flush
of their folder, and `power, a name` the first of them alone, for a disk keeps no order among them.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import stat
import sys
from collections.abc import Callable
from typing import Any

from despin.batch import outputs as batch_outputs
from despin.errors import DespinError
from despin.text import files, temporary, writing

MOMENTS = ("before", "after", "half", "interrupt", "full", "power", "power, names", "power, a name")
#: Functions of `os` at which a child may end, and those that need room on the disk.
_CALLS = ("fsync", "replace", "link", "unlink", "ftruncate", "chmod", "write")
_BEFORE = tuple(one for one in MOMENTS if one == "before" or one.startswith("power"))
_NEED_ROOM = ("fsync", "link", "write")


def ended(work: Callable[[Callable[[], object]], object], number: int, moment: str) -> tuple[int, str]:
    """Run `work` in a child that ends at its call number `number` of what changes a file; where there are fewer it runs through.

    `work` is given what it calls for each thing that it says is saved. Comes back with how many those were, and what went wrong
    besides: an exception that is none of despin's own.
    """
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        with open(read, "rb") as pipe:
            told = pipe.read()
        os.waitpid(child, 0)
        return told.count(b"\0"), told.replace(b"\0", b"").decode("utf-8", "replace")
    tell = os.write
    try:
        os.close(read)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (the child ends)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        disk = _Disk(number, moment)
        disk.arm()
        work(lambda: tell(write, b"\0"))
        disk.stop()
    except (DespinError, KeyboardInterrupt):
        pass
    except BaseException as error:
        tell(write, f"{error!r:.300}".encode("utf-8", "replace"))
    finally:
        os._exit(0)


class _Disk:
    """What a child does to its files, and when that ends."""

    def __init__(self, number: int, moment: str) -> None:
        self._left, self._moment = number, moment
        self._full = False
        #: By file, a second descriptor of it and the bytes that are flushed.
        self._flushed: dict[tuple[int, int], tuple[int, int]] = {}
        #: What gives back the names that were made since the last flush of their folder.
        self._names: list[tuple[str, Callable[[], object]]] = []
        self._own = {name: getattr(os, name) for name in _CALLS}

    def arm(self) -> None:
        """Take the place of the functions that change files."""
        for name in _CALLS:
            setattr(os, name, self._patched(name))
        for module in (files, temporary, writing, batch_outputs):
            vars(module)["open"] = self._open

    def stop(self) -> None:
        """What comes after the last call: the power may go here too."""
        if self._moment.startswith("power"):
            self._end()

    def _due(self) -> bool:
        self._left -= 1
        return self._left == -1

    def _end(self) -> None:
        if self._moment.startswith("power"):
            for descriptor, size in self._flushed.values():
                if os.fstat(descriptor).st_size > size:
                    self._own["ftruncate"](descriptor, size)
        names = self._names[::-1] if self._moment == "power, names" else []
        if self._moment == "power, a name":
            targets = [target for target, _ in self._names]
            names = [one for number, one in enumerate(self._names) if one[0] not in targets[number + 1 :]][:1]
        for _, back in names:
            back()
        os._exit(9)

    def _patched(self, name: str) -> Callable[..., Any]:
        own = self._own[name]

        def made(*arguments: Any, **options: Any) -> Any:
            due = self._due()
            if due and self._moment in _BEFORE:
                self._end()
            if due and self._moment == "half" and name == "write":
                own(arguments[0], arguments[1][: len(arguments[1]) // 2])
                self._end()
            self._full = self._full or (due and self._moment == "full")
            if self._full and name in _NEED_ROOM:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if name in ("replace", "link"):
                self._note_name(*map(os.fspath, arguments[:2]))
            found = own(*arguments, **options)
            if name == "fsync":
                self._note_flush(arguments[0])
            if due and self._moment == "interrupt":
                os.kill(os.getpid(), signal.SIGINT)
            elif due and self._moment != "full":
                self._end()
            return found

        return made

    def _note_name(self, source: str, target: str) -> None:
        """Remember what a name stood for before it is given away."""
        before = self._bytes(target)

        def back() -> None:
            now = self._bytes(target)
            if now is not None and not os.path.lexists(source):
                os.rename(target, source)
            self._own["unlink"](target) if os.path.lexists(target) else None
            if before is not None:
                with open(target, "wb") as file:
                    file.write(before)

        self._names.append((target, back))

    def _bytes(self, path: str) -> bytes | None:
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def _note_flush(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            self._names.clear()
        else:
            known = self._flushed.get((found.st_dev, found.st_ino))
            self._flushed[found.st_dev, found.st_ino] = known[0] if known else os.dup(descriptor), found.st_size

    def _open(self, *arguments: Any, **options: Any) -> Any:
        """As `open`; what is written through it counts as calls."""
        mode = arguments[1] if len(arguments) > 1 else options.get("mode", "r")
        if self._full and "x" in mode:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        file = open(*arguments, **options)  # noqa: SIM115 (whoever asked closes it)
        if not isinstance(file, io.IOBase) or not file.writable():
            return file
        found = os.fstat(file.fileno())
        key = found.st_dev, found.st_ino
        self._flushed.setdefault(key, (os.dup(file.fileno()), found.st_size))
        return _File(file, self)

    def write(self, file: Any, data: bytes) -> int:
        """Write to an open file, or a part, or nothing, as it is time."""
        due = self._due()
        if due and self._moment == "before":
            self._end()
        self._full = self._full or (due and self._moment == "full")
        short = (due and self._moment == "half") or self._full
        count = int(file.write(data[: len(data) // 2] if short else data))
        if self._full:
            file.flush()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if due and self._moment == "interrupt":
            os.kill(os.getpid(), signal.SIGINT)
        elif due:
            file.flush()
            self._end()
        return count


class _File:
    """An open file whose writes are counted."""

    def __init__(self, file: Any, disk: _Disk) -> None:
        self._file, self._disk = file, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        """See `io.RawIOBase.write`."""
        return self._disk.write(self._file, data)
