"""Units of work: the stretches of a text that have to be decoded, with their offsets.

A stretch holds some sites and a few characters of context on either side. Text without sites belongs to no stretch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    found: list[Stretch] = []
    for start, end, members in _groups(sites):
        low = max(text.rfind("\n", max(0, start - CONTEXT), start) + 1, start - CONTEXT, 0)
        high = text.find("\n", end, end + CONTEXT) + 1 or min(len(text), end + CONTEXT)
        found.append(Stretch(low, high, members, low == 0 or text[low - 1] == "\n"))
    return found


def _groups(sites: Sequence[Site]) -> Iterator[tuple[int, int, list[Site]]]:
    """(start, end, sites) of those that stand together."""
    low = high = 0
    members: list[Site] = []
    for site in sites:
        start, end, _ = site
        if members:
            overlaps = start < high
            if start - high <= CONTEXT and end - low <= (2 * LONGEST if overlaps else LONGEST):
                members.append(site)
                high = end if end > high else high
                continue
            if overlaps:
                # No gap for twice the length: edits must not overlap, so the earlier sites have it.
                continue
            yield low, high, members
        low, high, members = start, end, [site]
    if members:
        yield low, high, members
