"""What every figure means, as sums over documents.

Each document contributes a row of counts (`Counts`); a figure is a function of their sums, so that any part of a set,
any bootstrap resample and any paired comparison is one addition away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from despin.evaluation.align import distance
from despin.evaluation.harm import Harm, errors
from despin.evaluation.judge import Judged, Pairs
from despin.evaluation.sets import EvalDocument, Token, sentences
from despin.results import Edit

#: The counts of one document, or their sums. A missing count is zero.
Counts = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: `compute` gives its value for summed counts, or None where it has none (no gold, no edits …). `better`
    is +1 where more is better and -1 where less is. `pinned` figures are those that floors hold."""

    name: str
    title: str
    compute: Callable[[Counts], float | None]
    better: int = 1
    pinned: bool = True


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _share(prefix: str) -> Callable[[Counts], float | None]:
    def compute(c: Counts) -> float | None:
        before = c.get(prefix + "before", 0)
        return 1 - c.get(prefix + "after", 0) / before if before else None

    return compute


def _precision(prefix: str, right: Sequence[str], wrong: Sequence[str]) -> Callable[[Counts], float | None]:
    def compute(c: Counts) -> float | None:
        hits = sum(c.get(prefix + key, 0) for key in right)
        return _ratio(hits, hits + sum(c.get(prefix + key, 0) for key in wrong))

    return compute


def _f_half(
    prefix: str, right: Sequence[str], false: Sequence[str], lost: Sequence[str]
) -> Callable[[Counts], float | None]:
    """F with beta 0.5 (van Rijsbergen 1979): 1.25 right / (1.25 right + false + 0.25 lost)."""

    def compute(c: Counts) -> float | None:
        hits = 1.25 * sum(c.get(prefix + key, 0) for key in right)
        misses = sum(c.get(prefix + key, 0) for key in false) + 0.25 * sum(c.get(prefix + key, 0) for key in lost)
        return _ratio(hits, hits + misses)

    return compute


def _edit_figures(name: str, title: str, prefix: str, spurious: Sequence[str], pinned: bool) -> list[Figure]:
    right, false, lost = ["right"], ["wrong", *spurious], ["wrong", "missed"]
    return [
        Figure(f"{name}precision", f"{title}precision", _precision(prefix, right, false), pinned=pinned),
        Figure(f"{name}recall", f"{title}recall", _precision(prefix, right, lost), pinned=pinned),
        Figure(f"{name}f05", f"{title}F0.5", _f_half(prefix, right, false, lost), pinned=pinned),
    ]


def _detection(name: str, title: str, prefix: str, spurious: Sequence[str], pinned: bool) -> list[Figure]:
    right, lost = ["right", "wrong"], ["missed"]
    whole = [
        Figure(f"{name}detection_precision", f"{title}detection precision", _precision(prefix, right, spurious)),
        Figure(f"{name}detection_recall", f"{title}detection recall", _precision(prefix, right, lost)),
        Figure(f"{name}detection_f05", f"{title}detection F0.5", _f_half(prefix, right, spurious, lost)),
    ]
    # Without the edits that touch no gold, which are neither known nor unknown, precision of detection is always 1.
    return whole if spurious else [Figure(whole[1].name, whole[1].title, whole[1].compute, pinned=pinned)]


def _by_knowledge(word: str) -> list[Figure]:
    title = f"{word}: "
    return [
        Figure(f"{word}_restored_share", f"{title}restored share", _share(f"{word}_"), pinned=False),
        *_edit_figures(f"{word}_", f"{title}edit ", f"{word}_", [], pinned=False),
        *_detection(f"{word}_", title, f"{word}_", [], pinned=False),
    ]


def _of(part: str, whole: str) -> Callable[[Counts], float | None]:
    return lambda c: _ratio(c.get(part, 0), c.get(whole, 0))


def _per_10000(key: str) -> Callable[[Counts], float | None]:
    return lambda c: _ratio(10_000 * c[key], c.get("characters", 0)) if key in c else None


_EDITS = [
    *_edit_figures("", "edit ", "", ["spurious"], pinned=True),
    *_detection("", "", "", ["spurious"], pinned=True),
    Figure("coverage", "coverage", _of("covered", "tokens")),
    Figure("harmful_per_10000", "harmful errors per 10,000 characters", _per_10000("harmful"), -1, pinned=False),
    Figure("reversed_per_10000", "facts reversed per 10,000 characters", _per_10000("reversed"), -1, pinned=False),
    *_by_knowledge("known"),
    *_by_knowledge("unknown"),
]
#: The figures of every kind of set, in the order in which they are shown.
FIGURES: dict[str, list[Figure]] = {
    "pairs": [Figure("restored_share", "restored share", _share("")), *_EDITS],
    "markup": [figure for figure in _EDITS if not figure.name.endswith("restored_share")],
    "clean": [
        Figure("sentences_untouched", "sentences untouched", _of("untouched", "sentences")),
        Figure("edits_per_10000", "edits per 10,000 characters", _per_10000("edits"), better=-1),
    ],
    "tokens": [Figure("coverage", "coverage", _of("covered", "tokens"))],
    "spun": [],
}
#: Figures that are no function of sums; see `despin.evaluation.metrics`.
CALIBRATION = Figure("calibration_error", "calibration error", lambda c: None, better=-1)
AUC = Figure("verdict_auc", "verdict ROC AUC", lambda c: None)
RECALL = Figure("verdict_recall", "verdict recall at 0.1 % false alarms", lambda c: None)
#: Every figure there is, by name.
BY_NAME: dict[str, Figure] = {
    figure.name: figure for figures in [*FIGURES.values(), [CALIBRATION, AUC, RECALL]] for figure in figures
}


