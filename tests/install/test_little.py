"""Machines with little: 512 MB of memory, one core, no large pages, files in use that cannot be replaced. Slower, never wrong."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from places import environment

from despin.restorer import Restorer

TEXTS = (
    "用户经由过程手机就能完成付款,全部过程只须要几秒钟。体系会按期搜检装备的状况,发明题目今后立刻关照治理员。\n",
    "他马上避免了这件事，租车公司回应不存在问题，某种程度也没有给予服务，杨家原有小区安装电梯投入使用。\n",
)
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux for limits")
MEGABYTE = 2**20
#: Python before 3.12 aborts where no room is left for one more small object while it raises `MemoryError`.
ENDED_BY_PYTHON = b"Cannot recover from MemoryErrors while normalizing exceptions"


@pytest.fixture(scope="module")
def expected() -> list[str]:
    found = [Restorer().restore(text) for text in TEXTS]
    assert found[0] != TEXTS[0]
    return found


def restored(
    folder: Path, limit: Callable[[], object], *arguments: str, text: str = "", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """What despin says in a process that `limit` was called in first."""
    return subprocess.run(
        [sys.executable, "-m", "despin", *(arguments or ("restore", "-"))],
        input=text.encode(),
        cwd=folder,
        env=environment(**variables),
        preexec_fn=limit,
        capture_output=True,
        check=False,
    )


def room(megabytes: int) -> Callable[[], object]:
    """Limits the address space of a process."""
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))


@linux
@pytest.mark.parametrize("cache", ["kept", ""])
def test_512_megabytes_are_enough(tmp_path: Path, expected: list[str], cache: str) -> None:
    # Address space is more than memory: it counts what is mapped and never read.
    for text, wanted in zip(TEXTS, expected, strict=True):  # with an empty cache folder, and with a full one
        done = restored(tmp_path, room(512), text=text, DESPIN_CACHE=cache and str(tmp_path / cache))
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout.decode() == wanted


@linux
def test_with_too_little_memory_nothing_wrong_comes_out(tmp_path: Path, expected: list[str]) -> None:
    cache = str(tmp_path / "cache")
    restored(tmp_path, lambda: None, text=TEXTS[1], DESPIN_CACHE=cache)
    codes = set()
    for megabytes in (90, 150, 220):
        done = restored(tmp_path, room(megabytes), text=TEXTS[1], DESPIN_CACHE=cache)
        codes.add(done.returncode)
        if not (sys.version_info < (3, 12) and ENDED_BY_PYTHON in done.stderr):
            assert done.returncode >= 0, f"{megabytes}: ended by signal {-done.returncode}"
        assert b"damaged" not in done.stderr, megabytes
        assert done.stdout.decode() == (expected[1] if done.returncode == 0 else ""), megabytes
    assert len(codes) > 1, "no limit was too low"


@linux
def test_one_core_gives_the_same(tmp_path: Path, expected: list[str]) -> None:
    one = min(os.sched_getaffinity(0))
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS * 3), "utf-8")
    limit = lambda: os.sched_setaffinity(0, {one})  # noqa: E731
    done = restored(tmp_path, limit, "batch", str(source), "-o", "out.jsonl", "--workers", "2", "--mode", "restore")
    assert done.returncode == 0, done.stderr.decode()
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["text"] for row in rows] == expected * 3


@linux
def test_without_large_pages_the_result_is_the_same(tmp_path: Path, expected: list[str]) -> None:
    def small_pages_only() -> None:
        assert ctypes.CDLL(None).prctl(41, 1, 0, 0, 0) == 0  # PR_SET_THP_DISABLE

    done = restored(tmp_path, small_pages_only, text=TEXTS[0])
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode() == expected[0]


def test_a_cache_whose_files_are_in_use_is_done_without(
    tmp_path: Path, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a file that a process has mapped can be neither replaced nor removed."""

    def in_use(*names: object) -> None:
        raise PermissionError(13, "the process cannot access the file because it is being used by another process")

    monkeypatch.setenv("DESPIN_CACHE", str(tmp_path))
    monkeypatch.setattr("despin.cachefile.os.replace", in_use)
    restorer = Restorer()
    assert [restorer.restore(text) for text in TEXTS] == expected
    assert [path.name for path in tmp_path.iterdir()] == [], "nothing half-written is left"
