"""The title of a page: of the lines above the article the one that is most like it."""

from __future__ import annotations

from collections.abc import Sequence

from despin.page.lines import Row, Vocabulary, count_han
from despin.page.name_removal import NameRemover
from despin.tuning import Articles


def bare_form(row: Row, remover: NameRemover | None) -> str:
    """The line without the name of the site at its ends."""
    if remover is None:
        return row.text
    cut, position = "", 0
    for span in remover.in_title(row.text):
        cut, position = cut + row.text[position : span.start], span.end
    return (cut + row.text[position:]).strip()


def find_title(rows: Sequence[Row], vocabulary: Vocabulary, remover: NameRemover | None) -> Row | None:
    """The line that is most like a title, of equal ones the last; where none has much in common with the article, since
    a spinner may have changed every word of it, the line nearest to it."""
    likely = [
        row
        for row in rows
        if len(row.text) <= Articles.longest_title and (row.han >= 2 or len(row.text) >= 4) and not row.menu
    ]
    likely = [row for row in likely if not row.words] or likely
    scores: list[tuple[float, int]] = []
    for place, row in enumerate(likely):
        bare = bare_form(row, remover)
        han = count_han(bare)
        # A pair in common says less in a line of few pairs.
        share = vocabulary.share(bare) * han / (han + Articles.few)
        telling = (bare != row.text) - row.linked - row.bullet
        score = share + Articles.telling * telling
        scores.append((score * (0.5 if han < Articles.short else 1.0), place))
    best, place = max(scores, default=(0.0, 0))
    if best >= Articles.title_share:
        return likely[place]
    return next((row for row in reversed(likely) if 5 <= row.han <= 40 and not row.linked), None)
