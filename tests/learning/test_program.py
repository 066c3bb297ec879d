"""The program behind a pair: named, with its parameters, what it makes again and what is left; and the family file that is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from places import shared

from despin.cli.main import main
from despin.learning.observe import align
from despin.learning.program import Named, name_program
from despin.learning.texts import TextPair
from despin.lexicon.load import load
from despin.spinners.registry import PROGRAMS, TABLE_PROGRAMS, spinner, table_spinner
from despin.spinners.rows import Rows, TableRow, parse_rows, render_rows

#: Words that hold one another, come twice, go both ways, and whose targets are words of other rows.
LIST = """\
方法⇄办法\t9
方法→途径\t4
系统⇄体系\t5
体系→制度\t6
问题→题目\t7
程序员→编程人员\t8
程序→法度\t3
如果⇄若是\t1
数据→资料\t2
资料→材料\t10
处理⇄处置\t11
"""
TEXT = (
    "程序员用一种方法处理数据。如果系统出现问题，另一种方法也能处理这些数据。\n"
    "好的体系和坏的系统一样需要资料。程序员写程序，程序处理问题，办法总比问题多。若是处置不当，后果严重。\n"
    "大家应该避免浪费，立刻购买足够的食物，提供适当的帮助，认真检查每一个房间。"
)
#: The same without words that look spun by themselves.
PLAIN = (
    "这个系统可以处理很多问题。如果你需要检查目录，可以用我们的方法和程序。虽然程序员已经开始工作，但是数据显示还有一个问题。\n"
    "请注意，通过这种方法能让数据不丢。我们知道处理问题的人非常多，需要仔细理解。"
)
ROWS = Rows(tuple(parse_rows(LIST, "list")))


def named(spun: str, original: str = TEXT, tables: tuple[Rows, ...] = (ROWS,)) -> Named | None:
    return name_program([align(TextPair("pair", spun, original))], [("办法", "方法"), ("题目", "问题")], tables)


@pytest.mark.parametrize("name", [*(name for name in PROGRAMS if name != "synonyms-random"), *TABLE_PROGRAMS])
def test_every_program_is_named_or_one_that_makes_the_same(name: str) -> None:
    program = spinner(name) if name in PROGRAMS else table_spinner(name, ROWS)
    found = named(program.spin(TEXT).text)
    assert found is not None
    assert name == found.program.name or name in found.alike
    assert found.share == 1.0
    assert (found.again, found.left) == (found.edits, [])


def test_what_a_program_does_not_explain_is_left() -> None:
    spun = table_spinner("strtr-first", ROWS).spin(TEXT).text.replace("浪费", "糟蹋").replace("后果", "效果")
    found = named(spun)
    assert found is not None and found.program.name == "strtr-first"
    assert found.left == [("效", "后"), ("糟蹋", "浪费")] or set(found.left) == {("效", "后"), ("糟蹋", "浪费")}
    assert found.edits == found.again + 2
    assert 0.8 < found.share < 1
    assert "left: " in found.summary()[1]


def test_flags_are_estimated_where_no_named_program_fits() -> None:
    text = TEXT * 2
    found = named(spinner({"flags": ["a", "n"]}).spin(text).text, text, ())
    assert found is not None
    assert set(found.program.parameters["flags"]) <= {"a", "ad", "n"}
    assert found.written() == {"flags": found.program.parameters["flags"]}


def test_without_the_list_the_pair_tells_first_places_from_all() -> None:
    rows = Rows((TableRow("方法", "办法"), TableRow("问题", "题目")))
    for name in ("strtr-first", "first-occurrence"):
        found = named(table_spinner(name, rows).spin(TEXT).text, tables=())
        assert found is not None and found.learned
        assert found.program.name == name


def test_nothing_explains_a_text_of_somebody_else() -> None:
    assert named(TEXT) is None
    assert named("这是另一个人写的完全不同的文章，" * 5) is None


def test_the_family_file_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list.txt").write_text(render_rows(ROWS.rows), "utf-8")
    original, spun, out = tmp_path / "original.txt", tmp_path / "spun.txt", tmp_path / "learned.yaml"
    original.write_text(PLAIN, "utf-8")
    spun.write_text(table_spinner("strtr-last", ROWS).spin(PLAIN).text, "utf-8")
    command = ["learn", "pairs", str(spun), str(original), "--table", str(tmp_path / "list.txt"), "-o", str(out)]
    assert main(command) == 0
    assert "program: strtr-last (so do strtr-oldest) makes 16 of 16" in capsys.readouterr().err
    family = load([out], shipped=False).families[0]
    assert family.program is not None
    assert family.program.parameters == {"name": "strtr-last", "table": str(tmp_path / "learned.table")}
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["program"]["name"] == "strtr-last"


@pytest.mark.slow
def test_ten_texts_spun_by_each_program() -> None:
    texts = [json.loads(row)["text"] for row in shared("clean", "news.jsonl").read_text("utf-8").splitlines()]
    texts = [text for text in texts if len(text) > 400][::7][:10]
    right = asked = 0
    for name in (*PROGRAMS, *TABLE_PROGRAMS):
        program = spinner(name) if name in PROGRAMS else table_spinner(name, ROWS)
        for text in texts:
            if (spun := program.spin(text).text) != text:
                found = named(spun, text)
                right += found is not None and (name == found.program.name or name in found.alike)
                asked += 1
    assert asked >= 60
    assert right >= 0.95 * asked
