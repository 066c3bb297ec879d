"""Compiled forms in the cache folder: JSON below a checksum, so that a broken file is never read.

A checksum is no seal against a person: whoever may write into the folder can write one too. So a file counts only
where it is a file (no link, no pipe, no device), belongs to the user or to root, and nobody else may write it. Any
other is as if it were not there.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypeVar

from despin.fingerprint import sha256, version

T = TypeVar("T")
#: No file of the cache is larger (bytes).
MOST_BYTES = 256 * 2**20
#: A cache folder keeps this many compiled files of a kind, the latest.
KEPT_FILES = 64


def cache_folder() -> Path | None:
    """Where compiled files are kept: `DESPIN_CACHE`, or the user's cache folder as the system has it; None when
    switched off or where the user has no home."""
    chosen = os.environ.get("DESPIN_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    if (usual := _usual_folder()) is not None:
        return usual
    import platformdirs

    folder = platformdirs.user_cache_path("despin", appauthor=False)
    return folder if folder.is_absolute() else None


def _usual_folder() -> Path | None:
    """The user's cache folder on Linux, as `platformdirs` has it but without its import, which takes a tenth of a
    start; None where the system or the home is another one."""
    if sys.platform != "linux" or "ANDROID_DATA" in os.environ:
        return None
    for name, inside in (("XDG_CACHE_HOME", ""), ("HOME", ".cache")):
        if folder := os.environ.get(name):
            return Path(folder, inside, "despin") if os.path.isabs(folder) else None
    return None


def open_cached(file: Path) -> IO[bytes]:
    """A file of the cache folder, opened to be read whole: it has no more than `MOST_BYTES`. Raises `OSError` where
    there is none, or one that another user may have written."""
    # A pipe would keep whoever opens it waiting, and a link leads anywhere; Windows has neither flag.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(file, flags | getattr(os, "O_CLOEXEC", 0))
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode) or state.st_size > MOST_BYTES:
            raise OSError(f"{file}: no file, or too large")
        if hasattr(os, "geteuid") and (state.st_uid not in (os.geteuid(), 0) or state.st_mode & 0o022):
            raise OSError(f"{file}: another user may write it")
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


#: What a file that is none raises.
REFUSED = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError)


def cached(
    kind: str, digest: str, form: int, make: Callable[[], dict[str, Any]], restore: Callable[[dict[str, Any]], T]
) -> T:
    """What `restore` makes of the JSON-ready values of a file with this digest: those in the cache folder, else those
    that `make` gives, which are then kept there. `form` is raised whenever their form changes; a file that is missing,
    broken, of another form or version, or that `restore` refuses, is as if it were not there."""
    folder = cache_folder()
    file = folder / f"{kind}-{digest[:32]}-{form}-{version()}.json" if folder is not None else None
    if file is not None:
        with contextlib.suppress(*REFUSED), open_cached(file) as stream:
            seal, payload = stream.read().split(b"\n", 1)
            if seal.decode() == sha256(payload).hexdigest():
                data: dict[str, Any] = json.loads(payload)
                if data.pop("key") == [digest, form, version()]:
                    return restore(data)
    values = make()
    if file is not None:
        data = {"key": [digest, form, version()], **values}
        payload = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        write_cached(file, sha256(payload).hexdigest().encode() + b"\n" + payload, KEPT_FILES)
    return restore(values)


def write_cached(file: Path, content: bytes, kept: int) -> None:
    """Write a file of the cache folder at one stroke, or nothing at all, and remove the oldest of more than `kept` of
    its kind. A file's kind is its name up to the first hyphen, with its suffix. An error of the file system is none:
    the file is missing then."""
    kind = file.name.partition("-")[0]
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        import tempfile

        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{kind}-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            os.replace(temporary, file)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        _prune(file.parent, f"{kind}-*{file.suffix}", kept)


#: Seconds after which a file of the cache folder that was begun is one of a process that was killed.
_STRAY = 3600.0


def _prune(folder: Path, pattern: str, kept: int) -> None:
    for begun in folder.glob(f".{pattern.partition('-')[0]}-*"):
        with contextlib.suppress(OSError):
            if time.time() - begun.lstat().st_mtime > _STRAY:
                begun.unlink()
    files = list(folder.glob(pattern))
    if len(files) > kept:
        files.sort(key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[kept:]:
            with contextlib.suppress(OSError):
                file.unlink()
