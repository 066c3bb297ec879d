from array import array

from despin.edits import Alternative, Edit
from despin.pieces import Source
from despin.table import Table

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
