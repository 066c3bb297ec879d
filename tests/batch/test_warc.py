"""Archives of a crawl: what is a page, what its text is, and what becomes of records that are wrong."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.batch.inputs import Warc, open_source
from despin.batch.interfaces import Block, Position
from despin.batch.warc import Capture, Records
from despin.errors import InputError

SPUN, RESTORED = "数据经由过程旌旗灯号线传送。", "数据通过信号线传送。"
LONGEST = 100_000


def record(kind: str, url: str, body: bytes, length: object = None, **named: str) -> bytes:
    """A record as it stands in an archive; `length` is what it says of itself."""
    names = {"content_type": "text/plain" if kind == "conversion" else "application/http; msgtype=response", **named}
    headers = [f"{name.replace('_', '-').title()}: {value}" for name, value in names.items()]
    stated = len(body) if length is None else length
    head = [
        "WARC/1.0", f"WARC-Type: {kind}", f"WARC-Target-URI: {url}", f"WARC-Record-ID: <urn:{url}>",
        "WARC-Date: 2024-03-01T00:00:00Z", *headers, f"Content-Length: {stated}",
    ]  # fmt: skip
    return "\r\n".join([*head, "", ""]).encode() + body + b"\r\n\r\n"


def wet(name: str, text: str = SPUN, **named: Any) -> bytes:
    return record("conversion", f"http://{name}.example/", text.encode(), **named)


def answer(body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", **named: str) -> bytes:
    """What a server answers."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body


def page(text: str) -> str:
    return f"<html><head><title>一页</title></head><body><p>{text}</p></body></html>"


def blocks(path: Path, start: Position = Position()) -> Iterator[Block]:  # noqa: B008
    """The blocks of an archive, which is closed behind them."""
    source = open_source(str(path), "text", LONGEST)
    assert isinstance(source, Warc)
    with closing(source):
        yield from source.blocks(start)


def rows(items: Iterable[Any]) -> list[dict[str, Any]]:
    return [json.loads(item.line() if isinstance(item, Capture) else item) for item in items]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """`read(data)` gives what the records of an archive come to, without what their headers say."""

    def call(data: bytes, whole: bool = False) -> list[dict[str, Any]]:
        (tmp_path / "in.warc").write_bytes(data)
        found = rows(item for block in blocks(tmp_path / "in.warc") for item in block.items)
        return found if whole else [{k: v for k, v in row.items() if k not in ("id", "date")} for row in found]

    return call


def error(row: dict[str, Any]) -> str:
    return str(row["despin"]["error"])


def urls(found: list[dict[str, Any]]) -> list[str | None]:
    return [row["url"][7:].removesuffix(".example/") if "url" in row else None for row in found]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, "frames", "zstd"])
def test_extracted_texts_are_records_that_say_where_they_are_from(read: Callable[..., Any], pack: Any) -> None:
    parts = [
        record("warcinfo", "", b"software: none"),
        wet("a", SPUN, warc_identified_content_language="zho,eng"),
        record("metadata", "http://a.example/", b"languages: zho"),
        wet("b", ""),
    ]
    if pack == "frames":
        data = b"".join(map(gzip.compress, parts))
    elif pack == "zstd":
        data = pytest.importorskip("zstandard", reason="the package zstandard is not installed").compress(
            b"".join(parts)
        )
    else:
        data = pack(b"".join(parts))
    first, second = read(data, whole=True)
    assert first == {
        "id": "<urn:http://a.example/>", "url": "http://a.example/", "date": "2024-03-01T00:00:00Z",
        "language": "zho,eng", "charset": "utf-8", "text": SPUN,
    }  # fmt: skip
    assert (second["url"], second["text"]) == ("http://b.example/", "")


def test_pages_are_read_as_their_headers_say(read: Callable[..., Any]) -> None:
    pytest.importorskip("fastwarc", reason="the package fastwarc is not installed")
    pytest.importorskip("resiliparse", reason="the package resiliparse is not installed")
    text = page(SPUN)
    answers = {
        "utf8": answer(text.encode(), content_language="zh-CN"),
        "gbk": answer(text.encode("gbk"), 'text/html; charset="GB2312"'),
        "meta": answer(text.replace("<head>", '<head><meta charset="big5">').encode("big5", "replace"), "text/html"),
        "packed": answer(gzip.compress(text.encode()), content_encoding="gzip"),
        "chunked": answer(b"%x\r\n%s\r\n0\r\n\r\n" % (len(text.encode()), text.encode()), transfer_encoding="chunked"),
        "newlines": answer(text.encode()).replace(b"\r\n", b"\n"),
        "plain": answer(SPUN.encode("gb18030"), "text/plain; charset=gb18030"),
    }
    passed = {
        "picture": answer(b"\x89PNG", "image/png"),
        "missing": answer(text.encode(), status="404 Not Found"),
        "nothing": b"",
    }
    found = read(b"".join(record("response", f"http://{n}.example/", b) for n, b in {**answers, **passed}.items()))
    assert urls(found) == list(answers)
    assert [row.get("language") for row in found] == ["zh-CN", *[None] * 6]
    assert [row.get("charset") for row in found] == ["utf-8", "gb18030", None, "utf-8", "utf-8", "utf-8", "gb18030"]
    assert all(SPUN in row["text"] and "<" not in row["text"] for row in found if "meta" not in row["url"])
    assert "信" not in found[2]["text"] and "傳送" not in found[2]["text"] and "一" in found[2]["text"]


