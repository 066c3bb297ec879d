"""A lock on an output: of two runs on one output the second is refused, and a run that was killed locks nothing."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from despin.batch import forks
from despin.errors import OutputError
from despin.text.files import NO_LINK


class Lock:
    """Holds `path` as long as the context lasts; the operating system lets go of it when the process ends.

    Raises `OutputError` when another run holds it, or it cannot be made.
    """

    def __init__(self, path: Path, output: str) -> None:
        self._path = path
        self._output = output
        self._handle = -1

    def __enter__(self) -> Lock:
        # A lock is a file of that name and not what a link leads to; a pipe is not waited for.
        flags = os.O_RDWR | os.O_CREAT | NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        while True:
            try:
                self._handle = os.open(self._path, flags, 0o644)
            except FileNotFoundError:
                raise OutputError(f"{self._output}: its folder does not exist; make it first") from None
            except OSError as error:
                raise OutputError(f"{self._output}: cannot be written ({error.strerror}); write elsewhere") from None
            try:
                _take(self._handle)
            except OSError:
                os.close(self._handle)
                raise OutputError(
                    f"{self._output}: another run is writing it; wait until it is done, or write elsewhere"
                ) from None
            if self._is_ours():
                # Workers may live on for a moment when this process is killed.
                forks.add(self._close)
                return self
            os.close(self._handle)

    def _is_ours(self) -> bool:
        """Whether the file that is locked still has its name: the run before may just have removed it."""
        if sys.platform == "win32":
            return True
        try:
            return os.path.samestat(os.fstat(self._handle), os.stat(self._path))
        except FileNotFoundError:
            return False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        forks.remove(self._close)
        if sys.platform == "win32":
            self._close()
        with suppress(OSError):
            # Ours is empty; what holds anything is somebody else's.
            if not self._path.stat().st_size:
                self._path.unlink()
        if sys.platform != "win32":
            self._close()

    def _close(self) -> None:
        os.close(self._handle)


def _take(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
