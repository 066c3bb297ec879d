"""A crash at every write, rename, link, removal and flush of `--in-place`, `despin batch` and `despin review`: nothing lost, nothing
half.

A child process is ended, interrupted or left without room (`tools.stress.ending`) at the call whose number the case names; then the
same command is run again, and what is there has to be what a run that nobody ended leaves.
"""

from __future__ import annotations

import json
import shutil
from argparse import Namespace
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from despin.batch import inputs as batch_inputs
from despin.batch import outputs as batch_outputs
from despin.batch import run as runs
from despin.batch import state as states
from despin.batch.record import Recipe
from despin.batch.workers import InProcess
from despin.cli.outputs import InPlace
from despin.cli.terminal import set_loudness
from despin.restorer import Restorer
from despin.results import Restoration
from despin.review.document import ReviewedText
from despin.review.journal import Group
from despin.review.places import Decision
from despin.text import decoding, files, temporary
from tools.stress import warm
from tools.stress.ending import MOMENTS, ended
from tools.stress.idempotent import lines_of_cases

SPUN = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。体系会按期搜检装备的状况,发明题目今后立刻关照治理员。\n"
#: What is run.
WHAT = ("in place", "in place, no backup", ".jsonl", ".jsonl.gz", ".jsonl", ".jsonl.gz", "review")


class Crashes:
    """Runs that end without warning, and the runs after them."""

    name = "crashes"
    #: Seconds of processor time that a case may take; the first makes what the others are held against.
    longest = 120

    @cached_property
    def _restorer(self) -> Restorer:
        return Restorer()

    def _explained(self, text: str) -> Restoration:
        if text not in self._known:
            self._known[text] = self._restorer.explain(text)
        return self._known[text]

    @cached_property
    def _known(self) -> dict[str, Restoration]:
        return {}

    @cached_property
    def _workers(self) -> InProcess:
        set_loudness(Namespace(quiet=True))
        states.PAUSE, batch_outputs.FRAME_BYTES, batch_inputs.BLOCK_BYTES, temporary._STRAY = 0.0, 4096, 4096, -1.0
        return InProcess(Recipe())

    @cached_property
    def _records(self) -> bytes:
        lines = lines_of_cases()
        rows = [json.dumps({"text": lines[number % len(lines)][:100]}, ensure_ascii=False) for number in range(150)]
        return ("\n".join(rows) + "\n").encode()

    @cached_property
    def _whole(self) -> dict[str, bytes]:
        """The output of a run that nobody ends, by suffix."""
        found = {}
        for suffix in (".jsonl", ".jsonl.gz"):
            folder = warm.folder()
            found[suffix] = self._batch(folder, suffix)
            shutil.rmtree(folder)
        return found

    def make(self, source: Random) -> list[Any]:
        """See `Trial`: what runs, the number of the call, and the moment."""
        what = source.choice(WHAT)
        return [what, source.randrange(20 if what.startswith("in") else 50), source.choice(MOMENTS)]

    def check(self, case: list[Any]) -> list[str]:
        """See `Trial`."""
        if len(case) < 3:
            return []
        what, number, moment = case
        folder = warm.folder()
        try:
            _ = self._workers
            if what.startswith("in"):
                return self._in_place(folder, "no backup" not in what, number, moment)
            if what == "review":
                return self._reviewed(folder, number, moment)
            return self._resumed(folder, what, number, moment)
        finally:
            shutil.rmtree(folder)

    def _in_place(self, folder: Path, backup: bool, number: int, moment: str) -> list[str]:
        path = folder / "page.txt"
        path.write_text(SPUN, "utf-8")
        restored = self._explained(SPUN).text

        def work(_: object = None) -> None:
            temporary._swept.clear()
            file = files.read(str(path))
            InPlace(".orig" if backup else None).put(str(path), file, self._explained(file.text))

        _, wrong = ended(work, number, moment)
        if wrong:
            return [f"exception {wrong}"]
        texts = {
            one.name: one.read_text("utf-8", "replace")
            for one in folder.iterdir()
            if not one.name.startswith(".despin-")
        }
        if not set(texts.values()) <= {SPUN, restored}:
            return ["half a file under a name of its own"]
        if texts["page.txt"] != SPUN and backup and SPUN not in texts.values():
            return ["the original is lost"]
        work()
        left = sorted(one.name for one in folder.iterdir())
        if path.read_text("utf-8") != restored:
            return ["the run after it does not restore"]
        strays = [name for name in left if name.startswith(".despin-")]
        return [f"stray {strays}"] if strays else []

    def _batch(self, folder: Path, suffix: str, resume: bool = False) -> bytes:
        temporary._swept.clear()
        source, target = folder / "in.jsonl", folder / f"out{suffix}"
        if not source.exists():
            source.write_bytes(self._records)
        runs.run(runs.Job((str(source),), str(target), resume=resume), self._workers)
        return target.read_bytes()

    def _resumed(self, folder: Path, suffix: str, number: int, moment: str) -> list[str]:
        whole = self._whole[suffix]
        _, wrong = ended(lambda _: self._batch(folder, suffix), number, moment)
        if wrong:
            return [f"exception {wrong}"]
        target = folder / f"out{suffix}"
        if target.exists() and target.read_bytes() != whole:
            return ["half an output under its name"]
        try:
            found = self._batch(folder, suffix, resume=True)
        except Exception as error:
            return [f"exception {error!r:.300}"]
        if found != whole:
            return ["another output than that of a whole run"]
        strays = sorted({one.name for one in folder.iterdir()} - {"in.jsonl", target.name})
        return [f"stray {strays}"] if strays else []

    def _read(self, path: str) -> tuple[decoding.TextFile, Restoration]:
        file = files.read(path)
        return file, self._explained(file.text)

    def _decide(self, path: Path, most: int, saved: Callable[[], object]) -> ReviewedText:
        """Accept the first edits of a text under review, one after the other, from the first that is not decided."""
        temporary._swept.clear()
        document = ReviewedText(str(path), 1)
        document.open(self._read)
        for edit in self._explained(SPUN).edits[:most]:
            if not any(
                one.decision.kind for one in document.places.places() if (one.start, one.end) == (edit.start, edit.end)
            ):
                document.put(document.revision, [Group((Decision(edit.start, edit.end, "accept"),))])
                saved()
        document.close()
        return document

    def _reviewed(self, folder: Path, number: int, moment: str) -> list[str]:
        most = len(self._explained(SPUN).edits)
        (folder / "whole").mkdir()
        path, other = folder / "page.txt", folder / "whole" / "page.txt"
        for one in (path, other):
            one.write_text(SPUN, "utf-8")
        self._decide(other, most, lambda: None)
        told, wrong = ended(lambda saved: self._decide(path, most, saved), number, moment)
        if wrong:
            return [f"exception {wrong}"]
        document = self._decide(path, 0, lambda: None)
        if document.problem or path.read_text("utf-8") != SPUN:
            return [f"half a review: {document.problem}"]
        if sum(bool(one.decision.kind) for one in document.places.places()) < told:
            return [f"a decision is lost that was said to be saved ({told})"]
        self._decide(path, most, lambda: None)
        for name in ("page.txt", "page.wdiff", "page.txt.wdiff", "page.txt.restored"):
            if (other.with_name(name)).exists() and other.with_name(name).read_bytes() != path.with_name(
                name
            ).read_bytes():
                return [f"another {name} than that of a whole review"]
        strays = sorted(
            {one.name for one in folder.iterdir()} - {one.name for one in other.parent.iterdir()} - {"whole"}
        )
        return [f"stray {strays}"] if strays else []
