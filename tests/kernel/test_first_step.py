"""A first step is one of which nothing is counted."""

from __future__ import annotations

from array import array

import engine_kit as kit
import pytest

from despin.document.state import Document
from despin.kernel import em


def spun(name: str) -> Document:
    document = kit.restorer().judge.judge(kit.article("spun-host", name)).document
    assert document is not None and document.believed
    return document


@pytest.mark.parametrize("name", kit.files("spun-host")[:3])
def test_a_first_step_is_one_of_which_nothing_is_counted(name: str) -> None:
    document = spun(name)
    table, keys = document.table, len(document.ids.key_families)
    nothing, none = array("d", bytes(8 * keys)), array("d", bytes(8 * len(document.rates)))
    estimate = em.Estimate(
        table.columns, document.rates, document.full_rates, document.tuning.stiffness, none, nothing, nothing[:],
        document.ids.key_families[:], document.tuning.both_ways, 1.0,
    )  # fmt: skip
    em.e_step(estimate)
    odds, posteriors, gains = table.odds[:], table.posteriors[:], table.gains[:]
    table.clear()
    em.first_step(table, document.rates, document.full_rates, document.tuning.both_ways, keys)
    assert (table.odds, table.posteriors, table.gains) == (odds, posteriors, gains)
    assert max(gains) > 1.0
    assert all(gain >= 0.0 for gain in gains)
