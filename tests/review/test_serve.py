"""Texts that are pasted, and programs that ask: who is answered, who is refused, and that nothing is lost."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import pytest
from review_kit import TEXT, Page, restore, serving

from despin.language import LANGUAGES, answering
from despin.report.reasons import SAID, of_suspect, sentence, suspicion
from despin.results import Alternative, Edit, Suspect
from despin.review import api, server
from despin.review.document import ReviewedText
from despin.text.decoding import TextFile

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html", "Accept-Language": "en"}
FILE = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Page, Any]]:
    with serving((), inbox=tmp_path) as found:
        yield found


def program(page: Page, path: str, body: object, **headers: str) -> tuple[int, Any]:
    """What a program is answered that sends JSON, as it would with curl: without an Origin."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, text, _ = page.ask("POST", path, data, {**JSON, "Origin": f"http://{page.host}", **headers}, raw=True)
    return status, text


def bare(page: Page, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(page.host, timeout=20)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def lines(answer: bytes) -> list[Any]:
    return [json.loads(line) for line in answer.splitlines()]


def test_a_text_comes_back_restored_with_reasons(served: tuple[Page, Any]) -> None:
    status, found = program(served[0], "/restore", {"text": TEXT, "language": "en"})
    assert status == 200
    assert found["text"] == restore(TEXT).text
    assert found["edits"][0]["reason"] == "A list of words writes “改版” for “更新”; it may be “升级” too"
    schema = bare(served[0], "GET", "/schema")
    rules = json.loads(schema[1])
    jsonschema.Draft202012Validator.check_schema(rules)
    answers = jsonschema.Draft202012Validator({**rules, "$ref": "#/$defs/answer"})
    answers.validate(found)
    answers.validate(program(served[0], "/detect", {"text": TEXT})[1])
    assert program(served[0], "/detect", {"text": TEXT})[1]["family"] == "kit"
    assert json.loads(bare(served[0], "GET", "/health")[1])["ready"] is False


def test_many_texts_are_streamed_in_order_and_a_bad_one_harms_no_other(served: tuple[Page, Any]) -> None:
    texts = ["他获得它。", 3, {"id": "b", "text": "改版"}, "毒", {"id": "c", "text": "干净。"}]
    status, answer = bare(served[0], "POST", "/restore", json.dumps({"texts": texts}).encode(), **JSON)
    rows = lines(answer)
    assert status == 200
    assert [row["id"] for row in rows] == [0, 1, "b", 3, "c"]
    assert [row.get("text") for row in rows] == ["他拿到它。", None, "更新", None, "干净。"]
    assert "string" in rows[1]["error"]
    assert "fault of despin" in rows[3]["error"]
    sent = b'{"id": 7, "text": "\xe6\x94\xb9\xe7\x89\x88"}\n"x"\n\n'
    rows = lines(bare(served[0], "POST", "/restore", sent, **{"Content-Type": "application/x-ndjson"})[1])
    assert [(row["id"], row["text"]) for row in rows] == [(7, "更新"), (1, "x")]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[]", 400), (b"{", 400), (b"\xff", 400), (b"[" * 100_000, 400), ({}, 400), ({"text": 1}, 400), ({"text": "a", "texts": []}, 400),
     ({"texts": "a"}, 400), ({"texts": ["a"] * 1001}, 400), ({"text": "a", "other": 1}, 400), ({"text": "a", "language": "fr"}, 400),
     ({"text": "字" * 500_001}, 413), (b"x" * (server.MOST + 1), 413)],
)  # fmt: skip
def test_what_is_no_request_is_refused(served: tuple[Page, Any], body: object, status: int) -> None:
    found = program(served[0], "/restore", body)
    assert found[0] == status
    assert found[1]["error"]


def test_programs_are_answered_only_here_and_sites_not_at_all(served: tuple[Page, Any]) -> None:
    page = served[0]
    body = json.dumps({"text": TEXT}).encode()
    for headers, status in (
        ({}, 200), ({"Origin": "http://evil.example"}, 403), ({"Origin": "null"}, 403), ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example:" + page.host.partition(":")[2]}, 421), ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415), ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ):  # fmt: skip
        assert bare(page, "POST", "/restore", body, **{**JSON, **headers})[0] == status, headers
    for path in ("/restore/", "/restore/../etc/passwd", "/Restore", "/x", "/restore%00"):
        assert bare(page, "POST", path, body, **JSON)[0] == 403, path
    assert bare(page, "GET", "/restore")[0] == 404
    assert bare(page, "OPTIONS", "/restore")[0] == 501


def test_another_address_wants_a_token(tmp_path: Path) -> None:
    with serving((), inbox=tmp_path, host="0.0.0.0") as (page, session):
        here = Page(page.address.replace("0.0.0.0", "127.0.0.1"))
        body = json.dumps({"text": TEXT}).encode()
        token = session.server.token
        for sent, status in (("", 401), (f"Bearer {token}x", 401), (f"Bearer {token}", 200), (token, 401)):
            assert bare(here, "POST", "/restore", body, **JSON, Authorization=sent)[0] == status
        assert bare(here, "GET", "/health")[0] == 401
        assert here.ask("GET", "")[0] == 200
        assert bare(here, "GET", f"/{token[:-1]}/")[0] == 403
        port = here.host.partition(":")[2]
        for name, status in ((f"evil.example:{port}", 421), (f"192.0.2.7:{port}", 200), (f"[::1]:{port}", 200)):
            assert bare(here, "GET", "/schema", Host=name, Authorization=f"Bearer {token}")[0] == status


def test_a_thousand_requests_eight_at_once_beside_hostile_ones(served: tuple[Page, Any]) -> None:
    page = served[0]
    host, _, port = page.host.partition(":")
    slow = [socket.create_connection((host, int(port)), timeout=20) for _ in range(200)]
    for number, one in enumerate(slow):
        one.sendall(b"POST /restore HTTP/1.1\r\nHost: " + page.host.encode() * (number % 2))
    stop = threading.Event()

    def attack() -> int:
        count = 0
        while not stop.is_set():
            assert bare(page, "POST", "/restore", b"{}", **JSON, Host="evil.example")[0] == 421
            assert bare(page, "POST", "/../secret", b"{}", **JSON)[0] == 403
            assert bare(page, "POST", "/restore", b"{}", **JSON, Origin="http://evil.example")[0] == 403
            count += 3
        return count

    def ask(number: int) -> bool:
        text = f"{number}他获得改版，不存在问题。"
        answer = bare(page, "POST", "/restore", json.dumps({"text": text}).encode(), **JSON)
        return answer[0] == 200 and json.loads(answer[1])["text"] == restore(text).text

    with ThreadPoolExecutor(9) as pool:
        attacks = pool.submit(attack)
        right = list(pool.map(ask, range(1000)))
        stop.set()
        assert attacks.result() > 0
    for one in slow:
        one.close()
    assert sum(right) == 1000


def test_whoever_keeps_too_many_waiting_gives_way(served: tuple[Page, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    page = served[0]
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 5)
    host, _, port = page.host.partition(":")
    waiting = []
    for _ in range(8):
        waiting.append(socket.create_connection((host, int(port)), timeout=20))
        waiting[-1].sendall(b"GET /health HTTP/1.1\r\n")
        time.sleep(0.05)
    assert waiting[0].recv(1) == b""
    assert bare(page, "GET", "/health")[0] == 503
    monkeypatch.setattr(server, "SLOW", 0)
    for one in waiting:
        assert one.recv(1) == b"", "a request that is not whole in time"
        one.close()


def test_a_text_is_pasted_with_and_without_scripts(served: tuple[Page, Any], tmp_path: Path) -> None:
    page = served[0]
    assert page.ask("POST", "paste", TEXT.encode(), FILE)[1] == {"document": 1}
    assert page.ask("POST", "paste?name=" + quote("../../甲.md"), TEXT.encode(), FILE)[1] == {"document": 2}
    form = urlencode({"text": TEXT.replace("\n", "\r\n")}).encode()
    status, _, headers = page.ask("POST", "paste", form, FORM)
    assert (status, headers["Location"]) == (303, f"{page.base}d/3")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["text-1.txt", "text.txt", "甲.md"]
    assert (tmp_path / "text-1.txt").read_text("utf-8") == TEXT
    status, result, headers = page.ask("GET", "result/3")
    assert (status, result) == (200, restore(TEXT).text)
    assert "text-1.txt" in headers["Content-Disposition"]
    states = page.states()
    assert [one["spun"] for one in states] == [True] * 3
    assert [one["title"] for one in states] == ["手机改版很快，王获得先生也说梆硬。"] * 3
    assert [one["open"] for one in states] == [1] * 3
    html = page.ask("GET", "", headers={"Accept-Language": "en-GB,zh;q=0.5"})[1]
    assert '<html lang="en">' in html
    assert "3 texts, 3 of them spun; 15 places, 0 decided, 3 to check." in html
    assert "form-action 'self'" in html


@pytest.mark.parametrize(
    ("name", "data", "headers", "status", "said"),
    [("a.exe", b"x", FILE, 400, "can be read here"), ("", b" \n", FILE, 400, "there is no text"), ("", b"x" * (server.MOST + 1), FILE, 413, "8 MB"),
     ("", b"text=" + b"x" * (server.MOST + 1), FORM, 413, "more than 8 MB"), ("", b"text=", FORM, 400, "Go back one page"),
     ("", b"x", {**FILE, "Origin": "http://evil.example"}, 403, "another site"), ("", b"&a" * 20, FORM, 400, "Go back one page"),
     ("", b"{}", JSON, 415, "octet-stream")],
)  # fmt: skip
def test_what_cannot_be_pasted_is_said(
    served: tuple[Page, Any], tmp_path: Path, name: str, data: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    found = served[0].ask("POST", f"paste?name={name}", data, headers)
    assert found[0] == status
    assert said in str(found[1])
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_loses_nothing(served: tuple[Page, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = served[0]

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    status, found, _ = page.ask("POST", "paste", TEXT.encode(), FILE)
    assert (status, found["reason"]) == (507, "disk")
    status, html, _ = page.ask("POST", "paste", b"text=x", {**FORM, "Accept-Language": "zh-CN"})
    assert status == 507
    assert "磁盘写不进去" in html
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert page.ask("POST", "paste", TEXT.encode(), FILE)[1] == {"document": 1}


def test_a_dead_address_says_so_in_the_language_of_the_browser(served: tuple[Page, Any]) -> None:
    for header, said in (("zh-CN,en", "这个地址不能用了"), ("en", "no longer good"), ("", "这个地址不能用了")):
        status, html, _ = served[0].ask(
            "GET", "/old/", headers={"Accept": "text/html", "Accept-Language": header}, raw=True
        )
        assert status == 403
        assert said in html


def test_two_reviewers_of_one_text_lose_nothing(served: tuple[Page, Any]) -> None:
    page = served[0]
    page.ask("POST", "paste", TEXT.encode(), FILE)
    assert page.save(1, 1, [2, 4, "accept", []])[0] == 200
    status, found = page.save(1, 1, [2, 4, "reject", []])
    assert (status, found["reason"]) == (409, "revision")
    assert page.save(1, 2, [2, 4, "reject", []])[0] == 200


def test_a_word_file_comes_back_with_its_edits(tmp_path: Path) -> None:
    """As despin.docx reads it: a text that takes edits."""

    class WordFile(TextFile):
        def possible(self, edits: list[Edit]) -> list[Edit]:
            return edits[:1]

        def restored(self, edits: list[Edit]) -> bytes:
            return f"{self.text}{[edit.original for edit in edits]}".encode()

    path = tmp_path / "a.docx"
    path.write_text("改版获得", "utf-8")
    document = ReviewedText(str(path), 1)
    document.open(lambda name: (WordFile(name, "改版获得"), restore("改版获得")))
    assert document.result() == ("a.docx", "改版获得['更新']".encode())
    document.close()


def test_reasons_are_sentences_in_both_languages() -> None:
    edit = Edit(0, 2, "出售", "购买", 0.7, "seo:出售", (Alternative("出售", 0.2),), "direction", None, "possible")
    assert sentence(edit) == "程序会把“购买”写成“出售”，别的词也可能；此处“出售”也说得通；买卖方向相反，请核对"
    with answering("en"):
        assert sentence(edit).startswith("The program writes “出售” for “购买”")
    assert sentence(Edit(0, 1, "。", "，", 0.9, "damage:full-stop")) == "逗号变成句号"
    assert sentence(Edit(0, 2, "获得", "{s}", 0.6, "f:获得")) == "词表会把“{s}”写成“获得”"
    assert sentence(Edit(0, 0, "", "人", 0.6, "f:")) == "原文此处有“人”，网页上没有"
    assert sentence(Edit(0, 2, "获得", "拿到", 1.0)) == ""
    suspect = Suspect(0, 2, "光阴", 0.7, "quotation", (Alternative("时间", 0.3),))
    assert suspicion(suspect) == "“光阴”像是被换过的词；在引文里；可能是“时间”"
    for why in ("unsure", "fact", "quotation", "name", "failed"):
        assert set(of_suspect(Suspect(0, 1, "x", 0.5, why))) <= set(SAID)


def test_the_examples_of_the_documentation_run(served: tuple[Page, Any], capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "serve.md").read_text("utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    exec(code.replace("127.0.0.1:8000", served[0].host), {})
    assert capsys.readouterr().out == "0 数据经由过程旌旗灯号线传送。 []\n1 干净的一句。 []\n"
    sent = [json.loads(one) for one in re.findall(r"-d '(\{.*?\})'", page)]
    assert all(bare(served[0], "POST", "/restore", json.dumps(one).encode(), **JSON)[0] == 200 for one in sent)
    assert f"{server.MOST // 2**20} MB and {api.MOST_TEXTS:,} texts, a text {api.MOST_CHARACTERS:,} characters" in page
    assert f"within {server.SLOW} s. Of more than {server.MOST_CONNECTIONS}" in page
    listed = {int(one) for row in re.findall(r"^\| ([\d, ]+) \|", page, re.MULTILINE) for one in row.split(", ")}
    assert listed == {400, 401, 403, 411, 413, 415, 421, 422, 507}


def test_limits_are_those_of_the_schema(served: tuple[Page, Any]) -> None:
    rules = json.loads(bare(served[0], "GET", "/schema")[1])
    request = rules["$defs"]["request"]["properties"]
    assert request["texts"]["maxItems"] == api.MOST_TEXTS
    assert request["text"]["maxLength"] == api.MOST_CHARACTERS
    assert request["language"]["enum"] == list(LANGUAGES)
