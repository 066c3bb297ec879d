"""`despin review` as a command: its address, the port, browsers that are not there, Ctrl-C."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from despin.cli import options, review, terminal
from despin.cli.main import build_parser, main
from despin.cli.review import CommandEngine
from despin.errors import InputError
from despin.lexicon.cache import load_file
from despin.lexicon.load import PROTECT_FILE, shipped_lexicons
from despin.results import Restoration
from despin.review.session import Session
from despin.review.words import Words

ROOT = Path(__file__).parents[2]


def start(*arguments: str, command: str = "review", **variables: str) -> subprocess.Popen[str]:
    """The command with a restorer that has no model."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "kit")])}
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    environment.update(variables)
    run = [sys.executable, str(ROOT / "tests" / "kit" / "batch_stub.py"), command, *arguments]
    return subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


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


def ended(process: subprocess.Popen[str]) -> str:
    """What a command said on standard error until Ctrl-C."""
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    return errors


def test_pasted_texts_and_the_address_outlive_a_restart(tmp_path: Path) -> None:
    folder, cache = tmp_path / "pasted", str(tmp_path / "cache")
    addresses = []
    for number in range(2):
        process = start("-o", str(folder), command="serve", DESPIN_CACHE=cache)
        assert process.stdout is not None
        addresses.append(process.stdout.readline().strip())
        if number == 0:
            headers = {"Content-Type": "application/octet-stream", "Origin": addresses[0][: addresses[0].index("/", 8)]}
            data = "他不存在问题。".encode()
            request = urllib.request.Request(addresses[0] + "paste", data, headers)
            assert json.load(urllib.request.urlopen(request, timeout=20)) == {"document": 1}
            body = {"document": 1, "revision": 1, "groups": [{"put": [[1, 4, "accept", []]]}]}
            assert json.loads(ask(addresses[0], "save", body))["decided"] == 1
        else:
            until_ready(addresses[1])
            assert '"decided": 1' in ask(addresses[1], "state")
        assert "programs ask at http://127.0.0.1:" in ended(process)
    for arguments, variables in (([str(folder)], {"DESPIN_CACHE": cache}), ([str(folder)], {"DESPIN_CACHE": ""})):
        process = start(*arguments, **variables)
        assert process.stdout is not None
        addresses.append(process.stdout.readline().strip())
        ended(process)
    tokens = [address.split("/")[3] for address in addresses]
    assert tokens[0] == tokens[1] == tokens[2] != tokens[3], "the folder has a token, without a cache a new one"
    kept = next(Path(cache).glob("review-*"))
    if os.name == "posix":
        assert kept.stat().st_mode & 0o077 == 0


def test_without_a_folder_pasted_texts_are_gone_in_the_end(tmp_path: Path) -> None:
    process = start("--no-browser", TMPDIR=str(tmp_path), DESPIN_CACHE="")
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    headers = {"Content-Type": "application/octet-stream", "Origin": address[: address.index("/", 8)]}
    urllib.request.urlopen(urllib.request.Request(address + "paste", "不存在".encode(), headers), timeout=20).close()
    assert len(list(tmp_path.glob("despin-review-*/text.txt"))) == 1
    body = {"document": 1, "revision": 1, "groups": [{"put": [[0, 3, "accept", []]]}]}
    ask(address, "save", body)
    assert "decided of 1 text is gone; -o FOLDER keeps it" in ended(process)
    assert list(tmp_path.glob("despin-review-*")) == []


