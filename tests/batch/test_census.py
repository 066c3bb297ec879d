"""A census: what is counted of records, counts added up, shares with their intervals."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.batch.census import Census, domains, interval, take, time_of
from despin.cli.main import main
from despin.errors import InputError

#: A spun text of ten characters, of which a list made six, and a clean one with a broken character.
SPUN = {
    "spun": True, "score": 0.97, "family": "list", "damage": [],
    "stretches": [{"start": 2, "end": 8, "family": "list"}],
    "edits": [{"spun": "糊口", "original": "生活", "entry": "list:糊口"}, {"spun": "網", "original": "网", "entry": "traditional"}],
}  # fmt: skip
CLEAN = {
    "spun": False, "score": 0.01, "family": None, "stretches": [], "edits": [], "damage": [{"kind": "glyph", "count": 2}]
}  # fmt: skip


def record(verdict: object, **more: object) -> dict[str, Any]:
    return {"text": "一二三四五六七八九十", "despin": verdict, **more}


RECORDS = [
    record(SPUN, url="http://a.farm.com.cn/1", date="2020-03-05"),
    record(SPUN, url="https://b.farm.com.cn", date=1600000000),
    record(CLEAN, url="http://news.cn/x", date="2021年"),
    record(CLEAN, url="192.168.0.1", date="soon"),
    record(CLEAN, url=["x"], date=20210131),
    record({"error": "no field 'text'"}, url="http://news.cn/x", date="2020-03"),
    {"text": "一"},
]  # fmt: skip


def written(folder: Path, rows: list[Any], name: str = "in.jsonl") -> str:
    path = folder / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return str(path)


def test_what_is_counted(tmp_path: Path) -> None:
    found = take(written(tmp_path, RECORDS), "text", "url", "date")
    whole = {what: found["all", "", "", what] for what in ("texts", "characters", "spun", "spun_characters", "damaged")}
    assert whole == {"texts": 5, "characters": 50, "spun": 2, "spun_characters": 12, "damaged": 3}
    assert found["all", "", "list", "spun"] == 2
    assert found["site", "farm.com.cn", "", "texts"] == found["suffix", "com.cn", "list", "spun"] == 2
    assert found["site", "news.cn", "", "texts"] == found["site", "192.168.0.1", "", "texts"] == 1
    assert {key[1] for key in found if key[0] == "suffix"} == {"com.cn", "cn"}
    assert [found["time", month, "", "texts"] for month in ("2020-03", "2020-09", "2021-01")] == [1, 1, 1]
    assert found["score", "0.95", "", "texts"] == 2 and found["score", "0.00", "", "texts"] == 3
    assert found["damage", "glyph", "", "texts"] == 3 and found["damage", "glyph", "", "edits"] == 6
    assert {key: n for key, n in found.items() if key[0] == "word"} == {("word", "糊口\t生活", "list", "edits"): 2}
    unknown = {key[1]: n for key, n in found.items() if key[0] == "unknown"}
    assert unknown == {"failed": 2, "site": 2, "time": 3}


@given(st.lists(st.sampled_from(RECORDS), max_size=12), st.integers(0, 12), st.randoms())
def test_counts_add_up_in_any_order(tmp_path_factory: Any, rows: Any, cut: int, chance: Any) -> None:
    folder = tmp_path_factory.mktemp("census")
    rows = [*rows, RECORDS[0], RECORDS[2]]
    shuffled = chance.sample(rows, len(rows))
    parts = [
        part for part in (shuffled[:cut], shuffled[cut:]) if any("score" in (row.get("despin") or {}) for row in part)
    ]
    rest = [row for part in (shuffled[:cut], shuffled[cut:]) if part not in parts for row in part]
    parts[0] = parts[0] + rest
    merged = Census()
    for number, part in enumerate(parts):
        one = take(written(folder, part, f"{number}.jsonl"), "text", "url", "date")
        (folder / f"{number}.json").write_text("".join(one.dump()), "utf-8")
        merged.update(Census.load(str(folder / f"{number}.json")))
    assert "".join(merged.dump()) == "".join(take(written(folder, rows), "text", "url", "date").dump())


@pytest.mark.parametrize(
    ("value", "month"),
    [
        ("2020-03-05T10:00:00Z", "2020-03"), ("2020/3/5", "2020-03"), ("2020年3月5日", "2020-03"), ("20200305", "2020-03"),
        (20200305, "2020-03"), (1583366400, "2020-03"), (1583366400000, "2020-03"), (date(2020, 3, 5), "2020-03"),
        (datetime(2020, 3, 5, 1), "2020-03"), ("2020", None), ("2020-13", None), (None, None), (True, None), (-1, None),
        ("5 March", None), ("0020-03", None), (float("nan"), None), (["2020-03"], None), (10**30, None),
    ],
)  # fmt: skip
def test_months_of_dates(value: object, month: str | None) -> None:
    assert time_of(value, "month") == month
    assert time_of(value, "year") == (month[:4] if month else "2020" if str(value).startswith("2020") else None)


def test_the_interval_of_wilson_by_hand() -> None:
    # 1 of 4: centre (.25 + 1.96² / 8) / (1 + 1.96² / 4), half 1.96 sqrt(.1875 / 4 + 1.96² / 64) / the same.
    assert interval(1, 4) == pytest.approx((0.0456, 0.6994), abs=1e-4)
    assert interval(0, 0) == (0.0, 1.0)
    assert interval(0, 10)[0] == 0.0 and interval(10, 10)[1] == 1.0


def test_domains_by_public_suffix() -> None:
    registered = domains()
    assert registered("a.b.example.com.cn") == {"site": "example.com.cn", "suffix": "com.cn"}
    assert registered("xn--fsqu00a.xn--fiqs8s")["site"] == "xn--fsqu00a.xn--fiqs8s"
    assert registered("某报") == {"site": "某报"} and registered("10.0.0.1") == {"site": "10.0.0.1"}


def test_the_command_writes_all_forms(tmp_path: Path, capsys: Any) -> None:
    pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    source = written(tmp_path, RECORDS)
    names = [str(tmp_path / f"c.{kind}") for kind in ("json", "csv", "html", "parquet")]
    outputs = [word for name in names for word in ("-o", name)]
    assert main(["census", source, "--site", "url", "--date", "date", *outputs]) == 0
    assert "5 texts, 50 characters; 2 spun (40.00%, from 11.76% to 76.93%), 3 damaged" in capsys.readouterr().err
    with open(names[1], encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    table = json.loads(Path(names[0]).read_text("utf-8"))
    assert [row["name"] for row in rows] == [row["name"] for row in table]
    assert rows[0]["spun"] == "2" and float(rows[0]["share"]) == 0.4
    parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
    assert parquet.read_table(names[3]).to_pylist() == table
    page = Path(names[2]).read_text("utf-8")
    assert "farm.com.cn" in page and "糊口" in page and "<svg" in page and "2020-09" in page and "网站不明" in page
    assert main(["census", names[0], "-o", names[2], "--lang", "en"]) == 0
    assert "By public suffix" in Path(names[2]).read_text("utf-8")


def test_parquet_is_counted_as_json_lines_are(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    rows = [row for row in RECORDS[:4] if isinstance(row["date"], str)]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    one, other = (take(path, "text", "url", "date") for path in (str(tmp_path / "in.parquet"), written(tmp_path, rows)))
    assert one == other


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        ([{"text": "一"}], 3, "is this the output of despin batch?"),
        ([record({key: value for key, value in SPUN.items() if key != "edits"})], 2, "left spun records out"),
        ([], 3, "not one record was counted"),
    ],
)
def test_what_cannot_be_counted(tmp_path: Path, capsys: Any, rows: Any, code: int, said: str) -> None:
    assert main(["census", written(tmp_path, rows), "-o", str(tmp_path / "c.json")]) == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "c.json").exists()


def test_mistakes_are_said(tmp_path: Path, capsys: Any) -> None:
    source = written(tmp_path, RECORDS)
    for words, code, said in (
        ([source, "-o", "c.txt"], 2, "end the name with .json"),
        ([str(tmp_path / "none.jsonl")], 3, "none.jsonl"),
        ([source, "-o", source], 2, ""),
    ):
        assert main(["census", *words]) == code
        assert said in capsys.readouterr().err


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, capsys: Any) -> None:
    source = written(tmp_path, RECORDS)
    (tmp_path / "cut.json").write_text('[\n{"group": "all"')
    assert main(["census", str(tmp_path / "cut.json"), source, "-o", str(tmp_path / "c.json")]) == 3
    assert "cut.json: is a census that is damaged or cut off" in capsys.readouterr().err
    assert Census.load(str(tmp_path / "c.json"))["all", "", "", "texts"] == 5


@given(st.binary(max_size=60))
def test_any_bytes_are_a_census_or_said_to_be_none(tmp_path_factory: Any, data: bytes) -> None:
    path = tmp_path_factory.mktemp("census") / "x.json"
    path.write_bytes(b"[\n" + data)
    try:
        Census.load(str(path))
    except InputError as error:
        assert "damaged or cut off" in str(error)
