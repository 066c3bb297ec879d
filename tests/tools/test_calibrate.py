"""The fit of how sure edits are."""

from __future__ import annotations

import itertools

from despin.tuning import Calibration
from tools.calibrate import EVENS, LIFTS, SLOPES, likelihood


def test_the_calibration_that_edits_follow_is_the_likeliest() -> None:
    # Odds of 9, 81 and 1 to 9 that are in truth 3, 9 and 1 to 3: their roots.
    rows = [
        (chance, number < right) for chance, right in ((0.9, 750), (81 / 82, 900), (0.1, 250)) for number in range(1000)
    ]
    choices = [Calibration(*one) for one in itertools.product(SLOPES, EVENS, LIFTS)]
    assert max(choices, key=lambda one: likelihood(rows, one)) == Calibration(0.5)