def test_tokens_that_can_be_guessed_and_addresses_of_others_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--host", "203.0.113.9"]) == 5
    assert "name an address of this machine" in capsys.readouterr().err
    monkeypatch.setenv("DESPIN_TOKEN", "short")
    assert main(["serve"]) == 2
    assert "DESPIN_TOKEN has to be" in capsys.readouterr().err


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
    session = Session(["a.txt"], CommandEngine(build_parser(["review"]).parse_args(["review", "a.txt"])), said.append)
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
    # With the entry other words may look replaced as well.
    assert document.progress.total >= count + len(preview.changes)
    document.open(session.engine.read)
    assert document.progress.total >= count + len(preview.changes)
    assert session.engine.entries("路由家伙")["as_spun"][0]["location"].startswith("despin.yaml:")
    words.protect("路由家伙")
    document.open(session.engine.read)
    assert not any(edit.spun == "路由家伙" for edit in document.restoration.edits)
    session.end()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said on standard error; there is a display."""
    found: list[str] = []
    monkeypatch.setattr(terminal, "say", found.append)
    monkeypatch.setenv("DISPLAY", ":0")
    return found


def test_a_browser_is_opened_or_it_is_said_why_not(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_it(address: str) -> bool:
        opened.append(address)
        return True

    def fails(_: str) -> bool:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "open", open_it)
    review._open_browser("http://one")
    assert (opened, said) == (["http://one"], [])
    for broken in (fails, lambda _: False):
        monkeypatch.setattr(webbrowser, "open", broken)
        review._open_browser("http://one")
    assert said == ["despin: no browser could be opened; open the address in one"] * 2
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(webbrowser, "open", open_it)
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    review._open_browser("http://two")
    assert "there is no display here" in said.pop()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    review._open_browser("http://three")
    assert opened == ["http://one", "http://three"]


@pytest.mark.parametrize("browser", [[], ["--no-browser"]])
def test_a_review_in_this_process(
    browser: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from despin.review.server import Server

    opened: list[str] = []
    started = threading.Event()

    def interrupted(server: Server, poll_interval: float) -> None:
        assert server.address.startswith("http://127.0.0.1:")
        if not browser:
            assert started.wait(20)
        raise KeyboardInterrupt

    def open_it(address: str) -> None:
        opened.append(address)
        started.set()

    monkeypatch.setattr(Server, "serve_forever", interrupted)
    monkeypatch.setattr(review, "_open_browser", open_it)
    monkeypatch.setattr(CommandEngine, "read", lambda *_: (_ for _ in ()).throw(InputError("a.txt: is not read here")))
    path = tmp_path / "a.txt"
    path.write_text("干净。", "utf-8")
    assert main(["review", str(path), *browser]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("http://127.0.0.1:")
    token = shown.out.strip().split("/")[-2]
    assert len(opened) == (not browser)
    assert all(one.startswith("http://127.0.0.1:") and token not in one for one in opened)
    assert "reviewing 1 text; Ctrl-C ends" in shown.err
    assert shown.err.endswith("despin: review ended; nothing was decided\n")


class Restored:
    """A restorer that finds nothing; `made` are the lexicons that each was made with."""

    made: ClassVar[list[list[str]]] = []

    def __init__(self, args: argparse.Namespace, lexicons: Sequence[Path] = ()) -> None:
        self.made.append([*map(str, args.lexicon or ()), *map(str, lexicons)])

    def explain(self, text: str, _: Sequence[str] = ()) -> Restoration:
        return Restoration(text)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandEngine:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)
    monkeypatch.setattr(options, "make_restorer", Restored)
    monkeypatch.setattr(Restored, "made", [])
    return CommandEngine(build_parser(["review"]).parse_args(["review", "a.txt"]))


def test_what_reads_texts_makes_its_restorer_once_and_again_with_new_files(
    engine: CommandEngine, tmp_path: Path
) -> None:
    Path("a.txt").write_text("干净。\n", "utf-8")
    Path("b.wdiff").write_text("他[-经由过程-]{+通过+}这里。\n", "utf-8")
    Path("new.yaml").write_text("entries:\n  甲: 乙\n", "utf-8")
    assert Restored.made == []
    for path, text in (("a.txt", "干净。\n"), ("b.wdiff", "他经由过程这里。\n"), ("a.txt", "干净。\n")):
        file, found = engine.read(path)
        assert (file.text, found.source) == (text, text)
    assert Restored.made == [[]]
    assert engine.trial(Path("new.yaml"))("a.txt")[1].source == "干净。\n"
    engine.read("a.txt")
    assert Restored.made == [[], ["new.yaml"]], "a trial is for one lexicon"
    engine.renew(lexicon=Path("new.yaml"))
    engine.read("a.txt")
    engine.renew(lexicon=shipped_lexicons()[0])
    engine.read("a.txt")
    assert Restored.made[2:] == [["new.yaml"], ["new.yaml"]], "what is shipped is in play anyhow"
    assert engine.protected() == Path(PROTECT_FILE)
    engine.renew(protect=tmp_path / "words.txt")
    engine.read("a.txt")
    assert engine.protected() == tmp_path / "words.txt"
    assert len(Restored.made) == 5


def test_html_is_read_as_a_page_or_as_it_stands(engine: CommandEngine) -> None:
    html = "<html><body><h1>山水</h1><p>" + "这里的山水很好看，很多人都来看。" * 5 + "</p></body></html>"
    Path("a.html").write_text(html, "utf-8")
    assert "<p>" not in engine.read("a.html")[1].source
    assert "山水很好看" in engine.read("a.html")[1].source
    bare = CommandEngine(build_parser(["review"]).parse_args(["review", "a.html", "--no-page"]))
    assert bare.read("a.html")[1].source == html


def test_entries_can_be_written_to_the_lexicons_of_the_folder_and_those_in_play(
    engine: CommandEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = tmp_path / "own.yaml", tmp_path / "despin.yaml"
    for path in (own, other):
        path.write_text("entries:\n  甲: 乙\n", "utf-8")
    engine._args.lexicon = [str(own)]
    monkeypatch.setattr("despin.lexicon.load.shipped_folder", lambda: tmp_path / "data" / "lexicons")
    # An installed package's own lexicons are nobody's to change.
    assert [os.path.realpath(path) for path in engine.targets()] == [str(other), str(own)]
    monkeypatch.setattr("despin.lexicon.load.shipped_folder", lambda: tmp_path / "lexicons")
    monkeypatch.setattr(
        "despin.lexicon.load.shipped_lexicons", lambda: [tmp_path / "mine.yaml", tmp_path / "none.yaml"]
    )
    (tmp_path / "mine.yaml").write_text("entries: {}\n", "utf-8")
    assert [os.path.realpath(path) for path in engine.targets()] == [str(other), str(own), str(tmp_path / "mine.yaml")]


def test_what_lexicons_say_of_a_word_is_asked_of_those_in_play(
    engine: CommandEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lexicon = load_file(write(Path("own.yaml"), "entries:\n  经由过程: 通过\n"))
    monkeypatch.setattr(Restored, "lexicon", lexicon, raising=False)
    found = engine.entries("经由过程")
    assert found["as_spun"][0]["location"].startswith("own.yaml:")
    assert engine.entries("通过")["as_spun"] == []
    assert len(Restored.made) == 1


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path
