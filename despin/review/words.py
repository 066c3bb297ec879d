"""What a review adds to lexicons: entries, after a look at what they change in the texts
at hand, and protected words."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from despin.errors import DespinError, LexiconError
from despin.lexicon.edit import add
from despin.lexicon.model import PERSONAL
from despin.lexicon.protect import LONGEST, read_protected
from despin.results import Edit, Restoration
from despin.review.document import ConflictError, ReviewedText
from despin.review.journal import Group
from despin.review.places import Decision, RefusedError, overlap
from despin.review.session import Session
from despin.text import writing


@dataclass(frozen=True, slots=True)
class Change:
    """A place that an entry changes: `was` and `now` are what is restored there, None for nothing; `against` says that
    it goes against what was decided."""

    document: int
    name: str
    start: int
    before: str
    spun: str
    after: str
    was: str | None
    now: str | None
    against: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What an entry changes: all `changes`, in texts `found` to hold the word; `left` were too long to look at."""

    ticket: str
    spun: str
    original: str
    target: Path
    changes: list[Change]
    left: int
    found: list[tuple[ReviewedText, Restoration]] = field(repr=False)


class Words:
    """Entries and protected words of a review."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._latest: Preview | None = None

    def targets(self) -> list[Path]:
        """The lexicons that entries can be written to."""
        return self._session.engine.targets()

    def preview(self, spun: str, original: str, target: int) -> Preview:
        """What restoring `spun` to `original` changes in the texts. Raises `LexiconError` for what is no entry."""
        targets = self.targets()
        if not 0 <= target < len(targets):
            raise RefusedError("there is no such lexicon")
        path = targets[target]
        with writing.scratch() as trial, self._session.engine_lock:
            family = _family(path)
            if family != PERSONAL:
                trial.write_text(f"family: {family}\nentries: {{}}\n", "utf-8")
            try:
                add(spun, original, trial)
                read = self._session.engine.trial(trial)
            except LexiconError as error:
                raise LexiconError(str(error).replace(str(trial), str(path))) from None
            found, left, size = [], 0, 0
            for document in self._session.documents:
                text = document.restoration.source
                if document.progress.state != "ready" or spun not in text:
                    continue
                size += len(text)
                if size > 400_000:  # characters
                    left += 1
                    continue
                restoration = read(document.path)[1]
                if restoration.source == text:
                    found.append((document, restoration))
        changes = [change for document, other in found for change in _changes(document, other)]
        changes.sort(key=lambda one: not one.against)
        self._latest = Preview(secrets.token_urlsafe(8), spun, original, path, changes, left, found)
        return self._latest

    def add(self, ticket: str) -> str:
        """Write the entry of the latest preview; a sentence that says where. Raises `LexiconError` or `OutputError`."""
        preview = self._latest
        if preview is None or preview.ticket != ticket:
            raise ConflictError("preview", "another entry was looked at meanwhile; look at this one again")
        added = add(preview.spun, preview.original, preview.target)
        with self._session.engine_lock:
            self._session.engine.renew(lexicon=preview.target)
        for document, restoration in preview.found:
            if document.progress.state == "ready" and document.restoration.source == restoration.source:
                document.offer(restoration)
        self._latest = None
        originals = ", ".join(one.text or "(nothing)" for one in added.entry.originals)
        verb = "already has" if added.outcome == "unchanged" else "has"
        said = f"{preview.target}:{added.entry.line} {verb} {preview.spun} → {originals}"
        self._session.say(f"despin: {said}")
        return said

    def touched(self, word: str) -> list[tuple[ReviewedText, list[Decision]]]:
        """For every text that is ready, the decisions that leave a word alone where edits touch it."""
        found = []
        for document in self._session.documents:
            if document.progress.state != "ready" or word not in document.restoration.source:
                continue
            with document.lock:
                found_at = re.finditer(f"(?={re.escape(word)})", document.restoration.source)
                spans = [(one.start(), one.start() + len(word)) for one in found_at]
                decisions = [
                    Decision(*place.span, "reject")
                    for place in document.places.places()
                    if place.decision.kind != "reject" and any(overlap(span, place.span) for span in spans)
                ]
            if decisions:
                found.append((document, decisions))
        return found

    def protect(self, word: str) -> str:
        """Write a word to the protected ones and reject the edits that touch it; a sentence that says so. Raises
        `RefusedError`, `LexiconError`, `OutputError`, or `ConflictError` where a text was changed."""
        if not word.strip() or len(word) > LONGEST or any(char in word for char in "\n\r\0#") or word != word.strip():
            raise RefusedError(f"a protected word is one line of at most {LONGEST} characters, without #")
        with self._session.engine_lock:
            path = self._session.engine.protected()
            known = read_protected(path) if path.exists() else ()
            if word not in known:
                head = "# Words that despin leaves alone, one a line.\n"
                before = path.read_text("utf-8-sig") if path.exists() else head
                writing.write(path, f"{before}{'' if before.endswith(chr(10)) else chr(10)}{word}\n".encode())
            self._session.engine.renew(protect=path)
        count, failed = 0, []
        for document, decisions in self.touched(word):
            try:
                document.put(document.revision, [Group(tuple(decisions))])
                count += len(decisions)
            except DespinError as error:
                failed.append(str(error))
        said = f"{path} has {word}; {count} edits rejected" + "".join(f"; {one}" for one in failed)
        self._session.say(f"despin: {said}")
        return said


def _family(path: Path) -> str:
    """The family that entries of a lexicon belong to."""
    if not path.exists():
        return PERSONAL
    from despin.lexicon.cache import load_file

    families = load_file(path).families
    return families[0].name if families else PERSONAL


def _changes(document: ReviewedText, other: Restoration) -> Iterator[Change]:
    """The places where a restoration differs from what a document offers."""
    text = other.source
    with document.lock:
        old = {(edit.start, edit.end): edit for edit in document.restoration.edits}
        decided = {one.span: one for one in document.places.decisions()}
    new = {(edit.start, edit.end): edit for edit in other.edits}
    fresh = {span: edit for span, edit in new.items() if span not in old or old[span].original != edit.original}
    gone = {span: edit for span, edit in old.items() if span not in new}
    for span in sorted({*fresh, *gone}):
        edit = fresh.get(span)
        before = old.get(span) or _first(span, gone)
        if edit is None and _first(span, fresh):
            continue  # an edit that covers it is listed
        decision = decided.get(span)
        now = edit.original if edit else None
        against = decision is not None and (
            (decision.kind == "reject" and now is not None)
            or (decision.kind == "own" and now not in decision.originals)
            or (decision.kind == "accept" and before is not None and now != before.original)
        )
        start, end = span
        yield Change(
            document.number, document.path, start, text[max(0, start - 12) : start], text[start:end],
            text[end : end + 12], before.original if before else None, now, against,
        )  # fmt: skip


def _first(span: tuple[int, int], edits: dict[tuple[int, int], Edit]) -> Edit | None:
    """The first of some edits that overlaps a span."""
    return next((edit for other, edit in edits.items() if overlap(span, other)), None)
