"""What becomes of the edits of a stretch once its sentences are searched, in plain Python. Twin: `despin/kernel/native/rows.pxi`.

A row is (start, end, original, probability, runners-up with theirs), in code points of the text.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Any

Row = tuple[int, int, str, float, list[tuple[str, float]]]

#: What is certain or impossible counts as this probability where its logarithm is taken.
FAINTEST = 1e-9
_LN10 = math.log(10)


def agreed(text: str, rows: list[Row], unlikely: float) -> list[Row]:
    """The rows with probabilities that the other places of the same form share in, likeliest first; an original that was not among the
    likely ones at another place counts there like one of the probability `unlikely`."""
    places: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        places.setdefault(text[row[0] : row[1]], []).append(number)
    found = list(rows)
    for numbers in places.values():
        if len(numbers) < 2 or not any(rows[number][4] for number in numbers):
            continue
        found_of = _agreed([rows[number] for number in numbers], math.log(unlikely))
        for number, row in zip(numbers, found_of, strict=True):
            found[number] = row
    return found


def _agreed(rows: Sequence[Row], unlikely: float) -> Iterator[Row]:
    """The rows of one form with what they share; `unlikely` is a logarithm (nats)."""
    count = len(rows)
    shares = [{row[2]: row[3], **dict(row[4])} for row in rows]
    logs = [{word: max(_logarithm(chance), unlikely) for word, chance in each.items()} for each in shares]
    # What a word has over one that is unlikely everywhere.
    sums: dict[str, float] = {}
    for each in logs:
        for word, own in each.items():
            sums[word] = sums.get(word, 0.0) + own - unlikely
    for (start, end, *_), share, each in zip(rows, shares, logs, strict=True):
        odds = [
            (own + (sums[word] + (count - 1) * unlikely - (own - unlikely)) / count, word) for word, own in each.items()
        ]
        yield _ordered(start, end, odds, sum(share.values()))


def _logarithm(chance: float) -> float:
    return math.log(chance) if chance > 0 else -math.inf


def weighing(
    text: str, rows: list[Row], start: int, end: int, sure: float
) -> tuple[str, list[int], list[int], list[int], list[int], list[str], list[float]] | None:
    """What has to be weighed by the words around it: (text[start:end] with the edits of `rows` made; the numbers of the rows that are less
    sure than `sure` and have rivals; where each of these begins and ends in that; the number of the first original of each, and behind
    them how many there are; the originals; their log probabilities in nats). None where all rows are sure."""
    numbers = [number for number, row in enumerate(rows) if row[4] and row[3] < sure]
    if not numbers:
        return None
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    last, size = start, 0
    for low, high, original, _, _ in rows:
        pieces += (text[last:low], original)
        size += low - last
        places.append((size, size + len(original)))
        size += len(original)
        last = high
    firsts, words, logs = [0], [], []
    for number in numbers:
        _, _, original, chance, rivals = rows[number]
        for word, share in ((original, chance), *rivals):
            words.append(word)
            logs.append(math.log(max(share, FAINTEST)))
        firsts.append(len(words))
    lows, highs = [places[number][0] for number in numbers], [places[number][1] for number in numbers]
    return "".join(pieces) + text[last:end], numbers, lows, highs, firsts, words, logs


def reweighed(
    rows: list[Row],
    numbers: list[int],
    firsts: list[int],
    words: list[str],
    logs: list[float],
    fits: Sequence[float],
    share: float,
) -> list[Row]:
    """The rows, those of these numbers with their originals in order once each is worth `share` times what `fits` says (log10) more."""
    odds = [(own + share * _LN10 * said, word) for own, said, word in zip(logs, fits, words, strict=True)]
    found = list(rows)
    for number, (first, last) in zip(numbers, pairwise(firsts), strict=True):
        low, high, _, chance, rivals = rows[number]
        found[number] = _ordered(low, high, odds[first:last], chance + sum([share for _, share in rivals]))
    return found


def _ordered(start: int, end: int, odds: Sequence[tuple[float, str]], known: float) -> Row:
    """The row of originals with these log odds (nats), which have the probability `known` together."""
    ordered = sorted([(-value, word) for value, word in odds])
    highest = ordered[0][0]
    weights = [math.exp(highest - value) for value, _ in ordered]
    scale = known / sum(weights)
    shares = [(word, weight * scale) for (_, word), weight in zip(ordered, weights, strict=True)]
    return (start, end, *shares[0], shares[1:])


def columns_of(
    text: str,
    rows: list[Row],
    unproved: list[tuple[int, int]],
    overrides: Mapping[str, str | None],
    names: tuple[str, str],
    flips: AbstractSet[tuple[str, str]],
    negates: Callable[[str, str], bool],
    numbers: tuple[float, float, float],
) -> tuple[dict[str, list[Any]], list[str], list[float], list[int]]:
    """What edits say of the rows of a text: (their columns by the names of fields of `despin.results.Edit`, the originals of their
    runners-up, the confidences of these, how many each edit has). Proved are those that touch none of the places `unproved`, which are
    sorted and disjoint. `names` are what stands before the form in the names of entries, of `overrides` and of others; `flips` the
    (spun, original) that turn a statement round, and `negates` tells that of others. `numbers` are (the power of probabilities, the most
    that is likelier than anything that shares, the least rival)."""
    power, alone, least = numbers
    fields = "start", "end", "spun", "original", "confidence", "flips", "entry", "proved"
    columns: dict[str, list[Any]] = {field: [] for field in fields}
    words: list[str] = []
    confidences: list[float] = []
    counts: list[int] = []
    # A place where only something is missing is empty, and speaks against the character behind it.
    behind = [max(high, low + 1) for low, high in unproved]
    for start, end, original, chance, rivals in rows:
        spun = text[start:end]
        place = bisect_right(behind, start)
        proved = place == len(unproved) or end <= unproved[place][0]
        before = len(words)
        if rivals or chance <= alone:
            chance, shares = _calibrated(chance, rivals, power)
            words += [word for word, share in shares if share >= least]
            confidences += [share for _, share in shares if share >= least]
        flipped = (spun, original) in flips or negates(spun, original)
        entry = names[spun not in overrides] + spun
        counts.append(len(words) - before)
        values = start, end, spun, original, chance, flipped, entry, proved
        for field, value in zip(fields, values, strict=True):
            columns[field].append(value)
    return columns, words, confidences, counts


def _calibrated(
    chance: float, rivals: Sequence[tuple[str, float]], power: float
) -> tuple[float, list[tuple[str, float]]]:
    """Probabilities raised to a power, what is known of nothing among them."""
    rest = max(0.0, 1 - chance - sum([share for _, share in rivals]))
    own = chance**power
    powers = [share**power for _, share in rivals]
    total = own + sum(powers) + rest**power
    return own / total, [(word, share / total) for (word, _), share in zip(rivals, powers, strict=True)]


def repeated(text: str, longest: int, times: int) -> int:
    """At how many places of a text something of up to `longest` characters begins that stands there so many times, one behind the
    other."""
    return sum(
        any(
            text.startswith(text[place : place + length] * times, place)
            for length in range(1, min(longest, (len(text) - place) // times) + 1)
        )
        for place in range(len(text))
    )
