"""A glance at the forms that speak for a spinner, before a whole text is decoded for them.

Most of what a doubtful text matches is worth nothing out of context and is only decoded once it is believed to be spun. The
few forms that are worth something are looked at where they stand: those of a spun text hardly ever fit there, those of
any other mostly do.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from despin.decode.candidates import Offers, Pieces
from despin.kernel import em
from despin.kernel.em import stretches
from despin.kernel.table import zeros
from despin.kernel.types import Site, Stretch

#: The strongest stretches are looked at first, so many of them, and twice as many every time after.
FIRST = 3
#: What the rest is hoped to make of what is asked while only some were looked at, by the share of what the forms are worth
#: that is left in it.
HOPED = 1.4


def promising(text: str, strong: list[Site], worth: Mapping[int, float], offers: Offers, bar: float) -> bool:
    """Whether `strong` sites make up a log10 likelihood ratio of `bar`, with all families at the starting rate and nothing
    held against them; `worth` is what patterns are worth out of context."""
    every = [(sum([worth[site[2]] for site in one.sites]), one) for one in stretches(text, strong)]
    every.sort(key=lambda one: -one[0])
    whole = left = sum([value for value, _ in every])
    making, gain, place, count = Pieces(offers), 0.0, 0, FIRST
    while place < len(every):
        chosen = every[place : place + count]
        gain += _gain(text, [one for _, one in chosen], making)
        left -= sum([value for value, _ in chosen])
        if gain >= bar:
            return True
        if gain + HOPED * bar * left / whole < bar:
            return False
        place, count = place + count, 2 * count
    return False


def _gain(text: str, chosen: Sequence[Stretch], making: Pieces) -> float:
    """log10 likelihood ratio of `chosen` stretches, spun against not, all families at the starting rate."""
    table, tuning = making.table(text, chosen), making.offers.tuning
    families = len(making.offers.channel.families)
    rates, stiffness = array("d", [tuning.start_rate]) * families, array("d", [tuning.stiffness]) * families
    nothing = zeros(len(making.key_families))
    em.expect(table, rates, zeros(families), 0.0, nothing, nothing, zeros(0), stiffness)
    return sum(table.gains)
