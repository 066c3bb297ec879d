"""The server of a review: this machine alone unless another address is asked for, nobody without the token, small
requests, clear refusals."""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from despin import language
from despin.errors import DespinError, OutputError
from despin.review import pages
from despin.review.actions import Actions, Download
from despin.review.api import LINES, Api, TooLargeError
from despin.review.document import ConflictError
from despin.review.places import RefusedError

HOST = "127.0.0.1"
#: No request has a longer body, in bytes; all decisions on a book of 20,000 edits are 1.2 MB.
MOST = 8 * 2**20
#: Seconds in which a request has to be whole.
SLOW = 60
#: So many connections may owe a request; of more, the one that owes it longest is ended.
MOST_CONNECTIONS = 256
#: What every answer says.
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # With no-referrer, browsers would not say of a form where it comes from.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FORBIDDEN = "this page is for the address that despin printed when it began, and for nobody else"
_FORM, _HTML = "application/x-www-form-urlencoded", "text/html; charset=utf-8"
#: What programs ask for.
API = ("/restore", "/detect", "/schema", "/health")
#: The status of a refusal; the first that an error is one of counts.
_STATUS: dict[type[DespinError], HTTPStatus] = {
    ConflictError: HTTPStatus.CONFLICT, TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RefusedError: HTTPStatus.BAD_REQUEST, OutputError: HTTPStatus.INSUFFICIENT_STORAGE,
    DespinError: HTTPStatus.UNPROCESSABLE_ENTITY,
}  # fmt: skip


