"""Where restored texts go: standard output, one file, a folder, or back into their own files."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from despin.cli import options, terminal
from despin.errors import OutputError, UsageError
from despin.results import SCHEMA, Restoration
from despin.text import files, m2, writing
from despin.text.decoding import TextFile

FORMATS = ("text", "wdiff", "diff", "json", "jsonl", "m2", "html")
#: Formats of which several in one file cannot be told apart.
APART = ("text", "wdiff", "diff", "m2")


#: What the names of web pages end with.
_PAGES = (".html", ".htm", ".xhtml", ".shtml")


class Destination(Protocol):
    """A destination: takes every restoration as it is made, and is closed after the last."""

    def put(self, path: str, file: TextFile, restoration: Restoration) -> None: ...

    def close(self) -> None: ...


def render(style: str, path: str, file: TextFile, restoration: Restoration, colour: bool = False) -> str:
    """One restoration in one of `FORMATS` but html, as it stands when it is the only one."""
    if style == "text":
        return restoration.text
    if style == "wdiff":
        from despin.text import wdiff

        return wdiff.write(file.text, restoration.edits, colour)
    if style == "diff":
        return _diff(terminal.shown_name(path), file.text, restoration.text)
    if style == "m2":
        return m2.write(file.text, restoration.edits)
    values = {"schema": SCHEMA, "path": path, "dropped": [], **restoration.as_dict()}
    return json.dumps(values, ensure_ascii=False, indent=2 if style == "json" else None) + "\n"


def _diff(name: str, text: str, restored: str) -> str:
    """The lines that differ as a unified diff, which `patch` reads."""
    from difflib import unified_diff

    before, after = (re.findall(r"[^\n]*\n|[^\n]+", one) for one in (text, restored))
    rows = unified_diff(before, after, name, name)
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)


class Joined:
    """Several restorations as one output: texts in order, one JSON list, one JSON object a line, one web page. `target`
    is the file that a single one goes to."""

    def __init__(self, style: str, many: bool = False, colour: bool = False, target: str = "") -> None:
        self.style, self.colour = style, colour
        self.listed = many and style == "json"
        self.first: TextFile | None = None
        self._html = not many and style == "text" and target.lower().endswith(_PAGES)
        self._begun = False
        self._fresh = True
        self._documents: list[tuple[str, Restoration]] = []

    def add(self, path: str, file: TextFile, restoration: Restoration) -> str:
        """What the next restoration adds to the output; nothing for a web page, which has
        its list of texts at the top."""
        first, self.first = self.first is None, self.first or file
        if self.style == "html":
            self._documents.append((terminal.shown_name(path), restoration))
            return ""
        if self._html and hasattr(restoration, "page_edits"):
            self.style = "page"
            return _web_page(restoration)
        text = render(self.style, path, file, restoration, self.colour)
        if self.listed:
            text = ("[\n" if first else ",\n") + text.removesuffix("\n")
        elif not self._fresh:
            # Without a line end of its own the last line of one text would run into the next text.
            text = "\n" + text
        self._fresh = self.listed or not text or text.endswith(("\n", "\r"))
        return text

    def end(self) -> str:
        """What closes the output."""
        if self._documents:
            from despin.report.html import render as web_page

            return web_page(self._documents)
        return ("\n]\n" if self.first else "[]\n") if self.listed else ""

    def encode(self, text: str) -> bytes:
        """What follows of the output as bytes: restored text in the encoding it came in, all else as UTF-8."""
        begun, self._begun = self._begun, True
        if self.style == "text" and self.first is not None:
            return (replace(self.first, bom="") if begun else self.first).encode(text)
        return text.encode("utf-8", "backslashreplace")


def _web_page(restoration: Restoration) -> str:
    """The restored article of an HTML page as a plain HTML page, in UTF-8: a paragraph a line."""
    from html import escape

    lines = [escape(line, quote=False) for line in restoration.text.splitlines() if line.strip()]
    title = lines[0] if lines else ""
    body = "\n".join(f"<p>{line}</p>" for line in lines)
    return (
        f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>p {{white-space: pre-wrap}}</style></head><body>\n{body}\n</body></html>\n"
    )


class TextOutput:
    """Results on standard output as they come; on a terminal in the terminal's encoding."""

    def __init__(self, style: str, many: bool, colour: bool) -> None:
        if sys.stdout is None:
            raise OutputError("standard output is closed; name a file with -o FILE")
        self._joined = Joined(style, many, colour)

    def put(self, path: str, file: TextFile, restoration: Restoration) -> None:
        self._write(self._joined.add(path, file, restoration))

    def close(self) -> None:
        self._write(self._joined.end())

    def _write(self, text: str) -> None:
        binary = getattr(sys.stdout, "buffer", None)
        if sys.stdout.isatty() or binary is None:
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            binary.write(self._joined.encode(text))
            binary.flush()


