"""A text under review: where it is read, what is decided of it, and the files that hold the decisions."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from despin.errors import DespinError, InputError, OutputError
from despin.report.html import shown_suspects
from despin.results import Edit, Restoration
from despin.review.journal import Group, Journal, digest, text_digest
from despin.review.places import Decision, Places, RefusedError, carried
from despin.text import files, wdiff, writing
from despin.text.decoding import TextFile
from despin.text.files import MAX_BYTES

#: What the names of the files beside a text end with.
JOURNAL, MARKUP, RESTORED = ".review", ".wdiff", ".restored"

#: Reads a text and restores it.
Read = Callable[[str], tuple[TextFile, Restoration]]


class ConflictError(DespinError):
    """What a page knows is no longer so: nothing was saved. `reason` is "revision", "source" or "wdiff"."""

    exit_code = 5

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Decided:
    """How far a review is: `state` is "waiting", "ready" or "failed" (with `message`); `decided` of `total` places, of
    which `open` are to be checked and not decided. `title` is the first line of the text, `spun` whether it is spun."""

    state: str
    message: str = ""
    decided: int = 0
    total: int = 0
    open: int = 0
    revision: int = 0
    title: str = ""
    spun: bool = False


class ReviewedText:
    """A text at `path`, the `number`-th of a review, shown as `name`; its results go into `folder`. One that was
    `found` in a folder may not be a link: its results would show to others what it leads to. All methods may be called
    from any thread."""

    def __init__(
        self, path: str, number: int, folder: Path | None = None, found: bool = False, name: str | None = None
    ) -> None:
        self.path, self.number, self.name = path, number, name or path
        place = folder or Path(path).parent
        self._found = found
        self.is_markup = path.endswith(MARKUP)
        base = os.path.basename(path).removesuffix(MARKUP)
        self.markup, self.restored = place / (base + MARKUP), place / (base + RESTORED)
        self._named_markup = self.is_markup and folder is None
        self._journal_path = place / (base + JOURNAL)
        self.lock = threading.RLock()
        self.file: TextFile | None = None
        self.restoration = Restoration("")
        self.places = Places("", ())
        self.history: list[list[Decision]] = []
        self.revision = 0
        #: What is to be said of the files, and what could not be written the last time.
        self._notices: list[str] = []
        self._unwritten: list[str] = []
        self.problem = ""
        #: How far the review is.
        self.progress = Decided("waiting")
        self._journal: Journal | None = None
        #: The digests of the text and of its marks as they were read or written last.
        self._source = self._wdiff = ""
        self._taken: list[Decision] = []
        self._stale = False
        self._title = ""
        self._reply: tuple[str, int] = ("", 0)

    @property
    def notices(self) -> list[str]:
        """What is to be said of the files, each once."""
        return list(dict.fromkeys(self._notices + self._unwritten))

    def open(self, read: Read) -> None:
        """Read the text, restore it, and take up what was decided before. What goes wrong is kept as `problem`."""
        with self.lock:
            self.close()
            self.progress, self.problem, self._notices, self._unwritten, self.file = (
                Decided("waiting"),
                "",
                [],
                [],
                None,
            )
            self._taken, self._stale, self.history = [], False, []
            try:
                self._open(read)
            except DespinError as error:
                self.problem = str(error)
                self.close()
            self._count()

    def close(self) -> None:
        """Let others write the files."""
        with self.lock:
            if self._journal is not None:
                self._journal.close()
                self._journal = None

    def put(self, revision: int, groups: Sequence[Group], ticket: str = "") -> int:
        """Save decisions that were taken at a revision; the revision that they lead to. A `ticket` that comes again was
        saved before, and its answer lost. Raises `ConflictError` where the files or the revision are others,
        `RefusedError` for decisions that do not fit, `OutputError` where nothing can be saved."""
        with self.lock:
            if ticket and self._reply[0] == ticket:
                return self._reply[1]
            if self.problem or self.file is None or self._journal is None:
                raise ConflictError("revision", self.problem or "this text is being read; load the page again")
            if revision != self.revision:
                raise ConflictError(
                    "revision",
                    f"this text was changed in another tab: it is at revision {self.revision}, not {revision}",
                )
            self._check_files()
            self._save(groups)
            self._reply = ticket, self.revision
            return self.revision

    def offer(self, restoration: Restoration) -> None:
        """Show other edits of the same text, found with other lexicons. Raises
        `ValueError` for those of another text."""
        with self.lock:
            if restoration.source != self.restoration.source:
                raise ValueError("edits of another text")
            self.restoration = restoration
            self.places.offer(restoration.edits, shown_suspects(restoration))
            self.revision += 1
            self._count()

    def shown(self) -> tuple[Restoration, set[tuple[int, int]], set[tuple[int, int]]]:
        """The restoration with the places as they are (marked words as edits), and the spans
        that are accepted and marked."""
        with self.lock:
            edits, accepted, marked = [], set(), set()
            suspects = [one for one in self.restoration.suspects if one.why == "failed"]
            for place in self.places.places():
                if place.offered is None:
                    marked.add(place.span)
                    spun = self.places.source[place.start : place.end]
                    edits.append(Edit(*place.span, spun, place.decision.originals[0], 1.0))
                elif isinstance(place.offered, Edit):
                    edits.append(place.offered)
                else:
                    suspects.append(place.offered)
                if place.decision.kind == "accept":
                    accepted.add(place.span)
            suspects.sort(key=lambda one: one.start)
            return replace(self.restoration, edits=tuple(edits), suspects=tuple(suspects)), accepted, marked

    def decided(self) -> tuple[str, list[Edit]]:
        """The text, and the edits that are made of it as it stands; what was decided has confidence 1."""
        with self.lock:
            return self.places.source, self.places.edits()

    def result(self) -> tuple[str, bytes]:
        """The name and the bytes of the text as it reads now. Raises `OutputError` where its encoding cannot."""
        with self.lock:
            assert self.file is not None
            file: Any = self.file
            # A Word file (`despin.docx`) takes edits as tracked changes.
            word = hasattr(file, "restored")
            data = file.restored(file.possible(self.places.edits())) if word else file.encode(self.places.text())
            return os.path.basename(self.path), data

    def _count(self) -> None:
        """Note how far the review is, for those who ask while the text is held."""
        if self.problem:
            self.progress = Decided("failed", self.problem)
        else:
            spun = self.restoration.verdict.spun
            self.progress = Decided("ready", "", *self.places.counts(), self.revision, self._title, spun)

    def _open(self, read: Read) -> None:
        files.check_found(self.path, follow=not self._found)
        sample, self._source = self._read_markup() if self.is_markup else (None, _digest_of(self.path))
        file, restoration = read(self.path)
        text = restoration.source
        if _digest_of(self.path) != self._source or (sample and text != sample.spun):
            raise InputError(f"{self.path}: changed while it was read; load the page again")
        self.file, self.restoration = file, restoration
        self._title = next(filter(None, map(str.strip, text[:2000].splitlines())), "")[:40]
        self.places = Places(text, restoration.edits, shown_suspects(restoration))
        self._journal = journal = Journal(self._journal_path, self.path, text_digest(text))
        self.revision += 1
        for group in journal.groups if journal.belongs else ():
            self._replay(group)
        if os.path.lexists(self.markup):
            self._take_over(journal)
        elif not journal.belongs and journal.groups:
            self._stale = True
            self._notices.append(
                f"the text changed since the last review, and {self.markup.name} is missing: what was decided then is "
                f"in {self._journal_path.name}.old"
            )

    def _read_markup(self) -> tuple[wdiff.Sample, str]:
        """The marks on disk, and their digest. Raises `InputError` where they cannot be read."""
        try:
            data = files.read_regular(self.markup, MAX_BYTES, self._named_markup)
        except OSError as error:
            raise InputError(f"{self.markup}: cannot be read ({error.strerror}); mend it, or move it away") from None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError(f"{self.markup}: is not UTF-8; mend it, or move it away") from None
        return wdiff.read(text, str(self.markup)), digest(data)

    def _take_over(self, journal: Journal) -> None:
        """Take what the marks on disk say where they were not written by the review, or
        belong to the text as it was."""
        sample, seen = self._read_markup()
        self._wdiff = seen
        if seen in journal.known and journal.belongs:
            return
        if sample.spun == self.places.source:
            self._taken = self.places.taken_over(sample.gold)
            for decision in self._taken:
                self.places.put(decision)
            if journal.groups and not journal.belongs:
                self._stale = True
            elif self._taken and not self.is_markup:
                self._notices.append(f"{len(self._taken)} decisions were taken over from {self.markup.name}")
        elif journal.groups and text_digest(sample.spun) == journal.of:
            self._carry_over(sample.spun, journal)
        else:
            raise InputError(
                f"{self.markup}: holds marks of another text than {self.path}; move it away, or name another folder "
                "with -o"
            )

    def _carry_over(self, old: str, journal: Journal) -> None:
        """Take decisions on an earlier version of the text to their places in this one; what it
        says of others is kept aside."""
        latest = {decision.span: decision for group in journal.groups for decision in group.decisions}
        kept, lost = carried(old, self.places.source, [one for _, one in sorted(latest.items()) if one.kind])
        for decision in kept:
            with suppress(RefusedError):
                self.places.put(decision)
                self._taken.append(decision)
        self._stale = True
        self._notices.append(
            f"the text changed since the last review: {len(self._taken)} decisions were taken to their new places, "
            f"{len(lost)} lie where it changed; the old files are kept as {self.markup.name}.old and "
            f"{self._journal_path.name}.old"
        )

    def _replay(self, group: Group) -> None:
        """Take what was decided once more; what does not fit the edits that are offered now is kept as it can be."""
        before = []
        for decision in group.decisions:
            try:
                before.append(self.places.put(decision))
            except RefusedError:
                self._notices.append(f"a decision at {decision.start} does not fit the edits that are offered now")
        if group.undo:
            if self.history:
                self.history.pop()
        elif not group.taken:
            self.history.append(before[::-1])

    def _check_files(self) -> None:
        """Raise `ConflictError` where the text, or its marks, were changed by others;
        say so where they were deleted."""
        if not self.is_markup:
            found = _digest_of(self.path)
            if not found and not os.path.lexists(self.path):
                self._notices.append(
                    f"{self.path} was deleted; decisions are still saved, and {self.markup.name} holds the whole text"
                )
            elif found != self._source:
                raise ConflictError("source", f"{self.path} was changed by another program; nothing was saved")
        found = _digest_of(self.markup)
        if found and found != self._wdiff:
            raise ConflictError("wdiff", f"{self.markup} was changed by another program; nothing was saved")

    def _save(self, groups: Sequence[Group]) -> None:
        """Decisions into the journal, then the marks and the restored text. Raises `RefusedError` or
        `OutputError`; nothing is then changed."""
        assert self._journal is not None
        befores: list[list[Decision]] = []
        try:
            for group in groups:
                befores.append([])
                for decision in group.decisions:
                    befores[-1].insert(0, self.places.put(decision))
            data = wdiff.write_sample(self.places.sample()).encode("utf-8", "backslashreplace")
            if self._stale:
                self._set_aside()
            # With the digest of the marks they came from: those are not taken over again, should they not be replaced.
            anew = bool(self._taken) or not self._journal.belongs
            taken = [Group(tuple(self._taken), wdiff=self._wdiff, taken=True)] if anew else []
            lines = [replace(one, decisions=tuple(map(self.places.named, one.decisions))) for one in (*taken, *groups)]
            self._journal.append([*lines[:-1], replace(lines[-1], wdiff=digest(data))])
        except DespinError:
            for before in reversed(befores):
                for decision in before:
                    self.places.put(decision)
            raise
        self._taken = []
        for group, before in zip(groups, befores, strict=True):
            if group.undo and self.history:
                self.history.pop()
            elif not group.undo:
                self.history.append(before)
        self.revision += len(groups)
        self._write(data)
        self._count()

    def _set_aside(self) -> None:
        """Keep copies of the files of an earlier version of the text under other names."""
        for path in (self._journal_path, *(() if self.is_markup else (self.markup,))):
            if path.exists():
                writing.back_up(path, ".old")
        self._stale = False

    def _write(self, data: bytes) -> None:
        """The marks and the restored text; the decisions are in the journal already, so that
        a failure is said and no more."""
        assert self.file is not None
        self._unwritten = []
        try:
            writing.write(self.markup, data, self._named_markup, self.path)
            self._wdiff = digest(data)
        except OutputError as error:
            self._unwritten.append(f"{error} (decisions are kept in {self._journal_path.name})")
        text = self.places.text()
        try:
            encoded = self.file.encode(text)
        except OutputError as error:
            encoded = text.encode("utf-8", "backslashreplace")
            self._unwritten.append(f"{error}; {self.restored.name} was written in UTF-8")
        try:
            writing.write(self.restored, encoded, False, self.path)
        except OutputError as error:
            self._unwritten.append(f"{error} (decisions are kept in {self._journal_path.name})")


def _digest_of(path: str | Path) -> str:
    """The digest of a file, "" where it cannot be read."""
    try:
        return digest(files.read_regular(path, MAX_BYTES))
    except OSError:
        return ""
