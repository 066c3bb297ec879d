"""A run: inputs to one output or to a folder of them, resumable, with the figures for its report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from despin.batch import outputs, paths
from despin.batch import state as states
from despin.batch.inputs import open_source
from despin.batch.interfaces import (
    LONGEST_LINE,
    Block,
    ChangedError,
    Input,
    Position,
    RecordOutput,
    UnsavedError,
    saving,
)
from despin.batch.lock import Lock
from despin.batch.record import COUNTING, Recipe
from despin.batch.sites import Sites
from despin.batch.state import Keeper, State, Tally
from despin.batch.workers import InProcess, Pool, start_workers
from despin.errors import DespinError, InputError, OutputError, UsageError
from despin.progress import RecordProgress
from despin.text import files

Say = Callable[[str], None]
#: The settings that what is counted of sites depends on.
_COUNTED_WITH = ("despin", "lexicon", "model", "programs", "scorer", "families", "damage", "protect")


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Job:
    """What a run is to do: `inputs`, in order, into one `output`. Relative paths are relative to the working folder."""

    inputs: tuple[str, ...]
    output: str
    recipe: Recipe = field(default_factory=Recipe)
    #: Longer lines of JSON are cut (bytes).
    longest_line: int = LONGEST_LINE
    workers: int = 1
    overwrite: bool = False
    resume: bool = False
    #: Whether the user named the output, which may then be a link, and not a folder that it goes to.
    named: bool = True
    #: How worker processes start; None is the platform's own way.
    method: str | None = None
    #: Whether what is counted of sites comes from a first pass of this run, and so from the same inputs and settings.
    first_pass: bool = False

    @property
    def kept(self) -> bool:
        """Whether the output is a file, which can be gone on with."""
        return self.output != files.STANDARD

    @property
    def state_path(self) -> Path | None:
        return Path(paths.state(self.output)) if self.kept else None


def settings(job: Job, workers: InProcess | Pool) -> dict[str, Any]:
    """Everything the output depends on; a run goes on only where all of it is the same."""
    from despin.fingerprint import model_digest, version
    from despin.lm.ngram import DEFAULT_MODEL

    values = job.recipe.as_dict()
    values["min_confidence"] = workers.info.min_confidence
    del values["lexicons"]  # what they hold is in the digest
    values["sites"] = [] if job.first_pass else [states.fingerprint(path)[1::2] for path in job.recipe.sites]
    found = {
        "despin": version(),
        "lexicon": workers.info.lexicon,
        "model": model_digest(DEFAULT_MODEL),
        "programs": workers.info.programs,
        **values,
        "scorer": workers.info.scorer,
        "longest_line": job.longest_line,
        "inputs": [states.fingerprint(path) for path in job.inputs],
    }
    Sites.read(job.recipe.sites, _counted_with(found), heads=True)
    return found


def _counted_with(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some settings that what is counted of sites depends on."""
    return {name: values[name] for name in _COUNTED_WITH}


def count_sites(job: Job, target: str, say: Say = _silent, progress: RecordProgress | None = None) -> Tally:
    """Count what is found on each site of the inputs into the file `target`: a line for each record first, in a file of
    its own, with which a later run goes on; all of these together in the end. Raises what `run` raises."""
    recipe = replace(job.recipe, mode=COUNTING, sites=())
    log = replace(job, output=f"{target}.log", recipe=recipe, named=False)
    paths.check(job.inputs, [target, log.output])
    if files.STANDARD in (job.output, *job.inputs):
        raise UsageError("sites are counted in a pass of their own; name the inputs, and the output, instead of -")
    if os.path.exists(target) and not job.overwrite:
        if not job.resume:
            raise OutputError(f"{target}: exists; go on with it by --resume or --sites, or replace it by --overwrite")
        Path(log.output).unlink(missing_ok=True)  # of a run that was killed before it did so
        return Tally(complete=1)
    with saving(target):
        Path(target).unlink(missing_ok=True)
    workers = start_workers(recipe, job.workers, job.method)
    try:
        counted_with = _counted_with(settings(log, workers))
        tally = run(log, workers, say, progress)
    finally:
        workers.close()
    if os.path.exists(log.output):
        Sites.read([log.output], counted_with).write(target)
        with saving(target):
            os.unlink(log.output)
    return tally


def after_first_pass(job: Job, say: Say = _silent, progress: RecordProgress | None = None) -> Job:
    """The job with what is counted of the sites of its inputs, where it needs that. Raises what `run` raises."""
    if job.recipe.site is None or job.recipe.sites or job.recipe.mode == COUNTING:
        return job
    target = paths.sites(job.output)
    count_sites(job, target, say, progress)
    return replace(job, recipe=replace(job.recipe, sites=(target,)), first_pass=True)


