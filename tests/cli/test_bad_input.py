"""What people get wrong: a message that says what to do, a documented exit code, never a traceback."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import cli_stub
import pytest
from cli_stub import Run, Spawn

PAGE = "今天的天气很好,我们经由过程一条小路走到了河边,那里有许多人在钓鱼。\n"
TRADITIONAL = "今天的天氣很好,我們沿著一條小路走到了河邊,那裡有許多人在釣魚。\n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and devices")


def refused(run: Run, *arguments: object, code: int = 3, stdin: bytes = b"") -> str:
    """What is said about a call that must fail with `code` and print no result."""
    result = run(*arguments, stdin=stdin)
    assert (result.code, result.out) == (code, b"")
    assert result.err.startswith("despin: ")
    assert "Traceback" not in result.err
    return result.err


@pytest.mark.parametrize("command", ["restore", "detect", "readings"])
def test_missing_folder_and_empty(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "article.txt").write_text(PAGE, "utf-8")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "mark.txt").write_bytes(b"\xef\xbb\xbf")
    (tmp_path / "folder").mkdir()
    assert "did you mean article.txt?" in refused(run, command, "artcle.txt")
    assert "did you mean" not in refused(run, command, "other.md")
    assert "check the path" in refused(run, command, "nowhere/x.txt")
    assert os.path.join("folder", "*.txt") in refused(run, command, "folder")
    assert "empty" in refused(run, command, "empty.txt")
    assert "empty" in refused(run, command, "-", stdin=b"")
    assert "nothing but a byte order mark" in refused(run, command, "mark.txt")
    assert "cannot be read" in refused(run, command, "a\0b")


@posix
def test_a_file_that_may_not_be_read(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", deny)
        assert "you may not read" in refused(run, "restore", "secret.txt")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04rest", ".docx"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\\rtf1 text}", ".rtf"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"\0" * 400, "binary"),
        (bytes(range(256)) * 8, "binary"),
    ],
)
def test_binary(run: Run, data: bytes, what: str) -> None:
    message = refused(run, "restore", "-", stdin=data)
    assert what in message
    assert "save it as plain text" in message


@pytest.mark.parametrize(
    ("page", "encoding", "name"),
    [
        (PAGE[:12], "gb18030", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (PAGE, "utf-16-le", "utf-16-le"),
        (PAGE, "utf-16-be", "utf-16-be"),
        ("plain letters", "utf-16-le", "utf-16-le"),
    ],
)
def test_another_encoding_is_named_and_then_reads(run: Run, page: str, encoding: str, name: str) -> None:
    data = page.encode(encoding)
    assert f"--encoding {name} would read it" in refused(run, "restore", "-", stdin=data)
    result = run("restore", "-", "--encoding", name, stdin=data)
    assert (result.code, result.out) == (0, page.replace("经由过程", "通过").encode(encoding)), result.err


@pytest.mark.parametrize(
    ("page", "encoding", "said"),
    [
        (PAGE, "gb18030", "gb18030, as its characters show"),
        (PAGE, "gbk", "gb18030, as its characters show"),
        (TRADITIONAL, "big5", "big5, as its characters show"),
        (PAGE, "utf-16", "utf-16-le, as its byte order mark says"),
        ("\ufeff" + PAGE, "utf-16-be", "utf-16-be, as its byte order mark says"),
        (PAGE, "utf-32", "utf-32-le, as its byte order mark says"),
    ],
)
def test_an_encoding_beyond_doubt_is_read_and_said(run: Run, page: str, encoding: str, said: str) -> None:
    data = page.encode(encoding)
    result = run("restore", "-", stdin=data)
    assert (result.code, result.out) == (0, page.replace("经由过程", "通过").encode(encoding)), result.err
    assert f"<stdin>: read as {said} (--encoding NAME says otherwise)" in result.err
    assert run("restore", "-q", "-", stdin=data).err == ""


@pytest.mark.parametrize(
    ("declared", "encoding"), [("gb2312", "gb18030"), ("GBK", "gb18030"), ("big5", "big5"), ("euc-jp", "euc_jp")]
)
def test_what_a_page_says_of_its_encoding_holds(run: Run, declared: str, encoding: str) -> None:
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head><p>山水之間有人家</p></html>'
    result = run("restore", "-", "--no-page", stdin=page.encode(encoding))
    assert (result.code, result.out) == (0, page.encode(encoding)), result.err
    assert "as the page says" in result.err


def test_a_page_that_says_nonsense_of_its_encoding_is_read_as_before(run: Run) -> None:
    for declared in ("no-such-thing", "base64", "utf-8"):
        page = f"<html><head><meta charset={declared}></head><p>{PAGE}</p></html>".encode("gb18030")
        assert "as its characters show" in run("restore", "-", "--no-page", stdin=page).err
    page = f"<html><head><meta charset=gb2312></head><p>{PAGE}</p></html>".encode()
    assert run("restore", "-", "--no-page", stdin=page).err == ""


@pytest.mark.parametrize(
    ("written", "asked", "says"),
    [
        ("utf-8", "gb18030", "leave --encoding out"),
        ("utf-8", "big5", "leave --encoding out"),
        ("utf-8", "utf-16", "leave --encoding out"),
        ("gb18030", "utf-16-be", "--encoding gb18030"),
        ("gb18030", "big5", "--encoding gb18030"),
        ("utf-16-be", "utf-16-le", "--encoding utf-16-be"),
    ],
)
def test_the_wrong_encoding_asked_for(run: Run, written: str, asked: str, says: str) -> None:
    assert says in refused(run, "restore", "-", "--encoding", asked, stdin=PAGE.encode(written))


def test_big5_read_as_gb18030_would_be_nonsense(run: Run) -> None:
    message = refused(run, "restore", "-", "--encoding", "gb18030", stdin=TRADITIONAL.encode("big5"))
    assert "--encoding big5" in message


def test_an_unguessable_encoding_asks_for_its_name(run: Run) -> None:
    assert "name its encoding" in refused(run, "restore", "-", stdin="café à la crème".encode("latin-1"))
    result = run("restore", "-", "--encoding", "latin-1", stdin="café à la crème".encode("latin-1"))
    assert result.out == "café à la crème".encode("latin-1")


def test_one_damaged_byte_is_shown_with_its_place(run: Run) -> None:
    data = (PAGE + "你好").encode() + b"\xff" + PAGE.encode()
    assert "<stdin>:2:3: byte 0xFF" in refused(run, "restore", "-", stdin=data)


def test_a_codec_that_would_not_give_the_bytes_back_is_refused(run: Run) -> None:
    # Big5 has two codes for 十; only one of them can be written again.
    message = refused(run, "restore", "-", "--encoding", "big5", stdin=b"\xa2\xcc" + TRADITIONAL.encode("big5"))
    assert "convert the file to UTF-8" in message


@pytest.mark.parametrize(("name", "hint"), [("gb18300", "gb18030"), ("base64", "Common ones"), ("utf-9", "utf-8")])
def test_an_encoding_that_does_not_exist(run: Run, name: str, hint: str) -> None:
    assert hint in refused(run, "restore", "-", "--encoding", name, code=2, stdin=b"x")


def test_a_family_that_does_not_exist(run: Run, tmp_path: Path) -> None:
    message = refused(run, "restore", "-", "--family", "clasic-list", code=2, stdin=b"x")
    assert "did you mean classic-list?" in message
    assert "auto-repost, betting-seo, classic-list" in message
    assert cli_stub.Restorer.made == []


def test_lexicon_and_model_errors_end_the_run_with_their_own_codes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, "utf-8")
    (tmp_path / "model.yaml").write_text("entries:\n")
    message = refused(run, "restore", "a.txt", "a.txt", "--lexicon", "none.yaml", code=4)
    assert message.count("none.yaml") == 1
    refused(run, "restore", "a.txt", "--lexicon", "model.yaml", code=6)


@pytest.mark.parametrize("value", ["90", "-0.1", "nan", "high"])
def test_a_confidence_that_is_no_probability(run: Run, value: str) -> None:
    assert "between 0 and 1" in refused(run, "restore", f"--min-confidence={value}", code=2)


def test_setting_and_confidence_exclude_one_another(run: Run) -> None:
    refused(run, "restore", "--setting", "bold", "--min-confidence", "0.5", code=2)


def test_the_first_failure_decides_the_exit_code_and_the_rest_is_done(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("经由过程\n", "utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").mkdir()  # writing there fails
    (tmp_path / "b.txt").write_text("经由过程\n", "utf-8")
    result = run("restore", "a.txt", "missing.txt", "b.txt", "-o", "out")
    assert result.code == 5
    assert "is a folder" in result.err
    assert "missing.txt" in result.err
    assert (tmp_path / "out" / "b.txt").read_text("utf-8") == "通过\n"
    assert run("restore", "missing.txt", "a.txt", "-o", "out").code == 3


def test_nothing_is_written_when_every_text_failed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("old")
    assert run("restore", "missing.txt", "-o", "old.txt").code == 3
    assert (tmp_path / "old.txt").read_text() == "old"


def test_places_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, "utf-8")
    assert "folder does not exist" in refused(run, "restore", "a.txt", "-o", "no/where.txt", code=5)
    assert "cannot be made" in refused(run, "restore", "a.txt", "-o", "a.txt/x/", code=5)


@posix
def test_full_device(run: Run, spawn: Spawn, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, "utf-8")
    assert "No space left" in refused(run, "restore", "a.txt", "-o", "/dev/full", code=5)
    for arguments in (("restore", "a.txt"), ("detect", "a.txt"), ("readings", "a.txt"), ("--help",)):
        with open("/dev/full", "wb") as full:
            process = spawn(*arguments, stdout=full)
            _, err = process.communicate(timeout=30)
        assert process.returncode == 5, arguments
        assert b"No space left" in err
        assert b"Traceback" not in err


@posix
@pytest.mark.parametrize("command", ["restore", "detect", "readings"])
def test_closed_pipe(spawn: Spawn, tmp_path: Path, command: str) -> None:
    (tmp_path / "a.txt").write_text(PAGE, "utf-8")
    reader, writer = os.pipe()
    process = spawn(command, "a.txt", stdout=writer)
    os.close(writer)
    os.close(reader)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (141, b"")


@posix
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_stops_early(
    spawn: Spawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    (tmp_path / "a.txt").write_text(PAGE * 20_000, "utf-8")
    process = spawn("restore", "a.txt")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    err = process.stderr.read()
    assert (process.wait(timeout=30), err) == (141, b"")
    process.stderr.close()


@posix
def test_no_standard_output_at_all(spawn: Spawn, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, "utf-8")
    process = spawn("restore", "a.txt", stdout=None, preexec_fn=lambda: os.close(1))
    _, err = process.communicate(timeout=30)
    assert process.returncode == 5
    assert b"standard output is closed" in err


@posix
def test_interrupt(spawn: Spawn, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("等待经由过程", "utf-8")
    process = spawn("restore", "--in-place", "a.txt")
    assert process.stderr is not None
    assert process.stderr.readline() == b"waiting\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"despin: interrupted\n")
    assert (tmp_path / "a.txt").read_text("utf-8") == "等待经由过程"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    "page",
    [
        "a\0b\0经由过程",
        "🎉经由过程👩\u200d👩",
        "经由过程\r\n\r\n\n\r",
        "\ufeff经由过程",
        "\u2028经由过程\x85",
        "𠀀经由过程",
    ],
)
def test_odd_texts_pass_unchanged_outside_the_edits(run: Run, page: str) -> None:
    result = run("restore", "-", stdin=page.encode())
    assert (result.code, result.out) == (0, page.replace("经由过程", "通过").encode()), result.err


def test_a_lone_surrogate_is_no_utf8_and_is_refused_with_its_place(run: Run) -> None:
    data = PAGE.encode() + "甲\ud800乙".encode("utf-8", "surrogatepass")
    assert "<stdin>:2:2: byte 0xED" in refused(run, "restore", "-", stdin=data)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("restroe", "x"), "did you mean restore?"),
        (("zzzzzz",), "there are restore, "),
        (("a.txt",), "did you mean `despin restore a.txt`?"),
        (("restore", "--formt", "json"), "--formt: did you mean --format?"),
        (("lexicon", "check", "--al"), "--al: did you mean --all?"),
        (("batch", "a.txt", "--outptu", "x"), "--outptu: did you mean --output?"),
        (("restore", "--format", "xml"), "wdiff"),
        (("restore", "--min-conf", "0.5"), "--min-conf"),
    ],
)
def test_commands_and_options_that_do_not_exist(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], hint: str
) -> None:
    (tmp_path / "a.txt").write_text(PAGE, "utf-8")
    message = refused(run, *arguments, code=2)
    assert hint in message
    assert "--help" in message or "despin restore" in message


def test_no_command_shows_the_help_on_standard_error(run: Run) -> None:
    result = run()
    assert (result.code, result.out) == (2, b"")
    assert "restore" in result.err


def test_too_little_memory_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(cli_stub.Restorer, "explain", fail)
    assert "not enough memory" in refused(run, "restore", "-", stdin=PAGE.encode())
