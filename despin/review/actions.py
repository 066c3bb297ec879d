"""What a page may ask for: pages, saving decisions, reading a text again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from despin.report.entries import FoundPlace, places
from despin.review import pages
from despin.review.document import ReviewedText
from despin.review.journal import Group, read_group
from despin.review.places import LONGEST, RefusedError
from despin.review.session import Session
from despin.review.words import Words

#: The media type of a Word file.
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a browser is to save: its name, its media type and what it holds."""

    name: str
    kind: str
    data: bytes


class Actions:
    """The review as the server sees it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.words = Words(session)

    def get(self, path: str, query: dict[str, str]) -> str | dict[str, Any] | Download | None:
        """A page as HTML, values, or a file; None where there is nothing."""
        documents = self.session.documents
        if path == "":
            return pages.index(documents, self.targets(), self.session.inbox)
        if path == "state":
            return {"documents": [{"number": one.number, **asdict(one.progress)} for one in documents]}
        if path == "word":
            word = query.get("word", "")
            return self._word(word) if 0 < len(word) <= LONGEST else None
        kind, _, number = path.partition("/")
        if kind not in ("d", "result") or not (number.isascii() and number.isdigit() and 0 < len(number) < 9):
            return None
        if not 0 < int(number) <= len(documents):
            return None
        one = documents[int(number) - 1]
        if one.progress.state != "ready":
            self.session.want(one)
            return pages.waiting(one)
        if kind == "result":
            name, data = one.result()
            return Download(name, _WORD if name.endswith(".docx") else "text/plain", data)
        with one.lock:
            return pages.text(documents, one, self.targets(), self.session.inbox is not None)

    def _word(self, word: str) -> str:
        """What lexicons say of a word, and where it stands in the texts."""
        with self.session.engine_lock:
            row = self.session.engine.entries(word)
        found: list[FoundPlace] = []
        for one in self.session.documents:
            if one.progress.state == "ready":
                text, edits = one.decided()
                found += places(word, one.path, text, edits, f"d/{one.number}#at-")
        return pages.word(row, found)

    def post(self, path: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """What came of something to do; None where there is no such thing. Raises `DespinError`."""
        if path == "entry":
            return {"said": self.words.add(_text(data, "ticket"))}
        if path == "protect":
            return {"said": self.words.protect(_text(data, "word"))}
        if path == "touched":
            found = self.words.touched(_text(data, "word"))
            return {"count": sum(len(decisions) for _, decisions in found), "documents": len(found)}
        if path == "reload":
            self.session.read(one := self._document(data), again=True)
            return asdict(one.progress)
        return self._save(data) if path == "save" else self._preview(data) if path == "preview" else None

    def targets(self) -> list[str]:
        """The lexicons that entries can be written to."""
        return [str(path) for path in self.words.targets()]

    def _document(self, data: dict[str, Any]) -> ReviewedText:
        number = data.get("document")
        if type(number) is not int or not 0 < number <= len(self.session.documents):
            raise RefusedError("there is no such document")
        return self.session.documents[number - 1]

    def _save(self, data: dict[str, Any]) -> dict[str, Any]:
        one = self._document(data)
        revision, groups, ticket = data.get("revision"), data.get("groups"), data.get("ticket", "")
        if type(revision) is not int or not isinstance(groups, list) or not 0 < len(groups) <= 1000:
            raise RefusedError("decisions come with a revision, in groups")
        if not isinstance(ticket, str):
            raise RefusedError("a ticket is a text")
        # What else a row of a journal says is not for pages to say.
        own = [Group(group.decisions, group.undo) for group in map(read_group, groups)]
        found, progress = one.put(revision, own, ticket[:100]), one.progress
        return {"revision": found, "decided": progress.decided, "total": progress.total, "notices": one.notices}

    def _preview(self, data: dict[str, Any]) -> dict[str, Any]:
        spun, original, target = _text(data, "spun"), _text(data, "original"), data.get("target")
        if type(target) is not int:
            raise RefusedError("an entry is for a lexicon, by its number")
        found = self.words.preview(spun, original, target)
        return {
            "ticket": found.ticket, "changes": [asdict(change) for change in found.changes[:60]],
            "count": len(found.changes), "against": sum(change.against for change in found.changes),
            "documents": len({change.document for change in found.changes}), "looked": len(found.found),
            "left": found.left,
        }  # fmt: skip


def _text(data: dict[str, Any], name: str) -> str:
    """A short text of a request. Raises `RefusedError`."""
    value = data.get(name)
    if not isinstance(value, str) or len(value) > LONGEST or any("\ud800" <= char <= "\udfff" for char in value):
        raise RefusedError(f"{name} is a text of at most {LONGEST} characters")
    return value
