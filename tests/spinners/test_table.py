"""Table programs forwards, against PHP and by hand; their edits; their preimages; tables of 200,000 rows."""

from __future__ import annotations

import dataclasses
import pickle
import random
from pathlib import Path

import pytest
import table_kit as kit
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.results import Edit, apply
from despin.spinners import cascade
from despin.spinners.base import ProgramError, Spun
from despin.spinners.registry import TABLE_PROGRAMS, spinner, table_spinner
from despin.spinners.rows import Rows, TableRow, parse_rows, read_rows, render_rows
from despin.spinners.table import Tabled

NAMES = sorted(TABLE_PROGRAMS)


def spun(name: str, rows: list[TableRow] | tuple[TableRow, ...], text: str) -> Spun:
    return table_spinner(name, Rows(tuple(rows))).spin(text)


def rows_of(*lines: str) -> list[TableRow]:
    return list(parse_rows("\n".join(lines), "list"))


def check(count: int, seed: int) -> None:
    """Equal to the reference, and the edits lead back."""
    wanted = kit.cases(NAMES, count, seed)
    answers = kit.by_php(wanted) if kit.PHP else [kit.by_hand(*case) for case in wanted]
    for (name, rows, text), answer in zip(wanted, answers, strict=True):
        program = table_spinner(name, Rows(tuple(rows)))
        found = program.spin(text)
        assert found.text == program.rewrite(text) == answer, (name, rows, text)
        edits = [Edit(start, end, found.text[start:end], was, 1.0) for start, end, was in found.edits]
        assert apply(found.text, edits) == text
        assert all(edit.spun != edit.original for edit in edits)


def test_programs_are_what_php_makes_of_a_text() -> None:
    check(900, 1)


@pytest.mark.slow
def test_ten_thousand_random_texts_and_tables() -> None:
    check(10_000, 2)


@pytest.mark.skipif(kit.PHP is None, reason="php is not installed")
def test_the_reference_by_hand_is_php() -> None:
    wanted = kit.cases(NAMES, 600, 3)
    assert [kit.by_hand(*case) for case in wanted] == kit.by_php(wanted)


def test_which_target_of_a_word_wins() -> None:
    rows = [
        TableRow("通过", "经由过程", number=9),
        TableRow("通过", "经过", number=2),
        TableRow("通过", "透过", number=5),
    ]
    assert spun("strtr-first", rows, "通过").text == "经由过程"
    assert spun("strtr-last", rows, "通过").text == "透过"
    assert spun("strtr-oldest", rows, "通过").text == "经过"


def test_the_longest_word_wins_and_nothing_is_read_again() -> None:
    rows = rows_of("软件→软体", "软件开发→软体研制", "软体→软件")
    found = spun("strtr-first", rows, "软件和软件开发")
    assert found.text == "软体和软体研制"
    assert [tuple(edit) for edit in found.edits] == [(0, 2, "软件"), (3, 7, "软件开发")]
    assert spun("list-order", rows, "软件和软件开发").text == "软体和软体开发"
    assert spun("cascade", rows, "软件和软件开发").text == "软件和软件开发"


def test_the_first_occurrence_only() -> None:
    rows = rows_of("方法→办法", "办法→方法")
    assert spun("first-occurrence", rows, "方法，方法，办法，办法。").text == "办法，方法，方法，办法。"


@pytest.mark.parametrize("passes", ["strtr", "list-order", "protected"])
def test_the_first_occurrence_only_of_each_word_in_one_pass(passes: str) -> None:
    rows = Rows(tuple(rows_of("方法→办法", "办法→方法", "大方→大度")))
    program = Tabled("own", passes, occurrences="first", given=rows)
    for text, expected in [
        ("方法，方法，办法，办法。", "办法，方法，方法，办法。"),
        ("方法" * 20 + "办法", "办法" + "方法" * 20),
        ("", ""),
    ]:
        found = program.spin(text)
        assert found.text == program.rewrite(text) == expected
        assert [edit.original for edit in found.edits] == (["方法", "办法"] if text else [])
    assert Tabled("own", passes, given=rows).spin("大方法").text == ("大办法" if passes == "protected" else "大度法")


