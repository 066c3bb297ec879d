"""Which lines of a page the rules drop, and which is its title: what patterns know, headlines of other articles below
the text, and tables of contents. What else is the site's, `crf.py` says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from despin.page.lines import Row, Vocabulary, ends_openly, has_figure, without_number
from despin.page.name_removal import NameRemover
from despin.page.patterns import Pattern
from despin.page.title import bare_form, find_title
from despin.tuning import Articles

RUN, NAME = "run of short unconnected lines below the article", "name of the site"
LINK, CONTENTS = "link of the page", "table of contents"
#: Doubtful lines of these kinds are dropped from the middle of an article too, where much shows that this is a page.
PASSING = frozenset({"share", "advert"})
#: The date below a letter or a notice.
_DATE = re.compile(
    r"(?:19|20|二〇|二○|二零|一九)[0-9〇○零一二三四五六七八九]{2} ?年 ?[0-9一二三四五六七八九十]{1,3} ?月 ?[0-9一二三四五六七八九十]{1,3} ?日"
)


@dataclass(slots=True)
class Layout:
    """A page under decision. `rows` are its lines that are not empty; `reasons` fills with the lines to drop.

    `active` holds the pattern of each line by its index, as far as it counts on this page; `kept` are the indices of
    the article's prose. `signs` says whether anything else shows that this is a page. `signature` holds the lines
    below the text that sign and date it.
    """

    rows: Sequence[Row]
    active: Sequence[Pattern | None]
    kept: set[int]
    reasons: dict[int, str]
    vocabulary: Vocabulary
    signs: bool
    remover: NameRemover | None = None
    title: int | None = None
    signature: set[int] = field(default_factory=set)
    prose: list[int] = field(init=False)
    weighty: bool = field(init=False)

    def __post_init__(self) -> None:
        self.prose = [place for place, row in enumerate(self.rows) if row.index in self.kept]
        weight = sum(self.rows[place].han for place in self.prose)
        self.weighty = weight >= Articles.weighty and weight * 3 >= sum(row.han for row in self.rows)

    def decide(self) -> None:
        """Fill `reasons` and `title`."""
        first, last = self.prose[0], self.prose[-1]
        title = find_title([row for row in self.rows[:first] if self._free(row)], self.vocabulary, self.remover)
        if title is None and bare_form(self.rows[first], self.remover) != self.rows[first].text:
            title = self.rows[first] if len(self.rows[first].text) <= Articles.longest_title else None
        self.title = title.index if title is not None else None
        below = self.rows[last + 1 :]
        self.signature = self._dated(below)
        for place, row in enumerate(self.rows):
            pattern, within = self.active[row.index], first < place < last
            if row.index in self.kept or row.index in self.signature:
                continue
            if pattern is not None:
                if pattern.sure or not within or (self.signs and pattern.kind in PASSING):
                    self._drop(row, pattern.reason)
            elif self._is_name(row):
                self._drop(row, NAME)
            elif row.linked and self.signs and row is not title and not within:
                self._drop(row, LINK)
        rest = [row for row in below if row.index not in self.signature and self._free(row)]
        for row in self._headlines(rest, self.rows[last]):
            self._drop(row, RUN)
        for row in _contents(self.rows, self.active, self.reasons):
            self._drop(row, CONTENTS)

    def _drop(self, row: Row, reason: str) -> None:
        self.reasons.setdefault(row.index, reason)

    def _is_name(self, row: Row) -> bool:
        return self.remover is not None and self.remover.whole(row.text)

    def _free(self, row: Row) -> bool:
        """Whether nothing speaks against the line yet."""
        return row.index not in self.reasons and self.active[row.index] is None and not self._is_name(row)

    def _dated(self, rows: Sequence[Row]) -> set[int]:
        """The lines up to those that sign and date the article, as letters and notices are: before any line that is
        surely the site's."""
        for place, row in enumerate(rows):
            if _DATE.fullmatch(row.text):
                names = [name for name in rows[max(0, place - 2) : place] if name.item and not name.prose]
                names = [
                    name for name in names if 2 <= name.han <= 20 and not name.bullet and not has_figure(name.text)
                ]
                signed = bool(names) and names[-1] is rows[place - 1]
                return {above.index for above in rows[: place + 1]} if signed else set()
            if (pattern := self.active[row.index]) is not None and pattern.sure:
                break
        return set()

    def _headlines(self, rows: Sequence[Row], last: Row) -> Sequence[Row]:
        """The lines at the end of `rows` that are headlines of other articles, none where that is uncertain."""
        end = len(rows)
        while end:
            start = self._run_start(rows, end)
            before = rows[start - 1] if start else last
            if start == end or ends_openly(before.text) or not self._is_foreign(rows[start:end]):
                break
            end = start
        return rows[end:]

    def _run_start(self, rows: Sequence[Row], end: int) -> int:
        """Where the run of like lines begins that ends before `end`."""
        start = end
        bullet = rows[end - 1].bullet
        while start and _like_headline(rows[start - 1]) and rows[start - 1].bullet == bullet:
            start -= 1
        short = start
        while start < end and rows[start].han < Articles.short and not (bullet and rows[start].bullet):
            start += 1
        # One short word above headlines is their heading; several are a list of the article's.
        return short if start == short + 1 else start

    def _is_foreign(self, run: Sequence[Row]) -> bool:
        """Whether the lines of a run have nothing to do with the article."""
        nameless = self.remover.without if self.remover is not None else str
        share = sum(self.vocabulary.share(nameless(row.text)) for row in run) / len(run)
        length = sum(row.han for row in run) / len(run)
        if self.signs:
            return len(run) >= 3 and share < 0.4 and length >= 6
        strange = len(run) >= 4 and share < 0.1 and min(row.han for row in run) >= 8
        return self.weighty and length >= 10 and ((len(run) >= 5 and share < 0.25) or strange)


def _like_headline(row: Row) -> bool:
    """Whether a line could be the headline of another article: short, no sentence, announcing nothing."""
    short = row.item and not (row.prose or row.typed) and len(row.text) > 1
    return short and not row.text.endswith(("。", "；", ";", ":", "：", "”"))


def _contents(rows: Sequence[Row], active: Sequence[Pattern | None], reasons: dict[int, str]) -> list[Row]:
    """The headings of tables of contents, and the lines below them that are headings further down."""
    headings = {without_number(row.text) for row in rows if row.index not in reasons}
    found = []
    inside = False
    for row in rows:
        pattern = active[row.index]
        if pattern is not None and pattern.name == "table_of_contents":
            inside = True
        elif inside:
            title = without_number(row.text)
            inside = row.item and not row.prose and title in headings and (row.linked or title != row.text)
        if inside:
            found.append(row)
    return found
