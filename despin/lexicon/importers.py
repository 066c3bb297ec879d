"""Importing the dictionaries of spinners and thesauri as they circulate.

A spinner's `原词→替换` says what is replaced by what; a lexicon says what a spun form stands for. So every directed
pair is turned round. Groups of synonyms have no direction: every member may stand for every other, but those of one
character stand in for none: in running text they are mostly part of other words, and who spins with a thesaurus
replaces whole words. A program that reads groups into a table of words keeps of a word that stands in several groups
mostly the last, so what the earlier ones say of it weighs little.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path

from despin.errors import InputError
from despin.lexicon.fields import lexicon_text
from despin.lexicon.model import MOST_CHARACTERS, Entry, Original
from despin.spinners.rows import MOST_BYTES
from despin.text.decoding import check_encoding
from despin.text.encodings import binary_kind, guess_encoding
from despin.text.hidden import INVISIBLE

#: A list is read, and its broken lines reported, when at most one line in this many is broken.
_TOLERATED = 100


def decode_list(data: bytes, name: str, encoding: str = "") -> tuple[str, str]:
    """(text, encoding found). Broken characters become U+FFFD where they are few. Raises `InputError` when no encoding
    fits or `encoding` does not, `UsageError` when there is no such encoding."""
    if encoding:
        return _tolerant(data, name, [check_encoding(encoding)])
    kind = binary_kind(data)
    if kind:
        raise InputError(f"{name}: {kind}: name a word list in plain text")
    guess = guess_encoding(data)
    # The guess looks at the beginning only, and a damaged beginning defeats it.
    return _tolerant(data, name, ["utf-8", "gb18030"] if guess in (None, "utf-8") else [str(guess)])


def _tolerant(data: bytes, name: str, encodings: list[str]) -> tuple[str, str]:
    """The first strict reading, else the one with the fewest broken lines if those are few."""
    loose: list[tuple[int, str, str]] = []
    for encoding in encodings:
        try:
            return data.decode(encoding).removeprefix("\ufeff"), encoding
        except UnicodeError:
            text = data.decode(encoding, "replace").removeprefix("\ufeff")
            loose.append((sum("\ufffd" in line for line in text.split("\n")), text, encoding))
    if len(loose) > 1 and min(loose)[0]:
        loose.append(_line_by_line(data))
    broken, text, encoding = min(loose, key=lambda item: item[0])
    if broken * _TOLERATED > text.count("\n") + 1:
        tried = " nor ".join(encodings)
        raise InputError(f"{name}: not {tried}: name its encoding with --encoding (gb18030, big5, utf-16 ...)")
    return text, encoding


def _line_by_line(data: bytes) -> tuple[int, str, str]:
    """(broken lines, text, encodings) of a list that was put together of lists in UTF-8 and in GB18030."""
    lines: list[str] = []
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeError:
            lines.append(line.decode("gb18030", "replace"))
    return sum("\ufffd" in line for line in lines), "\n".join(lines), "utf-8 and gb18030"


#: A group of more synonyms is a topic, not a set of synonyms, and its pairs grow with the square.
MAX_GROUP = 100
#: From so many forms a word on, on average, a list is a thesaurus: whoever spins with it draws one of them.
SYNONYMS = 3.0
#: What an original weighs in the last group that holds it, and in an earlier one.
LAST, EARLIER = 1.0, 0.1

ARROW = re.compile(r"→|⇒|=>|[-—－]+>")
EQUALS = re.compile(r"[=＝]")
PAIR_ENDS = re.compile(r"[,，;；]")
CHOICES, ALTERNATIVES = re.compile(r"[|｜/、]"), re.compile(r"[|｜]")
_GROUP = re.compile(r"[\s,，;；|｜/、]+")
_CILIN = re.compile(r"[A-Z][a-z][0-9]{2}[A-Z][0-9]{2}([=#@])(.*)$")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd\ufffe\uffff\ud800-\udfff]")
_CHARACTERS = "groups of single characters"
_SKIPPED = {"#": "related words, no synonyms (Cilin #)", "@": "a word that stands alone (Cilin @)"}


class MalformedLineError(Exception):
    """A line that cannot be read; the message is the reason."""


@dataclass(slots=True)
class ImportReport:
    """What came of an import. `malformed` and `skipped` are (line number, reason, text); `two_way` counts pairs that
    the file holds in both directions; an `article` has sentences in most of its lines."""

    name: str
    encoding: str
    lines: int = 0
    article: bool = False
    pairs: int = 0
    two_way: int = 0
    groups: int = 0
    malformed: list[tuple[int, str, str]] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    #: By spun form: its originals with their weights.
    originals: dict[str, dict[str, float]] = field(default_factory=dict)
    #: The groups of synonyms in the order of the file.
    synonyms: list[list[str]] = field(default_factory=list)

    @property
    def entries(self) -> int:
        """The number of spun forms."""
        return len(self.originals)

    @property
    def is_thesaurus(self) -> bool:
        """Whether it offers many forms for a word."""
        words = {word for originals in self.originals.values() for word in originals}
        return self.pairs >= SYNONYMS * len(words)

    def messages(self, limit: int = 20) -> list[str]:
        """What to tell the user: malformed lines with numbers (at most `limit`), what was skipped, and the sums."""
        lines = listed(self.name, self.malformed, limit)
        lines += [f"skipped {count:,} lines: {reason}" for reason, count in self.skipped.items()]
        lines.append(
            f"{self.name} ({self.encoding}): {self.lines:,} lines, {self.pairs:,} pairs ({self.two_way:,} of them in "
            f"both directions), {self.groups:,} groups, {self.entries:,} spun forms, "
            f"{len(self.malformed)} malformed lines"
        )
        return lines


def read_list(path: str | os.PathLike[str], encoding: str = "") -> tuple[str, str]:
    """(text, encoding found) of a list's file. Raises `InputError` for one that cannot be read,
    is too large or in no encoding."""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    if len(data) > MOST_BYTES:
        raise InputError(f"{path}: larger than 64 MB: split it")
    return decode_list(data, str(path), encoding)


def list_lines(text: str) -> list[str]:
    """The lines of a list, whatever ends them; none follows the last line end."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def import_file(path: str | os.PathLike[str], *, encoding: str = "") -> ImportReport:
    """The pairs of a word list, turned round where it gives a direction. Raises `InputError` for a file that cannot be
    read or holds no pair at all."""
    text, found = read_list(path, encoding)
    report = import_text(text, str(path), found)
    if not report.pairs:
        shown = "\n".join(report.messages(5))
        raise InputError(
            f"{shown}\n{path}: no pair of words in it: lines look like 原词→替换, a=b|c, or words with spaces"
        )
    return report


