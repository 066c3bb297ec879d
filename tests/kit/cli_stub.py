"""A restorer without a model, for tests of reading and writing; run as a script it is the console script with it.

`despin.restorer` and the list of shipped lexicons are replaced, everything else is the real thing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from despin.errors import ModelError
from despin.lexicon.model import Family, Lexicon, Program
from despin.results import Clue, Edit, Restoration, Verdict

WORDS = {"经由过程": "通过", "不存在": "存在", "旌旗灯号": "信号", "的的": "的", "赘": ""}
CHANGES = {"不存在": "polarity"}
FAMILIES = ("auto-repost", "betting-seo", "classic-list")


@dataclass(frozen=True)
class Reading:
    text: str
    edits: tuple[Edit, ...]
    fluency: float
    channel: float
    posterior: float


@dataclass(frozen=True)
class Stretch:
    start: int
    end: int
    text: str
    rows: list[Reading]
    family: str | None
    rate: float


@dataclass(frozen=True)
class Result:
    """What came of one call of the command line."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")


Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.Popen[bytes]"]


class Restorer:
    """Replaces `WORDS` wherever they stand. A text with 等待 in it makes it wait, to be interrupted."""

    made: ClassVar[list[dict[str, Any]]] = []
    lexicon: ClassVar[Lexicon] = Lexicon((Family("betting-seo", program=Program((("name", "synonyms"),))),))

    def __init__(self, **options: Any) -> None:
        Restorer.made.append(options)
        for path in options.get("lexicons") or ():
            if "model" in str(path):
                raise ModelError("the language model is missing; install despin again")

    def explain(self, text: str) -> Restoration:
        if "等待" in text:
            print("waiting", file=sys.stderr, flush=True)
            time.sleep(60)
        edits = tuple(self._edits(text))
        family = "classic-list" if edits else None
        verdict = Verdict(bool(edits), 0.987654 if edits else 0.01, family, 0.25 if edits else 0.0)
        return Restoration(text, edits, verdict)

    def _edits(self, text: str) -> list[Edit]:
        return [
            Edit(
                found.start(),
                found.end(),
                found[0],
                WORDS[found[0]],
                0.9,
                "classic-list:x",
                changes=CHANGES.get(found[0]),
            )
            for found in re.finditer("|".join(WORDS), text)
        ]

    def detect(self, text: str) -> Verdict:
        edits = self._edits(text)
        words = dict.fromkeys(edit.spun for edit in edits)
        clues = tuple(Clue(word, WORDS[word], text.count(word), 2.345) for word in words)
        return Verdict(bool(edits), 0.99 if edits else 0.02, "classic-list" if edits else None, 0.25, clues)

    def detect_paragraphs(self, text: str) -> list[tuple[int, int, Verdict]]:
        return [(found.start(), found.end(), self.detect(found[0])) for found in re.finditer(r"[^\r\n]+", text)]

    def readings(self, text: str) -> list[Stretch]:
        found = []
        for edit in self._edits(text):
            kept = Reading(edit.spun, (), -12.5, 0.0, 0.1)
            won = Reading(edit.original, (edit,), -7.25, -0.5, 0.9)
            found.append(Stretch(edit.start, edit.end, edit.spun, [kept, won], "classic-list", 0.25))
        return found


def stand_in() -> dict[str, ModuleType]:
    """The modules to put into `sys.modules`."""
    restorer: Any = ModuleType("despin.restorer")
    restorer.Restorer = Restorer
    load: Any = ModuleType("despin.lexicon.load")
    vars(load).update(vars(import_module("despin.lexicon.load")))
    load.shipped_lexicons = lambda: [Path("lexicons", f"{name}.yaml") for name in FAMILIES]
    return {"despin.restorer": restorer, "despin.lexicon.load": load}


if __name__ == "__main__":
    from despin.cli.main import main

    sys.modules.update(stand_in())
    sys.exit(main())
