"""Ray Data: `mark` is one step of a pipeline of your own, `run_shards` is `despin batch --engine ray`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from despin.batch import folder
from despin.batch.record import Recipe
from despin.batch.run import Job, Say, total_size
from despin.batch.state import Tally
from despin.batch.workers import InProcess
from despin.errors import DespinError
from despin.integrations import need
from despin.integrations.operator import Operator
from despin.progress import RecordProgress


def mark(
    dataset: Any,
    text_field: str = "text",
    mode: str = "tag",
    *,
    concurrency: int = 1,
    batch_size: int = 256,
    **options: Any,
) -> Any:
    """A `ray.data.Dataset` with a `despin` column, made by `concurrency` actors that load a restorer each, once.

    `options` are those of `despin.integrations.operator.recipe`. Ray keeps the order of blocks only where
    `DataContext.execution_options.preserve_order` is set.
    """
    return dataset.map_batches(
        Operator,
        fn_constructor_kwargs={"text_field": text_field, "mode": mode, **options},
        batch_format="pyarrow",
        batch_size=batch_size,
        compute=need("ray.data", "ray").ActorPoolStrategy(size=concurrency),
    )


class Shards:
    """An actor: does whole jobs, with one restorer for all of them."""

    def __init__(self, jobs: list[Job], recipe: Recipe) -> None:
        self._jobs = jobs
        self._worker = InProcess(recipe)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """For every job number of the batch its figures and messages, as JSON."""
        numbers = [int(number) for number in batch["number"]]
        return {"number": numbers, "answer": [self._answer(self._jobs[number]) for number in numbers]}

    def _answer(self, job: Job) -> str:
        said: list[str] = []
        try:
            tally = folder.one(job, self._worker, said.append)
        except DespinError as error:
            tally = Tally()
            tally.fail(error)
            said.append(f"despin: {error}")
        return json.dumps({"tally": tally.as_dict(), "said": said})


def run_shards(job: Job, say: Say, progress: RecordProgress | None = None) -> Tally:
    """Do a job whose output is a folder with `job.workers` actors of a Ray cluster, and return its figures.

    The cluster is the one Ray is connected to or RAY_ADDRESS names, else this machine. Every input is one piece of
    work; outputs are the same, to the byte, as without Ray. Inputs and folder must be where all machines see them.
    """
    ray = need("ray", "ray")
    data = need("ray.data", "ray")
    whole = Tally()
    bar = progress or RecordProgress(total_size(job.inputs), len(job.inputs))
    common = folder.common_settings(job, InProcess(job.recipe))
    parts = [_absolute(part) for part in folder.jobs(job)]
    with folder.journal(job, parts, common) as notes, _cluster(ray, data):
        waiting = []
        for number, part in enumerate(parts):
            tally = notes.complete(part)
            if tally is None:
                parts[number] = notes.renewed(part)
                waiting.append(number)
            else:
                whole.merge(tally)
                bar.passed(total_size(part.inputs))
        for number, tally, said in _work(data, parts, waiting, job):
            for line in said:
                say(line)
            notes.add(parts[number], tally)
            whole.merge(tally)
            bar.show(total_size(parts[number].inputs), tally.records)
            bar.passed(total_size(parts[number].inputs))
    return whole


def _work(data: Any, parts: list[Job], waiting: list[int], job: Job) -> Iterator[tuple[int, Tally, list[str]]]:
    if not waiting:
        return
    numbers = data.from_items([{"number": number} for number in waiting], override_num_blocks=len(waiting))
    answers = numbers.map_batches(
        Shards,
        fn_constructor_kwargs={"jobs": parts, "recipe": job.recipe},
        batch_size=1,
        compute=data.ActorPoolStrategy(size=min(job.workers, len(waiting))),
    )
    for row in answers.iter_rows():
        answer = json.loads(row["answer"])
        yield int(row["number"]), Tally.from_dict(answer["tally"]), answer["said"]


def _absolute(part: Job) -> Job:
    """A job that means the same in the working folder of an actor."""
    inputs = tuple(str(Path(path).absolute()) for path in part.inputs)
    return replace(part, inputs=inputs, output=str(Path(part.output).absolute()))


@contextmanager
def _cluster(ray: Any, data: Any) -> Iterator[None]:
    """A connection to Ray for a while, unless there is one, without Ray's own messages and bars."""
    import logging

    context = data.DataContext.get_current()
    bars, context.enable_progress_bars = context.enable_progress_bars, False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    started = not ray.is_initialized()
    if started:
        ray.init(log_to_driver=False, logging_level="ERROR", include_dashboard=False)
    try:
        yield
    finally:
        context.enable_progress_bars = bars
        if started:
            ray.shutdown()
