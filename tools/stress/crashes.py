"""A crash at every write, rename, link, removal and flush of `--in-place` and of `despin batch`: nothing lost, nothing half.

A child process is ended without warning before, after or in the middle of the call whose number the case names; then the same
command is run again, and what is there has to be what a run that nobody ended leaves.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
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
from despin.cli.options import set_loudness
from despin.cli.outputs import InPlace
from despin.restorer import Restorer
from despin.results import Restoration
from despin.text import files
from tools.stress import warm
from tools.stress.idempotent import lines_of_cases

SPUN = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。体系会按期搜检装备的状况,发明题目今后立刻关照治理员。\n"
#: Functions of `os` at which a child may end.
_CALLS = ("fsync", "replace", "link", "unlink", "ftruncate", "chmod")
_MOMENTS = ("before", "after", "half")


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
        states.PAUSE, batch_outputs.FRAME_BYTES, batch_inputs.BLOCK_BYTES, files._STRAY = 0.0, 4096, 4096, -1.0
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
        what = source.choice(("in place", "in place, no backup", ".jsonl", ".jsonl.gz"))
        return [what, source.randrange(16 if what.startswith("in") else 40), source.choice(_MOMENTS)]

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
            return self._resumed(folder, what, number, moment)
        finally:
            shutil.rmtree(folder)

    def _in_place(self, folder: Path, backup: bool, number: int, moment: str) -> list[str]:
        path = folder / "page.txt"
        path.write_text(SPUN, "utf-8")
        restored = self._explained(SPUN).text

        def work() -> None:
            files._swept.clear()
            file = files.read(str(path))
            InPlace(".orig" if backup else None).put(str(path), file, self._explained(file.text))

        _ended(work, number, moment)
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
        wrong = [name for name in left if name.startswith(".despin-")]
        return [f"stray {wrong}"] if wrong else []

    def _batch(self, folder: Path, suffix: str, resume: bool = False) -> bytes:
        files._swept.clear()
        source, target = folder / "in.jsonl", folder / f"out{suffix}"
        if not source.exists():
            source.write_bytes(self._records)
        runs.run(runs.Job((str(source),), str(target), resume=resume), self._workers)
        return target.read_bytes()

    def _resumed(self, folder: Path, suffix: str, number: int, moment: str) -> list[str]:
        whole = self._whole[suffix]
        _ended(lambda: self._batch(folder, suffix), number, moment)
        target = folder / f"out{suffix}"
        if target.exists() and target.read_bytes() != whole:
            return ["half an output under its name"]
        try:
            found = self._batch(folder, suffix, resume=True)
        except Exception as error:
            return [f"exception {error!r:.300}"]
        if found != whole:
            return ["another output than that of a whole run"]
        wrong = sorted({one.name for one in folder.iterdir()} - {"in.jsonl", target.name})
        return [f"stray {wrong}"] if wrong else []


def _ended(work: Callable[[], object], number: int, moment: str) -> None:
    """Run `work` in a child that ends at its call number `number` of what changes a file; where there are fewer it runs through."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (the child ends)
        _arm(number, moment)
        work()
    finally:
        os._exit(0)


def _arm(number: int, moment: str) -> None:
    left = [number]

    def due() -> bool:
        left[0] -= 1
        return left[0] < 0

    def patched(name: str) -> Callable[..., Any]:
        call = getattr(os, name)

        def made(*arguments: Any, **options: Any) -> Any:
            ends = due()
            if ends and moment == "before":
                os._exit(9)
            found = call(*arguments, **options)
            if ends:
                os._exit(9)
            return found

        return made

    for name in _CALLS:
        setattr(os, name, patched(name))

    def opened(*arguments: Any, **options: Any) -> Any:
        file = open(*arguments, **options)  # noqa: SIM115 (whoever asked closes it)
        if not file.writable():
            return file
        write = file.write

        class Ending:
            def __getattr__(self, name: str) -> Any:
                return getattr(file, name)

            def __enter__(self) -> Ending:
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def write(self, data: bytes) -> int:
                if due():
                    if moment != "before":
                        write(data[: len(data) // 2] if moment == "half" else data)
                        file.flush()
                    os._exit(9)
                return int(write(data))

        return Ending() if isinstance(file, io.IOBase) else file

    for module in (files, batch_outputs):
        vars(module)["open"] = opened
