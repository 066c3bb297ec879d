"""The adapters on the real libraries, where they are installed: the same edits as the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from despin.restorer import Restorer

Rows = list[dict[str, Any]]


def same(field: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether a column's field says what a record's says; a column has every part, some of them empty."""
    return {key: value for key, value in field.items() if value is not None} == {
        key: value for key, value in expected.items() if value is not None
    }


def kept(documents: Rows, expected: Rows) -> list[int]:
    """The ids of the documents that are not spun."""
    return [one["id"] for one, field in zip(documents, expected, strict=True) if not field.get("spun")]


def restored(documents: Rows, expected: Rows) -> list[Any]:
    """The texts as restored."""
    return [field.get("text", one["text"]) for one, field in zip(documents, expected, strict=True)]


def test_datasets(documents: Rows, expected: Rows, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the package datasets is not installed")
    from despin.integrations.datasets import mark

    datasets.disable_progress_bars()
    source = datasets.Dataset.from_list(documents)
    found = mark(source)
    assert all(map(same, found["despin"], expected))
    assert found["id"][:] == [document["id"] for document in documents]
    assert mark(source, mode="restore", num_proc=2)["text"][:] == restored(documents, expected)
    assert mark(source, mode="filter")["id"][:] == kept(documents, expected)
    streamed = list(mark(source.to_iterable_dataset(), mode="restore"))
    assert [row["text"] for row in streamed] == restored(documents, expected)
    both = mark(datasets.DatasetDict(train=source, test=source.select(range(4))))
    assert both["test"].features == both["train"].features == found.features
    assert mark(source.select(range(0))).features == found.features
    # A second run over the file that `despin batch` wrote takes the field's place.
    found.to_parquet(tmp_path / "found.parquet")
    again = datasets.Dataset.from_parquet(str(tmp_path / "found.parquet"), cache_dir=str(tmp_path / "cache"))
    assert mark(again)["despin"][:] == found["despin"][:]


def test_datasets_loads_what_batch_writes(documents: Rows, despin: Callable[..., int], tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the package datasets is not installed")
    datasets.disable_progress_bars()
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    datasets.Dataset.from_list(documents).to_parquet(source)
    assert despin("batch", source, "-o", target) == 0
    found = datasets.Dataset.from_parquet(str(target), cache_dir=str(tmp_path / "cache"))
    assert found.column_names == ["id", "text", "despin"]


def test_ray(documents: Rows, expected: Rows) -> None:
    ray = pytest.importorskip("ray", reason="the package ray is not installed")
    pytest.importorskip("ray.data", reason="the package ray[data] is not installed")
    from despin.integrations.ray import mark

    ray.init(num_cpus=2, log_to_driver=False, logging_level="ERROR", include_dashboard=False)
    try:
        context = ray.data.DataContext.get_current()
        context.execution_options.preserve_order = True
        context.enable_progress_bars = False
        source = ray.data.from_items(documents, override_num_blocks=4)
        found = mark(source, concurrency=2, batch_size=16).take_all()
        assert [row["id"] for row in found] == [document["id"] for document in documents]
        assert all(same(row["despin"], field) for row, field in zip(found, expected, strict=True))
        rows = mark(source, mode="filter", concurrency=1, batch_size=16).take_all()
        assert [row["id"] for row in rows] == kept(documents, expected)
        # A number makes a column of Python objects of the block's texts.
        mixed = ray.data.from_items([documents[0], {"id": 0, "text": 5}], override_num_blocks=1)
        found = mark(mixed, mode="restore").take_all()
        assert [row["text"] for row in found] == [restored(documents, expected)[0], 5]
        assert [bool(row["despin"]["error"]) for row in found] == [False, True]
    finally:
        ray.shutdown()


def test_ray_shards(documents: Rows, despin: Callable[..., int], tmp_path: Path) -> None:
    """`despin batch --engine ray` writes the bytes that it writes without."""
    pytest.importorskip("ray.data", reason="the package ray[data] is not installed")
    names = []
    for number in range(4):
        names.append(str(tmp_path / f"{number}.jsonl"))
        part = documents[number::4]
        Path(names[-1]).write_text("".join(json.dumps(document) + "\n" for document in part), "utf-8")
    broken = str(tmp_path / "missing.jsonl")
    for engine in ("local", "ray"):
        output = f"{tmp_path / engine}{os.sep}"
        assert despin("batch", *names, broken, "-o", output, "--engine", engine, "--workers", "2") == 3
    for name in names:
        base = os.path.basename(name)
        assert (tmp_path / "ray" / base).read_bytes() == (tmp_path / "local" / base).read_bytes()
    assert len(list((tmp_path / "ray").iterdir())) == 4
    assert despin("batch", *names, "-o", f"{tmp_path / 'ray'}{os.sep}", "--engine", "ray", "--resume") == 0


def test_datatrove(documents: Rows, expected: Rows, tmp_path: Path) -> None:
    data = pytest.importorskip("datatrove.data", reason="the package datatrove is not installed")
    pytest.importorskip("datatrove.pipeline.filters.base_filter", reason="datatrove's filters cannot be imported")
    pytest.importorskip("orjson", reason="orjson, which datatrove writes JSON with, is not installed")
    executor, readers, writers = map(
        import_module, ("datatrove.executor", "datatrove.pipeline.readers", "datatrove.pipeline.writers.jsonl")
    )
    adapter: Any = import_module("despin.integrations.datatrove")

    def fresh() -> Any:
        return iter([data.Document(document["text"], str(document["id"])) for document in documents])

    found = list(adapter.DespinFormatter()(fresh()))
    assert [one.text for one in found] == restored(documents, expected)
    for one, field in zip(found, expected, strict=True):
        assert one.metadata["despin"] == {key: value for key, value in field.items() if key != "text"}
    tagged = list(adapter.DespinFormatter("tag")(fresh()))
    assert [one.metadata["despin"] for one in tagged] == expected
    # datatrove's own figures count the characters of what a filter keeps, so here every text is one.
    texts_only = (one for one in fresh() if one.text is not None)
    ids = {one["id"] for one in documents if one["text"] is not None}
    found_ids = [int(one.id) for one in adapter.DespinFilter()(texts_only)]
    assert found_ids == [own for own in kept(documents, expected) if own in ids]

    # A whole pipeline, its steps pickled to two processes; readers of datatrove pass over texts that are empty.
    (tmp_path / "in").mkdir()
    for number in range(2):
        part = documents[number::2]
        lines = "".join(json.dumps(document) + "\n" for document in part)
        (tmp_path / "in" / f"{number}.jsonl").write_text(lines, "utf-8")
    writer = writers.JsonlWriter(str(tmp_path / "out"), compression=None)
    steps = [readers.JsonlReader(str(tmp_path / "in")), adapter.DespinFormatter(), writer]
    executor.LocalPipelineExecutor(steps, tasks=2, workers=2, logging_dir=str(tmp_path / "logs")).run()
    texts = {}
    for path in (tmp_path / "out").iterdir():
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            texts[int(row["id"])] = row["text"]
    whole = {one["id"]: text for one, text in zip(documents, restored(documents, expected), strict=True) if text}
    assert texts == whole


def test_datajuicer(documents: Rows, expected: Rows) -> None:
    base = pytest.importorskip("data_juicer.ops.base_op", reason="the package py-data-juicer is not installed")
    datasets = pytest.importorskip("datasets", reason="the package datasets is not installed")
    adapter: Any = import_module("despin.integrations.datajuicer")

    datasets.disable_progress_bars()
    assert base.OPERATORS.modules["despin_restore_mapper"] is adapter.DespinRestoreMapper
    source = import_module("data_juicer.core.data").NestedDataset(datasets.Dataset.from_list(documents))
    options: dict[str, Any] = {"num_proc": 1, "batch_size": 7, "auto_op_parallelism": False}
    mapper = base.OPERATORS.modules["despin_restore_mapper"](**options)
    rows = mapper.run(source).to_list()
    assert [row["text"] for row in rows] == restored(documents, expected)
    for row, field in zip(rows, expected, strict=True):
        assert json.loads(row["despin"]) == {key: value for key, value in field.items() if key != "text"}
    keeper = base.OPERATORS.modules["despin_spun_filter"](**options)
    assert [row["id"] for row in keeper.run(source).to_list()] == kept(documents, expected)
    other = base.OPERATORS.modules["despin_spun_filter"](keep="spun", **options)
    spun = {document["id"] for document in documents} - set(kept(documents, expected))
    failed = {one["id"] for one, field in zip(documents, expected, strict=True) if "error" in field}
    assert {row["id"] for row in other.run(source).to_list()} == spun | failed


def test_datajuicer_loses_no_batch_to_one_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("data_juicer.ops.base_op", reason="the package py-data-juicer is not installed")
    adapter: Any = import_module("despin.integrations.datajuicer")

    whole = Restorer._document
    bad = "信号经由过程旌旗灯号线传送。"  # spun, since of a text without a doubt no document is made

    def fragile(self: Restorer, text: str, *more: Any, **options: Any) -> Any:
        if text == bad:
            raise ZeroDivisionError("a fault")
        return whole(self, text, *more, **options)

    monkeypatch.setattr(Restorer, "_document", fragile)
    texts = ["数据经由过程旌旗灯号线传送。", bad, None, 5]
    found = adapter.DespinRestoreMapper().process_batched({"text": list(texts)})
    assert found["text"] == ["数据通过信号线传送。", bad, None, 5]
    assert ["error" in json.loads(field) for field in found["despin"]] == [False, True, True, True]
    keeper = adapter.DespinSpunFilter()
    samples = keeper.compute_stats_batched({"text": list(texts), adapter.STATS: [{} for _ in texts]})
    assert list(keeper.process_batched(samples)) == [False, True, True, True]
