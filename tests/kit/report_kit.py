"""Reading a report as a browser does: the text in it, its edits, and whether every element is closed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from despin.results import Edit

VOID = {"meta", "input", "br", "link"}


@dataclass
class Shown:
    """A document of a report: its text, and its edits as (start, end, spun, original, percent, classes)."""

    text: str = ""
    edits: list[tuple[int, int, str, str, int, str]] = field(default_factory=list)

    def as_edits(self) -> list[Edit]:
        return [
            Edit(start, end, spun, original, percent / 100) for start, end, spun, original, percent, _ in self.edits
        ]


class Report(HTMLParser):
    """The documents of a report, its scripts (None for one that is data), and what is wrong with its elements."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.documents: list[Shown] = []
        self.names: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.wrong: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._edit: list[str] | None = None
        self._inside = 0
        # The parser of the standard library makes a line feed of no reference; a browser makes one of every bare CR.
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
        self.close()
        self.wrong += [f"{tag} is not closed" for tag, _ in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag in VOID:
            return
        self._open.append((tag, found))
        classes = (found.get("class") or "").split()
        if "text" in classes:
            self.documents.append(Shown())
            self._inside = len(self._open)
        elif self._inside and "e" in classes:
            self._edit = []
        elif self._inside and "x" in classes:
            self._write(chr(int(found["data-u"] or "", 16)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()} closes {self._open[-1][0] if self._open else 'nothing'}")
            return
        _, found = self._open.pop()
        if self._inside > len(self._open):
            self._inside = 0
        if self._edit is not None and tag == "b":
            document = self.documents[-1]
            raw = found.get("data-j")
            spun = json.loads(raw) if raw else found["data-s"] or ""
            start = len(document.text)
            document.text += spun
            original, self._edit = "".join(self._edit), None
            percent = int(found["data-c"] or "")
            document.edits.append((start, len(document.text), spun, original, percent, found["class"] or ""))

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._write(data)

    def _write(self, text: str) -> None:
        if self._edit is not None:
            self._edit.append(text)
        else:
            self.documents[-1].text += text


def island(html: str) -> dict[str, object]:
    """What the script of a report reads."""
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert match is not None
    found: dict[str, object] = json.loads(match[1])
    return found
