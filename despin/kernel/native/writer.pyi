from array import array

from despin.decode.candidates import Source
from despin.kernel.table import Table
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
