"""Which edits stand in the end: those that change facts need more confidence, and names, titles and protected words are
left alone.

`EditFilter.final` sees every edit of a text, whatever made it: lists, programs, repairs.
"""

from __future__ import annotations

import operator
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from despin.damage.kinds import SINGLE
from despin.document.residue import MARKS
from despin.lexicon.model import PERSONAL, Family
from despin.results import (
    Alternative,
    Clue,
    Edit,
    Readings,
    Restoration,
    Suspect,
    Verdict,
    apply,
    damage_kinds,
    is_by_program,
)
from despin.settings import SURE_FACT, Settings
from despin.text.encodings import mojibake
from despin.text.traditional import in_simplified
from despin.tuning import Standing

if TYPE_CHECKING:
    from despin.lexicon.facts import FactClasses

#: So many pairs of words are remembered with the facts that they change.
REMEMBERED = 50_000
#: What stands in quotation marks or title marks, within a line.
_QUOTED = re.compile(r"《[^《》\n]+》|〈[^〈〉\n]+〉|“[^“”\n]+”|「[^「」\n]+」|『[^『』\n]+』")
_ENDS = tuple("。！？!?…")
_START = re.Match.start
_BEGIN, _END = operator.attrgetter("start"), operator.attrgetter("end")
#: A name that somebody chose on a microblog.
_HANDLE = re.compile(r"@[\w-]{2,30}")
#: What a name may hold, which small words end.
_NAME = re.compile("(?:(?![的了在由和与是被把给为向对从将及或])[㐀-䶿一-鿿])*")


