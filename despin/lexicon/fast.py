"""The fast path: entries that stand on one line and cannot be read in two ways, without a YAML parser.

`lay_out` cuts a file into blocks, one an entry; `quick_entry` reads a block of one plain line. Whatever is less than
obvious is left to the slow path (`tree` and `entries`), which reads every file alone as well; a random test holds the
two together. An entry is taken here only if the slow path would find nothing wrong with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from despin.lexicon.entry import NO_CONTEXTS, Entry, Original, Source
from despin.lexicon.examples import example_problem
from despin.lexicon.source import ENTRY_FIELDS

# Characters that are plain in YAML, stable under NFC and visible.
_W = "[A-Za-z0-9㐀-䶿一-鿿ㄅ-ㄯ]+"
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_ONE = rf"{_W}"
_LIST = rf"\[{_W}(?:, {_W})*\]"
_WEIGHTS = rf"\{{{_W}: {_NUMBER}(?:, {_W}: {_NUMBER})*\}}"
_TEXT = r'"[^"\\\n]*"'
_LONG = (
    rf"\{{original: (?P<long>{_ONE}|{_LIST}|{_WEIGHTS})(?P<flips>, flips: true)?"
    rf"(?:, source: (?P<source>curated|attested|learned|imported))?"
    rf"(?:, examples: \[(?P<examples>{_TEXT}(?:, {_TEXT})*)\])?\}}"
)
_LINE = re.compile(rf"  (?P<spun>{_W}): (?:(?P<short>{_ONE}|{_LIST}|{_WEIGHTS})|{_LONG})$")
_EXAMPLE = re.compile(r'"([^"]*)"')
_ENTRIES = re.compile(r"entries:[ ]*(?:#.*)?$")
_FIELDS = frozenset(ENTRY_FIELDS)


@dataclass(slots=True)
class Layout:
    """Where the entries of a file stand: `entries_line` is the line that says `entries:`, `starts` the first line of
    every entry, `quick` the matches of those that are one plain line. Line indexes count from 0."""

    entries_line: int
    starts: list[int] = field(default_factory=list)
    quick: dict[int, re.Match[str]] = field(default_factory=dict)

    def blocks(self, lines: list[str]) -> list[tuple[int, int]]:
        """(first line, line behind the last) of every entry."""
        return list(zip(self.starts, [*self.starts[1:], len(lines)], strict=True))


def lay_out(lines: list[str]) -> Layout | None:
    """The layout of a file whose entries are indented by two spaces; None for any other."""
    first = next((i for i, line in enumerate(lines) if _ENTRIES.match(line)), None)
    if first is None:
        return None
    layout = Layout(first)
    starts, quick, match_line = layout.starts, layout.quick, _LINE.match
    for number in range(first + 1, len(lines)):
        line = lines[number]
        match = match_line(line)
        if match is not None:
            starts.append(number)
            quick[number] = match
            continue
        body = line.lstrip(" ")
        if not body or body[0] == "#":
            continue
        indent = len(line) - len(body)
        if indent == 2:
            starts.append(number)
        elif indent > 2 and starts:
            # A continuation: what looked like a whole entry was only its first line.
            quick.pop(starts[-1], None)
        else:
            return None
    return layout


def quick_entry(match: re.Match[str], family: str, path: str, line: int) -> Entry | None:
    """The entry a line holds, or None when it needs a closer look."""
    spun, short, long, flips, source, examples = match.group("spun", "short", "long", "flips", "source", "examples")
    originals = _originals(short or long, spun)
    if originals is None:
        return None
    if short is not None:
        return Entry(spun, originals, family, path=path, line=line, column=3)
    cases: tuple[str, ...] = ()
    if examples is not None:
        cases = tuple(_EXAMPLE.findall(examples))
        if any(example_problem(case, spun, originals) for case in cases):
            return None
    known: Source = source or "curated"  # type: ignore[assignment]
    return Entry(
        spun, originals, family, NO_CONTEXTS, NO_CONTEXTS, flips is not None, "active", "", known, cases, path, line, 3
    )


def _originals(written: str, spun: str) -> tuple[Original, ...] | None:
    if written[0] == "[":
        words = written[1:-1].split(", ")
        found = tuple([Original(word) for word in words])
    elif written[0] == "{":
        pairs = [pair.split(": ") for pair in written[1:-1].split(", ")]
        words = [pair[0] for pair in pairs]
        weights = [float(pair[1]) for pair in pairs]
        if not all(weights) or not _FIELDS.isdisjoint(words):
            return None
        found = tuple([Original(word, weight) for word, weight in zip(words, weights, strict=True)])
    else:
        return None if written == spun else (Original(written),)
    if spun in words or len(set(words)) != len(words):
        return None
    return found
