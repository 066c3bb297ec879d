"""Word files on the command line: where results go, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_stub import Run
from word_kit import run as text_run
from word_kit import settled, word

from despin import docx
from despin.cli import restore
from despin.results import Edit, Restoration

MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.fixture
def page(tmp_path: Path) -> bytes:
    data = word(f"<w:p>{text_run('我们经由过程它')}</w:p>")
    (tmp_path / "a.docx").write_bytes(data)
    return data


def restored(path: Path) -> str:
    """The text after all changes were accepted."""
    return docx.decode(settled(path.read_bytes(), "ins"), "a").text


def test_a_word_file_is_made_of_a_word_file(run: Run, page: bytes, tmp_path: Path) -> None:
    assert run("restore", "a.docx", "-o", "b.docx").code == 0
    assert restored(tmp_path / "b.docx") == "我们通过它\n"
    assert docx.decode(settled((tmp_path / "b.docx").read_bytes(), "del"), "a").text == "我们经由过程它\n"
    run("restore", "a.docx", "-o", "done/")
    assert restored(tmp_path / "done" / "a.docx") == "我们通过它\n"
    assert (tmp_path / "a.docx").read_bytes() == page


def test_in_place_keeps_the_original(run: Run, page: bytes, tmp_path: Path) -> None:
    assert "1 place restored" in run("restore", "--in-place", "a.docx").err
    assert restored(tmp_path / "a.docx") == "我们通过它\n"
    assert (tmp_path / "a.docx.bak").read_bytes() == page


def test_other_formats_and_commands_read_its_text(run: Run, page: bytes) -> None:
    assert run("restore", "a.docx").out.decode() == "我们通过它\n"
    assert run("restore", "a.docx", "--format", "wdiff").out.decode() == "我们[-经由过程-]{+通过+}它\n"
    assert run("detect", "a.docx").code == 0


def test_edits_across_paragraphs_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    file = docx.decode(word(f"<w:p>{text_run('经由')}</w:p><w:p>{text_run('过程经由过程')}</w:p>"), "a.docx")
    edits = Edit(0, 5, "经由\n过程", "通过", 0.9), Edit(5, 9, "经由过程", "通过", 0.9)
    found = restore._possible(file, Restoration(file.text, edits))
    assert (found.edits, found.text) == (edits[1:], "经由\n过程通过\n")
    assert "a.docx: 1 edit not made" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("a.docx", "-o", "b.docm"),
        ("a.txt", "-o", "b.docx"),
        ("a.docx", "a.docx", "-o", "b.docx"),
        ("a.docx", "--format", "json", "-o", "b.docx"),
        ("a.docx", "--page"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, page: bytes, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "a.txt").write_text("我们", "utf-8")
    result = run("restore", *arguments)
    assert (result.code, result.out) == (2, b"")
    assert not (tmp_path / "b.docx").exists()


def test_macros_are_kept_under_their_own_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.docm").write_bytes(word(f"<w:p>{text_run('经由过程')}</w:p>", main=MACROS))
    assert run("restore", "a.docm", "-o", "b.docx").code == 2
    assert run("restore", "a.docm", "-o", "b.docm").code == 0
    assert restored(tmp_path / "b.docm") == "通过\n"


def test_what_is_no_word_file_or_too_large(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"no zip")
    with (tmp_path / "large.docx").open("wb") as file:
        file.truncate(300 * 2**20)
    for name, said in (
        ("a.docx", "no whole Word file"),
        ("large.docx", "more than 128 MB"),
        ("no.docx", "no such file"),
    ):
        result = run("restore", name, "-o", "b.docx")
        assert (result.code, result.out) == (3, b"")
        assert result.err.startswith(f"despin: {name}: ")
        assert said in result.err
    assert not (tmp_path / "b.docx").exists()
