"""How sure imported lists make one: the two logistic formulas, with numbers worked out by hand."""

from __future__ import annotations

import math
from array import array
from types import SimpleNamespace
from typing import Any

import pytest

from despin.document.calibration import calibrate, thesaurus_log_odds


def test_the_probability_of_an_edit() -> None:
    ids = SimpleNamespace(form_words=["形"], original=lambda pair: "原", pair_forms=[0])
    candidates = SimpleNamespace(commonness={"原": -4.0, "形": -5.0}.__getitem__)
    document: Any = SimpleNamespace(ids=ids, table=SimpleNamespace(pairs=[0] * 4), candidates=candidates)
    found = array("d", [0.5, 0.9, 0.9, 0.01])
    calibrate(document, array("i", [1, 1, 0, 1]), found)
    # The words say .61 + .46 * -4 - .09 * -5 = -.78 nats; odds of 1 say 0, odds of 9 say .44 * ln 9.
    # One is not wanted, one too unlikely.
    wanted = [1 / (1 + math.exp(0.78)), 1 / (1 + math.exp(0.78 - 0.44 * math.log(9))), 0.9, 0.01]
    assert list(found) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("evidence", "length", "wanted"),
    [
        # 10 in 500 characters are 2 in a hundred: 2.66 + 1.15 * 2 + 34.4 * .125 - 1.98 * log10 500.
        (10.0, 500, 2.66 + 2.3 + 4.3 - 1.98 * math.log10(500)),
        # What speaks against it counts for nothing; 100 characters are taken for 200.
        (-3.0, 100, 2.66 + 0.0 + 4.3 - 1.98 * math.log10(200)),
        # 5,000 are taken for 1,000: 10 are 1 in a hundred.
        (10.0, 5000, 2.66 + 1.15 + 4.3 - 1.98 * 3),
    ],
)
def test_the_log_odds_of_a_text(evidence: float, length: int, wanted: float) -> None:
    # Forms say 2, of which 1 counts, and .5; with ten silent ones the mean is 1.5 / 12 = .125.
    assert thesaurus_log_odds(evidence, array("d", [2.0, 0.5, 0.0, -1.0]), length) == pytest.approx(wanted)