def test_a_page_that_cannot_be_read_says_why(read: Callable[..., Any]) -> None:
    pytest.importorskip("fastwarc", reason="the package fastwarc is not installed")
    bad = {
        "charset": (answer(b"<p>", "text/html; charset=x-nobody"), "unknown encoding: x-nobody"),
        "codec": (answer(b"<p>", "text/plain; charset=base64"), "'base64' is not a text encoding"),
        "packed": (answer(b"<p>no gzip</p>", content_encoding="gzip"), "Gzip decompression error"),
        "bomb": (answer(gzip.compress(bytes(17 << 20)), content_encoding="gzip"), "more than 16 MB"),
    }
    data = b"".join(record("response", f"http://{n}.example/", body) for n, (body, _) in bad.items())
    found = read(data + wet("good"))
    assert urls(found) == [*bad, "good"]
    for row, (_, said) in zip(found, bad.values(), strict=False):
        assert said in error(row)
    assert found[-1]["text"] == SPUN


SHORT, LONG = (len(SPUN.encode()) + by for by in (-4, 50))


@pytest.mark.parametrize(
    ("wrong", "said", "named"),
    [
        (wet("bad", length=SHORT), "not as long as it says", True),
        (wet("bad", length=0), "not as long as it says", True),
        (wet("bad", length=LONG), "not as long as it says", True),
        (wet("bad", length=LONGEST - 1), "not as long as it says", True),
        (wet("bad", length=10**9), "longer than 100,000 bytes", True),
        (wet("bad", length=-3), "does not say how long it is", True),
        (wet("bad", length="many"), "does not say how long it is", True),
        (wet("bad", length=10**30), "does not say how long it is", True),
        (b"rubbish\r\n\r\nand more\r\n", "belongs to none", False),
        (b"WARC/1.0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n\r\n", "have no end", False),
        (wet("bad", "长" * LONGEST), "longer than 100,000 bytes", True),
    ],
)
def test_a_wrong_record_costs_no_other(read: Callable[..., Any], wrong: bytes, said: str, named: bool) -> None:
    found = read(wet("a") + wrong + wet("b") + wet("c"))
    assert urls(found) == ["a", "bad" if named else None, "b", "c"]
    assert said in error(found[1])
    assert [row["text"] for row in found if "text" in row] == [SPUN] * 3


def test_an_archive_that_is_cut_gives_what_stands_before(tmp_path: Path) -> None:
    data = wet("a") + wet("b")
    for cut in (data[:-20], data[: len(wet("a")) + 30], data[: -len(SPUN.encode()) - 4]):
        for name, whole in (("in.warc", cut), ("in.warc.gz", gzip.compress(cut))):
            (tmp_path / name).write_bytes(whole)
            found: list[Any] = []
            with pytest.raises(InputError, match="the file is cut off; the records before that are done"):
                for block in blocks(tmp_path / name):
                    found += block.items
            assert urls(rows(found)) == ["a"]
    (tmp_path / "cut.gz").write_bytes(gzip.compress(data)[:-9])
    with pytest.raises(InputError, match="the file is cut off"):
        list(blocks(tmp_path / "cut.gz"))
    (tmp_path / "in.warc").write_bytes(data.rstrip(b"\r\n"))
    assert [len(block.items) for block in blocks(tmp_path / "in.warc")] == [2]


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 3))
def test_whatever_stands_in_an_archive_no_record_behind_it_is_lost(rubbish: bytes, place: int, lost: int) -> None:
    """Rubbish may damage the record that it stands in and the one that it begins; those after are whole."""
    body = wet("a") + wet("b")
    place = min(place, len(body))
    data = body[:place] + rubbish + body[place + lost :] + b"\r\n\r\n" + wet("c") + wet("d")
    done: list[bytes] = []
    pages = Records(io.BytesIO(wet("z") + data), done.append, LONGEST, "text")
    found = rows(item for item, length in iter(pages.next, (b"", 0)) if length)
    assert urls(found)[0] == "z" and urls(found)[-1] == "d"
    assert b"".join(done) == wet("z") + data


def test_a_run_over_archives(batch: Callable[..., Any], tmp_path: Path) -> None:
    archive = wet("a") + wet("bad", length=3) + wet("b", "今天天气很好。")
    (tmp_path / "in.warc.wet.gz").write_bytes(gzip.compress(archive))
    (tmp_path / "cut.warc.wet").write_bytes((wet("c") + wet("d"))[:-50])
    result = batch("in.warc.wet.gz", "cut.warc.wet", "-o", "out/", "--text-field", "content")
    assert result.code == 3
    assert "the file is cut off" in result.err
    assert "1 × the record is not as long as it says (the first: in.warc.wet.gz:2)" in result.err
    assert sorted(path.name for path in (tmp_path / "out").glob("[!.]*")) == ["cut.wet.jsonl", "in.wet.jsonl.gz"]
    found = rows(gzip.decompress((tmp_path / "out/in.wet.jsonl.gz").read_bytes()).splitlines())
    assert [row["despin"].get("text") for row in found] == [RESTORED, None, "今天天气很好。"]
    assert found[0]["content"] == SPUN
    assert found[1]["url"] == "http://bad.example/"
    one = batch("in.warc.wet.gz", "-o", "one.jsonl", "--text-field", "content", "--workers", "2")
    assert one.code == 0
    whole = (tmp_path / "one.jsonl").read_bytes()
    assert whole == gzip.decompress((tmp_path / "out/in.wet.jsonl.gz").read_bytes())


def test_reading_goes_on_behind_any_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("despin.batch.inputs.BLOCK_LINES", 2)
    data = record("warcinfo", "", b"x") + b"".join(wet(str(n), length=5 if n == 3 else None) for n in range(8))
    (tmp_path / "in.warc").write_bytes(data)

    found = list(blocks(tmp_path / "in.warc"))
    assert len(found) == 4
    for number, block in enumerate(found):
        assert list(blocks(tmp_path / "in.warc", block.after)) == found[number + 1 :]
