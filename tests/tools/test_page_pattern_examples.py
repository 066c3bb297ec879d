"""The file of patterns: the shipped one is sound, and every slip is reported at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.errors import LexiconError
from despin.page.pattern_file import load, shipped, shipped_path
from despin.page.patterns import KINDS
from tools.page_patterns import check_patterns, main

GOOD = """\
title: patterns
about: for this test
licence: LGPL-2.1-or-later
simplified: 關关
brand_tails: [官网]
before_a_name: [由]
after_a_name: [的]
sections: {match: 新闻, examples: [新闻]}
summary: {match: '摘要:(?P<value>.+)', examples: ["摘要:雨"]}
lines:
  rain:
    kind: end
    match: '雨.*'
    reason: rain line
    why: a test
    examples: [雨停了]
    counterexamples: [雪停了]
words: {talk: [评论, 回复], english: [reply]}
"""


def test_the_shipped_patterns_are_sound() -> None:
    assert [str(problem) for problem in check_patterns(shipped_path())] == []
    assert main([]) == 0
    kinds = {pattern.kind for pattern in shipped().patterns}
    assert kinds == set(KINDS)


def test_sure_patterns_come_first() -> None:
    order = [pattern.sure for pattern in shipped().patterns]
    assert order == sorted(order, reverse=True)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD, "utf-8")
    assert check_patterns(path) == []
    found = load(path).find("雨停了")
    assert found is not None
    assert found.reason == "rain line"


def test_words_of_sites_are_found_whole_and_longer_ones_first() -> None:
    words = shipped().words_in("上一篇的评论 about abouts")
    assert [word for _, word in words] == ["上一篇", "评论", "about"]
    assert {word: group for group, word in words} == {"上一篇": "moves", "评论": "talk", "about": "english"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("talk: [评论, 回复]", "talk: 评论", "18:15: 'talk' is no list"),
        ("talk: [评论, 回复]", "talk: [评论, 评论]", "18:20: '评论' twice"),
        ("kind: end", "kind: ende", "12:11: unknown kind 'ende': did you mean 'end'?"),
        ("kind: end", "kinds: end", "12:5: unknown field 'kinds': did you mean 'kind'?"),
        ("'雨.*'", "'雨(.*'", "13:12: a broken regular expression (missing ), unterminated subpattern)"),
        ("    reason: rain line\n", "", "11:3: 'rain' has no 'reason'"),
        ("    match: '雨.*'\n", "", "11:3: 'rain' needs either match, parts or covers"),
        ("[雨停了]", "[雪停了]", "11:3: the example '雪停了' does not match"),
        ("counterexamples: [雪停了]", "counterexamples: [雨停了]", "11:3: the counterexample '雨停了' matches"),
        ("    counterexamples: [雪停了]\n", "", "11:3: 'rain' has no counterexample"),
        ("[雨停了]", "雨停了", "16:15: 'examples' is not a list"),
        ("reason: rain line", "sure: maybe", "14:11: 'sure' is 'maybe': write true or false"),
        ("reason: rain line", "longest: many", "14:14: 'longest' is 'many'"),
        ("    why: a test", "    why: a test\n    why: twice", "16:5: the field 'why' twice"),
        ("title: patterns\n", "", "'title' is missing"),
        ("simplified: 關关", "simplified: 關", "4:13: '關' is no pair of two characters"),
        ("(?P<value>.+)", ".+", "the summary pattern has no group 'value'"),
        ("'雨.*'", "'(?:雨+停?了?)+'", "'rain' is slow on"),
        ("'雨.*'", "&a '雨.*'", "an anchor (&a)"),
        ("lines:\n", "lines: []\nline:\n", "'lines' is not a mapping"),
    ],
)
def test_slips_are_reported_where_they_are(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "bad.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), "utf-8")
    problems = [str(problem) for problem in check_patterns(path)]
    assert any(message in problem for problem in problems), problems


@pytest.mark.parametrize("content", [b"", b"- a\n", b"\xff\xfe", b"a: [", b"\0"])
def test_files_that_are_no_patterns(tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    assert main([str(path)]) == LexiconError.exit_code
    assert "bad.yaml" in capsys.readouterr().out
    with pytest.raises(LexiconError, match=r"bad\.yaml"):
        load(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no such file"):
        load(tmp_path / "none.yaml")
