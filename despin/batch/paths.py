"""The names an output needs while it is made, and which of them may not meet."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from despin.errors import OutputError, UsageError
from despin.text import files


def part(output: str) -> str:
    """Where an output grows."""
    return f"{output}.part"


def grow(path: str | Path, mode: str, buffering: int = -1) -> IO[bytes]:
    """A file of a part, opened as `open` would, but no link. Raises `OSError`."""
    return open(path, mode, buffering, opener=lambda name, flags: os.open(name, flags | files.NO_LINK, 0o666))


def state(output: str) -> str:
    """Where it is kept how far an output is."""
    return f"{output}.part.json"


def sites(output: str) -> str:
    """What is counted of sites by the first pass of a run."""
    return f"{output.rstrip(os.sep + (os.altsep or ''))}.sites"


def lock(output: str) -> str:
    """What a run holds as long as it writes an output."""
    return f"{output}.lock"


def followed(output: str) -> str:
    """What is written for an output: where it is a link, the file that the link leads to."""
    return os.path.realpath(output) if os.path.islink(output) and not os.path.isdir(output) else output


def check(inputs: Iterable[str], outputs: Iterable[str]) -> None:
    """Raise `UsageError` where an output, or what stands beside it while it is made, is an input or another output."""
    read = {_key(path): path for path in inputs if path != files.STANDARD}
    written: dict[object, str] = {}
    for output in outputs:
        for name in (output, part(output), state(output), lock(output)):
            path = read.get(_key(name))
            if path is not None and name == output:
                raise UsageError(f"{path} would be overwritten by its result; name another output")
            if path is not None:
                raise UsageError(
                    f"{path} would be in the way while {output} is made; rename it, or name another output"
                )
            other = written.setdefault(_key(name), output)
            if other is not output:
                raise UsageError(f"{other} and {output} would be in each other's way; rename an input")


def _key(path: str) -> object:
    """The same for two names of one file."""
    try:
        found = os.stat(path)
        return found.st_dev, found.st_ino
    except (OSError, ValueError):
        return os.path.normcase(os.path.realpath(path))


def shortened(output: str, what: object) -> OutputError:
    """What to say where a part, or a file in it, is less than the interrupted run had made."""
    return OutputError(f"{output}: {what} is not as the interrupted run left it; start again with --overwrite")