def gold_counts(
    document: EvalDocument, restored: str, judgement: Judged, pairs: Pairs | None, harm: Harm | None = None
) -> dict[str, float]:
    """The counts of a document with gold, restored to `restored`; known and unknown only where `pairs` are given, and
    errors that do harm only with the rules for it."""
    c: dict[str, float] = {"characters": len(document.text), "edits": len(judgement.edits)}
    if document.original is not None:
        c["before"] = distance(document.text, document.original)
        c["after"] = distance(restored, document.original)
    if harm is not None:
        wrong = errors(document.text, document.gold or (), judgement)
        c["harmful"] = sum(harm.of(error) is not None for error in wrong)
        c["reversed"] = sum(map(harm.reverses, wrong))
    c["spurious"] = sum(worth == "spurious" for worth in judgement.worths)
    for mark, outcome, zone in zip(document.gold or (), judgement.outcomes, judgement.zones, strict=True):
        if outcome in ("unscored", "kept"):
            continue
        keys: list[str] = [outcome]
        if pairs is not None:
            word = "known_" if pairs.reach(document.text, mark.start, mark.end, mark.originals) else "unknown_"
            keys.append(word + outcome)
            _add(c, "tokens", 1)
            _add(c, "covered", word == "known_")
            if document.original is not None:
                spun = document.text[zone.start : zone.end] if zone else document.text[mark.start : mark.end]
                wanted = zone.wanted if zone else mark.originals[0]
                _add(c, word + "before", distance(spun, wanted))
                _add(c, word + "after", distance(zone.reading if zone else spun, wanted))
        for key in keys:
            _add(c, key, 1)
    return c


def clean_counts(document: EvalDocument, edits: Sequence[Edit]) -> dict[str, float]:
    """The counts of a document nobody spun. A sentence is touched when an edit shares a character with it, or inserts
    something into it or beside it."""
    spans = sentences(document.text)
    touched = number = 0
    for start, end in spans:
        while number < len(edits) and edits[number].end < start + (edits[number].start < edits[number].end):
            number += 1
        touched += number < len(edits) and edits[number].start < end + (edits[number].start == edits[number].end)
    return {
        "characters": len(document.text),
        "edits": len(edits),
        "sentences": len(spans),
        "untouched": len(spans) - touched,
    }


def token_counts(tokens: Iterable[Token], pairs: Pairs) -> dict[str, dict[str, float]]:
    """The counts of attested tokens by the document they were seen in."""
    rows: dict[str, dict[str, float]] = {}
    for token in tokens:
        c = rows.setdefault(token.source, {"tokens": 0, "covered": 0})
        c["tokens"] += token.count
        c["covered"] += token.count if pairs.lists(token.spun, token.original) else 0
    return rows


def _add(c: dict[str, float], key: str, number: float) -> None:
    c[key] = c.get(key, 0) + number


def ready(value: Any) -> Any:
    """A value of a run as JSON has it: dataclasses by their fields, numbers to six places."""
    if is_dataclass(value):
        return {one.name: ready(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: ready(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [ready(one) for one in value]
    return round(value, 6) if isinstance(value, float) else value


def added(rows: Iterable[Counts]) -> dict[str, float]:
    """The sums of `rows`."""
    total: dict[str, float] = {}
    for row in rows:
        for key, number in row.items():
            total[key] = total.get(key, 0) + number
    return total


#: Share of clean documents that may be called spun in `recall_at`.
FALSE_ALARMS = 0.001
#: Equal-mass bins of the calibration error.
BINS = 10
#: Code points a document needs for its verdict to be asked.
LEAST_CHARACTERS = 200


def auc(spun: Sequence[float], clean: Sequence[float]) -> float | None:
    """The probability that a spun document scores above a clean one, ties counting half (Mann and Whitney 1947)."""
    if not spun or not clean:
        return None
    scored = sorted([(score, 1) for score in spun] + [(score, 0) for score in clean])
    wins = below = 0.0
    place = 0
    while place < len(scored):
        end, score, positives = place, scored[place][0], 0
        while end < len(scored) and scored[end][0] == score:
            positives += scored[end][1]
            end += 1
        negatives = end - place - positives
        wins += positives * (below + negatives / 2)
        below += negatives
        place = end
    return wins / (len(spun) * len(clean))


def recall_at(spun: Sequence[float], clean: Sequence[float], false_alarms: float = FALSE_ALARMS) -> float | None:
    """The share of spun documents above the lowest threshold that at most `false_alarms` of the clean ones exceed."""
    if not spun or not clean:
        return None
    allowed = int(false_alarms * len(clean) + 1e-9)
    threshold = sorted(clean, reverse=True)[allowed] if allowed < len(clean) else float("-inf")
    return sum(score > threshold for score in spun) / len(spun)


def calibration_error(judged: Sequence[tuple[float, float]], bins: int = BINS) -> float | None:
    """Expected calibration error: the mean gap between confidence and accuracy over bins of equally many edits.
    `judged` holds (confidence, 1 if right else 0) of every edit (Naeini, Cooper and Hauskrecht 2015). Edits of the same
    confidence share their accuracy, so that their order does not matter."""
    if not judged:
        return None
    ordered = _tied(sorted(judged, key=lambda one: one[0]))
    size, gap = len(ordered), 0.0
    bins = min(bins, size)
    for number in range(bins):
        members = ordered[number * size // bins : (number + 1) * size // bins]
        gap += abs(sum(confidence - right for confidence, right in members))
    return gap / size


def _tied(ordered: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    evened: list[tuple[float, float]] = []
    place = 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        mean = sum(right for _, right in ordered[place:end]) / (end - place)
        evened += [(ordered[place][0], mean)] * (end - place)
        place = end
    return evened
