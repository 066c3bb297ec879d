"""Commands of a user who may not write in a folder: a message, exit code 5, and nothing in the folder is another."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest
from full_disk import snapshot
from places import environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="takes rights of root away as Linux has them")
#: Linux: take a right away from all that a process becomes, and the rights of root to write and to read everywhere.
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
SPUN = "他们经由过程手机付款，不克不及退货，从新下单也不可，不然要点窜设置装备摆设。\n"


def without_rights() -> None:
    """Make a plain user of root, as far as files go."""
    libc = ctypes.CDLL(None)
    for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH) if os.geteuid() == 0 else ():
        libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0)


def despin(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "despin", *arguments],
        cwd=folder,
        env=environment(DESPIN_CACHE=str(folder / "locked" / "cache"), DESPIN_LANG="en"),
        capture_output=True,
        text=True,
        preexec_fn=without_rights,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("restore", "a.txt", "-o", "locked/b.txt"),
        ("restore", "a.txt", "-o", "locked/out/"),
        ("restore", "--in-place", "locked/a.txt"),
        ("restore", "--in-place", "--no-backup", "locked/a.txt"),
        ("batch", "in.jsonl", "-o", "locked/out.jsonl"),
        ("lexicon", "add", "子丑", "寅卯", "--to", "locked/new.yaml"),
        ("lexicon", "format", "locked/own.yaml"),
    ],
    ids=" ".join,
)
def test_nothing_is_written_where_the_user_may_not(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    for folder in (tmp_path, locked):
        (folder / "a.txt").write_text(SPUN, "utf-8")
    (locked / "own.yaml").write_text("family: own\nentries:\n  甲乙:   丙丁\n", "utf-8")
    (tmp_path / "in.jsonl").write_text('{"text": "经由过程手机付款"}\n', "utf-8")
    before = snapshot(tmp_path)
    locked.chmod(0o555)
    try:
        found = despin(tmp_path, *arguments)
        readable = despin(tmp_path, "restore", "locked/a.txt")
    finally:
        locked.chmod(0o755)
    assert found.returncode == 5, found.stderr
    assert "locked" in found.stderr
    assert "Traceback" not in found.stderr + readable.stderr
    assert snapshot(tmp_path) == before
    # What may be read is restored, without a cache.
    assert (readable.returncode, "通过" in readable.stdout) == (0, True)
