"""Pipes, devices, links and files of other users, at every path that is read or written: refused or handled, never waited for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from places import environment

from despin.errors import InputError
from despin.text import files, temporary, writing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes, links and limits")
TEXT = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。\n"
#: Seconds after which a command counts as waiting.
LONGEST = 60


def despin(folder: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, str]:
    """(exit code, what was said) of a command, which must end and print no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "despin", *arguments],
        cwd=folder, env=environment(), input=stdin, capture_output=True, timeout=LONGEST, check=False,
    )  # fmt: skip
    said = done.stderr.decode() + (done.stdout.decode() if arguments[0] == "lexicon" else "")
    assert "Traceback" not in said, said
    return done.returncode, said


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "in.jsonl").write_text('{"text": "山水之间"}\n', "utf-8")
    return tmp_path


@pytest.mark.parametrize("make", [pipe, device, loop])
@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("own.yaml", ("restore", "a.txt", "--lexicon", "own.yaml"), 4),
        ("own.yaml", ("lexicon", "check", "own.yaml"), 4),
        ("own.yaml", ("lexicon", "add", "甲乙", "丙丁", "--to", "own.yaml"), 4),
        ("pyproject.toml", ("restore", "a.txt"), 4),
        ("words.txt", ("restore", "a.txt", "--protect", "words.txt"), 4),
        ("b.txt", ("restore", "--in-place", "b.txt"), 2),
        ("out.jsonl", ("batch", "in.jsonl", "-o", "out.jsonl", "--resume"), 5),
        ("out.jsonl.part", ("batch", "in.jsonl", "-o", "out.jsonl"), 5),
        ("out.jsonl.part.json", ("batch", "in.jsonl", "-o", "out.jsonl", "--resume"), 5),
        ("out/.despin-batch.json", ("batch", "in.jsonl", "-o", "out/", "--resume"), 5),
    ],
)
def test_what_is_no_file_is_refused(
    folder: Path, make: Callable[[Path], None], name: str, arguments: tuple[str, ...], code: int
) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    make(path)
    found, said = despin(folder, *arguments)
    if make is loop:  # leads nowhere: as if it were not there, or refused
        assert found in (0, 2, 3, 4, 5), said
        return
    assert found == code, said
    assert name in said or "/dev/zero" in said
    assert path.is_symlink() or path.is_fifo()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("out.jsonl.part", ("batch", "in.jsonl", "-o", "out.jsonl")),
        ("out.jsonl.lock", ("batch", "in.jsonl", "-o", "out.jsonl")),
        ("out/in.jsonl", ("batch", "in.jsonl", "-o", "out/")),
        ("out/in.jsonl", ("batch", "in.jsonl", "-o", "out/", "--overwrite")),
        ("out/a.txt", ("restore", "a.txt", "-o", "out/")),
        ("out/a.txt.json", ("restore", "a.txt", "-o", "out/", "--format", "json")),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_written_where_a_link_leads(
    folder: Path, name: str, arguments: tuple[str, ...], there: bool
) -> None:
    other = folder / "other"
    if there:
        other.write_text("other")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(other)
    code, said = despin(folder, *arguments)
    assert code == 5, said
    assert name.removesuffix(".lock") in said
    assert (other.read_text() if there else other.exists()) == ("other" if there else False)
    assert (folder / name).is_symlink()


def test_the_part_of_a_parquet_is_no_link(folder: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(pyarrow.table({"text": ["山水之间"]}), folder / "in.parquet")
    (folder / "other").mkdir()
    (folder / "out.parquet.part").symlink_to("other")
    (folder / "out.parquet.part.json").write_text('{"version": 6}')
    from despin.batch import state

    state.begin(folder / "out.parquet.part.json")  # as if the run were that of a link
    code, said = despin(folder, "batch", "in.parquet", "-o", "out.parquet", "--resume")
    assert code == 5, said
    assert list((folder / "other").iterdir()) == []


def test_what_the_user_names_may_be_a_link(folder: Path) -> None:
    for name, arguments in {
        "text": ("restore", "a.txt", "-o", "text"),
        "records": ("batch", "in.jsonl", "-o", "records", "--overwrite"),
    }.items():
        (folder / f"{name}.real").touch()
        (folder / name).symlink_to(f"{name}.real")
        assert despin(folder, *arguments)[0] == 0
        assert (folder / name).is_symlink()
        assert (folder / f"{name}.real").stat().st_size > 9


@pytest.mark.parametrize("make", [pipe, device])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("texts/b.txt", ("learn", "background", "texts", "-o", "out.tsv")),
        ("texts/b.jsonl", ("learn", "spun", "texts", "-o", "out.yaml")),
        ("texts/b.wdiff", ("eval", "texts")),
    ],
)
def test_what_is_no_file_in_a_folder_of_texts_is_refused(
    folder: Path, make: Callable[[Path], None], name: str, arguments: tuple[str, ...]
) -> None:
    (folder / "texts").mkdir()
    (folder / "texts" / f"a{(folder / name).suffix}").write_text(TEXT, "utf-8")
    make(folder / name)
    code, said = despin(folder, *arguments)
    assert code == 3, said
    assert f"{name}: is a pipe or a device, not a file" in said


