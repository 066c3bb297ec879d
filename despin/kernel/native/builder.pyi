from array import array
from collections.abc import Mapping

from despin.kernel.native.lm import Trigrams
from despin.kernel.types import Arc

class Builder:
    model: Trigrams
    def __init__(self, model: Trigrams, crossing: int, pauses: Mapping[str, str]) -> None: ...
    def build(
        self, text: str, arcs: list[Arc], odds: list[float], before: str, beam: int, width: float
    ) -> tuple[array[int], array[int], array[float], array[int], list[tuple[int, ...]]]: ...
