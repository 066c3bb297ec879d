"""The benchmark: intervals, and what it says of two measurements."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tools.benchmark import growth
from tools.benchmark.__main__ import LOADS, differences, machine, main
from tools.benchmark.crawl import _peak
from tools.benchmark.intervals import ENOUGH, Interval, compared, interval


def test_few_runs_have_the_whole_range() -> None:
    assert interval([3.0, 1.0, 2.0]) == Interval(2.0, 1.0, 3.0, 3)
    with pytest.raises(ValueError, match="no runs"):
        interval([])


def test_an_interval_holds_the_median_as_often_as_it_says() -> None:
    drawn = random.Random(7)
    for runs in (ENOUGH, 7, 12, 25):
        found = [interval([drawn.lognormvariate(0, 1) for _ in range(runs)]) for _ in range(2000)]
        assert sum(one.low <= 1.0 <= one.high for one in found) >= 0.94 * len(found)
        assert all(one.low <= one.median <= one.high for one in found)


def test_many_runs_narrow_it() -> None:
    drawn = random.Random(8)
    values = [drawn.gauss(10, 1) for _ in range(101)]
    found = interval(values)
    assert found.high - found.low < 1
    assert found.low > min(values)


def test_a_difference_is_real_only_where_intervals_do_not_touch() -> None:
    before = Interval(1.0, 0.9, 1.1, 7)
    assert compared(Interval(2.0, 1.8, 2.2, 7), before) == "higher, 2.00 times"
    assert compared(Interval(0.5, 0.4, 0.6, 7), before) == "lower, 0.50 times"
    assert compared(Interval(1.2, 1.1, 1.3, 7), before) == "no difference shown"
    assert compared(Interval(2.0, 1.8, 2.2, 3), before).startswith("not told apart")


def test_texts_are_compared_that_both_measured() -> None:
    row = {"text": "clean", "ratio": 8.0, "ratio low": 7.5, "ratio high": 8.5, "runs": 7}
    before = [{**row, "ratio": 4.0, "ratio low": 3.5, "ratio high": 4.5}, {**row, "text": "spun"}]
    [said] = differences([row, {"text": "mixed", "runs": 7}], before)
    assert said == "clean: 8.0 (7.5 to 8.5), before 4.0 (3.5 to 4.5): higher, 2.00 times"


def test_the_machine_is_told() -> None:
    found = machine(0.5)
    assert found["cores"] >= 1
    assert found[LOADS[0]] == 0.5
    assert math.isfinite(found[LOADS[1]])
    json.dumps(found)


def test_a_file_that_is_no_measurement_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    for content in ("", "[]", "{}", '{"on": 1}'):
        file.write_text(content, "utf-8")
        with pytest.raises(SystemExit, match="no measurement"):
            main(["--against", str(file)])


def test_files_grow_as_far_as_commands_take_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "_measured", lambda folder, kind, size, command: size / 1e9)
    for command, limited in (("restore", "page"), ("batch", "one line")):
        rows = list(growth.growth(8 << 20, 40 << 20, 10.0, command))
        sizes = {kind: [row["bytes"] for row in rows if row["text"] == kind] for kind in growth.KINDS}
        assert sizes.pop(limited) == [8 << 20, 16 << 20]
        assert all(found == [8 << 20, 16 << 20, 32 << 20] for found in sizes.values())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc, on Linux only")
def test_memory_is_measured_of_a_run_that_cut_a_line(tmp_path: Path) -> None:
    def peak(code: int) -> int:
        return _peak([sys.executable, "-c", f"import time; time.sleep(0.5); raise SystemExit({code})"], str(tmp_path))

    assert peak(0) > 0
    assert peak(3) > 0
    with pytest.raises(subprocess.CalledProcessError):
        peak(4)
