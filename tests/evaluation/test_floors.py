"""Floors: held, fallen, raised, lowered with a reason, and skipped on a changed set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_stub import TableRestorer

Evaluate = Callable[..., tuple[int, str, str]]


def stored(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["set"], row["figure"]): row for row in json.loads(path.read_text("utf-8"))["floors"]}


@pytest.fixture
def floors(evaluate: Evaluate, pairs_file: Path, clean_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "floors.json"
    code, out, _ = evaluate(pairs_file, clean_file, "--floors", path, "--raise")
    assert code == 0 and "new" in out
    return path


def test_raise_pins_what_is_not_pinned_yet(floors: Path) -> None:
    rows = stored(floors)
    assert rows["own", "restored_share"]["value"] == pytest.approx(0.3)
    assert len(rows["own", "restored_share"]["hash"]) == 64
    assert ("clean", "edits_per_10000") in rows
    assert ("own", "known_recall") not in rows


def test_the_run_that_set_floors_holds_them(
    evaluate: Evaluate, pairs_file: Path, clean_file: Path, floors: Path
) -> None:
    before = floors.read_bytes()
    code, out, _ = evaluate(pairs_file, clean_file, "--floors", floors, "--raise")
    assert code == 0 and "fell" not in out and "held" in out
    assert floors.read_bytes() == before


def test_a_worse_figure_fails_and_changes_nothing(
    evaluate: Evaluate, pairs_file: Path, clean_file: Path, floors: Path, restorer: TableRestorer
) -> None:
    before = floors.read_bytes()
    restorer.table = {"租车": "快递", "天气": "气候"}
    code, out, _ = evaluate(pairs_file, clean_file, "--floors", floors)
    assert code == 1
    assert "own: restored share: " in out and "clean: edits per 10,000 characters: " in out
    assert floors.read_bytes() == before


def test_a_better_figure_raises_its_floor_only_when_asked(
    evaluate: Evaluate, pairs_file: Path, clean_file: Path, floors: Path, restorer: TableRestorer
) -> None:
    before = floors.read_bytes()
    restorer.table["体系"] = "系统"
    assert evaluate(pairs_file, clean_file, "--floors", floors)[0] == 0
    assert floors.read_bytes() == before
    assert evaluate(pairs_file, clean_file, "--floors", floors, "--raise")[0] == 0
    rows = stored(floors)
    assert rows["own", "precision"]["value"] == 0.75
    assert rows["own", "detection_precision"]["value"] == 0.75
    restorer.table = {"体系": "系统"}
    evaluate(clean_file, "--floors", floors, "--raise")
    assert stored(floors)["clean", "edits_per_10000"]["value"] == 0.0


def test_lowering_takes_a_reason_that_stays(
    evaluate: Evaluate, pairs_file: Path, clean_file: Path, floors: Path, restorer: TableRestorer
) -> None:
    restorer.table = {"经由过程": "通过"}
    arguments = [pairs_file, clean_file, "--floors", floors]
    assert evaluate(*arguments)[0] == 1
    code, out, _ = evaluate(*arguments, "--lower", "own:detection_recall", "--reason", "fewer but surer")
    assert code == 1 and "lowered from 0.6 to 0.2: fewer but surer" in out
    row = stored(floors)["own", "detection_recall"]
    assert row["value"] == 0.2
    assert row["lowered"] == [{"from": 0.6, "to": 0.2, "reason": "fewer but surer"}]
    others = ("recall", "f05", "detection_f05", "restored_share")
    assert evaluate(*arguments, *(f"--lower={one}" for one in others), "--reason", "the same")[0] == 0
    assert evaluate(*arguments)[0] == 0
    assert stored(floors)["own", "detection_recall"]["lowered"] == row["lowered"]


def test_lowering_never_lowers_what_did_not_fall(
    evaluate: Evaluate, pairs_file: Path, clean_file: Path, floors: Path
) -> None:
    before = floors.read_bytes()
    assert evaluate(pairs_file, clean_file, "--floors", floors, "--lower", "f05", "--reason", "why")[0] == 0
    assert floors.read_bytes() == before


def test_a_changed_set_is_said_and_skipped_until_pinned_anew(
    evaluate: Evaluate, pairs_file: Path, clean_file: Path, floors: Path
) -> None:
    lines = pairs_file.read_text("utf-8").splitlines(keepends=True)
    pairs_file.write_text("".join(lines[1:]), "utf-8")
    code, out, _ = evaluate(pairs_file, clean_file, "--floors", floors, "--raise")
    assert code == 0 and "own: edit recall: skipped, the set has changed" in out
    assert stored(floors)["own", "recall"]["value"] == 0.4
    assert evaluate(pairs_file, "--floors", floors, "--lower", "own:recall", "--reason", "one document less")[0] == 0
    row = stored(floors)["own", "recall"]
    assert row["value"] == pytest.approx(1 / 3, abs=1e-5) and row["lowered"][0]["reason"] == "one document less"


def test_sets_not_evaluated_are_said(evaluate: Evaluate, clean_file: Path, floors: Path) -> None:
    code, out, _ = evaluate(clean_file, "--floors", floors)
    assert code == 0 and "own: restored share: skipped, the set was not evaluated here" in out


def test_a_figure_without_a_value_has_fallen(
    evaluate: Evaluate, pairs_file: Path, clean_file: Path, floors: Path, restorer: TableRestorer
) -> None:
    restorer.table = {}
    code, out, _ = evaluate(pairs_file, clean_file, "--floors", floors)
    assert code == 1 and "own: edit precision: has no value any more" in out


def test_held_documents_are_pinned_apart(evaluate: Evaluate, pairs_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "held.json"
    evaluate(pairs_file, "--hold", "two", "--by", "family", "--floors", path, "--raise")
    assert {name for name, _ in stored(path)} == {"own", "own[held]", "own[others]"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "floors.json:1:2: not JSON"),
        ("[]", "holds no floors"),
        ('{"floors": [{"set": "own"}]}', "holds no floors"),
        (
            '{"floors": [{"set": "own", "figure": "f5", "value": 1, "hash": "", "documents": 1}]}',
            "floor 1: unknown figure 'f5'; did you mean f05?",
        ),
    ],
)
def test_broken_files(evaluate: Evaluate, pairs_file: Path, tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "floors.json"
    path.write_text(content, "utf-8")
    code, _, err = evaluate(pairs_file, "--floors", path)
    assert (code, message in err) == (3, True), err


def test_unknown_names_for_lower(evaluate: Evaluate, pairs_file: Path, floors: Path) -> None:
    code, _, err = evaluate(pairs_file, "--floors", floors, "--lower", "recal", "--reason", "x")
    assert (code, "did you mean recall?" in err) == (2, True)
    code, _, err = evaluate(pairs_file, "--floors", floors, "--lower", "own:verdict_auc", "--reason", "x")
    assert (code, "no set evaluated here has such a floor" in err) == (2, True)
