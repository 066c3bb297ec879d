from array import array
from collections.abc import Callable

class Tally:
    asked: int
    def __init__(
        self,
        odds: Callable[[int], tuple[tuple[int, float], ...]],
        singles: list[bool],
        families: int,
        start_rate: float,
        rates: tuple[float, ...],
        least: float,
        ceiling: float,
    ) -> None: ...
    def total(self, patterns: array[int], low: int, high: int) -> float: ...
    def gains(self, patterns: array[int], low: int, high: int) -> list[array[float]]: ...
    def everything(self) -> tuple[array[int], array[int], array[float]]: ...
    def know(self, lengths: array[int], families: array[int], odds: array[float]) -> None: ...
