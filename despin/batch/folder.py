"""Many inputs to one output each, in a folder: a job an input, and a journal of those that are done."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from despin.batch import paths
from despin.batch import state as states
from despin.batch.interfaces import UnsavedError, saving
from despin.batch.lock import Lock
from despin.batch.run import Job, Say, after_first_pass, run, settings, total_size
from despin.batch.state import Tally
from despin.batch.workers import InProcess, Pool, start_workers
from despin.cachefile import MOST_BYTES
from despin.errors import InputError, OutputError, UsageError
from despin.progress import RecordProgress
from despin.text import files, writing

JOURNAL = ".despin-batch.json"
LOCK = ".despin-batch.lock"
_ARCHIVE = re.compile(r"\.warc(\.we[ta])?(\.gz|\.zst)?$")


def jobs(job: Job) -> list[Job]:
    """One job an input, into the folder that `job.output` is.

    Raises `UsageError` when two outputs, or an output and an input, would be the same file or in each other's way.
    """
    taken: dict[str, str] = {}
    found = []
    for path in job.inputs:
        if path == files.STANDARD:
            raise UsageError("standard input has no name to give its output; name an output file with -o FILE")
        one = replace(job, inputs=(path,), named=False)
        if _name(one) in (JOURNAL, LOCK):
            raise UsageError(f"{path}: has the name of a file that despin keeps in the folder; rename it")
        target = os.path.join(job.output, _name(one))
        other = taken.setdefault(os.path.normcase(target), path)
        if other is not path:
            raise UsageError(f"{other} and {path} would both be written to {target}; give one another folder")
        found.append(replace(one, output=target))
    paths.check(job.inputs, [one.output for one in found])
    return found


def _name(part: Job) -> str:
    """What the input of a part is called, and so its output in the folder; what comes out of a WARC is JSON lines."""
    return _ARCHIVE.sub(r"\1.jsonl\2", os.path.basename(os.path.normpath(part.inputs[0])))


class FolderJournal:
    """Which outputs of a folder are done, with their figures, so that a resumed run reports on all of them; those that
    a run was `replacing` are made anew, though they be there."""

    def __init__(
        self, path: Path, output: str, common: dict[str, Any], known: dict[str, Tally], replacing: set[str]
    ) -> None:
        self._path = path
        self._output = output
        self._common = common
        self._known = known
        self._replacing = replacing
        self._saved = time.monotonic()

    def complete(self, part: Job) -> Tally | None:
        """The figures of an output for which a resumed run has nothing to do; None where it has."""
        path, name = part.state_path, _name(part)
        if not part.resume or not os.path.isfile(part.output) or (path is not None and path.exists()):
            return None
        known = self._known.get(name)
        if known is None:
            return None if name in self._replacing else Tally(complete=1)
        return None if _unread(known) else replace(known, complete=1)

    def renewed(self, part: Job) -> Job:
        """The job of an output that is not complete: what the runs before left of it may be replaced."""
        name = _name(part)
        return replace(part, overwrite=part.overwrite or name in self._replacing or name in self._known)

    def add(self, part: Job, tally: Tally) -> None:
        """Note what became of an output."""
        if os.path.exists(part.output) and not any(code == OutputError.exit_code for code, _ in tally.failures):
            self._known[_name(part)] = tally
        if time.monotonic() - self._saved >= states.PAUSE:
            self.save()

    def save(self) -> None:
        """Write the journal. Raises `UnsavedError`."""
        done = {name: tally.as_dict() for name, tally in self._known.items()}
        values = {"settings": self._common, "replacing": sorted(self._replacing), "done": done}
        with saving(self._output):
            writing.replace(self._path, json.dumps({"checksum": states.seal(values), **values}).encode())
        self._saved = time.monotonic()

    def close(self) -> None:
        """Remove the journal, unless an output has less than its input should have held, or is still to be
        replaced. Raises `UnsavedError`."""
        if any(map(_unread, self._known.values())) or not self._replacing <= set(self._known):
            self.save()
        else:
            self._path.unlink(missing_ok=True)


def _unread(tally: Tally) -> bool:
    """Whether an input could not be read to the end."""
    return any(code == InputError.exit_code for code, _ in tally.failures)


@contextmanager
def journal(job: Job, parts: Sequence[Job], common: dict[str, Any]) -> Iterator[FolderJournal]:
    """The journal of a folder into which `parts` go, and which is locked meanwhile; it goes when all is done, and stays
    when that failed or an input could not be read to the end.

    Raises `OutputError` when another run writes this folder, or was interrupted and is neither resumed nor overwritten.
    """
    folder = Path(job.output)
    writing.make_folder(job.output)
    with Lock(folder / LOCK, job.output):
        path = folder / JOURNAL
        if path.exists() and not (job.resume or job.overwrite):
            raise OutputError(
                f"{job.output}: an interrupted run is here, or one with inputs that could not be read to the end; "
                "continue it with --resume, or --overwrite"
            )
        if job.resume:
            known, replacing = _known(path, common, job.output)
        else:
            known, replacing = {}, {_name(part) for part in parts if job.overwrite}
        found = FolderJournal(path, job.output, common, known, replacing)
        found.save()
        try:
            yield found
        except BaseException:
            with suppress(OutputError):  # what went wrong is said already
                found.save()
            raise
        found.close()


def _known(path: Path, common: dict[str, Any], output: str) -> tuple[dict[str, Tally], set[str]]:
    try:
        values = states.unsealed(json.loads(files.read_regular(path, MOST_BYTES, follow=False)))
        known = {name: Tally.from_dict(one) for name, one in values["done"].items()}
        before, replacing = dict(values["settings"]), set(map(str, values.get("replacing", ())))
    except FileNotFoundError:
        return {}, set()
    except states.DAMAGES:
        raise OutputError(f"{path}: cannot be read as the journal of an interrupted run; use --overwrite") from None
    states.check_same(before, common, output)
    return known, replacing


def common_settings(job: Job, workers: InProcess | Pool) -> dict[str, Any]:
    """What all outputs of a folder depend on; more inputs may join when a run is resumed."""
    return {**settings(replace(job, inputs=()), workers), "inputs": []}


def run_folder(job: Job, say: Say, progress: RecordProgress | None = None) -> Tally:
    """Do a job whose output is a folder, and return the figures of all its outputs; see `run.run`.

    An output that exists or cannot be written is said like an input that cannot be read, and the others are done.
    """
    parts = jobs(job)
    whole = Tally()
    workers = start_workers(job.recipe, job.workers, job.method)
    bar = progress or RecordProgress(total_size(job.inputs))
    try:
        with journal(job, parts, common_settings(job, workers)) as notes:
            counted = after_first_pass(job, say)
            if counted is not job:
                workers.close()
                workers = start_workers(counted.recipe, job.workers, job.method)
                parts = [replace(one, recipe=counted.recipe, first_pass=True) for one in parts]
            for part in parts:
                tally = notes.complete(part)
                if tally is None:
                    tally = one(notes.renewed(part), workers, say, bar)
                    notes.add(part, tally)
                whole.merge(tally)
                bar.passed(total_size(part.inputs))
    finally:
        workers.close()
    return whole


def one(part: Job, workers: InProcess | Pool, say: Say, progress: RecordProgress | None = None) -> Tally:
    """The figures of one output; an error that concerns nothing but this output is in them."""
    try:
        return run(part, workers, say, progress)
    except (InputError, OutputError) as error:
        if isinstance(error, UnsavedError):
            raise
        say(f"despin: {error}")
        tally = Tally()
        tally.fail(error)
        return tally


def is_folder(output: str, inputs: Sequence[str]) -> bool:
    """Whether `output` names a folder: it exists as one, or ends with a separator."""
    separators = tuple(filter(None, (os.sep, os.altsep)))
    return bool(inputs) and (output.endswith(separators) or os.path.isdir(output))
