"""One pass over a text: where the strings of a lexicon stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from despin.kernel.native.matcher import Automaton
from despin.kernel.types import MatchColumns, Site, Unreplaced


class Matches:
    """The places of a text that may be spun, by start, and how often each original stands unspun, which is counted when
    it is first asked for; `found` is what both come from."""

    __slots__ = ("_unspun", "found", "sites")

    def __init__(
        self, sites: list[Site], unspun: Unreplaced | Callable[[], Unreplaced], found: MatchColumns | None = None
    ) -> None:
        self.sites = sites
        self._unspun = unspun
        self.found = MatchColumns() if found is None else found

    @property
    def unspun(self) -> Unreplaced:
        """How often each original stands unspun."""
        found = self._unspun
        # Its class is an abstract one's, of which it takes long to be an instance.
        if type(found) is not Unreplaced:
            found = self._unspun = found()  # type: ignore[operator]
        return found

    def only(self, sites: list[Site]) -> Matches:
        """The same with no sites but these."""
        return Matches(sites, lambda: self.unspun, self.found)

    def among(self, found: MatchColumns) -> Matches:
        """The same as part of more matches."""
        return Matches(self.sites, lambda: self.unspun, found)


class Matcher:
    """An automaton over some patterns of a channel; `numbers` gives their numbers in the channel, which are
    those of the sorted `patterns`. `is_site` says which are spun forms, `counted` which are originals that
    are counted where they stand."""

    def __init__(
        self, numbers: list[int], patterns: Sequence[str], is_site: Sequence[bool], counted: Sequence[bool]
    ) -> None:
        self.numbers = numbers
        self._patterns = list(map(patterns.__getitem__, numbers))
        self._is_site = list(map(is_site.__getitem__, numbers))
        self._counted = list(map(counted.__getitem__, numbers))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "automaton"}

    @cached_property
    def automaton(self) -> Automaton:
        """What finds them."""
        return Automaton(self._patterns, self.numbers, self._is_site, self._counted)

    def scan(self, text: str) -> MatchColumns:
        """Every occurrence of every pattern, overlapping ones too."""
        return MatchColumns(*self.automaton.find(text))

    def sites(self, found: MatchColumns) -> list[Site]:
        """The matches that are spun forms, by start."""
        return self.automaton.sites(found.starts, found.ends, found.patterns, Site)
