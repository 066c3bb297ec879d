"""What a line must hold for a regular expression to match in it: lines without it need not be tried."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Iterable
from typing import Any

#: Characters, or None where nothing is known of what a match holds.
Needed = frozenset[str] | None
#: A class with more characters than this says too little.
LARGEST = 2000


def needed(pattern: str) -> str | None:
    """Characters of which every match of `pattern` holds at least one, in order; None where that is uncertain."""
    parser = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
    found = _of_sequence(parser.parse(pattern))
    return "".join(sorted(found)) if found else None


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> Needed:
    """Every item of a sequence is matched, so the one that says most speaks for it."""
    known = [found for op, argument in items if (found := _of_item(str(op), argument))]
    return min(known, key=len) if known else None


def _of_item(op: str, argument: Any) -> Needed:
    if op == "LITERAL":
        return frozenset(chr(argument))
    if op == "IN":
        return _of_class(argument)
    if op == "BRANCH":
        return _union(_of_sequence(branch) for branch in argument[1])
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, _, inner = argument
        return _of_sequence(inner) if least else None
    if op in ("SUBPATTERN", "ASSERT"):
        return _of_sequence(argument[-1])
    return _of_sequence(argument) if op == "ATOMIC_GROUP" else None


def _of_class(members: Iterable[tuple[Any, Any]]) -> Needed:
    return _union(_of_member(str(op), argument) for op, argument in members)


def _of_member(op: str, argument: Any) -> Needed:
    if op == "LITERAL":
        return frozenset(chr(argument))
    if op == "RANGE" and argument[1] - argument[0] < LARGEST:
        return frozenset(map(chr, range(argument[0], argument[1] + 1)))
    return _digits() if op == "CATEGORY" and str(argument) == "CATEGORY_DIGIT" else None


def _union(parts: Iterable[Needed]) -> Needed:
    whole: set[str] = set()
    for part in parts:
        if part is None:
            return None
        whole |= part
    return frozenset(whole) if len(whole) <= LARGEST else None


@functools.cache
def _digits() -> frozenset[str]:
    return frozenset(filter(str.isdecimal, map(chr, range(sys.maxunicode + 1))))
