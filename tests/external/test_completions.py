"""The adapter for `/completions`, against a server of the test on this machine."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from despin.errors import DespinWarning, ScorerError, UsageError
from despin.external.completions import KEY, Completions, log_probability
from despin.external.scorer import named
from despin.restorer import Restorer


class Server:
    """A server that answers as `answer` says: (status, body) by the request's body."""

    def __init__(self) -> None:
        self.answer: Callable[[dict[str, Any]], tuple[int, bytes]] = lambda asked: (200, completions(asked))
        self.asked: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.headers: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, asked, dict(self.headers)))
                status, body = outer.answer(asked)
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                outer.asked.append((self.path, {}, dict(self.headers)))

            def log_message(self, *rest: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Who hangs up is what is tested.
        self._server.handle_error = lambda *rest: None  # type: ignore[method-assign]
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def completions(asked: dict[str, Any], value: Callable[[str], float] = lambda text: -float(len(text))) -> bytes:
    """What a server answers: a token a character, each as likely, the first without a value, and one that it made."""
    choices = [
        {
            "index": number,
            "text": text + "尾",
            "logprobs": {"token_logprobs": [None, *[value(text) / (len(text) - 1)] * (len(text) - 1), -99.0]},
        }
        for number, text in enumerate(asked["prompt"])
    ]
    return json.dumps({"choices": choices[::-1]}).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def test_each_text_gets_the_sum_of_its_own_tokens(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    own = named(f"{server.address}#small")
    assert own.log_probabilities(["甲乙", "甲乙丙"]) == pytest.approx([-2.0, -3.0])
    ((path, asked, headers),) = server.asked
    assert path == "/v1/completions"
    assert asked == {
        "model": "small", "prompt": ["甲乙", "甲乙丙"], "max_tokens": 1, "temperature": 0, "echo": True, "logprobs": 1,
    }  # fmt: skip
    assert "Authorization" not in headers


def test_without_a_model_the_server_chooses_and_a_key_comes_from_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "secret")
    assert Completions(server.address + "/").log_probabilities(["甲乙"]) == pytest.approx([-2.0])
    ((path, asked, headers),) = server.asked
    assert (path, "model" in asked, headers["Authorization"]) == ("/v1/completions", False, "Bearer secret")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b"", "status 500"),
        (404, b"no such model", "status 404"),
        (200, b"", "no completions"),
        (200, b"<html>", "no completions"),
        (200, b"[1, 2]", "no completions"),
        (200, b'{"error": "busy"}', "no completions"),
        (200, b'{"choices": [7]}', "no completions"),
        (200, b'{"choices": [{}], "usage": {"completion_tokens": "x"}}', "no completions"),
        (200, b'{"choices": []}', "0 completions for 1 texts"),
        (200, b'{"choices": [{"text": "b"}]}', "echo"),
        (200, '{"choices": [{"text": "甲乙"}]}'.encode(), "no log probabilities"),
        (200, '{"choices": [{"text": "甲乙", "logprobs": null}]}'.encode(), "no log probabilities"),
        (200, '{"choices": [{"text": "甲乙", "logprobs": {"token_logprobs": null}}]}'.encode(), "no log probabilities"),
        (200, '{"choices": [{"text": "甲乙", "logprobs": {"token_logprobs": [-1]}}]}'.encode(), "none of the prompt"),
        (200, '{"choices": [{"text": "甲乙", "logprobs": {"token_logprobs": [null, null, -1]}}]}'.encode(), "no log"),
        (200, '{"choices": [{"text": "甲乙", "logprobs": {"token_logprobs": [null, "x", -1]}}]}'.encode(), "no log"),
    ],
)
def test_what_is_no_answer_is_one_error(server: Server, status: int, body: bytes, reason: str) -> None:
    server.answer = lambda asked: (status, body)
    reason = reason.replace("none of the prompt", "no log probabilities of the prompt")
    with pytest.raises(ScorerError, match=reason):
        Completions(server.address).log_probabilities(["甲乙"])


def test_why_a_server_refuses_is_shown(server: Server) -> None:
    server.answer = lambda asked: (400, b'{"message":\n "Only no echo is supported"}' + b" " * 1000)
    with pytest.raises(ScorerError, match=r'status 400: \{"message": "Only no echo is supported"\}$'):
        Completions(server.address).log_probabilities(["甲乙"])


def test_a_server_that_takes_one_text_at_a_time_is_asked_so(server: Server) -> None:
    server.answer = lambda asked: (200, completions(asked)) if len(asked["prompt"]) == 1 else (500, b"")
    own = Completions(server.address)
    for _ in range(2):
        assert own.log_probabilities(["甲乙", "甲乙丙"]) == pytest.approx([-2.0, -3.0])
    assert [len(asked["prompt"]) for _, asked, _ in server.asked] == [2, 1, 1, 1, 1]


