"""Which gold edits the lexicon could have made: known and unknown, and coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from despin.lexicon.entry import Lexicon

#: Characters of context around a gold span in which a listed pair may begin or end.
CONTEXT = 8


class Pairs:
    """The (spun, original) pairs a lexicon lists in its active entries."""

    def __init__(self, lexicon: Lexicon) -> None:
        originals: dict[str, set[str]] = defaultdict(set)
        for entry in lexicon.entries:
            if entry.status == "active":
                originals[entry.spun].update(original.text for original in entry.originals)
        self._originals = dict(originals)
        self._lengths: dict[str, list[int]] = defaultdict(list)
        for spun in self._originals:
            lengths = self._lengths[spun[:1]]
            if len(spun) not in lengths:
                lengths.append(len(spun))

    def lists(self, spun: str, original: str) -> bool:
        """Whether `original` is listed for `spun`."""
        return original in self._originals.get(spun, ())

    def reach(self, text: str, start: int, end: int, originals: Iterable[str]) -> bool:
        """Whether listed pairs can turn `text[start:end]`, where it stands, into one of `originals`.

        An alignment cuts 应用→使用 down to 应→使 and joins neighbours; so pairs may begin and end up to `CONTEXT`
        characters outside the span, and several may be needed.
        """
        if any(self.lists(text[start:end], original) for original in originals):
            return True
        low = max(text.rfind("\n", 0, start) + 1, start - CONTEXT)
        stop = text.find("\n", end, end + CONTEXT)
        high = min(len(text), end + CONTEXT) if stop < 0 else stop
        before, after = text[low:start], text[end:high]
        return any(self._turns(text[low:high], before + original + after) for original in originals)

    def _turns(self, spun: str, wanted: str) -> bool:
        """Whether kept characters and listed pairs, side by side, lead from `spun` to `wanted`."""
        pending, seen = [(0, 0)], {(0, 0)}
        goal = (len(spun), len(wanted))
        while pending:
            here, there = pending.pop()
            if (here, there) == goal:
                return True
            steps: list[tuple[int, int]] = []
            if here < len(spun) and wanted.startswith(spun[here], there):
                steps.append((here + 1, there + 1))
            for length in self._lengths.get(spun[here : here + 1], ()):
                piece = spun[here : here + length]
                steps += [
                    (here + length, there + len(original))
                    for original in self._originals.get(piece, ())
                    if wanted.startswith(original, there)
                ]
            for step in steps:
                if step not in seen:
                    seen.add(step)
                    pending.append(step)
        return False
