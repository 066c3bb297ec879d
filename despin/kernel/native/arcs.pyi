from array import array
from collections.abc import Sequence

from despin.channel.lexicon import Candidates
from despin.decode.arcs import Ids
from despin.decode.candidates import CandidateIndex
from despin.kernel import Trigrams
from despin.kernel.table import Table
from despin.kernel.types import Source, Stretch
from despin.lexicon.model import Entry
from despin.results import Alternative, Edit

class Maker:
    built: int
    def __init__(
        self,
        lm: Trigrams,
        offers: CandidateIndex,
        patterns: int,
        start_rate: float,
        flip: float,
        before: str,
        held: int,
    ) -> None: ...
    def count_standing(
        self, making: Ids, patterns: array[int], counts: array[int], standing: array[float]
    ) -> list[tuple[int, int]]: ...
    def fill(
        self,
        table: Table,
        making: Ids,
        text: str,
        stretches: Sequence[Stretch],
        beam: int,
        width: float,
        temper: float,
    ) -> None: ...

class Numbers:
    def __init__(self, making: Ids) -> None: ...

class Shortlists:
    def __init__(self, candidates: Candidates, model: Trigrams, longest: int, width: float) -> None: ...
    def shortlist(self, pattern: int) -> list[tuple[str, int, float, Entry]]: ...

def write(
    kind: type[Edit],
    runner_up: type[Alternative],
    text: str,
    table: Table,
    picked: list[tuple[int, int, list[int]]],
    confidences: array[float],
    words: list[str],
    numbers: array[int],
    sources: list[Source],
) -> list[Edit]: ...
