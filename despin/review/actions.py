"""What a page may ask for: pages, saving decisions, reading a text again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from despin.report.entries import FoundPlace, places
from despin.review import pages
from despin.review.document import ReviewedText
from despin.review.journal import Group
from despin.review.places import LONGEST, RefusedError, read_decision
from despin.review.session import Session
from despin.review.words import LISTED, Words

#: Groups of decisions in one request.
MOST_GROUPS = 1000
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
        act = {"save": self._save, "reload": self._reload, "preview": self._preview}.get(path)
        return act(data) if act else None

    def paste(self, name: str, data: bytes) -> int:
        """The number of the text that was pasted or dropped. Raises `DespinError`."""
        return self.session.add(name, data).number

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
        if type(revision) is not int or not isinstance(groups, list) or not 0 < len(groups) <= MOST_GROUPS:
            raise RefusedError("decisions come with a revision, in groups")
        if not isinstance(ticket, str):
            raise RefusedError("a ticket is a text")
        found = one.put(revision, [_group(group) for group in groups], ticket[:100])
        decided = one.progress
        return {
            "revision": found,
            "decided": decided.decided,
            "total": decided.total,
            "notices": [notice.lstrip("!") for notice in one.notices],
        }

    def _reload(self, data: dict[str, Any]) -> dict[str, Any]:
        one = self._document(data)
        self.session.read(one, again=True)
        return asdict(one.progress)

    def _preview(self, data: dict[str, Any]) -> dict[str, Any]:
        spun, original, target = _text(data, "spun"), _text(data, "original"), data.get("target")
        if type(target) is not int:
            raise RefusedError("an entry is for a lexicon, by its number")
        found = self.words.preview(spun, original, target)
        return {
            "ticket": found.ticket, "changes": [asdict(change) for change in found.changes[:LISTED]],
            "count": len(found.changes), "against": sum(change.against for change in found.changes),
            "documents": len({change.document for change in found.changes}), "looked": found.looked, "left": found.left,
        }  # fmt: skip


def _text(data: dict[str, Any], name: str) -> str:
    """A short text of a request. Raises `RefusedError`."""
    value = data.get(name)
    if not isinstance(value, str) or len(value) > LONGEST or any("\ud800" <= char <= "\udfff" for char in value):
        raise RefusedError(f"{name} is a text of at most {LONGEST} characters")
    return value


def _group(value: Any) -> Group:
    """Decisions as a page sends them. Raises `RefusedError`."""
    put = value.get("put") if isinstance(value, dict) else None
    if not isinstance(put, list) or type(value.get("undo", False)) is not bool:
        raise RefusedError("a group is an object with the decisions of it")
    return Group(tuple(read_decision(one) for one in put), value.get("undo", False))
