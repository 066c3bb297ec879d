"""`despin batch` in this process and as a process of its own, both with the stub restorer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import batch_stub
import pytest

from despin.cli.main import main

STUB = Path(__file__).with_name("batch_stub.py")


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


@pytest.fixture
def spawn(tmp_path: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """`spawn(*arguments, pause=0, method=None, **popen)` starts `despin batch` as a process of its own."""

    def start(*arguments: object, pause: float = 0, method: str | None = None, **popen: Any) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(batch_stub.ROOT), "DESPIN_STUB_PAUSE": str(pause)}
        if method is not None:
            environment["DESPIN_STUB_METHOD"] = method
        command = [sys.executable, str(STUB), "batch", *map(str, arguments)]
        pipes: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "start_new_session": True,
        }
        return subprocess.Popen(command, cwd=tmp_path, env=environment, **{**pipes, **popen})

    return start
