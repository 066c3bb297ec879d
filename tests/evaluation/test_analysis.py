"""What was not restored and why, and the curve, with a restorer whose every belief is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eval_stub import TableRestorer, write_lines

from despin.evaluation.analysis import Missing, Reason, counts, examples

Evaluate = Callable[..., tuple[int, str, str]]


def values(evaluate: Evaluate, *arguments: object) -> dict[str, Any]:
    code, out, _ = evaluate(*arguments, "--json")
    assert code == 0
    loaded: dict[str, Any] = json.loads(out)
    return loaded


def test_reasons(evaluate: Evaluate, pairs_file: Path) -> None:
    found = values(evaluate, pairs_file, "--missing", 9)["missing"]
    assert found["counts"] == {"unlisted": 1, "other": 1, "unlikely": 1}
    by_reason = {one["reason"]: one for one in found["examples"]}
    assert "[-放假-]{+休息+}" in by_reason["unlisted"]["gold"]
    assert by_reason["unlisted"]["likely"] is None
    assert by_reason["other"]["got"] == "体制"
    assert by_reason["other"]["line"] == 1
    assert "[-应-]{+使+}用" in by_reason["unlikely"]["gold"]
    assert by_reason["unlikely"]["likely"] == 0.2


def test_below_the_bar_and_in_a_document_that_is_not_believed(
    evaluate: Evaluate, restorer: TableRestorer, pairs_file: Path
) -> None:
    restorer.min_confidence = 0.95
    found = values(evaluate, pairs_file, "--missing", 9)["missing"]
    assert found["counts"] == {"unlisted": 1, "unlikely": 1, "unsure": 3}
    restorer.family = None
    assert values(evaluate, pairs_file, "--missing", 9)["missing"]["counts"] == {"unlisted": 1, "unspun": 4}


def test_of_other_systems_only_the_lexicon_is_told(evaluate: Evaluate, pairs_file: Path) -> None:
    found = values(evaluate, pairs_file, "--missing", 9, "--system", "none")["missing"]
    assert found["counts"] == {"unlisted": 1, "listed": 4}


def test_the_table_groups_examples_by_reason(evaluate: Evaluate, pairs_file: Path) -> None:
    code, out, _ = evaluate(pairs_file, "--missing", 1)
    assert code == 0
    assert "not restored: 3 gold edits" in out
    assert "1  the lexicon does not list it\n           three, line 1: 租车公司今天[-放假-]{+休息+}。" in out
    assert "1  another original was taken" in out
    assert "got 体制" not in out


def test_examples_are_spread_over_reasons_and_documents() -> None:
    def lost(reason: Reason, size: int) -> list[Missing]:
        return [Missing("set", str(number), 1, reason, "", "") for number in range(size)]

    found = [*lost("unlisted", 60), *lost("unlikely", 30), *lost("unsure", 2)]
    chosen = examples(found, 20)
    assert len(chosen) == 20
    assert counts(chosen) == {"unlisted": 13, "unlikely": 6, "unsure": 1}
    assert [one.document for one in chosen[:3]] == ["0", "4", "9"]
    assert counts(examples(found, 2)) == {"unlisted": 1, "unlikely": 1}
    assert len(examples(found, 1000)) == 92
    assert examples([], 20) == []


def test_nothing_missing(evaluate: Evaluate, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "p.jsonl", [{"id": "a", "spun": "我用租车。", "original": "我用快递。"}])
    assert "not restored: 0 gold edits" in evaluate(path, "--missing", 5)[1]


def test_the_curve_runs_the_restorer_at_every_level(evaluate: Evaluate, pairs_file: Path, clean_file: Path) -> None:
    rows = values(evaluate, pairs_file, clean_file, "--curve", "confidence")["curve"]
    assert [row["level"] for row in rows] == [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95]
    assert rows[0]["figures"]["own"]["restored_share"] == 0.3
    assert rows[0]["figures"]["clean"]["edits_per_10000"] > 0
    assert rows[-1]["figures"]["own"] == {"restored_share": 0.0}
    assert rows[-1]["figures"]["clean"]["edits_per_10000"] == 0
    out = evaluate(pairs_file, clean_file, "--curve", "confidence")[1]
    assert "confidence" in out
    assert out.rstrip().endswith("0.0000          –       0.00     1.0000")


def test_the_curve_moves_despin_alone(evaluate: Evaluate, pairs_file: Path) -> None:
    code, _, err = evaluate(pairs_file, "--curve", "evidence", "--system", "none")
    assert code == 2
    assert "--curve moves the numbers of despin" in err
