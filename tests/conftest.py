"""Tests what is installed: `python -m pytest` puts this folder's source first, which would hide the compiled code.
Where `PYTHONPATH` names this folder, its source is tested.

No test stands still for ever: one that does not end fails. And with `DESPIN_STRICT_SKIPS=1`, as in `.ci/run`, a test
that is skipped for another reason than those of `kit/skips.py` fails the run.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from despin.lm.ngram import LanguageModel
    from despin.restorer import Restorer

#: Seconds of one test; the slowest, on a loaded machine, needs a fraction of that.
LONGEST = 900

ROOT = str(Path(__file__).parents[1])
before = list(sys.path)
named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
sys.path[:] = [place for place in sys.path if place and (place != ROOT or place in named)]
found = importlib.util.find_spec("despin")
if found is None or found.origin is None:
    sys.path[:] = before
elif ROOT not in sys.path:
    # `tools` is not installed; at the end, so that the despin that is tested stays the installed one.
    sys.path.append(ROOT)

# Tests read English messages and Chinese pages, whatever is spoken here.
os.environ["LC_ALL"] = "C.UTF-8"

# Two processes of tests on two cores: threads of linear algebra would wait for one another.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# Every run tries the same examples, but in the profile `new`: a run that fails fails again.
settings.register_profile("dev", max_examples=10, deadline=None, derandomize=True)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("new", max_examples=100, deadline=None)
settings.load_profile("dev")


def pytest_configure(config: pytest.Config) -> None:
    """Look at what is skipped, where that was asked for."""
    import skips

    # A shell that puts tests into the background has them ignore Ctrl-C, and the processes that they start would as well.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)

    if skips.asked():
        config.pluginmanager.register(skips.Strict(config))


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


@pytest.fixture(scope="session")
def restorer() -> Restorer:
    """The restorer with the shipped lexicons and default settings, one for all tests of a process."""
    import engine_kit

    return engine_kit.restorer()


@pytest.fixture(scope="session")
def language_model() -> LanguageModel:
    """The shipped language model, one for all tests of a process."""
    import engine_kit

    return engine_kit.restorer().model
