"""What spinning tools damage beside words: full stops, headings, characters, doubled words. Found and mended."""

from __future__ import annotations

from despin.damage.kinds import ALL, KINDS, check_kinds, without_kinds
from despin.damage.mending import mend

__all__ = ["ALL", "KINDS", "check_kinds", "mend", "without_kinds"]
