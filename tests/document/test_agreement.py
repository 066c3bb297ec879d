"""The places of a form share what they know."""

from __future__ import annotations

import pytest

from despin.document.agreement import agreed
from despin.document.reading import Row


def test_places_of_a_form_share_what_they_know() -> None:
    text = "出售房子出售汽车出售"
    rows: list[Row] = [
        (0, 2, "出售", 0.9, [("购买", 0.1)]),
        (4, 6, "出售", 0.8, [("购买", 0.2)]),
        (8, 10, "购买", 0.55, [("出售", 0.45)]),
    ]
    found = agreed(text, rows)
    assert [each[:3] for each in found] == [(0, 2, "出售"), (4, 6, "出售"), (8, 10, "出售")]
    assert found[2][3] > 0.5 > found[2][4][0][1]
    assert found[0][3] + found[0][4][0][1] == pytest.approx(1.0)
    assert agreed(text, rows[2:]) == rows[2:]


def test_other_forms_and_single_originals_stay() -> None:
    rows: list[Row] = [(0, 2, "购买", 0.6, [("出售", 0.4)]), (2, 4, "房屋", 1.0, []), (6, 8, "房屋", 1.0, [])]
    assert agreed("出售房子卖了房子", rows) == rows
