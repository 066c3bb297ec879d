"""What is swept out once the article is known, wherever it stands: tables of contents, mottos below posts, rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from despin.page.furniture import Pattern
from despin.page.lines import Row, without_number
from despin.page.overlap import Vocabulary

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
