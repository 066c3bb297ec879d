"""The command that compares engines with the command line: its documents, and that it sees what differs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

# Data-Juicer has a package `tools` of its own, which is found first where it is installed.
command: Any = pytest.importorskip("tools.stress.same_edits.__main__", reason="another package is called tools")
documents: Any = import_module("tools.stress.same_edits.documents")
engines: Any = command.engines

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return documents.records(30)


@pytest.fixture(scope="module")
def reference(rows: Rows, tmp_path_factory: pytest.TempPathFactory, despin: Callable[..., int]) -> Rows:
    source, target = (tmp_path_factory.mktemp("same-edits") / name for name in ("in.jsonl", "out.jsonl"))
    engines.write(source, rows)
    assert despin("batch", source, "-o", target, "--mode", "restore") == 0
    return engines.read(target)


def answer(rows: Rows, reference: Rows, engine: str) -> Rows:
    """What an engine comes back with that gives the edits of the command line."""
    wanted = command.expected(rows, reference, engines.ENGINES[engine])
    return [{"id": one, **copy.deepcopy(row)} for one, row in wanted.items()]


def test_documents_are_distinct_and_the_same_every_time(rows: Rows) -> None:
    texts = [row["text"] for row in rows if not row["fault"]]
    assert len(texts) == len(set(texts)) == 30
    assert all(text.strip() for text in texts)
    assert rows == documents.records(30)
    assert len({row["id"] for row in rows}) == len(rows) == 30 + len(documents.FAULTS) * documents.TIMES


def test_there_are_enough_documents_without_texts_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents.texts, "SHARED", Path("nowhere"))
    assert sum(not row["fault"] for row in documents.records(2000)) == 2000


def test_every_fault_is_refused_for_a_reason_of_its_own(rows: Rows, reference: Rows) -> None:
    reasons = {row["despin"]["error"] for row in reference if row["fault"]}
    assert len(reasons) == len(documents.FAULTS)
    assert 5 < sum(row["despin"].get("spun", False) for row in reference) < 30


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_the_same_is_the_same(rows: Rows, reference: Rows, engine: str) -> None:
    wanted = command.expected(rows, reference, engines.ENGINES[engine])
    assert not command.differences(wanted, answer(rows, reference, engine))
    passed = [row["id"] for row in rows if row["fault"] == "null" and not engines.ENGINES[engine].faults["null"]]
    assert not wanted.keys() & set(passed)


def test_whatever_differs_is_seen(rows: Rows, reference: Rows) -> None:
    wanted = command.expected(rows, reference, engines.ENGINES["datatrove"])
    found = answer(rows, reference, "datatrove")
    spun = [row for row in found if row["despin"].get("spun")]
    spun[0]["despin"]["edits"][0]["start"] += 1
    spun[1]["despin"]["edits"][-1]["confidence"] -= 0.0001
    spun[2]["text"] += "。"
    found.remove(spun[3])
    found.append(spun[4])
    found.append({"id": "document-x", "text": "", "despin": {}})
    wrong = command.differences(wanted, found)
    assert set(wrong) == {row["id"] for row in spun[:5]} | {"document-x"}
    assert wrong[spun[3]["id"]] == "is lost"
    assert wrong[spun[4]["id"]] == "came 2 times"
    assert wrong[spun[0]["id"]].startswith("has another field: {'spun': True")


def test_an_engine_that_is_not_installed_is_skipped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nobody = engines.ENGINES["ray"]._replace(modules=("despin_nobody",))
    monkeypatch.setitem(engines.ENGINES, "ray", nobody)
    assert command._try("ray", [], [], tmp_path)
    assert capsys.readouterr().out == "ray: skipped, not installed: despin_nobody\n"


def test_an_engine_that_fails_is_not_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("import sys; sys.exit('no cluster')", "utf-8")
    monkeypatch.setattr(engines, "__file__", str(broken))
    monkeypatch.setitem(engines.ENGINES, "ray", engines.ENGINES["ray"]._replace(modules=(), package="pytest"))
    assert not command._try("ray", [], [], tmp_path)
    assert "failed: exit code 1: no cluster" in capsys.readouterr().out