@pytest.mark.parametrize("make", [pipe, device, loop, "link"])
def test_what_is_no_file_in_a_folder_under_review_is_not_read(folder: Path, make: Callable[[Path], None] | str) -> None:
    """What a link leads to would stand in files beside it, for all who may read that folder."""
    from review_kit import Engine

    from despin.review.session import Session

    texts = folder / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text("手机改版很快。\n", "utf-8")
    if isinstance(make, str):
        (texts / "b.txt").symlink_to(folder / "a.txt")
    else:
        make(texts / "b.txt")
    said: list[str] = []
    session = Session([str(texts)], Engine(folder), said.append)
    session.read_all()
    assert [one.progress.state for one in session.documents] == ["ready", "failed"]
    assert "b.txt: is a" in said[0]
    assert "not a file" in said[0]
    assert not session.documents[1].restoration.source
    named = Session([str(texts / "b.txt")], Engine(folder), said.append)
    if make == "link":
        named.read_all()
        assert named.documents[0].progress.state == "ready"
    session.end()
    named.end()


def test_a_personal_lexicon_that_is_a_pipe_is_none(folder: Path) -> None:
    os.mkfifo(folder / "despin.yaml")
    code, said = despin(folder, "restore", "a.txt")
    assert (code, "despin.yaml" in said) == (0, False), said


def test_texts_may_come_through_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    writer = subprocess.Popen(["sh", "-c", "cat a.txt > pipe"], cwd=folder)
    assert despin(folder, "restore", "pipe", "-o", "out.txt")[0] == 0
    writer.wait()
    assert "通过" in (folder / "out.txt").read_text("utf-8")


def test_a_text_without_end_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 20)
    monkeypatch.setattr(files, "read_at_most", lambda *_: pytest.fail("read"))
    for name in ("/dev/zero", "/dev/null"):
        with pytest.raises(InputError, match=f"{name}: is a device; name a file"):
            files.read(name)
    monkeypatch.undo()
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 20)
    os.mkfifo(tmp_path / "pipe")
    with (
        subprocess.Popen(["sh", "-c", f"exec cat /dev/zero > {tmp_path}/pipe"], stderr=subprocess.DEVNULL),
        pytest.raises(InputError, match="more than 1 MB"),
    ):
        files.read(str(tmp_path / "pipe"))


def test_temporary_files_of_killed_processes_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    monkeypatch.setattr(temporary, "_STRAY", -1.0)
    monkeypatch.setattr(temporary, "_swept", set())
    stray, held, other = (tmp_path / name for name in (".despin-0a.tmp", ".despin-0b.tmp", ".despin-x"))
    for path in (stray, held, other):
        path.write_text("half")
    os.mkfifo(tmp_path / ".despin-0c.tmp")
    with held.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        writing.write(tmp_path / "a.txt", b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".despin-0b.tmp",
        ".despin-0c.tmp",
        ".despin-x",
        "a.txt",
    ]
    monkeypatch.setattr(temporary, "_STRAY", 10.0)
    monkeypatch.setattr(temporary, "_swept", set())
    writing.write(tmp_path / "a.txt", b"whole")
    assert held.exists()  # too young


def link(path: Path) -> None:
    path.with_name("other").write_text("other")
    path.symlink_to("other")


def dangling(path: Path) -> None:
    path.symlink_to("other")


def test_what_a_killed_review_left_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(temporary, "_STRAY", -1.0)
    monkeypatch.setattr(temporary, "_swept", set())
    (tmp_path / ".despin-0a.tmp").write_text("half")
    with writing.scratch() as path:
        assert list(tmp_path.iterdir()) == [path]
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_text("entries: {}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", [pipe, device, link, dangling])
@pytest.mark.parametrize("name", ["a.txt.review", "a.txt.wdiff", "a.txt.restored"])
def test_what_is_no_file_beside_a_text_under_review(folder: Path, make: Callable[[Path], None], name: str) -> None:
    """The review of a text whose place for results is a pipe says so, and does not wait for whoever would read it."""
    from review_kit import read

    from despin.review.document import ReviewedText
    from despin.review.journal import Group
    from despin.review.places import Decision

    (folder / "a.txt").write_text("手机改版很快。\n", "utf-8")
    make(folder / name)
    document = ReviewedText(str(folder / "a.txt"), 1)
    document.open(read)
    if name.endswith(".restored"):
        document.put(document.revision, [Group((Decision(2, 4, "accept"),))])
        assert any(name in one and "not a file" in one for one in document.notices), document.notices
    else:
        assert name in document.problem
        assert "not a file" in document.problem
    document.close()
    assert (folder / name).is_fifo() or (folder / name).is_symlink()
    assert not (folder / "other").exists() if make is not link else (folder / "other").read_text() == "other"


def test_a_cache_of_pipes_and_links_is_as_if_empty(folder: Path) -> None:
    from despin.channel import catalogue

    cache = folder / "cache"
    cache.mkdir()
    kept = environment(DESPIN_CACHE=str(cache))
    arguments = [sys.executable, "-m", "despin", "restore", "a.txt"]
    first = subprocess.run(arguments, cwd=folder, env=kept, capture_output=True, timeout=LONGEST, check=True)
    made = sorted(cache.iterdir())
    if not catalogue.PACKED.is_file():  # else it is part of the installed package
        assert any(path.name == f"catalogue-{catalogue._key()[:32]}.bin" for path in made)
    assert made
    for number, path in enumerate(made):
        path.unlink()
        [pipe, device, loop][number % 3](path)
    again = subprocess.run(arguments, cwd=folder, env=kept, capture_output=True, timeout=LONGEST, check=True)
    assert (again.stdout, again.stderr) == (first.stdout, first.stderr)
