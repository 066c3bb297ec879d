from collections.abc import Callable

from despin.matching import Found

class Tally:
    def __init__(self, size: int, value: Callable[[int], float]) -> None: ...
    def total(self, found: Found, low: int, high: int) -> float: ...
