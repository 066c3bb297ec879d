"""A review of a few texts with a restorer that has no model, and a page's requests to it."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from despin.lexicon.cache import load_file
from despin.lexicon.lookup import as_dict, show
from despin.lexicon.model import Lexicon
from despin.results import Alternative, Edit, Restoration, Suspect, Verdict
from despin.review.actions import Actions
from despin.review.api import Api
from despin.review.server import Server
from despin.review.session import Session
from despin.text import files, wdiff
from despin.text.decoding import TextFile

#: Spun word → original, confidence, runners-up.
WORDS = {
    "改版": ("更新", 0.9, ("升级", "修改")),
    "不存在": ("存在", 0.6, ()),
    "获得": ("拿到", 0.99, ("得到",)),
    "多余": ("", 0.8, ()),
}
#: A word that looks replaced and is left, and what it may have been.
SUSPECTS = {"光阴": ("时间", "流转")}
TEXT = "手机改版很快，王获得先生也说梆硬。\n他不存在问题。\n而且获得多余资料，梆硬得很。\n"


def restore(text: str, words: dict[str, tuple[str, float, tuple[str, ...]]] | None = None) -> Restoration:
    """A restoration by `WORDS`, or by other words."""
    if "毒" in text:
        raise ZeroDivisionError("a fault of the engine")
    known = WORDS if words is None else words
    edits = []
    for found in re.finditer("|".join(map(re.escape, known)), text) if known else ():
        original, confidence, others = known[found[0]]
        runners_up = tuple(Alternative(other, 0.05) for other in others)
        changes = "polarity" if found[0] == "不存在" else None
        edits.append(Edit(*found.span(), found[0], original, confidence, f"kit:{found[0]}", runners_up, changes))
    verdict = Verdict(bool(edits), 0.99 if edits else 0.01, "kit" if edits else None, 0.5)
    guesses = tuple(Alternative(other, 0.3) for other in SUSPECTS["光阴"])
    suspects = tuple(Suspect(*found.span(), found[0], 0.7, "unsure", guesses) for found in re.finditer("光阴", text))
    return Restoration(text, tuple(edits), verdict, suspects=suspects)


def read(path: str, words: dict[str, tuple[str, float, tuple[str, ...]]] | None = None) -> tuple[TextFile, Restoration]:
    """A text and its restoration."""
    file = files.read(path)
    text = wdiff.read(file.text, path).spun if path.endswith(".wdiff") else file.text
    return file, restore(text, words)


class Engine:
    """Restores by `WORDS` and the entries of lexicons in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.words = dict(WORDS)

    def read(self, path: str) -> tuple[TextFile, Restoration]:
        return read(path, self.words)

    def explain(self, text: str) -> Restoration:
        return restore(text, self.words)

    def detect(self, text: str) -> Verdict:
        return self.explain(text).verdict

    def trial(self, lexicon: Path) -> Callable[[str], tuple[TextFile, Restoration]]:
        words = {**self.words, **self._entries(lexicon)}
        return lambda path: read(path, words)

    def renew(self, lexicon: Path | None = None, protect: Path | None = None) -> None:
        if lexicon is not None:
            self.words.update(self._entries(lexicon))

    def entries(self, word: str) -> dict[str, Any]:
        return as_dict(show(word, Lexicon((), (), "")))

    def targets(self) -> list[Path]:
        return [self.folder / "despin.yaml", self.folder / "family.yaml"]

    def protected(self) -> Path:
        return self.folder / "despin-protect.txt"

    def _entries(self, lexicon: Path) -> dict[str, tuple[str, float, tuple[str, ...]]]:
        return {entry.spun: (entry.originals[0].text, 0.7, ()) for entry in load_file(lexicon).entries}


class Page:
    """What a browser would ask a review for."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        self.host, self.base = parts.netloc, parts.path

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        raw: bool = False,
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        """(status, values or text, headers) of a request; `raw` takes the path as it is, token and all."""
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            own = {"Origin": f"http://{self.host}", "Content-Type": "application/json"} if method == "POST" else {}
            connection.request(method, path if raw else self.base + path, body, {**own, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8")
        finally:
            connection.close()
        kind = answer.headers["Content-Type"]
        return answer.status, json.loads(text) if kind == "application/json" else text, answer.headers

    def save(self, document: int, revision: int, *rows: list[Any], undo: bool = False) -> tuple[int, Any]:
        """Save decisions as one group."""
        return self.post("save", document=document, revision=revision, groups=[{"put": list(rows), "undo": undo}])

    def post(self, path: str, **values: Any) -> tuple[int, Any]:
        """(status, values) of something to do."""
        return self.ask("POST", path, json.dumps(values).encode())[:2]

    def states(self) -> list[Any]:
        """How far each text is."""
        return self.ask("GET", "state")[1]["documents"]


@contextmanager
def serving(
    paths: Sequence[Path | str], folder: str | None = None, inbox: Path | None = None, host: str = "127.0.0.1"
) -> Iterator[tuple[Page, Session]]:
    """A review of `paths`, all read, with its server; with an `inbox` texts can be pasted and programs may ask."""
    said: list[str] = []
    engine = Engine(inbox or Path(str(paths[0])).parent)
    session = Session([str(path) for path in paths], engine, said.append, folder, inbox)
    session.said = said  # type: ignore[attr-defined]
    actions = Actions(session)
    server = Server(0, actions, host, api=Api(lambda: engine) if inbox else None)
    session.server = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        session.read_all()
        yield Page(server.address), session
    finally:
        server.shutdown()
        server.server_close()
        session.end()
        thread.join()