class OneFile:
    """All results in one file, written when all are there; nothing is written when every text failed."""

    def __init__(self, path: str, style: str, many: bool) -> None:
        writing.check_writable(path)
        self.path = path
        self._joined = Joined(style, many, target=path)
        self._parts: list[bytes] = []

    def put(self, path: str, file: TextFile, restoration: Restoration) -> None:
        text = self._joined.add(path, file, restoration)
        word = options.is_word(self.path)
        self._parts.append(file.restored(restoration.edits) if word else self._joined.encode(text))

    def close(self) -> None:
        if self._joined.first is not None:
            self._parts.append(self._joined.encode(self._joined.end()))
            writing.write(self.path, b"".join(self._parts))


class Folder:
    """One file a text in a folder: under its own name for text, with the format's name added for all else."""

    def __init__(self, path: str, style: str) -> None:
        self.path, self.style = path, style

    def target(self, path: str) -> str:
        """The file that the result for `path` goes to."""
        name = "stdin.txt" if path == files.STANDARD else os.path.basename(path)
        return os.path.join(self.path, name if self.style == "text" else f"{name}.{self.style}")

    def check(self, paths: Sequence[str]) -> None:
        """Raise `UsageError` when two results, or a result and an input, would be the same file."""
        if os.path.isdir(self.path) and not os.access(self.path, os.W_OK | os.X_OK):
            raise OutputError(f"{self.path}: you may not write there; change the permissions or write elsewhere")
        taken: dict[str, str] = {}
        for path in paths:
            target = self.target(path)
            other = taken.setdefault(os.path.normcase(target), path)
            if other is not path:
                raise UsageError(f"{other} and {path} would both be written to {target}; restore them one at a time")
            options.refuse_same([target], paths, options.IN_PLACE)

    def put(self, path: str, file: TextFile, restoration: Restoration) -> None:
        joined = Joined(self.style, target=self.target(path))
        word = options.is_word(self.target(path))
        text = "" if word else joined.add(path, file, restoration) + joined.end()
        data = file.restored(restoration.edits) if word else joined.encode(text)
        writing.make_folder(self.path)
        writing.write(self.target(path), data, named=False)

    def close(self) -> None:
        """Nothing is held back."""


class InPlace:
    """Every text back into its own file, after a backup named with `suffix`; None keeps no backup."""

    def __init__(self, suffix: str | None) -> None:
        self.suffix = suffix

    def put(self, path: str, file: TextFile, restoration: Restoration) -> None:
        if not restoration.edits:
            terminal.say(f"{path}: nothing to restore, left as it is")
            return
        data = file.restored(restoration.edits)
        with suppress(OSError):  # which is said when it is written
            if files.read_regular(path, files.MAX_BYTES) != file.restored(()):
                raise OutputError(f"{path}: was changed while it was restored; nothing was written, restore it again")
        before = None
        with suppress(OSError):
            before = os.stat(path)
            if (names := before.st_nlink) > 1:
                terminal.say(f"{path}: has {names} names (hard links); the others go on naming the text as it was")
        backup = writing.back_up(path, self.suffix) if self.suffix is not None else None
        try:
            writing.write(path, data)
        except BaseException:
            with suppress(OSError):
                # Ctrl-C may come when the text is written already: then the backup is
                # the only copy of what stood there.
                if backup is not None and (before is None or os.path.samestat(os.stat(path), before)):
                    backup.unlink()
            raise
        count = len(restoration.edits)
        kept = f", the original is {backup}" if backup else ""
        terminal.say(f"{path}: {count} place{'s' if count != 1 else ''} restored{kept}")

    def close(self) -> None:
        """Nothing is held back."""
