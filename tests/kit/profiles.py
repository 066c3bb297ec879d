"""How many examples a property is tried on: few while somebody works on the code (the profile `dev`), all of them in `.ci/run` (`ci`),
and as many that no run tried before (`new`)."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

#: The most examples of one property in the profile `dev`.
FEW = 10


def examples(count: int, **more: Any) -> settings:
    """Settings of one property, without a time limit: `count` examples, at most `FEW` in the profile `dev`."""
    few = settings.get_current_profile_name() == "dev"
    return settings(max_examples=min(count, FEW) if few else count, deadline=None, **more)
