"""What sightings weigh, and what a weight says of sightings."""

from __future__ import annotations

import pytest

from despin.lexicon.model import sightings, weight


@pytest.mark.parametrize(("count", "expected"), [(0, 0.0), (0.5, 2.0), (1, 4.0), (2, 6.8), (3, 8.4), (18, 15.6)])
def test_weights_grow_with_the_logarithm(count: float, expected: float) -> None:
    assert weight(count) == expected


def test_what_is_listed_is_added() -> None:
    assert weight(0, 0.25) == 0.25
    assert weight(2, 1.0) == 7.8


@pytest.mark.parametrize("count", range(1, 40))
def test_the_inverse_finds_up_to_forty_sightings(count: int) -> None:
    assert sightings(weight(count)) == (count, pytest.approx(0.0, abs=0.05))


@pytest.mark.parametrize("listed", [0.05, 0.11, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_the_inverse_finds_what_was_listed_beside_few_sightings(count: int, listed: float) -> None:
    found, beyond = sightings(weight(count, listed))
    assert found == count
    assert beyond == pytest.approx(listed, abs=0.06)
