"""What an installation may find or be: caches of another version, models that are cut off or something else, folders
that cannot be written. A message or the same result, never a crash."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from places import PACKAGES, environment

TEXT = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。体系会按期搜检装备的状况,发明题目今后立刻关照治理员。\n"
#: All that is said of it.
SAID = b"<stdin>: 100.0 % of the spun part comes back when classic-list spins the restoration again\n"
MODEL = PACKAGES / "despin" / "model" / "zh_CN.lm"


def restore(folder: Path, **variables: str) -> str:
    """The text as a process of its own restores it; nothing else is said than how much of it is proved."""
    done = subprocess.run(
        [sys.executable, "-m", "despin", "restore", "-"],
        input=TEXT.encode(),
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == SAID
    return done.stdout.decode()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A cache folder as a run leaves it that found none, and what that run made of the text."""
    folder = tmp_path_factory.mktemp("filled")
    text = restore(folder, DESPIN_CACHE=str(folder / "cache"))
    assert text != TEXT
    return folder / "cache", text


@pytest.fixture(scope="module")
def expected(filled: tuple[Path, str]) -> str:
    return filled[1]


def sealed(values: object) -> bytes:
    """Values as a cache holds them, below their checksum."""
    payload = json.dumps(values).encode()
    return hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload


def emptied(data: bytes) -> bytes:
    """A cache that is whole and of this version, with none of what is looked for in it."""
    return sealed({"key": json.loads(data.split(b"\n", 1)[1])["key"]})


def of_another_form(data: bytes) -> bytes:
    """A cache that is whole, of a form that there was before."""
    values = json.loads(data.split(b"\n", 1)[1])
    return sealed({**values, "key": [values["key"][0], 0, "0.1.0"]})


def halved(data: bytes) -> bytes:
    return data[: len(data) // 2]


def removed(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("change", [emptied, of_another_form, halved, removed])
def test_an_old_or_broken_cache_changes_nothing(
    tmp_path: Path, filled: tuple[Path, str], change: Callable[[bytes], bytes]
) -> None:
    folder = tmp_path / "cache"
    shutil.copytree(filled[0], folder)
    files = [file for file in folder.iterdir() if file.suffix == ".json"]
    assert files
    for file in files:
        file.write_bytes(change(file.read_bytes()))
    (folder / "lexicon-0123456789abcdef-1-0.1.0.json").write_text("of 0.1.0", "utf-8")
    (folder / "odds-0123456789abcdef-1-0.1.0.json").mkdir()
    assert restore(tmp_path, DESPIN_CACHE=str(folder)) == filled[1]


def test_without_a_cache_the_same_comes_out(tmp_path: Path, expected: str) -> None:
    assert restore(tmp_path, DESPIN_CACHE="") == expected


#: Opens a file as the language model, and says what comes of it.
OPEN = """
import sys
from despin.errors import ModelError
from despin.lm.ngram import LanguageModel
try:
    model = LanguageModel(sys.argv[1])
    model.sequence(model.best_split("我们使用工具")[1])
    print("read", model.knows("工具"), len(model.vocabulary))
except ModelError as error:
    print("refused", error)
"""


def head(size: int) -> bytes:
    with MODEL.open("rb") as file:
        return file.read(size)


#: Files that are no model, or only the beginning of one.
BROKEN: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: "这不是模型。\n".encode() * 100,
    "a page": lambda: b"<!DOCTYPE html><html><title>404</title></html>",
    "the name of the format": lambda: head(64),
    "a header": lambda: head(160),
    "a part of the words": lambda: head(100_000),
    "what is no text": lambda: bytes(range(256)) * 400,
    "all but some words": lambda: head(MODEL.stat().st_size - 100_001),
    "half": lambda: head(MODEL.stat().st_size // 2),
    "a header and nothing": lambda: head(256) + bytes(5_000_000),
}


@pytest.mark.parametrize("content", BROKEN)
def test_a_model_that_is_cut_off_or_something_else_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "model.lm"
    path.write_bytes(BROKEN[content]())
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(path)],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("refused "), done.stdout
    assert "model.lm: " in done.stdout
    assert "install despin again" in done.stdout


def test_one_changed_byte_of_a_published_model_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / MODEL.name
    shutil.copy(MODEL, path)
    variables = {"DESPIN_CACHE": str(tmp_path / "cache")}

    def opened() -> str:
        done = subprocess.run(
            [sys.executable, "-c", OPEN, str(path)],
            cwd=tmp_path, env=environment(**variables), capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    assert opened().startswith("read True")
    assert list((tmp_path / "cache").glob("whole-*"))
    times = path.stat()
    with path.open("r+b") as file:
        file.seek(20_000_000)
        (byte,) = file.read(1)
        file.seek(20_000_000)
        file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert "is damaged" in opened()
    assert "install despin again" in opened()


def test_the_checksums_of_the_models_are_those_of_the_files() -> None:
    from despin.lm.published import PUBLISHED

    for name, (size, checksum) in PUBLISHED.items():
        data = (MODEL.parent / name).read_bytes()
        assert (len(data), zlib.crc32(data)) == (size, checksum)


def test_a_kenlm_file_that_is_text_is_not_read_for_minutes(tmp_path: Path) -> None:
    path = tmp_path / "model.lm"
    path.write_text("\\data\\\nngram 1=1\n\n\\1-grams:\n-1\t<unk>\n\\end\\\n")
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(path)],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("refused")
    assert done.stderr == ""


def without_privileges() -> None:
    """From here on root, too, may only write where the modes of files let it."""
    if os.geteuid() == 0:
        drop, dac_override = 24, 1
        ctypes.CDLL(None).prctl(drop, dac_override, 0, 0, 0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="capabilities of Linux")
def test_an_installation_that_cannot_be_written_works(tmp_path: Path, expected: str) -> None:
    installed = tmp_path / "installed"
    shutil.copytree(
        PACKAGES / "despin",
        installed / "despin",
        ignore=lambda _, names: [name for name in names if name in (MODEL.name, "__pycache__")],
    )
    (installed / "despin" / "model" / MODEL.name).symlink_to(MODEL)
    lexicons = PACKAGES / "lexicons"  # of a checkout; of an installation they are inside
    if lexicons.is_dir():
        shutil.copytree(lexicons, installed / "lexicons")
    home = tmp_path / "home"
    home.mkdir()
    before = sorted(installed.rglob("*"))
    for path in [*before, installed, home]:
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    variables = {name: value for name, value in os.environ.items() if name not in ("DESPIN_CACHE", "XDG_CACHE_HOME")}
    try:
        done = subprocess.run(
            [sys.executable, "-c", f"open({str(home / 'x')!r}, 'w')"],
            stderr=subprocess.DEVNULL,
            preexec_fn=without_privileges,
            check=False,
        )
        assert done.returncode, "this process may write everywhere, whatever the modes are"
        done = subprocess.run(
            [sys.executable, "-m", "despin", "restore", "-"],
            input=TEXT.encode(),
            cwd=home,
            env={**variables, "PYTHONPATH": str(installed), "HOME": str(home)},
            capture_output=True,
            preexec_fn=without_privileges,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, SAID)
        assert done.stdout.decode() == expected
        assert sorted(installed.rglob("*")) == before
        assert not list(home.iterdir())
    finally:
        for path in [installed, home, *before]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
