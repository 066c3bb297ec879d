"""Pages of a crawl, from WARC and WET (plain, gzip or zstd), as the JSON lines that all other work is done on.

Where a record begins and ends is found here; what a page holds (its HTTP headers, its article) is read by the worker
that judges it. An archive that was written wrongly costs the records that are wrong, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from despin.batch.interfaces import BITE
from despin.batch.jsonlines import dumps, encode
from despin.batch.record import FIELD
from despin.errors import DespinError
from despin.page.html import MAX_BYTES, read_html
from despin.text.encodings import page_codec, sure_encoding

BEGINNING = b"WARC/"
_END, _NEXT = b"\r\n\r\n", b"\nWARC/1."
_TEXTS = ("text/plain", "text/html", "application/xhtml")
_ANSWER = re.compile(rb"HTTP/\S+ 200\b")
_OF_TEXT = re.compile(rb"^content-type:\s*(?:text/plain|text/html|application/xhtml)", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Capture:
    """A record with a text: its headers, as they stand and by their names, what follows them, and the text field."""

    head: bytes
    named: Mapping[str, str]
    body: bytes
    field: str

    def line(self) -> bytes:
        """The page as a line of JSON: `id`, `url`, `date`, `language` and `charset` as far as the record says, and the
        text; of a page that cannot be read the error, in the field `despin`."""
        try:
            language, charset, text = self._read()
        except ImportError:
            return refused(self.named, "the page needs a package that is not installed: pip install 'despin[warc]'")
        except (DespinError, OSError, ValueError, LookupError) as error:
            return refused(self.named, f"the page cannot be read ({str(error)[:200]})")
        return _line(self.named, {"language": language, "charset": charset, self.field: text})

    def _read(self) -> tuple[str | None, str | None, str]:
        """(language, charset, text). Raises what a broken page makes its readers raise."""
        kind, charset = self.named.get("content-type", ""), None
        language, data = self.named.get("warc-identified-content-language"), self.body
        if self.named["warc-type"] == "response":
            from fastwarc.warc import WarcRecord

            record = WarcRecord.from_bytes(self.head + self.body)
            record.parse_http(auto_decode="all", quirks_mode=True)
            kind, charset = record.http_content_type or "", record.http_charset
            language = language or record.http_headers.get("content-language")
            data = record.reader.read(MAX_BYTES + 1)  # one byte more is refused
        if charset is not None:
            charset = page_codec(charset.strip("\"' "))
        if "html" in kind:
            return language, charset, read_html(data, charset).article
        charset = charset or sure_encoding(data) or "utf-8"
        return language, charset, data.decode(charset, "replace")


def _line(named: Mapping[str, str], values: Mapping[str, Any]) -> bytes:
    names = {"id": "warc-record-id", "url": "warc-target-uri", "date": "warc-date"}
    known = {key: named.get(name) for key, name in names.items()}
    return encode(dumps({key: value for key, value in {**known, **values}.items() if value is not None})) + b"\n"


def refused(named: Mapping[str, str], problem: str) -> bytes:
    """The line of a record that cannot be worked on."""
    return _line(named, {FIELD: {"error": problem}})


class Records:
    """The records of an archive with a text, which goes to `field`, one after the other. Answers that are no text or no
    success, and records of other kinds, are passed over; `took` is told every byte that is done with."""

    def __init__(self, file: IO[bytes], took: Callable[[bytes], None], longest: int, field: str) -> None:
        self._file = file
        self._took = took
        self._longest = longest
        self._field = field
        self._held = bytearray()
        self._read = 0

    def next(self) -> tuple[Capture | bytes, int]:
        """The next page, or a line that says what is wrong with it, and the bytes up to its end; 0 at the end. Raises
        `EOFError` for an archive that is cut, and what reading raises."""
        self._read = 0
        while self._fill(1):
            if (found := self._next()) is not None:
                return found, self._read
        return b"", 0

    def _next(self) -> Capture | bytes | None:
        """The next record: a page, a line that says what is wrong with it, or None for what is passed over."""
        self._fill(len(BEGINNING))
        if not self._held.startswith(BEGINNING):
            passed = self._pass()
            return refused({}, "what stands between two records belongs to none") if passed.strip() else None
        while (end := self._held.find(_END)) < 0 and len(self._held) < BITE:
            if not self._fill(len(self._held) + 1):
                raise EOFError
        if not 0 <= end <= BITE:
            self._pass()
            return refused({}, "the headers of the record have no end")
        head = self._take(end + len(_END))
        lines = [line.partition(":") for line in head.decode("utf-8", "replace").splitlines()]
        named = {name.strip().lower(): value.strip() for name, _, value in lines}
        length = named.get("content-length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 19):
            self._pass()
            return refused(named, "the record does not say how long it is")
        return self._sized(head, named, int(length))

    def _sized(self, head: bytes, named: dict[str, str], length: int) -> Capture | bytes | None:
        """The record with these headers, which says that so many bytes follow them."""
        if length > self._longest:
            start = self._read
            self._pass()
            if not self._held and self._read - start < length:
                raise EOFError
            return refused(named, f"the record is longer than {self._longest:,} bytes")
        self._fill(length + len(_END))
        behind = self._held[length : length + len(_END)]
        if len(self._held) >= length and _END.startswith(behind):
            body = self._take(length)
            self._take(len(behind))
            return Capture(head, named, body, self._field) if _is_text(named, body) else None
        if len(self._held) < length and _NEXT not in self._held:
            raise EOFError
        self._pass()
        return refused(named, "the record is not as long as it says")

    def _fill(self, size: int) -> bool:
        """Whether so many bytes are held, or could be read."""
        while len(self._held) < size:
            if not (data := self._file.read(BITE)):
                return False
            self._held += data
        return True

    def _take(self, size: int) -> bytes:
        """The next bytes, which are held and now done with."""
        data = bytes(self._held[:size])
        del self._held[:size]
        self._took(data)
        self._read += len(data)
        return data

    def _pass(self) -> bytes:
        """Take all up to where a record may begin, and return the last of it."""
        last = b""
        while (place := self._held.find(_NEXT)) < 0:
            last = self._take(max(0, len(self._held) - len(_NEXT) + 1)) or last
            if not self._fill(len(self._held) + 1):
                return last + self._take(len(self._held))
        return last + self._take(place + 1)


def _is_text(named: Mapping[str, str], body: bytes) -> bool:
    """Whether a record holds a text, as far as it says."""
    kind = named.get("warc-type")
    if kind == "response":
        head = body[: max(0, body.find(_END, 0, BITE)) or BITE]
        return bool(_ANSWER.match(head) and _OF_TEXT.search(head))
    return kind in ("conversion", "resource") and named.get("content-type", "").startswith(_TEXTS)