def run(
    job: Job, workers: InProcess | Pool | None = None, say: Say = _silent, progress: RecordProgress | None = None
) -> Tally:
    """Do the job and return its figures; inputs that cannot be read are among them and said through `say`.

    `workers` are used if given, and made and ended here otherwise. Raises `OutputError` when the output exists, is
    being written by another run, or cannot be written; `UsageError` and `InputError` when an interrupted run cannot go
    on; what `Restorer` raises when it cannot be loaded. What was done by then is kept for `resume`.
    """
    with ExitStack() as stack:
        if job.kept:
            if job.named:
                job = replace(job, output=paths.followed(job.output))
            paths.check(job.inputs, [job.output])
            _check_kind(job.output)
            stack.enter_context(Lock(Path(paths.lock(job.output)), job.output))
            if _complete(job):
                say(f"despin: {job.output}: is there already, and no interrupted run of it to go on with")
                return Tally(complete=1)
            stack.enter_context(_begun(job))
        if workers is None:
            job = after_first_pass(job, say, progress)
            workers = start_workers(job.recipe, job.workers, job.method)
            stack.callback(workers.close)
        return _Run(job, workers, say, progress or RecordProgress(total_size(job.inputs))).run()


@contextmanager
def _begun(job: Job) -> Iterator[None]:
    """From the first moment on there is a state: an output that is to be replaced could be taken for the result
    otherwise, and what is called like a part for ours. Where nothing can be done nothing stays."""
    path = Path(paths.state(job.output))
    if not (job.resume and path.exists()):
        if not path.exists() and os.path.lexists(paths.part(job.output)):
            raise OutputError(
                f"{paths.part(job.output)}: is in the way, and belongs to no run; move it, or name another output"
            )
        with saving(job.output):
            states.begin(path)
    try:
        yield
    except UnsavedError:
        raise
    except DespinError:
        with suppress(DespinError):
            if states.load(path, job.output) is None:
                path.unlink(missing_ok=True)
                outputs.discard(job.output)
        raise


def _check_kind(output: str) -> None:
    """Raise `OutputError` for an output that is there and no file."""
    if os.path.islink(output) and not os.path.isdir(output):
        raise OutputError(f"{output}: is a link, not a file; move it away, or write elsewhere")
    if os.path.isdir(output):
        raise OutputError(f"{output}: is a folder; name a file, or end the name with / for one output an input")
    if os.path.exists(output) and not os.path.isfile(output):
        raise OutputError(f"{output}: is no file; name one, or - for standard output")


def _complete(job: Job) -> bool:
    """Whether the output is complete and the job says resume. Raises `OutputError` when it may not be written."""
    begun = job.state_path is not None and job.state_path.exists()
    if job.overwrite:
        return False
    if begun and not job.resume:
        raise OutputError(f"{job.output}: an interrupted run is here; continue it with --resume, or --overwrite")
    if os.path.exists(job.output) and not begun:
        if job.resume:
            return True
        raise OutputError(f"{job.output}: exists; write elsewhere, or replace it with --overwrite")
    return False


def total_size(paths: Sequence[str]) -> int:
    """The bytes of all inputs together; 0 when one of them has no size."""
    total = 0
    for path in paths:
        if path == files.STANDARD:
            return 0
        with suppress(OSError, ValueError):
            total += os.path.getsize(path)
    return total


def _with_sites(path: str, blocks: Iterator[Block], site: str) -> Iterator[Block]:
    """The same blocks, with the values of the site's column beside those of a column. Raises `InputError`."""
    for block in blocks:
        if not block.lines:
            from despin.batch.parquet import values

            if site not in block.rows.schema.names:
                raise InputError(f"{path}: no column {site!r}; name the one with the site with --site")
            sites = values(block.rows.column(block.rows.schema.get_field_index(site)))
            block = block._replace(items=[*zip(block.items, sites, strict=True)])
        yield block


