"""What SECURITY.md promises is what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from places import environment

from despin import cachefile
from despin.batch.interfaces import LONGEST_LINE
from despin.batch.record import LONGEST_TEXT
from despin.lexicon import load, model, parse, source
from despin.page import html
from despin.spinners import rows
from despin.text import chunks, files

PAGE = (Path(__file__).parents[1] / "SECURITY.md").read_text("utf-8")
MB = 2**20


def test_the_limits_are_those_of_the_code() -> None:
    table = re.sub(r"(?<=[0-9]),(?=[0-9]{3})", "", PAGE.split("<!-- limits -->")[1].split("\n\n")[0])
    found = [float(number) for number in re.findall(r"[0-9]+(?:e-?[0-9]+)?", table)]
    expected = [
        files.MAX_BYTES / MB,
        chunks.CHUNK,
        html.MAX_BYTES / MB,
        html.MOST_ATTRIBUTES,
        html.MOST_OPTIONS,
        html.DEEPEST,
        source.MAX_BYTES / MB,
        parse.MOST_YAML / MB,
        model.MOST_CHARACTERS,
        model.LEAST_WEIGHT,
        model.MOST_WEIGHT,
        rows.MOST_BYTES / MB,
        load.MOST_SETTINGS / MB,
        cachefile.MOST_BYTES / MB,
        LONGEST_LINE / MB,
        LONGEST_TEXT,
    ]
    assert found == pytest.approx(expected)


#: Ends the process where anything is connected, started, or written outside of the working folder.
WATCHED = """
import os, sys
here = os.path.realpath(os.getcwd())
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "ctypes.", "urllib")) and event != "socket.__new__":
        os.write(2, ("WATCHED " + event).encode()); os._exit(77)
    if event == "open" and isinstance(arguments[0], str) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        if not os.path.realpath(arguments[0]).startswith(here) and arguments[0] != os.devnull:
            os.write(2, ("WATCHED open " + arguments[0]).encode()); os._exit(77)
    if event in ("os.rename", "os.remove", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate"):
        if not os.path.realpath(str(arguments[0])).startswith(here):
            os.write(2, ("WATCHED " + event + str(arguments[0])).encode()); os._exit(77)
sys.addaudithook(watch)
from despin.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("restore", "a.txt", "-o", "out.txt"),
        ("restore", "--in-place", "a.txt"),
        ("restore", "a.txt", "--format", "html"),
        ("restore", "p.html", "-o", "out/"),
        ("detect", "a.txt", "--by", "paragraph"),
        ("readings", "a.txt"),
        ("lexicon", "add", "甲乙", "丙丁"),
        ("batch", "in.jsonl", "-o", "out.jsonl"),
    ],
    ids=" ".join,
)
def test_nothing_is_connected_started_or_written_elsewhere(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    text = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    (tmp_path / "p.html").write_text(f"<html><body><p>{text}<img src='http://127.0.0.1:9/x'></body></html>", "utf-8")
    (tmp_path / "in.jsonl").write_text('{"text": "山水之间"}\n', "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *arguments],
        cwd=tmp_path, env=environment(DESPIN_CACHE=str(tmp_path / "cache")), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert b"WATCHED" not in done.stderr


def test_commands_that_it_names_are_there() -> None:
    from tools.stress.__main__ import TRIALS

    assert set(re.findall("[a-z]+", PAGE.split("# texts,")[1].split("\n")[0])) | {"texts"} == set(TRIALS)
