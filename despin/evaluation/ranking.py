"""Figures that need single values rather than sums: the verdict's ROC curve and the calibration of confidences."""

from __future__ import annotations

from collections.abc import Sequence

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
    confidence share their accuracy, so that their order does not matter.
    """
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
