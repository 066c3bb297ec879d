"""Reading lexicon files: text in, `Lexicon` out, all problems in one run.

Simple entries take the fast path; the rest goes through YAML. When YAML gives up on a file, its entries are
read one by one, so that one broken entry does not hide the problems of the others.

The fast path: entries that stand on one line and cannot be read in two ways, without a YAML parser.

`lay_out` cuts a file into blocks, one an entry; `quick_entry` reads a block of one plain line. Whatever is less than
obvious is left to the slow path (`yaml_nodes` and `fields`), which reads every file alone as well; a random test holds
the two together. An entry is taken here only if the slow path would find nothing wrong with it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from despin.lexicon.fields import example_problem, header_fields, read_entry, read_family
from despin.lexicon.model import MOST_CHARACTERS, NO_CONTEXTS, PERSONAL, Entry, Family, Lexicon, Origin, Original
from despin.lexicon.problems import Place, Problem, Report, raise_errors
from despin.lexicon.source import ENTRY_FIELDS, SourceText, combined_digest, decode, read_source
from despin.lexicon.yaml_nodes import MapNode, Node, Scalar, TreeError, compose, has_forbidden, repair

# Characters that are plain in YAML, stable under NFC and visible.
_W = f"[A-Za-z0-9㐀-䶿一-鿿ㄅ-ㄯ]{{1,{MOST_CHARACTERS}}}"
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
#: What is not in plain lines goes through YAML, a megabyte in two seconds and 160 MB of
#: memory: no more characters than this.
MOST_YAML = 2 * 2**20


@dataclass(slots=True)
class Layout:
    """Where the entries of a file stand: `entries_line` is the line that says `entries:`, `starts` the first line of
    every entry, `quick` the matches of those that are one plain line. Line indexes count from 0."""

    entries_line: int
    starts: list[int] = field(default_factory=list)
    quick: dict[int, re.Match[str]] = field(default_factory=dict)

    def blocks(self, lines: list[str]) -> list[tuple[int, int]]:
        """(first line, line behind the last) of every entry."""
        return list(pairwise((*self.starts, len(lines))))


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
    if spun in words or len(set(words)) != len(words):
        return None
    return found


Pair = tuple[Scalar, Node]


@dataclass(slots=True)
class Parsed:
    """One file as read: its family, the entries without errors, the header as written, and the report."""

    family: Family
    report: Report
    entries: list[Entry] = field(default_factory=list)
    header: dict[str, Pair] = field(default_factory=dict)

    @property
    def problems(self) -> list[Problem]:
        return self.report.sorted()


@dataclass(slots=True)
class _Pieces:
    """A file taken apart: its header, the entries that went through YAML, the lines that did not have to."""

    header: list[Pair] = field(default_factory=list)
    slow: list[Pair] = field(default_factory=list)
    layout: Layout | None = None


def read_lexicon(paths: Iterable[str | os.PathLike[str]]) -> Lexicon:
    """The families and entries of all files, in the order given. Raises `LexiconError` naming every error of the
    first file that has any."""
    lexicons = [read_file(path) for path in paths]
    return Lexicon(
        tuple(family for lexicon in lexicons for family in lexicon.families),
        tuple(entry for lexicon in lexicons for entry in lexicon.entries),
        combined_digest([lexicon.digest for lexicon in lexicons]),
    )


def read_file(path: str | os.PathLike[str]) -> Lexicon:
    """The one family of a file. Raises `LexiconError` naming its errors, each with line and column."""
    report = Report(str(path))
    source = read_source(path, report)
    if source is None:
        raise_errors(report.problems)
        raise AssertionError("a missing source is always reported")
    return to_lexicon(source)


def read_text(text: str, path: str = "<text>") -> Lexicon:
    """The lexicon written in `text`; `path` stands in its messages. Raises `LexiconError`."""
    report = Report(path)
    source = decode(text.encode("utf-8", "surrogatepass"), path, report)
    raise_errors(report.problems)
    assert source is not None
    return to_lexicon(source)


def to_lexicon(source: SourceText) -> Lexicon:
    """The lexicon of a file already read. Raises `LexiconError`."""
    parsed = parse(source)
    if parsed.report.errors:
        raise_errors(parsed.problems)
    return Lexicon((parsed.family,), tuple(parsed.entries), source.digest)


def parse(source: SourceText, *, fast: bool = True, pure: bool = False) -> Parsed:
    """Everything a file says and everything wrong with it. `fast=False` and `pure=True` take the slow, obvious ways."""
    report = Report(source.path)
    parsed = Parsed(Family(PERSONAL), report)
    if has_forbidden(source.text, report):
        return parsed
    text = repair(source.text, report)
    pieces = _take_apart(text, report, fast, pure)
    if pieces is None:
        return parsed
    parsed.header = header_fields(pieces.header, report)
    parsed.family = read_family(parsed.header, report)
    if "entries" not in parsed.header and parsed.family.program is None and not report.errors:
        report.error(
            Place(1, 1), "no entries", "add a line 'entries:' and the entries below it, indented by two spaces"
        )
    _read_entries(pieces, parsed)
    return parsed


def _take_apart(text: str, report: Report, fast: bool, pure: bool) -> _Pieces | None:
    lines = text.split("\n")
    layout = lay_out(lines)
    if fast and layout is not None and layout.quick:
        pieces = _residual(lines, layout, report.path, pure)
        if pieces is not None:
            return pieces
    if _weight(text) > MOST_YAML:
        mend = "split it, or mend its header and write its entries as 'despin lexicon format' does"
        report.error(Place(1, 1), "more than 2 MB, and not in plain lines 'spun: original'", mend)
        return None
    attempt = Report(report.path)
    try:
        root = compose(text, attempt, pure=pure)
    except TreeError as error:
        if layout is None:
            _take_over(attempt, report)
            report.error(error.problem, error.problem.what, error.problem.mend)
            return None
        return _one_by_one(lines, layout, report, error, pure)
    _take_over(attempt, report)
    return _from_root(root, report)


def _weight(text: str) -> int:
    """How much of a text is more than line ends."""
    return len(text) - text.count("\n")


def _take_over(attempt: Report, report: Report) -> None:
    report.problems += attempt.problems
    report.errors += attempt.errors


def _residual(lines: list[str], layout: Layout, path: str, pure: bool) -> _Pieces | None:
    """The pieces of a file of which YAML sees only what the fast path does not read; None when that cannot be trusted.

    Of each run of plain lines the first stays in as a sentinel: if YAML finds it as an entry at its line, nothing
    before it (an open quote, say) reaches into the run.
    """
    quick, starts = layout.quick, layout.starts
    rest = list(lines)
    sentinels: dict[int, str] = {}
    after_quick = False
    for start in starts:
        match = quick.get(start)
        if match is None:
            after_quick = False
        elif after_quick:
            rest[start] = ""
        else:
            sentinels[start + 1] = match["spun"]
            after_quick = True
    attempt, text = Report(path), "\n".join(rest)
    if _weight(text) > MOST_YAML:
        return None
    try:
        root = compose(text, attempt, pure=pure)
    except TreeError:
        return None
    pieces = _from_root(root, attempt)
    if attempt.problems:
        return None
    slow: list[Pair] = []
    for key, value in pieces.slow:
        if key.column == 3 and sentinels.get(key.line) == key.text:
            del sentinels[key.line]
        else:
            slow.append((key, value))
    if sentinels:
        return None
    pieces.slow, pieces.layout = slow, layout
    return pieces


def _from_root(root: Node | None, report: Report) -> _Pieces:
    pieces = _Pieces()
    if root is None:
        return pieces
    if not isinstance(root, MapNode):
        report.error(root, "no lexicon", "begin with 'entries:' and write 'spun: original' lines below it")
        return pieces
    pieces.header = root.pairs
    entries = next((value for key, value in root.pairs if key.text == "entries"), None)
    if isinstance(entries, MapNode):
        pieces.slow = entries.pairs
    elif entries is not None and not (isinstance(entries, Scalar) and not entries.text):
        report.error(
            entries, "'entries' is no mapping", "write 'spun: original' lines below it, indented by two spaces"
        )
    return pieces


def _one_by_one(lines: list[str], layout: Layout, report: Report, error: TreeError, pure: bool) -> _Pieces:
    """The pieces of a file that is no YAML as a whole: the header and every entry read alone."""
    before = report.errors
    pieces = _Pieces()
    place = Place(layout.entries_line + 1, 1)
    for start, stop in _header_blocks(lines, layout.entries_line):
        pieces.header += _alone("\n".join(lines[start:stop]), report, start + 1, pure, "'title: ...'")
    pieces.header.append((Scalar("entries", place.line, 1, True, (place.line, 8)), MapNode(place.line, 1)))
    for start, stop in layout.blocks(lines):
        block = "\n".join(lines[start:stop])
        pieces.slow += _alone(block, report, start + 1, pure, "'spun: original'")
    if report.errors == before:
        report.error(error.problem, error.problem.what, error.problem.mend)
    return pieces


def _header_blocks(lines: list[str], end: int) -> list[tuple[int, int]]:
    """(first line, line behind the last) of every header field above line `end`."""
    starts = [number for number in range(end) if lines[number].strip() and lines[number][0] not in " #-"]
    return list(zip(starts, [*starts[1:], end], strict=False))


def _alone(text: str, report: Report, first_line: int, pure: bool, form: str) -> list[Pair]:
    try:
        node = compose(text, report, first_line, pure)
    except TreeError as error:
        report.error(error.problem, error.problem.what, error.problem.mend)
        return []
    if node is None:
        return []
    if not isinstance(node, MapNode):
        report.error(node, "no colon after the word", f"write {form}")
        return []
    return node.pairs


def _read_entries(pieces: _Pieces, parsed: Parsed) -> None:
    """Fills in the entries in the order of the file; a spun form that comes again is reported."""
    report, family, path = parsed.report, parsed.family.name, parsed.report.path
    quick = pieces.layout.quick if pieces.layout else {}
    lines = pieces.layout.starts if pieces.layout else []
    slow = pieces.slow
    found: list[Entry] = []
    keys: list[tuple[int, int, str]] = []
    for key, value in slow:
        keys.append((key.line, key.column, key.text))
        entry = read_entry(key, value, family, report)
        if entry is not None:
            found.append(entry)
    for start in lines:
        match = quick.get(start)
        if match is None:
            continue
        keys.append((start + 1, 3, match["spun"]))
        entry = quick_entry(match, family, path, start + 1)
        if entry is None:
            entry = _slow_line(match.string, start + 1, family, report)
        if entry is not None:
            found.append(entry)
    if slow and quick:
        found.sort(key=lambda entry: (entry.line, entry.column))
        keys.sort()
    parsed.entries = found
    if len({spun for _, _, spun in keys}) != len(keys):
        _report_duplicates(keys, report)


def _report_duplicates(keys: list[tuple[int, int, str]], report: Report) -> None:
    first: dict[str, int] = {}
    for line, column, spun in keys:
        if spun in first:
            report.error(
                Place(line, column), f"a second entry for {spun}, after line {first[spun]}", "merge the two into one"
            )
        else:
            first[spun] = line


def _slow_line(line: str, number: int, family: str, report: Report) -> Entry | None:
    """A line the fast path had second thoughts about."""
    pairs = _alone(line, report, number, False, "'spun: original'")
    return read_entry(*pairs[0], family, report) if pairs else None