def test_what_becomes_of_each_word_of_a_table() -> None:
    rows = rows_of("甲→乙", "乙→丙", "丁→丁", "戊⇄己")
    assert table_spinner("strtr-first", Rows(tuple(rows))).images == {"甲": "乙", "乙": "丙", "戊": "己"}
    assert table_spinner("cascade", Rows(tuple(rows))).images == {"甲": "丙", "乙": "丙", "戊": "己"}
    assert table_spinner("swap", Rows(tuple(rows))).images == {"甲": "丙", "乙": "丙", "戊": "己", "己": "戊"}
    assert table_spinner("strtr-first", Rows(tuple(rows))).passed_over == {}
    several = table_spinner("strtr-last", Rows(tuple(rows_of("甲→乙", "丙→乙", "甲→丁"))))
    assert several.passed_over == {"乙": ("甲",)}
    assert several.sources == {"丁": ("甲",), "乙": ("丙",)}


def test_swaps() -> None:
    rows = rows_of("方法⇄办法", "办法→手段")
    assert spun("swap", rows, "方法和办法").text == "手段和方法"
    assert spun("three-pass-swap", rows, "方法和办法").text == "手段和方法"
    held = rows_of("国⇄中国")
    assert spun("swap", held, "中国").text == "国"
    assert spun("three-pass-swap", held, "中国").text == "中中国"


def test_a_word_that_becomes_nothing_itself_or_a_longer_form_that_holds_it() -> None:
    rows = rows_of("非常→", "软件→软件", "电脑→个人电脑")
    for name in NAMES:
        found = spun(name, rows, "好的电脑软件非常")
        assert found.text == "好的个人电脑软件", name
        assert found.edits[-1] == (8, 8, "非常")
    assert spun("strtr-first", rows, "非常好，电脑").edits[0] == (0, 0, "非常")
    assert spun("cascade", rows, "非常好，电脑").edits[0] == (0, 0, "非常")
    assert spun("cascade", rows_of("一→二", "二→三", "三→一"), "一二三").text == "一一一"


def test_rows_that_feed_one_another_without_end_are_told() -> None:
    rows = [TableRow(chr(0x4E00 + n), chr(0x4E01 + n) * 2) for n in range(40)]
    with pytest.raises(ProgramError, match="feed one another"):
        spun("cascade", rows, chr(0x4E00))


def test_how_far_a_text_may_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cascade, "LEAST_ROOM", 30)
    for text, times in [("甲", 30), ("甲" * 5, cascade.MOST_TIMES)]:
        assert spun("cascade", rows_of("甲→" + "乙" * times), text).text == text.replace("甲", "乙" * times)
        with pytest.raises(ProgramError, match="feed one another"):
            spun("cascade", rows_of("甲→" + "乙" * (times + 1)), text)
    # What was taken away may be filled again.
    rows = rows_of("甲→" + "乙" * 29, "乙→", "丙→" + "丁" * 30)
    assert spun("cascade", rows, "甲丙").text == "丁" * 30


@pytest.mark.parametrize("name", NAMES)
def test_no_program_that_is_run_again_over_what_it_wrote_grows_without_end(name: str) -> None:
    """Four runs would make 800 million characters of these 320."""
    rows = rows_of("教→" + "教出" * 20, "出→" + "出教" * 20)
    program = dataclasses.replace(table_spinner(name, Rows(tuple(rows))), times=4)
    for run in (program.rewrite, lambda text: program.spin(text).text):
        try:
            assert len(run("教出" * 160)) <= cascade.LEAST_ROOM
        except ProgramError as error:
            assert "grow without end" in str(error)


