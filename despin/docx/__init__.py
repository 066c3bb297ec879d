"""Word files (.docx, .docm): their text, and edits of it as tracked changes.

A Word file is a zip of parts in XML. Its text is one line a paragraph: the document with its tables and text boxes,
then footnotes and endnotes. Headers, footers and comments are not read, nor is what earlier tracked changes deleted.
Edits are put into the runs that they touch, with the formatting of those; all other bytes of all parts stay. Macros
stay too: nothing runs them.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import struct
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from xml.parsers import expat

from despin.docx.changes import Cuts, Writer
from despin.docx.part import PackagePart, Piece, make_parser
from despin.errors import InputError
from despin.results import Edit
from despin.text.decoding import TextFile
from despin.text.files import read_bytes

#: Larger files are refused, and so are those that unpack to more.
MAX_BYTES = 128 * 2**20
#: The content types of parts that are read: the document, then footnotes, then endnotes.
_READ = re.compile(
    r"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml|ms-word)\."
    r"(?:(?:document|template)[.\w]*\.main|(footnotes)|(endnotes))\+xml"
)


@dataclass(frozen=True, slots=True)
class WordFile(TextFile):
    """A Word file as it was read; `data` are its bytes."""

    data: bytes = b""
    parts: dict[str, PackagePart] = field(default_factory=dict, repr=False, compare=False)

    def restored(self, edits: Sequence[Edit], when: datetime | None = None) -> bytes:
        """The file with `edits` (sorted, disjoint, all `possible`) as tracked changes of now, or of `when`."""
        if not edits:
            return self.data
        cuts: Cuts = {}
        for edit, places in self._touched(edits):
            for piece in places:
                low, high = max(edit.start - piece.at, 0), min(edit.end - piece.at, len(piece.text))
                cuts.setdefault(piece, []).append((low, high, edit.original if piece is places[0] else ""))
        date = (when or datetime.now(timezone.utc)).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        taken = set().union(*(part.ids for part in self.parts.values()))
        numbers = (one for one in map(str, itertools.count(1)) if one not in taken)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for info, data in _members(self.data, self.name):
                part = self.parts.get(info.filename)
                archive.writestr(info, Writer(part, cuts, numbers, date).written(0, len(data)) if part else data)
        return made.getvalue()

    def possible(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Those of `edits` that lie within a paragraph: tracked changes join none."""
        return tuple([edit for edit, places in self._touched(edits) if places])

    def _touched(self, edits: Sequence[Edit]) -> Iterator[tuple[Edit, list[Piece]]]:
        """Every edit with the pieces that it takes something of, or stands at; none where it leaves a paragraph."""
        pieces = [piece for part in self.parts.values() for one in part.paragraphs for piece in one]
        begins = [piece.at for piece in pieces]
        for edit in edits:
            first = bisect_right(begins, edit.start) - 1
            if first >= 0 and edit.start >= begins[first] + len(pieces[first].text) + (edit.start == edit.end):
                first += 1
            last = max(bisect_left(begins, edit.end), first + (edit.start == edit.end))
            places = pieces[max(0, first) : last]
            inside = sum(min(edit.end, one.at + len(one.text)) - max(edit.start, one.at) for one in places)
            yield edit, places if inside == edit.end - edit.start else []


def text_of(path: str | os.PathLike[str]) -> str:
    """The text of a Word file, a line a paragraph. Raises as `read` does."""
    return read(os.fspath(path)).text


def read(path: str) -> WordFile:
    """The Word file at a path. Raises `InputError` for one that is missing, or is none; see `decode`."""
    return decode(read_bytes(path, MAX_BYTES), path)


def decode(data: bytes, name: str) -> WordFile:
    """The Word file that `data` are the bytes of, called `name`. Raises `InputError` for what is too large, damaged,
    protected by a password, of another kind, or holds no text."""
    found = {info.filename: content for info, content in _members(data, name)}
    parts: dict[str, PackagePart] = {}
    try:
        for part in _text_parts(found.get("[Content_Types].xml", b"<none/>")):
            if part in found:
                parts[part] = PackagePart(found[part])
    except expat.ExpatError as error:
        raise InputError(f"{name}: is no Word file that can be read ({error}); save it again as .docx") from None
    lines, at = [], 0
    for line in (line for part in parts.values() for line in part.paragraphs):
        for piece in line:
            piece.at, at = at, at + len(piece.text)
        lines.append("".join([*(piece.text for piece in line), "\n"]))
        at += 1
    text = "".join(lines)
    if not text.strip():
        what = "no text" if parts else "no Word document"
        raise InputError(f"{name}: holds {what}; check that this is the right file")
    return WordFile(name, text, data=data, parts=parts)


def _members(data: bytes, name: str) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Every part with its bytes, in the order of the file. Raises `InputError`."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{name}: is an old Word file (.doc), or has a password; save it as .docx without one")
    try:
        if data.count(b"PK\x01\x02") > 20_000:  # before anything is made of each
            raise zipfile.BadZipFile("it has too many parts")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            every = archive.infolist()
            if sum(one.file_size for one in every) > MAX_BYTES or len(data) > MAX_BYTES:
                raise InputError(
                    f"{name}: unpacks to more than {MAX_BYTES // 2**20} MB; take pictures out, or split it into "
                    "smaller files"
                )
            if len({one.filename for one in every}) < len(every):
                raise InputError(f"{name}: holds two parts of one name; save it again in Word or LibreOffice")
            for one in every:
                yield one, archive.read(one)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise InputError(f"{name}: is no whole Word file ({error}); save it again as .docx") from None


def _text_parts(types: bytes) -> list[str]:
    """The parts that hold text, as the content types of the file name them. Raises `expat.ExpatError`."""
    found: list[tuple[int, str]] = []

    def start(_: str, attributes: dict[str, str]) -> None:
        if kind := _READ.fullmatch(attributes.get("ContentType", "")):
            found.append((kind.lastindex or 0, attributes.get("PartName", "").lstrip("/")))

    make_parser(start, lambda _: None).Parse(types, True)
    return [part for _, part in sorted(found)]
