from array import array
from collections.abc import Callable
from typing import TypeVar

from despin.kernel.types import Site

T = TypeVar("T")

class Scanner:
    def __init__(self, patterns: list[str], numbers: list[int], is_site: list[bool], counted: list[bool]) -> None: ...
    def find(self, text: str) -> tuple[array[int], array[int], array[int]]: ...
    def sites(self, starts: array[int], ends: array[int], patterns: array[int], kind: type[T]) -> list[T]: ...
    def standing(
        self, starts: array[int], ends: array[int], patterns: array[int], low: int, high: int
    ) -> dict[int, int]: ...
    def unspun(
        self,
        text: str,
        starts: array[int],
        ends: array[int],
        patterns: array[int],
        cuts: array[int],
        single: Callable[[int], list[tuple[int, str]]],
    ) -> tuple[array[int], array[int], array[int]]: ...

class Tally:
    asked: int
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
    def strong(self, sites: list[Site]) -> tuple[float, list[Site]]: ...
    def clear(self, scanner: Scanner, text: str, block: int, bar: float) -> bool: ...
    def surest(
        self, scanner: Scanner, starts: array[int], ends: array[int], patterns: array[int], low: int, high: int
    ) -> float: ...
    def everything(self) -> tuple[array[int], array[int], array[float]]: ...
    def know(self, lengths: array[int], families: array[int], odds: array[float]) -> None: ...
