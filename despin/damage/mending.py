"""Mending the damage in a text that is believed to be spun."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from despin.edits import Edit

if TYPE_CHECKING:
    from despin.restorer import Restorer


def mend(text: str, kinds: AbstractSet[str], restorer: Restorer) -> list[Edit]:
    """The edits that mend damage of these kinds in `text`, sorted and disjoint; `entry` names the kind."""
    return []
