"""The command line with a restorer that has no model, run as a script and in the workers it starts; and records for it.

`DESPIN_STUB_PAUSE` is how long a text takes, in seconds, for runs that are to be interrupted, `DESPIN_STUB_SAVE` how long it is
between two states of a run; `DESPIN_STUB_METHOD` how workers start; `DESPIN_STUB_PROGRAMS` is the digest of the programs' data; with `DESPIN_STUB_MEMORY` the peak of memory is said in
the end, in kB.
"""

from __future__ import annotations

import copy
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from despin.errors import LexiconError
from despin.results import Edit, Restoration, Verdict

WORDS = {"经由过程": "通过", "旌旗灯号": "信号", "不存在": "存在"}
#: The stub reads longer texts in parts.
PART = 49_000


class _Lexicon:
    digest = "0123456789abcdef"


class _Judge:
    def __init__(self) -> None:
        self.evidence: dict[str, float] = {}


class Restorer:
    """Finds a few words, and `好象` where a site speaks for that; `毒` breaks it, and a lexicon called broken.yaml cannot be
    loaded."""

    lexicon = _Lexicon()
    judge = _Judge()
    words = WORDS

    def __init__(
        self,
        lexicons: Any = None,
        families: Any = None,
        min_confidence: float | None = None,
        *,
        setting: str = "balanced",
        damage: Iterable[str] | None = None,
        fact_edits: str = "sure",
        protect: Iterable[str] = (),
        scorer: str | None = None,
        scorer_budget: int = 0,
        beneath: bool = False,
    ) -> None:
        if any(str(path).endswith("broken.yaml") for path in lexicons or ()):
            raise LexiconError("broken.yaml:1:1: is broken: mend it")
        self.families = families
        self.min_confidence = {"careful": 0.8, "balanced": 0.5, "bold": 0.35}[setting]
        if min_confidence is not None:
            self.min_confidence = min_confidence

    def program_signature(self) -> str:
        return os.environ.get("DESPIN_STUB_PROGRAMS", "none")

    def scorer_signature(self) -> str:
        return "none"

    def given(self, prior: Mapping[str, float]) -> Restorer:
        other = copy.copy(self)
        if prior.get("stub", 0.0) > 3.0:
            other.words = {**WORDS, "好象": "好像"}
        return other

    def explain(self, text: str) -> Restoration:
        pause = float(os.environ.get("DESPIN_STUB_PAUSE", "0"))
        if pause:
            time.sleep(pause)
        if "毒" in text:
            raise ZeroDivisionError("a fault of the engine")
        if "死" in text:
            os._exit(9)
        edits = tuple(
            Edit(found.start(), found.end(), found[0], self.words[found[0]], 0.9, "stub:x")
            for found in re.finditer("|".join(self.words), text)
        )
        self.judge.evidence["stub"] = 4.9 if edits else -1.0
        verdict = Verdict(True, 0.99, "stub", 0.5) if edits else Verdict(False, 0.01)
        return Restoration(text, edits, verdict)

    def explain_parts(self, text: str) -> Iterator[tuple[int, Restoration]]:
        for start in range(0, max(1, len(text)), PART):
            yield start, self.explain(text[start : start + PART])

    def detect(self, text: str) -> Verdict:
        found = self.explain(text)
        return found.verdict


def stand_in() -> dict[str, ModuleType]:
    """The module to put into `sys.modules`."""
    module: Any = ModuleType("despin.restorer")
    module.Restorer = Restorer
    return {"despin.restorer": module}


def texts(count: int) -> list[str]:
    """Texts, of which every third is spun."""
    return [
        f"第{i}段，数据{'经由过程旌旗灯号' if i % 3 == 0 else '通过信号'}线传送。" + "很长。" * (i % 7)
        for i in range(count)
    ]


def lines(records: Iterable[Any]) -> bytes:
    """Records as JSON lines."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def records(count: int) -> list[dict[str, Any]]:
    """Records with other fields beside the text."""
    return [{"id": i, "text": text, "score": 1.5, "tags": ["甲", i]} for i, text in enumerate(texts(count))]


def read(path: Path) -> list[Any]:
    """The records of a JSON lines file."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


if __name__ in ("__main__", "__mp_main__"):
    # A spawned worker imports this file under the second name.
    sys.modules.update(stand_in())
if __name__ == "__main__":
    import multiprocessing

    from despin.batch import state
    from despin.cli.main import main

    state.PAUSE = float(os.environ.get("DESPIN_STUB_SAVE", state.PAUSE))
    if "DESPIN_STUB_METHOD" in os.environ:
        multiprocessing.set_start_method(os.environ["DESPIN_STUB_METHOD"])
    code = main()
    if "DESPIN_STUB_MEMORY" in os.environ:
        # Not the resource module: its figure includes the process that started this one.
        status = Path("/proc/self/status").read_text()
        print("peak", re.findall(r"VmHWM:\s*(\d+) kB", status)[0], file=sys.stderr)
    sys.exit(code)
