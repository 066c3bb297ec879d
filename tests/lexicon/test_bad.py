"""Every mistake people make: the exact message at the exact place, for files that are made wrong in one way each."""

from __future__ import annotations

import os
import re
import tracemalloc
from pathlib import Path

import pytest
from lexicon_kit import parsed_by_python, parsed_slowly

from despin.errors import LexiconError
from despin.lexicon import parse as parse_room
from despin.lexicon.cache import load_file
from despin.lexicon.check import check_file, check_text
from despin.lexicon.parse import parse, read_file, read_text
from despin.lexicon.problems import MAX_PROBLEMS, Report
from despin.lexicon.source import MAX_BYTES, read_source

BAD = Path(__file__).parents[1] / "data" / "lexicon_bad"
FIXTURES = sorted(BAD.glob("*.yaml"))
NO_ERRORS = {"undo-and-chain", "homophone"}


def test_there_are_fifty_fixtures_each_with_its_messages() -> None:
    assert len(FIXTURES) >= 50
    assert {path.stem for path in FIXTURES} == {path.stem for path in BAD.glob("*.expected")}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_messages_are_exactly_as_expected(path: Path) -> None:
    found = [str(problem).replace(str(path), path.name) for problem in check_file(path)]
    assert found == path.with_suffix(".expected").read_text("utf-8").splitlines()
    assert found, "a bad lexicon without a problem"


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_reading_refuses_what_check_calls_an_error(path: Path) -> None:
    if path.stem in NO_ERRORS:
        assert read_file(path).entries
        return
    with pytest.raises(LexiconError) as caught:
        read_file(path)
    assert re.match(rf"{re.escape(str(path))}:\d+:\d+: .+: .+", str(caught.value))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_both_parsers_and_both_paths_say_the_same(path: Path) -> None:
    source = read_source(path, Report(str(path)))
    if source is None:
        return
    usual = parse(source)
    for other in (parsed_slowly(source), parsed_by_python(source)):
        assert other.problems == usual.problems
        assert other.entries == usual.entries


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert [str(p) for p in check_file(tmp_path / "none.yaml")] == [
        f"{tmp_path / 'none.yaml'}: no such file: check the path"
    ]
    assert [str(p) for p in check_file(tmp_path)] == [f"{tmp_path}: a folder, not a lexicon: name a file in it"]


def test_a_file_of_100_mb_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.truncate(100 * 2**20)
    tracemalloc.start()
    with pytest.raises(LexiconError, match="larger than 16 MB: split it"):
        read_file(path)
    assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BYTES
    tracemalloc.stop()


def test_an_alias_bomb_costs_nothing() -> None:
    lines = ["entries:", '  a: &a ["lol", "lol"]']
    for before, name in zip("abcdefghijklmnopqrstuvwx", "bcdefghijklmnopqrstuvwxy", strict=True):
        lines.append(f"  {name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    problems = check_text("\n".join(lines))
    assert str(problems[0]).startswith("<text>:2:6: an anchor (&a): delete it")
    assert sum("an alias" in problem.what for problem in problems) == 240


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_is_bounded_before_it_costs_anything(opening: str) -> None:
    problems = check_text("entries:\n  甲: " + opening * 100_000)
    assert problems


def test_a_file_of_mistakes_has_bounded_problems() -> None:
    text = "entries:\n" + "  甲: 甲\n" * (MAX_PROBLEMS + 500)
    problems = check_text(text)
    assert len(problems) == MAX_PROBLEMS + 1
    assert "more errors" in str(problems[-1])


def test_an_exception_names_twenty_errors_and_counts_the_rest() -> None:
    words = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    with pytest.raises(LexiconError) as caught:
        read_text("entries:\n" + "".join(f"  {word}: {word}\n" for word in words))
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "and 2 more; 'despin lexicon check <text>' lists them all"


def test_a_shipped_lexicon_says_where_it_comes_from() -> None:
    problems = check_text("family: other\nentries:\n  经由过程: 通过\n", "classic.yaml", shipped=True)
    assert [str(problem) for problem in problems] == [
        *(
            f"classic.yaml:1:1: a shipped lexicon without '{name}': add '{name}: ...' to the header"
            for name in ("title", "about", "recognise", "sources", "licence")
        ),
        "classic.yaml:1:9: the family 'other' in classic.yaml: give file and family the same name",
    ]
    assert not check_text("family: other\nentries:\n  经由过程: 通过\n", "classic.yaml")


def test_a_byte_order_mark_is_accepted() -> None:
    assert not check_text("\ufeffentries:\r\n  经由过程: 通过\r\n")


def test_a_large_file_that_is_not_in_plain_lines_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_room, "MOST_YAML", 100_000)
    rows = "".join(f"    字{number:x}: 词{number:x}\n" for number in range(8_000))
    assert len(rows) > 100_000
    with monkeypatch.context() as patch:
        patch.setattr(parse_room, "compose", lambda *_, **__: pytest.fail("it is read"))
        with pytest.raises(LexiconError, match="more than 2 MB"):
            read_text("entries:\n" + rows)
    assert len(read_text("entries:\n" + rows.replace("    ", "  ")).entries) == 8_000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_no_lexicon(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    with pytest.raises(LexiconError, match="a pipe or a device"):
        load_file(pipe)
    link = tmp_path / "link.yaml"
    link.symlink_to("/dev/zero")
    with pytest.raises(LexiconError, match="a pipe or a device"):
        load_file(link)
