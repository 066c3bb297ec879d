"""Whether a model is still what was published: a byte that was damaged would change results without a word.

A file that was found whole once is noted in the cache folder by path, size and times, so
that this costs nothing afterwards.
"""

from __future__ import annotations

import mmap
import os
import zlib
from contextlib import suppress
from pathlib import Path

from despin.cachefile import KEPT_FILES, cache_folder, open_cached, write_cached
from despin.errors import ModelError
from despin.fingerprint import sha256

#: (size in bytes, CRC-32) of the models that come with the package, by name.
PUBLISHED = {"zh_CN.lm": (27_890_432, 0xB26F6058)}


def check_published(path: Path) -> None:
    """Raise `ModelError` for a damaged copy of a model that comes with the package: one of its name and size with other
    bytes. Any other file is left to whoever reads it, and without a cache folder, where nothing can be noted, this one
    too. Raises `OSError` where it cannot be read."""
    state = os.stat(path)
    size, checksum = PUBLISHED.get(path.name, (None, 0))
    if state.st_size != size:
        return
    folder = cache_folder()
    if folder is None:
        return
    note = folder / f"whole-{digest_of_state(path, state, checksum)}.note"
    with suppress(OSError), open_cached(note):
        return
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = zlib.crc32(data)
    if found != checksum:
        raise ModelError(f"{path}: is damaged (its checksum is not the published one); install despin again")
    write_cached(note, b"", KEPT_FILES)


def digest_of_state(path: Path, state: os.stat_result, *more: object) -> str:
    """A short digest of a file's path, size and times, and of `more`: another one where the file was changed."""
    what = (
        f"{os.path.realpath(path)} {state.st_size} {state.st_mtime_ns} {state.st_ctime_ns} {' '.join(map(str, more))}"
    )
    return sha256(what.encode("utf-8", "surrogateescape")).hexdigest()[:32]