def listed(name: str, malformed: Sequence[tuple[int, str, str]], limit: int) -> list[str]:
    """Messages for (line number, reason, text) of lines that cannot be read, at most `limit` of them."""
    lines = [f"{name}:{number}: {reason}: '{text}'" for number, reason, text in malformed[:limit]]
    return [*lines, f"and {len(malformed) - limit} more malformed lines"] if len(malformed) > limit else lines


def import_text(text: str, name: str = "<text>", encoding: str = "text") -> ImportReport:
    """The pairs of a word list already decoded."""
    report = ImportReport(name, encoding)
    rows = list_lines(text)
    report.lines = len(rows)
    report.article = 2 * sum("。" in row for row in rows) > sum(map(bool, map(str.strip, rows)))
    for number, row in enumerate(rows, 1):
        line = row.strip()
        if line:
            try:
                _read_line(line, report)
            except MalformedLineError as reason:
                report.malformed.append((number, str(reason), line[:60]))
    _pair_synonyms(report)
    originals = report.originals
    report.pairs = sum(map(len, originals.values()))
    report.two_way = sum(spun in originals.get(word, ()) for spun, words in originals.items() for word in words)
    return report


def render(report: ImportReport, family: str) -> str:
    """The import as a lexicon file in normal form: every entry says `source: imported`."""
    count = f"{report.entries:,} spun forms, {report.pairs:,} pairs, {report.two_way:,} of them in both directions"
    source = Path(report.name).name
    about = f"A word list taken over as it circulates, turned round: {count}."
    entries = (
        Entry(spun, tuple(starmap(Original, words.items())), family, source="imported")
        for spun, words in sorted(report.originals.items())
    )
    return lexicon_text(family, f"imported from {source}", about, [source], entries)