def test_what_a_row_wrote_is_read_with_what_stands_beside_it() -> None:
    assert spun("cascade", rows_of("丁→丙", "甲乙丙→成"), "甲乙丁").text == "成"
    assert spun("cascade", rows_of("丁→甲", "甲乙丙→成"), "丁乙丙").text == "成"
    assert spun("cascade", rows_of("丁→", "甲乙→成"), "甲丁乙").text == "成"
    found = spun("cascade", rows_of("丁→乙", "甲乙丙→成"), "先甲丁丙了")
    assert (found.text, [tuple(edit) for edit in found.edits]) == ("先成了", [(1, 2, "甲丁丙")])


def test_preimages_are_what_becomes_the_form() -> None:
    for name, rows, _ in kit.cases(NAMES, 300, 4):
        program = table_spinner(name, Rows(tuple(rows)))
        for row in rows:
            word = program.changes(row.key)
            assert (row.key if word is None else word) == program.spin(row.key).text
            if word is not None:
                assert row.key in program.preimages(word)
            for source in program.preimages(row.target):
                assert program.rewrite(source) == row.target
    assert table_spinner("strtr-first", Rows(tuple(rows_of("甲→丙", "乙→丙")))).preimages("丙") == ("乙", "甲")


def test_tables_of_many_rows() -> None:
    rows = tuple(
        TableRow(chr(0x4E00 + n % 20_000) + chr(0x4E00 + n * 7919 % 20_000), chr(0x4E00 + n % 300), n % 2 > 0)
        for n in range(20_000)
    )
    for name in NAMES:
        found = spun(name, rows, "".join(row.key for row in rows[:300:7]))
        assert len(found.edits) > 20, name


def test_a_spinner_says_what_it_is_and_can_be_sent_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "list.table"
    file.write_text("# a comment\n方法→办法\n软件⇄软体\t7\n", encoding="utf-8")
    for name in NAMES:
        program = spinner({"name": name, "table": str(file)})
        assert isinstance(program, Tabled)
        assert program.rows.rows == (TableRow("方法", "办法"), TableRow("软件", "软体", True, 7))
        assert spinner({"name": name, **program.parameters}) == program
        assert pickle.loads(pickle.dumps(program)) == program
        assert program.spin("方法").text == "办法"
    assert render_rows(read_rows(file).rows) == "方法→办法\n软件⇄软体\t7\n"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("方法→办法\n方法办法\n", "list.table:2:1: no row of a table"),
        ("方法→办法→手段\n", "list.table:1:1: no row"),
        ("→办法\n", "list.table:1:1: no row"),
        ("方法→办法\tx\n", "list.table:1:1: no row"),
        ("方法→办法\n".encode("gb18030"), "list.table:1:1: not UTF-8"),
    ],
)
def test_broken_tables_are_told_with_their_line(tmp_path: Path, written: str | bytes, said: str) -> None:
    file = tmp_path / "list.table"
    file.write_bytes(written if isinstance(written, bytes) else written.encode())
    with pytest.raises(Exception, match=said):
        spinner({"name": "strtr-first", "table": str(file)}).spin("方法")
    with pytest.raises(Exception, match="check the path"):
        spinner({"name": "strtr-first", "table": str(tmp_path / "none")}).spin("方法")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"name": "strtr-first", "flags": ["v"]}, "strtr-first has no parameter 'flags'"),
        ({"name": "synonyms", "wins": "first"}, "synonyms has no parameter 'wins'"),
        ({"name": "strtr-first", "passes": "tokens"}, "passes: 'tokens': write strtr, list-order,"),
        ({"name": "cascade", "wins": "first"}, "the order of the list decides"),
        ({"name": "swap", "occurrences": "first"}, "exchanges words everywhere"),
        ({"name": "strtr-first", "wins": "best"}, "program: wins: 'best': write first, last or oldest"),
        ({"name": "strtr-first", "occurrences": "some"}, "program: occurrences: 'some': write all or first"),
        ({"name": "strtr-first", "table": ""}, "a list's file"),
        ("strtr-frist", "write strtr-first"),
    ],
)
def test_mistakes_are_told(written: object, said: str) -> None:
    with pytest.raises(ProgramError) as raised:
        spinner(written)
    assert said in str(raised.value)


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("name", ["strtr-first", "list-order", "protected", "cascade"])
def test_words_are_found_at_each_place_the_longest_first(name: str, long: bool) -> None:
    draw = random.Random(5)
    for _, rows, text in kit.cases([name], 300, 5):
        text += "".join(draw.choices(kit.ALPHABET, k=500)) if long else ""
        program = table_spinner(name, Rows(tuple(rows)))
        keys = program.replaced
        places = [
            (start, start + size) for start in range(len(text)) for size in (3, 2, 1) if start + size <= len(text)
        ]
        assert list(program.matches(text)) == [(start, end) for start, end in places if text[start:end] in keys]


