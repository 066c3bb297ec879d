"""Working on blocks of records, in this process or in several others, with the results in the order of the blocks."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NamedTuple

from despin.batch import forks, jsonlines
from despin.batch.interfaces import Block, Done
from despin.batch.record import COUNTING, FIELD, MISSING, Marker, Recipe, refused
from despin.batch.warc import Capture
from despin.errors import DespinError
from despin.threads import AHEAD

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

#: A text for which all is loaded that every text asks for.
_ANY = "今天天气很好。"


class WorkerInfo(NamedTuple):
    """What a worker is, known when its restorer is loaded: the digests of its lexicon and of its programs'
    data, its least confidence, and what its scorer is."""

    lexicon: str
    min_confidence: float
    programs: str = "none"
    scorer: str = ""


def describe(marker: Marker) -> WorkerInfo:
    """What the worker is, once its restorer is loaded. Raises what `Restorer` raises."""
    restorer = marker.restorer
    programs, scorer = restorer.program_signature(), restorer.scorer_signature()
    _ = marker.sites  # read before processes are forked, which share it
    return WorkerInfo(restorer.lexicon.digest, restorer.min_confidence, programs, scorer)


def work(marker: Marker, block: list[Any], lines: bool) -> Done:
    """The results of a block: lines as bytes (or a text, which says why the line was refused), or a column's values,
    each with that of the site's column where sites are known. Of a first pass, the lines of what is counted."""
    done, recipe = Done(), marker.recipe
    if lines:
        done.data = b"".join(piece for index, line in enumerate(block) for piece in _line(marker, line, index, done))
    else:
        for index, value in enumerate(block):
            value, site = (value, None) if recipe.site is None else value
            outcome = marker.mark(value, site=site)
            done.count(index, outcome, value)
            done.dropped += outcome.spun and recipe.mode == "filter"
            done.outcomes.append(outcome)
    if recipe.mode == COUNTING:
        done.data, done.outcomes, done.counted = done.counted, [], b""
    return done


def _line(marker: Marker, line: bytes | Capture | tuple[bytes, str], index: int, done: Done) -> list[bytes]:
    """The pieces of what becomes of a line."""
    if isinstance(line, Capture):
        line = line.line()
    recipe = marker.recipe
    if not isinstance(line, bytes):
        done.count(index, refused(line[1]), None)
        done.cut += 1
        return [jsonlines.unreadable(*line)]
    if not line.strip():
        return [line]
    try:
        record = jsonlines.Record(line)
    except ValueError as error:
        problem = f"not a JSON object on one line ({error})"
        done.count(index, refused(problem), None)
        return [jsonlines.unreadable(line, problem)]
    value, before = record.get(recipe.field), record.get(FIELD)
    reason = _kept(before, value)
    if reason is not None:
        done.count(index, refused(reason), None)
        return [line]
    site = None if recipe.site is None else record.get(recipe.site)
    outcome = marker.mark(value, jsonlines.packed, site)
    done.count(index, outcome, value)
    if recipe.mode == "filter" and outcome.spun:
        done.dropped += 1
        return []
    new: list[tuple[str, Any]] = [(FIELD, outcome.value)]
    if recipe.mode == "restore" and outcome.text is not None and outcome.text != value:
        new.append((recipe.field, outcome.text))
    return record.replaced(new)


def _kept(before: object, value: object) -> str | None:
    """Why a record that was worked on `before` is passed on as it is: its field holds what stands nowhere else."""
    if not isinstance(before, dict):
        return None
    if value is MISSING and "line" in before:
        return "was no record before"
    if value is MISSING and isinstance(before.get("error"), str):
        return str(before["error"])
    if before.get("edits") and "text" not in before:
        return f"was restored before; its field {FIELD!r} holds what stood there"
    return None


class InProcess:
    """Works in this process."""

    def __init__(self, recipe: Recipe) -> None:
        self._marker = Marker(recipe)
        self.info = describe(self._marker)

    def results(self, blocks: Iterable[Block]) -> Iterator[tuple[Block, Done]]:
        """Every block with its results, in order."""
        for block in blocks:
            yield block, work(self._marker, block.items, block.lines)

    def close(self) -> None:
        """There is nothing to end."""


