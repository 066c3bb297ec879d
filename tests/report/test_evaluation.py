"""The page of a run of `despin eval`: every figure, document and sentence is there, and names do no harm."""

from __future__ import annotations

import re
from typing import Any

import pytest
from report_kit import Report

from despin.report.charts import bar, lines
from despin.report.evaluation import render

HOSTILE = "<script>\"'&\u202e\ud800"


def figure(value: float, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    return {"value": value, "low": low, "high": high}


def run(name: str) -> dict[str, Any]:
    """What `--json` prints, with `name` wherever names stand."""
    part = {
        "name": name, "documents": 1, "characters": 5, "parts": [], "rows": [],
        "figures": {"precision": figure(0.5), "recall": figure(0.25, 0.125, 0.375), "edits_per_10000": figure(3.0)},
    }  # fmt: skip
    rows = [
        {"id": name, "counts": {"right": 1, "wrong": 1, "missed": 2}},
        {"id": "worse", "counts": {"right": 0, "spurious": 4, "missed": 8}},
        {"id": "clean", "counts": {}},
    ]
    return {
        "signature": {"text": name},
        "sets": [{**part, "documents": 3, "characters": 1234, "parts": [part], "rows": rows}],
        "verdict": {**part, "name": "verdict"},
        "errors": [{"document": name, "line": 3, "errors": 2, "got": "天[-地-]{+人+}" + name, "gold": None}],
        "against": [
            {"set": name, "skipped": "is not in it", "figures": []},
            {"set": "a", "skipped": None, "figures": [
                {"figure": "precision", "value": 0.5, "other": 0.4, "difference": 0.1, "low": 0.05, "high": 0.2, "p": 0.01},
            ]},
        ],
        "floors": [{"state": "held", "message": ""}, {"state": "fell", "message": name}],
        "missing": {"counts": {"unlisted": 7}, "examples": [{"reason": "unlisted", "gold": "[-a-]{+b+}", "got": name}]},
        "curve": [
            {"level": 0.1, "figures": {name: {"recall": 0.8, "precision": 0.6}, "pairs": {"restored_share": -0.1, "precision": 0.9}}},
            {"level": 0.9, "figures": {name: {"recall": 0.4, "precision": 1.0}, "clean": {"edits_per_10000": 1.0}}},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["wild", HOSTILE], ids=ascii)
def test_everything_is_shown(name: str) -> None:
    html = render(run(name), {"precision": "edit precision"}, {"unlisted": "the lexicon does not list it"})
    html.encode("utf-8")
    report = Report(html)
    assert report.wrong == []
    assert html.count("<script") == 2
    assert "\u202e" not in html
    for shown in ("edit precision", "0.5000", "0.1250 – 0.3750", "3.00", "the lexicon does not list it", "1,234", "worse", "1 held",
                  "+0.1000 [+0.0500, +0.2000]", "not compared, it is not in it", "<del>地</del><ins>人</ins>", "level 0.9: 0.400, 1.000"):  # fmt: skip
        assert shown in html
    assert html.index(">worse<") > 0
    assert not re.search(r'style="', html)


def test_a_run_without_anything_more_is_a_page() -> None:
    values = run("a")
    values.update(verdict=None, errors=[], against=[], floors=[], curve=[], missing={"counts": {}, "examples": []})
    values["sets"][0].update(parts=[], rows=[], figures={})
    assert Report(render(values, {}, {})).wrong == []


def test_charts_say_their_values() -> None:
    assert 'aria-label="0.5000, from 0.2500 to 0.7500"' in bar(0.5, 0.25, 0.75)
    assert "interval" not in bar(0.5)
    chart = lines({"a": [(0.0, 1.0, "x")], "b": [(0.5, 0.5, "y"), (1.0, 0.0, "z")]}, "recall", "precision")
    assert chart.count("<circle") == 3
    assert "<title>b: z: 1.000, 0.000</title>" in chart
    assert 'aria-label="precision against recall"' in chart