class _Run:
    def __init__(self, job: Job, workers: InProcess | Pool, say: Say, progress: RecordProgress) -> None:
        self._job = job
        self._workers = workers
        self._say = say
        self._progress = progress
        self._keeper = Keeper(job.state_path)
        self._state = self._start()
        self._problem = ""
        self._resumed_records = self._state.tally.records

    def _start(self) -> State:
        """The state to begin with: a new one, or that of the interrupted run."""
        now = settings(self._job, self._workers)
        path = self._job.state_path
        found = states.load(path, self._job.output) if path is not None and self._job.resume else None
        if found is None:
            if path is not None:
                outputs.discard(self._job.output)
            return State(now)
        states.check_same(found.settings, now, self._job.output)
        grown = paths.part(self._job.output)
        published = found.finished and os.path.exists(self._job.output)
        if (found.size or found.finished) and not published and not os.path.exists(grown):
            raise OutputError(
                f"{self._job.output}: {grown} of the interrupted run is gone; start again with --overwrite"
            )
        return found

    def run(self) -> Tally:
        state = self._state
        if not state.finished:
            self._inputs()
        output, tally = self._job.output, state.tally
        if self._job.kept and (state.first is None or (tally.failures and not tally.records)):
            outputs.discard(output)  # not one input could be read
        else:
            outputs.publish(output)
        self._keeper.remove()
        return state.tally

    def _inputs(self) -> None:
        """Work through the inputs; whatever ends this early leaves a state to go on from."""
        state = self._state
        output: RecordOutput | None = None
        try:
            for number in range(state.input, len(self._job.inputs)):
                path = self._job.inputs[number]
                try:
                    source = self._source_at(path)
                    try:
                        output = output or self._open()
                        output.accept(path, source)
                        state.first = state.first or path
                        self._source(path, source, output)
                        self._check_useful(path)
                    finally:
                        source.close()
                except ChangedError:
                    raise
                except InputError as error:
                    self._say(f"despin: {error}")
                    state.tally.fail(error)
                state.input, state.offset, state.record, state.digest = number + 1, 0, 1, 0
                state.records_before, state.failed_before = state.tally.records, state.tally.failed
            if output is None and state.first is not None:
                output = self._open()
            if output is not None:
                output.finish()
                output.sync()
                state.size, state.part_digest, state.finished = output.size, output.digest, True
                self._keeper.note(state)
                self._save(output)
        finally:
            if output is not None:
                try:
                    self._save(output)
                finally:
                    output.close()

    def _save(self, output: RecordOutput) -> None:
        """Make the part last, then its state. Raises `OutputError`."""
        output.sync()
        with saving(self._job.output):
            self._keeper.save()

    def _open(self) -> RecordOutput:
        """The output, as far as it was made; its columns are those of the input that began it."""
        state = self._state
        output = outputs.open_output(self._job.output, state.size, state.part_digest, self._job.recipe)
        # What comes through a pipe comes once, and has no columns.
        if state.first is not None and os.path.isfile(state.first):
            first = self._source_at(state.first, begun=True)
            try:
                output.accept(state.first, first)
            finally:
                first.close()
        self._keeper.note(state)
        return output

    def _source_at(self, path: str, begun: bool = False) -> Input:
        """An input, opened. Raises `ChangedError` for one that the interrupted run had
        `begun` and that cannot be read now."""
        try:
            return open_source(path, self._job.recipe.field, self._job.longest_line)
        except InputError as error:
            if begun or self._state.offset:
                raise ChangedError(f"{error}; the interrupted run had read it") from None
            raise

    def _source(self, path: str, source: Input, output: RecordOutput) -> None:
        state = self._state
        base = total_size(self._job.inputs[: state.input])
        weight = total_size([path]) / (source.size or 1)
        self._progress.show(base, state.tally.records - self._resumed_records)
        blocks = source.blocks(Position(state.offset, state.record, state.digest))
        if self._job.recipe.site is not None:
            blocks = _with_sites(path, blocks, self._job.recipe.site)
        for block, done in self._workers.results(blocks):
            safe = output.add(block, done)
            state.tally.add(done, path, block.first)
            self._problem = done.problems[-1][1] if done.problems else self._problem
            state.offset, state.record, state.digest = block.after
            state.size, state.part_digest = output.size, output.digest
            if safe:
                self._keeper.note(state)
            if self._keeper.due:
                self._save(output)
            self._progress.show(base + weight * source.done(), state.tally.records - self._resumed_records)

    def _check_useful(self, path: str) -> None:
        """Raise `InputError` when every record of an input failed: then the input as a whole is something else."""
        tally, state = self._state.tally, self._state
        records, failed = tally.records - state.records_before, tally.failed - state.failed_before
        if records and records == failed:
            hint = "; is this the right --text-field?" if self._problem.startswith("no field") else ""
            raise InputError(f"{path}: not one of its {records:,} records could be worked on ({self._problem}){hint}")
