"""What spinning tools damage beside words: full stops, headings, characters, doubled words. Found and mended."""

from __future__ import annotations

from despin.damage.kinds import ALL, BETWEEN, FIRST, KINDS, SINGLE, check_kinds, without_kinds
from despin.damage.repair import looks_whole, mend, mend_unspun

__all__ = [
    "ALL",
    "BETWEEN",
    "FIRST",
    "KINDS",
    "SINGLE",
    "check_kinds",
    "looks_whole",
    "mend",
    "mend_unspun",
    "without_kinds",
]
