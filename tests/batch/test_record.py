"""What every record comes back with, and that everything else is as it was, to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_stub import lines, read, records
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.batch import jsonlines
from despin.batch.record import MISSING, Marker, Recipe

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(), json_values, max_size=5),
    st.text(min_size=1),
    json_values,
    st.booleans(),
    st.sampled_from([None, (",", ":"), (" , ", " : ")]),
    st.sampled_from([b"\n", b"\r\n", b""]),
)
def test_replacing_a_field_is_what_json_says(
    record: dict[str, Any], key: str, value: Any, escaped: bool, separators: Any, ending: bytes
) -> None:
    text = json.dumps(record, ensure_ascii=escaped, separators=separators)
    line = text.encode("utf-8", "surrogatepass" if escaped else "backslashreplace") + ending
    found = jsonlines.Record(line)
    assert (found.get(key) is MISSING) == (key not in record)
    new = b"".join(found.replaced([(key, value)]))
    assert json.loads(new) == {**record, key: value}
    assert new.endswith(ending or b"\n")
    if key not in record:
        assert new.startswith(line[: line.rindex(b"}")].rstrip())


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_a_line_is_read_exactly_when_json_reads_an_object(text: str) -> None:
    try:
        line = text.encode()
        expected = json.loads(text)
    except (ValueError, RecursionError):
        expected = None
    if isinstance(expected, dict):
        assert jsonlines.Record(line).get("x") is MISSING or "x" in expected
    else:
        with pytest.raises(ValueError, match=r"\w"):
            jsonlines.Record(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": 1',
        b'{"a" 1}',
        b'{"a": 1} x',
        b'{"a": 1}x',
        b"{}}",
        b'{"a": 1,}',
        b"{,}",
        b"[1]",
        b'{"a": "\x01"}',
        b"{a: 1}",
    ],
)
def test_damaged_lines_are_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        jsonlines.Record(line)


PIECES = [
    *"{}:,[]",
    *('"a"', '"text"', "1", "-0.5", "1e999", '"x"', r'"\u0041"', r'"\ud800"', "null", "true", '{"b":1}', "[1,2]"),
    *('"', "\\", "NaN", "01", "甲", "a", " ", "\n", "\x01"),
]
FIELDS = st.tuples(st.sampled_from(['"a": ', '"b":', '"a" :', '"a\\u0041": ', '"": ']), st.sampled_from(PIECES)).map(
    "".join
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
    | st.tuples(st.lists(FIELDS, max_size=3).map(", ".join), st.sampled_from(["}", "}}", "", ",}", "} "])).map(
        lambda parts: "{" + "".join(parts)
    )
)
@examples(400)
def test_a_line_is_read_as_json_reads_it(text: str) -> None:
    try:
        expected = json.loads(text, object_pairs_hook=tuple)
    except ValueError:
        expected = None
    if isinstance(expected, tuple):
        found = jsonlines.members(text)
        assert [member.key for member in found] == [key for key, _ in expected]
        for member, (_, value) in zip(found, expected, strict=True):
            assert repr(json.loads(text[member.start : member.end], object_pairs_hook=tuple)) == repr(value)
    else:
        with pytest.raises(ValueError, match=r"\w"):
            jsonlines.members(text)


@pytest.mark.parametrize(
    "line", [b'{"a": {"b": 1}\n', b'{"text": {}\n', b'{"a": [{}\n', b'{"a": "}\n', b'{"a": 1, "b": {}\n']
)
def test_a_line_that_lacks_its_last_bracket_is_kept_with_its_error(
    batch: Callable[..., Any], tmp_path: Path, line: bytes
) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(2)) + line)
    assert batch("in.jsonl", "-o", "out.jsonl").code == 0
    found = read(tmp_path / "out.jsonl")
    assert len(found) == 3
    assert found[2]["despin"]["line"] == line.decode().rstrip("\n")


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ValueError, match="deep"):
        jsonlines.Record(b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}")


def test_tag_marks_and_changes_nothing_else(batch: Callable[..., Any], tmp_path: Path) -> None:
    odd = b'{ "n":1e999,"big":%s, "text" : "\\u7ecf\\u7531\\u8fc7\\u7a0b","e":"\\ud800", "text2":[] }\r\n' % (
        b"7" * 5000
    )
    (tmp_path / "in.jsonl").write_bytes(lines(records(5)) + odd + b"\n")
    result = batch("in.jsonl", "-o", "out.jsonl")
    assert result.code == 0
    assert "6 records, 3 spun" in result.err
    out = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    source = (tmp_path / "in.jsonl").read_bytes().splitlines(keepends=True)
    assert len(out) == 7
    for before, after in zip(source[:5], out, strict=False):
        assert after.startswith(before[:-2] + b', "despin": {"spun": ')
    assert out[5].startswith(odd[:-4] + b', "despin": {"spun": true')
    assert out[5].endswith(b"}} }\r\n") or out[5].endswith(b"} }\r\n")
    assert out[6] == b"\n"
    first = json.loads(out[0])["despin"]
    assert first == {
        "spun": True,
        "statement": "spun by substitution",
        "score": 0.99,
        "family": "stub",
        "rate": 0.5,
        "respun": None,
        "stretches": [],
        "damage": [],
        "labels": [],
        "edits": first["edits"],
        "prevented": 0,
        "scored": None,
        "text": "第0段，数据通过信号线传送。",
    }
    text = records(1)[0]["text"]
    assert [text[edit["start"] : edit["end"]] for edit in first["edits"]] == ["经由过程", "旌旗灯号"]
    assert json.loads(out[1])["despin"]["edits"] == []


def test_restore_puts_the_text_in_place(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(4)))
    batch("in.jsonl", "-o", "tag.jsonl")
    batch("in.jsonl", "-o", "out.jsonl", "--mode", "restore")
    for tagged, restored, source in zip(
        read(tmp_path / "tag.jsonl"), read(tmp_path / "out.jsonl"), records(4), strict=True
    ):
        assert restored["text"] == tagged["despin"].pop("text")
        assert restored["despin"] == tagged["despin"]
        assert {**restored, "text": source["text"]} == {**source, "despin": restored["despin"]}


def test_filter_leaves_spun_records_out(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines([*records(6), {"id": 6}]))
    result = batch("in.jsonl", "-o", "out.jsonl", "--mode", "filter")
    kept = read(tmp_path / "out.jsonl")
    assert [record["id"] for record in kept] == [1, 2, 4, 5, 6]
    assert kept[0]["despin"] == {
        "spun": False,
        "statement": "not spun by substitution; not judged otherwise",
        "score": 0.01,
        "family": None,
        "rate": 0.0,
        "respun": None,
        "stretches": [],
        "damage": [],
        "labels": [],
    }
    assert "2 left out" in result.err


def test_running_twice_replaces_the_field(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(9)))
    batch("in.jsonl", "-o", "one.jsonl")
    batch("one.jsonl", "-o", "two.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("record", "error"),
    [
        (b'{"txt": "x"}', "no field 'text'"),
        (b'{"text": 5}', "field 'text' is a number, not text"),
        (b'{"text": null}', "field 'text' is null, not text"),
        (b'{"text": ["x"]}', "field 'text' is a list, not text"),
        (b'{"text": true}', "field 'text' is true or false, not text"),
        ('{"text": "毒"}'.encode(), "despin failed on this text (ZeroDivisionError: a fault of the engine)"),
        (b'{"text": "%s"}' % (b"x" * 60), "field 'text' is longer than 50 characters"),
    ],
)
def test_a_record_that_fails_is_passed_on_with_its_error(
    batch: Callable[..., Any], tmp_path: Path, record: bytes, error: str
) -> None:
    good = lines(records(2))
    (tmp_path / "in.jsonl").write_bytes(good + record + b"\n" + good)
    result = batch("in.jsonl", "-o", "out.jsonl", "--longest-text", 50)
    found = read(tmp_path / "out.jsonl")
    assert result.code == 0
    assert [sorted(one) for one in found].count(["despin", "id", "score", "tags", "text"]) == 4
    assert found[2] == {**json.loads(record), "despin": {"error": error}}
    assert "1 failed" in result.err
    assert f"{error} (the first: in.jsonl:3)" in result.err


@pytest.mark.parametrize("line", [b"broken", b'{"text": "x"', b'"x"', b"\xff\xfe{}", b'{"text": "x"} {}'])
def test_a_line_that_is_no_record_is_kept_as_a_text(batch: Callable[..., Any], tmp_path: Path, line: bytes) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(1)) + line + b"\n" + lines(records(1)))
    result = batch("in.jsonl", "-o", "out.jsonl")
    found = read(tmp_path / "out.jsonl")
    assert result.code == 0
    assert len(found) == 3
    assert found[1]["despin"]["line"] == line.decode("utf-8", "backslashreplace")
    assert found[1]["despin"]["error"].startswith("not a JSON object on one line (")


def test_a_line_too_long_is_cut(batch: Callable[..., Any], tmp_path: Path) -> None:
    long = b'{"text": "' + "通过".encode() * 100_000 + b'"}\n'
    (tmp_path / "in.jsonl").write_bytes(lines(records(2)) + long + lines(records(2)))
    result = batch("in.jsonl", "-o", "out.jsonl", "--longest-line", 5000)
    found = read(tmp_path / "out.jsonl")
    assert result.code == 3
    assert len(found) == 5
    assert "longer than 5,000 bytes" in found[2]["despin"]["error"]
    assert found[2]["despin"]["line"].startswith('{"text": "通过')
    assert len(found[2]["despin"]["line"]) <= 1000
    assert "in.jsonl:3" in result.err
    exact = len(long) - 1
    assert batch("in.jsonl", "-o", "exact.jsonl", "--longest-line", exact, "--longest-text", 200_000).code == 0
    assert "error" not in read(tmp_path / "exact.jsonl")[2]["despin"]


def test_a_wrong_field_is_said_once(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(300)))
    result = batch("in.jsonl", "-o", "out.jsonl", "--text-field", "content")
    assert result.code == 3
    assert (
        "not one of its 300 records could be worked on (no field 'content'); is this the right --text-field?\n"
        in result.err
    )
    assert result.err.count("no field") == 2
    assert len(read(tmp_path / "out.jsonl")) == 300
    # Of records that have the field it is not asked.
    (tmp_path / "numbers.jsonl").write_bytes(b'{"text": 1}\n' * 2)
    result = batch("numbers.jsonl", "-o", "numbers-out.jsonl")
    assert result.code == 3
    assert "not one of its 2 records could be worked on (field 'text' is a number, not text)\n" in result.err
    # Each input is judged by its own records.
    (tmp_path / "one.jsonl").write_bytes(lines(records(1)))
    result = batch("one.jsonl", "numbers.jsonl", "-o", "both.jsonl")
    assert result.code == 3
    assert result.err.count("could be worked on") == 1
    assert "numbers.jsonl: not one of its 2 records" in result.err
    assert len(read(tmp_path / "both.jsonl")) == 3


def test_a_long_text_comes_back_from_its_parts(batch: Callable[..., Any], tmp_path: Path) -> None:
    """Edits of all parts with offsets of the whole text, the same in JSON lines as they are in Parquet."""
    text = "数据经由过程旌旗灯号线传送。" * 9000
    (tmp_path / "in.jsonl").write_bytes(lines([{"text": text}, {"text": "很长。" * 40_000}]))
    assert batch("in.jsonl", "-o", "out.jsonl").code == 0
    spun, clean = read(tmp_path / "out.jsonl")
    assert len(spun["despin"]["edits"]) == 2 * 9000
    assert all(text[edit["start"] : edit["end"]] == edit["spun"] for edit in spun["despin"]["edits"])
    assert spun["despin"]["text"] == text.replace("经由过程", "通过").replace("旌旗灯号", "信号")
    assert clean["despin"]["edits"] == []
    assert Marker(Recipe()).mark(text).value == spun["despin"]


def test_a_text_of_too_many_edits_is_passed_on(
    batch: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("despin.batch.record.MOST_EDITS", 50)
    long = {"text": "经由过程。" * 51}
    (tmp_path / "in.jsonl").write_bytes(lines([{"text": "经由过程。" * 50}, long]))
    assert batch("in.jsonl", "-o", "out.jsonl").code == 0
    whole, refused = read(tmp_path / "out.jsonl")
    assert len(whole["despin"]["edits"]) == 50
    assert refused == {**long, "despin": {"error": "field 'text' has more than 50 edits; give it in pieces"}}


@pytest.mark.parametrize(("value", "problem"), [("文".encode(), "bytes"), (b"\xff", "bytes that are not UTF-8")])
def test_bytes_are_no_text(value: bytes, problem: str) -> None:
    assert Marker(Recipe()).mark(value).problem == f"field 'text' holds {problem}, not text"


def test_what_a_record_alone_holds_is_not_replaced(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(records(4)) + b"no record\n")
    for mode in ("tag", "restore"):
        batch("in.jsonl", "-o", f"{mode}.jsonl", "--mode", mode)
        result = batch(f"{mode}.jsonl", "-o", f"{mode}-again.jsonl", "--mode", mode)
        first, again = read(tmp_path / f"{mode}.jsonl"), read(tmp_path / f"{mode}-again.jsonl")
        assert first[-1]["despin"]["line"] == "no record"
        assert again == first
        assert result.err.count("was no record before") == 1
    assert "2 × was restored before; its field 'despin' holds what stood there" in result.err
    for mode in ("tag", "filter"):
        batch("restore.jsonl", "-o", f"other-{mode}.jsonl", "--mode", mode)
        again = read(tmp_path / f"other-{mode}.jsonl")
        assert [one for one, other in zip(again, first, strict=True) if other["despin"].get("edits")] == [
            one for one in first if one["despin"].get("edits")
        ]


def test_the_report_says_what_is_spun_and_where_one_stands(batch: Callable[..., Any], tmp_path: Path) -> None:
    spun, clean = "数据经由过程旌旗灯号线传送。", "今天天气很好。"
    for name, texts in (("a.jsonl", [clean, spun, spun]), ("b.jsonl", [spun])):
        (tmp_path / name).write_text("".join(json.dumps({"text": one}) + "\n" for one in texts), "utf-8")
    done = batch("a.jsonl", "b.jsonl", "-o", "out/")
    [line] = [line for line in done.err.splitlines() if "to look at" in line]
    family, sure = "stub", "from .9 up"
    assert line == f"  3 × {family}, score {sure} (to look at: a.jsonl:2)"
    assert "to look at" not in batch("a.jsonl", "-o", "out/", "--resume").err
