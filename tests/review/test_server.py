"""The server of a review: who is answered, who is refused, and that nothing beside the review can be read or written."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from review_kit import TEXT, Page, serving

from despin.errors import OutputError
from despin.review import server
from despin.review.actions import Actions
from despin.review.server import MOST, Server


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Page, Any]]:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "secret.txt").write_text("geheim", "utf-8")
    with serving([tmp_path / "a.txt"]) as found:
        yield found


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_pages_may_do_nothing_but_ask_their_own_server(served: tuple[Page, Any]) -> None:
    for path in ("", "d/1"):
        status, html, headers = served[0].ask("GET", path)
        assert status == 200
        policy = html.partition('Content-Security-Policy" content="')[2].partition('"')[0]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "connect-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "", "localhost.evil.example:{port}"]
)
def test_another_host_is_refused(served: tuple[Page, Any], host: str) -> None:
    page = served[0]
    status, values, _ = page.ask("GET", "", headers={"Host": host.format(port=page.host.rpartition(":")[2])})
    assert status == 421
    assert "Host" in values["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Origin": "https://{host}"}, {"Origin": "http://{host}.evil.example"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    ],
)  # fmt: skip
def test_another_origin_saves_nothing(served: tuple[Page, Any], tmp_path: Path, headers: dict[str, str]) -> None:
    page = served[0]
    before = files(tmp_path)
    body = json.dumps({"document": 1, "revision": 1, "groups": [{"put": [[2, 4, "accept", []]]}]}).encode()
    own = {name: value.format(host=page.host) for name, value in headers.items()}
    assert page.ask("POST", "save", body, own)[0] == 403
    assert files(tmp_path) == before


def test_no_token_no_answer(served: tuple[Page, Any]) -> None:
    page = served[0]
    token = page.base.strip("/")
    for path in (
        "/",
        "/d/1",
        "//",
        f"/{token}",
        f"/{token[:-1]}/",
        f"/{token}x/",
        f"/x/../{token}/",
        "/%00/",
        "/state",
    ):
        status, values, _ = page.ask("GET", path, raw=True)
        assert status == 403, path
        assert token not in json.dumps(values)
    assert page.ask("POST", f"/{token[::-1]}/save", b"{}", raw=True)[0] == 403


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "..%2fsecret.txt", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "d/../../secret.txt", "d/2", "d/0", "d/-1", "d/1/", "d/", "d/x",
     "d/1%00", "d/１", "d/99999999999999999999", "a.txt", "save", "secret.txt", "?x=" + "&x=" * 20, "review.js"],
)  # fmt: skip
def test_there_are_no_other_pages(served: tuple[Page, Any], path: str) -> None:
    status, found, _ = served[0].ask("GET", quote(path, safe="/%?&=."))
    assert status in (400, 404)
    assert "geheim" not in json.dumps(found)


def test_other_methods_are_not_known(served: tuple[Page, Any]) -> None:
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "HEAD"):
        assert served[0].ask(method, "")[0] == 501


def test_large_bodies_are_not_read(served: tuple[Page, Any], tmp_path: Path) -> None:
    page = served[0]
    host, port = page.host.split(":")
    before = files(tmp_path)
    head = f"POST {page.base}save HTTP/1.1\r\nHost: {page.host}\r\nOrigin: http://{page.host}\r\nContent-Type: application/json\r\n"
    for length, status in (
        (str(100 * 2**20), b" 413 "),
        ("9" * 30, b" 413 "),
        ("-1", b" 411 "),
        ("x", b" 411 "),
        ("", b" 411 "),
    ):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            start = time.monotonic()
            connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + b"x" * 1000)
            assert status in connection.recv(1000)
            assert time.monotonic() - start < 5
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n5\r\nxxxxx\r\n".encode())
        assert b" 411 " in connection.recv(1000)
    assert page.ask("POST", "save", b"x" * (MOST + 1))[0] == 413
    assert page.ask("GET", "state")[0] == 200
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"x", b"{", b"\xff", b"[" * 100_000, b"{}", b'{"document": 1}', b'{"document": true}', b'{"document": 9}', b'{"document": "1"}',
     b'{"document": 1, "revision": 1, "groups": []}', b'{"document": 1, "revision": 1, "groups": [1]}',
     b'{"document": 1, "revision": 1, "groups": [{"put": [[0, 1, "accept", []]]}]}', b'{"document": 1, "revision": "1", "groups": [{"put": []}]}',
     b'{"document": 1, "revision": 1, "groups": [{"put": [], "undo": 1}]}', b'{"document": 1, "revision": 1, "groups": [{"put": []}], "ticket": 1}'],
)  # fmt: skip
def test_requests_that_make_no_sense_are_refused(served: tuple[Page, Any], tmp_path: Path, body: bytes) -> None:
    before = files(tmp_path)
    status, values, _ = served[0].ask("POST", "save", body)
    assert status == 400
    assert values["error"]
    assert files(tmp_path) == before


def test_what_is_not_json_is_refused(served: tuple[Page, Any]) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert served[0].ask("POST", "save", b"{}", {"Content-Type": kind})[0] == 415


def test_saving_and_conflicts(served: tuple[Page, Any], tmp_path: Path) -> None:
    page = served[0]
    status, values = page.save(1, 1, [2, 4, "accept", []])
    assert (status, values["revision"], values["decided"], values["total"]) == (200, 2, 1, 5)
    status, values = page.save(1, 1, [2, 4, "reject", []])
    assert (status, values["reason"]) == (409, "revision")
    assert "[-改版-]{+更新+}" in (tmp_path / "a.txt.wdiff").read_text("utf-8")
    assert page.states()[0]["decided"] == 1


def test_the_page_of_a_word_shows_what_was_decided(served: tuple[Page, Any]) -> None:
    page = served[0]
    page.save(1, 1, [2, 4, "own", ["换代"]], [6, 7, "own", ["<b>"]])
    status, html, _ = page.ask("GET", "word?word=" + quote("改版"))
    assert status == 200
    assert "<del>改版</del><ins>换代</ins>" in html
    assert 'href="d/1#at-2"' in html
    assert "&lt;b&gt;" in page.ask("GET", "word?word=" + quote(TEXT[6]))[1]
    for query in ("", "?word=", "?word=" + "x" * 2000, "?other=x"):
        assert page.ask("GET", "word" + query)[0] == 404


def test_a_full_disk_is_said(served: tuple[Page, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, session = served
    page.save(1, 1, [2, 4, "accept", []])
    before = (tmp_path / "a.txt.review").read_bytes()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    status, values = page.save(1, 2, [2, 4, "reject", []])
    assert (status, values["reason"]) == (507, "disk")
    assert "No space left" in values["error"]
    assert "No space left" in session.said[-1]
    monkeypatch.undo()
    assert (tmp_path / "a.txt.review").read_bytes() == before
    assert page.save(1, 2, [2, 4, "reject", []])[0] == 200


def test_a_fault_is_said(served: tuple[Page, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    page, session = served
    monkeypatch.setattr("despin.review.pages.text", lambda *_: 1 / 0)
    status, values, _ = page.ask("GET", "d/1")
    assert status == 500
    assert "ZeroDivisionError" in values["error"]
    assert "ZeroDivisionError" in session.said[-1]


def test_the_page_of_a_text_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xfd")
    with serving([tmp_path / "bad.txt"]) as (page, _):
        assert "bad.txt" in page.ask("GET", "d/1")[1]
        assert "is not" in page.ask("GET", "")[1]
        assert page.save(1, 1, [0, 1, "reject", []])[0] == 409
        (tmp_path / "bad.txt").write_text(TEXT, "utf-8")
        assert page.post("reload", document=1)[1]["state"] == "ready"


def test_a_port_that_is_taken_is_said(served: tuple[Page, Any]) -> None:
    page, session = served
    with pytest.raises(OutputError, match="leave --port out"):
        Server(int(page.host.rpartition(":")[2]), Actions(session))


def test_only_this_machine_is_listened_to(served: tuple[Page, Any]) -> None:
    assert served[0].host.startswith("127.0.0.1:")


def test_a_browser_is_led_to_the_token_once(served: tuple[Page, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    page, review = served[0], served[1].server
    first = Page(review.once)
    assert (first.host, first.base == page.base) == (page.host, False)
    with monkeypatch.context() as context:
        context.setattr(server, "_user_at", lambda *_: 12345)
        assert first.ask("GET", "")[0] == 403, "another user of this machine"
    assert first.ask("POST", "")[0] == 403
    status, _, headers = first.ask("GET", "")
    assert (status, headers["Location"]) == (303, page.address)
    assert first.ask("GET", "")[0] == 403, "it was used"
    assert Page(review.once).base not in (first.base, page.base)
    assert page.ask("GET", "")[0] == 200


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc who has a connection")
def test_who_has_a_connection_is_known(served: tuple[Page, Any]) -> None:
    host, _, port = served[0].host.partition(":")
    with socket.create_connection((host, int(port))) as connection:
        assert server._user_at(connection.getsockname()[1], int(port)) == os.geteuid()
    assert server._user_at(1, int(port)) is None
