"""What commands say: results on standard output, all else on standard error, and nothing that drives a terminal."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TextIO

from despin.errors import DespinError
from despin.language import shown
from despin.text import files, writing

#: So many of a kind are listed where not all are asked for.
SHOWN = 20


def plural(count: int, what: str) -> str:
    """A count with its noun: "1 text", "2,000 texts"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def put_json(values: object, indent: int = 2) -> None:
    """Print values as JSON on standard output."""
    import json

    print(json.dumps(values, ensure_ascii=False, indent=indent))


def put_into(path: str | None, text: str) -> None:
    """Write a text to the file that was named, or to standard output. Raises `OutputError`."""
    if path:
        writing.write(path, text.encode())
    else:
        sys.stdout.write(text)


class Failures:
    """The mistakes of a run over several texts: each is said at once, the first decides the exit code."""

    def __init__(self) -> None:
        self.code = 0

    def add(self, error: DespinError) -> None:
        tell(f"despin: {error}")
        self.code = self.code or error.exit_code


def counted(paths: Sequence[str]) -> Iterator[str]:
    """`paths` one by one, with a count on standard error when there are several, somebody watches, and the results
    do not come up on the same terminal."""
    watched = len(paths) > 1 and is_terminal(sys.stderr) and not is_terminal(sys.stdout)
    for number, path in enumerate(paths, 1):
        if watched:
            print(f"\r\x1b[Kdespin: {number}/{len(paths)} {shown_name(path)}", end="\r", file=sys.stderr, flush=True)
        yield path
    if watched:
        print("\x1b[K", end="", file=sys.stderr, flush=True)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is there and leads to a terminal."""
    return stream is not None and stream.isatty()


#: Whether only mistakes and questions are said, and whether more than usual; `main` sets it for a call.
_quiet = _verbose = False


def set_loudness(args: argparse.Namespace) -> None:
    """Take over what `-q` and `-v` say for all that is said from here on."""
    global _quiet, _verbose
    _quiet, _verbose = getattr(args, "quiet", False), getattr(args, "verbose", False)


def is_verbose() -> bool:
    """Whether `-v` was given, and `-q` was not."""
    return _verbose and not _quiet


def say(message: str) -> None:
    """Print `message` on standard error, if anybody listens and nobody asked for quiet."""
    if not _quiet:
        tell(message)


def tell(message: str) -> None:
    """Print a mistake or a question on standard error, if anybody listens."""
    if sys.stderr is not None:
        clear = "\r\x1b[K" if is_terminal(sys.stderr) else ""
        with suppress(OSError):
            print(clear + escaped(shown(message)), file=sys.stderr, flush=True)


def put(text: str, end: str = "\n") -> None:
    """Print what people read on standard output."""
    print(escaped(shown(text)), end=end)


def escaped(text: str) -> str:
    """`text` with nothing in it that tells a terminal to do something, but to begin a line."""
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", lambda found: repr(found[0])[1:-1], text)


def visible(text: str) -> str:
    """`text` on one line: line ends as ⏎, other control characters as escapes."""
    return "".join(
        "⏎" if character == "\n" else character if character.isprintable() else repr(character)[1:-1]
        for character in text.replace("\r\n", "\n")
    )


def wants_colour(choice: str) -> bool:
    """Whether results on standard output are coloured, for `--color always|never|auto` and NO_COLOR."""
    if choice != "auto":
        return choice == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and is_terminal(sys.stdout)


def shown_name(path: str) -> str:
    """A path as it is shown on one line: standard input by name."""
    return "<stdin>" if path == files.STANDARD else escaped(path).replace("\n", "\\n")


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and column of a code point offset, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
