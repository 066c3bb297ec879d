"""Which lines of a page are kept: the article's prose, its title, and the short lines that belong to it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from despin.page.lines import Row, Vocabulary, count_labels, ends_openly, has_figure, looks_like_record, without_number
from despin.page.name_removal import NameRemover
from despin.page.patterns import CLOSING, ENDING, Pattern
from despin.page.title import FEW, LONGEST_TITLE, SHORT, bare_form, find_title

ABOVE, BELOW = "short line above the title", "short line below the end of the article"
RUN, NAME, NAMED = (
    "run of short unconnected lines below the article",
    "name of the site",
    "line with the name of the site",
)
RECORD = "date, author and counters of the page"
AMONG = "short line among the site's own"
TWICE, LINK, MENU = "the title once more", "link of the page", "menu of the site"
#: Doubtful lines of these kinds are dropped from the middle of an article too, where much shows that this is a page.
PASSING = frozenset({"share", "advert"})
#: A line of so many Chinese characters is no word of a menu.
LONG = 8
#: The name of an author or an account has at most so many Chinese characters.
AUTHOR = 8
#: A line of so many Chinese characters says something.
SENTENCE = 24
#: Only below an article of this many characters can a run of lines be foreign without any other sign of a page.
WEIGHTY = 80
#: Parts of a line that gaps, bars or labels set off.
_PART = re.compile(r"[^\s|｜/·•]+")
_BAR = re.compile("[|｜·•]")
#: The date below a letter or a notice.
_DATE = re.compile(
    r"(?:19|20|二〇|二○|二零|一九)[0-9〇○零一二三四五六七八九]{2} ?年 ?[0-9一二三四五六七八九十]{1,3} ?月 ?[0-9一二三四五六七八九十]{1,3} ?日"
)
#: How many lines above a second article may be its heading.
HEADING = 4


@dataclass(slots=True)
class Layout:
    """A page under decision. `rows` are its lines that are not empty; `reasons` fills with the lines to drop.

    `active` holds the pattern of each line by its index, as far as it counts on this page; `kept` are the indices of
    the article's prose, `places` where each line stands in `rows`. `signs` says how much else shows that this is a
    page: 0 nothing, 1 something, 2 much. `signature` holds the lines below the text that sign and date it.
    """

    rows: Sequence[Row]
    active: Sequence[Pattern | None]
    kept: set[int]
    reasons: dict[int, str]
    vocabulary: Vocabulary
    signs: int
    remover: NameRemover | None = None
    title: int | None = None
    signature: set[int] = field(default_factory=set)
    prose: list[int] = field(init=False)
    weighty: bool = field(init=False)
    places: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {row.index: place for place, row in enumerate(self.rows)}
        self.prose = [place for place, row in enumerate(self.rows) if row.index in self.kept]
        weight = sum(self.rows[place].han for place in self.prose)
        self.weighty = weight >= WEIGHTY and weight * 3 >= sum(row.han for row in self.rows)

    def decide(self) -> None:
        """Fill `reasons` and `title`."""
        first = self.rows[self.prose[0]]
        self._leading(self.rows[: self.prose[0]])
        if self.title is None and self._bare(first) != first.text and len(first.text) <= LONGEST_TITLE:
            self.title = first.index
        for before, after in zip(self.prose, self.prose[1:], strict=False):
            if after - before > 1:
                self._between(before, after)
        self._trailing(self.rows[self.prose[-1] + 1 :], self.rows[self.prose[-1]])
        sweep(self.rows, self.active, self.prose, self.kept, self.reasons)

    def _drop(self, row: Row, reason: str) -> None:
        self.reasons.setdefault(row.index, reason)

    def _is_name(self, row: Row) -> bool:
        return self.remover is not None and self.remover.whole(row.text)

    def _free(self, row: Row) -> bool:
        """Whether nothing speaks against the line yet."""
        return row.index not in self.reasons and self.active[row.index] is None and not self._is_name(row)

    def _drop_known(self, rows: Sequence[Row], sure_only: bool = False) -> None:
        for row in rows:
            pattern = self.active[row.index]
            if pattern is not None and (pattern.sure or not sure_only or (self.signs >= 2 and pattern.kind in PASSING)):
                self._drop(row, pattern.reason)
            elif self._is_name(row):
                self._drop(row, NAME)

    # Above the article.

    def _leading(self, rows: Sequence[Row]) -> None:
        self._drop_known(rows)
        touched = any(row.index in self.reasons for row in rows)
        free = [row for row in rows if self._free(row)]
        title = find_title(free, self.vocabulary, self.remover, self._above_records(free))
        self.title = title.index if title is not None else None
        if not (touched or self.remover is not None or self.signs >= 2):
            return
        last_known = max((row.index for row in rows if row.index in self.reasons), default=-1)
        for row in free:
            if row is title:
                continue
            if title is not None and self._bare(row) == self._bare(title):
                self._drop(row, TWICE)
            elif row.index < (title.index if title is not None else last_known):
                # Without a title any longer line may be it, and no headline is as long as a sentence.
                if (title is not None and (row.han < SENTENCE or row.menu)) or row.han < LONG:
                    self._drop(row, ABOVE)
            elif row.menu and self.signs:
                self._drop(row, MENU)
            elif self._tells_of_site(row):
                self._drop(row, NAMED)
            elif self.signs and looks_like_record(row.text):
                self._drop(row, RECORD)
            elif row.linked and self.signs:
                self._drop(row, LINK)
            elif self.signs >= 2 and title is not None and (self._is_record(row) or self._is_author(row)):
                self._drop(row, RECORD)

    def _tells_of_site(self, row: Row) -> bool:
        """Whether a short line has the name of the site in it and nothing of the article."""
        nameless = self._nameless(row)
        return row.item and nameless != row.text and self.vocabulary.share(nameless) < 0.2

    def _is_record(self, row: Row) -> bool:
        """Whether a short line tells of the page rather than of the article: figures or
        parts, and nothing in common."""
        parts = len(_PART.findall(row.text))
        figures = sum(c.isdigit() for c in row.text)
        return (
            row.item
            and not row.latin
            and (parts >= 3 or (parts >= 2 and (figures >= 1 or _BAR.search(row.text) is not None)))
            and self.vocabulary.share(row.text) < 0.2
        )

    def _is_author(self, row: Row) -> bool:
        """Whether a line below the title may be a name: a word or two above the date, nothing of the article."""
        named = 2 <= row.han <= AUTHOR and not row.bullet and not ends_openly(row.text)
        return named and not self.vocabulary.share(row.text) and bool(self._above_records([row]))

    def _bare(self, row: Row) -> str:
        return bare_form(row, self.remover)

    def _above_records(self, rows: Sequence[Row]) -> set[int]:
        """The lines of `rows` that stand right above the date and author of the page, as titles do."""
        below = ((row, self.rows[self.places[row.index] + 1]) for row in rows)
        return {
            row.index
            for row, other in below
            if looks_like_record(other.text) or ((p := self.active[other.index]) is not None and p.kind == "meta")
        }

    # Below the article.

    def _trailing(self, rows: Sequence[Row], last: Row) -> None:
        signature = self._dated(rows)
        self.signature |= signature
        rows = [row for row in rows if row.index not in signature]
        self._drop_known(rows)
        closed, pending = bool(signature) and self.signs >= 2, []
        for row in rows:
            pattern = self.active[row.index]
            if pattern is not None:
                closed = closed or pattern.sure or pattern.kind in CLOSING or self.signs >= 2
            elif row.index in self.reasons:
                closed = closed or not self._is_name(row)
            elif closed:
                self._drop(row, BELOW)
            elif row.menu and self.signs >= 2:
                self._drop(row, MENU)
            elif self.signs and count_labels(row.text) >= 2:
                self._drop(row, RECORD)
            elif self._tells_of_site(row) or (row.item and self.remover is not None and self.remover.signs(row.text)):
                self._drop(row, NAMED)
                pending.append(row)
            elif self.signs >= 2 and looks_like_record(row.text):
                self._drop(row, RECORD)
            else:
                pending.append(row)
        for row in self._headlines(pending, last):
            self._drop(row, RUN)
        self._stray(rows, last)

    def _stray(self, rows: Sequence[Row], last: Row) -> None:
        """Drop what is left below the article of a page that surely is one: single lines above the site's own."""
        if self.signs < 2 or ends_openly(last.text):
            return
        for row in reversed([row for row in rows if row.index not in self.reasons]):
            if self._is_own(row):
                return
            self._drop(row, BELOW)

    def _is_own(self, row: Row) -> bool:
        """Whether a line below the prose may be the article's: an item of its list, or a
        line that speaks of the same."""
        ended = row.text.endswith(("。", "！", "？", "!", "?", "”"))
        return row.bullet or row.prose or ended or row.latin or self.vocabulary.share(self._nameless(row)) >= 0.3

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
        if bullet and start and end - start >= 3 and rows[start - 1].han <= 10 and _like_headline(rows[start - 1]):
            start -= 1
        while start < end and self._belongs(rows[start]):
            start += 1
        short = start
        while start < end and rows[start].han < SHORT and rows[start].index not in self.reasons:
            if bullet and rows[start].bullet:
                break
            start += 1
        # One short word above headlines is their heading; several are a list of the article's.
        return short if start == short + 1 else start

    def _is_foreign(self, run: Sequence[Row]) -> bool:
        """Whether the lines of a run have nothing to do with the article."""
        share = sum(self.vocabulary.share(self._nameless(row)) for row in run) / len(run)
        length = sum(row.han for row in run) / len(run)
        if any(row.index in self.reasons for row in run) or all(row.linked for row in run):
            return share < 0.5 and len(run) >= 2
        if self.signs:
            return len(run) >= 3 and share < 0.4 and length >= 6
        strange = len(run) >= 4 and share < 0.1 and min(row.han for row in run) >= LONG
        return self.weighty and length >= 10 and ((len(run) >= 5 and share < 0.25) or strange)

    def _nameless(self, row: Row) -> str:
        return self.remover.without(row.text) if self.remover is not None else row.text

    def _belongs(self, row: Row) -> bool:
        """Whether the first line of a run is still the article's."""
        return self.vocabulary.share(self._nameless(row)) >= 0.5 and not row.linked

    # Between two lines of prose.

    def _between(self, before: int, after: int) -> None:
        rows = self.rows[before + 1 : after]
        closing = any(
            row.index in self.reasons or ((p := self.active[row.index]) is not None and p.sure and p.kind in ENDING)
            for row in rows
        )
        if not closing:
            self._drop_known(rows, sure_only=True)
            for row in rows:
                if self._tells_of_site(row):
                    self._drop(row, NAMED)
            if self.signs >= 2:
                self._drop_enclosed(rows)
            return
        foreign = {row.index for row in rows if row.index in self.reasons}
        self._trailing(rows, self.rows[before])
        first = bisect_left(self.prose, after)
        following = (self.rows[place].text for place in self.prose[first : first + 8])
        for row in self._heading_of(rows, Vocabulary(following)):
            if row.index not in foreign:
                self.reasons.pop(row.index, None)

    def _drop_enclosed(self, rows: Sequence[Row]) -> None:
        """Drop names and the like from among the lines of the site: short, foreign to the article, few in a row."""
        gone = [place for place, row in enumerate(rows) if row.index in self.reasons]
        for before, after in pairwise(gone):
            among = rows[before + 1 : after]
            if len(among) <= FEW and all(row.han <= LONG and not self._is_own(row) for row in among):
                for row in among:
                    self._drop(row, AMONG)

    def _heading_of(self, rows: Sequence[Row], vocabulary: Vocabulary) -> Sequence[Row]:
        """The lines at the end of `rows` that head what follows: from the first that speaks of the same."""
        start = len(rows)
        while start and len(rows) - start < HEADING and self.active[rows[start - 1].index] is None:
            start -= 1
        bullets = any(row.bullet for row in rows)
        for place in range(start, len(rows)):
            row = rows[place]
            if vocabulary.share(self._bare(row)) >= 0.35 and not row.linked and not (row.bullet and bullets):
                return rows[place:]
        alone = rows[start:]
        if any(self.remover is not None and self.remover.signs(row.text) for row in alone):
            return ()
        return (
            alone if len(alone) == 1 and 5 <= alone[0].han <= 40 and not alone[0].bullet and not alone[0].linked else ()
        )


