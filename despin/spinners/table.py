"""Table spinners: a list of words and what is written for them is run over the raw characters of a text.

`passes` says how:

    strtr            PHP's `strtr`: at each place the longest word of the list that stands there, in one pass; what was
                     written is not read again
    list-order       one pass as well, but of the words that stand at a place the one that the list has first (an
                     alternation of a regular expression)
    protected        row after row over the whole text; what was written is protected from later rows
    cascade          row after row over the whole text as it stands by then (`str_replace`)
    swap             row after row, both words of a row exchanged at once (`strtr` with two pairs)
    three-pass-swap  the same by way of a mark: the first word becomes the mark, the second the first, that the second

With `occurrences: first` a word is replaced where it is first met, and left alone from then on. Of a word that the list
has several times `strtr` takes the first, the last, or the `oldest` target, that of the row with the lowest number.

With `times: 2` the program is run over what it wrote: 理财产品 becomes 理财产物, and that 理财富物.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar

from despin.kernel.marks import in_one_pass
from despin.spinners.base import ANY, Eligible, Fields, Form, Spun, lengths_by_character
from despin.spinners.cascade import Cascade, Rules, check_growth, rules_of
from despin.spinners.rows import ENTRIES, Rows, TableRow, read_rows

#: How a table is run over a text; those of `ROW_BY_ROW` read what earlier rows have written.
ONE_PASS, ROW_BY_ROW = ("strtr", "list-order", "protected"), ("cascade", "swap", "three-pass-swap")
TABLE_PASSES = (*ONE_PASS, *ROW_BY_ROW)
#: A table is small where a text has more than so many characters for each of its words.
FEW = 8
#: Which target of a word `strtr` takes, where the table has several.
WINS = ("first", "last", "oldest")
#: Which occurrences of a word are replaced.
OCCURRENCES = ("all", "first")


@dataclass(frozen=True)
class Tabled(Fields):
    """A table spinner. `table` is the file of its rows, or `entries`; `rows` takes the place of what that file holds.
    The first question raises `LexiconError` where the file is missing or no table."""

    name: str
    passes: str = "strtr"
    wins: str = "first"
    occurrences: str = "all"
    table: str = ENTRIES
    given: Rows | None = None
    times: int = 1
    #: As a channel: nobody knows how much of the table is a document's own, and a word is in that or is not.
    rate: ClassVar[float] = ANY
    shared: ClassVar[bool] = True
    anew: ClassVar[bool] = False

    @property
    def first_only(self) -> bool:
        """Whether a word is replaced where it is met first, and left alone from then on."""
        return self.occurrences == "first"

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name, as they can be written in a family's YAML."""
        found: dict[str, Any] = {"passes": self.passes, "occurrences": self.occurrences, "table": self.table}
        found |= {"times": self.times} if self.times > 1 else {}
        return {**found, "wins": self.wins} if self.passes == "strtr" else found

    def with_rows(self, rows: Rows) -> Tabled:
        """The same program with another table."""
        return replace(self, given=rows)

    def shown_by(self, spun: str, original: str) -> Tabled:
        """The same program with the table that a spun text and its original show: of the words that stand less
        often in the spun text, those of which a target stands more often there, each with the one that does by most."""
        best: dict[str, tuple[int, str]] = {}
        words = {original[start:end] for start, end in self.matches(original)}
        words = {word for word in words if original.count(word) > spun.count(word)}
        for row in self.rows.rows:
            if row.key in words and row.target:
                more = spun.count(row.target) - original.count(row.target)
                if more > best.get(row.key, (0, ""))[0]:
                    best[row.key] = (more, row.target)
        return self.with_rows(Rows(tuple([TableRow(word, target) for word, (_, target) in sorted(best.items())])))

    @cached_property
    def rows(self) -> Rows:
        """The rows of the table, in order, with duplicates."""
        if self.given is not None:
            return self.given
        return Rows() if self.table == ENTRIES else read_rows(self.table)

    @property
    def digest(self) -> str:
        """What tells the table from others."""
        return self.rows.digest

    @cached_property
    def targets(self) -> dict[str, str]:
        """What one pass writes for each word of the table."""
        rows: Sequence[TableRow] = self.rows.rows
        if self.passes == "strtr" and self.wins == "oldest":
            rows = sorted(rows, key=lambda row: row.number)
        found: dict[str, str] = {}
        for row in reversed(rows) if self.passes != "strtr" or self.wins != "last" else rows:
            if row.key:
                found[row.key] = row.target
        return found

    @cached_property
    def replaced(self) -> Mapping[str, str]:
        """What becomes of each word that is looked for in a text; row by row, what is left of it in the end."""
        return self.images if self.passes in ROW_BY_ROW else self.targets

    @cached_property
    def _order(self) -> Mapping[str, int]:
        """The first row of each word."""
        found: dict[str, int] = {}
        for number, row in enumerate(self.rows.rows):
            found.setdefault(row.key, number)
        return found

    @cached_property
    def _lengths(self) -> Mapping[str, Sequence[int]]:
        """The lengths of the words that begin with a character, longest first."""
        return lengths_by_character(self.replaced)

    def spin(self, text: str) -> Spun:
        """What the program makes of a text. Raises `ProgramError` where rows that feed one another
        make the text grow without end."""
        spun = self._spin_once(text)
        for _ in range(1, self.times):
            check_growth(len(spun.text), len(text))
            spun = spun.then(self._spin_once(spun.text))
        return spun

    def _spin_once(self, text: str) -> Spun:
        """What one run of the program makes of a text."""
        if self.passes in ROW_BY_ROW:
            return Cascade(text, self._rules, once=self.first_only).spun()
        return Spun.of(text, self._replaced(text))

    def rewrite(self, text: str, like: str | None = None) -> str:
        """The text that `spin` makes; nothing is drawn, so `like` changes nothing."""
        before = len(text)
        for _ in range(self.times):
            check_growth(len(text), before)
            text = self._rewrite_once(text)
        return text

    def _rewrite_once(self, text: str) -> str:
        if self.passes == "strtr" and self._is_few(text):
            return in_one_pass(text, self.targets, self.first_only)
        return self._spin_once(text).text

    def _is_few(self, text: str) -> bool:
        """Whether the table is small beside a text."""
        return len(self.replaced) * FEW < len(text)

    @cached_property
    def _rules(self) -> Rules:
        return rules_of(self.rows.rows, self.passes)

    def matches(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of the words of the table at each place, longest first."""
        if self._is_few(text):
            yield from self._few(text)
            return
        lengths, keys, size = self._lengths, self.replaced, len(text)
        for start, character in enumerate(text):
            for length in lengths.get(character, ()):
                if start + length <= size and text[start : start + length] in keys:
                    yield start, start + length

    def _few(self, text: str) -> list[tuple[int, int]]:
        """The same where a table is small beside a text: each of its words is looked for."""
        found: list[tuple[int, int]] = []
        for key in self.replaced:
            place, size = text.find(key), len(key)
            while place >= 0:
                found.append((place, -place - size))
                place = text.find(key, place + 1)
        found.sort()
        return [(start, -end) for start, end in found]

    def _replaced(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, what is written) of every place that one pass replaces, in order."""
        if self.passes == "protected":
            yield from self._protected(text)
            return
        once, used, targets = self.first_only, set[str](), self.targets
        place = 0
        for start, end in self._first_matches(text):
            if start < place:
                continue
            place = end
            word = text[start:end]
            if not once or word not in used:
                used.add(word)
                yield start, end, targets[word]

    def _first_matches(self, text: str) -> Iterator[tuple[int, int]]:
        """Of the words of the table at each place the one that one pass takes."""
        if self.passes == "strtr":
            # The longest comes first; those that begin where it does are within it.
            yield from self.matches(text)
            return
        order = self._order
        for _, here in groupby(self.matches(text), itemgetter(0)):
            yield min(here, key=lambda match: order[text[slice(*match)]])

    def _protected(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The same of rows that are run one after the other, each over what earlier ones left."""
        once, order, taken = self.first_only, self._order, bytearray(len(text))
        found: list[tuple[int, int, str]] = []
        last = -1
        for number, start, end in sorted((order[text[start:end]], start, end) for start, end in self.matches(text)):
            if (once and number == last) or any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            found.append((start, end, self.targets[text[start:end]]))
            last = number
        yield from sorted(found)

    @cached_property
    def images(self) -> Mapping[str, str]:
        """What the program makes of each word of its table where it stands alone, but for
        those that it leaves as they are."""
        if self.passes == "strtr" and self.times == 1:
            return {key: form for key, form in self.targets.items() if form != key}
        words = {word for row in self.rows.rows for word in (row.key, row.target if row.both else "") if word}
        return {word: form for word in sorted(words) if (form := self.rewrite(word)) != word}

    @cached_property
    def sources(self) -> Mapping[str, tuple[str, ...]]:
        """By form, the words that become it, ordered by code points."""
        found: dict[str, list[str]] = defaultdict(list)
        for word, form in self.images.items():
            found[form].append(word)
        return {form: tuple(sorted(words)) for form, words in found.items()}

    @cached_property
    def _form_lengths(self) -> Mapping[str, Sequence[int]]:
        """The lengths of the forms that begin with a character, longest first."""
        return lengths_by_character((*self.sources, *self.passed_over))

    def forms(self, text: str) -> Iterator[Form]:
        """The forms of a text, by start, longest first. A word that the table has a target for that it passes over
        counts with a probability of 0: other editions of the table may write it."""
        sources, others, lengths, size = self.sources, self.passed_over, self._form_lengths, len(text)
        known: dict[str, list[tuple[str, float]]] = {}
        for start, character in enumerate(text):
            for length in lengths.get(character, ()):
                form = text[start : start + length]
                if start + length <= size and (form in sources or form in others):
                    if form not in known:
                        own = [(word, 1.0) for word in sources.get(form, ())]
                        known[form] = own + [(word, 0.0) for word in others.get(form, ())]
                    yield Form(start, start + length, known[form])

    def eligible(self, text: str) -> Iterator[Eligible]:
        """The words of a text that the program would have replaced, in order, disjoint. Where first places alone are
        replaced, a word with an image before it was replaced there."""
        reach, met = 0, set[str]()
        for start, end in self.matches(text):
            if start < reach:
                continue
            reach = end
            word = text[start:end]
            form = self.replaced[word]
            if form == word or (self.first_only and (word in met or text.find(form, 0, start) >= 0)):
                continue
            met.add(word)
            yield Eligible(start, end, 0.0)

    @cached_property
    def passed_over(self) -> Mapping[str, tuple[str, ...]]:
        """By form, the words that have it among their targets and become another, ordered by code points: other
        editions of the list may write it for them."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows.rows:
            if row.key and row.key != row.target and self.images.get(row.key) != row.target:
                found[row.target].add(row.key)
        return {form: tuple(sorted(words)) for form, words in found.items()}

    def preimages(self, form: str) -> tuple[str, ...]:
        """The words of the table that the program writes as `form`, ordered by code points."""
        return self.sources.get(form, ())

    def changes(self, word: str) -> str | None:
        """What the program writes for a word that it replaces, or None for a word that it
        leaves, or that is not in its table."""
        return self.images.get(word)