def family_name(path: str | os.PathLike[str]) -> str:
    """A family name made from a file name."""
    return re.sub(r"[\s:/\\.]+", "-", Path(path).stem).strip("-").lower() or "imported"


def _read_line(line: str, report: ImportReport) -> None:
    cilin = _CILIN.match(line)
    if cilin:
        if cilin[1] == "=":
            _add_group(cilin[2].split(), report)
        else:
            reason = _SKIPPED[cilin[1]]
            report.skipped[reason] = report.skipped.get(reason, 0) + 1
    elif ARROW.search(line):
        _add_directed(_pairs(line, ARROW, ALTERNATIVES), report)
    elif EQUALS.search(line):
        _add_directed(_pairs(line, EQUALS, CHOICES), report)
    elif line.startswith(("#", "//")):
        report.skipped["comments"] = report.skipped.get("comments", 0) + 1
    else:
        _add_group([word for word in _GROUP.split(line) if word], report)


#: What is said of a part of a line with too many marks, and of one with none.
_FAULTS = {
    ARROW: ("more than one arrow", "no arrow in a part of the line"),
    EQUALS: ("more than one equals sign between two words", "no equals sign in a part of the line"),
}


def _pairs(line: str, mark: re.Pattern[str], choices: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """(original, spun) of `a→b`, `a→b|c` and `a→b,c→d`; of `a=b,c` both words may stand for a. A comma inside a saying,
    the only one of its line, is no separator."""
    several, none = _FAULTS[mark]
    original = ""
    for part in [line] if mark is ARROW and len(mark.findall(line)) == 1 else PAIR_ENDS.split(line):
        sides = mark.split(part)
        if len(sides) > 2:
            raise MalformedLineError(several)
        if len(sides) == 2:
            original = sides[0]
        elif mark is EQUALS and not part.strip():
            continue
        elif mark is ARROW or not original:
            raise MalformedLineError(none)
        for spun in choices.split(sides[-1]):
            yield original, spun


def _add_directed(pairs: Iterator[tuple[str, str]], report: ImportReport) -> None:
    found = [(read_word(original), read_word(spun)) for original, spun in pairs]
    if any(original == spun for original, spun in found):
        raise MalformedLineError("a word that replaces itself")
    for original, spun in found:
        report.originals.setdefault(spun, {})[original] = LAST


def _add_group(words: list[str], report: ImportReport) -> None:
    members = list(dict.fromkeys(map(read_word, words)))
    if len(members) < 2:
        raise MalformedLineError("one word alone" if members else "no word")
    if len(members) > MAX_GROUP:
        raise MalformedLineError(f"{len(members)} words in one group, too many to be synonyms")
    if all(len(word) == 1 for word in members):
        report.skipped[_CHARACTERS] = report.skipped.get(_CHARACTERS, 0) + 1
        return
    report.groups += 1
    report.synonyms.append(members)


def _pair_synonyms(report: ImportReport) -> None:
    """Let every member of a group stand for every other of two characters and more."""
    last = {word: number for number, members in enumerate(report.synonyms) for word in members}
    for number, members in enumerate(report.synonyms):
        for word in members:
            if len(word) == 1:
                continue
            weight = LAST if last[word] == number else EARLIER
            for spun in members:
                if spun != word:
                    originals = report.originals.setdefault(spun, {})
                    originals[word] = max(weight, originals.get(word, 0.0))


def read_word(text: str) -> str:
    """A word as a lexicon takes it; raises `MalformedLineError` for one it does not."""
    word = text.strip()
    if not word.isascii():
        word = unicodedata.normalize("NFC", INVISIBLE.sub("", word)).strip()
    if not word:
        raise MalformedLineError("a word is missing")
    if len(word) > MOST_CHARACTERS:
        raise MalformedLineError("running text, not a word")
    if _CONTROL.search(word):
        raise MalformedLineError("broken characters")
    return word
