"""Lists as the tables of their programs: rows in order, with duplicates; what is odd is told with its line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from despin.cli.main import main
from despin.errors import InputError
from despin.learning.explain import explain, explain_pages, table_programs
from despin.lexicon.import_rows import import_rows, rows_of_text
from despin.lexicon.load import load
from despin.spinners.registry import table_spinner
from despin.spinners.rows import TableRow, parse_rows, render_rows

LIST = "经常→时常\n方法→办法\n手段→办法\n方法→途径\n"


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("方法→办法", [TableRow("方法", "办法")]),
        ("方法=>办法|途径", [TableRow("方法", "办法"), TableRow("方法", "途径")]),
        ("方法=办法", [TableRow("方法", "办法", True)]),
        ("方法,办法", [TableRow("方法", "办法", True)]),
        ("方法\t办法", [TableRow("方法", "办法", True)]),
        ("方法=办法,经常=时常", [TableRow("方法", "办法", True), TableRow("经常", "时常", True)]),
        ("方法=办法#经常=时常", [TableRow("方法", "办法", True), TableRow("经常", "时常", True)]),
        ("方法=办法|途径", [TableRow("方法", "办法", True), TableRow("方法", "途径", True)]),
        ("方法=办法,途径", [TableRow("方法", "办法", True), TableRow("方法", "途径", True)]),
        ("方法⇄办法", [TableRow("方法", "办法", True)]),
        ("12,方法,办法", [TableRow("方法", "办法", True, 12)]),
        ("7\t方法→办法", [TableRow("方法", "办法", False, 7)]),
        ("的话→", [TableRow("的话", "")]),
        ("方法→方法", [TableRow("方法", "方法")]),
        ("好→好好", [TableRow("好", "好好")]),
        ("一不做，二不休→一不做,二不休", [TableRow("一不做，二不休", "一不做,二不休")]),
        ("# 注释", []),
        ("// 注释", []),
    ],
)
def test_the_forms_of_a_row(line: str, rows: list[TableRow]) -> None:
    report = rows_of_text(f"经常→时常\n{line}\n")
    assert report.rows[1:] == rows
    assert not report.malformed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("甲→乙→丙", "more than one arrow"),
        ("→乙", "a word is missing"),
        ("甲 乙 丙", "3 words, and a row has two"),
        ("甲=乙\ufffd", "broken characters"),
        ("字" * 41 + "→乙", "running text"),
    ],
)
def test_lines_that_are_no_rows_are_told_by_number(line: str, reason: str) -> None:
    report = rows_of_text(f"经常→时常\n{line}\n方法→办法\n")
    assert len(report.rows) == 2
    assert [number for number, _, _ in report.malformed] == [2]
    assert reason in report.messages()[0]


def test_a_heading_and_a_first_line_are_left_out() -> None:
    assert rows_of_text("伪原创词库 第一版 共三行\n" + LIST).dropped == "伪原创词库 第一版 共三行"
    report = rows_of_text(LIST, drop_first=True)
    assert report.dropped == "经常→时常"
    assert report.rows[0] == TableRow("方法", "办法")


def test_two_encodings_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("方法→办法\n".encode() * 3 + "经常→时常\n".encode("gb18030") * 3)
    report = import_rows(path)
    assert report.encoding == "utf-8 and gb18030"
    assert [row.key for row in report.rows] == ["方法"] * 3 + ["经常"] * 3


def test_what_is_odd_about_rows_is_told() -> None:
    report = rows_of_text("词库\n甲→乙\n乙→甲\n甲→丙\n丁→丁\n戊→\n好→好好\n子→丑\n丑→寅\n寅→子\n", "list.txt")
    assert len(report.rows) == 9  # nothing is lost
    assert report.messages()[1:-1] == [
        "list.txt:4: 甲→丙: 1 words with several targets: which one counts is up to the program",
        "list.txt:5: 丁→丁: 1 rows that write a word for itself: they guard it from shorter words",
        "list.txt:6: 戊→(nothing): 1 rows that write nothing",
        "list.txt:7: 好→好好: 1 rows that write a form with the word in it",
        "list.txt:2: 甲→乙: 2 rows that another row turns round",
        "list.txt:8: 子→丑: 3 rows that lead back to their word by way of others: only programs that read what they wrote go round",
    ]


def test_a_large_list_keeps_its_order(tmp_path: Path) -> None:
    drawn = random.Random(1)
    rows = [TableRow(f"词{drawn.randrange(10**5)}", f"语{number}") for number in range(20_000)]
    path = tmp_path / "list.txt"
    path.write_text("\n".join(f"{row.key}→{row.target}" for row in rows), "gb18030")
    found = import_rows(path).rows
    assert found == rows
    assert list(parse_rows(render_rows(found), "list.table")) == rows


def test_an_empty_list_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("只有一句话。\n", "utf-8")
    with pytest.raises(InputError, match="no row in it"):
        import_rows(path)


ORIGINALS = ["他经常用这种方法做事，方法很多，手段也多。", "方法不对，就经常失败；经常失败，就换手段。"]


@pytest.mark.parametrize("name", ["strtr-first", "strtr-last", "first-occurrence"])
def test_the_program_is_found_out(name: str) -> None:
    rows = rows_of_text(LIST).table()
    program = table_spinner(name, rows)
    spun = [program.spin(text).text for text in ORIGINALS]
    best = explain(zip(spun, ORIGINALS, strict=True), table_programs(rows))[0]
    assert (best.program.name, best.share) == (name, 1.0)
    assert explain_pages(spun, rows)[0].program.name == name


@pytest.mark.usefixtures("capsys")  # the command takes standard output for its own
def test_import_writes_a_family_and_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.txt").write_text(LIST, "gb18030")
    rows = rows_of_text(LIST).table()
    program = table_spinner("strtr-last", rows)
    lines = [
        f'{{"id": "{n}", "spun": "{program.spin(text).text}", "original": "{text}"}}'
        for n, text in enumerate(ORIGINALS)
    ]
    Path("pairs.jsonl").write_text("\n".join(lines), "utf-8")
    assert (
        main(["lexicon", "import", "list.txt", "-o", "list.yaml", "--program", "auto", "--pairs", "pairs.jsonl"]) == 0
    )
    assert Path("list.table").read_text("utf-8") == LIST
    family = load(["list.yaml"], shipped=False).families[0]
    assert family.program is not None
    assert dict(family.program.settings)["name"] == "strtr-last"
    assert main(["lexicon", "check", "list.yaml"]) == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--program", "strtr"], "there is no program 'strtr'"),
        (["--program", "synonyms"], "runs no list"),
        (["--program", "auto"], "--pairs FILE"),
        (["--program", "strtr-first", "--page", "x"], "goes with --program auto"),
        (["--page", "x"], "goes with --program auto"),
    ],
)
def test_options_that_cannot_be_meant(
    more: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.txt").write_text(LIST, "utf-8")
    assert main(["lexicon", "import", "list.txt", "-o", "list.yaml", *more]) != 0
    assert said in capsys.readouterr().err
    assert not Path("list.yaml").exists()


def test_a_table_does_not_take_the_place_of_its_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.table").write_text(LIST, "utf-8")
    assert main(["lexicon", "import", "list.table", "-o", "list.yaml", "--program", "strtr-first"]) == 2
    assert "would be overwritten" in capsys.readouterr().err
