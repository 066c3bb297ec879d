"""Residue: a character that a list's tool leaves at every word it replaced, as where the lines of the list were not
trimmed. The text is read without it, and it says of every place whether the word there was replaced.

Where such marks stand is one more observation: P(mark | replaced) against P(mark | the word stands), both estimated in
the document, which makes a likelihood ratio for every source of an edit (`Residue.weighed`). Spaces that people write
stand at words of all kinds, so both are alike and nothing is said.
"""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from despin.decode.arcs import Ids
from despin.kernel.table import Table
from despin.kernel.types import Site
from despin.results import Edit, Readings, apply
from despin.text.differences import common_ends
from despin.tuning import Marks

# The numbers were chosen on every second text of three kinds: `python -m tools.measure_residue TEXTS.jsonl --part 0/2`.

#: What may be left at a word: white space within a line, and characters of no width.
MARKS = " \u3000\t\r\xa0\u2002\u2003\u2009\u200b\u200c\u200d\u2060\ufeff"
#: Stands for what a page's source does to a word: it sets it apart in markup, or writes its characters as codes.
MARK = "\u2060"
_HAN = "[\u3400-\u9fff]"
_WORDS = re.compile(_HAN)
_BEHIND = {mark: re.compile(f"(?<={_HAN}){mark}" + ("(?!\n)" if mark == "\r" else "")) for mark in MARKS}
_BEFORE = {mark: re.compile(f"{mark}(?={_HAN})") for mark in MARKS}


