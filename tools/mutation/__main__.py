"""`python -m tools.mutation ROOM... --tests PATH... --count N --seed S`: faults drawn at random, and how many the tests notice.

The tests are imported once. Each fault is put into a process forked from there, which runs the tests that the function is called
in, the quickest first, until one fails. Processes that tests start run without the fault, and what is only called there is told apart.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import math
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

from tools.mutation.faults import Fault, faults_of, faulty

#: A test with a fault may take this many times as long as without, and some seconds more (`--patience`).
LONGER = 10


class Trial:
    """A plugin of pytest which, in place of running the tests, tries faults on them."""

    def __init__(
        self, files: list[Path], count: int, seed: str, end: float, patience: float, report: Callable[[str], None]
    ) -> None:
        self.files, self.count, self.seed, self.report = files, count, seed, report
        self.end, self.patience = end, patience
        self.outcomes: Counter[str] = Counter()
        self._known: dict[tuple[str, str], list[FunctionType]] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Know the mark of pytest-xdist, which is left out: files that bear it would not be read otherwise."""
        config.addinivalue_line("markers", "xdist_group(name): tests of one group run in one process")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Find out which test calls what, then put in one fault after the other."""
        found: tuple[dict[str, list[int]], list[float], list[str]] | None
        found = in_child(partial(self._calls, session), 3600.0)
        called, seconds, modules = found or ({}, [], [])
        # What only tests import is imported here, so that a fault can be put into it.
        for module in modules:
            importlib.import_module(module)
        self._known = functions_of(self.files)
        gc.freeze()  # what is there is not looked through again in each process
        faults = [fault for path in self.files for fault in faults_of(path)]
        reached = [fault for fault in faults if called.get(_key(fault.path, fault.function))]
        self.report(
            f"{len(faults)} faults, {len(reached)} of them in functions that the tests call in their own process"
        )
        for fault in random.Random(self.seed).sample(reached, min(self.count, len(reached))):
            if time.monotonic() > self.end:
                self.report("the time is over")
                break
            tests = sorted(called[_key(fault.path, fault.function)], key=seconds.__getitem__)
            allowed = self.patience + LONGER * sum(seconds[test] for test in tests)
            outcome = in_child(partial(self._noticed, session, fault, tests), allowed) or "noticed (time)"
            self.outcomes[outcome] += 1
            if outcome == "not noticed":
                self.report(
                    f"{fault.path}:{fault.line}: {fault.function}: {fault.what}: not noticed by {len(tests)} tests"
                )
        return True

    def _calls(self, session: pytest.Session) -> tuple[dict[str, list[int]], list[float], list[str]]:
        """By function the numbers of the tests that call it, by test its seconds, and the modules that were called."""
        wanted = {str(path.resolve()): str(path) for path in self.files}
        called: dict[CodeType, list[int]] = defaultdict(list)
        seconds: list[float] = []
        seen: set[CodeType] = set()
        modules: set[str] = set()

        def heed(frame: FrameType, event: str, _: object) -> None:
            if event == "call" and frame.f_code.co_filename in wanted:
                seen.add(frame.f_code)
                modules.add(frame.f_globals["__name__"])

        for number, item in enumerate(session.items):
            seen.clear()
            start = time.process_time()
            sys.setprofile(heed)
            failed = _fails(item)
            sys.setprofile(None)
            if failed:
                self.report(f"{item.nodeid} fails without any fault, and is left out")
                seconds.append(0.0)
                continue
            seconds.append(time.process_time() - start)
            for code in seen:
                called[code].append(number)
        # Code says its qualified name itself from Python 3.11 on.
        names = {one.__code__: name for (_, name), every in functions_of(self.files).items() for one in every}
        found: dict[str, list[int]] = defaultdict(list)
        for code, numbers in called.items():
            found[_key(Path(wanted[code.co_filename]), names.get(code, code.co_name))] += numbers
        return dict(found), seconds, sorted(modules)

    def _noticed(self, session: pytest.Session, fault: Fault, tests: list[int]) -> str:
        """What the tests make of a fault."""
        try:
            code = faulty(fault)
        except (SyntaxError, LookupError):
            return "cannot be made"
        changed = self._known.get((str(fault.path.resolve()), fault.function), [])
        for one in changed:
            one.__code__ = code
        if not changed:
            return "cannot be made"
        return "noticed" if any(_fails(session.items[test]) for test in tests) else "not noticed"


def functions_of(files: list[Path]) -> dict[tuple[str, str], list[FunctionType]]:
    """The functions of modules that are imported, by (file, qualified name)."""
    wanted, found = {str(path.resolve()) for path in files}, defaultdict[tuple[str, str], list[FunctionType]](list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in wanted:
            found[one.__code__.co_filename, one.__qualname__].append(one)
    return dict(found)


def _key(path: Path, function: str) -> str:
    return f"{path}:{function}"


def _fails(item: pytest.Item) -> bool:
    """Whether a test fails."""
    from _pytest.runner import runtestprotocol

    return any(report.failed for report in runtestprotocol(item, nextitem=None, log=False))


def in_child(task: Callable[[], Any], seconds: float) -> Any:
    """What a task gives in a process of its own (JSON); None where it takes longer than this, or the process ends otherwise."""
    with tempfile.TemporaryFile() as file:
        pid = os.fork()
        if not pid:
            os.setpgid(0, 0)
            signal.setitimer(signal.ITIMER_PROF, seconds)
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (1, 2):
                os.dup2(null, stream)
            try:
                data = task()
                file.write(json.dumps(data).encode())
                file.flush()
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what the tests started
        file.seek(0)
        data = file.read()
    return json.loads(data) if data else None


def python_files(rooms: list[str]) -> list[Path]:
    """The modules of rooms: files, or the files in a folder."""
    return [file for room in map(Path, rooms) for file in (sorted(room.glob("*.py")) if room.is_dir() else [room])]


def main(arguments: list[str] | None = None) -> int:
    """Try faults on tests; 1 where fewer are noticed than `--least` asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("rooms", nargs="+", metavar="ROOM", help="a module, or a folder of modules")
    parser.add_argument("--tests", nargs="+", required=True, help="what pytest runs")
    parser.add_argument("--count", type=int, default=100, help="so many faults (100)")
    parser.add_argument("--seed", default="0", help="draws them (0)")
    parser.add_argument("--seconds", type=float, default=math.inf, help="none is begun after so many seconds")
    parser.add_argument("--patience", type=float, default=3.0, help="processor seconds a fault may cost its tests (3)")
    parser.add_argument("--least", type=float, default=0.85, help="the share that has to be noticed (0.85)")
    chosen = parser.parse_args(arguments)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    end = time.monotonic() + chosen.seconds
    files, report = python_files(chosen.rooms), partial(print, file=out)
    trial = Trial(files, chosen.count, chosen.seed, end, chosen.patience, report)
    pytest.main([*chosen.tests, "-p", "no:cacheprovider", "-p", "no:xdist", "-q"], plugins=[trial])
    made = sum(trial.outcomes.values()) - trial.outcomes["cannot be made"]
    noticed = trial.outcomes["noticed"] + trial.outcomes["noticed (time)"]
    print(f"seed {chosen.seed}: {noticed} of {made} faults noticed ({noticed / max(made, 1):.1%})", file=out)
    return int(noticed < chosen.least * made)


if __name__ == "__main__":
    sys.exit(main())
