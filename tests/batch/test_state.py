"""Figures of runs, and states from which runs go on, by themselves: what is put in comes out, and anything else is refused."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest

from despin.batch import state as states
from despin.batch.interfaces import Done
from despin.batch.record import Outcome, refused
from despin.batch.state import Keeper, State, Tally, check_same, fingerprint, load
from despin.errors import InputError, OutputError, UsageError

COUNTS = (
    "records",
    "spun",
    "edits",
    "prevented",
    "dropped",
    "cut",
    "characters",
    "failed",
    "complete",
    "unplaced",
    "moved",
)


def tally() -> Tally:
    """Figures of which no two are alike."""
    found = Tally(**{name: 2**place for place, name in enumerate(COUNTS)})
    found.problems = {"no field 'text'": (128, "a.jsonl:3")}
    found.failures = [(5, "b.jsonl: cannot be read")]
    return found


def state() -> State:
    """A state of which no two numbers are alike."""
    return State({"mode": "tag", "inputs": ["a"] * 9}, 3, 1000, 12, 77, 2000, 88, "a", True, tally(), 5, 6)


def test_the_figures_of_a_block_are_added_each_to_its_own() -> None:
    done = Done(records=1, spun=2, edits=4, prevented=8, dropped=16, cut=32, characters=64)
    done.problems = [(0, "no text"), (3, "no text"), (4, "too long")]
    found = Tally(records=1000, failed=1)
    found.add(done, "a.jsonl", 10)
    assert found == Tally(
        1001, 2, 4, 8, 16, 32, 64, failed=4, problems={"no text": (2, "a.jsonl:10"), "too long": (1, "a.jsonl:14")}
    )
    found.add(done, "b.jsonl", 1)
    assert (found.records, found.failed) == (1002, 7)
    assert found.problems == {"no text": (4, "a.jsonl:10"), "too long": (2, "a.jsonl:14")}


def test_a_record_counts_as_what_became_of_it() -> None:
    done = Done()
    done.count(0, Outcome({"prevented": 3, "family": "f", "score": 0.9}, "好", True, 2, None), "好的")
    done.count(1, refused("too long"), "好的的")
    done.count(2, Outcome({}, None, False, 0, None), "好")
    done.count(3, Outcome({}, None, True, 0, None, b"[]", placed=False, moved=True), "好")
    expected = Done(records=4, spun=2, edits=2, prevented=3, characters=4, problems=[(1, "too long")])
    expected.unplaced, expected.moved, expected.counted = 1, 1, b"[]"
    expected.kinds = [(0, "f, score from .9 up")]
    assert done == expected


def test_the_figures_of_outputs_are_added() -> None:
    found = tally()
    found.merge(tally())
    assert [getattr(found, name) for name in COUNTS] == [2 * getattr(tally(), name) for name in COUNTS]
    assert found.problems == {"no field 'text'": (256, "a.jsonl:3")}
    assert found.failures == tally().failures * 2


def test_many_reasons_are_told_apart_and_the_rest_counted() -> None:
    found, done = Tally(), Done()
    done.problems = [(number, f"reason {number}") for number in range(states.MOST_PROBLEMS + 5)] + [(99, "reason 0")]
    found.add(done, "a", 1)
    assert len(found.problems) == states.MOST_PROBLEMS + 1
    assert found.problems["other reasons"] == (5, f"a:{states.MOST_PROBLEMS + 1}")
    assert found.problems["reason 0"] == (2, "a:1")


def test_the_exit_code_is_that_of_the_first_failure() -> None:
    found = Tally()
    assert found.code == 0
    found.cut = 1
    assert found.code == InputError.exit_code
    found.fail(UsageError("wrong"))
    found.fail(InputError("unreadable"))
    assert found.failures == [(UsageError.exit_code, "wrong"), (InputError.exit_code, "unreadable")]
    assert found.code == UsageError.exit_code


def test_figures_come_back_from_json_and_anything_else_is_refused() -> None:
    values = json.loads(json.dumps(tally().as_dict()))
    assert Tally.from_dict(values) == tally()
    assert set(COUNTS) == {one.name for one in fields(Tally)} - {"problems", "kinds", "failures"}
    for name in COUNTS:
        for wrong in (-1, 1.0, True, "1", None):
            with pytest.raises(ValueError, match=name):
                Tally.from_dict({**values, name: wrong})
    for wrong_failures in ([("5", "x")], [(5, 6)], [(True, "x")]):
        with pytest.raises(TypeError):
            Tally.from_dict({**values, "failures": wrong_failures})


def test_a_state_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "state"
    assert load(path, "out") is None
    states.begin(path)
    assert path.exists()
    assert load(path, "out") is None
    path.write_bytes(state().dump())
    assert load(path, "out") == state()


@pytest.mark.parametrize(
    "wrong",
    [
        *({name: -1} for name in ("input", "offset", "record", "digest", "size", "part_digest")),
        *({name: 1.5} for name in ("records_before", "failed_before")),
        {"settings": ["inputs"]},
        {"finished": 1},
        {"first": 7},
        {"input": 10},
    ],
    ids=str,
)
def test_a_state_that_no_run_leaves_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    path = tmp_path / "state"
    path.write_bytes(replace(state(), **wrong).dump())
    with pytest.raises(OutputError, match=r"out: .* cannot be read as the state of an interrupted run"):
        load(path, "out")


def test_a_state_of_other_bytes_is_refused(tmp_path: Path) -> None:
    path, values = tmp_path / "state", json.loads(state().dump())
    assert values["checksum"] == states.seal(asdict(state()))
    for wrong in (b"", b"[]", b"{}", b"\xff", b"[" * 100_000):
        path.write_bytes(wrong)
        with pytest.raises(OutputError, match="start again with --overwrite"):
            load(path, "out")
    for changed in ({"version": 2}, {"offset": 1001}, {"checksum": "0" * 64}):
        path.write_text(json.dumps({**values, **changed}), "utf-8")
        with pytest.raises(OutputError, match="start again with --overwrite"):
            load(path, "out")


def test_a_state_is_saved_when_it_is_time_and_goes_with_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, now = tmp_path / "state", [100.0]
    monkeypatch.setattr(states.time, "monotonic", lambda: now[0])
    keeper = Keeper(path)
    keeper.save()
    assert not path.exists(), "nothing was noted"
    keeper.note(state())
    assert not path.exists()
    now[0] += states.PAUSE / 2
    assert not keeper.due
    now[0] += states.PAUSE / 2
    assert keeper.due
    keeper.save()
    assert load(path, "out") == state()
    assert not keeper.due
    path.unlink()
    keeper.save()
    assert not path.exists(), "what is saved is not saved again"
    keeper.note(state())
    keeper.save()
    keeper.remove()
    assert not path.exists()
    keeper.remove()


def test_a_run_without_a_state_saves_none(tmp_path: Path) -> None:
    keeper = Keeper(None)
    keeper.note(state())
    keeper.save()
    keeper.remove()
    assert list(tmp_path.iterdir()) == []


def test_an_input_is_told_by_name_size_time_beginning_and_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "BITE", 4)
    path, found = tmp_path / "a", []
    for data in (b"begin...end.", b"Begin...end.", b"begin...end!", b"bee", b""):
        path.write_bytes(data)
        found.append(fingerprint(str(path)))
        assert found[-1] == fingerprint(str(path))
        assert found[-1][:3] == [str(path), len(data), path.stat().st_mtime_ns]
    assert len({one[3] for one in found}) == len(found)
    for nothing in (str(tmp_path), str(tmp_path / "missing"), "-", "a\0b"):
        assert fingerprint(nothing) == [nothing, None, None, None]


def test_a_run_goes_on_with_the_same_options_and_inputs_alone() -> None:
    now = {"mode": "tag", "field": "text", "inputs": [["a", 1, 2, 3]]}
    check_same(dict(now), now, "out")
    with pytest.raises(UsageError, match="had mode 'filter', not 'tag'"):
        check_same({**now, "mode": "filter"}, now, "out")
    with pytest.raises(InputError, match="another list of inputs"):
        check_same({**now, "inputs": [["b", 1, 2, 3]]}, now, "out")
    with pytest.raises(InputError, match="inputs that have changed since"):
        check_same({**now, "inputs": [["a", 1, 2, 4]]}, now, "out")
