"""Where things lie: the checkout, the texts that are no part of it, and the despin that is tested."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import despin

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
CASES = DATA / "cases"
#: Real texts that belong to others: beside the checkout, or where the variable DESPIN_SHARED says.
SHARED = Path(os.environ.get("DESPIN_SHARED") or ROOT.parent / "shared")
WITHOUT_SHARED = "../shared is not here: real texts that belong to others are no part of the repository"

#: The folder that holds the despin that is tested; where a process starts, and what it imports first.
PACKAGES = Path(despin.__file__).parents[1]

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=WITHOUT_SHARED)


def shared(*parts: str) -> Path:
    """A file below ../shared; skips the test where it is missing."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(WITHOUT_SHARED)
    return path


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that is to import the despin that is tested, and not another, with `more` in it."""
    return {**os.environ, "PYTHONPATH": str(PACKAGES), **more}