@dataclass(frozen=True, slots=True)
class Residue:
    """A text (`source`) without the marks behind its words, or `before` them: `text`. `borders` are the places of
    `text` where a mark stood. `replaced` is P(mark | the word was replaced), `standing` P(mark | it stands)."""

    source: str
    text: str
    mark: str
    before: bool
    borders: array[int]
    replaced: float
    standing: float

    def at(self, place: int) -> int:
        """Where a place of `text` is in `source`: a word's end behind its mark, its begin before its mark."""
        return place + (bisect_left if self.before else bisect_right)(self.borders, place)

    def place(self, place: int) -> int:
        """Where what stands at a place of `source` is in `text`."""
        marks = range(len(self.borders))
        return place - bisect_left(marks, place, key=lambda number: self.borders[number] + number)

    def tells(self) -> bool:
        """Whether marks are the rule at words that were replaced, and the exception at others."""
        return self.replaced >= Marks.rule and self.standing <= Marks.exception

    def is_marked(self, place: int) -> bool:
        """Whether a mark stood at a place of `text`."""
        at = bisect_left(self.borders, place)
        return at < len(self.borders) and self.borders[at] == place

    def covering(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits of `text`, sorted and disjoint, as edits of `source`, with the marks of the words they restore."""
        found = []
        for number, edit in enumerate(edits):
            least = edits[number - 1].end if number else 0
            most = edits[number + 1].start if number + 1 < len(edits) else len(self.text)
            low, high = self._marked_word(edit, least, most)
            start, end = self.at(low), self.at(high)
            original = self.text[low : edit.start] + edit.original + self.text[edit.end : high]
            found.append(replace(edit, start=start, end=end, spun=self.source[start:end], original=original))
        return found

    def _marked_word(self, edit: Edit, least: int, most: int) -> tuple[int, int]:
        """The place of an edit, up to the mark of the word that its entry says was written, between these places."""
        word = _around(self.text, edit.start, edit.end, edit.original, edit.entry.partition(":")[2])
        low, high = word or (edit.start, edit.end)
        if self.before:
            return (low if least <= low < edit.start and self.is_marked(low) else edit.start), edit.end
        return edit.start, (high if edit.end < high <= most and self.is_marked(high) else edit.end)

    def readings(self, found: Readings) -> Readings:
        """The readings of a segment of `text` as those of what stands there in `source`."""
        start, end = self.at(found.start), self.at(found.end)
        source = self.source[start:end]
        rows = []
        for row in found.rows:
            edits = tuple(self.covering(row.edits))
            own = [edit.at(edit.start - start, edit.end - start) for edit in edits]
            rows.append(replace(row, text=apply(source, own), edits=edits))
        return replace(found, start=start, end=end, text=source, rows=tuple(rows))

    def marked(self, table: Table, ids: Ids) -> bytearray:
        """By source of a table of `text`, whether the word that it says was written has a mark. An edit is of what
        differs between two words alone, so that several words may stand behind it."""
        found = bytearray(len(table.offers))
        forms = [label.partition(":")[2] for _, label in ids.candidates.sources.labels(table.offers)]
        for arc, (start, end) in enumerate(zip(table.starts, table.ends, strict=True)):
            original = ids.original_words[ids.pair_originals[table.pairs[arc]]]
            for source in range(table.source_first[arc], table.source_first[arc + 1]):
                low, high = _around(self.text, start, end, original, forms[source]) or (start, end)
                found[source] = self.is_marked(low if self.before else high)
        return found

    def estimated(self, table: Table, marked: bytearray) -> Residue:
        """The same with the probabilities that follow from the posteriors of a table of `text` (an M step); `marked`
        says of each source whether its word has a mark."""
        with_mark, edits = 0.0, sum(table.posteriors)
        for arc, posterior in enumerate(table.posteriors):
            if any(marked[table.source_first[arc] : table.source_first[arc + 1]]):
                with_mark += posterior
        other = max(0.0, len(self.borders) - with_mark)
        return replace(
            self,
            replaced=(Marks.with_mark + with_mark) / (Marks.replaced + edits),
            standing=_standing(other, _words(self.text) - edits),
        )

    def weighed(self, weights: Sequence[float], marked: bytearray) -> array[float]:
        """The weights of sources times P(what stands at the word's end | replaced) / P(that | the word stands)."""
        ratios = (1.0 - self.replaced) / (1.0 - self.standing), self.replaced / self.standing
        return array("d", [weight * ratios[mark] for weight, mark in zip(weights, marked, strict=True)])


def residue_of(source: str, sites: Callable[[str], Sequence[Site]]) -> Residue | None:
    """The residue in a text that stands most at forms of lists, whose `sites` are asked for; None where none does."""
    best, most = None, Marks.associated
    for one in candidates(source):
        if at_forms(one, sites) < Marks.least_share:
            continue
        odds, found = association(one, sites(one.text))
        if odds > most:
            best, most = found, odds
    return best


def candidates(source: str) -> Iterator[Residue]:
    """What the residue of a text may be: every mark that stands behind or before so many Chinese characters that it may
    say something. Most texts have none."""
    for mark in filter(source.__contains__, MARKS):
        for before in (False, True):
            borders = _borders(source, mark, before)
            if len(borders) >= Marks.least:
                yield Residue(
                    source,
                    _without(source, borders),
                    mark,
                    before,
                    borders,
                    Marks.with_mark / Marks.replaced,
                    Marks.most,
                )


def at_forms(residue: Residue, sites: Callable[[str], Sequence[Site]]) -> float:
    """The share of marks that stand at forms, for which no more is read than some characters at some of the marks."""
    text, pieces, places, size = residue.text, [], [], 0
    for border in residue.borders[:: -(-len(residue.borders) // Marks.looked)]:
        piece = (
            text[border : border + Marks.longest] if residue.before else text[max(0, border - Marks.longest) : border]
        )
        places.append(size if residue.before else size + len(piece))
        pieces.append(piece)
        size += len(piece) + 1
    forms = {start if residue.before else end for start, end, _ in sites("\n".join(pieces))}
    return sum(map(forms.__contains__, places)) / len(places)


def association(residue: Residue, sites: Sequence[Site]) -> tuple[float, Residue]:
    """How much likelier (log10) the marks of a residue stand where they do if a tool of lists left them than if they
    stand at any words, for the places `sites` of its text where forms of lists stand; and the residue with P(mark |
    the word stands) as it is if nobody spun the text, when all marks stand at such words."""
    forms = {start if residue.before else end for start, end, _ in sites}
    marks, words = len(residue.borders), _words(residue.text)
    hits = sum(map(forms.__contains__, residue.borders))
    # The share of words without a mark that are forms; one is added, and one that is none.
    bare = len(forms) - hits
    usual = (bare + 1.0) / (max(words - marks, bare) + 2.0)
    share = min(Marks.most, hits / marks)
    if share <= usual or _standing(marks - hits, words - hits) > Marks.exception:
        return 0.0, residue
    odds = hits * math.log10(share / usual) + (marks - hits) * math.log10((1.0 - share) / (1.0 - usual))
    return odds, replace(residue, standing=_standing(marks, words))


def _standing(marked: float, words: float) -> float:
    """P(mark | the word stands), where so many of these words have a mark."""
    return min(Marks.most, (Marks.beside + marked) / (Marks.standing + max(words, marked)))


def _words(text: str) -> float:
    """How many words of Chinese characters a text has."""
    return len(_WORDS.findall(text)) / Marks.word_length


def _around(text: str, start: int, end: int, original: str, form: str) -> tuple[int, int] | None:
    """Where `form` stands around what an edit of text[start:end] changes; None where it does not."""
    spun = text[start:end]
    if form == spun:
        return start, end
    first, last = common_ends(spun, original)
    for low in range(max(0, end - last - len(form)), start + first + 1):
        if text.startswith(form, low):
            return low, low + len(form)
    return None


def _borders(source: str, mark: str, before: bool) -> array[int]:
    """The places of the text without its marks where one stood."""
    found = (_BEFORE if before else _BEHIND)[mark].finditer(source)
    return array("i", [match.start() - number for number, match in enumerate(found)])


def _without(source: str, borders: Sequence[int]) -> str:
    """A text without the marks that stood at these places of what comes back."""
    pieces, done = [], 0
    for number, border in enumerate(borders):
        pieces.append(source[done : border + number])
        done = border + number + 1
    return "".join((*pieces, source[done:]))
