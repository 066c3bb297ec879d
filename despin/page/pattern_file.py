"""The patterns of a file, checked and kept in the cache folder: reading the YAML takes as long
as everything else on a page."""

from __future__ import annotations

import functools
import hashlib
from functools import partial
from pathlib import Path
from typing import Any

from despin.cachefile import cached
from despin.lexicon.load import shipped_folder
from despin.lexicon.problems import sure
from despin.lexicon.source import decode, read_bytes
from despin.page.patterns import Boilerplate, build

#: Raised whenever what is kept in the cache, or what the checks let pass, changes.
FORM = 3


def shipped_path() -> Path:
    """Where the shipped patterns are. Raises `LexiconError` when the shipped lexicons are missing."""
    return shipped_folder() / "page" / "boilerplate.yaml"


@functools.lru_cache(maxsize=4)
def load(path: Path) -> Boilerplate:
    """The patterns of a file, from the cache where it holds the same content. Raises `LexiconError` listing everything
    that is wrong with it."""
    content = sure(path, partial(read_bytes, path))

    def make() -> dict[str, Any]:
        from despin.page.pattern_check import to_values

        return sure(path, partial(to_values, sure(path, partial(decode, content, str(path)))))

    return cached("page", hashlib.sha256(content).hexdigest(), FORM, make, build)


def shipped() -> Boilerplate:
    """The shipped patterns, read once in a process."""
    return load(shipped_path())
