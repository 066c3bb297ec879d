"""The run: a system over sets, every document judged once, and the figures of sets and their parts."""

from __future__ import annotations

import hashlib
import re
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from despin.evaluation import metrics, significance
from despin.evaluation.harm import Harm
from despin.evaluation.judge import Judged, Pairs, judge
from despin.evaluation.metrics import AUC, CALIBRATION, FIGURES, RECALL
from despin.evaluation.sets import EvalDocument, EvalSet
from despin.evaluation.systems import Output, System
from despin.progress import Progress
from despin.results import Edit, apply

if TYPE_CHECKING:
    from despin.page import Page
    from despin.restorer import Restorer

By = Literal["family", "density"]
DENSITIES = ("light", "medium", "heavy")


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """A document with what the system made of it. `score` is its spun score, if the system gives one; `judgement` is
    there where there is gold. `judged` holds (confidence,
    1 if right else 0) of every edit that gold says something about."""

    id: str
    counts: metrics.Counts
    document: EvalDocument | None = None
    score: float | None = None
    judgement: Judged | None = None
    judged: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A figure's value with its 95 % interval over documents, where there is one."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class SetPart:
    """A set or a part of one with its figures; `pinnable` parts are those that floors may hold."""

    name: str
    kind: str
    hash: str
    documents: int
    characters: int
    counts: metrics.Counts
    figures: dict[str, Value]
    pinnable: bool = field(default=True, repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """A set, run: its rows, the figures of the whole, those of its parts, and the seconds the system took."""

    set: EvalSet
    rows: tuple[DocumentResult, ...]
    whole: SetPart
    parts: tuple[SetPart, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values, with one row a document for `--against`."""
        rows = [{"id": row.id, "score": row.score, "counts": row.counts} for row in self.rows]
        more = metrics.ready({"seconds": self.seconds, "parts": self.parts, "rows": rows})
        return {**metrics.ready(self.whole), **more}


def measure(
    one: EvalSet, system: System, pairs: Pairs | None = None, by: By | None = None, hold: Collection[str] = (),
    harm: Harm | None = None,
) -> Result:  # fmt: skip
    """`system` run over the set `one`, with figures for the whole and for its parts.

    Without `pairs`, the lexicon's, nothing is known or unknown and a list of tokens has no figures. `by` makes a part
    for each family or density; `hold` are ids of documents that get a part apart from the others; with the rules
    of `harm`, errors that do harm are counted.
    """
    if one.kind == "tokens":
        counted = metrics.token_counts(one.tokens, pairs) if pairs else {}
        rows = tuple(DocumentResult(name, counts) for name, counts in counted.items())
        return Result(one, rows, _part(one, rows))
    rows, seconds = _run(one, system, pairs, harm)
    chosen: list[tuple[str, list[DocumentResult], bool]] = []
    held = [row for row in rows if row.id in hold]
    if 0 < len(held) < len(rows):
        chosen += [("held", held, True), ("others", [row for row in rows if row.id not in hold], True)]
    if by is not None and one.kind in ("pairs", "markup"):
        groups: dict[str, list[DocumentResult]] = defaultdict(list)
        for row in rows:
            groups[_label(row.document, by)].append(row)
        names = sorted(groups) if by == "family" else filter(groups.__contains__, DENSITIES)
        chosen += [(name, groups[name], False) for name in names]
    parts = [
        _part(one.part(label, [row.document for row in own if row.document]), own, pinnable)
        for label, own, pinnable in chosen
    ]
    return Result(one, rows, _part(one, rows), tuple(parts), seconds)


def sums(one: EvalSet, system: System) -> metrics.Counts:
    """The counts of `system` over the set, added up: figures without intervals and parts."""
    return metrics.added(row.counts for row in _run(one, system, None)[0])


def verdict(results: Sequence[Result]) -> SetPart | None:
    """How well spun scores tell spun documents of 200 characters and more from clean ones, over all sets together. None
    without documents of both sorts, or when the system gives no scores."""
    spun: list[float] = []
    clean: list[float] = []
    characters = 0
    for result in results:
        for row in result.rows:
            text = row.document.text if row.document else ""
            if row.document is None or row.score is None or len(text) < 200:
                continue
            characters += len(text)
            (spun if row.document.gold != () else clean).append(row.score)
    if not spun or not clean:
        return None
    values = {}
    for figure, compute in ((AUC, metrics.auc), (RECALL, metrics.recall_at)):
        values[figure.name] = Value(compute(spun, clean) or 0.0, *significance.interval_of(compute, [spun, clean]))
    digest = hashlib.sha256("".join(result.set.hash for result in results).encode()).hexdigest()
    counts = {"spun": len(spun), "clean": len(clean)}
    return SetPart("verdict", "verdict", digest, len(spun) + len(clean), characters, counts, values)


def _run(
    one: EvalSet, system: System, pairs: Pairs | None, harm: Harm | None = None
) -> tuple[tuple[DocumentResult, ...], float]:
    rows: list[DocumentResult] = []
    seconds = 0.0
    with Progress(one.name, one.characters) as progress:
        for document in one.documents:
            begun = time.perf_counter()
            output = system.run(document)
            seconds += time.perf_counter() - begun
            rows.append(_row(document, output, pairs, harm))
            progress.add(len(document.text))
    return tuple(rows), seconds


def _row(document: EvalDocument, output: Output, pairs: Pairs | None, harm: Harm | None) -> DocumentResult:
    if document.gold is None:
        counts: dict[str, float] = {"characters": len(document.text), "edits": len(output.edits)}
        return DocumentResult(document.id, counts, document, output.score)
    loose = document.original is not None
    judgement = judge(document.text, document.gold, output.edits, loose)
    counts = metrics.gold_counts(document, output.text, judgement, pairs, harm)
    if not document.gold:
        counts.update(metrics.clean_counts(document, judgement.edits))
    judged = tuple(
        (edit.confidence, 1.0 if worth == "right" else 0.0)
        for edit, worth in zip(judgement.edits, judgement.worths, strict=True)
        if worth != "ignored"
    )
    return DocumentResult(document.id, counts, document, output.score, judgement, judged)


def _part(one: EvalSet, rows: Sequence[DocumentResult], pinnable: bool = True) -> SetPart:
    def error(chosen: Sequence[DocumentResult]) -> float | None:
        return metrics.calibration_error([one for row in chosen for one in row.judged])

    sums = metrics.added(row.counts for row in rows)
    ranges = significance.intervals(FIGURES[one.kind], [row.counts for row in rows])
    found = ((figure.name, figure.compute(sums)) for figure in FIGURES[one.kind])
    values = {name: Value(value, *ranges[name]) for name, value in found if value is not None}
    if one.kind in ("pairs", "markup") and (gap := error(rows)) is not None:
        interval = significance.interval_of(error, [rows], sum(len(row.judged) for row in rows))
        values[CALIBRATION.name] = Value(gap, *interval)
    documents = len(rows) if one.kind == "tokens" else len(one.documents)
    return SetPart(one.name, one.kind, one.hash, documents, one.characters, sums, values, pinnable)


def _label(document: EvalDocument | None, by: By) -> str:
    """What a document is put together by with others."""
    if document is None or by == "family":
        return (document.family if document else "") or "no family"
    scored = sum(mark.scored for mark in document.gold or ())
    # Half way between the medians that a thesaurus spinner leaves at 5, 15 and 30 % of the words (0.8, 2.7 and 4.4).
    return DENSITIES[bisect_right((1.75, 3.5), 100 * scored / max(1, len(document.text)))]


def on_page(page: Page, restorer: Restorer) -> System:
    """despin on a whole page; its edits are judged as those of the article that a document holds. A line of the
    document that the page does not hold, or that was left out of it, is not edited. Edits in lines of the page that are
    no part of the document touch no gold: they are put behind its end."""
    from despin.page.restore import restore_page

    def run(document: EvalDocument) -> Output:
        found = restore_page(page, restorer)
        shifts = _shifts(found.source, document.text)
        edits: list[Edit] = []
        stray: list[Edit] = []
        end = len(document.text)
        for edit in found.edits:
            shift = next((shift for low, high, shift in shifts if low <= edit.start and edit.end <= high), None)
            if shift is None:
                stray.append(replace(edit, start=end, end=end, spun=""))
            else:
                edits.append(edit.at(edit.start + shift, edit.end + shift))
        edits.sort(key=lambda edit: edit.start)
        return Output((*edits, *stray), apply(document.text, edits), found.verdict.score)

    return System("despin-page", run)


def _shifts(article: str, text: str) -> list[tuple[int, int, int]]:
    """(start, end, shift) of every line of `article` that is a line of `text` too;
    shift leads from one to the other."""
    places: dict[str, list[int]] = defaultdict(list)
    for line in re.finditer(r"\S[^\n]*", text):
        places[line[0].rstrip()].append(line.start())
    found = []
    for line in re.finditer(r"\S[^\n]*", article):
        if here := places[line[0].rstrip()]:
            found.append((line.start(), line.end(), here.pop(0) - line.start()))
    return found
