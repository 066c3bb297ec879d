"""Everything that can be said against a lexicon file, in one run.

Reading finds what keeps a file from being used; `check_file` adds what only a reviewer asks for: entries that undo or
chain one another, homophones that are none, headers of shipped lexicons.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from despin.errors import LexiconError, ModelError
from despin.lexicon.fields import check_shipped
from despin.lexicon.model import Entry, Family
from despin.lexicon.parse import parse
from despin.lexicon.preimages import spinner_of
from despin.lexicon.problems import FilePlace, Problem, Report
from despin.lexicon.source import SourceText, decode, read_source
from despin.lexicon.tables import placed
from despin.lexicon.yaml_nodes import Node, Scalar
from despin.spinners.rows import ENTRIES

#: The family whose every entry must sound like its originals.
HOMOPHONE = "homophone"
_CHINESE = re.compile(r"[㐀-䶿一-鿿]+\Z")


def check_file(path: str | os.PathLike[str], *, shipped: bool = False) -> list[Problem]:
    """All problems of a file, in its order; an empty list for a clean one. Raises nothing. `shipped` asks for the
    header a lexicon of the project must have."""
    report = Report(str(path))
    source = read_source(path, report)
    return report.sorted() if source is None else check_source(source, shipped=shipped)


def check_text(text: str, path: str = "<text>", *, shipped: bool = False) -> list[Problem]:
    """As `check_file`, for text."""
    report = Report(path)
    source = decode(text.encode("utf-8", "surrogatepass"), path, report)
    return report.sorted() if source is None else check_source(source, shipped=shipped)


def check_source(source: SourceText, *, shipped: bool = False) -> list[Problem]:
    """As `check_file`, for a file already read."""
    parsed = parse(source)
    report = parsed.report
    header_end = parsed.header["entries"][0].line if "entries" in parsed.header else 1
    # A header that could not be read would be reported twice.
    if shipped and not any(problem.line < header_end for problem in report.problems):
        check_shipped(parsed.header, Path(source.path).stem, report)
    active = [entry for entry in parsed.entries if entry.status == "active"]
    _relate(active, report)
    if parsed.family.name == HOMOPHONE:
        check_homophones(active, report)
    _note_facts(active, report)
    if not shipped and not report.errors:
        _note_words(active, report)
    if parsed.family.program and not report.errors:
        _beside_program(active, placed(parsed.family, source.path), parsed.header, report)
    return report.sorted()


def _relate(entries: Iterable[Entry], report: Report) -> None:
    """Notes pairs of entries of which one undoes the other (a→b, b→a) or goes on from it (a→b, b→c)."""
    by_spun = {entry.spun: entry for entry in entries}
    for entry in by_spun.values():
        for original in entry.originals:
            other = by_spun.get(original.text)
            if other is None or other is entry:
                continue
            place = FilePlace(entry.line, entry.column)
            back = [further.text for further in other.originals]
            if entry.spun in back:
                if entry.line > other.line:
                    pair = f"{entry.spun} → {other.spun} and line {other.line}, {other.spun} → {entry.spun}"
                    what = f"{pair}, undo one another"
                    report.note(place, what, "right for a list used both ways; give the rarer direction less weight")
            else:
                end = back[0] or "(nothing)"
                what = f"{entry.spun} → {other.spun} and line {other.line}, {other.spun} → {end}, are a chain"
                report.note(place, what, f"see whether {entry.spun} should list {end} as well")


def _note_words(entries: Iterable[Entry], report: Report) -> None:
    """Notes what is seldom meant: Latin words, single characters, and pairs that shipped lexicons have the other way
    round."""
    from despin.lexicon.load import load

    known = {(entry.spun, one.text): entry.family for entry in load().entries for one in entry.originals}
    for entry in entries:
        place, spun = FilePlace(entry.line, entry.column), entry.spun
        if spun.isascii():
            report.note(place, f"{spun} is Latin", "it is replaced in names and code too; keep it if a page shows it")
        elif len(spun) == 1:
            mend = "write whole words, or say with 'only' what stands beside it"
            report.note(place, f"{spun} is a single character and part of many words", mend)
        for one in entry.originals:
            pair = one.text, spun
            if pair in known and pair[::-1] not in known:
                what = f"{spun} → {one.text} is the reverse of {one.text} → {spun} in {known[pair]}"
                report.note(place, what, "turn it round if a list gave the original first: the spun word stands first")


def _note_facts(entries: Iterable[Entry], report: Report) -> None:
    """Notes entries that change facts and are not marked as turning a statement round, where
    the classes of facts are there."""
    from despin.lexicon.facts import load_classes

    try:
        classes = load_classes()
    except LexiconError:
        return
    for entry in entries:
        for original in entry.originals if not entry.flips else ():
            changes = classes.changes(entry.spun, original.text)
            if changes is not None:
                what = f"{entry.spun} → {original.text or '(nothing)'} changes the {changes}"
                usual = "such edits are marked; nothing to do if it is meant"
                mend = "add 'flips: true'" if changes == "polarity" else usual
                report.note(FilePlace(entry.line, entry.column), what, mend)


def _beside_program(
    entries: Iterable[Entry], family: Family, header: dict[str, tuple[Scalar, Node]], report: Report
) -> None:
    """Notes entries that say nothing beyond the family's program, each original that it does not write so, and
    opposites that none of the family's programs writes for one another."""
    try:
        programs = [spinner_of(program) for program in family.programs]
        if getattr(programs[0], "table", "") == ENTRIES:
            return
        preimages = {entry.spun: programs[0].preimages(entry.spun) for entry in entries}
    except (ModelError, LexiconError) as error:
        report.warn(header["program"][0], "the entries cannot be compared with the program", str(error))
        return
    for first, second in family.opposites:
        if not any(a in one.preimages(b) for one in programs for a, b in ((first, second), (second, first))):
            what = f"the program writes neither of the opposites {first} and {second} for the other"
            report.note(header["opposites"][0], what, "delete the pair")
    for entry in entries:
        adds = entry.flips or entry.replaces or entry.keep or entry.only or entry.examples
        originals = [original.text for original in entry.originals]
        place = FilePlace(entry.line, entry.column)
        if not adds and set(originals) <= set(preimages[entry.spun]):
            what = f"{entry.spun} → {', '.join(originals)} is what the program does"
            report.note(place, what, "delete the entry: preimages need none")
        elif entry.source == "curated":
            beyond = [original or "(nothing)" for original in originals if original not in preimages[entry.spun]]
            if beyond:
                known = ", ".join(preimages[entry.spun]) or "none"
                what = f"{', '.join(beyond)} is no preimage of {entry.spun} (preimages: {known})"
                report.note(place, what, "keep it only if a page shows it, with 'source: attested'")


