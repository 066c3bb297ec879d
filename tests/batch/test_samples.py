"""A page with some of what a run restored."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_stub import lines, records, texts
from report_kit import Report

from despin.batch.interfaces import LONGEST_LINE
from despin.batch.record import Recipe
from despin.batch.samples import samples


def names(html: str) -> list[str]:
    """The headings of a page's texts."""
    return re.findall(r'<h2 id="d\d+-name"><bdi>(.*?)</bdi>', html)


def put(folder: Path, name: str, count: int) -> None:
    """An input of records, of which every third is spun."""
    if name.endswith(".parquet"):
        parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
        pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
        parquet.write_table(pa.table({"text": [one["text"] for one in records(count)]}), folder / name)
        return
    data = lines(records(count))
    (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)


@pytest.mark.parametrize("mode", ["tag", "restore"])
@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".parquet"])
def test_samples_show_the_texts_as_they_came(batch: Callable[..., Any], tmp_path: Path, mode: str, ending: str) -> None:
    put(tmp_path, f"in{ending}", 100)
    done = batch(f"in{ending}", "-o", f"out{ending}", "--mode", mode, "--report", "look.html", "--samples", 8)
    assert done.code == 0
    assert "look.html: 8 restored texts to look at" in done.err
    html = (tmp_path / "look.html").read_text("utf-8")
    report = Report(html)
    assert report.wrong == []
    numbers = [int(name.rpartition(":")[2]) for name in names(html)]
    assert len(numbers) == 8
    assert numbers == sorted(numbers)
    for number, shown in zip(numbers, report.documents, strict=True):
        assert shown.text == texts(100)[number - 1]
        assert [edit.original for edit in shown.as_edits()] == ["通过", "信号"]


def test_samples_are_drawn_from_all_outputs_and_are_the_same_again(batch: Callable[..., Any], tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        put(tmp_path, name, 60)
    assert batch("a.jsonl", "b.jsonl", "-o", "out/", "--report", "look.html", "--samples", 10).code == 0
    first = (tmp_path / "look.html").read_bytes()
    assert batch("a.jsonl", "b.jsonl", "-o", "out/", "--report", "look.html", "--samples", 10, "--resume").code == 0
    assert (tmp_path / "look.html").read_bytes() == first
    assert {name.partition(":")[0] for name in names(first.decode())} == {"a.jsonl", "b.jsonl"}
    everything = samples(["out/a.jsonl", "out/b.jsonl"], Recipe(), LONGEST_LINE, 1000)
    assert len(everything) == 40


def test_rare_families_and_doubtful_texts_are_shown_too(tmp_path: Path) -> None:
    def row(number: int, family: str, score: float) -> str:
        edit = {"start": 0, "end": 1, "spun": "甲", "original": "乙", "confidence": 1}
        field = {"spun": True, "score": score, "family": family, "rate": 1, "edits": [edit], "stretches": []}
        return json.dumps({"text": f"甲{number}", "despin": field}) + "\n"

    many = [row(number, "common", 0.99) for number in range(500)]
    few = [row(500 + number, "common", 0.6) for number in range(3)] + [row(600, "rare", 0.95)]
    (tmp_path / "out.jsonl").write_text("".join([*many[:250], *few, *many[250:]]), "utf-8")
    found = samples([str(tmp_path / "out.jsonl")], Recipe(), LONGEST_LINE, 10)
    assert [name for name, _ in found] == sorted(
        (name for name, _ in found), key=lambda one: int(one.partition(":")[2])
    )
    shown = Counter((one.verdict.family, one.verdict.score) for _, one in found)
    assert shown == {("common", 0.99): 6, ("common", 0.6): 3, ("rare", 0.95): 1}
    assert len({int(name.partition(":")[2]) // 100 for name, one in found if one.verdict.score == 0.99}) > 2
    assert len(samples([str(tmp_path / "out.jsonl")], Recipe(), LONGEST_LINE, 2)) == 2


def test_what_is_no_record_of_a_run_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(
        '{"text": "a", "despin": {"spun": true}}\n{"despin": {"spun": true, "edits": 1}}\n[]\n"spun": true\n{"spun": true}\n'
        '{"text": "ab", "despin": {"spun": true, "score": 1, "family": "f", "rate": 1, "edits": [{"start": 0, "end": 1, "spun": "x", "original": "y",'
        ' "confidence": 1}]}}\n',
        "utf-8",
    )
    assert samples([str(path), str(tmp_path / "missing")], Recipe(), LONGEST_LINE, 5) == []


def test_pages_that_cannot_be_made_are_refused_before_the_run(batch: Callable[..., Any], tmp_path: Path) -> None:
    put(tmp_path, "in.jsonl", 3)
    for arguments, message in (
        (["-o", "-"], "--report reads the output again"),
        (["-o", "out.jsonl", "--mode", "filter"], "which --mode filter leaves out"),
        (["-o", "look.html"], "is the output"),
    ):
        done = batch("in.jsonl", *arguments, "--report", "look.html")
        assert (done.code, message in done.err) == (2, True)
    assert batch("in.jsonl", "-o", "out.jsonl", "--report", "in.jsonl").code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl"]


def test_nothing_to_show_is_said(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines([{"text": "干净。"}]))
    done = batch("in.jsonl", "-o", "out.jsonl", "--report", "look.html")
    assert (done.code, "not written, no text was restored" in done.err) == (0, True)
    assert not (tmp_path / "look.html").exists()
