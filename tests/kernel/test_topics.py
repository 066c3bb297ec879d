"""What the passes over a document fill: topics as they are written down, and a first step as one of which nothing is counted."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Mapping

import engine_kit as kit
import pytest

from despin.document.factors import WORD_LENGTH
from despin.document.state import Document
from despin.kernel import em


def spun(name: str) -> Document:
    document = kit.restorer().judge.judge(kit.article("spun-host", name)).document
    assert document is not None and document.believed
    return document


def raised(document: Document, counts: Mapping[int, float], priors: array[float]) -> dict[int, float]:
    """log10 of how much likelier than its prior every word is that the text holds so many times."""
    tuning, length = document.tuning, len(document.text) / WORD_LENGTH
    return {
        word: min(tuning.burst_ceiling, math.log10(1.0 + tuning.burst * (count - 1.0) / length / priors[word]))
        for word, count in counts.items()
        if count > 1.0
    }


@pytest.mark.parametrize("judging", [False, True])
@pytest.mark.parametrize("name", kit.files("spun-host")[:3])
def test_words_that_come_again_raise_and_lower_the_odds(name: str, judging: bool) -> None:
    document = spun(name)
    table, ids, tuning = document.table, document.ids, document.tuning
    given = table.posteriors, document.offered_unreplaced, ids.pair_originals, ids.pair_forms, judging, ids.priors()
    bursts = tuning.burst, len(document.text) / WORD_LENGTH, tuning.burst_ceiling
    factors = array("d", [-1.0]) * len(table.pairs)
    missing = em.fill_topic(table, *given, bursts, factors)
    if missing is not None:
        assert set(factors) == {-1.0}
        ids.find_priors(*missing)
        assert em.fill_topic(table, *given, bursts, factors) is None
    originals, meant, shares = (defaultdict[int, float](float) for _ in range(3))
    for number, count in zip(*document.offered_unreplaced, strict=True):
        originals[number] += count
    for arc, posterior in enumerate(table.posteriors):
        originals[ids.pair_originals[table.pairs[arc]]] += posterior
        shares[table.places[arc]] += posterior
    for place, form in enumerate(table.place_forms):
        meant[form] += 1.0 if judging else max(0.0, 1.0 - shares[place])
    gained, lost = raised(document, originals, ids.original_priors), raised(document, meant, ids.form_priors)
    for arc, pair in enumerate(table.pairs):
        gain = gained.get(ids.pair_originals[pair], 0.0) - lost.get(ids.pair_forms[pair], 0.0)
        assert factors[arc] == pytest.approx(10.0**gain, rel=1e-9)


@pytest.mark.parametrize("name", kit.files("spun-host")[:3])
def test_a_first_step_is_one_of_which_nothing_is_counted(name: str) -> None:
    document = spun(name)
    table, keys = document.table, len(document.ids.key_families)
    nothing, none = array("d", bytes(8 * keys)), array("d", bytes(8 * len(document.rates)))
    estimate = em.Estimate(
        table.columns, document.rates, document.full_rates, document.stiffness, none, nothing, nothing[:],
        document.ids.key_families[:], document.tuning.both_ways, 1.0,
    )  # fmt: skip
    em.e_step(estimate)
    odds, posteriors, gains = table.odds[:], table.posteriors[:], table.gains[:]
    table.clear()
    em.first_step(table, document.rates, document.full_rates, document.tuning.both_ways, keys)
    assert (table.odds, table.posteriors, table.gains) == (odds, posteriors, gains)
    assert max(gains) > 1.0
    assert all(gain >= 0.0 for gain in gains)
