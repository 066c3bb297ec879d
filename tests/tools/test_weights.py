"""Files of weights that commands write."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.damage.stop_features import read_weights
from tools.train.weights import print_weights


def test_weights_printed_are_read_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    weights = {"end1 看": 0.5, "end1 想": 0.5, "end2 看": 0.5, "bias": -1.25, "end2 ": 3.0}
    print_weights(weights)
    printed = capsys.readouterr().out
    file = tmp_path / "weights.tsv"
    file.write_text(printed, "utf-8")
    assert read_weights(file) == weights
    assert printed.count("0.50") == 1
