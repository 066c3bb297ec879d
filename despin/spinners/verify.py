"""Proof: a restoration is spun again, and compared with the spun text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from despin.kernel import marks
from despin.spinners.base import Spinner

#: What differs in lines is compared here up to so many characters of the one times so many of the
#: other, or so many steps squared: most restorations differ in a word or two, and the import of
#: `rapidfuzz` takes as long as a restoration.
FEW = 4_000_000


@dataclass(frozen=True, slots=True)
class Verified:
    """`text` is the restoration, spun again. `respun` is the share of the spun text that it gives back: 1 -
    distance(text, spun) / len(spun), at least 0, with the Levenshtein distance in code points; 1 where both are the
    same. `failed` are the places (start, end) of the spun text that it does not give back, in order; a place where it
    only has more than the spun text is empty. `written` is what it has at each of them."""

    respun: float
    text: str
    failed: tuple[tuple[int, int], ...]
    written: tuple[str, ...] = ()


def verify(spun: str, restored: str, spinner: Spinner) -> Verified:
    """How much of `spun` comes back when `restored` is spun again, and where it does not. A program that draws is
    followed: what some drawing gives back comes back."""
    again = spinner.rewrite(restored, spun)
    if again == spun:
        return Verified(1.0, again, ())
    share, places = compared(spun, again)
    return Verified(
        respun=share,
        text=again,
        failed=tuple([(start, end) for start, end, _ in places]),
        written=tuple([written for _, _, written in places]),
    )


def share_of(spun: str, again: str) -> float:
    """The share of a spun text that another gives back, as of `Verified`."""
    if again == spun:  # as most do: nothing has to be imported
        return 1.0
    lines = _lines(spun, again)
    return _share(spun, again, len(lines), sum([distance(line, other) for _, line, other in lines]))


def _share(spun: str, again: str, lines: int, bound: int) -> float:
    """The share, given the number of lines that differ and the sum of their distances, which
    is that of the texts or more."""
    least = bound if lines == 1 or not bound else distance(spun, again, bound)
    return max(0.0, 1 - least / len(spun)) if spun else 0.0


def compared(spun: str, again: str) -> tuple[float, list[tuple[int, int, str]]]:
    """What `share_of` gives, and `differing`."""
    if again == spun:
        return 1.0, []
    lines = _lines(spun, again)
    found: list[tuple[int, int, str]] = []
    bound = 0
    for start, line, other in lines:
        fewest = steps(line, other)
        # Each step puts something in, takes it out or writes over it.
        bound += sum([max(end - at, high - low) for at, end, low, high in fewest])
        found += [(start + at, start + end, other[low:high]) for at, end, low, high in _joined(fewest)]
    return _share(spun, again, len(lines), bound), found


def differing(text: str, other: str) -> list[tuple[int, int, str]]:
    """(start, end, what the other text has there) of the places of a text that differ from another, in order."""
    return [
        (start + at, start + to, line_other[low:high])
        for start, line, line_other in _lines(text, other)
        for at, to, low, high in _joined(steps(line, line_other))
    ]


def _lines(text: str, other: str) -> list[tuple[int, str, str]]:
    """(start, line, line of the other) of lines that differ, where both have as many; else of the whole texts."""
    lines, others = text.split("\n"), other.split("\n")
    if len(lines) != len(others):
        return [(0, text, other)]
    found: list[tuple[int, str, str]] = []
    start = 0
    for line, line_other in zip(lines, others, strict=True):
        if line != line_other:
            found.append((start, line, line_other))
        start += len(line) + 1
    return found


def _joined(spans: Iterable[tuple[int, int, int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """What `steps` gives, with places that touch as one."""
    last: tuple[int, int, int, int] | None = None
    for span in spans:
        if last and last[1] == span[0]:
            last = (last[0], span[1], last[2], span[3])
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def distance(line: str, other: str, most: int | None = None) -> int:
    """The Levenshtein distance of two strings (code points), which is `most` or less."""
    first, last = marks.common(line, other)
    size, size_other = len(line) - last - first, len(other) - last - first
    if not size or not size_other:
        return size + size_other
    if size * size_other <= FEW or (most is not None and most * most <= FEW):
        return marks.distance(line[first : first + size], other[first : first + size_other])
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(line, other, score_hint=most)


def steps(line: str, other: str) -> list[tuple[int, int, int, int]]:
    """The fewest steps that lead from a string to another: (start, end) in the one and in the other, in order; which of
    several ways is taken does not depend on how it is found."""
    first, last = marks.common(line, other)
    size, size_other = len(line) - last - first, len(other) - last - first
    if size and size_other and size * size_other > FEW:
        from rapidfuzz.distance import Levenshtein

        ops = Levenshtein.opcodes(line, other)
        return [(op.src_start, op.src_end, op.dest_start, op.dest_end) for op in ops if op.tag != "equal"]
    found = marks.steps(line[first : first + size], other[first : first + size_other])
    return [(first + at, first + end, first + to, first + end_other) for at, end, to, end_other in reversed(found)]