class Pool:
    """Works in `count` processes with a restorer each. Raises what `Restorer` raises.

    `method` is how processes start (fork, spawn or forkserver; None is the platform's own). Those that are forked share
    what is loaded before, once; all others load it themselves. A worker that has no block waits for one, so a pipe is
    never written from both ends at once; workers end by themselves when this process is gone.
    """

    def __init__(self, recipe: Recipe, count: int, method: str | None = None) -> None:
        context: Any = multiprocessing.get_context(method)
        self._processes: list[BaseProcess] = []
        self._idle: list[Connection] = []
        self._connections: list[Connection] = []
        marker = Marker(recipe)
        if context.get_start_method() == "fork":
            describe(marker)
            marker.mark(_ANY)
        try:
            for _ in range(count):
                here, there = context.Pipe()
                forks.add(here.close)
                self._connections.append(here)
                process = context.Process(target=_serve, args=(there, marker), daemon=True)
                process.start()
                there.close()
                self._processes.append(process)
            infos = [self._receive(connection) for connection in self._connections]
            self._idle = list(self._connections)
            self.info: WorkerInfo = infos[0]
        except BaseException:
            self.close()
            raise

    def results(self, blocks: Iterable[Block]) -> Iterator[tuple[Block, Done]]:
        """Every block with its results, in order. When reading fails, the blocks before it come first."""
        source = iter(blocks)
        failure: DespinError | None = None
        ended = False
        busy: dict[Connection, tuple[int, Block]] = {}
        done: dict[int, tuple[Block, Done]] = {}
        given = told = 0
        limit = AHEAD * len(self._connections)
        try:
            while True:
                while self._idle and not ended and given - told < limit:
                    block, failure = _next(source)
                    if block is None:
                        ended = True
                    else:
                        connection = self._idle.pop()
                        busy[connection] = given, block
                        self._send(connection, (block.items, block.lines))
                        given += 1
                while told in done:
                    yield done.pop(told)
                    told += 1
                    if self._idle and not ended:
                        break  # a worker has waited long enough
                else:
                    if not busy:
                        break
                    for ready in wait(list(busy)):
                        assert isinstance(ready, Connection)
                        number, finished = busy.pop(ready)
                        done[number] = finished, self._receive(ready)
                        self._idle.append(ready)
        finally:
            if busy:
                self.close()
        if failure is not None:
            raise failure

    def _send(self, connection: Connection, task: object) -> None:
        try:
            connection.send(task)
        except OSError:
            raise _died() from None

    def _receive(self, connection: Connection) -> Any:
        try:
            answer = connection.recv()
        except (EOFError, OSError):
            raise _died() from None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        """End all workers."""
        for connection in self._connections:
            forks.remove(connection.close)
            connection.close()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()


def _next(source: Iterator[Block]) -> tuple[Block | None, DespinError | None]:
    """The next block, or None at the end, with the error if that is one."""
    try:
        return next(source, None), None
    except DespinError as error:
        return None, error


def _died() -> DespinError:
    return DespinError(
        "a worker process ended unexpectedly, perhaps for lack of memory; continue with --resume and fewer --workers"
    )


def _serve(connection: Connection, marker: Marker) -> None:
    """The life of a worker: load what is not loaded, then a block at a time until the
    connection or the parent is gone."""
    # Ctrl-C reaches all processes of a terminal; the parent decides what happens.
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    watched: list[Any] = [connection] if parent is None else [connection, parent.sentinel]
    with suppress(OSError, EOFError):
        try:
            connection.send(describe(marker))
        except DespinError as error:
            connection.send(error)
            return
        # What is loaded stays: the collector need not walk over it, nor are its pages copied for that.
        gc.freeze()
        while connection in wait(watched):
            items, lines = connection.recv()
            connection.send(work(marker, items, lines))


def start_workers(recipe: Recipe, workers: int, method: str | None = None) -> InProcess | Pool:
    """The workers: this process for one, a pool of processes for more. Raises what `Restorer` raises."""
    return InProcess(recipe) if workers == 1 else Pool(recipe, workers, method)
