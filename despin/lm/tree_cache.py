"""The tree of a language model's words in the cache folder: to make it takes longer than to
read all else that a text needs.

A file is named by the model's path, size and times. A missing, foreign, broken or unwritable one never
matters: the tree is made again.
"""

from __future__ import annotations

import sys
import zlib
from contextlib import suppress
from pathlib import Path

from despin.cachefile import cache_folder, open_cached, write_cached
from despin.errors import ModelError
from despin.fingerprint import version
from despin.kernel import arrays_file
from despin.kernel.arrays_file import Array
from despin.kernel.native.lattice import Trigrams
from despin.lm.published import digest_of_state

#: To be raised whenever the tree is laid out otherwise.
FORM = 2
#: So many trees a cache folder keeps, the latest.
KEPT = 4


def load_tree(path: Path) -> bytes | None:
    """The tree that was stored for the model in a file; None where there is none."""
    file = _file(path)
    if file is None:
        return None
    try:
        with open_cached(file) as stream:
            found, _ = arrays_file.unpack(stream.read(), zlib.crc32)
            return bytes(found["tree"].data)
    except (OSError, ModelError, KeyError):
        return None


def store_tree(path: Path, model: Trigrams) -> None:
    """Keep the tree of a model at one stroke, or not at all."""
    file = _file(path)
    if file is not None:
        tree = model.tree()
        found = {"tree": Array("U8", (len(tree),), tree)}
        write_cached(file, arrays_file.pack(found, {}, zlib.crc32), KEPT)


def _file(path: Path) -> Path | None:
    """Where the tree of a model is kept."""
    folder = cache_folder()
    with suppress(OSError):
        return folder and folder / f"words-{digest_of_state(path, path.stat(), FORM, version(), sys.byteorder)}.bin"
    return None
