"""The places of a form share what they know."""

from __future__ import annotations

import math

import pytest

from despin.document.agreement import agreement
from despin.document.reading import Row

TEXT = "出售房子出售汽车出售"
ROWS: list[Row] = [
    (0, 2, "出售", 0.9, [("购买", 0.1)]),
    (4, 6, "出售", 0.8, [("购买", 0.2)]),
    (8, 10, "购买", 0.55, [("出售", 0.45)]),
]


def test_places_of_a_form_share_what_they_know() -> None:
    found = {(start, original): nats for start, _, original, nats in agreement(TEXT, ROWS)}
    assert sorted(found) == [(0, "购买"), (4, "购买"), (8, "购买")]
    assert found[8, "购买"] == pytest.approx((math.log(0.1 / 0.9) + math.log(0.2 / 0.8)) / 3)
    assert found[0, "购买"] == pytest.approx((math.log(0.2 / 0.8) + math.log(0.55 / 0.45)) / 3)


def test_a_form_at_one_place_and_places_without_runners_up_say_nothing() -> None:
    assert agreement(TEXT, ROWS[2:]) == []
    rows: list[Row] = [(0, 2, "购买", 0.6, [("出售", 0.4)]), (2, 4, "房屋", 1.0, []), (6, 8, "房屋", 1.0, [])]
    assert agreement("出售房子卖了房子", rows) == []
