"""What every trial is: it makes cases from a random source, and says what goes wrong with one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from random import Random
from typing import Any, Protocol

#: A case: text, bytes, or a list of either or of plain values.
Case = Any


class Trial(Protocol):
    """One kind of hostile input."""

    name: str

    def make(self, source: Random) -> Case:
        """A case; the same for the same state of `source`."""

    def check(self, case: Case) -> list[str]:
        """What goes wrong with a case, a short line each, whose first word is the kind; nothing where all is well."""


def dump(case: Case) -> str:
    """A case as one line of JSON."""
    return json.dumps(case, default=_as_json)


def load(line: str) -> Case:
    """The inverse of `dump`."""
    return json.loads(line, object_hook=lambda one: base64.b64decode(one["b"]) if set(one) == {"b"} else one)


def _as_json(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"{value!r} is no case")
    return {"b": base64.b64encode(value).decode()}


def minimised(case: Case, is_bad: Callable[[Case], bool], tries: int = 400) -> Case:
    """A smaller case that is still bad: parts of a text, of bytes or of a list are left out, the large ones first."""
    if not hasattr(case, "__len__"):
        return case
    size = max(1, len(case) // 2)
    while size and tries:
        place = 0
        while place < len(case) and tries:
            tries -= 1
            smaller = case[:place] + case[place + size :]
            if smaller and is_bad(smaller):
                case = smaller
            else:
                place += size
        size //= 2
    return case


def mutated(source: Random, data: bytes, pieces: list[bytes]) -> bytes:
    """Bytes changed in a few places: bits turned, parts cut out, doubled, moved or put in from `pieces`."""
    changed = bytearray(data)
    for _ in range(source.choice((1, 1, 2, 5, 20))):
        place = source.randint(0, len(changed))
        length = source.choice((1, 2, 8, 64, 1024))
        kind = source.randrange(6)
        if kind == 0 and place < len(changed):
            changed[place] ^= 1 << source.randrange(8)
        elif kind == 1:
            del changed[place : place + length]
        elif kind == 2:
            changed[place:place] = changed[place : place + length]
        elif kind == 3:
            changed[place:place] = source.choice(pieces)
        elif kind == 4:
            changed[place : place + length] = source.choice(pieces)
        else:
            changed[place : place + length] = source.randbytes(length)
    return bytes(changed[: 1 << 18])
