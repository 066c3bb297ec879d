"""The weights of a log-linear model of damage, as its file lists them."""

from __future__ import annotations

from pathlib import Path


def read_weights(path: Path) -> dict[str, float]:
    """The weight of every feature. Features that weigh the same share one number: there are tens of thousands of them in every
    process, and a few hundred weights."""
    numbers: dict[str, float] = {}
    found: dict[str, float] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                name, _, number = line.rstrip("\n").rpartition("\t")
                weight = numbers.get(number)
                if weight is None:
                    weight = numbers[number] = float(number)
                found[name] = weight
    return found
