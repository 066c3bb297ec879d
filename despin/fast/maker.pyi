from array import array
from collections.abc import Sequence

from despin.fast.builder import Builder
from despin.pieces import Offers, Pieces
from despin.stretches import Stretch
from despin.table import Table

class Maker:
    built: int
    def __init__(
        self, builder: Builder, offers: Offers, patterns: int, start_rate: float, flip: float, before: str, held: int
    ) -> None: ...
    def count_standing(
        self, making: Pieces, patterns: array[int], counts: array[int], standing: array[float]
    ) -> list[tuple[int, int]]: ...
    def fill(
        self,
        table: Table,
        making: Pieces,
        text: str,
        stretches: Sequence[Stretch],
        beam: int,
        width: float,
        temper: float,
    ) -> None: ...
