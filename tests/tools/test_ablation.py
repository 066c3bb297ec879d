"""Mechanisms are switched off by names that are there, one by one."""

from __future__ import annotations

from functools import reduce

import pytest

from despin.tuning import TUNING
from tools import ablation
from tools.ablation import MECHANISMS, Mechanism, switched_off


@pytest.mark.parametrize("one", MECHANISMS, ids=[one.name for one in MECHANISMS])
def test_a_mechanism_is_switched_off_and_on_again(one: Mechanism) -> None:
    def now() -> list[object]:
        places = [place.split(":") for place in one.off if not place.startswith(("tuning:", "clauses:"))]
        return [reduce(getattr, name.split("."), ablation.importlib.import_module(module)) for module, name in places]

    before = now()
    with switched_off(one) as tuning:
        assert tuning != TUNING or all(new is not old for new, old in zip(now(), before, strict=True))
    assert now() == before
    assert ablation.lines(one) >= 0
