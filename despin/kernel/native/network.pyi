"""Types of the compiled network of the scorer."""

from collections.abc import Mapping, Sequence
from typing import Any

class Network:
    width: int
    blocks: int
    slots: int
    narrow: int
    hidden: int
    axes: int
    kinds: int
    def __init__(self, shape: Mapping[str, Any], arrays: Mapping[str, Any]) -> None: ...
    def scores(
        self, text: str, places: Sequence[tuple[int, int, float, Sequence[tuple[str, float]]]], kind: int
    ) -> list[list[float]]: ...
