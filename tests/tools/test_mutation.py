"""Faults that are put into a module, and tests that notice them or do not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT, environment

from tools.mutation.faults import faults_of, faulty

ROOM = '''
def larger(one, other):
    """The larger of two numbers."""
    if one < other:
        return other
    return one


class Counter:
    def __init__(self):
        self.count = 0

    def add(self, by=1):
        self.count += by
        self.note("added")
        return not self.count

    def note(self, what):
        while what.endswith("?"):
            what = what[1:]
'''
TESTS = """
def test_larger():
    import room
    assert room.larger(1, 2) == 2
    assert room.larger(3, 2) == 3

def test_counter():
    import room
    counter = room.Counter()
    counter.add()
"""
pytestmark = pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="POSIX processes")


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "room.py").write_text(ROOM, "utf-8")
    (tmp_path / "test_room.py").write_text(TESTS, "utf-8")
    return tmp_path / "room.py"


def test_every_fault_changes_the_code_and_no_message(room: Path) -> None:
    module = compile(ROOM, str(room), "exec")
    found = faults_of(room)
    assert {fault.function for fault in found} == {"larger", "Counter.__init__", "Counter.add", "Counter.note"}
    for fault in found:
        whole = module
        for part in fault.function.split("."):
            whole = next(one for one in whole.co_consts if getattr(one, "co_name", "") == part)
        code = faulty(fault)
        assert code.co_name == whole.co_name
        assert (code.co_code, code.co_consts) != (whole.co_code, whole.co_consts), fault
    told = {(fault.line, fault.what) for fault in found}
    assert {
        (4, "Lt → LtE"),
        (4, "condition turned"),
        (5, "returns None"),
        (14, "Add → Sub"),
        (15, "call left out"),
    } <= told
    assert not [fault for fault in found if fault.line == 3]


def test_what_no_test_notices_is_listed_though_only_tests_import_the_room(room: Path) -> None:
    command = [sys.executable, "-m", "tools.mutation", str(room), "--tests", str(room.parent / "test_room.py")]
    done = subprocess.run(
        [*command, "--count", "100", "--seed", "1", "--patience", "0.3"],
        cwd=ROOT,
        env=environment(PYTHONPATH=f"{ROOT}:{room.parent}"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    unnoticed = {tuple(line.split(": ")[1:3]) for line in done.stdout.splitlines() if "not noticed by" in line}
    assert ("Counter.add", "Add → Sub") in unnoticed
    assert ("Counter.add", "call left out") in unnoticed
    assert ("larger", "returns None") not in unnoticed
    assert ("larger", "condition turned") not in unnoticed
    assert done.stdout.splitlines()[-1].startswith("seed 1: ")
