"""The results of a run: as tables for people, and in M2 for other scorers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from despin.evaluation.analysis import REASONS, BadSentence, Missing, counts
from despin.evaluation.curve import Point
from despin.evaluation.floors import Finding
from despin.evaluation.measure import DocumentResult, Result, SetPart
from despin.evaluation.metrics import BY_NAME
from despin.evaluation.saved import SetComparison
from despin.evaluation.sets import whole_sentences, within
from despin.evaluation.signature import Signature
from despin.report.percent import figure as number
from despin.results import Edit
from despin.text.m2 import block

#: The figures of a part that are shown side by side, with the heads of their columns.
COLUMNS = {
    "pairs": (("restored_share", "restored"), ("precision", "precision"), ("recall", "recall"), ("f05", "F0.5")),
    "markup": (("precision", "precision"), ("recall", "recall"), ("f05", "F0.5")),
    "clean": (("sentences_untouched", "untouched"), ("edits_per_10000", "per 10,000")),
}
#: The same heads by figure.
_SHORT = {name: head for columns in COLUMNS.values() for name, head in columns}
_KINDS = {
    "pairs": "pairs", "markup": "markup", "clean": "nobody spun it", "spun": "spun, no gold",
    "tokens": "attested substitutions",
}  # fmt: skip


def table(results: Sequence[Result], verdict: SetPart | None, signature: Signature) -> str:
    """Every set with its size, figures, intervals and parts, then the verdict and the signature."""
    blocks = [_set(result) for result in results]
    if verdict is not None:
        counts = verdict.counts
        head = (
            f"verdict  {counts['spun']:.0f} spun and {counts['clean']:.0f} clean documents of 200 characters and more"
        )
        blocks.append("\n".join([head, *_figures(verdict)]))
    blocks.append(f"95 % intervals by bootstrap over documents\n{signature}")
    return "\n\n".join(blocks) + "\n"


def _set(result: Result) -> str:
    part = result.whole
    size = "one document, so no intervals" if part.documents == 1 else f"{part.documents:,} documents"
    if part.kind == "tokens":
        size = f"{part.counts.get('tokens', 0):,.0f} tokens from {part.documents:,} documents"
    elif part.characters:
        size += f", {part.characters:,} characters"
    gold = sum(part.counts.get(key, 0) for key in ("right", "wrong", "missed"))
    if gold:
        size += f", {gold:,.0f} gold edits"
    if result.seconds:
        size += f", {part.characters / result.seconds:,.0f} characters a second"
    lines = [f"{part.name}  {_KINDS[part.kind]}: {size}  ({part.hash[:12]})", *_figures(part)]
    if not part.figures:
        lines.append("  counts for the verdict only" if part.kind == "spun" else "  nothing to report")
    if result.parts:
        lines += _parts(result)
    return "\n".join(lines)


def _figures(part: SetPart) -> Iterator[str]:
    for name, value in part.figures.items():
        found, *ends = (None if one is None else number(name, one) for one in (value.value, value.low, value.high))
        interval = f"  [{ends[0]}, {ends[1]}]" if all(ends) else ""
        yield f"  {BY_NAME[name].title:<40} {found:>9}{interval}"


def _parts(result: Result) -> Iterator[str]:
    columns = COLUMNS[result.whole.kind]
    yield "  " + "".join(f"{head:>11}" for _, head in columns) + f"{'documents':>11}  part"
    for part in result.parts:
        cells = [number(name, part.figures[name].value) if name in part.figures else "–" for name, _ in columns]
        label = part.name[len(result.whole.name) + 1 : -1]
        yield "  " + "".join(f"{cell:>11}" for cell in cells) + f"{part.documents:>11}  {label}"


def comparison(found: Iterable[SetComparison], path: str, signature: str) -> str:
    """The comparison with the run saved at `path`."""
    lines = [f"against {path}  ({signature})"]
    for one in found:
        if one.skipped:
            lines.append(f"  {one.set}: not compared, it {one.skipped}")
            continue
        lines.append(f"  {one.set}")
        for row in one.figures:
            title = BY_NAME[row.figure].title
            interval = "" if row.low is None else f"[{row.low:+.4f}, {row.high:+.4f}]"
            lines.append(
                f"    {title:<38} {number(row.figure, row.value):>9} {number(row.figure, row.other):>9} "
                f"{row.difference:+9.4f}  {interval:<20}  p = {row.p:.3f}"
            )
    return "\n".join(lines) + "\n"


def errors(found: Sequence[BadSentence]) -> str:
    """The worst sentences, what the system did above what gold says."""
    lines = []
    for one in found:
        word = "error" if one.errors == 1 else "errors"
        lines += ["", f"{one.set} {one.document}, line {one.line}: {one.errors} {word}", f"  got   {one.got}"]
        if one.gold:
            lines.append(f"  gold  {one.gold}")
    return "\n".join(lines[1:]) + "\n" if lines else "no errors\n"


def missed(found: Sequence[Missing], shown: Sequence[Missing]) -> str:
    """What was not restored: how much for which reason, and examples."""
    lines = [f"not restored: {len(found):,} gold edits"]
    for reason, count in counts(found).items():
        lines.append(f"  {count:>5,}  {REASONS[reason]}")
        for one in shown:
            if one.reason == reason:
                got = f"  got {one.got}" if one.got else ""
                likely = "" if one.likely is None else f"  p = {one.likely:.2f}"
                lines.append(f"           {one.document}, line {one.line}: {one.gold}{got}{likely}")
    return "\n".join(lines) + "\n"


def points(found: Sequence[Point], over: str) -> str:
    """The curve over confidence or evidence: a row a level, two figures a set."""
    names = list(found[0].figures) if found else []
    heads = [(name, figure) for name in names for figure in found[0].figures[name]]
    widths = [max(11, len(name) + 2) for name, _ in heads]
    seen: list[str] = []
    first = ""
    for (name, _), width in zip(heads, widths, strict=True):
        first += f"{name if name not in seen else '':>{width}}"
        seen.append(name)
    second = "".join(f"{_SHORT[figure]:>{width}}" for (_, figure), width in zip(heads, widths, strict=True))
    lines = [f"{over:>10}{first}".rstrip(), f"{'':>10}{second}"]
    for point in found:
        cells = [
            f"{number(figure, point.figures[name][figure]) if figure in point.figures[name] else '–':>{width}}"
            for (name, figure), width in zip(heads, widths, strict=True)
        ]
        lines.append(f"{point.level:>10g}" + "".join(cells))
    return "\n".join(lines) + "\n"


def floors(findings: Sequence[Finding], path: str) -> str:
    """What became of the floors of `path`: those that held are counted, all others named."""
    states = [finding.state for finding in findings]
    words = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) or "none"
    told = [f"  {finding.message}" for finding in findings if finding.state != "held"]
    return "\n".join([f"floors of {path}: {words}", *told]) + "\n"


def m2_hypothesis(results: Iterable[Result]) -> str:
    """What the system did on every document with gold, in M2: the same sentences in the
    same order as in `m2_reference`."""
    return "".join(
        block(text, [edits]) for result in results for row in result.rows for text, edits, _ in _sentences_of(row)
    )


def m2_reference(results: Iterable[Result]) -> str:
    """What gold accepts on every document with gold, in M2. Readings beside the first belong to further annotators;
    unscored gold is left out."""
    return "".join(
        block(text, gold) for result in results for row in result.rows for text, _, gold in _sentences_of(row)
    )


def _sentences_of(row: DocumentResult) -> Iterator[tuple[str, list[Edit], list[list[Edit]]]]:
    """Every sentence with the system's edits in it and the gold edits by annotator."""
    if row.document is None or row.judgement is None:
        return
    text, edits = row.document.text, row.judgement.edits
    gold = [mark for mark in row.document.gold or () if mark.scored]
    readings = max((len(mark.originals) for mark in gold), default=1)
    annotators = [
        [Edit(m.start, m.end, text[m.start : m.end], m.originals[min(number, len(m.originals) - 1)], 1.0) for m in gold]
        for number in range(readings)
    ]
    for start, end in whole_sentences(text, [*edits, *gold]):
        by_annotator = [within(marks, start, end) for marks in annotators]
        distinct = [one for number, one in enumerate(by_annotator) if one not in by_annotator[:number]]
        yield text[start:end], within(edits, start, end), distinct
