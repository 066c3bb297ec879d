"""The adapters on the real libraries, where they are installed: the same edits as the command line."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from places import ROOT, environment

from despin.restorer import Restorer

pytestmark = pytest.mark.slow
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


def test_ray(documents: Rows, expected: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="the package ray is not installed")
    pytest.importorskip("ray.data", reason="the package ray[data] is not installed")
    from despin.integrations.ray import mark

    # Its workers look for modules in the folder where it was started first: a checkout need not be compiled.
    monkeypatch.chdir(tmp_path)
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

    found = list(adapter.DespinFormatter("restore")(fresh()))
    assert [one.text for one in found] == restored(documents, expected)
    for one, field in zip(found, expected, strict=True):
        assert one.metadata["despin"] == {key: value for key, value in field.items() if key != "text"}
    tagged = list(adapter.DespinFormatter()(fresh()))
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
    steps = [readers.JsonlReader(str(tmp_path / "in")), adapter.DespinFormatter("restore"), writer]
    executor.LocalPipelineExecutor(steps, tasks=2, workers=2, logging_dir=str(tmp_path / "logs")).run()
    texts = {}
    for path in (tmp_path / "out").iterdir():
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            texts[int(row["id"])] = row["text"]
    whole = {one["id"]: text for one, text in zip(documents, restored(documents, expected), strict=True) if text}
    assert texts == whole


def test_datatrove_counts_by_host(documents: Rows, expected: Rows, tmp_path: Path) -> None:
    """The same figures whether documents were marked before or not, and in however many tasks they were."""
    data = pytest.importorskip("datatrove.data", reason="the package datatrove is not installed")
    pytest.importorskip("tldextract", reason="tldextract, which datatrove's statistics need, is not installed")
    pytest.importorskip("tokenizers", reason="tokenizers, which datatrove's statistics need, is not installed")
    adapter: Any = import_module("despin.integrations.datatrove")
    stats: Any = import_module("despin.integrations.datatrove_stats")
    merger: Any = import_module("datatrove.pipeline.stats.merger")
    texts = [(one, field) for one, field in zip(documents, expected, strict=True) if one["text"] is not None]

    def fresh(rank: int) -> Any:
        mine = (one for number, (one, _) in enumerate(texts) if number % 2 == rank)
        return (
            data.Document(
                one["text"], str(one["id"]), metadata={"url": f"http://host{one['id'] % 3}.example/{one['id']}"}
            )
            for one in mine
        )

    for folder, steps in (("alone", []), ("marked", [adapter.DespinFormatter()])):
        for rank in range(2):
            rows = fresh(rank)
            for step in [*steps, stats.DespinStats(str(tmp_path / folder))]:
                rows = step(rows, rank, 2)
            assert len(list(rows)) == len(texts[rank::2])
        list(merger.StatsMerger(str(tmp_path / folder), str(tmp_path / f"{folder}-merged")).run(None))
    spun = [one for one, field in texts if field["spun"]]

    def figures(folder: str, group: str, name: str) -> Any:
        return json.loads((tmp_path / f"{folder}-merged" / group / f"despin_{name}" / "metric.json").read_text())

    for folder in ("alone", "marked"):
        whole = figures(folder, "summary", "spun")["summary"]
        assert (whole["total"], whole["n"]) == (len(spun), len(texts))
        assert figures(folder, "summary", "characters")["summary"]["total"] == sum(len(one["text"]) for one, _ in texts)
        hosts = figures(folder, "fqdn", "spun")
        for number in range(3):
            assert hosts[f"host{number}.example"]["total"] == sum(one["id"] % 3 == number for one in spun)
    assert figures("alone", "histogram", "score") == figures("marked", "histogram", "score")


def test_nemo(documents: Rows, expected: Rows) -> None:
    filters = pytest.importorskip(
        "nemo_curator.stages.text.filters", reason="the package nemo-curator is not installed"
    )
    modifiers, tasks = map(import_module, ("nemo_curator.stages.text.modifiers", "nemo_curator.tasks"))
    pandas = import_module("pandas")
    adapter: Any = import_module("despin.integrations.nemo")

    def batch() -> Any:
        return tasks.DocumentBatch(dataset_name="crawl", data=pandas.DataFrame(documents))

    kind = pickle.loads(pickle.dumps(adapter.SpunFilter()))
    scores = [field.get("score", -1.0) for field in expected]
    scored = filters.Score(kind, score_field="despin_score").process(batch()).to_pandas()
    assert list(scored["despin_score"]) == scores
    stage = filters.ScoreFilter(kind, score_field="despin_score")
    assert stage.ray_stage_spec() == {"is_actor_stage": True}
    stage.setup()
    found = stage.process(batch()).to_pandas()
    assert list(found["id"]) == kept(documents, expected)
    others = filters.ScoreFilter(kind, invert=True).process(batch()).to_pandas()
    assert sorted([*found["id"], *others["id"]]) == [one["id"] for one in documents]
    verdicts = filters.Score(kind.verdict, score_field="despin").process(batch()).to_pandas()
    for text, field in zip(verdicts["despin"], expected, strict=True):
        assert json.loads(text).get("family") == field.get("family")
    beside = modifiers.Modify(adapter.Restore(), "text", "restored").process(batch()).to_pandas()
    assert [one if isinstance(one, str) else None for one in beside["restored"]] == restored(documents, expected)
    assert list(beside["text"].dropna()) == [one["text"] for one in documents if one["text"] is not None]


def test_dolma(documents: Rows, expected: Rows, tmp_path: Path) -> None:
    """Through Dolma's own command, which finds the tagger by the name of its module."""
    pytest.importorskip("dolma.core.taggers", reason="the package dolma is not installed")
    folder = tmp_path / "crawl" / "documents"
    folder.mkdir(parents=True)
    rows = [{**one, "id": str(one["id"]), "source": "crawl"} for one in documents if one["text"] is not None]
    packed = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    (folder / "0.jsonl.gz").write_bytes(packed)
    command = [sys.executable, "-m", "dolma.cli", "tag", "--documents", f"{folder}/*.gz", "--taggers", "despin"]
    more = ["--tagger_modules", "despin.integrations.dolma", "--experiment", "exp", "--processes", "1"]
    subprocess.run([*command, *more], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL, env=environment())
    lines = gzip.decompress((tmp_path / "crawl" / "attributes" / "exp" / "0.jsonl.gz").read_bytes()).splitlines()
    wanted = [field for one, field in zip(documents, expected, strict=True) if one["text"] is not None]
    for line, row, field in zip(lines, rows, wanted, strict=True):
        found = {key.removeprefix("exp__despin__"): value for key, value in json.loads(line)["attributes"].items()}
        assert found["score"] == [[0, len(row["text"]), field["score"]]]
        assert ("spun" in found) == field["spun"]
        assert [one[:2] for one in found.get("edit", [])] == [[one["start"], one["end"]] for one in field["edits"]]
        marked = {f"spun_{one['family'].replace('-', '_')}" for one in field["stretches"]}
        assert {key.replace("-", "_") for key in found if key.startswith("spun_")} == marked