class Server(ThreadingHTTPServer):
    """Listens at `port` of this machine, 0 for any that is free, at the address `host`; who asks at another one than
    `HOST` needs the `token` everywhere. With an `api` it also answers programs. Raises `OutputError` for a port that is
    taken, or an address that is none of this machine."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 128

    def __init__(
        self, port: int, actions: Actions, host: str = HOST, token: str | None = None, api: Api | None = None
    ) -> None:
        self.actions, self.host, self.api = actions, host, api
        self.token = token or secrets.token_urlsafe(24)
        self._code = secrets.token_urlsafe(24)
        self._owing: dict[socket.socket, float] = {}
        self._owing_lock = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), Handler)
        except OSError as error:
            reason = error.strerror or str(error)
            if host != HOST:
                raise OutputError(
                    f"{host}, port {port}, cannot be used ({reason}); name an address of this machine"
                ) from None
            raise OutputError(f"port {port} cannot be used ({reason}); leave --port out for one that is free") from None
        except OverflowError:
            raise OutputError(f"there is no port {port}; leave --port out for one that is free") from None

    def server_bind(self) -> None:
        """Take the port, without asking a name server who this machine is."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.host, int(self.server_address[1])

    @property
    def address(self) -> str:
        """Where the review is, with its token."""
        return f"{self.root}/{self.token}/"

    @property
    def root(self) -> str:
        """Where programs ask, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.server_port}"

    @property
    def once(self) -> str:
        """An address that leads to `address` once: all users of this machine can see with what a browser is started."""
        return f"{self.root}/{self._code}/"

    def is_known(self, host: str) -> bool:
        """Whether a Host header names this server: no site can have its name lead here and then ask as itself."""
        name, _, port = host.lower().rpartition(":")
        if port != str(self.server_port):
            return False
        if name in (self.host.lower(), "localhost"):
            return True
        if self.host == HOST:
            return False
        with suppress(ValueError):
            return bool(ipaddress.ip_address(name.strip("[]")))
        return name == socket.gethostname().lower()

    def owes(self, connection: socket.socket, owing: bool) -> None:
        """Note that a request is waited for, or that it has come; whoever keeps too many waiting gives way."""
        with self._owing_lock:
            self._owing.pop(connection, None)
            if owing:
                self._owing[connection] = time.monotonic()
                if len(self._owing) > MOST_CONNECTIONS:
                    self._hang_up(next(iter(self._owing)))

    def service_actions(self) -> None:
        """End connections whose request is not whole in time, however slowly they go on sending."""
        with self._owing_lock:
            for connection in [one for one, since in self._owing.items() if time.monotonic() - since > SLOW]:
                self._hang_up(connection)

    def server_close(self) -> None:
        """Listen no more, and end the connections that wait for another request."""
        super().server_close()
        with self._owing_lock:
            for connection in list(self._owing):
                self._hang_up(connection)

    def _hang_up(self, connection: socket.socket) -> None:
        self._owing.pop(connection, None)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    def redeem(self, code: str, port: int) -> bool:
        """Whether a code is the one of `once`, has not been used, and whoever asks from `port` may have it."""
        if self.host != HOST or not _is_same(code, self._code):
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


def _is_same(said: str, secret: str) -> bool:
    """Whether somebody said a secret; the time that it takes does not tell how much of it."""
    return secrets.compare_digest(said.encode("utf-8", "replace"), secret.encode())


def _user_at(port: int, server: int) -> int | None:
    """The user at the other end of a connection from `port` to `server`, None where the system does not say."""
    host = f"{int.from_bytes(socket.inet_aton(HOST), sys.byteorder):08X}"
    with suppress(OSError), open("/proc/net/tcp", encoding="ascii") as table:
        for row in map(str.split, table):
            if row[1:3] == [f"{host}:{port:04X}", f"{host}:{server:04X}"]:
                return int(row[7])
    return None


def _json(data: dict[str, Any]) -> bytes:
    """JSON in UTF-8; halves of characters, which it cannot hold, as escapes."""
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "backslashreplace")


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
    timeout = 30  # seconds that a connection may be silent
    # The head of an answer is not to wait for a word from the other side before the rest follows.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """A page."""
        self._run(self._get)

    def do_POST(self) -> None:
        """Something to do."""
        self._run(self._post)

    def handle_one_request(self) -> None:
        """Wait for a request and answer it."""
        self.server.owes(self.connection, True)
        try:
            super().handle_one_request()
        finally:
            self.server.owes(self.connection, False)

    def handle_expect_100(self) -> bool:
        """Whoever asks before sending a body is answered when it is clear that the body is read."""
        return True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Requests are not listed on the terminal."""

    def _run(self, act: Callable[[str], None]) -> None:
        with language.answering(language.accepted(self._header("Accept-Language"))):
            self._answer(act)

    def _header(self, name: str) -> str:
        """What a header says, "" where there is none."""
        return self.headers.get(name) or ""

    def _answer(self, act: Callable[[str], None]) -> None:
        try:
            act(self._checked())
        except _AnswerError as answer:
            self._refuse(answer)
        except DespinError as error:
            reason = error.reason if isinstance(error, ConflictError) else ""
            if isinstance(error, OutputError):
                reason = "disk"
                self.server.actions.session.say(f"despin: {error}")
            status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
            self._refuse(_AnswerError(status, str(error), reason))
        except OSError:
            raise  # the browser went away
        except Exception as error:  # a fault of one request must not look like a server that is gone
            said = f"{type(error).__name__}: {error}; this is a fault of despin, please report it"
            self.server.actions.session.say(f"despin: {said}")
            self._refuse(_AnswerError(HTTPStatus.INTERNAL_SERVER_ERROR, said))

    def _checked(self) -> str:
        """The path behind the token, or with a slash what programs ask for. Raises `_AnswerError` for whoever is
        neither the page that this server gave out nor a program."""
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or not self.server.is_known(hosts[0]):
            raise _AnswerError(
                HTTPStatus.MISDIRECTED_REQUEST, f"Host is not {self.server.root.partition('//')[2]}: {_FORBIDDEN}"
            )
        origins = self.headers.get_all("Origin") or []
        if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in origins) or len(origins) > 1:
            raise _AnswerError(HTTPStatus.FORBIDDEN, f"Origin is another site: {_FORBIDDEN}")
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            # A link on another site leads here; a page of this server asks as same-origin.
            raise _AnswerError(HTTPStatus.FORBIDDEN, f"the request comes from another site: {_FORBIDDEN}")
        path = urlsplit(self.path).path
        if self.server.api and path in API:
            own = f"Bearer {self.server.token}"
            if self.server.host != HOST and not _is_same(self._header("Authorization"), own):
                raise _AnswerError(
                    HTTPStatus.UNAUTHORIZED, "the header `Authorization: Bearer TOKEN` is missing or wrong"
                )
            return path
        _, _, rest = path.partition("/")
        token, slash, rest = rest.partition("/")
        if slash and self.command == "GET" and self.server.redeem(token, self.client_address[1]):
            raise _AnswerError(HTTPStatus.SEE_OTHER, self.server.address)
        if not slash or not _is_same(token, self.server.token):
            raise _AnswerError(HTTPStatus.FORBIDDEN, f"the token in the address is missing or wrong: {_FORBIDDEN}")
        return unquote(rest)

    def _get(self, path: str) -> None:
        try:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query, max_num_fields=9).items()}
        except ValueError:
            raise _AnswerError(HTTPStatus.BAD_REQUEST, "the address asks for too much") from None
        self.server.owes(self.connection, False)
        api = self.server.api if path in API else None
        found = api.get(path) if api else self.server.actions.get(path, query)
        if found is None:
            raise _AnswerError(
                HTTPStatus.NOT_FOUND,
                "there is nothing to get here; send a text with POST"
                if api
                else "there is no such page; the list of texts is at the address that was printed",
            )
        if isinstance(found, str):
            self._send(HTTPStatus.OK, _HTML, found.encode("utf-8", "replace"))
        elif isinstance(found, Download):
            named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}"}
            self._send(HTTPStatus.OK, found.kind, found.data, named)
        else:
            self._send_json(HTTPStatus.OK if found.get("ready", True) else HTTPStatus.SERVICE_UNAVAILABLE, found)

    def _post(self, path: str) -> None:
        if self.server.api and path in API:
            kind, body = self._body("application/json", LINES)
            answer = self.server.api.post(path, body, kind)
        elif not self.headers.get("Origin"):
            raise _AnswerError(HTTPStatus.FORBIDDEN, f"Origin is missing: {_FORBIDDEN}")
        elif path == "paste":
            answer = self._paste()
        else:
            _, body = self._body("application/json")
            try:
                data = json.loads(body)
            except (ValueError, RecursionError):
                data = None
            if not isinstance(data, dict):
                raise _AnswerError(HTTPStatus.BAD_REQUEST, "the request is no JSON object")
            answer = self.server.actions.post(path, data)
        if answer is None:
            raise _AnswerError(HTTPStatus.NOT_FOUND, "there is nothing to do under this name")
        if isinstance(answer, dict):
            self._send_json(HTTPStatus.OK, answer)
        else:
            self._stream(answer)

    def _paste(self) -> dict[str, Any]:
        """Take a text: the field of a form, from a browser without scripts, or a file as it is, named in the address.
        A form is led to its page by an `_AnswerError`."""
        kind, data = self._body(_FORM, "application/octet-stream")
        try:
            sent = data.decode("ascii", "replace") if kind == _FORM else urlsplit(self.path).query
            fields = parse_qs(sent, keep_blank_values=True, max_num_fields=9)
        except ValueError:
            raise _AnswerError(HTTPStatus.BAD_REQUEST, "the form has too many fields") from None
        if kind == _FORM:
            data = fields.get("text", [""])[0].replace("\r\n", "\n").encode("utf-8", "replace")
        number = self.server.actions.session.add(fields.get("name", [""])[0], data).number
        if kind == _FORM:
            raise _AnswerError(HTTPStatus.SEE_OTHER, f"/{self.server.token}/d/{number}")
        return {"document": number}

    def _body(self, *kinds: str) -> tuple[str, bytes]:
        """What was sent: one of `kinds`, and the bytes. Raises `_AnswerError` before anything that is too large is
        read."""
        kind = self._header("Content-Type").partition(";")[0].strip().lower()
        if kind not in kinds:
            raise _AnswerError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"a request has to be {' or '.join(kinds)}")
        length = self._header("Content-Length")
        if self.headers.get("Transfer-Encoding") or not (length.isascii() and length.isdigit()):
            raise _AnswerError(HTTPStatus.LENGTH_REQUIRED, "a request has to say its length")
        if len(length) > 12 or int(length) > MOST:
            raise _AnswerError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"a request of more than {MOST // 2**20} MB is not read; save the text as a file for `despin restore`",
            )
        if self._header("Expect").lower() == "100-continue":
            self.send_response_only(HTTPStatus.CONTINUE)
            self.end_headers()
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            raise _AnswerError(HTTPStatus.BAD_REQUEST, "the request is shorter than it says")
        self.server.owes(self.connection, False)
        return kind, body

    def _refuse(self, answer: _AnswerError) -> None:
        if answer.status is HTTPStatus.SEE_OTHER:
            self._respond(answer.status, {"Location": answer.message, "Content-Length": "0"})
            return
        # What was not read of a body would be taken for the next request.
        self.close_connection = True
        if "text/html" in self._header("Accept"):
            shown = pages.refusal(answer.status, answer.message)
            self._send(answer.status, _HTML, shown.encode("utf-8", "replace"))
        else:
            self._send_json(answer.status, {"error": language.shown(answer.message), "reason": answer.reason})

    def _send_json(self, status: HTTPStatus, data: dict[str, Any]) -> None:
        self._send(status, "application/json", _json(data))

    def _stream(self, rows: Iterable[dict[str, Any]]) -> None:
        """Send rows as they come, one a line."""
        self.close_connection = self.close_connection or self.request_version == "HTTP/1.0"
        self._head(HTTPStatus.OK, LINES, {} if self.close_connection else {"Transfer-Encoding": "chunked"})
        for row in rows:
            line = _json(row) + b"\n"
            self.wfile.write(line if self.close_connection else b"%x\r\n%b\r\n" % (len(line), line))
        if not self.close_connection:
            self.wfile.write(b"0\r\n\r\n")

    def _send(self, status: HTTPStatus, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        self._head(status, kind, {"Content-Length": str(len(body)), **(more or {})})
        self.wfile.write(body)
        if self.close_connection:
            self._drain()

    def _head(self, status: HTTPStatus, kind: str, more: dict[str, str]) -> None:
        policy = "frame-ancestors 'none'" + ("" if kind == _HTML else "; default-src 'none'; sandbox")
        own = {"Content-Security-Policy": policy, "Content-Type": kind, **more}
        if self.close_connection:
            own["Connection"] = "close"
        if status is HTTPStatus.UNAUTHORIZED:
            own["WWW-Authenticate"] = "Bearer"
        self._respond(status, own)

    def _respond(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _drain(self) -> None:
        """End a connection whose body was not read, so that the answer is seen before the connection breaks."""
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            until = time.monotonic() + 5
            while time.monotonic() < until and self.connection.recv(2**20):
                pass
        except OSError:
            return
