"""Many `Entry` objects at once, column by column.

A frozen dataclass takes about 3 µs to construct; 20,000 of them would be the whole budget of a cached start. Slots can
be filled by their descriptors instead, a column in one pass of C.
"""

from __future__ import annotations

import contextlib
import gc
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import Any, TypeVar

T = TypeVar("T")


def build(kind: type[T], count: int, columns: Mapping[str, Iterable[Any]]) -> list[T]:
    """`count` objects of a slotted class, each slot filled from its column. Columns must name every slot.

    Raises `ValueError` when a column is missing or holds another number of values than `count`.
    """
    if set(columns) != set(kind.__slots__):  # type: ignore[attr-defined]
        raise ValueError(f"columns and slots of {kind.__name__} differ")
    made = list(map(object.__new__, repeat(kind, count)))
    for name, column in columns.items():
        if isinstance(column, list) and len(column) != count:
            raise ValueError(f"column {name} holds {len(column)} values, not {count}")
        deque(map(getattr(kind, name).__set__, made, column), maxlen=0)
    return made


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Holds the garbage collector back: while a lexicon is built nothing becomes garbage, and the collector would walk
    the growing lists again and again. What was built counts as old at once, so that no walk over young objects meets it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
