"""Units of work: the stretches of a text that have to be decoded, with their offsets.

A stretch holds some sites and a few characters of context on either side. Text without sites belongs to no stretch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from despin.matching import Site

#: Characters of context before and after the sites of a stretch: about two words, the model's reach.
CONTEXT = 6
#: Once this long, a stretch ends at the next gap between sites (at twice this, anywhere), so that no unpunctuated
#: text makes it grow without bound.
LONGEST = 48


class Stretch(NamedTuple):
    """`text[start:end]` with its `sites`; `fresh` says that it begins a line."""

    start: int
    end: int
    sites: list[Site]
    fresh: bool


def stretches(text: str, sites: Sequence[Site]) -> list[Stretch]:
    """The stretches of `text` around `sites` (sorted by start), in order."""
    groups: list[tuple[int, int, list[Site]]] = []
    for site in sites:
        if groups:
            start, end, members = groups[-1]
            overlaps = site.start < end
            limit = 2 * LONGEST if overlaps else LONGEST
            if site.start - end <= CONTEXT and site.end - start <= limit:
                members.append(site)
                groups[-1] = (start, max(end, site.end), members)
                continue
            if overlaps:
                # No gap for twice the length: edits must not overlap, so the earlier sites have it.
                continue
        groups.append((site.start, site.end, [site]))
    found: list[Stretch] = []
    for start, end, members in groups:
        low = max(text.rfind("\n", max(0, start - CONTEXT), start) + 1, start - CONTEXT, 0)
        high = text.find("\n", end, end + CONTEXT) + 1 or min(len(text), end + CONTEXT)
        found.append(Stretch(low, high, members, low == 0 or text[low - 1] == "\n"))
    return found
