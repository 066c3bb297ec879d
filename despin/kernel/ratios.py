# cython: infer_types=True
"""What speaks for a spinner: likelihood ratios of families and of lines, as in `docs/model.md`.

Compiled; the types of what comes in are in `ratios.pxd`, which puts C's `math` in the place of Python's, and those of
other names follow from them. A `table` is a `despin.kernel.table.Table`.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

from despin.kernel.types import NONE, ZERO

if TYPE_CHECKING:
    from despin.kernel.em import Columns
    from despin.kernel.table import Table


class Shares:
    """What pieces say for their forms, by form: the sum of the parts, each at most `ceiling`, and how many there are.
    `surprise` is room, all 0 between pieces."""

    def __init__(self, sums: array[float], counts: array[int], ceiling: float) -> None:
        self.sums, self.counts, self.ceiling = sums, counts, ceiling
        self.surprise = ZERO * len(sums)

    def clear(self) -> None:
        """Begin anew."""
        for form in range(len(self.sums)):
            self.sums[form] = 0.0
            self.counts[form] = 0

    def add(self, of: Columns, piece: int, found: array[float], gain: float) -> None:
        """Share a piece's log10 likelihood ratio out among its forms, by how surely each is spun; `found` are the
        posteriors of arcs."""
        low, high = of.place_first[piece], of.place_first[piece + 1]
        # How surely each place is spun.
        spun = of.taken
        for place in range(low, high):
            spun[place - low] = 0.0
        for arc in range(of.arc_first[piece], of.arc_first[piece + 1]):
            spun[of.places[arc] - low] += found[arc]
        whole = 0.0
        for place in range(low, high):
            if spun[place - low] > 0.0:
                left = 1.0 - spun[place - low]
                part = -math.log10(left if left > 1e-9 else 1e-9)
                self.surprise[of.place_forms[place]] += part
                whole += part
        for place in range(low, high):
            if spun[place - low] > 0.0:
                form = of.place_forms[place]
                # A form's first place takes the part of all its places.
                if whole > 0.0 and self.surprise[form] >= 0.0:
                    part = gain * self.surprise[form] / whole
                    self.sums[form] += part if part < self.ceiling else self.ceiling
                    self.counts[form] += 1
                self.surprise[form] = -1.0
        for place in range(low, high):
            self.surprise[of.place_forms[place]] = 0.0

    def join(self) -> float:
        """The sum of all forms, as of `join_bursts`."""
        return join_bursts(self.sums, self.counts, self.ceiling)


def join_bursts(parts: array[float], counts: array[int], ceiling: float) -> float:
    """Make of sums of `counts` parts each what n of a kind weigh together: as much as sqrt(n), and at most `ceiling`;
    the sum of that."""
    total = 0.0
    for form in range(len(parts)):
        if counts[form] > 0:
            part = parts[form] / math.sqrt(counts[form])
            parts[form] = part if part < ceiling else ceiling
            total += parts[form]
    return total


def add_gains(
    table: Table,
    wanted: int,
    rates: array[float],
    ceiling: float,
    sums: array[float],
    counts: array[int],
) -> None:
    """For the families in the bit set `wanted` at their `rates`: share every piece's log10 likelihood ratio out among
    its spun forms, by how surely each is spun; add the parts to `sums` and how many there were to `counts`, by form."""
    _add_gains(table.columns, wanted, rates, Shares(sums, counts, ceiling))


def _add_gains(of: Columns, wanted: int, rates: array[float], shares: Shares) -> None:
    for piece in range(len(of.active)):
        of.active[piece] = 0
        if not of.sets[piece] & wanted:
            continue
        for arc in range(of.arc_first[piece], of.arc_first[piece + 1]):
            total = 0.0
            for source in range(of.source_first[arc], of.source_first[arc + 1]):
                total += rates[of.families[source]] * of.weights[source]
            of.other_odds[arc] = total
            if total > 0.0:
                of.active[piece] = 1
    of.weigh(of.other_odds, of.other_found)
    for piece in range(len(of.active)):
        if of.active[piece]:
            shares.add(of, piece, of.other_found, math.log10(of.whole[piece] / of.masses[piece]))


def line_gains(table: Table, lines: array[int], ceiling: float, forms: int, found: array[float]) -> None:
    """Fill `found` by line with what its forms say (log10), n of one as much as sqrt(n), each at most `ceiling`: the
    gains of the pieces, as the last E step left them. `lines` are those of the pieces, in order; so many `forms` have
    numbers."""
    of, shares = table.columns, Shares(ZERO * forms, NONE * forms, ceiling)
    piece = 0
    while piece < len(lines):
        line = lines[piece]
        shares.clear()
        while piece < len(lines) and lines[piece] == line:
            if of.gains[piece] > 0.0:
                shares.add(of, piece, of.found, of.gains[piece])
            piece += 1
        found[line] = shares.join()


def beside(
    table: Table,
    rates: array[float],
    believed: array[int],
    tried: array[int],
    bits: array[int],
    exposed: tuple[array[int], array[int], array[float]],
    ceiling: float,
    forms: int,
) -> array[float]:
    """log10 likelihood ratio of each family that is `tried` together with those that are `believed`, at their rates:
    what their spun forms say (`add_gains`; `bits` are those of the families), and what stands that they would have
    replaced. `exposed` as `expose` gives it; so many `forms` have numbers."""
    count = len(rates)
    first, families, roots = exposed
    ratios = ZERO * count
    # The same under a name that is typed.
    ratio, left, logs, own = ratios, ZERO * count, ZERO * count, ZERO * count
    shares = Shares(ZERO * forms, NONE * forms, ceiling)
    known = 0
    for family in range(count):
        if believed[family]:
            own[family] = rates[family]
            known |= bits[family]
    if not known:
        for family in range(count):
            if tried[family]:
                logs[family] = math.log10(1.0 - rates[family])
        for original in range(len(roots)):
            for place in range(first[original], first[original + 1]):
                if tried[families[place]]:
                    left[families[place]] += roots[original] * logs[families[place]]
    for family in range(count):
        if not tried[family] or believed[family]:
            continue
        own[family] = rates[family]
        shares.clear()
        _add_gains(table.columns, known | bits[family], own, shares)
        if known:
            left[family] = left_standing(first, families, roots, own)
        ratio[family] = shares.join() + left[family]
        own[family] = 0.0
    return ratios


def expose(
    patterns: array[int], counts: array[int], exposed_first: array[int], exposed: array[int], unspun: array[float]
) -> tuple[array[int], array[int], array[float]]:
    """What `left_standing` reads of patterns that stand so often, and are exposed to the families in `exposed`; adds to
    `unspun` how often originals of a family stand."""
    size = 0
    for place in range(len(patterns)):
        size += exposed_first[patterns[place] + 1] - exposed_first[patterns[place]]
    family_first, families, roots = NONE * (len(patterns) + 1), NONE * size, ZERO * len(patterns)
    # The same under names that are typed.
    first, found, square = family_first, families, roots
    at = 0
    for place in range(len(patterns)):
        for index in range(exposed_first[patterns[place]], exposed_first[patterns[place] + 1]):
            found[at] = exposed[index]
            unspun[exposed[index]] += counts[place]
            at += 1
        first[place + 1] = at
        square[place] = math.sqrt(counts[place])
    return family_first, families, roots


def left_standing(family_first: array[int], families: array[int], roots: array[float], rates: array[float]) -> float:
    """log10 P(what stands unspun | spun at `rates`): for every original the families that would have replaced it, and
    `roots`, the square root of how often it stands."""
    total = 0.0
    for original in range(len(roots)):
        kept = 1.0
        for place in range(family_first[original], family_first[original + 1]):
            kept *= 1.0 - rates[families[place]]
        if kept != 1.0:
            total += roots[original] * math.log10(kept)
    return total


def kept_standing(
    first: array[int],
    patterns: array[int],
    counts: array[int],
    exposed_first: array[int],
    exposed: array[int],
    kept: array[float],
    found: array[float],
) -> None:
    """Fill `found` by line with log10 of how likely it is that a spinner would have left these originals standing, n of
    one as sqrt(n) different ones; `kept` is how likely a family leaves one. Those of a line begin at its `first`."""
    for line in range(len(found)):
        total = 0.0
        for place in range(first[line], first[line + 1]):
            whole = 1.0
            for index in range(exposed_first[patterns[place]], exposed_first[patterns[place] + 1]):
                whole *= kept[exposed[index]]
            if whole != 1.0:
                total += math.sqrt(counts[place]) * math.log10(whole)
        found[line] = total
