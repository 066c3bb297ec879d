"""Cuts that were learned, as candidate entries of a lexicon, and the decisions on them.

Accepted entries become active; entries turned down stay candidates, which restore nothing, with the decision in their
reason, so that a walk goes on where it stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from despin.errors import LexiconError
from despin.learning.decipher import Proposal
from despin.learning.observe import Facts, Seen
from despin.lexicon.edit import rewritten
from despin.lexicon.fields import example_problem
from despin.lexicon.model import Entry, Original, weight
from despin.lexicon.parse import lay_out, read_text
from despin.lexicon.words import word_problems
from despin.text.files import read
from despin.text.writing import write
from despin.tuning import Cuts

Found = TypeVar("Found", Facts, Proposal)


def entries(believed: Iterable[Facts], seen: Mapping[tuple[str, str], Sequence[Seen]], family: str) -> list[Entry]:
    """One candidate entry a spun form, sorted, weighted by its sightings."""
    return [
        _entry(spun, sorted(facts, key=lambda f: (-f.count, f.original)), seen, family)
        for spun, facts in _by_spun(believed)
    ]


def turned_round(found: Sequence[Entry], believed: Iterable[Facts], family: str) -> list[Entry]:
    """`found` with the other direction of every substitution of words, which nobody saw: lists run both ways."""
    entries = {entry.spun: entry for entry in found}
    for one in believed:
        spun, original = one.original, one.spun
        if min(len(spun), len(original)) < 2 or word_problems(spun) or word_problems(original):
            continue
        entry = entries.get(spun) or _candidate(spun, (), family, f"{original} was put for it")
        if all(known.text != original for known in entry.originals):
            entries[spun] = replace(entry, originals=(*entry.originals, Original(original, Cuts.unseen)))
    return [entries[spun] for spun in sorted(entries)]


def _entry(spun: str, facts: Sequence[Facts], seen: Mapping[tuple[str, str], Sequence[Seen]], family: str) -> Entry:
    originals = tuple(Original(one.original, weight(one.count)) for one in facts)
    count = sum(one.count for one in facts)
    documents = len({one.document for f in facts for one in seen[spun, f.original]})
    gain = sum(one.gain * one.count for one in facts) / count
    reason = (
        f"seen {count} time{'s' if count != 1 else ''} in {documents} document{'s' if documents != 1 else ''}; "
        f"the original reads better by {gain:.1f}"
    )
    return _candidate(spun, originals, family, reason, _examples(spun, originals, facts, seen))


def _candidate(
    spun: str, originals: tuple[Original, ...], family: str, reason: str, examples: Sequence[str] = ()
) -> Entry:
    shown = tuple(examples[: Cuts.examples])
    return Entry(spun, originals, family, status="candidate", reason=reason, source="learned", examples=shown)


def _examples(
    spun: str, originals: tuple[Original, ...], facts: Sequence[Facts], seen: Mapping[tuple[str, str], Sequence[Seen]]
) -> list[str]:
    """The shortest telling examples, one for each original first."""
    found: list[str] = []
    for one in facts:
        texts = {
            sighting.example
            for sighting in seen[spun, one.original]
            if sighting.example and not example_problem(sighting.example, spun, originals)
        }
        # An example with a few words around the place tells most; longer ones only take room.
        found += sorted(texts, key=lambda text: (abs(len(text) - len(spun) - len(one.original) - 16), text))[:1]
    return found


def from_corpus(found: Sequence[Proposal], family: str) -> list[Entry]:
    """One candidate entry a spun form of what was learned without originals, sorted, weighted by its expected edits."""
    return [_proposed(spun, own, family) for spun, own in _by_spun(found)]


def _by_spun(found: Iterable[Found]) -> list[tuple[str, list[Found]]]:
    """What was found by its spun forms, sorted, without what a lexicon does not take for words."""
    by_spun: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        if not (word_problems(one.spun) or word_problems(one.original)):
            by_spun[one.spun].append(one)
    return sorted(by_spun.items())


def _proposed(spun: str, found: Sequence[Proposal], family: str) -> Entry:
    originals = tuple(Original(one.original, max(0.1, weight(one.expected))) for one in found)
    best = found[0]
    examples = [one.example for one in found if not example_problem(one.example, spun, originals)]
    editions = "".join(f"edition {one.edition}; " for one in found if one.edition)
    reason = (
        f"score {best.score:.1f}: likely at {best.expected:.1f} of {best.sites} places in {best.documents} "
        f"document{'s' if best.documents != 1 else ''}; {best.excess:.1f} times as frequent as in ordinary Chinese"
    )
    return _candidate(spun, originals, family, editions + reason, examples)


#: How the reason of an entry begins that was turned down.
TURNED_DOWN = "turned down"


class Decisions:
    """The lexicon file at `path` while somebody decides on its candidates; each decision is written at once. Raises
    `LexiconError` for a broken lexicon, `InputError` for a file that cannot be read."""

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
        text = rewritten(self._text, self.path, {self.entries[entry.spun].line: entry})
        write(Path(self.path), (self._bom + text).encode())
        self._text = text
        self.entries = {one.spun: one for one in read_text(text, self.path).entries}
        return self.entries[entry.spun]


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