def _like_headline(row: Row) -> bool:
    """Whether a line could be the headline of another article: short, no sentence, announcing nothing, no aside."""
    if not row.item or row.prose or len(row.text) < 2:
        return False
    aside = row.text[0] in "（(" and row.text[-1] in "）)"
    return not aside and not row.text.endswith(("。", "；", ";", ":", "：", "”"))


CONTENTS_REASON, MOTTO_REASON, RULE_REASON = "table of contents", "motto below a post", "rule between parts of the page"
#: The patterns of tables of contents, of posts in a forum and of their writers, and the kinds of lines below a post.
CONTENTS, POST, MEMBER = "table_of_contents", "post_number", "member"
BELOW_POST = frozenset({"comments", "nav", "meta", "end"})
#: A motto has at most so many Chinese characters, and shares less than this with the article.
MOTTO, MOTTO_SHARE = 16, 0.1
#: An article shorter than this (in lines of prose) ends in no motto; a rule has at least so many code points.
LINES, RULE = 3, 5


def sweep(
    rows: Sequence[Row],
    active: Sequence[Pattern | None],
    prose: Sequence[int],
    kept: Collection[int],
    reasons: dict[int, str],
) -> None:
    """Add to `reasons`, by index, what is left of the site among `rows`.

    `active` holds the pattern of each line by its index; `prose` are the places of the article's prose in `rows`, and
    `kept` its indices.
    """
    for row in _contents(rows, active, reasons):
        reasons.setdefault(row.index, CONTENTS_REASON)
    names = {pattern.name for pattern in active if pattern is not None}
    if POST in names and MEMBER in names:
        for row in [*_ruled_mottos(rows, active, prose, reasons), *_last_motto(rows, active, prose, kept)]:
            reasons.setdefault(row.index, MOTTO_REASON)
    for place, row in enumerate(rows):
        beside = [*rows[max(0, place - 1) : place], *rows[place + 1 : place + 2]]
        if _is_rule(row) and any(other.index in reasons for other in beside):
            reasons.setdefault(row.index, RULE_REASON)


