"""What a page may ask for: pages, saving decisions, reading a text again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from despin.review import pages
from despin.review.document import Document
from despin.review.journal import Group
from despin.review.places import RefusedError, read_decision
from despin.review.session import Session

#: Groups of decisions in one request.
MOST_GROUPS = 1000


class Actions:
    """The review as the server sees it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, path: str, query: dict[str, str]) -> str | dict[str, Any] | None:
        """A page as HTML, or values; None where there is nothing."""
        documents = self.session.documents
        if path == "":
            return pages.index(documents, self.targets())
        if path == "state":
            return {"documents": [{"number": one.number, **asdict(one.progress)} for one in documents]}
        kind, _, number = path.partition("/")
        if kind != "d" or not (number.isascii() and number.isdigit() and 0 < len(number) < 9):
            return None
        if not 0 < int(number) <= len(documents):
            return None
        one = documents[int(number) - 1]
        if one.progress.state != "ready":
            self.session.want(one)
            return pages.waiting(one)
        with one.lock:
            return pages.text(documents, one, self.targets())

    def post(self, path: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """What came of something to do; None where there is no such thing. Raises `DespinError`."""
        act = {"save": self._save, "reload": self._reload}.get(path)
        return act(data) if act else None

    def targets(self) -> list[str]:
        """The lexicons that entries can be written to."""
        return ["despin.yaml"]

    def _document(self, data: dict[str, Any]) -> Document:
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


def _group(value: Any) -> Group:
    """Decisions as a page sends them. Raises `RefusedError`."""
    put = value.get("put") if isinstance(value, dict) else None
    if not isinstance(put, list) or type(value.get("undo", False)) is not bool:
        raise RefusedError("a group is an object with the decisions of it")
    return Group(tuple(read_decision(one) for one in put), value.get("undo", False))
