"""A part of a Word file that holds text: its paragraphs, runs, and where each stands among its bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
#: What is no text: deleted, moved away, the reading above a word, and what old programs show for a text box.
_SKIPPED = frozenset(("del", "moveFrom", "rt", "Fallback"))
#: Elements of a run that stand for one character.
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_TAG = re.compile(rb"""<(?:[^>"']+|"[^"]*"|'[^']*')*>""")
_SPACE = str.maketrans("\n\r\t", "   ")


@dataclass(slots=True, eq=False)
class Piece:
    """Bytes `begin:end` of a part, an element that stands for `text`, which begins at `at` in the text of the file."""

    begin: int
    end: int
    text: str
    at: int = 0


@dataclass(slots=True, eq=False)
class Run:
    """A run at bytes `begin:end`: up to `head` its tag and formatting, from `close` its closing tag. `inserted` is the
    tag of somebody's tracked insertion that it stands in, or empty."""

    begin: int
    head: int
    inserted: bytes = b""
    close: int = 0
    end: int = 0
    pieces: list[Piece] = field(default_factory=list)


class PackagePart:
    """A part that holds text: its bytes, its runs, the pieces of its paragraphs, and the ids that are taken. Raises
    `expat.ExpatError` for what is no XML, and for a document type, which may declare entities."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.runs: list[Run] = []
        self.paragraphs: list[list[Piece]] = []
        self.ids: set[str] = set()
        #: What declares the prefix of what is written, where the part has another.
        self.declared = b""
        self._open: list[tuple[str, int]] = []
        self._within: list[list[Piece]] = []
        self._running: list[Run] = []
        self._text: list[str] = []
        self._skipping = 0
        self._parser = make_parser(self._start, self._end)
        self._parser.CharacterDataHandler = self._text.append
        self._parser.Parse(data, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        uri, _, kind = name.rpartition(" ")
        if uri not in _WORD and kind != "Fallback":
            kind = ""
        self.ids.add(attributes.get(f"{uri} id", ""))
        if self._skipping or kind in _SKIPPED:
            self._skipping += 1
            return
        begin = self._parser.CurrentByteIndex
        if kind == "p":
            self.paragraphs.append([])
            self._within.append(self.paragraphs[-1])
        elif kind == "r":
            outer, at = self._open[-1] if self._open else ("", 0)
            inserted = self.data[at : self._after(at)] if outer in ("ins", "moveTo") else b""
            self._running.append(Run(begin, self._after(begin), inserted))
            self.runs.append(self._running[-1])
            if not self.data.startswith(b"<w:r", begin):
                self.declared = b' xmlns:w="%b"' % uri.encode()
        elif kind == "t":
            self._text.clear()
            # Without the attribute, spaces at the ends do not count.
            kind = "t" if attributes.get("http://www.w3.org/XML/1998/namespace space") == "preserve" else "bare"
        self._open.append((kind, begin))

    def _end(self, _: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        kind, begin = self._open.pop()
        close = self._parser.CurrentByteIndex
        end = self._after(begin)
        if not self.data.endswith(b"/>", begin, end):
            end = self._after(close)
        if kind == "p":
            self._within.pop()
        elif kind == "r":
            run = self._running.pop()
            run.close, run.end = close, end
        elif self._running and self._open[-1][0] == "r":
            run = self._running[-1]
            text = _CHARACTERS.get(kind, "")
            if kind in ("t", "bare"):
                text = "".join(self._text).translate(_SPACE)
                text = text.strip(" ") if kind == "bare" else text
            if kind == "rPr" and not run.pieces:
                run.head = end
            elif text and self._within:
                run.pieces.append(Piece(begin, end, text))
                self._within[-1].append(run.pieces[-1])

    def _after(self, begin: int) -> int:
        """Where the tag ends that begins there."""
        found = _TAG.match(self.data, begin)
        return found.end() if found else begin


def make_parser(start: Callable[[str, dict[str, str]], None], end: Callable[[str], None]) -> expat.XMLParserType:
    """What reads XML in UTF-8; a document type, which may declare entities without end, is a mistake in it."""
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler, parser.EndElementHandler = start, end

    def refuse(*_: object) -> None:
        raise expat.ExpatError("it declares a document type, which no Word file does")

    parser.StartDoctypeDeclHandler = refuse
    return parser
