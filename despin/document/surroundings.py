"""What the rest of a stretch says of its choices, once it is restored: the words around each place, and the other places of a form.

The search of `despin.kernel.program` sees trigrams and the characters of the spun text. Which word fits among the eight restored
words on either side is known only when it has ended; the context model says it then, for all originals of a form that were likely.
And an author who used a word once uses it again, so that a form mostly has one original in a text.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

from despin.document.reading import Row
from despin.lm.context import ContextModel

#: What the context model says counts so much: it knows the nearest words, which trigrams and weights saw as well.
SHARE = 0.15
#: A place whose original is as sure is not looked at.
SURE = 0.98
#: An original that was not among the likely ones at another place counts there like one of this probability.
UNLIKELY = 0.01
_LN10 = math.log(10)


def weighed(text: str, rows: Sequence[Row], start: int, end: int, context: ContextModel) -> list[Row]:
    """The rows of text[start:end] with their probabilities as the restored words around each see them, the likeliest original
    first; rows are sorted and disjoint, in code points of `text`. An edit of a word to itself stands for what is left."""
    doubtful = [number for number, row in enumerate(rows) if row[4] and row[3] < SURE]
    if not doubtful:
        return list(rows)
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    last = start
    size = 0
    for low, high, original, _, _ in rows:
        pieces += (text[last:low], original)
        size += low - last
        places.append((size, size + len(original)))
        size += len(original)
        last = high
    cut = context.cut("".join(pieces) + text[last:end])
    before, behind, firsts, words, logs = array("i"), array("i"), array("i", [0]), [], []
    for number in doubtful:
        before.append(bisect_right(cut.ends, places[number][0]))
        behind.append(bisect_left(cut.starts, places[number][1]))
        _, _, original, chance, rivals = rows[number]
        words.append(original)
        logs.append(math.log(max(chance, 1e-9)))
        for word, share in rivals:
            words.append(word)
            logs.append(math.log(max(share, 1e-9)))
        firsts.append(len(words))
    fits = context.fits(cut, before, behind, firsts, words)
    odds = [(own + SHARE * _LN10 * said, word) for own, said, word in zip(logs, fits, words, strict=True)]
    found = list(rows)
    for number, (first, last) in zip(doubtful, pairwise(firsts), strict=True):
        low, high, _, chance, rivals = rows[number]
        found[number] = _ordered(low, high, odds[first:last], chance + sum([share for _, share in rivals]))
    return found


def agreed(text: str, rows: Sequence[Row]) -> list[Row]:
    """The rows with probabilities that the other places of the same form share in: together they count nearly as much as the place
    itself, likeliest first.

    Source: Gale, Church and Yarowsky, One Sense per Discourse, 1992.
    """
    places: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        places.setdefault(text[row[0] : row[1]], []).append(number)
    found = list(rows)
    for numbers in places.values():
        if len(numbers) < 2 or not any(rows[number][4] for number in numbers):
            continue
        shares = [{rows[number][2]: rows[number][3], **dict(rows[number][4])} for number in numbers]
        words = sorted({word for each in shares for word in each})
        logs = [{word: math.log(max(each.get(word, 0.0), UNLIKELY)) for word in words} for each in shares]
        sums = {word: sum(each[word] for each in logs) for word in words}
        for number, share, own in zip(numbers, shares, logs, strict=True):
            odds = [(own[word] + (sums[word] - own[word]) / len(numbers), word) for word in share]
            found[number] = _ordered(rows[number][0], rows[number][1], odds, sum(share.values()))
    return found


def unturned(text: str, rows: Sequence[Row], found: Sequence[Row], opposite: Callable[[str, str], bool]) -> list[Row]:
    """The rows `found` for `rows` of the same places, but for words that stand by their sentence alone and would become an `opposite`
    (of a form and its original): these stay as they were. Opposites stand among the same words, and a text may speak of both."""
    kept: list[Row] = []
    for row, other in zip(rows, found, strict=True):
        spun = text[row[0] : row[1]]
        turned = row[2] == spun != other[2] and opposite(spun, other[2])
        kept.append(row if turned else other)
    return kept


def _ordered(start: int, end: int, odds: Sequence[tuple[float, str]], known: float) -> Row:
    """The row of originals with these log odds (nats), which have the probability `known` together."""
    if len(odds) == 2:  # as most are: quicker than what follows, and the same
        (high, best), (low, other) = odds
        if low > high or (low == high and other < best):
            high, best, low, other = low, other, high, best
        less = math.exp(low - high)
        scale = known / (1.0 + less)
        return start, end, best, scale, [(other, less * scale)]
    ordered = sorted([(-value, word) for value, word in odds])
    highest = ordered[0][0]
    weights = [math.exp(highest - value) for value, _ in ordered]
    scale = known / sum(weights)
    shares = [(word, weight * scale) for (_, word), weight in zip(ordered, weights, strict=True)]
    return (start, end, *shares[0], shares[1:])
