"""The patterns of a file, checked and kept in the cache folder: reading the YAML takes as long
as everything else on a page."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

from despin.cachefile import cache_folder, read_sealed, sealed_file, write_sealed
from despin.lexicon.load import shipped_folder
from despin.lexicon.problems import Report, raise_errors
from despin.lexicon.source import decode, read_bytes
from despin.page.patterns import Boilerplate, build, needs_of

#: Raised whenever what is kept in the cache, or what the checks let pass, changes.
FORM = 2


def shipped_path() -> Path:
    """Where the shipped patterns are. Raises `LexiconError` when the shipped lexicons are missing."""
    return shipped_folder() / "page" / "boilerplate.yaml"


@functools.lru_cache(maxsize=4)
def load(path: Path) -> Boilerplate:
    """The patterns of a file, from the cache where it holds the same content.

    Raises `LexiconError` listing everything that is wrong with it.
    """
    report = Report(str(path))
    content = read_bytes(path, report)
    raise_errors(report.problems)
    assert content is not None
    digest = hashlib.sha256(content).hexdigest()
    folder = cache_folder()
    file = sealed_file(folder, "page", digest, FORM) if folder is not None else None
    stored = _stored(file, digest) if file is not None else None
    if stored is not None:
        return stored
    data = _checked(content, report)
    if file is not None:
        data["needs"] = needs_of(data)
        write_sealed(file, digest, FORM, data)
    return build(data)


def _stored(file: Path, digest: str) -> Boilerplate | None:
    """The patterns kept in `file`, or None for anything that is not whole, current and ours."""
    try:
        data = read_sealed(file, digest, FORM)
        return build(data) if data is not None else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError):
        return None


def _checked(content: bytes, report: Report) -> dict[str, Any]:
    """The values of a file. Raises `LexiconError`."""
    from despin.page.pattern_check import to_values

    source = decode(content, report.path, report)
    data = to_values(source.text, report) if source is not None else None
    raise_errors(report.sorted())
    assert data is not None
    return data


def shipped() -> Boilerplate:
    """The shipped patterns, read once in a process."""
    return load(shipped_path())
