"""What tools damage beside words: full stops, characters, brackets, doubled words. Found and repaired."""

from __future__ import annotations

from despin.damage.kinds import ALL, KINDS, SINGLE, check_kinds, without_kinds

__all__ = ["ALL", "KINDS", "SINGLE", "check_kinds", "without_kinds"]
