"""`despin restore --in-place`: the one command that touches the user's own files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import cli_stub
import pytest
from cli_stub import Run, Spawn

from despin.cli import terminal
from despin.text import files, rights, writing

SPUN = "经由过程\r\n第二行"
RESTORED = "通过\r\n第二行"
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes, links and limits")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_bytes(SPUN.encode())
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_replaces_the_file_and_keeps_the_original(run: Run, page: Path, tmp_path: Path) -> None:
    result = run("restore", "--in-place", "page.txt")
    assert (result.code, result.out) == (0, b"")
    assert "page.txt: 1 place restored, the original is page.txt.bak" in result.err
    assert page.read_bytes() == RESTORED.encode()
    assert (tmp_path / "page.txt.bak").read_bytes() == SPUN.encode()
    assert names(tmp_path) == ["page.txt", "page.txt.bak"]


def test_backup_suffix_and_no_backup(run: Run, page: Path, tmp_path: Path) -> None:
    run("restore", "--in-place", "--backup", ".orig", "page.txt")
    assert names(tmp_path) == ["page.txt", "page.txt.orig"]
    page.write_bytes(SPUN.encode())
    run("restore", "--in-place", "--no-backup", "page.txt")
    assert page.read_bytes() == RESTORED.encode()
    assert names(tmp_path) == ["page.txt", "page.txt.orig"]


def test_an_earlier_backup_is_never_overwritten(run: Run, page: Path, tmp_path: Path) -> None:
    (tmp_path / "page.txt.bak").write_text("earlier")
    run("restore", "--in-place", "page.txt")
    assert (tmp_path / "page.txt.bak").read_text() == "earlier"
    assert (tmp_path / "page.txt.bak.2").read_bytes() == SPUN.encode()


def test_a_second_run_changes_nothing_and_keeps_no_second_backup(run: Run, page: Path, tmp_path: Path) -> None:
    run("restore", "--in-place", "page.txt")
    before = page.stat().st_mtime_ns
    assert "nothing to restore" in run("restore", "--in-place", "page.txt").err
    assert page.stat().st_mtime_ns == before
    assert names(tmp_path) == ["page.txt", "page.txt.bak"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_keeps_the_encoding(run: Run, page: Path, encoding: str) -> None:
    page.write_bytes(SPUN.encode(encoding))
    assert run("restore", "--in-place", "page.txt", "--encoding", encoding).code == 0
    assert page.read_bytes() == RESTORED.encode(encoding)


@posix
def test_keeps_the_mode_and_the_link(run: Run, page: Path, tmp_path: Path) -> None:
    page.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(page)
    run("restore", "--in-place", "link.txt")
    assert link.is_symlink()
    assert page.read_bytes() == RESTORED.encode()
    assert page.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link.txt.bak").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_write_leaves_everything_as_it_was(
    run: Run, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        result = run("restore", "--in-place", "page.txt")
    assert result.code == 5
    assert "No space left on device" in result.err
    assert page.read_bytes() == SPUN.encode()
    assert names(tmp_path) == ["page.txt"]


def test_an_interrupted_write_leaves_everything_as_it_was(
    run: Run, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupt)
        assert run("restore", "--in-place", "page.txt").code == 130
    assert page.read_bytes() == SPUN.encode()
    assert names(tmp_path) == ["page.txt"]


@posix
def test_a_full_disk_really(page: Path, tmp_path: Path, spawn: Spawn) -> None:
    import resource

    page.write_bytes((SPUN * 500).encode())
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))  # noqa: E731
    process = spawn("restore", "--in-place", "page.txt", preexec_fn=limit)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 5, err
    assert b"Traceback" not in err
    assert page.read_bytes() == (SPUN * 500).encode()
    assert names(tmp_path) == ["page.txt"]


@posix
def test_a_write_protected_file_is_left_alone(run: Run, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # An administrator may write everything, so the answer of the system is given here.
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    result = run("restore", "--in-place", "--no-backup", "page.txt")
    assert result.code == 5
    assert "you may not write there" in result.err
    assert page.read_bytes() == SPUN.encode()


def test_characters_the_encoding_lacks_are_no_reason_to_damage_the_file(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "big5.txt"
    # 通过 in simplified characters is not in Big5, so the restored word cannot be written there.
    data = "旌旗灯号".replace("灯号", "燈號").encode("big5") + "不存在的人贅".encode("big5")
    page.write_bytes(data * 4)
    assert run("restore", "--in-place", "big5.txt", "--encoding", "big5").code == 0
    page.write_bytes("不存在，的的，這是一個很長的句子，沒有別的問題。".encode("big5"))
    cli_stub.WORDS["很長"] = "很长"
    try:
        before = page.read_bytes()
        result = run("restore", "--in-place", "big5.txt", "--encoding", "big5")
    finally:
        del cli_stub.WORDS["很長"]
    assert result.code == 5
    assert "'长' cannot be written in big5" in result.err
    assert page.read_bytes() == before


def test_one_bad_file_does_not_stop_the_others(run: Run, page: Path, tmp_path: Path) -> None:
    (tmp_path / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    assert run("restore", "--in-place", "binary.txt", "page.txt").code == 3
    assert page.read_bytes() == RESTORED.encode()
    assert names(tmp_path) == ["binary.txt", "page.txt", "page.txt.bak"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--in-place", "page.txt", "-o", "x"), "exclude one another"),
        (("--in-place", "page.txt", "--format", "json"), "writes text"),
        (("--in-place", "-"), "needs files"),
        (("--in-place",), "needs files"),
        (("--in-place", "page.txt", "--backup", ""), "is no suffix"),
        (("--in-place", "page.txt", "--backup", "../x"), "is no suffix"),
        (("--in-place", "page.txt", "--backup", "x", "--no-backup"), "not allowed with"),
        (("page.txt", "--backup", ".x"), "go with --in-place"),
        (("page.txt", "--no-backup"), "go with --in-place"),
        (("page.txt", "-o", "page.txt"), "use --in-place"),
        (("page.txt", "-o", "."), "use --in-place"),
        (("page.txt", "./page.txt", "-o", "x/"), "would both be written"),
        (("page.txt", "-o", ""), "--output needs"),
        (("-", "-"), "only once"),
    ],
)
def test_contradictions_are_refused_before_anything_is_touched(
    run: Run, page: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = run("restore", *arguments, stdin=b"x")
    assert (result.code, result.out) == (2, b"")
    assert message in result.err
    assert page.read_bytes() == SPUN.encode()
    assert names(tmp_path) == ["page.txt"]


def test_a_backup_has_its_name_only_once_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    path.chmod(0o640)
    seen = []

    def cut(*_: object) -> None:
        seen.extend((each.name, each.stat().st_mode & 0o777) for each in tmp_path.iterdir() if each != path)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rights, "share", cut)
        writing.back_up(path, ".orig")
    assert list(tmp_path.iterdir()) == [path]
    assert [mode for _, mode in seen] == [0o600] or os.name == "nt"
    assert not seen[0][0].endswith(".orig")
    for name in ("a.txt.orig", "a.txt.orig.2"):
        copy = writing.back_up(path, ".orig")
        assert (copy.name, copy.read_bytes()) == (name, b"abc")
        assert copy.stat().st_mode == path.stat().st_mode
        assert copy.stat().st_nlink == 1


def test_a_backup_where_files_have_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("despin.text.writing.os.link", refuse)
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    assert [writing.back_up(path, ".orig").name for _ in range(2)] == ["a.txt.orig", "a.txt.orig.2"]
    assert len(list(tmp_path.iterdir())) == 3


def test_messages_tell_a_terminal_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say("a\x1b[2J\x9b\r\nb 山")
    assert capsys.readouterr().err == "a\\x1b[2J\\x9b\\r\nb 山\n"


@posix
def test_other_names_of_a_file_are_said(run: Run, page: Path, tmp_path: Path) -> None:
    os.link(page, tmp_path / "other.txt")
    result = run("restore", "--in-place", "page.txt")
    assert "page.txt: has 2 names (hard links); the others go on naming the text as it was" in result.err
    assert (tmp_path / "other.txt").read_bytes() == SPUN.encode()
    assert page.read_bytes() == RESTORED.encode()


@posix
def test_owner_and_times_of_a_backup_are_those_of_the_file(
    run: Run, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[str, int, int]] = []
    monkeypatch.setattr(files.os, "chown", lambda path, user, group: given.append((Path(path).suffix, user, group)))
    before = page.stat()
    run("restore", "--in-place", "page.txt")
    assert given == [(".tmp", before.st_uid, before.st_gid)] * 2
    assert (tmp_path / "page.txt.bak").stat().st_mtime_ns == before.st_mtime_ns


def test_a_text_that_changes_meanwhile_is_left_alone(
    run: Run, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = cli_stub.Restorer.explain

    def explain(self: cli_stub.Restorer, text: str) -> object:
        times = page.stat()
        page.write_bytes(SPUN.replace("二", "三").encode())
        os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
        return usual(self, text)

    monkeypatch.setattr(cli_stub.Restorer, "explain", explain)
    result = run("restore", "--in-place", "page.txt")
    assert (result.code, names(tmp_path)) == (5, ["page.txt"])
    assert "page.txt: was changed while it was restored; nothing was written, restore it again" in result.err
    assert page.read_bytes() == SPUN.replace("二", "三").encode()
