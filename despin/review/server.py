"""The server of a review: this machine alone, nobody without the token in the address,
small requests, clear refusals."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from despin import language
from despin.errors import DespinError, OutputError
from despin.review.actions import Actions
from despin.review.document import ConflictError
from despin.review.places import RefusedError

HOST = "127.0.0.1"
#: No request has a longer body, in bytes; all decisions on a book of 20,000 edits are 1.2 MB.
MOST = 8 * 2**20
#: Seconds that a connection may be silent.
PATIENCE = 30
#: Seconds for which a body that is refused is thrown away, so that whoever sends it hears why.
DRAINED = 5
#: What every answer says.
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FORBIDDEN = "this page is for the address that `despin review` printed, and for nobody else"


class Server(ThreadingHTTPServer):
    """Listens at `port` of this machine, 0 for any that is free. Raises `OutputError` for one that is taken."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, port: int, actions: Actions) -> None:
        self.actions = actions
        self.token = secrets.token_urlsafe(24)
        self._code = secrets.token_urlsafe(24)
        try:
            super().__init__((HOST, port), Handler)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(f"port {port} cannot be used ({reason}); leave --port out for one that is free") from None
        except OverflowError:
            raise OutputError(f"there is no port {port}; leave --port out for one that is free") from None

    def server_bind(self) -> None:
        """Take the port, without asking a name server who this machine is."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    @property
    def address(self) -> str:
        """Where the review is, with its token."""
        return f"http://{HOST}:{self.server_port}/{self.token}/"

    @property
    def once(self) -> str:
        """An address that leads to `address` once: all users of this machine can see with what a browser is started."""
        return f"http://{HOST}:{self.server_port}/{self._code}/"

    def redeem(self, code: str, port: int) -> bool:
        """Whether a code is the one of `once`, has not been used, and whoever asks from `port` may have it."""
        if not secrets.compare_digest(code.encode("utf-8", "replace"), self._code.encode()):
            return False
        if hasattr(os, "geteuid") and _user_at(port, self.server_port) not in (None, 0, os.geteuid()):
            self.actions.session.say("despin: another user of this machine asked for the review, and was refused")
            return False
        self._code = secrets.token_urlsafe(24)
        return True

    def handle_error(self, request: object, client_address: object) -> None:
        """Browsers that go away are no news; anything else is said in one line."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.actions.session.say(f"despin: a request failed ({type(error).__name__}: {error})")


def _user_at(port: int, server: int) -> int | None:
    """The user at the other end of a connection from `port` to `server`, None where the system does not say."""
    host = f"{int.from_bytes(socket.inet_aton(HOST), sys.byteorder):08X}"
    with suppress(OSError), open("/proc/net/tcp", encoding="ascii") as table:
        for row in map(str.split, table):
            if row[1:3] == [f"{host}:{port:04X}", f"{host}:{server:04X}"]:
                return int(row[7])
    return None


