"""What the words that stand unspun say against a spinner. Compiled where a compiler was at hand; types in
`standing.pxd`."""

from __future__ import annotations

import math
from array import array


def expose(
    patterns: array[int], counts: array[int], exposed_first: array[int], exposed: array[int], unspun: array[float]
) -> tuple[array[int], array[int], array[float]]:
    """What `left_standing` reads of patterns that stand so often, and are exposed to the families in `exposed`; adds to
    `unspun` how often originals of a family stand."""
    size = 0
    for place in range(len(patterns)):
        size += exposed_first[patterns[place] + 1] - exposed_first[patterns[place]]
    family_first, families = array("i", bytes(4 * (len(patterns) + 1))), array("i", bytes(4 * size))
    roots = array("d", bytes(8 * len(patterns)))
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
    """Fill `found` by line with log10 of how likely it is that a spinner would have left these originals standing, n of one as
    sqrt(n) different ones; `kept` is how likely a family leaves one. Those of a line begin at its `first`."""
    for line in range(len(found)):
        total = 0.0
        for place in range(first[line], first[line + 1]):
            whole = 1.0
            for index in range(exposed_first[patterns[place]], exposed_first[patterns[place] + 1]):
                whole *= kept[exposed[index]]
            if whole != 1.0:
                total += math.sqrt(counts[place]) * math.log10(whole)
        found[line] = total
