"""Temporary files beside what is written: their names, and what killed processes left of them."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from despin.text.files import NO_LINK

#: Seconds after which a temporary file that nobody holds is one of a process that was killed.
_STRAY = 10.0
#: The folders that were looked through for such files.
_swept: set[str] = set()


@contextmanager
def temporary(target: Path) -> Iterator[Path]:
    """A name for a temporary file beside `target`; what is left of that file in the end is removed. The first time in a
    folder, those of killed processes are removed."""
    folder = os.path.realpath(target.parent)
    if folder not in _swept:
        _swept.add(folder)
        with suppress(OSError):
            _sweep(folder)
    path = target.with_name(f".despin-{os.urandom(6).hex()}.tmp")
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink()


def _sweep(folder: str) -> None:
    """Remove the temporary files of a folder that no process holds, as far as that can be told. Raises `OSError`."""
    with os.scandir(folder) as entries:
        found = [one.path for one in entries if one.name.startswith(".despin-") and one.name.endswith(".tmp")]
    for path in found:
        with suppress(OSError):
            state = os.lstat(path)
            if stat.S_ISREG(state.st_mode) and time.time() - state.st_ctime > _STRAY:
                with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | NO_LINK), "rb") as file:
                    hold(file)
                    os.unlink(path)


def hold(file: IO[bytes]) -> None:
    """Show others that a process works with a file, until it is closed. Raises `OSError` where another does."""
    if sys.platform != "win32":  # there no file can be removed that is open
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