class _AnswerError(Exception):
    """A refusal: a status and what is said; of a redirection, where it leads."""

    def __init__(self, status: HTTPStatus, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.reason = status, message, reason


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "despin"
    sys_version = ""
    timeout = PATIENCE

    def do_GET(self) -> None:
        """A page."""
        self._run(self._get)

    def do_POST(self) -> None:
        """Something to do."""
        self._run(self._post)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Requests are not listed on the terminal."""

    def _run(self, act: Callable[[str], None]) -> None:
        with language.answering(language.accepted(self.headers.get("Accept-Language") or "")):
            self._answer(act)

    def _answer(self, act: Callable[[str], None]) -> None:
        try:
            act(self._checked())
        except _AnswerError as answer:
            self._refuse(answer)
        except ConflictError as error:
            self._refuse(_AnswerError(HTTPStatus.CONFLICT, str(error), error.reason))
        except RefusedError as error:
            self._refuse(_AnswerError(HTTPStatus.BAD_REQUEST, str(error)))
        except OutputError as error:
            self.server.actions.session.say(f"despin: {error}")
            self._refuse(_AnswerError(HTTPStatus.INSUFFICIENT_STORAGE, str(error), "disk"))
        except DespinError as error:
            self._refuse(_AnswerError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)))
        except OSError:
            raise  # the browser went away
        except Exception as error:  # a fault of one request must not look like a server that is gone
            said = f"{type(error).__name__}: {error}; this is a fault of despin, please report it"
            self.server.actions.session.say(f"despin: {said}")
            self._refuse(_AnswerError(HTTPStatus.INTERNAL_SERVER_ERROR, said))

    def _checked(self) -> str:
        """The path behind the token. Raises `_AnswerError` for whoever is not the page that this server gave out."""
        port = self.server.server_port
        own = {f"{HOST}:{port}", f"localhost:{port}"}
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].lower() not in own:
            raise _AnswerError(HTTPStatus.MISDIRECTED_REQUEST, f"Host is not {HOST}:{port}: {_FORBIDDEN}")
        origins = self.headers.get_all("Origin") or []
        if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in origins) or len(origins) > 1:
            raise _AnswerError(HTTPStatus.FORBIDDEN, f"Origin is another site: {_FORBIDDEN}")
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            # A link on another site leads here; a page of this server asks as same-origin.
            raise _AnswerError(HTTPStatus.FORBIDDEN, f"the request comes from another site: {_FORBIDDEN}")
        path = urlsplit(self.path).path
        _, _, rest = path.partition("/")
        token, slash, rest = rest.partition("/")
        if slash and self.command == "GET" and self.server.redeem(token, self.client_address[1]):
            raise _AnswerError(HTTPStatus.SEE_OTHER, self.server.address)
        if not slash or not secrets.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()):
            raise _AnswerError(HTTPStatus.FORBIDDEN, f"the token in the address is missing or wrong: {_FORBIDDEN}")
        return unquote(rest)

    def _get(self, path: str) -> None:
        try:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query, max_num_fields=9).items()}
        except ValueError:
            raise _AnswerError(HTTPStatus.BAD_REQUEST, "the address asks for too much") from None
        found = self.server.actions.get(path, query)
        if found is None:
            raise _AnswerError(
                HTTPStatus.NOT_FOUND, "there is no such page; the list of texts is at the address that was printed"
            )
        if isinstance(found, str):
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", found.encode("utf-8", "replace"))
        else:
            self._send_json(HTTPStatus.OK, found)

    def _post(self, path: str) -> None:
        if not self.headers.get("Origin"):
            raise _AnswerError(HTTPStatus.FORBIDDEN, f"Origin is missing: {_FORBIDDEN}")
        data = self._body()
        found = self.server.actions.post(path, data)
        if found is None:
            raise _AnswerError(HTTPStatus.NOT_FOUND, "there is nothing to do under this name")
        self._send_json(HTTPStatus.OK, found)

    def _body(self) -> dict[str, Any]:
        """The JSON object that was sent. Raises `_AnswerError` before anything that is too large is read."""
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise _AnswerError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a request has to be application/json")
        length = self.headers.get("Content-Length") or ""
        if self.headers.get("Transfer-Encoding") or not (length.isascii() and length.isdigit()):
            raise _AnswerError(HTTPStatus.LENGTH_REQUIRED, "a request has to say its length")
        if len(length) > 12 or int(length) > MOST:
            raise _AnswerError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request of more than {MOST // 2**20} MB is not read"
            )
        body = self.rfile.read(int(length))
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict) or len(body) != int(length):
            raise _AnswerError(HTTPStatus.BAD_REQUEST, "the request is no JSON object")
        return data

    def _refuse(self, answer: _AnswerError) -> None:
        if answer.status is HTTPStatus.SEE_OTHER:
            self.send_response(answer.status)
            for name, value in {**_HEADERS, "Location": answer.message, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()
            return
        # What was not read of a body would be taken for the next request.
        self.close_connection = True
        self._send_json(answer.status, {"error": language.shown(answer.message), "reason": answer.reason})

    def _send_json(self, status: HTTPStatus, data: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(data).encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header(
            "Content-Security-Policy",
            "frame-ancestors 'none'; default-src 'none'; sandbox"
            if kind != "text/html; charset=utf-8"
            else "frame-ancestors 'none'",
        )
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        if self.close_connection:
            self._drain()

    def _drain(self) -> None:
        """End a connection whose body was not read, so that the answer is seen before the connection breaks."""
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            until = time.monotonic() + DRAINED
            while time.monotonic() < until and self.connection.recv(2**20):
                pass
        except OSError:
            return
