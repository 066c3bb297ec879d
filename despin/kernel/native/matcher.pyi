from array import array
from collections.abc import Callable
from typing import TypeVar

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
