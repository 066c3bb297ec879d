"""What the words of a document say of its edits where a list has one target a word: where words stand that edits restore, which of
them are restored at one place or at several, and what that adds to the odds of every arc.

Compiled where a compiler was at hand; the types of all names are in `constraints.pxd`. A `table` is a `despin.kernel.table.Table`.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.kernel.table import Table

#: What arrays of zeros are made of.
_ZERO, _NONE = array("d", [0.0]), array("i", [0])


def likely_words(
    table: Table, pair_originals: array[int], drawn: array[int], least: float, originals: int
) -> tuple[array[int], array[int], array[int]]:
    """The originals that arcs of at least so much posterior have, but for those that are `drawn` (by arc; empty where none is):
    (their numbers in the order of their first arcs, where the arcs of each begin, the arcs). There are so many `originals`."""
    pairs, found = table.pairs, table.posteriors
    known = len(drawn) > 0
    places = _NONE * originals
    size = count = 0
    for arc in range(len(found)):
        if found[arc] >= least and not (known and drawn[arc]):
            size += 1
            if places[pair_originals[pairs[arc]]] == 0:
                count += 1
                places[pair_originals[pairs[arc]]] = count
    numbers, firsts, arcs = (
        _NONE * count,
        _NONE * (count + 2),
        _NONE * size,
    )
    # The same under names that are typed.
    number, first, members = numbers, firsts, arcs
    for arc in range(len(found)):
        if found[arc] >= least and not (known and drawn[arc]):
            place = places[pair_originals[pairs[arc]]]
            number[place - 1] = pair_originals[pairs[arc]]
            first[place + 1] += 1
    for place in range(count):
        first[place + 2] += first[place + 1]
    for arc in range(len(found)):
        if found[arc] >= least and not (known and drawn[arc]):
            place = places[pair_originals[pairs[arc]]]
            members[first[place]] = arc
            first[place] += 1
    return numbers, firsts, arcs


def taken_places(table: Table, least: float, length: int) -> array[float]:
    """By character of a text of this `length`, how surely the likeliest place of an edit that holds it is restored, by the arcs of
    at least so much posterior."""
    found, places, starts, ends = table.posteriors, table.places, table.starts, table.ends
    chances, taken = _ZERO * len(table.place_forms), _ZERO * length
    # The same under a name that is typed.
    sure = taken
    for arc in range(len(found)):
        if found[arc] >= least:
            chances[places[arc]] += found[arc]
    for arc in range(len(found)):
        if found[arc] >= least:
            for place in range(starts[arc], ends[arc]):
                if chances[places[arc]] > sure[place]:
                    sure[place] = chances[places[arc]]
    return taken


def standing_words(
    text: str, names: list[str], numbers: array[int], offered: array[int], taken: array[float]
) -> tuple[array[int], array[int], array[float]]:
    """Where the originals with these `numbers` stand in a text, of those that are among the numbers `offered`: where the places of each
    begin, the places, and how surely each stands, where that is more than half; `taken` as of `taken_places`."""
    firsts = _NONE * (len(numbers) + 1)
    places, chances, flags = [], [], _NONE * len(names)
    # The same under names that are typed.
    restored, wanted, first, known, given = taken, numbers, firsts, flags, offered
    for index in range(len(given)):
        known[given[index]] = 1
    for index in range(len(wanted)):
        number = wanted[index]
        if known[number]:
            original = names[number]
            length = len(original)
            place = text.find(original) if length else -1
            while place >= 0:
                most = 0.0
                for at in range(place, place + length):
                    if restored[at] > most:
                        most = restored[at]
                if 1.0 - most > 0.5:
                    places.append(place)
                    chances.append(1.0 - most)
                place = text.find(original, place + 1)
        first[index + 1] = len(places)
    return firsts, array("i", places), array("d", chances)


def first_places(
    table: Table,
    words: tuple[array[int], array[int], array[int]],
    stands: tuple[array[int], array[int], array[float]],
    least: float,
) -> tuple[float, float]:
    """What shows that only the first place of a word is replaced: how many of the `words` that `likely_words` gives are restored
    at one place, as surely as `least`, and stand behind it and nowhere before; and how many are restored at several. `stands`
    is where they stand (where the places of each begin, the places, and how surely they stand)."""
    starts, found = table.starts, table.posteriors
    first, arcs = words[1], words[2]
    stand_first, stand_places = stands[0], stands[1]
    alone = everywhere = 0.0
    for word in range(len(stand_first) - 1):
        low = high = -1
        chance = 0.0
        for at in range(first[word], first[word + 1]):
            if found[arcs[at]] >= least:
                place = starts[arcs[at]]
                if low < 0 or place < low or (place == low and found[arcs[at]] < chance):
                    low, chance = place, found[arcs[at]]
                if place > high:
                    high = place
        if low < 0:
            continue
        if high != low:
            everywhere += 1.0
            continue
        behind = before = False
        for at in range(stand_first[word], stand_first[word + 1]):
            if stand_places[at] > low:
                behind = True
            if stand_places[at] < low:
                before = True
        if behind and not before:
            alone += chance
    return alone, everywhere


def mixed_words(
    table: Table,
    words: tuple[array[int], array[int], array[int]],
    stands: tuple[array[int], array[int], array[float]],
    least: float,
) -> tuple[int, int]:
    """How many of the `words` are restored somewhere, as surely as `least`, and stand elsewhere, and how many are restored at several
    places and stand nowhere; as of `first_places`."""
    starts, found = table.starts, table.posteriors
    first, arcs = words[1], words[2]
    stand_first = stands[0]
    mixed = whole = 0
    for word in range(len(stand_first) - 1):
        place, several = -1, False
        for at in range(first[word], first[word + 1]):
            if found[arcs[at]] >= least:
                if place >= 0 and starts[arcs[at]] != place:
                    several = True
                place = starts[arcs[at]]
        if place >= 0 and stand_first[word + 1] > stand_first[word]:
            mixed += 1
        elif several:
            whole += 1
    return mixed, whole


def say_forms(
    table: Table, pair_forms: array[int], drawn: array[int], least: float, weight: float, said: array[float]
) -> None:
    """Add to `said` what the other places of its form say of every arc of at least so much posterior (log10), `weight` times;
    nothing of those that are `drawn`, as of `likely_words`."""
    pairs, found, place_forms = table.pairs, table.posteriors, table.place_forms
    known = len(drawn) > 0
    chosen, left = _ZERO * len(pair_forms), _ZERO * (len(pair_forms) + 1)
    for place in range(len(place_forms)):
        left[place_forms[place]] += 1.0
    for arc in range(len(found)):
        if found[arc] >= least:
            chosen[pairs[arc]] += found[arc]
            left[pair_forms[pairs[arc]]] -= found[arc]
    for arc in range(len(found)):
        if found[arc] >= least and not (known and drawn[arc]):
            speaking = chosen[pairs[arc]] - found[arc]
            against = left[pair_forms[pairs[arc]]] - (1.0 - found[arc])
            if speaking < 0.0:
                speaking = 0.0
            if against < 0.0:
                against = 0.0
            if speaking != against:
                said[arc] += weight * math.log10((speaking + 1.0) / (against + 1.0))


def say_targets(
    table: Table, words: tuple[array[int], array[int], array[int]], pairs_known: int, weight: float, said: array[float]
) -> None:
    """Take from `said` by arc what other forms of its word say, at other places, that are surer than its own: `weight` times as
    much (log10). There are so many pairs."""
    pairs, starts, found = table.pairs, table.starts, table.posteriors
    first, arcs = words[1], words[2]
    own, rivals = _ZERO * pairs_known, _ZERO * pairs_known
    for word in range(len(words[0])):
        several = False
        for at in range(first[word], first[word + 1]):
            own[pairs[arcs[at]]] += found[arcs[at]]
            if pairs[arcs[at]] != pairs[arcs[first[word]]]:
                several = True
        if several:
            for at in range(first[word], first[word + 1]):
                arc = arcs[at]
                best = 0.0
                for index in range(first[word], first[word + 1]):
                    other = arcs[index]
                    if pairs[other] != pairs[arc] and starts[other] != starts[arc]:
                        rivals[pairs[other]] += found[other]
                for index in range(first[word], first[word + 1]):
                    if rivals[pairs[arcs[index]]] > best:
                        best = rivals[pairs[arcs[index]]]
                    rivals[pairs[arcs[index]]] = 0.0
                best -= own[pairs[arc]]
                if best > 0.0:
                    said[arc] -= weight * (best if best < 1.0 else 1.0)
        for at in range(first[word], first[word + 1]):
            own[pairs[arcs[at]]] = 0.0


def say_standing(
    table: Table,
    words: tuple[array[int], array[int], array[int]],
    stands: tuple[array[int], array[int], array[float]],
    once: bool,
    weights: tuple[float, float, float],
    said: array[float],
) -> None:
    """Add to `said` by arc what it says that its word stands elsewhere (log10): it takes the first of the `weights`. Where only first
    places are replaced (`once`), places before it take as much, those that stand or are restored, if they are more than the
    last one; otherwise those behind it give the second. `stands` as of `first_places`."""
    starts, found = table.starts, table.posteriors
    first, arcs = words[1], words[2]
    stand_first, stand_places, chances = stands
    lost, gained, some = weights
    for word in range(len(stand_first) - 1):
        low, high = stand_first[word], stand_first[word + 1]
        total = 0.0
        for index in range(low, high):
            total += chances[index]
        if total > 1.0:
            total = 1.0
        if not once:
            if total > 0.0:
                for at in range(first[word], first[word + 1]):
                    said[arcs[at]] -= lost * total
            continue
        if low == high and first[word + 1] - first[word] == 1:
            continue  # a word that is met once says nothing
        for at in range(first[word], first[word + 1]):
            earlier = restored = 0.0
            for index in range(low, high):
                if stand_places[index] < starts[arcs[at]]:
                    earlier += chances[index]
            for index in range(first[word], first[word + 1]):
                if starts[arcs[index]] < starts[arcs[at]]:
                    restored += found[arcs[index]]
            earlier += restored
            if earlier > some:
                said[arcs[at]] -= lost * (earlier if earlier < 1.0 else 1.0)
            else:
                said[arcs[at]] += gained * total


def raise_factors(factors: array[float], said: array[float]) -> None:
    """Multiply `factors` by 10 to the power of what is `said`."""
    for arc in range(len(factors)):
        if said[arc] != 0.0:
            factors[arc] *= 10.0 ** said[arc]
