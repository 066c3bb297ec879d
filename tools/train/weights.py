"""Files of weights, as `despin.damage.stop_features` reads them and training writes them."""

from __future__ import annotations

from collections.abc import Mapping


def print_weights(weights: Mapping[str, float]) -> None:
    """Print the features by kind and weight, a line each, to two decimals; where the weight is that of the line above it is left out,
    which makes the wheel smaller."""
    above = ""
    for _kind, weight, name in sorted(
        (name.partition(" ")[0], round(weight, 2), name) for name, weight in weights.items()
    ):
        number = f"{weight:.2f}"
        print(name, "" if number == above else number, sep="\t")
        above = number
