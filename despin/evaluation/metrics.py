"""What every figure means, as sums over documents.

Each document contributes a row of counts (`Counts`); a figure is a function of their sums, so that any part of a set,
any bootstrap resample and any paired comparison is one addition away.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import groupby
from operator import itemgetter
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


def _ratio(part: Counts, whole: Counts, prefix: str = "") -> Callable[[Counts], float | None]:
    """A sum of counts over another; `part` and `whole` say how often each count goes into them."""

    def weighed(c: Counts, weights: Counts) -> float:
        return sum(weight * c.get(prefix + name, 0) for name, weight in weights.items())

    def compute(c: Counts) -> float | None:
        over = weighed(c, whole)
        return weighed(c, part) / over if over else None

    return compute


def _per_10000(key: str, title: str, pinned: bool = False) -> Figure:
    ratio = _ratio({key: 10_000}, {"characters": 1})
    return Figure(f"{key}_per_10000", title, lambda c: ratio(c) if key in c else None, -1, pinned)


def _edit_figures(word: str = "") -> Iterator[Figure]:
    """The share of the distance to the original that is gone; precision, recall and F with beta 0.5 (van Rijsbergen
    1979) of edits, and of their places whatever is written there: of all, or of those whose pair is known or
    unknown. Edits that touch no gold are neither; without them, precision of detection is always 1."""
    prefix, title, extra = (f"{word}_", f"{word}: ", {}) if word else ("", "", {"spurious": 1})
    right, place, lost = {"right": 1}, {"right": 1, "wrong": 1}, {"missed": 1}
    half = {"right": 1.25, "wrong": 1.25, "missed": 0.25, **extra}
    rows: list[tuple[str, str, Counts, Counts]] = [
        ("restored_share", "restored share", {"before": 1, "after": -1}, {"before": 1}),
        ("precision", "edit precision", right, {**place, **extra}),
        ("recall", "edit recall", right, {**place, **lost}),
        ("f05", "edit F0.5", {"right": 1.25}, half),
        ("detection_precision", "detection precision", place, {**place, **extra}),
        ("detection_recall", "detection recall", place, {**place, **lost}),
        ("detection_f05", "detection F0.5", {"right": 1.25, "wrong": 1.25}, half),
    ]
    for name, what, part, whole in rows:
        if not word or name not in ("detection_precision", "detection_f05"):
            yield Figure(prefix + name, title + what, _ratio(part, whole, prefix), pinned=not word)


def _figures() -> dict[str, list[Figure]]:
    coverage = Figure("coverage", "coverage", _ratio({"covered": 1}, {"tokens": 1}))
    harm = [
        _per_10000("harmful", "harmful errors per 10,000 characters"),
        _per_10000("reversed", "facts reversed per 10,000 characters"),
    ]
    pairs = [*_edit_figures(), coverage, *harm, *_edit_figures("known"), *_edit_figures("unknown")]
    untouched = Figure("sentences_untouched", "sentences untouched", _ratio({"untouched": 1}, {"sentences": 1}))
    return {
        "pairs": pairs,
        "markup": [figure for figure in pairs if not figure.name.endswith("restored_share")],
        "clean": [untouched, _per_10000("edits", "edits per 10,000 characters", pinned=True)],
        "tokens": [coverage],
        "spun": [],
    }


#: The figures of every kind of set, in the order in which they are shown.
FIGURES = _figures()
#: Figures that are no function of sums.
CALIBRATION = Figure("calibration_error", "calibration error", lambda c: None, better=-1)
AUC = Figure("verdict_auc", "verdict ROC AUC", lambda c: None)
RECALL = Figure("verdict_recall", "verdict recall at 0.1 % false alarms", lambda c: None)
#: Every figure there is, by name.
BY_NAME = {figure.name: figure for figures in [*FIGURES.values(), [CALIBRATION, AUC, RECALL]] for figure in figures}


def gold_counts(
    document: EvalDocument, restored: str, judgement: Judged, pairs: Pairs | None, harm: Harm | None = None
) -> dict[str, float]:
    """The counts of a document with gold, restored to `restored`; known and unknown only where `pairs` are given, and
    errors that do harm only with the rules for it."""
    text, original = document.text, document.original
    c = Counter[str]()
    c.update(characters=len(text), edits=len(judgement.edits))
    if original is not None:
        c.update(before=distance(text, original), after=distance(restored, original))
    if harm is not None:
        wrong = errors(text, document.gold or (), judgement)
        c.update(harmful=sum(harm.of(error) is not None for error in wrong), reversed=sum(map(harm.reverses, wrong)))
    c["spurious"] = judgement.worths.count("spurious")
    for mark, outcome, zone in zip(document.gold or (), judgement.outcomes, judgement.zones, strict=True):
        if outcome in ("unscored", "kept"):
            continue
        keys: list[str] = [outcome]
        if pairs is not None:
            known = pairs.reach(text, mark.start, mark.end, mark.originals)
            word = "known_" if known else "unknown_"
            keys.append(word + outcome)
            c.update(tokens=1, covered=int(known))
            if original is not None:
                spun = text[zone.start : zone.end] if zone else text[mark.start : mark.end]
                wanted = zone.wanted if zone else mark.originals[0]
                c[word + "before"] += distance(spun, wanted)
                c[word + "after"] += distance(zone.reading if zone else spun, wanted)
        c.update(keys)
    return dict(c)


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


def auc(spun: Sequence[float], clean: Sequence[float]) -> float | None:
    """The probability that a spun document scores above a clean one, ties counting half (Mann and Whitney 1947)."""
    if not spun or not clean:
        return None
    ordered = sorted(clean)
    return sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in spun) / (2 * len(spun) * len(clean))


def recall_at(spun: Sequence[float], clean: Sequence[float], false_alarms: float = 0.001) -> float | None:
    """The share of spun documents above the lowest threshold that at most `false_alarms` of the clean ones exceed."""
    if not spun or not clean:
        return None
    allowed = int(false_alarms * len(clean) + 1e-9)
    threshold = sorted(clean, reverse=True)[allowed] if allowed < len(clean) else float("-inf")
    return sum(score > threshold for score in spun) / len(spun)


def calibration_error(judged: Sequence[tuple[float, float]]) -> float | None:
    """Expected calibration error: the mean gap between confidence and accuracy over ten bins of equally many edits.
    `judged` holds (confidence, 1 if right else 0) of every edit (Naeini, Cooper and Hauskrecht 2015). Edits of the same
    confidence share their accuracy, so that their order does not matter."""
    if not judged:
        return None
    ordered: list[tuple[float, float]] = []
    for confidence, same in groupby(sorted(judged), key=itemgetter(0)):
        rights = [right for _, right in same]
        ordered += [(confidence, sum(rights) / len(rights))] * len(rights)
    size, gap = len(ordered), 0.0
    bins = min(10, size)
    for number in range(bins):
        members = ordered[number * size // bins : (number + 1) * size // bins]
        gap += abs(sum(confidence - right for confidence, right in members))
    return gap / size
