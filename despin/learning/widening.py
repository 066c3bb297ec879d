"""Substitutions of parts of words, made whole where every sighting says so: 益→好 is 益处→好处."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from despin.fluency import LanguageModel
from despin.learning.cutting import Cut
from despin.learning.windows import Window

_Pair = tuple[str, str]


def widened(windows: Sequence[Window], cuts: Sequence[Sequence[Cut]], model: LanguageModel) -> list[list[Cut]]:
    """The cuts, those whose original is no word of two characters grown by one that both texts share, where that
    makes a word and the same one at every sighting."""
    shares: dict[_Pair, list[tuple[str, str]]] = defaultdict(list)
    for window, found in zip(windows, cuts, strict=True):
        for number, cut in enumerate(found):
            pair = _pair(window, cut)
            if len(pair[1]) == 1 or pair[1] not in model.vocabulary:
                shares[pair].append(_shared(window, found, number))
    grown: dict[_Pair, tuple[int, int]] = {}
    for (spun, original), beside in shares.items():
        ways = []
        for (before, after), shared in (
            ((0, 1), {after for _, after in beside}),
            ((1, 0), {before for before, _ in beside}),
        ):
            beside_all = min(shared) if len(shared) == 1 else ""
            parts = (beside_all, "") if before else ("", beside_all)
            if original and beside_all and original.join(parts) in model.vocabulary:
                ways.append((spun.join(parts) not in model.vocabulary, before, after))
        if ways:
            grown[spun, original] = min(ways)[1:]
    return [_grow(window, found, grown) for window, found in zip(windows, cuts, strict=True)]


def _pair(window: Window, cut: Cut) -> _Pair:
    return window.spun[cut.start : cut.end], window.original[cut.other_start : cut.other_end]


def _shared(window: Window, found: Sequence[Cut], number: int) -> tuple[str, str]:
    """The character before and the one after a cut where both texts have the same and nothing else begins or ends."""
    cut = found[number]
    before = after = ""
    if (
        min(cut.start, cut.other_start) > 0
        and (not number or found[number - 1].end < cut.start)
        and cut.start not in window.breaks
        and cut.other_start not in window.other_breaks
        and window.spun[cut.start - 1] == window.original[cut.other_start - 1]
    ):
        before = window.spun[cut.start - 1]
    if (
        cut.end < len(window.spun)
        and cut.other_end < len(window.original)
        and (number + 1 == len(found) or cut.end < found[number + 1].start)
        and cut.end not in window.breaks
        and cut.other_end not in window.other_breaks
        and window.spun[cut.end] == window.original[cut.other_end]
    ):
        after = window.spun[cut.end]
    return before, after


def _grow(window: Window, found: Sequence[Cut], grown: dict[_Pair, tuple[int, int]]) -> list[Cut]:
    result: list[Cut] = []
    for cut in found:
        before, after = grown.get(_pair(window, cut), (0, 0))
        if before and result and result[-1].end > cut.start - before:
            before = 0
        result.append(
            Cut(cut.start - before, cut.end + after, cut.other_start - before, cut.other_end + after, cut.clean)
        )
    return result
