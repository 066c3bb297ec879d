"""Proof: a restoration is spun again, and compared with the spun text."""

from __future__ import annotations

from dataclasses import dataclass

from despin.spinners.base import Spinner
from despin.text.differences import LONG, differences, distance, lines_that_differ


@dataclass(frozen=True, slots=True)
class Verified:
    """`text` is the restoration, spun again. `respun` is the share of the spun text that it gives back: 1 -
    distance(text, spun) / len(spun), at least 0, with the Levenshtein distance in code points, in a long text that of
    its lines; 1 where both are the same. `failed` are the places (start, end) of the spun text that it does not give
    back, in order; a place where it only has more than the spun text is empty. `written` is what it has at each of
    them."""

    respun: float
    text: str
    failed: tuple[tuple[int, int], ...]
    written: tuple[str, ...] = ()


def verify(spun: str, restored: str, spinner: Spinner) -> Verified:
    """How much of `spun` comes back when `restored` is spun again, and where it does not. A program that draws is
    followed: what some drawing gives back comes back."""
    again = spinner.rewrite(restored, spun)
    places = differing(spun, again)
    return Verified(
        respun=share_of(spun, again),
        text=again,
        failed=tuple([(start, end) for start, end, _ in places]),
        written=tuple([written for _, _, written in places]),
    )


def share_of(spun: str, again: str) -> float:
    """The share of a spun text that another gives back, as of `Verified`."""
    if again == spun:  # as most do: nothing has to be imported
        return 1.0
    lines = lines_that_differ(spun, again) if len(spun) > LONG else [(0, spun, again)]
    return max(0.0, 1 - sum(distance(line, other) for _, line, other in lines) / len(spun)) if spun else 0.0


def differing(text: str, other: str) -> list[tuple[int, int, str]]:
    """(start, end, what the other text has there) of the places of a text that differ from another, in order; lines are
    compared with lines where both have as many."""
    return [
        (start + one.start, start + one.end, line_other[one.other_start : one.other_end])
        for start, line, line_other in lines_that_differ(text, other)
        for one in differences(line, line_other)
    ]
