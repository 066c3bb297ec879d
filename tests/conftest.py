"""Tests what is installed: `python -m pytest` puts this folder's source first, which would hide the compiled rooms.

And no test stands still for ever: one that does not end fails.
"""

import importlib.util
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

#: Seconds of one test; the slowest, on a loaded machine, needs a fraction of that.
LONGEST = 900

ROOT = str(Path(__file__).parents[1])
before = list(sys.path)
sys.path[:] = [place for place in sys.path if place not in ("", ROOT)]
found = importlib.util.find_spec("despin")
if found is None or found.origin is None:
    sys.path[:] = before


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield
        return

    def give_up(*_: object) -> None:
        raise TimeoutError(f"the test is not done after {LONGEST} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
