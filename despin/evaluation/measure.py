"""The run: a system over sets, every document judged once, and the figures of sets and their parts."""

from __future__ import annotations

import hashlib
import time
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
#: Gold edits per 100 characters below which a document is lightly, and below which it is moderately spun: half way
#: between the medians that a thesaurus spinner leaves at 5, 15 and 30 % of the words (0.8, 2.7 and 4.4).
LIGHT, MEDIUM = 1.75, 3.5
DENSITIES = ("light", "medium", "heavy")


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """A document with what the system made of it. `judgement` is there where there is gold. `judged` holds (confidence,
    1 if right else 0) of every edit that gold says something about."""

    id: str
    counts: metrics.Counts
    document: EvalDocument | None = None
    output: Output | None = None
    judgement: Judged | None = None
    judged: tuple[tuple[float, float], ...] = ()

    @property
    def score(self) -> float | None:
        """The document's spun score if the system gives one."""
        return self.output.score if self.output else None


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
        rows = (
            tuple(DocumentResult(name, counts) for name, counts in metrics.token_counts(one.tokens, pairs).items())
            if pairs
            else ()
        )
        return Result(one, rows, _part(one, rows, pinnable=True))
    rows, seconds = _run(one, system, pairs, harm)
    parts: list[SetPart] = []
    held = [row.document is not None and row.document.id in hold for row in rows]
    if any(held) and not all(held):
        for label, wanted in (("held", True), ("others", False)):
            chosen = [row for row, here in zip(rows, held, strict=True) if here is wanted]
            parts.append(_part(_narrowed(one, label, chosen), chosen, pinnable=True))
    if by is not None and one.kind in ("pairs", "markup"):
        groups: dict[str, list[DocumentResult]] = {}
        for row in rows:
            groups.setdefault(_label(row, by), []).append(row)
        for label in sorted(groups, key=lambda label: (DENSITIES.index(label) if label in DENSITIES else 3, label)):
            chosen = groups[label]
            parts.append(_part(_narrowed(one, label, chosen), chosen, pinnable=False))
    return Result(one, rows, _part(one, rows, pinnable=True), tuple(parts), seconds)


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
            if row.document is None or row.score is None or len(text) < metrics.LEAST_CHARACTERS:
                continue
            characters += len(text)
            (spun if row.document.gold != () else clean).append(row.score)
    if not spun or not clean:
        return None
    values = {}
    for figure, compute in ((AUC, metrics.auc), (RECALL, metrics.recall_at)):
        value = compute(spun, clean)
        if value is not None:
            values[figure.name] = Value(value, *significance.interval_of(compute, [spun, clean]))
    joined = "".join(result.set.hash for result in results)
    digest = hashlib.sha256(joined.encode()).hexdigest()
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
        return DocumentResult(
            document.id, {"characters": len(document.text), "edits": len(output.edits)}, document, output
        )
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
    return DocumentResult(document.id, counts, document, output, judgement, judged)


def _part(one: EvalSet, rows: Sequence[DocumentResult], pinnable: bool) -> SetPart:
    sums = metrics.added(row.counts for row in rows)
    wanted = FIGURES[one.kind]
    ranges = significance.intervals(wanted, [row.counts for row in rows])
    values: dict[str, Value] = {}
    for figure in wanted:
        value = figure.compute(sums)
        if value is not None:
            values[figure.name] = Value(value, *ranges[figure.name])
    if one.kind in ("pairs", "markup"):
        error = metrics.calibration_error([one for row in rows for one in row.judged])
        if error is not None:
            values[CALIBRATION.name] = Value(error, *_calibration_interval(rows))
    documents = len(rows) if one.kind == "tokens" else len(one.documents)
    return SetPart(one.name, one.kind, one.hash, documents, one.characters, sums, values, pinnable)


def _calibration_interval(rows: Sequence[DocumentResult]) -> significance.Interval:
    def compute(chosen: list[tuple[tuple[float, float], ...]]) -> float | None:
        return metrics.calibration_error([one for judged in chosen for one in judged])

    return significance.interval_of(compute, [[row.judged for row in rows]], sum(len(row.judged) for row in rows))


def _narrowed(one: EvalSet, label: str, rows: Sequence[DocumentResult]) -> EvalSet:
    return one.part(label, [row.document for row in rows if row.document is not None])


def _label(row: DocumentResult, by: By) -> str:
    document = row.document
    if document is None or by == "family":
        return (document.family if document else "") or "no family"
    scored = sum(mark.scored for mark in document.gold or ())
    density = 100 * scored / max(1, len(document.text))
    return DENSITIES[(density >= LIGHT) + (density >= MEDIUM)]


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
            start, shift = next(((a, s) for a, b, s in shifts if a <= edit.start and edit.end <= b), (-1, 0))
            if start >= 0:
                edits.append(replace(edit, start=edit.start + shift, end=edit.end + shift))
            else:
                stray.append(replace(edit, start=end, end=end, spun=""))
        edits.sort(key=lambda edit: edit.start)
        return Output((*edits, *stray), apply(document.text, edits), found.verdict.score)

    return System("despin-page", run)


def _shifts(article: str, text: str) -> list[tuple[int, int, int]]:
    """(start, end, shift) of every line of `article` that is a line of `text` too;
    shift leads from one to the other."""
    places: dict[str, list[int]] = {}
    position = 0
    for line in text.split("\n"):
        places.setdefault(line.strip(), []).append(position + len(line) - len(line.lstrip()))
        position += len(line) + 1
    found = []
    position = 0
    for line in article.split("\n"):
        start = position + len(line) - len(line.lstrip())
        here = places.get(line.strip())
        if line.strip() and here:
            found.append((start, position + len(line), here.pop(0) - start))
        position += len(line) + 1
    return found
