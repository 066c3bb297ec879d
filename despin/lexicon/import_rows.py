"""Importing a spinner's list as the table of its program: the rows in their order, with
duplicates, one way or both ways.

    原词→替换               one way; `原词→替换1|替换2` is a row for each
    原词=替换, 原词,替换     both ways for programs that swap; the others read them one way
    a=b,c=d, a=b#c=d        several rows on a line
    12,原词,替换             a row with its number (`strtr-oldest` takes the lowest)

What becomes of such rows is up to the program (`despin.spinners.table`); so a word that replaces itself is kept too: it
keeps shorter words of the list from being replaced in it.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from despin.errors import InputError
from despin.lexicon.fields import lexicon_text
from despin.lexicon.importers import (
    ALTERNATIVES,
    ARROW,
    CHOICES,
    EQUALS,
    PAIR_ENDS,
    MalformedLineError,
    list_lines,
    listed,
    read_list,
    read_word,
)
from despin.spinners.rows import BOTH_WAYS, Rows, TableRow

_ENDS = re.compile(rf"{PAIR_ENDS.pattern}|#")
_COLUMNS = re.compile(r"[\s,，;；]+")
_NUMBERED = re.compile(r"([0-9]{1,9})[\t,;|]\s*(?=[^0-9\s])")


#: What may be odd about rows, as the user is told.
_ODD = (
    "words with several targets: which one counts is up to the program",
    "rows that write a word for itself: they guard it from shorter words",
    "rows that write nothing",
    "rows that write a form with the word in it",
    "rows that another row turns round",
    "rows that lead back to their word by way of others: only programs that read what they wrote go round",
)


@dataclass(slots=True)
class RowReport:
    """The rows of a list in order, and by row the line it stands on (`places`). `malformed` are (line number, reason,
    text) of lines that are no rows; `dropped` is the first line where it was left out."""

    name: str
    encoding: str
    lines: int = 0
    rows: list[TableRow] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    malformed: list[tuple[int, str, str]] = field(default_factory=list)
    dropped: str = ""

    def table(self) -> Rows:
        """The rows as a table."""
        return Rows(tuple(self.rows))

    def messages(self, limit: int = 20) -> list[str]:
        """What to tell the user: malformed lines with numbers (at most `limit`), what is odd
        about the rows, and the sums."""
        lines = listed(self.name, self.malformed, limit)
        if self.dropped:
            lines.append(f"{self.name}:1: left out, as the program does: '{self.dropped[:60]}'")
        lines += list(self._odd())
        lines.append(
            f"{self.name} ({self.encoding}): {self.lines:,} lines, {len(self.rows):,} rows, "
            f"{len({row.key for row in self.rows}):,} words, {len(self.malformed)} malformed lines"
        )
        return lines

    def _odd(self) -> Iterator[str]:
        """What is odd about the rows, each kind with how many there are and where the first
        of them stands. All are kept."""
        targets: dict[str, dict[str, None]] = defaultdict(dict)
        for row in self.rows:
            targets[row.key][row.target] = None
        circles = _in_circles({key: next(iter(found)) for key, found in targets.items()})
        seen = set[str]()
        kinds: dict[str, list[int]] = {what: [] for what in _ODD}
        several, itself, nothing, longer, turned, circle = kinds.values()
        for number, (key, target, *_) in enumerate(self.rows):
            if key in seen and len(targets[key]) > 1 and target != next(iter(targets[key])):
                several.append(number)
            seen.add(key)
            if key == target:
                itself.append(number)
            elif not target:
                nothing.append(number)
            elif key in target:
                longer.append(number)
            if key != target and key in targets.get(target, ()):
                turned.append(number)
            elif key in circles and target == next(iter(targets[key])):
                circle.append(number)
        for what, found in kinds.items():
            if found:
                count = len({self.rows[number].key for number in found}) if found is several else len(found)
                key, target, *_ = self.rows[found[0]]
                line = self.places[found[0]] if found[0] < len(self.places) else found[0] + 1
                yield f"{self.name}:{line}: {key}→{target or '(nothing)'}: {count:,} {what}"


def import_rows(path: str | os.PathLike[str], *, encoding: str = "", drop_first: bool = False) -> RowReport:
    """The rows of a list's file; `drop_first` leaves out its first line. Raises `InputError` for a file that
    cannot be read or holds no row."""
    text, found = read_list(path, encoding)
    report = rows_of_text(text, str(path), found, drop_first=drop_first)
    if not report.rows:
        shown = "\n".join(report.messages(5))
        raise InputError(f"{shown}\n{path}: no row in it: lines look like 原词→替换, 原词=替换 or 原词,替换")
    return report


def rows_of_text(text: str, name: str = "<text>", encoding: str = "text", *, drop_first: bool = False) -> RowReport:
    """The rows of a list already decoded. A first line that is no row is a heading, and left out."""
    report = RowReport(name, encoding)
    lines = list_lines(text)
    report.lines = len(lines)
    for number, content in enumerate(lines, 1):
        line = content.strip()
        if number == 1 and drop_first:
            report.dropped = line
        elif line and not (line.startswith(("#", "//")) and not _is_row(line)):
            try:
                found = list(_rows(line))
                report.rows += found
                report.places += [number] * len(found)
            except MalformedLineError as reason:
                if number == 1 and not _is_row(line):
                    report.dropped = line
                else:
                    report.malformed.append((number, str(reason), line[:60]))
    return report


def _in_circles(targets: Mapping[str, str]) -> set[str]:
    """The words from which their targets, and the targets of these, lead back to them,
    by way of two others at least."""
    found, done = set[str](), set[str]()
    for word in targets:
        path: dict[str, int] = {}
        while word in targets and word not in done and word not in path:
            path[word] = len(path)
            word = targets[word]
        if word in path and len(path) - path[word] > 2:
            found.update(list(path)[path[word] :])
        done.update(path)
    return found


def _is_row(line: str) -> bool:
    """Whether something in a line says that one word is written for another."""
    return BOTH_WAYS in line or bool(ARROW.search(line) or EQUALS.search(line))


def _rows(line: str) -> Iterator[TableRow]:
    """The rows of a line. Raises `MalformedLineError` where there are none."""
    number = 0
    if numbered := _NUMBERED.match(line):
        number, line = int(numbered[1]), line[numbered.end() :]
    arrows, equals = len(ARROW.findall(line)), len(EQUALS.findall(line)) + line.count(BOTH_WAYS)
    if not arrows and not equals:
        words = [read_word(word) for word in _COLUMNS.split(line) if word]
        if len(words) != 2:
            what = f"{len(words)} words" if len(words) != 1 else "one word"
            raise MalformedLineError(f"{what}, and a row has two: a list of synonyms is imported without --program")
        yield TableRow(words[0], words[1], True, number)
        return
    key = ""
    # A comma inside the only pair of a line belongs to a saying.
    for part in [line] if arrows == 1 and not equals else filter(None, map(str.strip, _ENDS.split(line))):
        key, rows = _part(part, key, number)
        yield from rows


def _part(part: str, key: str, number: int) -> tuple[str, list[TableRow]]:
    """(word, its rows) of one part of a line; one without a mark writes something else for the word before, `key`."""
    both = not ARROW.search(part)
    sides = ARROW.split(part) if not both else re.split(f"{EQUALS.pattern}|{BOTH_WAYS}", part)
    if len(sides) > 2:
        raise MalformedLineError("more than one arrow or equals sign between two words")
    if len(sides) == 2:
        key = read_word(sides[0])
    elif not key:
        raise MalformedLineError("neither an arrow nor an equals sign in a part of the line")
    written = (CHOICES if both else ALTERNATIVES).split(sides[-1])
    if any(BOTH_WAYS in word or "→" in word for word in (key, *written)):
        raise MalformedLineError("an arrow inside a word")
    return key, [TableRow(key, read_word(word) if word.strip() else "", both, number) for word in written]


def render_vectors(
    source: str, family: str, table: str, flags: Sequence[str], ranks: Sequence[int], words: int, rate: float = 1.0
) -> str:
    """The lexicon of a family whose program replaces words by their neighbours in the file `table`
    beside it, at a rate (0: any)."""
    name = Path(source).name
    about = f"Words are replaced by their nearest neighbours among the vectors of {words:,} words."
    program: dict[str, object] = {"table": table, "flags": flags, "rank": ranks[0] if len(ranks) == 1 else ranks}
    if rate != 1.0:
        program["rate"] = rate or "any"
    return lexicon_text(family, f"neighbours among the vectors {name}", about, [name], program=program)


def render_program(report: RowReport, family: str, program: str, table: str) -> str:
    """The lexicon of a family whose program runs these rows from the file `table` beside it."""
    source = Path(report.name).name
    about = f"A word list taken over as it circulates, with its program: {len(report.rows):,} rows."
    parameters = {"name": program, "table": table}
    return lexicon_text(family, f"the list {source}, run by {program}", about, [source], program=parameters)
