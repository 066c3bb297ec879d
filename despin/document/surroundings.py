"""What the rest of a stretch says of its choices, once it is restored: the words around each place, and the other places of a form.

The search of `despin.kernel.native.program` sees trigrams and the characters of the spun text. Which word fits among the eight restored
words on either side is known only when it has ended; the context model says it then, for all originals of a form that were likely.
And an author who used a word once uses it again, so that a form mostly has one original in a text.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from despin.document.reading import Row
from despin.kernel.native.program import agreed as shared
from despin.kernel.native.program import reweighed, weighing
from despin.lm.context import ContextModel

#: What the context model says counts so much: it knows the nearest words, which trigrams and weights saw as well.
SHARE = 0.15
#: A place whose original is as sure is not looked at.
SURE = 0.98
#: An original that was not among the likely ones at another place counts there like one of this probability.
UNLIKELY = 0.01


def weighed(text: str, rows: Sequence[Row], start: int, end: int, context: ContextModel) -> list[Row]:
    """The rows of text[start:end] with their probabilities as the restored words around each see them, the likeliest original
    first; rows are sorted and disjoint, in code points of `text`. An edit of a word to itself stands for what is left."""
    asked = weighing(text, list(rows), start, end, SURE)
    if asked is None:
        return list(rows)
    restored, numbers, lows, highs, firsts, words, logs = asked
    cut = context.cut(restored)
    before = array("i", [bisect_right(cut.ends, low) for low in lows])
    behind = array("i", [bisect_left(cut.starts, high) for high in highs])
    return reweighed(
        list(rows), numbers, firsts, words, logs, context.fits(cut, before, behind, array("i", firsts), words), SHARE
    )


def agreed(text: str, rows: Sequence[Row]) -> list[Row]:
    """The rows with probabilities that the other places of the same form share in: together they count nearly as much as the place
    itself, likeliest first.

    Source: Gale, Church and Yarowsky, One Sense per Discourse, 1992.
    """
    return shared(text, list(rows), UNLIKELY)


def unturned(text: str, rows: Sequence[Row], found: Sequence[Row], opposite: Callable[[str, str], bool]) -> list[Row]:
    """The rows `found` for `rows` of the same places, but for words that stand by their sentence alone and would become an `opposite`
    (of a form and its original): these stay as they were. Opposites stand among the same words, and a text may speak of both."""
    kept = list(found)
    for number, (row, other) in enumerate(zip(rows, found, strict=True)):
        if row[2] != other[2] and row[2] == (spun := text[row[0] : row[1]]) and opposite(spun, other[2]):
            kept[number] = row
    return kept
