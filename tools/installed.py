"""The despin that is installed, its compiled modules with it, and not the source of the checkout, which `python -m` finds
first and which may not be compiled."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

_ROOT = str(Path(__file__).parents[1])


def prefer() -> None:
    """Look for despin in the checkout last, but where `PYTHONPATH` names that."""
    if _ROOT in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        return
    sys.path.sort(key=lambda place: place in ("", _ROOT))


def environment() -> dict[str, str]:
    """The environment in which a Python started in any folder imports the despin that this process imports."""
    found = find_spec("despin")
    assert found is not None and found.origin is not None
    return {**os.environ, "PYTHONPATH": str(Path(found.origin).parents[1])}
