# cython: infer_types=True
"""What the words of a document say of its edits where a list has one target a word: where words stand that edits
restore, which of them are restored at one place or at several, and what that adds to the odds of every arc.

Compiled; the types of what comes in are in `constraints.pxd`, those of other names follow from them. A `table`
is a `despin.kernel.table.Table`.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

from despin.kernel.types import NONE, ZERO

if TYPE_CHECKING:
    from despin.kernel.table import Table


class Occurrences:
    """The originals that arcs of at least so much posterior (`least`) have, and where these stand in a text.

    `numbers` are those of the originals in the order of their first arcs, the arcs of each begin at `first`. They stand
    at `stand_places`, those of each from `stand_first` on, as surely as `chances` say, where that is more than half;
    only those are looked for that are among the numbers `offered`. `names` are the originals by number.
    """

    def __init__(
        self,
        table: Table,
        text: str,
        names: list[str],
        offered: array[int],
        pair_originals: array[int],
        least: float,
    ) -> None:
        self.pairs, self.found, self.starts, self.ends = table.pairs, table.posteriors, table.starts, table.ends
        self.places, self.place_forms, self.least = table.places, table.place_forms, least
        self._find(pair_originals, len(names))
        self._look(text, names, offered)

    def _find(self, pair_originals: array[int], originals: int) -> None:
        """Find the originals, of which there are so many numbers, and their arcs."""
        known = NONE * originals
        size = count = 0
        for arc in range(len(self.found)):
            if self.found[arc] >= self.least:
                size += 1
                if known[pair_originals[self.pairs[arc]]] == 0:
                    count += 1
                    known[pair_originals[self.pairs[arc]]] = count
        self.numbers, self.first, self.arcs = NONE * count, NONE * (count + 2), NONE * size
        for arc in range(len(self.found)):
            if self.found[arc] >= self.least:
                place = known[pair_originals[self.pairs[arc]]]
                self.numbers[place - 1] = pair_originals[self.pairs[arc]]
                self.first[place + 1] += 1
        for place in range(count):
            self.first[place + 2] += self.first[place + 1]
        for arc in range(len(self.found)):
            if self.found[arc] >= self.least:
                place = known[pair_originals[self.pairs[arc]]]
                self.arcs[self.first[place]] = arc
                self.first[place] += 1

    def _look(self, text: str, names: list[str], offered: array[int]) -> None:
        """Find where they stand."""
        known, sure = NONE * len(names), ZERO * len(self.place_forms)
        # By character, how surely the likeliest place of an edit that holds it is restored.
        taken = ZERO * len(text)
        for arc in range(len(self.found)):
            if self.found[arc] >= self.least:
                sure[self.places[arc]] += self.found[arc]
        for arc in range(len(self.found)):
            if self.found[arc] >= self.least:
                for at in range(self.starts[arc], self.ends[arc]):
                    if sure[self.places[arc]] > taken[at]:
                        taken[at] = sure[self.places[arc]]
        for index in range(len(offered)):
            known[offered[index]] = 1
        places, chances = [], []
        self.stand_first = NONE * (len(self.numbers) + 1)
        for index in range(len(self.numbers)):
            if known[self.numbers[index]]:
                original = names[self.numbers[index]]
                length = len(original)
                place = text.find(original) if length else -1
                while place >= 0:
                    most = 0.0
                    for at in range(place, place + length):
                        if taken[at] > most:
                            most = taken[at]
                    if 1.0 - most > 0.5:
                        places.append(place)
                        chances.append(1.0 - most)
                    place = text.find(original, place + 1)
            self.stand_first[index + 1] = len(places)
        self.stand_places, self.chances = array("i", places), array("d", chances)


def first_places(words: Occurrences, least: float) -> tuple[float, float]:
    """What shows that only the first place of a word is replaced: how many of the words are restored at one place, as
    surely as `least`, and stand behind it and nowhere before; and how many are restored at several."""
    alone = everywhere = 0.0
    for word in range(len(words.numbers)):
        low = high = -1
        chance = 0.0
        for at in range(words.first[word], words.first[word + 1]):
            arc = words.arcs[at]
            if words.found[arc] >= least:
                place = words.starts[arc]
                if low < 0 or place < low or (place == low and words.found[arc] < chance):
                    low, chance = place, words.found[arc]
                if place > high:
                    high = place
        if low < 0:
            continue
        if high != low:
            everywhere += 1.0
            continue
        behind = before = False
        for at in range(words.stand_first[word], words.stand_first[word + 1]):
            if words.stand_places[at] > low:
                behind = True
            if words.stand_places[at] < low:
                before = True
        if behind and not before:
            alone += chance
    return alone, everywhere


def say(
    words: Occurrences,
    pair_forms: array[int],
    once: bool,
    weights: tuple[float, float, float, float],
    said: array[float],
    factors: array[float],
) -> None:
    """Fill `said`, which is all 0, with what the words say of every arc (log10), and multiply
    `factors` by 10 to the power of that.

    `weights` are the power of what the other places of its form say, what an edit's odds lose for its word standing
    elsewhere, what they gain where the word stands behind and only first places are replaced (`once`), and what the
    edits before a place have to come to, to speak against it then.
    """
    form, lost, gained, some = weights
    _say_standing(words, once, lost, gained, some, said)
    if not once:
        _say_forms(words, pair_forms, form, said)
    for arc in range(len(factors)):
        if said[arc] != 0.0:
            factors[arc] *= 10.0 ** said[arc]


def _say_forms(words: Occurrences, pair_forms: array[int], weight: float, said: array[float]) -> None:
    """Add to `said` what the other places of its form say of every arc that counts."""
    # By pair, and by form.
    chosen, left = ZERO * len(pair_forms), ZERO * (len(pair_forms) + 1)
    for place in range(len(words.place_forms)):
        left[words.place_forms[place]] += 1.0
    for arc in range(len(words.found)):
        if words.found[arc] >= words.least:
            chosen[words.pairs[arc]] += words.found[arc]
            left[pair_forms[words.pairs[arc]]] -= words.found[arc]
    for arc in range(len(words.found)):
        if words.found[arc] >= words.least:
            speaking = chosen[words.pairs[arc]] - words.found[arc]
            against = left[pair_forms[words.pairs[arc]]] - (1.0 - words.found[arc])
            speaking = speaking if speaking > 0.0 else 0.0
            against = against if against > 0.0 else 0.0
            if speaking != against:
                said[arc] += weight * math.log10((speaking + 1.0) / (against + 1.0))


def _say_standing(words: Occurrences, once: bool, lost: float, gained: float, some: float, said: array[float]) -> None:
    """Add to `said` by arc what it says that its word stands elsewhere."""
    starts, found, first, arcs = words.starts, words.found, words.first, words.arcs
    stand_first, stand_places, chances = words.stand_first, words.stand_places, words.chances
    for word in range(len(words.numbers)):
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
