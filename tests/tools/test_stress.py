"""A short run of the stress commands, and what they found once, which stays mended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import engine_kit as kit
import pytest

from despin.batch import inputs, outputs
from despin.batch import state as states
from despin.document import route
from despin.results import Edit, Restoration
from despin.text import temporary, writing
from tools.stress import trial
from tools.stress.__main__ import TRIALS, run
from tools.stress.idempotent import findings

KEPT = Path(__file__).parents[1] / "data" / "stress"
#: Cases of each trial in a short run.
CASES = {
    "texts": 300,
    "lexicons": 100,
    "caches": 40,
    "models": 8,
    "contexts": 20,
    "backgrounds": 100,
    "programs": 10,
    "states": 50,
    "crashes": 50,
    "pages": 60,
    "growth": 2,
    "differences": 1,
}


@pytest.fixture(autouse=True, scope="module")
def sizes() -> Iterator[None]:
    """What trials make small so that runs of few records are cut often is for them alone."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (states, "PAUSE"),
            (outputs, "FRAME_BYTES"),
            (inputs, "BLOCK_BYTES"),
            (temporary, "_STRAY"),
        ):
            patch.setattr(module, name, getattr(module, name))
        yield


def kept(name: str) -> list[object]:
    file = KEPT / f"{name}.jsonl"
    return [trial.load(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


@pytest.mark.parametrize("text", kept("texts"))
def test_a_text_that_once_changed_twice(text: str) -> None:
    assert list(findings(kit.restorer(), text)) == []


@pytest.mark.parametrize("name", sorted(TRIALS.keys() - {"texts"}))
def test_what_was_found_once(name: str) -> None:
    room = TRIALS[name]()
    assert [room.check(case) for case in kept(name)] == [[] for _ in kept(name)]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and devices")
@pytest.mark.slow
@pytest.mark.parametrize("name", TRIALS)
def test_a_short_run_finds_nothing(name: str) -> None:
    assert run(name, "tests", 600, most=CASES[name]) == (CASES[name], [])


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and devices")
def test_a_case_that_crashes_ends_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Crashing:
        name = "crashing"

        def make(self, source: object) -> str:
            return "x"

        def check(self, case: str) -> list[str]:
            import os

            os.kill(os.getpid(), 9)
            return []

    monkeypatch.setitem(TRIALS, "crashing", Crashing)
    count, found = run("crashing", "1", 20, most=2)
    assert count == 2
    assert [one["found"] for one in found] == [["ended with status 9"]] * 2


def test_cases_are_made_smaller_and_kept() -> None:
    assert trial.minimised("abcdefxgh", lambda text: "x" in text) == "x"
    assert trial.load(trial.dump([b"\xff", "山", 1])) == [b"\xff", "山", 1]


def test_a_trial_that_there_is_none_of() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.stress", "nothing"], cwd=KEPT.parents[2], capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"there is no trial" in done.stderr


def test_texts_that_lead_back_to_one_another_end_in_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = kit.restorer().adjusted()
    turned = {"甲": "乙", "乙": "丙", "丙": "甲", "丁": "乙"}

    def once(text: str, _: object) -> Restoration:
        return Restoration(text, (Edit(0, 1, text, turned[text], 0.9),))

    monkeypatch.setattr(engine.route, "_once", once)
    monkeypatch.setattr(engine.route, "first_look", None)
    assert {engine.restore(text) for text in turned} == {min("甲乙丙")}
    assert route.MOST_TURNS >= 6


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and devices")
def test_a_write_that_could_be_half_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.stress.crashes import Crashes

    room = Crashes()
    assert room.check(["in place, no backup", 0, "half"]) == []
    monkeypatch.setattr(writing, "replace", lambda target, data, _=None: writing.open(target, "wb").write(data))
    monkeypatch.setattr(writing, "open", open, raising=False)
    assert room.check(["in place, no backup", 0, "half"]) == ["half a file under a name of its own"]
