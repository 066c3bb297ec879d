from array import array

from despin.kernel.table import Table
from despin.kernel.types import Source
from despin.results import Alternative, Edit

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
