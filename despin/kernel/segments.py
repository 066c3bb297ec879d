"""Units of work: the stretches of a text that have to be decoded, with their offsets.

A stretch holds some sites and a few characters of context on either side, and ends with its line: what the model knows of a
line's last words says nothing about the next, and a line reads the same wherever it stands. Text without sites belongs to
no stretch.
Compiled where a compiler was at hand; the types of all names are in `stretches.pxd`.
"""

from __future__ import annotations

from typing import NamedTuple

from despin.channel.matches import Site

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


def stretches(text: str, sites: list[Site]) -> list[Stretch]:
    """The stretches of `text` around `sites` (sorted by start), in order."""
    found: list[Stretch] = []
    low = high = 0
    members: list[Site] = []
    for site in sites:
        start, end = site[0], site[1]
        if members:
            overlaps = start < high
            near = overlaps or (start - high <= CONTEXT and text.find("\n", high, start) < 0)
            if near and end - low <= (2 * LONGEST if overlaps else LONGEST):
                members.append(site)
                high = end if end > high else high
                continue
            if overlaps:
                # No gap for twice the length: edits must not overlap, so the earlier sites have it.
                continue
            found.append(_stretch(text, low, high, members))
        low, high, members = start, end, [site]
    if members:
        found.append(_stretch(text, low, high, members))
    return found


def _stretch(text: str, start: int, end: int, members: list[Site]) -> Stretch:
    """The stretch of sites that stand together between `start` and `end`."""
    before = start - CONTEXT if start > CONTEXT else 0
    low = text.rfind("\n", before, start) + 1
    if low < before:
        low = before
    high = text.find("\n", end, end + CONTEXT) + 1
    if not high:
        high = len(text) if len(text) < end + CONTEXT else end + CONTEXT
    return tuple.__new__(Stretch, (low, high, members, low == 0 or text[low - 1] == "\n"))
