"""Small things that somebody tripped over: each is said, or done, as its test says."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_stub import Run
from places import environment

from despin import Restorer, detect, explain
from despin.cli.main import main
from despin.errors import UsageError

EXAMPLE = Path(__file__).parents[2] / "examples" / "classic-list.txt"
posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and terminals of POSIX")
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The command line with the real engine, in an empty folder: exit code, output, messages."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)

    def called(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        done = capsys.readouterr()
        return code, done.out, done.err

    return called


def test_adding_an_entry_says_why_it_changes_nothing(call: Call) -> None:
    assert "already known from" not in call("lexicon", "add", "甲乙丙丁", "戊己")[2]
    again = call("lexicon", "add", "甲乙丙丁", "戊己")
    assert (again[0], "the file was left as it is" in again[2]) == (0, True)
    assert "already known from classic-list" in call("lexicon", "add", "经由过程", "通过")[2]
    assert "name it with --lexicon other.yaml" in call("lexicon", "add", "甲乙丙丁", "戊己", "--to", "other.yaml")[2]
    Path("despin-protect.txt").write_text("甲乙\n", "utf-8")
    assert "no edit touches 甲乙" in call("lexicon", "add", "甲乙戊", "己")[2]


def test_verifying_a_text_against_itself_says_that_nothing_was_changed(call: Call) -> None:
    Path("a.txt").write_text("我们学习。", "utf-8")
    Path("b.txt").write_text("我们练习。", "utf-8")
    assert "nothing was changed" in call("verify", "a.txt", "a.txt")[2]
    assert "nothing was changed" not in call("verify", "a.txt", "b.txt")[2]


@posix
@pytest.mark.parametrize("arguments", ["nowhere.txt", "--no-such-option", "--help"])
def test_a_reader_that_goes_away_gives_141_with_messages_in_the_same_pipe(arguments: str) -> None:
    def code(where: str) -> int:
        script = f'{sys.executable} -m despin restore {arguments} {where} | true; exit "${{PIPESTATUS[0]}}"'
        return subprocess.run(
            ["bash", "-c", f"sleep 0; {script}"], env=environment(), stderr=subprocess.DEVNULL
        ).returncode

    assert code("2>&1") == 141
    if arguments != "--help":
        assert code("2>&1 >/dev/null") in (2, 3), "the exit code tells what nobody reads"


@posix
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_terminal_gets_its_own_encoding_and_says_what_it_waits_for(tmp_path: Path, encoding: str) -> None:
    import pty

    def talk(*arguments: object, typed: bytes = b"") -> bytes:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "despin", "restore", *map(str, arguments)], stdin=theirs, stdout=theirs,
            stderr=theirs, env=environment() | {"PYTHONIOENCODING": encoding}, cwd=tmp_path,
        )  # fmt: skip
        os.close(theirs)
        said = b""
        try:
            while select.select([ours], [], [], 60)[0] and (block := os.read(ours, 4096)):
                said += block
                if typed and b"Ctrl-D" in said:
                    os.write(ours, typed + b"\n\x04")
                    typed = b""
        except OSError:  # Linux says so of a terminal that nobody holds any more
            pass
        process.kill()
        process.wait()
        os.close(ours)
        return said

    page = tmp_path / "a.txt"
    page.write_bytes("晚饭后散步".encode("utf-8" if encoding == "gb18030" else "gb18030"))
    told = ["--encoding", "gb18030"] if encoding == "utf-8" else []
    assert "晚饭后散步".encode(encoding) in talk(page, *told)
    said = talk(typed="早上跑步".encode(encoding))
    assert b"waiting for a text" in said
    assert said.count("早上跑步".encode(encoding)) == 2, "as it was typed, and as it comes out"


@pytest.mark.parametrize(
    "arguments",
    [
        ("restore", "a.txt", "-o", "no/b.txt"),
        ("lexicon", "import", "list.txt", "-o", "no/b.yaml"),
        ("learn", "pairs", "a.txt", "-o", "no/b.yaml"),
    ],
)
def test_the_output_is_checked_before_the_work(
    call: Call, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    Path("a.txt").write_text("我们学习。", "utf-8")
    for place in (
        "despin.cli.options.read",
        "despin.lexicon.importers.import_file",
        "despin.learning.texts.read_pairs",
    ):
        monkeypatch.setattr(place, lambda *_, **__: pytest.fail("the work was begun"))
    code, out, err = call(*arguments)
    assert (code, out) == (5, "")
    assert "its folder does not exist" in err


@pytest.mark.parametrize("command", ["restore", "detect", "readings", "review"])
@pytest.mark.parametrize("address", ["https://example.org/a.html", "HTTP://example.org/"])
def test_an_address_is_not_downloaded_and_that_is_said(run: Run, command: str, address: str) -> None:
    result = run(command, address)
    assert result.code == 3
    assert "nothing is downloaded" in result.err
    assert "curl -o page.html" in result.err


def test_importing_an_article_asks_back(call: Call) -> None:
    code, _, err = call("lexicon", "import", str(EXAMPLE), "-o", "a.yaml")
    assert (code, Path("a.yaml").exists()) == (2, False)
    assert f"did you mean `despin restore {EXAMPLE}`?" in err
    assert call("lexicon", "import", str(EXAMPLE), "-o", "a.yaml", "--sentences")[0] == 0
    Path("list.txt").write_text("通过→经由过程\n甲 乙丙\n", "utf-8")
    assert call("lexicon", "import", "list.txt", "-o", "b.yaml")[0] == 0


def test_checking_a_lexicon_speaks_of_what_is_seldom_meant(call: Call) -> None:
    Path("despin.yaml").write_text("entries:\n  通过: 经由过程\n  run: 运行\n  的: 地\n  梆硬: 坚硬\n", "utf-8")
    code, out, _ = call("lexicon", "check")
    assert code == 0
    for line, said in (
        (2, "通过 → 经由过程 is the reverse of 经由过程 → 通过 in"), (3, "run is Latin"), (4, "的 is a single character")
    ):  # fmt: skip
        assert f"despin.yaml:{line}:3: note: {said}" in out
    assert "despin.yaml:5" not in out


def test_readings_mark_only_what_is_made(call: Call) -> None:
    def marked(*arguments: str) -> list[str]:
        return [row for row in call("readings", *arguments)[1].split("\n") if row.startswith(">")]

    sentence = "我们经由过程网络学习。"
    assert "经由过程" not in explain(f"{EXAMPLE.read_text('utf-8')}{sentence}").text
    assert explain(sentence).text == sentence
    assert all("(kept as it is)" in row for row in marked("--sentence", sentence))
    Path("a.txt").write_text(f"{EXAMPLE.read_text('utf-8')}{sentence}", "utf-8")
    assert "我们通过网络学习" in marked("a.txt", "--sentence", sentence)[0]


def test_results_show_themselves_on_a_line() -> None:
    text = EXAMPLE.read_text("utf-8")
    found, verdict = explain(text), detect(text)
    for value in (found, verdict, *verdict.stretches):
        assert len(repr(value)) < 400
        assert "\n" not in repr(value)
    assert f"edits=<{len(found.edits)}>" in repr(found)
    assert "family='classic-list'" in repr(verdict)


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ({"families": ["clasic-list"]}, "did you mean classic-list?"),
        ({"setting": "carefull"}, "did you mean careful?"),
        ({"damage": ["glyf"]}, "did you mean glyph?"),
        ({"fact_edits": "sur"}, "did you mean sure?"),
        ({"families": [1]}, "unknown family '1'"),
        ({"min_confidence": "0.9"}, "give a probability"),
        ({"scorer_budget": "many"}, "give a number of characters"),
    ],
)
def test_python_refuses_what_the_command_line_refuses(setting: dict[str, object], meant: str) -> None:
    with pytest.raises(UsageError) as found:
        Restorer(**setting)  # type: ignore[arg-type]
    assert meant in str(found.value)


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("--family", "clasic-list"), "classic-list"),
        (("--setting", "carefull"), "careful"),
        (("--no-damage", "glyf"), "glyph"),
        (("--fact-edits", "sur"), "sure"),
        (("--format", "htm"), "html"),
    ],
)
def test_the_command_line_says_what_was_meant(call: Call, arguments: tuple[str, str], meant: str) -> None:
    code, _, err = call("restore", "a.txt", *arguments)
    assert (code, f"did you mean {meant}?" in err) == (2, True)


@pytest.mark.parametrize("text", ["甲\n经由过程\n乙\n", "甲\r\n经由过程", "经由过程\n\n\n", "甲\n"])
def test_a_unified_diff_is_what_patch_reads(run: Run, tmp_path: Path, text: str) -> None:
    page = tmp_path / "a.txt"
    page.write_bytes(text.encode())
    result = run("restore", "a.txt", "--format", "diff")
    if "经由过程" not in text:
        assert result.out == b""
        return
    assert result.out.startswith(b"--- a.txt\n+++ a.txt\n@@ ")
    rows = result.out.decode().split("\n")[3:]
    kept = [row[1:] for row in rows if row[:1] in (" ", "+")]
    assert "\n".join(kept) in text.replace("经由过程", "通过")
    assert ("\\ No newline at end of file" in rows) == (not text.endswith("\n"))
    if shutil.which("patch"):
        subprocess.run(["patch", "--binary", "-s", "a.txt"], input=result.out, cwd=tmp_path, check=True)
        assert page.read_bytes() == text.replace("经由过程", "通过").encode()


def test_fish_completes_commands_options_and_choices(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("completion", "fish")
    assert code == 0
    lines = out.split("\n")
    assert any("-a restore -d" in line for line in lines)
    assert any("__fish_seen_subcommand_from lexicon; and __fish_seen_subcommand_from add" in line for line in lines)
    assert any("seen_subcommand_from restore'" in line and " -l format -x -a 'text wdiff" in line for line in lines)
    assert any("seen_subcommand_from restore'" in line and " -s o -l output -r" in line for line in lines)
    assert all(line.count("'") % 2 == line.count("\\'") % 2 for line in lines)
    if fish := shutil.which("fish"):
        (tmp_path / "a.fish").write_text(out, "utf-8")
        asked = f"source {tmp_path}/a.fish; complete -C 'despin lexicon a'"
        shown = subprocess.run([fish, "--no-config", "-c", asked], capture_output=True, text=True, check=True).stdout
        assert {row.split("\t")[0] for row in shown.splitlines() if row} == {"accept", "add"}