class EditFilter:
    """The last look at edits, for some settings and the families in play; picklable, safe to share between threads.

    Raises `LexiconError`, at the first edit, for a file of classes that is missing or broken.
    """

    def __init__(self, settings: Settings, families: Iterable[Family]) -> None:
        self.settings = settings
        self._known: dict[tuple[str, str], str | None] = {}
        # Single characters of another script are the same words, in quotations too.
        self._lists = {family.name for family in families if not family.pack and family.name not in (PERSONAL, *SINGLE)}

    @cached_property
    def classes(self) -> FactClasses:
        """The classes of facts, read at first sight."""
        from despin.lexicon.facts import load_classes

        return load_classes()

    @cached_property
    def _protected(self) -> tuple[frozenset[str], tuple[int, ...]]:
        """The protected words, as traditional text is read too, and their lengths."""
        words = frozenset((*self.settings.protect, *map(in_simplified, self.settings.protect)))
        return words, tuple(sorted({len(word) for word in words}))

    @cached_property
    def _surnames(self) -> frozenset[str]:
        """Surnames, those that are other words too among them."""
        return self.classes.surnames | self.classes.doubtful

    @cached_property
    def _endings(self) -> tuple[re.Pattern[str], tuple[str, ...]]:
        """What may end a company's name, and what matches its first characters."""
        words = tuple(filter(None, (*self.classes.after, *self.classes.forms)))
        firsts = "".join(map(re.escape, sorted({word[0] for word in words})))
        return re.compile(f"[{firsts}]" if firsts else "(?!)"), words

    def changes(self, edit: Edit) -> str | None:
        """The class of facts that an edit changes, or None."""
        return "polarity" if edit.changes == "polarity" else self._class_of(edit.spun, edit.original)

    def _class_of(self, spun: str, original: str) -> str | None:
        """The class of facts that differs between two words; the same pairs come again and again."""
        found = self._known.get((spun, original), "")
        if found == "":  # not known yet
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[spun, original] = self.classes.changes(spun.strip(MARKS), original)
        return found

    def final(self, text: str, found: Restoration) -> Restoration:
        """What was found of `text`, without the edits that do not stand, which are suspects then; those that change
        facts are marked. In a text that was decoded wrongly nothing is found."""
        if not found.edits:
            return found
        if mojibake(text) is not None:
            return Restoration(text)
        free: Sequence[Edit] = found.edits
        if self._protected[1]:
            free = [edit for edit in free if not self._is_protected(text, edit)]
        named = self._outside_names(text, found, self._all_marked(free))
        settled = [edit if edit.changes is None else self._settled(edit, found) for edit in named]
        edits = [edit for edit in settled if edit is not None]
        if len(edits) == len(found.edits) and all(map(operator.is_, edits, found.edits)):
            return found
        same = len(edits) == len(found.edits) and not self._protected[1]
        if same and all(one.original == other.original for one, other in zip(edits, found.edits, strict=True)):
            return found.marked(tuple(edits))
        suspects = [one for one in found.suspects if not self._is_protected(text, one)]
        suspects += self._left(text, free, named, edits)
        prevented, text_now = len(found.edits) - len(free), apply(found.source, edits)
        return found.marked(tuple(edits), text=text_now, prevented=prevented, suspects=tuple(suspects))

    def _left(self, text: str, free: Sequence[Edit], named: Sequence[Edit], made: Sequence[Edit]) -> Iterator[Suspect]:
        """What is left of `free`, the edits that touch no protected word, once those of `named` are in no name and
        quotation and those of `made` are made."""
        outside, done = {edit.start for edit in named}, {edit.start for edit in made}
        quotes = _inside(free, [match.span() for match in _QUOTED.finditer(text)])
        for number, edit in enumerate(free):
            if edit.start not in done and edit.spun:
                yield Suspect.of(edit, "fact" if edit.start in outside else "quotation" if number in quotes else "name")

    def marked(self, rows: Readings) -> Readings:
        """The readings of a segment with the facts that their edits change."""
        marked = [replace(row, edits=tuple(map(self._marked, row.edits))) for row in rows.rows]
        return replace(rows, rows=tuple(marked))

    def judged(self, verdict: Verdict) -> Verdict:
        """The verdict with the facts that restoring its clues changes."""
        evidence = tuple([self._marked_clue(one) for one in verdict.evidence])
        stretches = [replace(one, evidence=tuple(map(self._marked_clue, one.evidence))) for one in verdict.stretches]
        return replace(verdict, evidence=evidence, stretches=tuple(stretches)) if evidence or stretches else verdict

    def _marked_clue(self, clue: Clue) -> Clue:
        changes = self._class_of(clue.spun, clue.original)
        return clue if changes == clue.changes else replace(clue, changes=changes)

    def _is_protected(self, text: str, edit: Edit | Suspect) -> bool:
        """Whether an edit, or a suspect, overlaps a protected word of the text, or puts something into one."""
        words, lengths = self._protected
        return bool(lengths) and any(
            text[start : start + length] in words
            for length in lengths
            for start in range(max(0, edit.start - length + 1), edit.end)
        )

    def _all_marked(self, edits: Sequence[Edit]) -> Sequence[Edit]:
        """The edits with the facts that they change; most change none."""
        known = self._known.get
        # What is not known yet is looked at, as is what is marked: None stands for an edit of which nothing is
        # to be said.
        marks = [known((edit.spun, edit.original), "?") or edit.changes for edit in edits]
        if marks.count(None) == len(marks):
            return edits
        return [edit if mark is None else self._marked(edit) for mark, edit in zip(marks, edits, strict=True)]

    def _marked(self, edit: Edit) -> Edit:
        changes = self.changes(edit)
        return edit if changes == edit.changes else edit.marked(changes, edit.context)

    def _settled(self, edit: Edit, found: Restoration) -> Edit | None:
        """What is made of an edit that changes facts: itself, where it is sure enough or forced; else the likeliest of
        its alternatives that keeps them, or nothing. What a program wrote is no fact of the author's where nothing was
        asked of its place."""
        if edit.changes is None or self.settings.fact_edits == "all":
            return edit
        written = edit.proof != "possible" and not self._is_of_list(edit, found)
        if self.settings.fact_edits == "sure" and (edit.confidence >= SURE_FACT or written):
            return edit
        if edit.proof not in ("possible", "forced"):
            return None
        for other in edit.alternatives:
            if other.original == edit.spun or other.confidence < self.settings.min_confidence:
                return None
            if self._class_of(edit.spun, other.original) is None:
                others = (Alternative(edit.original, edit.confidence), *edit.alternatives)
                rest = tuple([one for one in others if one != other])
                return replace(
                    edit, original=other.original, confidence=other.confidence, alternatives=rest, changes=None
                )
        return None

    def _outside_names(self, text: str, found: Restoration, made: Sequence[Edit]) -> Sequence[Edit]:
        """The edits without those of lists in names, titles and quotations, but for quotations that the list reaches
        into; those that stand there are marked with their context, `name` or `quotation`."""
        edits = self._without_names(text, found, made)
        quotes = _inside(edits, [match.span() for match in _QUOTED.finditer(text)])
        company = self._of_companies(text, edits, quotes)
        if not quotes and not company:
            return edits
        # Lists, which take no call for each of their values.
        outside = Counter(
            [edit.spun for number, edit in enumerate(edits) if number not in quotes and number not in company]
        )
        within = Counter([quotes[number] for number in _different(edits, quotes)])
        kept: list[Edit] = []
        for number, edit in enumerate(edits):
            span = quotes.get(number)
            if span is None and number not in company:
                kept.append(edit)
                continue
            often = outside[edit.spun] >= Standing.outside
            if span is None:
                reached = often and self._is_beside(edit)
            else:
                reached = within[span] >= Standing.inside or (often and _is_sentence(text, span))
            if reached or not self._is_of_list(edit, found):
                kept.append(self._in_words_of(edit, "name" if span is None else "quotation"))
        return kept

    def _without_names(self, text: str, found: Restoration, made: Sequence[Edit]) -> Sequence[Edit]:
        """The same but for the names of persons alone, and characters that an author chose."""
        surnames = self._surnames
        kinds = damage_kinds(made)
        if not SINGLE.isdisjoint(kinds):
            handles = _inside(made, [match.span() for match in _HANDLE.finditer(text)])
            made = [
                edit
                for number, edit in enumerate(made)
                if kinds[number] not in SINGLE
                or not (number in handles or self._is_chosen(text, edit, found.verdict.spun))
            ]
        near = [
            number
            for number, edit in enumerate(made)
            if text[edit.start - 1 : edit.start] in surnames or edit.spun in surnames
        ]
        edits = list(made) if near else made
        for number in reversed(near):
            edit = made[number]
            start = edit.start
            if start and text[start - 1] in surnames and self._is_given_name(text, edit):
                edits[number : number + 1] = (  # type: ignore[index]
                    [] if self._is_of_list(edit, found) else [self._in_words_of(edit, "name")]
                )
            elif edit.spun in surnames and edit.original in surnames:  # one surname for another
                edits[number] = self._in_words_of(edit, "name")  # type: ignore[index]
        return edits

    def _is_chosen(self, text: str, edit: Edit, spun: bool) -> bool:
        """Whether the author of a text chose a character: for a given name, or as one that he never writes otherwise in
        a name, or, where nobody `spun` the text, in its place. A tool leaves most characters as they are."""
        start, end = edit.start, edit.end
        names = [(place, end) for place in (start - 2, start - 1) if text[max(place, 0)] in self._surnames]
        spans = names if spun else [*names, (start, end), (start - 1, end), (start, end + 1)]
        for first, last in spans:
            form = text[max(first, 0) : last]
            if form.isalnum() and text.count(form) > 1 and form.replace(edit.spun, edit.original) not in text:
                return True
        return self._is_given_name(text, edit)

    def _of_companies(self, text: str, edits: Sequence[Edit], quotes: Mapping[int, tuple[int, int]]) -> set[int]:
        """The indexes of the edits outside of quotations that are of the own words of companies."""
        firsts, endings = self._endings
        found: set[int] = set()
        for at in map(_START, firsts.finditer(text)):
            if not text.startswith(endings, at):
                continue
            number = bisect_right(edits, at, key=_END)
            while number and edits[number - 1].end >= at - Standing.form:
                number -= 1
                if number not in quotes and self._is_company(text, edits[number]):
                    found.add(number)
        return found

    def _in_words_of(self, edit: Edit, whose: str) -> Edit:
        """An edit of a word that somebody else chose, marked as that where it is of a spinner."""
        return edit.marked(edit.changes, whose) if edit.entry.partition(":")[0] in self._lists else edit

    def _is_company(self, text: str, edit: Edit) -> bool:
        """Whether an edit stands at the end of a company's own name, or a few characters before the form of one."""
        if text.startswith(self.classes.after, edit.end):
            return True
        behind = None if self._is_beside(edit) else _NAME.match(text, edit.end, edit.end + Standing.form)
        return behind is not None and any(map(behind[0].__contains__, self.classes.forms))

    def _is_beside(self, edit: Edit) -> bool:
        """Whether an edit is of a word that stands before 公司 in any sentence (我们公司)."""
        return edit.original in self.classes.beside or edit.spun in self.classes.beside

    def _is_of_list(self, edit: Edit, found: Restoration) -> bool:
        """Whether a list of words made an edit, and nothing shows that it reached there: a program that spun a stretch
        reaches into all of it, and a mark stands at words that were replaced."""
        family = edit.entry.partition(":")[0]
        if family not in self._lists or edit.spun != edit.spun.strip(MARKS):
            return False
        return not any(
            is_by_program(one) and one.family == family and one.start <= edit.start < one.end
            for one in found.verdict.stretches
        )

    def _is_given_name(self, text: str, edit: Edit) -> bool:
        """Whether an edit is the given name of a person: after a surname that begins a clause, or between surname and
        title; after a surname that is another word too, only between both."""
        known, start = self.classes, edit.start
        if not start:
            return False
        if text[start - 1] not in known.surnames and text[start - 1] not in known.doubtful:
            return False
        opens = start == 1 or not text[start - 2].isalnum()
        titled = text.startswith(known.titles, edit.end)
        if text[start - 1] in known.surnames:
            return titled or (opens and edit.end - start <= Standing.longest_given)
        return opens and titled


def _is_sentence(text: str, span: tuple[int, int]) -> bool:
    """Whether a quotation, given with its marks, is a sentence that somebody said, and no title or term."""
    start, end = span
    length = end - start - 2
    ends = length >= Standing.said and text.endswith(_ENDS, start, end - 1)
    return text[start] not in "《〈" and (ends or length >= Standing.sentence)


def _different(edits: Sequence[Edit], quotes: Mapping[int, tuple[int, int]]) -> list[int]:
    """The indexes of sure edits in quotations, one for each word of a quotation."""
    first = {
        (quotes[number], edits[number].spun): number for number in quotes if edits[number].confidence >= Standing.sure
    }
    return list(first.values())


def _inside(edits: Sequence[Edit], spans: Sequence[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """The edits that overlap one of the spans, by their indexes, with the span; edits and spans are sorted and
    disjoint."""
    found: dict[int, tuple[int, int]] = {}
    for span in spans:
        start, end = span
        number = bisect_left(edits, start, key=_BEGIN)
        if number and edits[number - 1].end > start:
            found.setdefault(number - 1, span)
        while number < len(edits) and edits[number].start < end:
            found.setdefault(number, span)
            number += 1
    return found