def test_polars(documents: Rows, expected: Rows) -> None:
    pl = pytest.importorskip("polars", reason="the package polars is not installed")
    import_module("despin.integrations.polars")
    frame = pl.DataFrame(documents)
    found = frame.with_columns(pl.col("text").despin.mark().alias("despin"))
    assert found.drop("despin").equals(frame)
    assert all(map(same, found["despin"].to_list(), expected))
    score = pl.col("text").despin.mark("filter").struct.field("score")
    lazy = frame.lazy().select("id", score).collect(engine="streaming")
    assert lazy["score"].to_list() == [field.get("score") for field in expected]
    assert frame.clear().with_columns(despin=pl.col("text").despin.mark()).schema["despin"] == found.schema["despin"]


def test_duckdb(documents: Rows, expected: Rows) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the package duckdb is not installed")
    adapter: Any = import_module("despin.integrations.duckdb")
    pa = import_module("pyarrow")
    connection = duckdb.connect()
    connection.register("crawl", pa.Table.from_pylist(documents))
    adapter.register(connection)
    adapter.register(connection, "verdict", "filter")
    rows = connection.execute("SELECT despin(text) FROM crawl ORDER BY id").fetchall()
    assert all(same(row, field) for (row,), field in zip(rows, expected, strict=True))
    query = "SELECT id FROM crawl WHERE NOT coalesce(verdict(text).spun, false) ORDER BY id"
    assert [own for (own,) in connection.execute(query).fetchall()] == kept(documents, expected)


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

    whole = Restorer._chunk
    bad = "信号经由过程旌旗灯号线传送。"

    def fragile(self: Restorer, text: str, *more: Any, **options: Any) -> Any:
        if text == bad:
            raise ZeroDivisionError("a fault")
        return whole(self, text, *more, **options)

    monkeypatch.setattr(Restorer, "_chunk", fragile)
    texts = ["数据经由过程旌旗灯号线传送。", bad, None, 5]
    found = adapter.DespinRestoreMapper().process_batched({"text": list(texts)})
    assert found["text"] == ["数据通过信号线传送。", bad, None, 5]
    assert ["error" in json.loads(field) for field in found["despin"]] == [False, True, True, True]
    keeper = adapter.DespinSpunFilter()
    samples = keeper.compute_stats_batched({"text": list(texts), adapter.STATS: [{} for _ in texts]})
    assert list(keeper.process_batched(samples)) == [False, True, True, True]


PAGE = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "integrations.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("code", PAGE, ids=lambda code: "-".join(re.findall(r"^(?:from|import) (\w+)", code, re.M)[:2]))
def test_what_the_page_shows_runs(code: str, tmp_path: Path) -> None:
    """Every example, twice: what makes shards goes on with those that are missing."""
    for name in re.findall(r"^(?:from|import) ((?!despin)\w+)", code, re.MULTILINE):
        package = {"nemo_curator": "nemo-curator"}.get(name, name)
        pytest.importorskip(name, reason=f"the package {package} is not installed")
    if "datatrove_stats" in code:
        pytest.importorskip("tokenizers", reason="tokenizers, which datatrove's statistics need, is not installed")
    line = json.dumps({"text": "数据经由过程旌旗灯号线传送。", "url": "http://a.example/"}) + "\n"
    (tmp_path / "crawl").mkdir()
    (tmp_path / "crawl" / "0.jsonl").write_text(line, "utf-8")
    (tmp_path / "crawl.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    (tmp_path / "example.py").write_text(code, "utf-8")

    def run() -> str:
        command = [sys.executable, "example.py"]
        done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run()
    shards = sorted(tmp_path.glob("marked/0000?.parquet"))
    if shards:
        times = [path.stat().st_mtime_ns for path in shards]
        shards[1].unlink()
        run()
        assert shards[0].stat().st_mtime_ns == times[0] and shards[1].exists()
    if "StatsMerger" in code:
        counted = json.loads((tmp_path / "merged" / "fqdn" / "despin_spun" / "metric.json").read_text("utf-8"))
        assert counted["a.example"]["total"] == 1
