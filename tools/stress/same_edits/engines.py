"""The engines, each as docs/integrations.md shows it: `python engines.py ENGINE SOURCE TARGET` runs one of them.

SOURCE are JSON lines with `id`, `text` and `fault`; TARGET gets `id`, `text` and `despin` as the engine leaves them, in
mode `restore`. Every engine has a process of its own, with an empty working folder: they fork, redirect output, and
keep clusters and caches.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

Rows = list[dict[str, Any]]


def _ray(rows: Rows) -> Iterable[dict[str, Any]]:
    """One step of a Ray Data pipeline, two actors of it."""
    import ray

    from despin.integrations.ray import mark

    ray.init(num_cpus=2, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False)
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    dataset = mark(ray.data.from_items(rows, override_num_blocks=8), mode="restore", concurrency=2)
    found: Rows = dataset.take_all()
    ray.shutdown()
    return found


def _datasets(rows: Rows) -> Iterable[dict[str, Any]]:
    """`map(batched=True)` in two processes."""
    import datasets

    from despin.integrations.datasets import mark

    datasets.disable_progress_bars()
    found: Iterable[dict[str, Any]] = mark(datasets.Dataset.from_list(rows), mode="restore", num_proc=2)
    return found


def _datatrove(rows: Rows) -> Iterable[dict[str, Any]]:
    """Reader, formatter and writer, four tasks of them in two processes."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers.jsonl import JsonlWriter

    from despin.integrations.datatrove import DespinFormatter

    Path("crawl").mkdir()
    for number in range(4):
        write(Path("crawl", f"{number}.jsonl"), rows[number::4])
    steps = [JsonlReader("crawl"), DespinFormatter("restore"), JsonlWriter("restored", compression=None)]
    LocalPipelineExecutor(steps, tasks=4, workers=2, logging_dir="logs").run()
    return [{**row, **row.pop("metadata")} for path in sorted(Path("restored").iterdir()) for row in read(path)]


def _data_juicer(rows: Rows) -> Iterable[dict[str, Any]]:
    """A recipe that names the mapper, run by Data-Juicer's own command. JSON in the field is a list of edits again."""
    write(Path("crawl.jsonl"), rows)
    recipe = {
        "dataset_path": "crawl.jsonl",
        "export_path": "restored/restored.jsonl",
        "process": [{"despin_restore_mapper": {"mode": "restore"}}],
    }
    Path("recipe.yaml").write_text(json.dumps(recipe), "utf-8")  # JSON is YAML
    subprocess.run([Path(sys.executable).with_name("dj-process"), "--config", "recipe.yaml"], check=True)
    return [{**row, "despin": json.loads(row["despin"])} for row in read(Path("restored/restored.jsonl"))]


def read(path: Path) -> Rows:
    """The records of JSON lines."""
    with open(path, encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


def write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write records as JSON lines."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")


class Engine(NamedTuple):
    """How an engine is run, the modules it needs, the first of them its own, its package, and what it makes of records
    without a text to work on.

    `faults` has for a fault the one that despin gets to see, "" where the engine's own reader passes over the record,
    and nothing where the engine itself ends with an error.
    """

    run: Callable[[Rows], Iterable[dict[str, Any]]]
    modules: tuple[str, ...]
    package: str
    faults: dict[str, str]


# A column has no missing values, only nulls, and one type; Ray makes it one of Python objects where values differ.
ENGINES = {
    "ray": Engine(_ray, ("ray",), "ray", {"null": "null", "missing": "null", "number": "number", "long": "long"}),
    "datasets": Engine(_datasets, ("datasets",), "datasets", {"null": "null", "missing": "null", "long": "long"}),
    "datatrove": Engine(_datatrove, ("datatrove", "orjson"), "datatrove", {"null": "", "missing": "", "long": "long"}),
    # Data-Juicer downloads ray and torch, and installs them, where they are not there when an operator ends.
    "data-juicer": Engine(
        _data_juicer, ("data_juicer", "ray", "torch"), "py-data-juicer", {"null": "", "missing": "", "long": "long"}
    ),
}

if __name__ == "__main__":
    name, source, target = sys.argv[1:]
    write(Path(target), ENGINES[name].run(read(Path(source))))
