from array import array
from collections.abc import Callable
from typing import Any, TypeVar

from despin.kernel.native.program import Evidence
from despin.kernel.types import Segment, Site

#: A tuple of a start, an end and a pattern's number.
T = TypeVar("T", bound=tuple[int, int, int])

class Automaton:
    @property
    def size(self) -> int: ...
    def __init__(self, patterns: list[str], numbers: list[int], is_form: list[bool], counted: list[bool]) -> None: ...
    def find(self, text: str) -> tuple[array[int], array[int], array[int]]: ...
    def sites(self, starts: array[int], ends: array[int], patterns: array[int], kind: type[T]) -> list[T]: ...
    def unreplaced(
        self, starts: array[int], ends: array[int], patterns: array[int], low: int, high: int
    ) -> dict[int, int]: ...
    def unreplaced_in(
        self,
        text: str,
        starts: array[int],
        ends: array[int],
        patterns: array[int],
        cuts: array[int],
        single: Callable[[int], list[tuple[int, str]]],
    ) -> tuple[array[int], array[int], array[int]]: ...

class Prescreen:
    @property
    def asked(self) -> int: ...
    def __init__(
        self,
        odds: Callable[[int], tuple[tuple[int, float], ...]],
        numbers: list[int],
        singles: list[bool],
        exposed_first: array[int],
        exposed: array[int],
        families: int,
        start_rate: float,
        rates: tuple[float, ...],
        least: float,
        ceiling: float,
    ) -> None: ...
    def total(self, patterns: array[int], low: int, high: int) -> float: ...
    def worth(self, pattern: int) -> float: ...
    def clear(self, automaton: Automaton, text: str, block: int, bar: float) -> bool: ...
    def surest(
        self,
        automaton: Automaton,
        starts: array[int],
        ends: array[int],
        patterns: array[int],
        low: int,
        high: int,
    ) -> float: ...
    def export(self) -> tuple[array[int], array[int], array[float]]: ...
    def load(self, lengths: array[int], families: array[int], odds: array[float]) -> None: ...

class FirstLook:
    def __init__(
        self,
        automaton: Automaton,
        worths: Prescreen,
        block: int,
        bar: tuple[float, float, float, float],
        convincing: tuple[float, float, int, int],
        evidence: Evidence | None,
        closer: Callable[[str], float | None],
        doubts: tuple[float, float, float, int, float, float],
        telling: str,
        sample: tuple[int, int],
        undamaged: Callable[[str], bool],
        inserted: Callable[[str], bool],
        doubled: Callable[[str], object],
        stops: int,
        clean: object,
        names: tuple[str, ...],
    ) -> None: ...
    def of(self, text: str) -> Any: ...

def segments(text: str, sites: list[Site], context: int, longest: int) -> list[Segment]: ...
