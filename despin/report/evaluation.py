"""A run of `despin eval` as one page: figures with intervals, curves, documents, the
worst sentences, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from despin.language import label
from despin.report.charts import bar, dots, lines
from despin.report.escape import content
from despin.report.page import listed, marked, page, section, table
from despin.report.percent import figure

Row = Mapping[str, Any]


def render(run: Row, titles: Mapping[str, str], reasons: Mapping[str, str]) -> str:
    """The page for a run, given as what `despin eval --json` prints; `titles` of figures and `reasons` for what is
    missing are by their keys there."""
    sets: Sequence[Row] = run["sets"]
    pieces = [_set(number, one, titles) for number, one in enumerate(sets, 1)]
    if run["verdict"]:
        pieces.append(section("Verdict", _figures(run["verdict"], titles)))
    pieces += [
        _curve(run["curve"]),
        _errors(run["errors"]),
        _missing(run["missing"], reasons),
        _against(run["against"], titles),
        _floors(run["floors"]),
        f"<p>{label('95 % intervals by bootstrap over documents')}. "
        f"<code>{content(run['signature']['text'])}</code></p>",
    ]
    name = sets[0]["name"] if len(sets) == 1 else f"{len(sets)} sets"
    body = "".join(pieces)
    return page(f"{name} · despin eval", f'<article class="doc">\n{body}</article>\n', lang="en")


def _figures(part: Row, titles: Mapping[str, str]) -> str:
    """The figures of a set or of a part of one, with their intervals."""
    rows = []
    for name, one in part["figures"].items():
        low, high = one["low"], one["high"]
        interval = "" if low is None else f"{figure(name, low)} – {figure(name, high)}"
        shown = bar(one["value"], low, high) if 0 <= one["value"] <= 1 and not name.endswith("_per_10000") else ""
        rows.append([content(label(titles.get(name, name))), figure(name, one["value"]), interval, shown])
    return table(["figure", "value", "95 % interval", "as a bar"], rows, f"figures of {part['name']}")


def _set(number: int, one: Row, titles: Mapping[str, str]) -> str:
    facts = [("documents", one["documents"]), ("characters", one["characters"])]
    shown = "".join(f"<li>{label(what)} <b>{count:,}</b></li>" for what, count in facts if count)
    parts = "".join(
        f"<details><summary>{content(part['name'])}, {label('documents')} {part['documents']:,}</summary>"
        f"{_figures(part, titles)}</details>"
        for part in one["parts"]
    )
    return (
        f'<h2 id="set{number}">{content(one["name"])}</h2>\n<ul class="facts-list">{shown}</ul>\n'
        f"{_figures(one, titles)}{section('Parts', _by_part(one, titles) + parts)}"
        f"{section('Documents', _documents(one))}"
    )


def _by_part(one: Row, titles: Mapping[str, str]) -> str:
    """Precision and recall of the parts side by side."""
    shown = ("restored_share", "precision", "recall", "f05", "sentences_untouched")
    names = [name for name in shown if name in one["figures"]]
    rows = [[content(part["name"]), *(_cell(part["figures"].get(name)) for name in names)] for part in one["parts"]]
    return table(["part", *(content(label(titles.get(name, name))) for name in names)], rows, "figures by part")


def _cell(one: Row | None) -> str:
    if one is None:
        return "–"
    return f"{one['value']:.4f}<br>{bar(one['value'], one['low'], one['high'])}"


def _documents(one: Row) -> str:
    """Every document by precision and recall, and those with most errors."""
    found = []
    for row in one["rows"]:
        counts = row["counts"]
        right, wrong, missed = (counts.get(key, 0) for key in ("right", "wrong", "missed"))
        made, gold = right + wrong + counts.get("spurious", 0), right + wrong + missed
        if made and gold:
            found.append((made - right + missed, right / gold, right / made, str(row["id"])))
    if len(found) < 2:
        return ""
    found.sort(key=lambda one: (-one[0], one[3]))
    rows = [
        [content(name), f"{errors:,.0f}", f"{recall:.4f}", f"{made:.4f}"] for errors, recall, made, name in found[:30]
    ]
    listed = table(["document", "errors", "recall", "precision"], rows, f"documents of {one['name']}")
    return dots(((recall, made, name) for _, recall, made, name in found), "recall", "precision") + listed


def _curve(points: Sequence[Row]) -> str:
    """Precision against what was restored, a line a set, a point a level."""
    found: dict[str, list[tuple[float, float, str]]] = {}
    for point in points:
        for name, figures in point["figures"].items():
            across = figures.get("recall", figures.get("restored_share"))
            if across is not None and "precision" in figures:
                found.setdefault(name, []).append(
                    (max(0.0, across), figures["precision"], label(f"level {point['level']:g}"))
                )
    return section("Precision against recall", lines(found, "recall, or share restored", "precision")) if found else ""


def _errors(found: Sequence[Row]) -> str:
    rows = [
        [f"{content(one['document'])}:{one['line']}", str(one["errors"]), *map(marked, (one["got"], one["gold"] or ""))]
        for one in found
    ]
    return listed("Worst sentences", ["place", "errors", "despin", "gold"], rows)


def _missing(found: Row, reasons: Mapping[str, str]) -> str:
    rows = []
    for reason, count in found["counts"].items():
        shown = [one for one in found["examples"] if one["reason"] == reason]
        examples = "<br>".join(
            marked(one["gold"]) + (f" ({content(one['got'])})" if one["got"] else "") for one in shown
        )
        rows.append([content(label(reasons.get(reason, reason))), f"{count:,}", examples])
    return listed("Not restored", ["reason", "gold edits", "examples"], rows)


def _against(found: Sequence[Row], titles: Mapping[str, str]) -> str:
    rows = []
    for one in found:
        if one["skipped"]:
            rows.append([content(one["set"]), content(label(f"not compared, it {one['skipped']}")), "", "", "", ""])
        for row in one["figures"]:
            name = row["figure"]
            interval = "" if row["low"] is None else f" [{row['low']:+.4f}, {row['high']:+.4f}]"
            found_here = (figure(name, row["value"]), figure(name, row["other"]), f"{row['difference']:+.4f}{interval}")
            rows.append([content(one["set"]), content(label(titles.get(name, name))), *found_here, f"{row['p']:.3f}"])
    heads = ["set", "figure", "this run", "other run", "difference", "p"]
    return listed("Against the other run", heads, rows)


def _floors(found: Sequence[Row]) -> str:
    told = [one for one in found if one["state"] != "held"]
    items = "".join(f'<li class="{content(one["state"])}">{content(label(one["message"]))}</li>' for one in told)
    held = len(found) - len(told)
    return section("Floors", f"<p>{label(f'{held:,} held')}</p><ul>{items}</ul>") if found else ""
