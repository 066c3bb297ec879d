"""`despin review` as a command: its address, the port, browsers that are not there, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from despin.cli.main import build_parser, main
from despin.cli.review import Engine
from despin.review.session import Session
from despin.review.words import Words

ROOT = Path(__file__).parents[2]


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """The command with a restorer that has no model."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "kit")])}
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    environment.update(variables)
    command = [sys.executable, str(ROOT / "tests" / "kit" / "batch_stub.py"), "review", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def ask(address: str, path: str, body: dict[str, object] | None = None) -> str:
    headers = {"Content-Type": "application/json", "Origin": address[: address.index("/", 8)]}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(address + path, data, headers), timeout=20) as answer:
        found: str = answer.read().decode()
        return found


def until_ready(address: str) -> None:
    while "waiting" in ask(address, "state"):
        pass


def test_a_review_from_start_to_ctrl_c(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("数据经由过程旌旗灯号线传送。\n", "utf-8")
    process = start(str(path))
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    until_ready(address)
    body = {"document": 1, "revision": 1, "groups": [{"put": [[2, 6, "accept", []]]}]}
    assert json.loads(ask(address, "save", body))["decided"] == 1
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "there is no display here; open the address" in errors
    assert f"review ended\n  {path}: 1 of 2 decided, in {path}.wdiff" in errors
    assert Path(f"{path}.wdiff").read_text("utf-8") == "数据[-经由过程-]{+通过+}[-旌旗灯号-]{+?信号+}线传送。\n"
    assert "Traceback" not in errors + output


def test_a_browser_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("干净。", "utf-8")
    process = start(str(path), DISPLAY=":9", BROWSER="/nonexistent/browser", PATH=str(tmp_path))
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    until_errors = ""
    while process.stderr is not None and "no browser could be opened" not in until_errors:
        line = process.stderr.readline()
        assert line
        until_errors += line
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    process.communicate()


def test_mistakes_are_said_before_anything_is_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("干净。", "utf-8")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        for arguments, code, message in (
            ([str(path), "--port", port], 5, "leave --port out for one that is free"),
            ([str(path), "--port", "70000"], 2, "is no port"),
            ([str(path), "--port", "x"], 2, "is no port"),
            ([], 2, "PATH"),
            ([str(tmp_path / "b.txt")], 3, "there is no such file"),
            (["-"], 2, "standard input"),
            ([str(path), "-o", str(path)], 5, "the folder cannot be made"),
            ([str(path), "--encoding", "klingon"], 2, "unknown encoding"),
        ):
            assert main(["review", *arguments, "--no-browser"]) == code
            said = capsys.readouterr()
            assert message in said.err
            assert said.out == ""


@pytest.mark.slow
def test_the_real_restorer_tries_entries_and_takes_them_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)
    text = (ROOT / "examples" / "classic-list.txt").read_text("utf-8").replace("路由器", "路由家伙")
    Path("a.txt").write_text(text, "utf-8")
    said: list[str] = []
    session = Session(["a.txt"], Engine(build_parser(["review"]).parse_args(["review", "a.txt"])), said.append)
    session.read_all()
    document = session.documents[0]
    count = document.progress.total
    words = Words(session)
    assert words.targets()[0] == Path("despin.yaml")
    # Families are there in a checkout alone.
    family = [number for number, path in enumerate(words.targets()) if path.name == "classic-list.yaml"]
    for target in (0, *family):
        preview = words.preview("路由家伙", "路由器", target)
        assert len(preview.changes) >= text.count("路由家伙") - 1
        assert {one.now for one in preview.changes if one.spun == "路由家伙"} == {"路由器"}
    preview = words.preview("路由家伙", "路由器", 0)
    words.add(preview.ticket)
    assert document.progress.total == count + len(preview.changes)
    document.open(session.engine.read)
    assert document.progress.total == count + len(preview.changes)
    assert session.engine.entries("路由家伙")["as_spun"][0]["location"].startswith("despin.yaml:")
    words.protect("路由家伙")
    document.open(session.engine.read)
    assert not any(edit.spun == "路由家伙" for edit in document.restoration.edits)
    session.end()
