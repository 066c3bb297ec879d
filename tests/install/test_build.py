"""Wheels where nothing can be compiled: plain Python, which says why once, and does the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from places import PACKAGES, ROOT

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX scripts stand in for a compiler")
#: What is built from; the models are put beside what is made of it, since they are the same in every wheel.
SOURCES = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "despin", "lexicons")
MODELS = ("zh_CN.lm", "zh_CN.context")
TEXT = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。体系会按期搜检装备的状况,发明题目今后立刻关照治理员。\n"

#: Compilers as they may be, and what is said of each.
NOWHERE = "there is no C compiler that works"
COMPILERS = {
    "missing": (None, NOWHERE),
    "broken": ("echo 'cc: internal error' >&2; exit 1", NOWHERE),
    "idle": ("exit 0", NOWHERE),
    "without headers": (
        # Python's own folders are taken out of the command.
        'for one in "$@"; do case $one in -I*) ;; *) set -- "$@" "$one";; esac; shift; done; exec "$real" "$@"',
        "Python's headers (Python.h) are missing",
    ),
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The sources without their models and without what was compiled in place."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns(*MODELS, "*.so", "*.pyd", "__pycache__")
            )
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def build(checkout: Path, **environment: str) -> tuple[Path, str]:
    """The wheel made of the sources, and what was printed meanwhile."""
    left_out = ("CC", "DESPIN_PURE")
    variables = {name: value for name, value in os.environ.items() if name not in left_out}
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(checkout / "dist")],
        cwd=checkout,
        env={**variables, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    (wheel,) = (checkout / "dist").glob("*.whl")
    return wheel, done.stdout


def unpacked(wheel: Path, folder: Path) -> Path:
    """The wheel as it is installed, with the models."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    for name in MODELS:
        (folder / "despin" / "model" / name).symlink_to(ROOT / "despin" / "model" / name)
    return folder


def restore(installed: Path, folder: Path, **environment: str) -> dict[str, Any]:
    """What `despin restore --format json` says of the text."""
    done = subprocess.run(
        [sys.executable, "-m", "despin", "restore", "-", "--format", "json"],
        input=TEXT.encode(),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed), "DESPIN_CACHE": "", **environment},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@posix
@pytest.mark.parametrize("compiler", COMPILERS)
def test_without_a_compiler_that_works_the_wheel_is_plain_and_says_so_once(
    checkout: Path, tmp_path: Path, compiler: str
) -> None:
    script, cause = COMPILERS[compiler]
    cc = tmp_path / "cc"
    if script is not None:
        real = shutil.which("cc") or shutil.which("gcc")
        if real is None and "real" in script:
            pytest.skip("without a compiler there are no headers to miss; nothing is compiled here")
        cc.write_text(f"#!/bin/sh\nreal={real}\n{script}\n", "utf-8")
        cc.chmod(0o755)
    wheel, said = build(checkout, CC=str(cc))
    assert wheel.name.endswith("-py3-none-any.whl")
    assert said.count("plain Python") == 1
    assert f"({cause})" in said
    assert "--force-reinstall" in said
    assert "Traceback" not in said
    assert "internal error" not in said


def test_a_plain_wheel_is_made_unasked_for_a_compiler_and_restores_the_same(checkout: Path, tmp_path: Path) -> None:
    wheel, said = build(checkout, DESPIN_PURE="1")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "plain Python" not in said
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert not [name for name in names if name.endswith((".so", ".pyd", ".c", ".cpp"))]
    assert "despin/data/lexicons/classic-list.yaml" in names
    assert "despin/data/catalogue.bin" in names
    plain = restore(unpacked(wheel, tmp_path / "installed"), tmp_path)
    assert plain["edits"]
    for tested in (restore(PACKAGES, tmp_path), restore(PACKAGES, tmp_path, DESPIN_PURE="1")):
        assert tested["text"] == plain["text"]
        assert [edit["entry"] for edit in tested["edits"]] == [edit["entry"] for edit in plain["edits"]]


@pytest.mark.skipif(
    not os.environ.get("DESPIN_EXPECT_COMPILED"), reason="compiled wheels are made where CI has a compiler"
)
def test_with_a_compiler_the_wheel_is_compiled_small_and_says_nothing(checkout: Path) -> None:
    wheel, said = build(checkout)
    assert not wheel.name.endswith("-py3-none-any.whl")
    assert "plain Python" not in said
    with zipfile.ZipFile(wheel) as archive:
        compiled = [info for info in archive.infolist() if info.filename.endswith((".so", ".pyd"))]
    assert 0 < len(compiled) <= 8
    assert sum(info.file_size for info in compiled) < 8_000_000
    models = sum(len(zlib.compress((ROOT / "despin" / "model" / name).read_bytes())) for name in MODELS)
    assert wheel.stat().st_size + models < 60 * 2**20
    # What was compiled is taken again as long as nothing changes.
    (kept,) = (checkout / "build").glob("compiled-*")
    for file in kept.rglob("*.so"):
        file.write_bytes(b"kept")
    with zipfile.ZipFile(build(checkout)[0]) as archive:
        assert {archive.read(info.filename) for info in compiled} == {b"kept"}
    assert set((checkout / "build").iterdir()) == {kept}


def test_what_was_compiled_of_other_sources_is_not_taken(checkout: Path) -> None:
    asked = [sys.executable, "-c", "from hatch_build import signature; print(signature())"]
    found = []
    for changed in (
        None,
        "despin/kernel/em.py",
        "despin/kernel/marks.pxd",
        "despin/kernel/native/preimages.pxi",
        "hatch_build.py",
    ):
        if changed:
            with (checkout / changed).open("a", encoding="utf-8") as file:
                file.write("\n")
        found += [subprocess.run(asked, cwd=checkout, check=True, capture_output=True).stdout for _ in range(2)]
    found.append(
        subprocess.run(asked, cwd=checkout, check=True, capture_output=True, env={**os.environ, "CFLAGS": "-g"}).stdout
    )
    assert len(set(found)) == 6
