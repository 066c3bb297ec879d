"""The title of a page: of the lines above the article the one that is most like it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from despin.page.lines import Row, Vocabulary, count_han, looks_like_record
from despin.page.name_removal import NameRemover

#: A line with fewer Chinese characters is rather a word of a menu than a title.
SHORT = 6
#: No title has more code points, a name of a site included.
LONGEST_TITLE = 110
#: A title shares this share of its character pairs with the article; with so few characters it may do so by chance.
TITLE_SHARE, FEW = 0.1, 2
#: What it counts for a line to stand right above the date and author of the page.
ABOVE_RECORD = 0.25


def bare_form(row: Row, remover: NameRemover | None) -> str:
    """The line without the name of the site at its ends."""
    if remover is None:
        return row.text
    cut, position = "", 0
    for span in remover.in_title(row.text):
        cut, position = cut + row.text[position : span.start], span.end
    return (cut + row.text[position:]).strip()


def find_title(rows: Sequence[Row], vocabulary: Vocabulary, remover: NameRemover | None, dated: Set[int]) -> Row | None:
    """The first of the lines that looks as much like a title as the best one does; of equal lines the last.

    `dated` holds the indices of those that stand right above the date and author of the page.
    """
    likely = [
        row for row in rows if len(row.text) <= LONGEST_TITLE and (row.han >= 2 or len(row.text) >= 4) and not row.menu
    ]
    likely = [row for row in likely if not looks_like_record(row.text)] or likely
    likely = [row for row in likely if not row.words] or likely
    # Where the name of the site is glued to a line, that line is the title.
    glued = [row for row in likely if (bare := bare_form(row, remover)) != row.text and count_han(bare) >= SHORT]
    # A short title is one too, where the name stands behind it as behind any other.
    behind = [row for row in likely if count_han(bare := bare_form(row, remover)) >= 2 and row.text.startswith(bare)]
    behind = [row for row in behind if bare_form(row, remover) != row.text]
    glued += [row for row in behind if row not in glued]
    longer = [row for row in likely if row.han >= SHORT or vocabulary.share(row.text) >= 0.5]
    if glued and longer:
        # It may also be a line that tells about the site: then another line speaks of the article much more.
        best = max(vocabulary.share(bare_form(row, remover)) for row in longer)
        if not behind and max(vocabulary.share(bare_form(row, remover)) for row in glued) < 0.4 * best:
            glued = []
    likely = glued or longer or likely
    scores: list[tuple[float, Row]] = []
    for row in likely:
        bare = bare_form(row, remover)
        han = count_han(bare)
        # A pair in common says less in a line of few pairs.
        share = vocabulary.share(bare) * han / (han + FEW)
        score = share - 0.3 * row.linked - 0.3 * row.bullet + ABOVE_RECORD * (row.index in dated)
        scores.append((score * (0.5 if han < SHORT else 1.0), row))
    if not scores:
        return None
    best = max(score for score, _ in scores)
    if best < TITLE_SHARE:
        # A spinner may have changed every word of the text: the line nearest to it then is the likeliest.
        return (
            glued[-1]
            if glued
            else next((row for _, row in reversed(scores) if 5 <= row.han <= 40 and not row.linked), None)
        )
    first = next(row for score, row in scores if score >= 0.7 * best)
    same = [row for row in rows if bare_form(row, remover) == bare_form(first, remover)]
    return same[-1]
