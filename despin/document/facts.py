"""Which edits stand in the end: those that change facts need more confidence, and names, titles and protected words are left
alone.

`Review.final` sees every edit of a text, whatever made it: lists, programs, repairs.
"""

from __future__ import annotations

import contextlib
import operator
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from despin.lexicon.facts import FactClasses, load_classes
from despin.lexicon.model import PERSONAL, Family
from despin.results import Edit, Readings, Restoration, Verdict
from despin.settings import FACTS, Settings

#: A list is believed to reach into quotations for a word that it replaced so often outside of them.
OUTSIDE = 2
#: So many pairs of words are remembered with the facts that they change.
REMEMBERED = 50_000
#: Characters of a given name.
LONGEST_GIVEN = 2
#: What stands in quotation marks or title marks, within a line.
_QUOTED = re.compile(r"《[^《》\n]+》|〈[^〈〉\n]+〉|“[^“”\n]+”|「[^「」\n]+」|『[^『』\n]+』")


class Review:
    """The last look at edits, for some settings and the families in play; picklable, safe to share between threads.

    Raises `LexiconError`, at the first edit, for a file of classes that is missing or broken.
    """

    def __init__(self, settings: Settings, families: Iterable[Family]) -> None:
        self.settings = settings
        self._known: dict[tuple[str, str], str | None] = {}
        self._lists = {family.name for family in families if not family.pack and family.name != PERSONAL}

    @cached_property
    def classes(self) -> FactClasses:
        """The classes of facts, read at first sight."""
        return load_classes()

    @cached_property
    def _protected(self) -> tuple[frozenset[str], tuple[int, ...]]:
        """The protected words, and their lengths."""
        words = frozenset(self.settings.protect)
        return words, tuple(sorted({len(word) for word in words}))

    def changes(self, edit: Edit) -> str | None:
        """The class of facts that an edit changes, or None."""
        return self._class_of(edit.spun, edit.original) or ("polarity" if edit.flips else None)

    def _class_of(self, spun: str, original: str) -> str | None:
        """The class of facts that differs between two words; the same pairs come again and again."""
        pair = spun, original
        if pair in self._known:
            with contextlib.suppress(KeyError):  # another thread may have begun anew in between
                return self._known[pair]
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        found = self._known[pair] = self.classes.changes(spun, original)
        return found

    def final(self, text: str, found: Restoration) -> Restoration:
        """What was found of `text`, without the edits that do not stand; those that change facts are marked."""
        if not found.edits:
            return found
        edits = [edit for edit in found.edits if not self._is_protected(text, edit)]
        prevented = len(found.edits) - len(edits)
        edits = [
            edit for edit in map(self._marked, self._outside_names(text, found, edits)) if self._stands(edit, found)
        ]
        if len(edits) == len(found.edits) and all(map(operator.is_, edits, found.edits)):
            return found
        return replace(found, edits=tuple(edits), prevented=prevented)

    def marked(self, rows: Readings) -> Readings:
        """The readings of a segment with the facts that their edits change."""
        marked = [replace(row, edits=tuple(map(self._marked, row.edits))) for row in rows.rows]
        return replace(rows, rows=tuple(marked))

    def judged(self, verdict: Verdict) -> Verdict:
        """The verdict with the facts that restoring its clues changes."""
        clues = [replace(one, changes=self._class_of(one.spun, one.original)) for one in verdict.evidence]
        return replace(verdict, evidence=tuple(clues)) if clues else verdict

    def _is_protected(self, text: str, edit: Edit) -> bool:
        """Whether an edit overlaps a protected word of the text, or puts something into one."""
        words, lengths = self._protected
        return any(
            text[start : start + length] in words
            for length in lengths
            for start in range(max(0, edit.start - length + 1), edit.end)
        )

    def _marked(self, edit: Edit) -> Edit:
        changes = self.changes(edit)
        return edit if changes == edit.changes else replace(edit, changes=changes)

    def _stands(self, edit: Edit, found: Restoration) -> bool:
        """Whether an edit is made, by what it changes. A word that a program wrote is never what stood there, so that leaving it
        keeps no fact."""
        if edit.changes is None or self.settings.facts == "restore":
            return True
        return self.settings.facts == "mark" and (edit.confidence >= FACTS or not self._is_of_list(edit, found))

    def _outside_names(self, text: str, found: Restoration, edits: Sequence[Edit]) -> list[Edit]:
        """The edits without those of lists in names of persons, and without those in quotations, titles and at the end of a company's
        name, but where the list replaces the word elsewhere too."""
        quoted = [match.span() for match in _QUOTED.finditer(text)]
        edits = [edit for edit in edits if not (self._is_given_name(text, edit) and self._is_of_list(edit, found))]
        inside = _inside(edits, quoted)
        held = [
            (number in inside or text.startswith(self.classes.after, edit.end)) and self._is_of_list(edit, found)
            for number, edit in enumerate(edits)
        ]
        if not any(held):
            return list(edits)
        elsewhere = Counter(edit.spun for edit, hold in zip(edits, held, strict=True) if not hold)
        return [edit for edit, hold in zip(edits, held, strict=True) if not hold or elsewhere[edit.spun] >= OUTSIDE]

    def _is_of_list(self, edit: Edit, found: Restoration) -> bool:
        """Whether a list of words made an edit; a program that spun a stretch reaches into all of it."""
        family = edit.entry.partition(":")[0]
        if family not in self._lists:
            return False
        return not any(one.family == family and one.start <= edit.start < one.end for one in found.stretches)

    def _is_given_name(self, text: str, edit: Edit) -> bool:
        """Whether an edit is the given name of a person: after a surname that begins a clause, or between surname and title."""
        known, start = self.classes, edit.start
        if not start or text[start - 1] not in known.surnames:
            return False
        opens = start == 1 or not text[start - 2].isalnum()
        return text.startswith(known.titles, edit.end) or (opens and edit.end - start <= LONGEST_GIVEN)


def _inside(edits: Sequence[Edit], spans: Sequence[tuple[int, int]]) -> set[int]:
    """The indexes of edits that overlap one of the spans; edits and spans are sorted and disjoint."""
    found: set[int] = set()
    place = 0
    for number, edit in enumerate(edits):
        while place < len(spans) and spans[place][1] <= edit.start:
            place += 1
        if place < len(spans) and spans[place][0] < max(edit.end, edit.start + 1):
            found.add(number)
    return found
