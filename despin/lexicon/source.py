"""The text of a lexicon file: read within bounds, decoded, and rid of the slips that would derail YAML."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from despin.lexicon.problems import Place, Report

MAX_BYTES = 16 * 2**20

HEADER_FIELDS = ("family", "title", "about", "recognise", "sources", "licence", "pack", "beside", "entries")
ENTRY_FIELDS = ("original", "keep", "only", "flips", "replaces", "status", "reason", "source", "examples")

#: What YAML forbids or takes for a line break of its own; refused here, so that every parser sees the same lines.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_WORD_COLON = re.compile(r"""  ([^\s#"'\[\]{},:：&*!|>%@`?-][^\s:：]*)(：[ 　]?|:(?=[^\s:]))(?!.*:(?: |$))""")
_FIELD_COLON = re.compile(rf" *({'|'.join((*HEADER_FIELDS, *ENTRY_FIELDS, 'before', 'after'))})(：[ 　]?)")


@dataclass(frozen=True, slots=True)
class Source:
    """A lexicon file as read: its text with `\\n` line ends and no byte-order mark, and the SHA-256 of its bytes."""

    path: str
    text: str
    digest: str


def read_bytes(path: str | os.PathLike[str], report: Report) -> bytes | None:
    """The file's bytes, or None with the reason in `report`; never more than `MAX_BYTES`."""
    whole = Place(0, 0)
    file = Path(path)
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        report.error(whole, "no such file", "check the path")
    except IsADirectoryError:
        report.error(whole, "a folder, not a lexicon", "name a file in it")
    except OSError as error:
        # Windows answers PermissionError for a folder.
        if file.is_dir():
            report.error(whole, "a folder, not a lexicon", "name a file in it")
        else:
            report.error(whole, f"cannot be read ({error.strerror})", "check its permissions")
    else:
        if len(data) <= MAX_BYTES:
            return data
        report.error(whole, "larger than 16 MB", "split it into several lexicons")
    return None


def decode(data: bytes, path: str, report: Report) -> Source | None:
    """The text of UTF-8 bytes, or None with the reason in `report`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace").replace("\r\n", "\n")
        place = Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        mend = "save it as UTF-8" if b"\0" not in data else "save it as UTF-8 (it looks like UTF-16 or a binary)"
        report.error(place, "not UTF-8", mend)
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Source(path, text, hashlib.sha256(data).hexdigest())


def read_source(path: str | os.PathLike[str], report: Report) -> Source | None:
    """The text of a lexicon file, or None with the reason in `report`."""
    data = read_bytes(path, report)
    return None if data is None else decode(data, str(path), report)


def has_forbidden(text: str, report: Report) -> bool:
    """Whether `text` holds characters no YAML file may hold; each line that does is reported."""
    if _FORBIDDEN.search(text) is None:
        return False
    for number, line in enumerate(text.split("\n"), 1):
        match = _FORBIDDEN.search(line)
        if match:
            report.error(Place(number, match.start() + 1), f"the character U+{ord(match.group()):04X}", "delete it")
    return True


def repair(text: str, report: Report) -> str:
    """`text` with tabs and misplaced colons mended, each reported, so that one slip does not hide the others.

    The lines keep their numbers; columns after a mended place may shift by one.
    """
    if "\t" in text:
        text = "\n".join(_without_tabs(line, n, report) for n, line in enumerate(text.split("\n"), 1))
    if "：" in text or _MAYBE_GLUED.search(text):
        text = "\n".join(_with_colon(line, n, report) for n, line in enumerate(text.split("\n"), 1))
    return text


_MAYBE_GLUED = re.compile(r":[^\s]")


def _without_tabs(line: str, number: int, report: Report) -> str:
    if "\t" not in line or line.lstrip().startswith("#"):
        return line
    report.error(Place(number, line.index("\t") + 1), "a tab", "write spaces")
    body = line.lstrip("\t ")
    margin = line[: len(line) - len(body)].replace("\t", "  ")
    return margin + body.replace("\t", " ")


def _with_colon(line: str, number: int, report: Report) -> str:
    match = _FIELD_COLON.match(line) or _WORD_COLON.match(line)
    if match is None:
        return line
    colon, rest = match.group(2), line[match.end() :].strip()
    word = match.group(1)
    what = "a full-width colon" if colon[0] == "：" else "no space after the colon"
    report.error(Place(number, match.start(2) + 1), what, f"write '{word}: {rest}'".replace(": '", ":'"))
    return line[: match.start(2)] + ": " + line[match.end() :]
