"""Many inputs to one output each, in a folder: a job an input, and a journal of those that are done."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from despin import textfiles
from despin.batch import state as states
from despin.batch.lock import Lock
from despin.batch.progress import Progress
from despin.batch.run import Job, Say, run, settings, total_size
from despin.batch.state import Tally
from despin.batch.worker import Alone, Team, team
from despin.batch.writing import UnsavedError, saving
from despin.errors import InputError, OutputError, UsageError

JOURNAL = ".despin-batch.json"
LOCK = ".despin-batch.lock"


def jobs(job: Job) -> list[Job]:
    """One job an input, into the folder that `job.output` is.

    Raises `UsageError` when two outputs, or an output and an input, would be the same file.
    """
    taken: dict[str, str] = {}
    found = []
    for path in job.inputs:
        if path == textfiles.STANDARD:
            raise UsageError("standard input has no name to give its output; name an output file with -o FILE")
        target = os.path.join(job.output, os.path.basename(path))
        other = taken.setdefault(os.path.normcase(target), path)
        if other is not path:
            raise UsageError(f"{other} and {path} would both be written to {target}; give one another folder")
        if os.path.realpath(target) == os.path.realpath(path):
            raise UsageError(f"{path} would be overwritten by its result; name another folder")
        found.append(replace(job, inputs=(path,), output=target))
    return found


class Journal:
    """Which outputs of a folder are done, with their figures, so that a resumed run reports on all of them."""

    def __init__(self, path: Path, output: str, common: dict[str, Any], known: dict[str, Tally]) -> None:
        self._path = path
        self._output = output
        self._common = common
        self.known = known
        self._saved = time.monotonic()

    def add(self, name: str, tally: Tally) -> None:
        """Note a finished output."""
        self.known[name] = tally
        if time.monotonic() - self._saved >= states.PAUSE:
            self.save()

    def save(self) -> None:
        """Write the journal. Raises `UnsavedError`."""
        done = {name: tally.as_dict() for name, tally in self.known.items()}
        with saving(self._output):
            textfiles.replace(self._path, json.dumps({"settings": self._common, "done": done}).encode())
        self._saved = time.monotonic()


@contextmanager
def journal(job: Job, common: dict[str, Any]) -> Iterator[Journal]:
    """The journal of a folder, which is locked meanwhile; it goes when all is done, and stays when that failed.

    Raises `OutputError` when another run writes this folder, or was interrupted and is neither resumed nor overwritten.
    """
    folder = Path(job.output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{job.output}: the folder cannot be made ({error.strerror}); name another") from None
    with Lock(folder / LOCK, job.output):
        path = folder / JOURNAL
        if path.exists() and not (job.resume or job.overwrite):
            raise OutputError(f"{job.output}: an interrupted run is here; continue it with --resume, or --overwrite")
        found = Journal(path, job.output, common, _known(path, common, job.output) if job.resume else {})
        found.save()
        try:
            yield found
        except BaseException:
            with suppress(OutputError):  # what went wrong is said already
                found.save()
            raise
        path.unlink(missing_ok=True)


def _known(path: Path, common: dict[str, Any], output: str) -> dict[str, Tally]:
    try:
        values = json.loads(path.read_bytes())
        known = {name: Tally.from_dict(one) for name, one in values["done"].items()}
        before = values["settings"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise OutputError(f"{path}: cannot be read as the journal of an interrupted run; use --overwrite") from None
    states.check_same(before, common, output)
    return known


def common_settings(job: Job, workers: Alone | Team) -> dict[str, Any]:
    """What all outputs of a folder depend on; more inputs may join when a run is resumed."""
    return {**settings(replace(job, inputs=()), workers), "inputs": []}


def run_folder(job: Job, say: Say, progress: Progress | None = None) -> Tally:
    """Do a job whose output is a folder, and return the figures of all its outputs; see `run.run`.

    An output that exists or cannot be written is said like an input that cannot be read, and the others are done.
    """
    parts = jobs(job)
    whole = Tally()
    workers = team(job.recipe, job.workers, job.method)
    bar = progress or Progress(total_size(job.inputs))
    try:
        with journal(job, common_settings(job, workers)) as notes:
            for part in parts:
                name = os.path.basename(part.output)
                if complete(part):
                    whole.merge(notes.known.get(name, Tally()))
                else:
                    tally = one(part, workers, say, bar)
                    if os.path.exists(part.output):
                        notes.add(name, tally)
                    whole.merge(tally)
                bar.passed(total_size(part.inputs))
    finally:
        workers.close()
    return whole


def complete(part: Job) -> bool:
    """Whether a resumed run has nothing to do for this output."""
    path = part.state_path
    return part.resume and os.path.exists(part.output) and not (path is not None and path.exists())


def one(part: Job, workers: Alone | Team, say: Say, progress: Progress | None = None) -> Tally:
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