def test_a_word_that_the_text_ends_within_is_not_found() -> None:
    program = table_spinner("strtr-first", Rows(tuple(rows_of("软→轻", "软件→软体", "件→个"))))
    assert list(program.matches("软件软")) == [(0, 2), (0, 1), (1, 2), (2, 3)]


def test_row_by_row_the_first_occurrence_only() -> None:
    for _, rows, text in kit.cases(["cascade"], 600, 6):
        expected = text
        for row in rows:
            expected = expected.replace(row.key, row.target, 1)
        program = Tabled("own", "cascade", occurrences="first", given=Rows(tuple(rows)))
        found = program.spin(text)
        assert found.text == program.rewrite(text) == expected, (rows, text)
        edits = [Edit(start, end, found.text[start:end], was, 1.0) for start, end, was in found.edits]
        assert apply(found.text, edits) == text
    program = Tabled("own", "cascade", occurrences="first", given=Rows(tuple(rows_of("甲→乙", "甲→丙", "乙→甲"))))
    assert program.spin("甲甲甲").text == "甲丙甲"


def test_the_table_that_a_text_and_its_original_show() -> None:
    rows = Rows(tuple(rows_of("方法→办法", "方法→法子", "软件→软体", "好→", "手机→电话", "快→迅速", "大→大")))
    program = table_spinner("strtr-first", rows)
    shown = program.shown_by("法子，法子，办法，软件，坏，电话，迅速", "方法，方法，方法，软件，好，手机，迅速")
    assert shown.rows.rows == (TableRow("手机", "电话"), TableRow("方法", "法子"))
    assert (shown.name, shown.passes) == (program.name, program.passes)
    # What stood there before does not count.
    assert program.shown_by("法子，办法，办法", "方法，方法，办法，办法").rows.rows == (TableRow("方法", "法子"),)
    assert program.shown_by("法子，很好", "方法，法子").rows.rows == ()
    # Of two that stand as much more often the one that the list has first.
    assert program.shown_by("法子，办法", "方法，方法").rows.rows == (TableRow("方法", "办法"),)


@given(
    st.lists(st.tuples(st.text("甲乙丙丁", min_size=1, max_size=2), st.text("甲乙丙丁", max_size=2)), max_size=5),
    st.text("甲乙丙丁", max_size=6),
)
@examples(50)
def test_a_table_that_is_run_twice_is_run_over_what_it_wrote(rows: list[tuple[str, str]], text: str) -> None:
    once = table_spinner("strtr-first", Rows(tuple(TableRow(*row) for row in rows)))
    twice = dataclasses.replace(once, times=2)
    spun = twice.spin(text)
    assert spun.text == twice.rewrite(text) == once.rewrite(once.rewrite(text))
    assert (
        apply(spun.text, [Edit(*edit[:2], spun.text[edit.start : edit.end], edit.original, 1.0) for edit in spun.edits])
        == text
    )
