"""The places of a form share what they know of its original: an author who used a word once uses it again."""

from __future__ import annotations

from collections.abc import Sequence

from despin.document.reading import Row
from despin.kernel.native.program import agreed as shared

#: An original that was not among the likely ones at another place counts there like one of this probability.
UNLIKELY = 0.01


def agreed(text: str, rows: Sequence[Row]) -> list[Row]:
    """The rows with probabilities that the other places of the same form share in: together they count nearly as much
    as the place itself, likeliest first.

    Source: Gale, Church and Yarowsky, One Sense per Discourse, 1992.
    """
    return shared(text, list(rows), UNLIKELY)
