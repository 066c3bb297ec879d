"""`despin batch` in this process and as a process of its own, both with the stub restorer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import batch_stub
import pytest
from places import environment

from despin.cli.main import main

STUB = Path(batch_stub.__file__)
#: Seconds that a run may take, and workers to notice that it is gone.
LONGEST = 120
#: Seconds between two states of a run, so that one that is to be interrupted soon has some.
SAVE = 0.15


@dataclass(frozen=True)
class Result:
    """An exit code, and what was printed."""

    code: int
    out: bytes
    err: str


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch, capsysbinary: Any, tmp_path: Path) -> Callable[..., Result]:
    """`batch(*arguments)` runs `despin batch` in an empty folder; it never prints a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)
    for name, module in batch_stub.stand_in().items():
        monkeypatch.setitem(sys.modules, name, module)

    def call(*arguments: object) -> Result:
        code = main(["batch", *map(str, arguments)])
        out, err = capsysbinary.readouterr()
        assert b"Traceback" not in err
        return Result(code, out, err.decode("utf-8"))

    return call


class Run(subprocess.Popen[bytes]):
    """A run of `despin batch`; nothing waits for it, or for what it writes to, longer than `LONGEST`."""

    def wait(self, timeout: float | None = LONGEST) -> int:
        return super().wait(timeout)

    def communicate(self, *data: Any, timeout: float | None = LONGEST) -> tuple[bytes, bytes]:
        return super().communicate(*data, timeout=timeout)

    def until(self, condition: Callable[[], object]) -> None:
        """Return when the run has brought `condition` about."""
        end = time.monotonic() + LONGEST
        while not condition():
            assert self.poll() is None, "the run is over"
            assert time.monotonic() < end, f"not so after {LONGEST} seconds"
            time.sleep(0.02)

    def kill_alone(self) -> None:
        """Kill the run, as kill -9 does, and return when its workers are gone too."""
        self.kill()
        self.communicate()


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """`spawn(*arguments, pause=0, method=None, **popen)` starts `despin batch` as a process of its own."""
    runs: list[Run] = []

    def start(*arguments: object, pause: float = 0, method: str | None = None, **popen: Any) -> Run:
        variables = {"DESPIN_STUB_PAUSE": str(pause), "DESPIN_STUB_SAVE": str(SAVE)}
        if method is not None:
            variables["DESPIN_STUB_METHOD"] = method
        command = [sys.executable, str(STUB), "batch", *map(str, arguments)]
        pipes: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "start_new_session": True,
        }
        runs.append(Run(command, cwd=tmp_path, env=environment(**variables), **{**pipes, **popen}))
        return runs[-1]

    yield start
    for run in runs:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
        run.kill()