def check_homophones(entries: Iterable[Entry], report: Report) -> None:
    """Reports every original that cannot sound like its spun form: no common reading, tones aside."""
    for entry in entries:
        for original in entry.originals:
            if not sounds_like(entry.spun, original.text):
                pair = f"{entry.spun} and {original.text or '(nothing)'}"
                what = f"{pair} are no homophones ({_shown(entry, original.text)})"
                report.error(FilePlace(entry.line, entry.column), what, "move the entry to the family it belongs to")


def sounds_like(first: str, second: str) -> bool:
    """Whether two words can be read alike, syllable by syllable, tones aside."""
    if len(first) != len(second) or not _CHINESE.match(first) or not _CHINESE.match(second):
        return False
    if _syllables(first) == _syllables(second):
        return True
    # The reading of the whole word decides; single characters are only asked where a word is not in the dictionary.
    return all(_readings(a) & _readings(b) for a, b in zip(first, second, strict=True))


def _syllables(word: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    return list(lazy_pinyin(word, style=Style.NORMAL))


def _readings(character: str) -> set[str]:
    from pypinyin import Style, pinyin

    return set(pinyin(character, style=Style.NORMAL, heteronym=True)[0])


def _shown(entry: Entry, original: str) -> str:
    return f"{' '.join(_syllables(entry.spun))}, {' '.join(_syllables(original)) or 'silent'}"