@pytest.mark.parametrize("made", [0, 1, 3])
def test_tokens_that_the_server_made_do_not_count(server: Server, made: int) -> None:
    choice = {"text": "甲乙…", "logprobs": {"token_logprobs": [None, -2.0, *[-9.0] * made]}}
    answer = {"choices": [choice], "usage": {"completion_tokens": made, "prompt_tokens": 2}}
    server.answer = lambda asked: (200, json.dumps(answer).encode())
    assert Completions(server.address).log_probabilities(["甲乙"]) == [-2.0]


def test_values_that_are_no_numbers_are_handed_on(server: Server) -> None:
    server.answer = lambda asked: (200, completions(asked, lambda text: math.nan))
    assert math.isnan(Completions(server.address).log_probabilities(["甲乙"])[0])


def test_texts_do_not_follow_a_redirection(server: Server) -> None:
    server.headers = {"Location": f"{server.address}/elsewhere"}
    server.answer = lambda asked: (307, b"")
    with pytest.raises(ScorerError, match="status 307"):
        Completions(server.address).log_probabilities(["甲乙"])
    server.answer = lambda asked: (302, b"")
    with pytest.raises(ScorerError, match="status 302"):
        Completions(server.address).log_probabilities(["甲乙"])
    assert [path for path, _, _ in server.asked] == ["/v1/completions"] * 2


def test_no_proxy_of_the_environment_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert Completions(server.address).log_probabilities(["甲乙"]) == pytest.approx([-2.0])


SPUN = (Path(__file__).parents[2] / "examples" / "betting-seo.txt").read_text("utf-8")


def test_a_text_is_restored_with_a_server_as_with_an_object(server: Server) -> None:
    class Same:
        def log_probabilities(self, texts: Sequence[str]) -> list[float]:
            return [-float(crc32(text.encode()) % 40) for text in texts]

    server.answer = lambda asked: (200, completions(asked, lambda text: -float(crc32(text.encode()) % 40)))
    found = Restorer(scorer=server.address).explain(SPUN)
    wanted = Restorer(scorer=Same()).explain(SPUN)
    assert found.text == wanted.text != Restorer().restore(SPUN)
    assert found.scored == wanted.scored
    assert found.scored is not None
    assert sum(len(asked["prompt"]) for _, asked, _ in server.asked) == found.scored.readings


@pytest.mark.parametrize("fault", ["status", "nonsense", "nan", "hang"])
def test_a_text_is_restored_without_a_server_that_fails_half_way(server: Server, fault: str) -> None:
    waits = threading.Event()

    def answer(asked: dict[str, Any]) -> tuple[int, bytes]:
        if len(server.asked) < 2:
            return 200, completions(asked)
        if fault == "hang":
            waits.wait(60)
        value = math.nan if fault == "nan" else -1.0
        return 500 if fault == "status" else 200, b"{" if fault == "nonsense" else completions(
            asked, lambda text: value
        )

    server.answer = answer
    restorer = Restorer(scorer=server.address)
    assert restorer.external is not None
    if fault == "hang":
        restorer.external.scorer.timeout = 0.2  # type: ignore[attr-defined]
    with pytest.warns(DespinWarning, match="the text is restored without it|texts are restored without it"):
        found = restorer.explain(SPUN)
    waits.set()
    assert found.text == Restorer().restore(SPUN)
    assert found.scored is not None
    assert found.scored.failed


def test_a_server_that_hangs_is_left(server: Server) -> None:
    waits = threading.Event()

    def hang(asked: dict[str, Any]) -> tuple[int, bytes]:
        waits.wait(60)
        return 200, b""

    server.answer = hang
    own = Completions(server.address)
    own.timeout = 0.05
    with pytest.raises(ScorerError, match=r"no answer within 0\.05 seconds"):
        own.log_probabilities(["甲乙"])
    waits.set()


def test_nobody_at_the_address_is_said(server: Server) -> None:
    server.close()
    with pytest.raises(ScorerError, match="cannot be reached"):
        Completions(server.address).log_probabilities(["甲乙"])


@pytest.mark.parametrize(
    "address", ["http://", "http:///v1", "http://[::1/v1", "http://a:99999/v1", "http://a/v1?key=1"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="address"):
        named(address)


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match=KEY) as refused:
        named("http://me:secret@127.0.0.1/v1")
    assert "secret" not in str(refused.value)


def test_a_first_token_with_a_value_counts() -> None:
    choice = {"text": "甲乙丙", "logprobs": {"token_logprobs": [-0.5, -1.5, -9.0]}}
    assert log_probability("甲乙", choice) == -2.0
