from array import array
from collections.abc import Sequence
from typing import Any

from despin.kernel.native.lattice import Trigrams
from despin.kernel.table import Table
from despin.kernel.types import AnyContexts, Segment, Source

class Shortlists:
    def __init__(self, candidates: Any, model: Trigrams, longest: int, width: float) -> None: ...
    def shortlist(self, pattern: int) -> list[tuple[str, int, float, Any]]: ...
    def odds(self, pattern: int, temper: float) -> tuple[tuple[int, float], ...]: ...

class ArcTables:
    alone: bool
    @property
    def built(self) -> int: ...
    def __init__(
        self,
        lm: Trigrams,
        offers: Any,
        start_rate: float,
        before: str,
        held: int,
        shortlist: int,
        shortlist_width: float,
        nowhere: AnyContexts,
    ) -> None: ...
    def count_unreplaced(
        self, ids: Any, patterns: array[int], counts: array[int], standing: array[float]
    ) -> tuple[array[int], array[int]]: ...
    def source(self, number: int) -> Source: ...
    def name(self, number: int) -> tuple[bool, str]: ...
    def fill(
        self, table: Table, ids: Any, text: str, stretches: Sequence[Segment], beam: int, width: float, temper: float
    ) -> None: ...
