"""A review: its documents, read one after the other in the background, and what is added to lexicons from them."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from despin.errors import DespinError, InputError, OutputError, UsageError
from despin.results import Restoration
from despin.review.document import JOURNAL, MARKUP, RESTORED, Read, ReviewedText
from despin.review.places import RefusedError
from despin.text import writing
from despin.text.decoding import TextFile
from despin.text.files import STANDARD, missing

#: What is read of a folder.
READ = (".txt", ".md", ".html", ".htm", ".docx")


class ReviewEngine(Protocol):
    """What restores texts; it is asked by one thread at a time. All of it may raise `DespinError`."""

    def read(self, path: str) -> tuple[TextFile, Restoration]:
        """A text and its restoration."""

    def trial(self, lexicon: Path) -> Read:
        """`read` with one more lexicon."""

    def renew(self, lexicon: Path | None = None, protect: Path | None = None) -> None:
        """Read the lexicons again, with files that may be new."""

    def entries(self, word: str) -> dict[str, Any]:
        """What lexicons say of a word, as `despin lexicon show --json` prints it."""

    def targets(self) -> list[Path]:
        """The lexicons that an entry can be written to."""

    def protected(self) -> Path:
        """The file that protected words are written to."""


class Session:
    """The documents of a review, restored by `engine`; `say` tells the terminal. Raises `UsageError`, `InputError` or
    `OutputError` for paths that cannot be gone through."""

    def __init__(
        self, paths: Sequence[str], engine: ReviewEngine, say: Callable[[str], None], folder: str | None = None,
        inbox: Path | None = None,
    ) -> None:  # fmt: skip
        self.engine, self.say, self.inbox = engine, say, inbox
        self.engine_lock, self._adding = threading.Lock(), threading.Lock()
        place = results_folder(folder) if folder else None
        self.documents = [
            ReviewedText(path, number, place, path not in paths) for number, path in enumerate(expanded(paths), 1)
        ]
        _check(self.documents)
        self._wanted: list[ReviewedText] = []
        self._ended = threading.Event()

    def add(self, name: str, data: bytes) -> ReviewedText:
        """The document of a text that was pasted or dropped, read; it is written into `inbox` under its name, or that
        name with a number. Raises `RefusedError` for what is no text, `OutputError` where it cannot be written."""
        name = "".join(char for char in re.split(r"[/\\\\]", name)[-1] if char.isprintable()).lstrip(".")[-60:]
        base, ending = os.path.splitext(name or "text.txt")
        if self.inbox is None or ending.lower() not in READ:
            raise RefusedError(f"{name}: {', '.join(READ)} can be read here; save the text as one of these")
        if not data.strip():
            raise RefusedError("there is no text")
        with self._adding:
            if len(self.documents) >= 1000:
                raise RefusedError("1000 texts are enough for one review; end it, and begin another")
            taken = {document.path for document in self.documents}
            names = (f"{base}{f'-{number}' if number else ''}{ending}" for number in count())
            path = next(one for own in names if not os.path.lexists(one := self.inbox / own) and str(one) not in taken)
            writing.write(path, data, named=False)
            document = ReviewedText(str(path), len(self.documents) + 1, name=path.name)
            self.documents.append(document)
        self.read(document)
        return document

    def read_all(self) -> None:
        """Read every document that waits, those that a page asks for first."""
        for document in self.documents:
            for one in (*self._wanted, document):
                if one.progress.state == "waiting":
                    self.read(one)
            self._wanted.clear()

    def want(self, document: ReviewedText) -> None:
        """Have a document read before the others."""
        if document.progress.state == "waiting" and document not in self._wanted:
            self._wanted.append(document)

    def read(self, document: ReviewedText, again: bool = False) -> None:
        """Read a document that waits, or one that was read, `again`; a mistake is said on the terminal."""
        if self._ended.is_set() or not (again or document.progress.state == "waiting"):
            return
        document.open(self._restored)
        if document.problem:
            self.say(f"despin: {document.problem}")
        for notice in document.notices:
            self.say(f"despin: {document.path}: {notice}")

    def end(self) -> list[str]:
        """Stop reading and let others write the files; a line for every document that something was decided of."""
        self._ended.set()
        lines = []
        for document in self.documents:
            # One that is being read is not waited for: its files go with the process.
            if document.lock.acquire(timeout=0.5):
                document.close()
                document.lock.release()
            found = document.progress
            if found.decided:
                lines.append(f"{document.path}: {found.decided:,} of {found.total:,} decided, in {document.markup}")
        return lines

    def _restored(self, path: str) -> tuple[TextFile, Restoration]:
        with self.engine_lock:
            try:
                return self.engine.read(path)
            except DespinError:
                raise
            except Exception as error:  # a fault of despin on one text must not end the review of the others
                raise InputError(
                    f"{path}: cannot be restored ({type(error).__name__}: {error}); this is a fault of despin, please "
                    "report it"
                ) from error


def expanded(paths: Sequence[str]) -> list[str]:
    """The files that `paths` name: a folder stands for the texts in it, and what a review wrote is left out."""
    found: list[str] = []
    for path in paths:
        if path == STANDARD:
            raise UsageError("a review writes beside the texts; name files or folders, not standard input")
        if not os.path.isdir(path):
            found.append(path)
            continue
        try:
            names = sorted(os.listdir(path))
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
        inside = [
            os.path.join(path, name) for name in names if name.lower().endswith(READ) and not name.startswith(".")
        ]
        if not inside:
            raise InputError(f"{path}: holds no text ({', '.join(READ)}); name the files")
        found += inside
    # What was written beside a text that is named too, as `*` names it.
    written = {path + ending for path in found for ending in (MARKUP, RESTORED, JOURNAL)}
    once = {os.path.normpath(path): path for path in reversed(found)}.values()
    kept = [path for path in once if path not in written][::-1]
    for path in kept:
        if not os.path.lexists(path):
            raise InputError(f"{path}: {missing(path)}")
    return kept


def texts_in(folder: Path) -> list[str]:
    """The folder, where it holds a text that can be read, as paths of a session; else none."""
    return [str(folder)] if any(name.lower().endswith(READ) for name in os.listdir(folder)) else []


def results_folder(folder: str) -> Path:
    """A folder for what is decided, made where it is not there. Raises `OutputError`."""
    writing.make_folder(folder)
    return Path(folder)


def _check(documents: Sequence[ReviewedText]) -> None:
    """Raise `UsageError` where two documents would be written to the same files, `OutputError`
    where they cannot be written."""
    taken: dict[str, str] = {}
    for document in documents:
        target = os.path.realpath(document.markup)
        other = taken.setdefault(os.path.normcase(target), document.path)
        if other != document.path:
            raise UsageError(
                f"{other} and {document.path} would both be written to {document.markup}; review them one at a time"
            )
        folder = document.markup.parent
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OutputError(
                f"{folder}: you may not write there; name another folder for the decisions with -o FOLDER"
            )
