"""Which passages are not simplified Chinese, and so nothing a spinner of simplified text has touched."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from despin.matching import Matches

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
#: A character is in a foreign passage when this many telling characters stand within `REACH` of it.
ENOUGH = 3
#: A line is foreign as a whole when it holds this many of them, and they are this share of it.
FEW = 2
DENSE = 0.12
REACH = 8


class Script:
    """Tells traditional Chinese and Japanese passages by the characters they are written in."""

    def __init__(self, traditional: Iterable[str]) -> None:
        characters = "".join(sorted(set(traditional)))
        self._telling = re.compile(f"[{re.escape(characters)}\u3041-\u3096\u30a1-\u30fa]") if characters else _KANA

    def foreign(self, text: str) -> list[tuple[int, int]]:
        """The foreign passages of `text` as sorted, disjoint (start, end) spans of code points."""
        places = [match.start() for match in self._telling.finditer(text)]
        if len(places) < FEW:
            return []
        spans: list[tuple[int, int]] = []
        for first, last in zip(places, places[ENOUGH - 1 :], strict=False):
            if last - first <= REACH:
                start, end = max(0, first - REACH), min(len(text), last + REACH + 1)
                if spans and start <= spans[-1][1]:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((start, end))
        return _merged([*spans, *self._lines(text, places)])

    @staticmethod
    def _lines(text: str, places: list[int]) -> list[tuple[int, int]]:
        """The whole lines of which telling characters make up a good part."""
        found: list[tuple[int, int]] = []
        index = 0
        while index < len(places):
            start = text.rfind("\n", 0, places[index]) + 1
            end = text.find("\n", places[index])
            end = len(text) if end < 0 else end
            after = bisect_left(places, end, index)
            if after - index >= max(FEW, DENSE * (end - start)):
                found.append((start, end))
            index = after
        return found

    def without_foreign(self, text: str, matches: Matches) -> Matches:
        """`matches` without the sites that lie in foreign passages."""
        spans = self.foreign(text)
        if not spans:
            return matches
        starts = [start for start, _ in spans]

        def inside(place: int) -> bool:
            index = bisect_right(starts, place) - 1
            return index >= 0 and place < spans[index][1]

        return Matches([site for site in matches.sites if not inside(site.start)], matches.unspun, matches.found)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
