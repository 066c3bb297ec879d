"""What spinning tools damage beside words: full stops, headings, characters, doubled words. Found and repaired."""

from __future__ import annotations

from despin.damage.kinds import ALL, BETWEEN, KINDS, SINGLE, check_kinds, without_kinds

__all__ = ["ALL", "BETWEEN", "KINDS", "SINGLE", "check_kinds", "without_kinds"]
