"""Proof: a restoration is spun again, and compared with the spun text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from despin.spinners.base import Spinner


@dataclass(frozen=True, slots=True)
class Verified:
    """`share` is 1 - distance(respun, spun) / len(spun), at least 0, with the Levenshtein distance in code points: 1 where the
    restoration, spun again, is the spun text. `respun` is the restoration, spun again; `spans` are the places (start, end) of the spun text that it does not
    give back, in order; a place where it only has more than the spun text is empty. `written` is what the restoration, spun
    again, has at each of them."""

    share: float
    respun: str
    spans: tuple[tuple[int, int], ...]
    written: tuple[str, ...] = ()


def verify(spun: str, restored: str, spinner: Spinner) -> Verified:
    """How much of `spun` comes back when `restored` is spun again, and where it does not. A program that draws is followed: what some
    drawing gives back is proved."""
    again = spinner.rewrite(restored, spun)
    if again == spun:
        return Verified(1.0, again, ())
    places = differing(spun, again)
    return Verified(
        share=share_of(spun, again),
        respun=again,
        spans=tuple([(start, end) for start, end, _ in places]),
        written=tuple([written for _, _, written in places]),
    )


def share_of(spun: str, again: str) -> float:
    """The share of a spun text that another gives back, as of `Verified`."""
    if again == spun:  # as most do: nothing has to be imported
        return 1.0
    from rapidfuzz.distance import Levenshtein

    lines = list(_lines(spun, again))
    bound = sum([Levenshtein.distance(line, other) for _, line, other in lines])
    distance = bound if len(lines) == 1 or not bound else Levenshtein.distance(spun, again, score_hint=bound)
    return max(0.0, 1 - distance / len(spun)) if spun else 0.0


def differing(text: str, other: str) -> list[tuple[int, int, str]]:
    """(start, end, what the other text has there) of the places of a text that differ from another, in order."""
    return [
        (start + at, start + to, line_other[low:high])
        for start, line, line_other in _lines(text, other)
        for at, to, low, high in _differing(line, line_other)
    ]


def _lines(text: str, other: str) -> Iterator[tuple[int, str, str]]:
    """(start, line, line of the other) of lines that differ, where both have as many; else of the whole texts."""
    lines, others = text.split("\n"), other.split("\n")
    if len(lines) != len(others):
        yield 0, text, other
        return
    start = 0
    for line, line_other in zip(lines, others, strict=True):
        if line != line_other:
            yield start, line, line_other
        start += len(line) + 1


def _differing(line: str, other: str) -> Iterator[tuple[int, int, int, int]]:
    """(start, end) in a line and in the other of what differs; places that touch are one."""
    from rapidfuzz.distance import Levenshtein

    last: tuple[int, int, int, int] | None = None
    for op in Levenshtein.opcodes(line, other):
        if op.tag == "equal":
            continue
        span = (op.src_start, op.src_end, op.dest_start, op.dest_end)
        if last and last[1] == span[0]:
            span = (last[0], span[1], last[2], span[3])
        elif last:
            yield last
        last = span
    if last:
        yield last
