"""The last word on a page that surely is one: what the rules left is dropped where the chain believes that it is the site's."""

from __future__ import annotations

from collections.abc import Sequence

from despin.page import crf
from despin.page.features import observe
from despin.page.layout import Layout
from despin.page.patterns import Furniture

#: How sure the chain must be to drop a short line, and one that the rules take for the article's prose.
SURE, SURE_OF_PROSE = 0.8, 0.9
#: A paragraph of so many Chinese characters that the rules take for the article's stays.
LONG = 90
#: How sure it must be of any line where little else shows that this is a page.
SURE_ALONE = 0.95
#: How sure it must be that a line is the title to put it in the place of one that it would drop.
TITLE = 0.7
#: A text of more lines than this is no page.
MOST = 20_000
#: So many signs show much of a page.
MUCH = 2
REASONS = {
    crf.ABOVE: "line of the site above the article, by its shape and neighbours",
    crf.BETWEEN: "line of the site between title and text, by its shape and neighbours",
    crf.INSIDE: "line of the site within the text, by its shape and neighbours",
    crf.BELOW: "line of the site below the article, by its shape and neighbours",
}

Belief = tuple[float, ...]


def judge(layout: Layout, furniture: Furniture) -> None:
    """Add to the layout's reasons what the chain would drop, and mend its title."""
    if len(layout.rows) > MOST:
        return
    layout.reasons, layout.title = decide(layout, crf.beliefs(features(layout, furniture), crf.load()))


def features(layout: Layout, furniture: Furniture) -> list[list[str]]:
    """What the chain sees of a page whose layout the rules have decided."""
    nameless = layout.cutter.without if layout.cutter is not None else str
    return observe(layout.rows, layout.active, layout.reasons, layout.kept, nameless, furniture)


def decide(layout: Layout, beliefs: Sequence[Belief]) -> tuple[dict[int, str], int | None]:
    """(reasons of all lines to drop by index, index of the title) in the light of what the chain believes."""
    title = _title(layout, beliefs)
    reasons = {index: reason for index, reason in layout.reasons.items() if index != title}
    own = _own(layout)
    least = 0.0 if layout.signs >= MUCH else SURE_ALONE
    for row, belief in zip(layout.rows, beliefs, strict=True):
        if row.index in reasons or row.index == title or row.index in own:
            continue
        if _strange(belief) >= max(least, SURE_OF_PROSE if row.index in layout.kept else SURE):
            reasons[row.index] = REASONS[max(REASONS, key=lambda state: belief[state])]
    if all(index in reasons for index in layout.kept):
        return layout.reasons, layout.title
    return reasons, title


def _strange(belief: Belief) -> float:
    """How likely a line is the site's."""
    return 1.0 - sum(belief[state] for state in crf.KEPT)


def _title(layout: Layout, beliefs: Sequence[Belief]) -> int | None:
    """The title that the rules chose, or another line above the text where the chain would drop it for that one."""
    above = range(layout.prose[0])
    place = next((place for place in above if layout.rows[place].index == layout.title), None)
    if place is None or _strange(beliefs[place]) < SURE:
        return layout.title
    best = max(above, key=lambda other: beliefs[other][crf.TITLE])
    return layout.rows[best].index if beliefs[best][crf.TITLE] >= TITLE else layout.title


def _own(layout: Layout) -> set[int]:
    """The lines that are the article's whatever they look like: long paragraphs, and below the text those that sign it,
    its lists, and what is said in another language."""
    own = set(layout.signature)
    own |= {row.index for row in layout.rows if row.index in layout.kept and row.han >= LONG}
    rows = layout.rows[layout.prose[-1] + 1 :]
    for place, row in enumerate(rows):
        listed = any(near.bullet and near.index not in layout.reasons for near in rows[place : place + 2])
        if row.index in layout.reasons or not (listed or row.latin):
            break
        own.add(row.index)
    return own
