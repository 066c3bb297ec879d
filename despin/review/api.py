"""What programs ask a server for: texts in, restorations or verdicts out, as JSON."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from despin.errors import DespinError
from despin.fingerprint import version
from despin.language import LANGUAGES, answering, chosen, shown
from despin.report.reasons import sentence, suspicion
from despin.results import SCHEMA
from despin.review.places import RefusedError

if TYPE_CHECKING:
    from despin.results import Restoration, Verdict

#: Texts of a request, and characters of each.
MOST_TEXTS, MOST_CHARACTERS = 1000, 500_000
LINES = "application/x-ndjson"
#: A spun sentence: models are read when one is met.
_FIRST = "数据经由过程旌旗灯号线传送，若是首要的体系会按期搜检装备的状况。他马上避免了这件事，租车公司回应不存在问题。"


class TextEngine(Protocol):
    """What restores and judges texts; it may be asked by several threads at once."""

    def explain(self, text: str) -> Restoration: ...

    def detect(self, text: str) -> Verdict: ...


class TooLargeError(RefusedError):
    """A request that is larger than what is taken."""


class Api:
    """Answers requests by what `engine` gives, which is called for every text."""

    def __init__(self, engine: Callable[[], TextEngine]) -> None:
        self._engine = engine
        self._turns = threading.BoundedSemaphore(os.cpu_count() or 1)
        self._ready = False
        self._acts = {"/restore": self._restore, "/detect": self._detect}

    def warm(self) -> None:
        """Have everything read that the first text would wait for. Raises `DespinError` where something is missing."""
        self._engine().explain(_FIRST)
        self._ready = True

    def get(self, path: str) -> dict[str, Any] | None:
        """What may be asked for without a text: /health and /schema; None where there is no such thing."""
        if path == "/schema":
            found: dict[str, Any] = json.loads(files("despin.review").joinpath("schema.json").read_text("utf-8"))
            return found
        return {"ready": self._ready, "version": version()} if path == "/health" else None

    def post(self, path: str, body: bytes, kind: str) -> dict[str, Any] | Iterator[dict[str, Any]] | None:
        """The row of a text, or one after the other the rows of several; None where there is no such thing to do.
        Raises `RefusedError` for what is no request, and `DespinError` where a single text cannot be restored."""
        act = self._acts.get(path)
        if act is None:
            return None
        lines = filter(None, map(bytes.strip, body.splitlines())) if kind == LINES else ()
        data = {"texts": list(map(_parsed, lines))} if kind == LINES else _parsed(body)
        if (
            not isinstance(data, dict)
            or set(data) - {"text", "texts", "language"}
            or ("text" in data) == ("texts" in data)
        ):
            raise RefusedError('a request is an object with "text" or "texts", and perhaps "language"')
        language, texts = data.get("language", ""), data.get("texts")
        if language not in ("", *LANGUAGES):
            raise RefusedError(f"language is one of {', '.join(LANGUAGES)}")
        if "text" in data:
            return self._row(act, {"text": data["text"]}, language)
        if not isinstance(texts, list) or len(texts) > MOST_TEXTS:
            raise RefusedError(f"texts are a list of at most {MOST_TEXTS} texts; send more in another request")
        named = [one if isinstance(one, dict) else {"text": one} for one in texts]
        return (self._safe_row(act, {"id": number, **one}, language) for number, one in enumerate(named))

    def _safe_row(self, act: Callable[..., dict[str, Any]], asked: Mapping[str, Any], language: str) -> dict[str, Any]:
        """The row of one text among several: what is wrong with it is said there, and the others are done."""
        try:
            return self._row(act, asked, language)
        except DespinError as error:
            said = str(error)
        except Exception as error:
            said = f"{type(error).__name__}: {error}; this is a fault of despin, please report it"
        return {"id": asked["id"], "error": shown(said)}

    def _row(self, act: Callable[..., dict[str, Any]], asked: Mapping[str, Any], language: str) -> dict[str, Any]:
        text = asked.get("text")
        if not isinstance(text, str) or set(asked) - {"id", "text"} or type(asked.get("id", 0)) not in (int, str):
            raise RefusedError("a text is a string, or an object with text and perhaps id")
        if len(text) > MOST_CHARACTERS:
            raise TooLargeError(
                f"a text of {len(text):,} characters; at most {MOST_CHARACTERS:,} are restored here, "
                "`despin restore` and `despin batch` take any number"
            )
        with self._turns, answering(language or chosen()):
            row = act(self._engine(), text)
        return {"schema": SCHEMA, **({"id": asked["id"]} if "id" in asked else {}), **row}

    @staticmethod
    def _restore(engine: TextEngine, text: str) -> dict[str, Any]:
        found = engine.explain(text)
        row = found.as_dict()
        for values, edit in zip(row["edits"], found.edits, strict=True):
            values["reason"] = sentence(edit)
        for values, suspect in zip(row["suspects"], found.suspects, strict=True):
            values["reason"] = suspicion(suspect)
        return row

    @staticmethod
    def _detect(engine: TextEngine, text: str) -> dict[str, Any]:
        found = engine.detect(text)
        return {**found.as_dict(), "evidence": [one.as_dict() for one in found.evidence]}


def _parsed(data: bytes) -> Any:
    """What was sent as JSON. Raises `RefusedError`."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise RefusedError("the request is no JSON in UTF-8") from None
