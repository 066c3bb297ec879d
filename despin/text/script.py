"""Which passages are not standard Chinese in simplified characters, and so nothing a spinner
of simplified text has touched."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any, Protocol, TypeVar

from despin.text.traditional import tables, telling
from despin.text.varieties import Varieties
from despin.tuning import Scripts

T = TypeVar("T")

_KANA = "\u3041-\u3096\u30a1-\u30fa"


class _Sites(Protocol):
    """The places of a text by start, as `despin.channel.matches.Matches` holds them."""

    @property
    def sites(self) -> list[Any]: ...

    def only(self: M, sites: list[Any]) -> M:
        """The same with no sites but these."""
        ...


M = TypeVar("M", bound=_Sites)


class Script:
    """Tells traditional Chinese and Japanese passages by the characters that only they write, and Cantonese and its
    like by their words, those of `varieties`. Picklable."""

    def __init__(self, varieties: Varieties | None = None) -> None:
        self.varieties = Varieties({}) if varieties is None else varieties
        self._last: tuple[str, list[tuple[int, int]]] | None = None
        self._telling = re.compile(f"[{_KANA}{''.join(sorted(telling()))}]")

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_last": None}

    def foreign(self, text: str) -> list[tuple[int, int]]:
        """The foreign passages of `text` as sorted, disjoint (start, end) spans of code points."""
        last = self._last
        if last is None or last[0] is not text:
            spans, others = self._in_script(text), self.varieties.spans(text)
            # Texts are asked for more than once.
            last = self._last = text, _merged([*spans, *others]) if others else spans
        return last[1]

    def _in_script(self, text: str) -> list[tuple[int, int]]:
        """The passages in another script."""
        places = [match.start() for match in self._telling.finditer(text)]
        if len(places) < Scripts.few:
            return []
        lines = self._lines(text, places)
        places = _outside(places, places, lines)
        near = [
            (max(0, first - Scripts.reach), min(len(text), last + Scripts.reach + 1))
            for first, last in zip(places, places[Scripts.near - 1 :], strict=False)
            if last - first <= Scripts.reach
        ]
        return _merged([*near, *lines]) if near else lines

    def _lines(self, text: str, places: list[int]) -> list[tuple[int, int]]:
        """The whole lines that are foreign. In a foreign text it takes more simplified characters than others for a
        line not to be, in any other text more telling ones."""
        simplified = [place for place, character in enumerate(text) if character in tables().plain]
        foreign = len(places) > len(simplified)
        found: list[tuple[int, int]] = []
        start = telling = plain = 0
        while start < len(text):
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            telling, before = bisect_left(places, end, telling), telling
            plain, plain_before = bisect_left(simplified, end, plain), plain
            more = (telling - before) - (plain - plain_before)
            if more >= 0 if foreign else more > 0 and telling - before >= Scripts.few:
                found.append((start, end))
            start = end + 1
        return found

    def without_foreign(self, text: str, matches: M) -> M:
        """`matches` without the sites that lie in foreign passages."""
        spans = self.foreign(text)
        if not spans:
            return matches
        return matches.only(_outside(matches.sites, [site.start for site in matches.sites], spans))


def _outside(found: list[T], places: list[int], spans: list[tuple[int, int]]) -> list[T]:
    """What of `found`, whose sorted places are given, lies in none of the sorted and disjoint `spans`."""
    kept: list[T] = []
    done = 0
    for start, end in spans:
        low = bisect_left(places, start, done)
        kept += found[done:low]
        done = bisect_left(places, end, low)
    return kept + found[done:]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