def _is_rule(row: Row) -> bool:
    """Whether a line has no letter in it."""
    return not any(character.isalnum() for character in row.text)


def _contents(rows: Sequence[Row], active: Sequence[Pattern | None], reasons: dict[int, str]) -> list[Row]:
    """The headings of tables of contents, and the lines below them that are headings further down."""
    headings = {without_number(row.text) for row in rows if row.index not in reasons}
    found = []
    inside = False
    for row in rows:
        pattern = active[row.index]
        if pattern is not None and pattern.name == CONTENTS:
            inside = True
        elif inside:
            title = without_number(row.text)
            inside = row.item and not row.prose and title in headings and (row.linked or title != row.text)
        if inside:
            found.append(row)
    return found


def _ruled_mottos(
    rows: Sequence[Row], active: Sequence[Pattern | None], prose: Sequence[int], reasons: dict[int, str]
) -> list[Row]:
    """The rules below the article that set a motto off, each with its motto."""
    found = []
    for place in range(prose[-1], len(rows)):
        row = rows[place]
        if _is_rule(row) and len(row.text) >= RULE and row.index not in reasons:
            below = rows[place + 1 : place + 3]
            free = [other for other in below if active[other.index] is None and other.index not in reasons]
            found += [row, free[0]] if free else []
    return found


def _last_motto(
    rows: Sequence[Row], active: Sequence[Pattern | None], prose: Sequence[int], kept: Collection[int]
) -> list[Row]:
    """The last line of the article where it is a motto: short, foreign to the rest, right above the next post."""
    row = rows[prose[-1]]
    below = rows[prose[-1] + 1 : prose[-1] + 3]
    ends = any((pattern := active[other.index]) is not None and pattern.kind in BELOW_POST for other in below)
    if not ends or len(prose) < LINES or row.han > MOTTO or not row.item:
        return []
    others = Vocabulary(other.text for other in rows if other.index in kept and other is not row)
    return [row] if others.share(row.text) < MOTTO_SHARE else []
