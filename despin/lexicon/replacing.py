"""Putting entries in the place of others in a lexicon's text; every other line and every comment stays."""

from __future__ import annotations

from collections.abc import Mapping

from despin.lexicon.emit import entry_lines
from despin.lexicon.entry import Entry
from despin.lexicon.fast import Layout


def put(lines: list[str], layout: Layout, changes: Mapping[int, Entry]) -> list[str]:
    """The lines of a file with `changes`, new entries by the line (from 1) on which the old one begins.

    Comments inside an old entry are kept above the new one, those behind it belong to the next.
    """
    found = list(lines)
    for start, stop in reversed(layout.blocks(lines)):
        entry = changes.get(start + 1)
        if entry is not None:
            own, tail = _split(lines[start:stop])
            inside = [f"  {line[line.index('#') :]}" for line in own if line.lstrip().startswith("#")]
            found[start:stop] = [*inside, *entry_lines(entry), *tail]
    return found


def _split(block: list[str]) -> tuple[list[str], list[str]]:
    """An entry's own lines, and the comments and empty lines that follow it."""
    end = len(block)
    while end > 1 and (not block[end - 1].strip() or block[end - 1].lstrip().startswith("#")):
        end -= 1
    return block[:end], block[end:]
