"""JSON lines plain, gzip and zstd, Parquet, standard input and output; files that are none of these."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_stub import lines, read, records


@pytest.fixture
def expected(batch: Callable[..., Any], tmp_path: Path) -> bytes:
    """What comes out for 700 plain records."""
    (tmp_path / "plain.jsonl").write_bytes(lines(records(700)))
    assert batch("plain.jsonl", "-o", "expected.jsonl").code == 0
    return (tmp_path / "expected.jsonl").read_bytes()


def test_gzip_in_and_out(batch: Callable[..., Any], tmp_path: Path, expected: bytes) -> None:
    data = lines(records(700))
    # Two members, as `cat a.gz b.gz` makes them, under a name that does not tell.
    (tmp_path / "in.data").write_bytes(gzip.compress(data[:5000]) + gzip.compress(data[5000:]))
    assert batch("in.data", "-o", "out.jsonl.gz").code == 0
    assert gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()) == expected


def test_zstd_in_and_out(batch: Callable[..., Any], tmp_path: Path, expected: bytes) -> None:
    zstandard = pytest.importorskip("zstandard", reason="the package zstandard is not installed")
    data = lines(records(700))
    pack = zstandard.ZstdCompressor().compress
    (tmp_path / "in.zst").write_bytes(pack(data[:5000]) + pack(data[5000:]))
    assert batch("in.zst", "-o", "out.jsonl.zst").code == 0
    reader = zstandard.ZstdDecompressor().stream_reader(
        io.BytesIO((tmp_path / "out.jsonl.zst").read_bytes()), read_across_frames=True
    )
    assert reader.read() == expected


def test_zstd_behind_a_frame_that_holds_nothing(batch: Callable[..., Any], tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard", reason="the extra despin[zstd] is not installed")
    row = b'{"text": "abc"}\n'
    skipped = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    (tmp_path / "in.jsonl.zst").write_bytes(skipped + zstandard.ZstdCompressor().compress(row) + skipped)
    result = batch("in.jsonl.zst", "-o", "out.jsonl")
    assert result.code == 0, result.err
    assert (tmp_path / "out.jsonl").read_bytes().count(b"\n") == 1


def test_zstd_without_the_package(batch: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("zstandard", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "in.zst").write_bytes(b"\x28\xb5\x2f\xfdrest")
    (tmp_path / "in.jsonl").write_bytes(lines(records(1)))
    result = batch("in.zst", "-o", "out.jsonl")
    assert result.code == 3
    assert "pip install 'despin[zstd]'" in result.err
    result = batch("in.jsonl", "-o", "out.zst")
    assert result.code == 2
    assert "pip install 'despin[zstd]'" in result.err


def test_several_inputs_are_one_output_in_order(batch: Callable[..., Any], tmp_path: Path, expected: bytes) -> None:
    source = (tmp_path / "plain.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + b"".join(source[:100]).rstrip(b"\n"))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b"".join(source[100:])))
    (tmp_path / "empty.jsonl").touch()
    assert batch("a.jsonl", "empty.jsonl", "b.jsonl.gz", "-o", "out.jsonl").code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == expected


def test_a_folder_gets_one_output_an_input(batch: Callable[..., Any], tmp_path: Path, expected: bytes) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.jsonl", "b.jsonl.gz"):
        data = lines(records(700))
        (tmp_path / "in" / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert batch("in/a.jsonl", "in/b.jsonl.gz", "-o", "out/").code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.jsonl", "b.jsonl.gz"]
    assert (tmp_path / "out" / "a.jsonl").read_bytes() == expected
    assert gzip.decompress((tmp_path / "out" / "b.jsonl.gz").read_bytes()) == expected


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input_and_output(
    batch: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, expected: bytes, packed: bool
) -> None:
    data = lines(records(700))
    stream = io.BytesIO(gzip.compress(data) if packed else data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream, encoding="utf-8"))
    result = batch("-", "-o", "-")
    assert (result.code, result.out) == (0, expected)


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b'[{"text": "x"}]', "jq -c"),
        (b"%PDF-1.7\n\x00\x01", "PDF"),
        ("通过信号\n".encode(), "despin restore"),
        (
            json.dumps({"text": "通过信号传送的数据，还有别的，很多很多的文字在这里。"}, ensure_ascii=False).encode(
                "gb18030"
            ),
            "gb18030",
        ),
    ],
)
def test_a_file_that_is_no_json_lines(batch: Callable[..., Any], tmp_path: Path, data: bytes, hint: str) -> None:
    (tmp_path / "in").write_bytes(data)
    result = batch("in", "-o", "out.jsonl")
    assert result.code == 3
    assert "in:1:1: these are no JSON lines" in result.err
    assert hint in result.err
    assert not (tmp_path / "out.jsonl").exists()


def _parquet() -> Any:
    return pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")


@pytest.mark.parametrize("mode", ["tag", "restore", "filter"])
def test_parquet_comes_out_as_json_lines_would(batch: Callable[..., Any], tmp_path: Path, mode: str) -> None:
    parquet = _parquet()
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")

    rows: list[dict[str, Any]] = [*records(300), {"id": 300, "text": None, "score": None, "tags": None}]
    for row in rows:
        row["tags"] = [str(tag) for tag in row["tags"] or ()]
    table = pa.Table.from_pylist(rows).replace_schema_metadata({"pandas": "{}", "huggingface": "{}"})
    parquet.write_table(table, tmp_path / "in.parquet", row_group_size=110, compression="zstd")
    (tmp_path / "in.jsonl").write_bytes(lines(rows))
    assert batch("in.parquet", "-o", "out.parquet", "--mode", mode).code == 0
    assert batch("in.jsonl", "-o", "out.jsonl", "--mode", mode).code == 0
    file = parquet.ParquetFile(tmp_path / "out.parquet")
    out = file.read()
    found = out.to_pylist()
    expected = read(tmp_path / "out.jsonl")
    for row in found[:-1]:
        assert row["despin"].pop("error") is None
    # A record that failed says nothing else.
    found[-1]["despin"] = {key: value for key, value in found[-1]["despin"].items() if value is not None}
    assert found == expected
    assert out.drop_columns("despin").schema.equals(table.schema)
    assert out.schema.metadata == {b"pandas": b"{}"}
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_parquet_keeps_the_types_of_its_columns(batch: Callable[..., Any], tmp_path: Path) -> None:
    parquet = _parquet()
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")

    texts = [record["text"] for record in records(90)]
    for text in (pa.array(texts, pa.large_string()), pa.array(texts).dictionary_encode()):
        table = pa.table({"when": pa.array([1, 2, 3] * 30, pa.timestamp("us")), "text": text})
        parquet.write_table(table, tmp_path / "in.parquet")
        assert batch("in.parquet", "-o", "out.parquet", "--mode", "restore", "--overwrite").code == 0
        out = parquet.read_table(tmp_path / "out.parquet")
        assert out.schema.field("text").type == text.type
        assert out.column("when").equals(table.column("when"))
        assert "旌旗灯号" not in str(out.column("text").to_pylist())


def test_parquet_loads_no_library_of_datasets(
    batch: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet = _parquet()
    import pyarrow

    parquet.write_table(pyarrow.table({"text": ["数据经由过程传送。"]}), tmp_path / "in.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow.dataset", None)  # it takes tens of megabytes
    assert batch("in.parquet", "-o", "out.parquet").code == 0
    assert parquet.ParquetFile(tmp_path / "out.parquet").metadata.num_rows == 1


def test_parquet_of_another_schema(batch: Callable[..., Any], tmp_path: Path) -> None:
    parquet = _parquet()
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")

    good = pa.table({"text": ["通过"], "id": [1]})
    for name, table in {
        "a": good,
        "other-type": pa.table({"text": ["通过"], "id": ["1"]}),
        "other-column": pa.table({"text": ["通过"], "key": [1]}),
        "no-text": pa.table({"texts": ["通过"]}),
        "number": pa.table({"text": [1]}),
        "inside": pa.table({"page": [{"text": "通过"}]}),
        "twice": pa.table([pa.array(["通过"]), pa.array(["通过"])], ["text", "text"]),
        "marked-twice": pa.table([pa.array(["通过"])] * 3, ["text", "despin", "despin"]),
        "z": good,
    }.items():
        parquet.write_table(table, tmp_path / f"{name}.parquet")
    (tmp_path / "lines.jsonl").write_bytes(lines(records(1)))
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-20])
    names = ["a", "other-type", "other-column", "no-text", "number", "inside", "twice", "marked-twice", "cut", "z"]
    result = batch(*(f"{name}.parquet" for name in names), "lines.jsonl", "-o", "out.parquet")
    assert result.code == 3
    for said in (
        "other-type.parquet: its columns are not those of a.parquet ('id' is string, not int64)",
        "other-column.parquet: its columns are not those of a.parquet ('id' is missing)",
        "no-text.parquet: no column 'text'; did you mean --text-field texts?",
        "number.parquet: column 'text' is int64, not text",
        "inside.parquet: no column 'text'; those with text are none",
        "twice.parquet: 2 columns are called 'text'",
        "marked-twice.parquet: 2 columns are called 'despin'",
        "cut.parquet: the file is damaged or cut off",
        "lines.jsonl: is JSON lines, and out.parquet is Parquet",
        "9 inputs could not be done",
    ):
        assert result.err.count(said) == 1, said
    assert parquet.read_table(tmp_path / "out.parquet").num_rows == 2
    assert batch(*(f"{name}.parquet" for name in names[:3]), "-o", "each/").code == 0
    assert len(list((tmp_path / "each").iterdir())) == 3


def test_parquet_is_not_restored_twice(batch: Callable[..., Any], tmp_path: Path) -> None:
    parquet = _parquet()
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    parquet.write_table(pa.table({"text": ["数据经由过程传送。"]}), tmp_path / "in.parquet")
    assert batch("in.parquet", "-o", "once.parquet", "--mode", "restore").code == 0
    result = batch("once.parquet", "-o", "twice.parquet", "--mode", "restore")
    assert result.code == 3
    assert "once.parquet: was restored before; its column 'despin' holds what stood there" in result.err
    assert batch("once.parquet", "-o", "tagged.parquet").code == 3


def test_parquet_through_a_pipe(spawn: Callable[..., Any], tmp_path: Path) -> None:
    parquet = _parquet()
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    parquet.write_table(pa.table({"text": ["通过"]}), tmp_path / "in.parquet")
    with open(tmp_path / "in.parquet", "rb") as file:
        process = spawn("-", "-o", "out.parquet", stdin=file)
        _, err = process.communicate()
    assert process.returncode == 3
    assert b"Parquet cannot be read from a pipe; name the file" in err


def test_parquet_without_the_package(
    batch: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "in.parquet").write_bytes(b"PAR1rest")
    result = batch("in.parquet", "-o", "out.parquet")
    assert result.code == 3
    assert "pip install 'despin[parquet]'" in result.err


def test_half_a_surrogate_is_written_as_its_escape(batch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"text": "\\ud83d \xe7\x94\xb2"}\n')
    assert batch("in.jsonl", "-o", "out.jsonl").code == 0
    written = (tmp_path / "out.jsonl").read_bytes()
    assert b"\\ud83d \xe7\x94\xb2" in written
    assert json.loads(written)["text"] == "\ud83d 甲"
