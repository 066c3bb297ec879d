"""The text of a lexicon file, read within bounds and decoded."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from despin.fingerprint import sha256
from despin.lexicon.model import Lexicon
from despin.lexicon.problems import FilePlace, Report
from despin.text.files import read_regular

MAX_BYTES = 16 << 20

HEADER_FIELDS = (
    "family", "title", "about", "recognise", "sources", "licence", "pack", "beside", "program", "variants",
    "opposites", "entries",
)  # fmt: skip
ENTRY_FIELDS = ("original", "keep", "only", "flips", "replaces", "status", "reason", "source", "examples")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A lexicon file as read: its text with `\\n` line ends and no byte-order mark, and the SHA-256 of its bytes."""

    path: str
    text: str
    digest: str


def read_bytes(path: str | os.PathLike[str], report: Report) -> bytes | None:
    """The file's bytes, or None with the reason in `report`; never more than `MAX_BYTES`."""
    whole = FilePlace(0, 0)
    file = Path(path)
    try:
        return read_regular(file, MAX_BYTES)
    except FileNotFoundError:
        report.error(whole, "no such file", "check the path")
    except IsADirectoryError:
        report.error(whole, "a folder, not a lexicon", "name a file in it")
    except OSError as error:
        # Windows answers PermissionError for a folder.
        if file.is_dir():
            report.error(whole, "a folder, not a lexicon", "name a file in it")
        elif error.errno == errno.EFBIG:
            report.error(whole, str(error.strerror), "split it into several lexicons")
        elif error.errno == errno.EINVAL:
            report.error(whole, str(error.strerror), "copy what it holds into a file")
        else:
            report.error(whole, f"cannot be read ({error.strerror})", "check its permissions")
    except ValueError:
        report.error(whole, "no name of a file", "check the path")
    return None


def decode(data: bytes, path: str, report: Report) -> SourceText | None:
    """The text of UTF-8 bytes, or None with the reason in `report`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace").replace("\r\n", "\n")
        place = FilePlace(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        mend = "save it as UTF-8" if b"\0" not in data else "save it as UTF-8 (it looks like UTF-16 or a binary)"
        report.error(place, "not UTF-8", mend)
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SourceText(path, text, sha256(data).hexdigest())


def read_source(path: str | os.PathLike[str], report: Report) -> SourceText | None:
    """The text of a lexicon file, or None with the reason in `report`."""
    data = read_bytes(path, report)
    return None if data is None else decode(data, str(path), report)


def combined_digest(digests: list[str]) -> str:
    """One SHA-256 for several files; that of a single file is its own."""
    return digests[0] if len(digests) == 1 else sha256("".join(digests).encode()).hexdigest()


def joined(lexicons: Sequence[Lexicon]) -> Lexicon:
    """Several lexicons as one, in their order."""
    if len(lexicons) == 1:
        return lexicons[0]
    return Lexicon(
        tuple(family for lexicon in lexicons for family in lexicon.families),
        tuple(entry for lexicon in lexicons for entry in lexicon.entries),
        combined_digest([lexicon.digest for lexicon in lexicons]),
    )
