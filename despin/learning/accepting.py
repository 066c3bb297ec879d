"""Deciding on candidates: which entries of a lexicon still wait for a decision, and writing each decision down.

Accepted entries become active; entries turned down stay candidates, which restore nothing, with the decision in their
reason, so that a walk goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from despin.errors import LexiconError
from despin.lexicon.entry import Entry, Original
from despin.lexicon.examples import example_problem
from despin.lexicon.fast import lay_out
from despin.lexicon.reading import read_text
from despin.lexicon.replacing import put
from despin.lexicon.words import word_problems
from despin.textfiles import read, write

#: How the reason of an entry begins that was turned down.
TURNED_DOWN = "turned down"


class Decisions:
    """The lexicon file at `path` while somebody decides on its candidates; each decision is written at once.

    Raises `LexiconError` for a broken lexicon, `InputError` for a file that cannot be read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        file = read(path)
        self._bom = file.bom
        self._text = file.text
        self.entries = {entry.spun: entry for entry in read_text(self._text, path).entries}
        if lay_out(self._text.split("\n")) is None:
            raise LexiconError(f"{path}: not in normal form: run 'despin lexicon format {path}' first")

    def waiting(self, again: bool = False) -> list[Entry]:
        """The candidates nobody has decided on, the weightiest first; with `again` also those turned down."""
        found = [
            entry
            for entry in self.entries.values()
            if entry.status == "candidate" and (again or not entry.reason.startswith(TURNED_DOWN))
        ]
        return sorted(found, key=lambda entry: (-sum(original.weight for original in entry.originals), entry.spun))

    def accept(self, entry: Entry, originals: Sequence[str] | None = None) -> Entry:
        """Make an entry active, with other `originals` where they are given. Raises `OutputError`."""
        if originals is not None:
            entry = with_originals(entry, originals)
        return self._put(replace(entry, status="active", reason=""))

    def turn_down(self, entry: Entry) -> Entry:
        """Note that an entry was turned down. Raises `OutputError`."""
        reason = entry.reason if entry.reason.startswith(TURNED_DOWN) else f"{TURNED_DOWN}; {entry.reason}".strip("; ")
        return self._put(replace(entry, reason=reason))

    def _put(self, entry: Entry) -> Entry:
        lines = self._text.rstrip("\n").split("\n")
        layout = lay_out(lines)
        assert layout is not None  # seen to in the beginning
        text = "\n".join(put(lines, layout, {self.entries[entry.spun].line: entry})) + "\n"
        # Read again before the file is touched: it must hold the decision, and no mistake.
        entries = {one.spun: one for one in read_text(text, self.path).entries}
        write(Path(self.path), (self._bom + text).encode())
        self._text, self.entries = text, entries
        return entries[entry.spun]


def with_originals(entry: Entry, originals: Sequence[str]) -> Entry:
    """The entry with these originals, known ones at their weight, and the examples that still fit."""
    weights = {original.text: original.weight for original in entry.originals}
    found = tuple(Original(text, weights.get(text, 1.0)) for text in dict.fromkeys(originals))
    examples = tuple(text for text in entry.examples if not example_problem(text, entry.spun, found))
    return replace(entry, originals=found, examples=examples)


def problem(entry: Entry, originals: Sequence[str]) -> str:
    """Why `originals` cannot stand in the entry; empty where they can."""
    if not originals:
        return "write at least one original"
    for word in originals:
        if word == entry.spun:
            return f"{word} would stand for itself"
        for what, mend in word_problems(word):
            return f"{what}: {mend}"
    return ""
