"""How many examples a property is tried on: few while somebody works on the code, all of them in `.ci/run`."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

#: The most examples of one property, but in the profile `ci` (`--hypothesis-profile=ci`).
FEW = 10


def examples(count: int, **more: Any) -> settings:
    """Settings of one property, without a time limit: `count` examples in the profile `ci`, else at most `FEW`."""
    all_of_them = settings.get_current_profile_name() == "ci"
    return settings(max_examples=count if all_of_them else min(count, FEW), deadline=None, **more)
