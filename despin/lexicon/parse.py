"""Reading lexicon files: text in, `Lexicon` out, all problems in one run.

A file is cut into blocks, a header field or an entry each, so that one broken entry does not hide the problems of the
others. A block of one plain line that cannot be read in two ways is read without a YAML parser, if `fields` would find
nothing wrong with it; a random test holds the two ways together. A file of another shape is one block.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from despin.lexicon.fields import example_problem, header_fields, read_entry, read_family
from despin.lexicon.model import MOST_CHARACTERS, NO_CONTEXTS, PERSONAL, Entry, Family, Lexicon, Origin, Original
from despin.lexicon.problems import FilePlace, Problem, Report, raise_errors, sure
from despin.lexicon.source import ENTRY_FIELDS, SourceText, decode, read_source
from despin.lexicon.yaml_nodes import MapNode, Pair, Scalar, compose, has_forbidden, repair

# Characters that are plain in YAML, stable under NFC and visible.
_W = f"[A-Za-z0-9㐀-䶿一-鿿ㄅ-ㄯ]{{1,{MOST_CHARACTERS}}}"
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_ORIGINALS = rf"{_W}|\[{_W}(?:, {_W})*\]|\{{{_W}: {_NUMBER}(?:, {_W}: {_NUMBER})*\}}"
_TEXT = r'"[^"\\\n]*"'
_LONG = (
    rf"\{{original: (?P<long>{_ORIGINALS})(?P<flips>, flips: true)?"
    rf"(?:, source: (?P<source>curated|attested|learned|imported))?"
    rf"(?:, examples: \[(?P<examples>{_TEXT}(?:, {_TEXT})*)\])?\}}"
)
_LINE = re.compile(rf"  (?P<spun>{_W}): (?:(?P<short>{_ORIGINALS})|{_LONG})$")
_EXAMPLE = re.compile(r'"([^"]*)"')
_ENTRIES = re.compile(r"entries:[ ]*(?:#.*)?$")
_FIELDS = frozenset(ENTRY_FIELDS)
#: What is not in plain lines goes through YAML, a megabyte in two seconds and 160 MB of
#: memory: no more characters than this.
MOST_YAML = 2 << 20


@dataclass(slots=True)
class Notation:
    """Where the blocks of a file stand: `entries_line` is the line that says `entries:`, `header` and `starts` are the
    first lines of every header field above it and of every entry below, `quick` the matches of entries that are one
    plain line. Line indexes count from 0."""

    entries_line: int
    header: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    quick: dict[int, re.Match[str]] = field(default_factory=dict)

    def blocks(self, lines: Sequence[str]) -> list[tuple[int, int]]:
        """(first line, line behind the last) of every entry."""
        return list(pairwise((*self.starts, len(lines))))


def lay_out(lines: Sequence[str]) -> Notation | None:
    """The layout of a file whose entries are indented by two spaces; None for any other."""
    first = next((i for i, line in enumerate(lines) if _ENTRIES.match(line)), None)
    if first is None:
        return None
    layout = Notation(first)
    for number in range(first):
        line = lines[number]
        if line and line[0] not in " #-":
            layout.header.append(number)
        elif line.strip() and line.lstrip()[0] != "#" and not layout.header:
            return None
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
        if indent == 2 and body[:2] not in ("- ", "? ", ": "):
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
    cases = tuple(_EXAMPLE.findall(examples)) if examples else ()
    if any(example_problem(case, spun, originals) for case in cases):
        return None
    known: Origin = source or "curated"  # type: ignore[assignment]
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
    return None if spun in words or len(set(words)) != len(words) else found


@dataclass(slots=True)
class Parsed:
    """One file as read: its family, the entries without errors, the header as written, the report, and the entries
    that went through YAML as written."""

    family: Family
    report: Report
    entries: list[Entry] = field(default_factory=list)
    header: dict[str, Pair] = field(default_factory=dict)
    written: list[Pair] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        return self.report.sorted()


def read_file(path: str | os.PathLike[str]) -> Lexicon:
    """The one family of a file. Raises `LexiconError` naming its errors, each with line and column."""
    return to_lexicon(sure(path, partial(read_source, path)))


def read_text(text: str, path: str = "<text>") -> Lexicon:
    """The lexicon written in `text`; `path` stands in its messages. Raises `LexiconError`."""
    return to_lexicon(sure(path, partial(decode, text.encode("utf-8", "surrogatepass"), path)))


def to_lexicon(source: SourceText) -> Lexicon:
    """The lexicon of a file already read. Raises `LexiconError`."""
    parsed = parse(source)
    if parsed.report.errors:
        raise_errors(parsed.problems)
    return Lexicon((parsed.family,), tuple(parsed.entries), source.digest)


def parse(source: SourceText) -> Parsed:
    """Everything a file says and everything wrong with it."""
    report = Report(source.path)
    parsed = Parsed(Family(PERSONAL), report)
    if has_forbidden(source.text, report):
        return parsed
    lines = repair(source.text, report).split("\n")
    layout = lay_out(lines)
    quick = layout.quick if layout else {}
    plain = sum(len(match.string) for match in quick.values())
    if sum(map(len, lines)) - plain > MOST_YAML:
        mend = "split it, or mend its header and write its entries as 'despin lexicon format' does"
        report.error(FilePlace(1, 1), "more than 2 MB, and not in plain lines 'spun: original'", mend)
        return parsed
    before = report.errors
    if layout is None:
        pairs = _block(lines, 0, len(lines), report, _WHOLE)
    else:
        bounds = pairwise((*layout.header, layout.entries_line))
        pairs = [pair for start, stop in bounds for pair in _block(lines, start, stop, report, _HEADER)]
        place = layout.entries_line + 1
        pairs.append((Scalar("entries", place, 1, end=(place, 8)), MapNode(place, 1)))
    if not pairs and report.errors > before:
        return parsed
    header = parsed.header = header_fields(pairs, report)
    parsed.family = read_family(header, report)
    if "entries" not in header and parsed.family.program is None and not report.errors:
        mend = "add a line 'entries:' and the entries below it, indented by two spaces"
        report.error(FilePlace(1, 1), "no entries", mend)
    _read_entries(lines, layout, quick, parsed)
    return parsed


#: What is said of a block that is no mapping.
_WHOLE = "no lexicon", "begin with 'entries:' and write 'spun: original' lines below it"
_HEADER, _ENTRY = (("no colon after the word", f"write {form}") for form in ("'title: ...'", "'spun: original'"))


def _block(lines: Sequence[str], start: int, stop: int, report: Report, otherwise: tuple[str, str]) -> list[Pair]:
    """The pairs that some lines hold, none where they hold none or, which is reported, cannot be read."""
    node = compose("\n".join(lines[start:stop]), report, start + 1)
    if isinstance(node, MapNode):
        return node.pairs
    if node is not None:
        report.error(node, *otherwise)
    return []


def _read_entries(
    lines: Sequence[str], layout: Notation | None, quick: dict[int, re.Match[str]], parsed: Parsed
) -> None:
    """Fills in the entries in the order of the file; a spun form that comes again is reported."""
    report, family, path = parsed.report, parsed.family.name, parsed.report.path
    keys: list[tuple[str, int, int]] = []
    blocks = layout.blocks(lines) if layout else [(0, 0)]
    for start, stop in blocks:
        match = quick.get(start)
        entry = quick_entry(match, family, path, start + 1) if match else None
        if match and entry:
            keys.append((match["spun"], start + 1, 3))
            parsed.entries.append(entry)
            continue
        pairs = _block(lines, start, stop, report, _ENTRY) if layout else _inside(parsed)
        parsed.written += pairs
        for key, value in pairs:
            keys.append((key.text, key.line, key.column))
            if entry := read_entry(key, value, family, report):
                parsed.entries.append(entry)
    if len({spun for spun, _, _ in keys}) != len(keys):
        first: dict[str, int] = {}
        for spun, line, column in keys:
            if spun in first:
                what = f"a second entry for {spun}, after line {first[spun]}"
                report.error(FilePlace(line, column), what, "merge the two into one")
            first.setdefault(spun, line)


def _inside(parsed: Parsed) -> list[Pair]:
    """The entries of a file that was read as a whole."""
    _, node = parsed.header.get("entries", (None, None))
    if node is None or isinstance(node, MapNode) or (isinstance(node, Scalar) and not node.text):
        return node.pairs if isinstance(node, MapNode) else []
    mend = "write 'spun: original' lines below it, indented by two spaces"
    parsed.report.error(node, "'entries' is no mapping", mend)
    return []
