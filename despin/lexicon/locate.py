"""Where the shipped lexicons are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

from despin.errors import LexiconError

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_folder() -> Path:
    """The folder of the shipped lexicons. Raises `LexiconError` when there is none."""
    for folder in (_PACKAGE / "data" / "lexicons", _PACKAGE.parent / "lexicons"):
        if any(folder.glob("*.yaml")):
            return folder
    raise LexiconError("the shipped lexicons are missing: install despin again")


def shipped_lexicons() -> list[Path]:
    """The shipped lexicon files, sorted by name. Raises `LexiconError` when there are none."""
    return sorted(shipped_folder().glob("*.yaml"))


def is_shipped(path: str | os.PathLike[str]) -> bool:
    """Whether `path` lies in the folder of the shipped lexicons."""
    try:
        return Path(path).resolve().parent == shipped_folder().resolve()
    except LexiconError:
        return False
