"""Which passages are not standard Chinese in simplified characters, and so nothing a spinner
of simplified text has touched."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Protocol, TypeVar

from despin.text.varieties import Varieties

T = TypeVar("T")

_KANA = "\u3041-\u3096\u30a1-\u30fa"
#: A character is in a foreign passage when this many telling characters stand within `REACH` of it.
ENOUGH = 3
REACH = 8
#: A line, or a text, is foreign as a whole when it holds so many telling characters, and more of them than of those
#: that only simplified Chinese writes.
FEW = 2


class _Sites(Protocol):
    """The places of a text by start, as `despin.channel.matches.Matches` holds them."""

    @property
    def sites(self) -> list[Any]: ...

    def only(self: M, sites: list[Any]) -> M:
        """The same with no sites but these."""
        ...


M = TypeVar("M", bound=_Sites)


class Script:
    """Tells traditional Chinese and Japanese passages by the characters they are written in.

    `pairs` are (traditional, simplified) characters. Those that Big5 holds are written in traditional Chinese too (后,
    里). Where it takes long to have them, they are given as a function, and the traditional ones as `telling`.
    `varieties` tells Cantonese and its like by their words.
    """

    def __init__(
        self,
        pairs: Iterable[tuple[str, str]] | Callable[[], Iterable[tuple[str, str]]],
        varieties: Varieties | None = None,
        telling: Iterable[str] | None = None,
    ) -> None:
        self._pairs = pairs if callable(pairs) else list(pairs)
        self.varieties = Varieties({}) if varieties is None else varieties
        self._last: tuple[str, list[tuple[int, int]]] | None = None
        known = {traditional for traditional, _ in self._known()} if telling is None else set(telling)
        self._telling = _any_of(known, _KANA)

    def _known(self) -> Iterable[tuple[str, str]]:
        return self._pairs() if callable(self._pairs) else self._pairs

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_last": None}

    @cached_property
    def _simplified(self) -> frozenset[str]:
        """The simplified ones of the characters."""
        return frozenset([simplified for _, simplified in self._known()])

    def _plain(self, text: str) -> list[int]:
        """Where characters stand that only simplified Chinese writes; few texts ask, and of few characters."""
        own = {character for character in self._simplified.intersection(text) if not _in_big5(character)}
        return [place for place, character in enumerate(text) if character in own] if own else []

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
        if len(places) < FEW:
            return []
        lines = self._lines(text, places)
        places = _outside(places, places, lines)
        spans: list[tuple[int, int]] = []
        for first, last in zip(places, places[ENOUGH - 1 :], strict=False):
            if last - first <= REACH:
                start, end = max(0, first - REACH), min(len(text), last + REACH + 1)
                if spans and start <= spans[-1][1]:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((start, end))
        return _merged([*spans, *lines]) if spans else lines

    def _lines(self, text: str, places: list[int]) -> list[tuple[int, int]]:
        """The whole lines that are foreign. In a foreign text it takes more simplified characters than others for a
        line not to be, in any other text more telling ones."""
        simplified = self._plain(text)
        foreign = len(places) > len(simplified)
        found: list[tuple[int, int]] = []
        start = telling = plain = 0
        while start < len(text):
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            telling, before = bisect_left(places, end, telling), telling
            plain, plain_before = bisect_left(simplified, end, plain), plain
            more = (telling - before) - (plain - plain_before)
            if more >= 0 if foreign else more > 0 and telling - before >= FEW:
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


def _any_of(characters: Iterable[str], more: str) -> re.Pattern[str]:
    """What finds any of `characters` and of the ranges `more`; nothing at all where both are empty."""
    known = re.escape("".join(sorted(characters))) + more
    return re.compile(f"[{known}]" if known else "(?!)")


def _in_big5(character: str) -> bool:
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
