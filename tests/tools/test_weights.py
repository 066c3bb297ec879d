"""Files of weights that commands write."""

from __future__ import annotations

import pytest

from tools.train.weights import print_weights, read_weights


def test_weights_printed_are_read_again(capsys: pytest.CaptureFixture[str]) -> None:
    weights = {"end1 看": 0.5, "end1 想": 0.5, "end2 看": 0.5, "bias": -1.25, "end2 ": 3.0}
    print_weights(weights)
    printed = capsys.readouterr().out
    assert read_weights(printed) == weights
    assert printed.count("0.50") == 1
