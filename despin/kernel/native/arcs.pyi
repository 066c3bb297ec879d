from array import array
from collections.abc import Sequence

from despin.decode.candidates import Offers, Pieces
from despin.kernel.native.builder import Builder
from despin.kernel.table import Table
from despin.kernel.types import Stretch

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
