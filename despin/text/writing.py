"""Writing files in one step, without changing what nobody asked to change, and without following a link that nobody
named."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from despin.errors import OutputError
from despin.text import rights
from despin.text.files import MAX_BYTES, no_file, read_regular, reason
from despin.text.temporary import hold, temporary


@contextmanager
def _writing(path: str | Path) -> Iterator[None]:
    """Every way in which writing `path` can fail, as an `OutputError` that says what to do."""
    try:
        yield
    except FileNotFoundError:
        raise OutputError(f"{path}: its folder does not exist; make it first") from None
    except IsADirectoryError:
        raise OutputError(f"{path}: is a folder; name a file") from None
    except PermissionError:
        raise OutputError(f"{path}: you may not write there; change the permissions or write elsewhere") from None
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({reason(error)}); what stood there is untouched; make room or write elsewhere"
        ) from None


def write(path: str | Path, data: bytes, named: bool = True, like: str | Path | None = None) -> None:
    """Put `data` at `path` in one step: a reader sees the old file or the new one, never a part.

    An existing file keeps its rights; a new one has no more than the text `like` which it is made of. What the user
    `named` may be a link, which stays one, a device or a pipe, which is written directly; a name that was made up in a
    folder has to be free, or that of a file. Raises `OutputError`; what stood at `path` is then untouched.
    """
    with _writing(path):
        target, old = _target(path, named)
        if old is not None and not stat.S_ISREG(old.st_mode):
            with open(target, "wb") as device:
                device.write(data)
        else:
            replace(target, data, like)


def make_folder(path: str | Path) -> None:
    """Make a folder where there is none. Raises `OutputError`."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: the folder cannot be made ({error.strerror}); name another") from None


def check_writable(path: str | Path, named: bool = True) -> None:
    """Raise the `OutputError` that `write` would, as far as it can be told before there is anything to write."""
    with _writing(path):
        target, old = _target(path, named)
        if old is None:
            with temporary(target) as path, open(path, "xb"):
                pass


def _target(path: str | Path, named: bool) -> tuple[Path, os.stat_result | None]:
    """What is written for a path, and what is there. Raises `OSError` or `OutputError` where it may not be."""
    target = Path(os.path.realpath(path) if named else path)
    try:
        old = os.lstat(target)
    except FileNotFoundError:
        return target, None
    if stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError
    if not named and (what := no_file(old.st_mode)):
        raise OutputError(f"{path}: is {what}, not a file; move it away, or write elsewhere")
    if stat.S_ISREG(old.st_mode) and not os.access(target, os.W_OK):
        raise PermissionError
    return target, old


@contextmanager
def scratch() -> Iterator[Path]:
    """The path of a new file, yours alone, in the folder for temporary files; it is removed in the end. Raises
    `OutputError`."""
    import tempfile

    folder = tempfile.gettempdir()
    with temporary(Path(folder, "scratch")) as path:
        with _writing(folder):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield path


def replace(target: Path, data: bytes, like: str | Path | None = None) -> None:
    """Put `data` at `target` in one step, with the rights of what is there, else those of a copy of `like`. Raises
    `OSError`; `target` is then untouched."""
    with temporary(target) as new:
        there = os.path.lexists(target)
        _make(new, data, target if there else like, copy=not there)
        os.replace(new, target)


def _make(path: Path, data: bytes, like: str | Path | None, copy: bool) -> None:
    """Write a new file with the rights of `like`; nobody else may read it before it has them. Raises `OSError`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags, 0o666 if like is None else 0o600), "wb") as file:
        with suppress(OSError):  # a file system without locks
            hold(file)
        file.write(data)
        if like is not None:
            rights.share(path, like, copy)
        file.flush()
        os.fsync(file.fileno())


def keep_names(folder: str | Path) -> None:
    """Flush a folder: the names that were made, replaced or removed in it outlast a power cut. Where
    that cannot be done, nothing is."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def back_up(path: str | Path, suffix: str) -> Path:
    """The path of a new copy of `path`, named with `suffix`, and a number where that name is taken.

    A backup that exists is never overwritten: it may be the only copy of the page as it was found.
    Raises `OutputError` when the copy cannot be made.
    """
    path = Path(path)
    number = 1
    with temporary(path) as new:
        with _writing(f"{path}{suffix}"):
            state = os.stat(path)
            _make(new, read_regular(path, MAX_BYTES), path, copy=False)
            os.utime(new, ns=(state.st_atime_ns, state.st_mtime_ns))
        while True:
            copy = Path(f"{path}{suffix}" if number == 1 else f"{path}{suffix}.{number}")
            with _writing(copy):
                try:
                    _place(new, copy)
                    keep_names(copy.parent)  # before anything takes the place of the text
                    return copy
                except FileExistsError:
                    number += 1


def _place(path: Path, target: Path) -> None:
    """Give a whole file its name. Raises `FileExistsError` where that is taken, else `OSError`."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without second names for a file
        with open(target, "xb"):
            pass
        os.replace(path, target)
