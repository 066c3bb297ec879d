"""Patterns from the cache, tried only where they can match, are the patterns of the file tried everywhere."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from page_markup import pages

from despin.page.lines import plain_form
from despin.page.pattern_check import read_patterns
from despin.page.pattern_file import load, shipped_path
from despin.page.patterns import REGEXES, Boilerplate, needed, needs_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("DESPIN_CACHE", str(folder))
    return folder


def fresh() -> Boilerplate:
    """The shipped patterns, loaded as by another process."""
    load.cache_clear()
    try:
        return load(shipped_path())
    finally:
        load.cache_clear()


def lines(boilerplate: Boilerplate) -> list[str]:
    """Lines of the marked pages, and others made of pieces of them, as the patterns see them."""
    whole = [line for kind in ("train", "dev") for page in pages(kind) for line in page.lines]
    chance = random.Random(6)
    pieces = [piece for line in whole for piece in re.findall(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+", line)]
    made = ["".join(chance.choices(pieces, k=chance.randint(1, 5))) for _ in range(4000)]
    odd = ["\u0663 楼", "\u0967\u0968:\u0969\u0966", "¥５", "", "a", "→"]
    return [plain_form(line, boilerplate.same) for line in (*whole, *made, *odd)]


def test_patterns_from_the_cache_are_those_of_the_file(folder: Path) -> None:
    first = fresh()
    assert [file.name.partition("-")[0] for file in folder.iterdir()] == ["page"]
    again = fresh()
    unfiltered = [replace(pattern, needs=None) for pattern in again.patterns]
    assert [replace(pattern, needs=None) for pattern in first.patterns] == unfiltered
    assert again.same == first.same
    assert again.patterns == first.patterns


def test_what_a_line_must_hold_changes_no_match(folder: Path) -> None:
    boilerplate = fresh()
    assert sum(pattern.needs is not None for pattern in boilerplate.patterns) * 2 > len(boilerplate.patterns)
    tried = lines(boilerplate)
    for pattern in boilerplate.patterns:
        everywhere = replace(pattern, needs=None)
        assert [pattern.match(line) for line in tried] == [everywhere.match(line) for line in tried], pattern.name


def test_without_a_cache_folder_the_patterns_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESPIN_CACHE", "")
    read = fresh()
    assert len(read.patterns) > 40


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "foreign"])
def test_a_broken_cache_never_matters(folder: Path, damage: str) -> None:
    expected = fresh()
    (file,) = folder.iterdir()
    data = file.read_bytes()
    broken = {"cut": data[:-9], "flip": data.replace(b"copyright", b"copylefts"), "empty": b"", "foreign": b"[]\n[]"}
    file.write_bytes(broken[damage])
    assert fresh().patterns == expected.patterns


def test_a_changed_file_is_read_again(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "patterns.yaml"
    path.write_text(shipped_path().read_text("utf-8"), "utf-8")
    assert load(path).find("责任编辑:竹子") is not None
    path.write_text(path.read_text("utf-8").replace("责任编辑", "责任主笔"), "utf-8")
    load.cache_clear()
    assert load(path).find("责任主笔:竹子") is not None
    load.cache_clear()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("雨.*", "雨"),
        ("(?:雨|雪)停?", "雨雪"),
        ("停?.*", None),
        ("(?:雨|.)停", "停"),
        ("(?:雨|停?)", None),
        ("[a-c]{2,}x*", "abc"),
        ("[^雨]", None),
        ("(?=雪).*", "雪"),
        ("(?!雪).*", None),
        ("(?P<value>雨)?雪*", None),
        ("雨{0,3}", None),
    ],
)
def test_what_every_match_holds(pattern: str, expected: str | None) -> None:
    assert needed(pattern) == expected


def test_what_every_match_holds_is_found_for_the_one_expression_of_a_pattern() -> None:
    from despin.lexicon.problems import Report

    data = read_patterns(shipped_path(), Report("shipped"))
    assert data is not None
    needs = needs_of(data)
    for name, fields in data["lines"].items():
        (text,) = [fields[field] for field in REGEXES[:3] if field in fields]
        assert needs[name] == needed(text)
