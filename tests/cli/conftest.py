"""The command line in this process, and as a process of its own, both with the stub restorer."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import cli_stub
import pytest
from cli_stub import Result, Run, Spawn
from places import environment

from despin.cli.main import main


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: Any, tmp_path: Path) -> Run:
    """`run(*arguments, stdin=b"")` runs the command line in an empty folder and says what came of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)
    cli_stub.Restorer.made.clear()
    for name, module in cli_stub.stand_in().items():
        monkeypatch.setitem(sys.modules, name, module)

    def call(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = main([str(argument) for argument in arguments])
        out, err = capsysbinary.readouterr()
        return Result(code, out, err.decode("utf-8"))

    return call


@pytest.fixture
def spawn(tmp_path: Path) -> Spawn:
    """`spawn(*arguments, **popen_options)` starts the command line as a process of its own."""

    def start(*arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, cli_stub.__file__, *map(str, arguments)]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=tmp_path, env=environment(), **{**pipes, **options})

    return start
