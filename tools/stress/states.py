"""Interrupted runs of `despin batch` whose state, part or input was damaged: a message, or the output that a whole run gives."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from random import Random

from despin.batch import inputs, outputs
from despin.batch import run as runs
from despin.batch import state as states
from despin.batch.interfaces import Block, Done
from despin.batch.record import Recipe
from despin.batch.workers import InProcess
from despin.errors import DespinError
from tools.stress import warm
from tools.stress.idempotent import lines_of_cases
from tools.stress.trial import mutated

#: Names of the input and of the output, by number of the form.
FORMS = [("in.jsonl", "out.jsonl"), ("in.jsonl.gz", "out.jsonl.gz"), ("in.jsonl", "out.jsonl.gz")]
#: Blocks after which a run is interrupted.
BLOCKS = 2
_DAMAGED = ("state", "part", "input", "input, same size and time")


class _Interrupted(InProcess):
    """Workers that are stopped after some blocks."""

    left = BLOCKS

    def results(self, blocks: Iterable[Block]) -> Iterator[tuple[Block, Done]]:
        """See `InProcess`."""
        for number, one in enumerate(super().results(blocks)):
            if number >= self.left:
                raise KeyboardInterrupt
            yield one


class States:
    """Interrupted runs, damaged and gone on with."""

    name = "states"
    #: Seconds of processor time that a case may take; the first makes the runs that the others damage.
    longest = 120

    @cached_property
    def _workers(self) -> _Interrupted:
        states.PAUSE, outputs.FRAME_BYTES, inputs.BLOCK_BYTES = 0.0, 4096, 8192
        return _Interrupted(Recipe())

    @cached_property
    def _interrupted(self) -> list[Path]:
        """A folder for each form: the input, the whole output as `whole`, and an interrupted run."""
        lines = lines_of_cases()
        records = [{"id": number, "text": lines[number % len(lines)][:150]} for number in range(300)]
        data = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()
        folders = []
        for source, target in FORMS:
            folder = warm.folder()
            (folder / source).write_bytes(gzip.compress(data, mtime=0) if source.endswith("gz") else data)
            self._workers.left = 1 << 30
            runs.run(self._job(folder, source, target, False), self._workers)
            (folder / target).rename(folder / "whole")
            self._workers.left = BLOCKS
            try:
                runs.run(self._job(folder, source, target, False), self._workers)
            except KeyboardInterrupt:
                folders.append(folder)
            assert json.loads((folder / f"{target}.part.json").read_bytes()).get("tally", {}).get("records")
        return folders

    def _job(self, folder: Path, source: str, target: str, resume: bool) -> runs.Job:
        return runs.Job((str(folder / source),), str(folder / target), resume=resume)

    def make(self, source: Random) -> list[object]:
        """See `Trial`: the number of the form, what is damaged, and the seed of the damage."""
        return [source.randrange(len(FORMS)), source.randrange(len(_DAMAGED)), source.randrange(1 << 30)]

    def check(self, case: list[int]) -> list[str]:
        """See `Trial`."""
        if len(case) < 3:
            return []
        origin = self._interrupted[case[0]]
        source, target = FORMS[case[0]]
        # The state names its input by path, so that the run goes on in its own folder.
        kept = {path.name: (path.read_bytes(), path.stat()) for path in origin.iterdir()}
        try:
            self._damage(origin, source, target, _DAMAGED[case[1]], Random(case[2]))
            now = (origin / source).read_bytes() != kept[source][0]
            self._workers.left = 1 << 30
            try:
                tally = runs.run(self._job(origin, source, target, True), self._workers)
            except DespinError as error:
                return [] if str(error).startswith(str(origin)) else [f"message without its place: {error}"]
            if tally.failures or now:
                return self._against_whole(origin, source, target)
            return [] if (origin / target).read_bytes() == kept["whole"][0] else ["silent: another output, exit code 0"]
        except Exception as error:
            return [f"exception {error!r:.300}"]
        finally:
            for path in list(origin.iterdir()):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            for name, (data, state) in kept.items():
                (origin / name).write_bytes(data)
                os.utime(origin / name, ns=(state.st_atime_ns, state.st_mtime_ns))

    def _against_whole(self, folder: Path, source: str, target: str) -> list[str]:
        """What is wrong with the output where the input is another now: it has to be that of a whole run."""
        found = (folder / target).read_bytes() if (folder / target).exists() else b""
        (folder / target).unlink(missing_ok=True)
        try:
            runs.run(self._job(folder, source, target, False), self._workers)
        except DespinError:
            return []
        whole = (folder / target).read_bytes() if (folder / target).exists() else b""
        return [] if found == whole else ["silent: not what a whole run over the changed input gives"]

    def _damage(self, folder: Path, source: str, target: str, what: str, random: Random) -> None:
        names = {"state": f"{target}.part.json", "part": f"{target}.part"}
        path = folder / names.get(what, source)
        data, state = path.read_bytes(), path.stat()
        pieces = [b"0", b"1", b'"', b"{", b"}", b"\n", b"null", b'{"text": "x"}\n', b"-1"]
        if what.endswith("time") or (what == "part" and random.random() < 0.7):
            changed = bytearray(data)
            for _ in range(random.choice((1, 1, 20))):
                changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
            path.write_bytes(changed)
        else:
            path.write_bytes(mutated(random, data, pieces))
        if what.endswith("time"):
            os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
