"""Classes of facts: which pairs change what is claimed, and what is wrong with a file of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.errors import LexiconError
from despin.lexicon.check import check_text
from despin.lexicon.facts import CLASSES, FactClasses, check_classes, classes_file, load_classes

KNOWN = load_classes()
HEAD = "title: t\nabout: a\nlicence: l\nnegations: [不]\nclasses:\n"


@pytest.mark.parametrize(
    ("spun", "original", "changes"),
    [
        ("昨天", "今天", "time"),
        ("下午", "上午", "time"),
        ("今天下午", "今天上午", "time"),
        ("夏天", "冬季", "time"),
        ("北京", "上海", "place"),
        ("北京市民", "上海市民", "place"),
        ("东门", "西门", "place"),
        ("女儿", "儿子", "person"),
        ("丈夫", "妻子", "person"),
        ("女选手", "男选手", "person"),
        ("三天", "五天", "number"),
        ("二十", "三十五", "number"),
        ("很多", "很少", "quantity"),
        ("高于", "低于", "quantity"),
        ("买", "卖", "direction"),
        ("上涨", "下跌", "direction"),
        ("支持", "反对", "polarity"),
        ("不存在", "存在", "polarity"),
        ("得到", "得不到", "polarity"),
        ("没有发现", "发现", "polarity"),
    ],
)
def test_what_a_pair_changes(spun: str, original: str, changes: str) -> None:
    assert KNOWN.changes(spun, original) == changes
    assert KNOWN.changes(original, spun) == changes


@pytest.mark.parametrize(
    ("spun", "original"),
    [
        ("经由过程", "通过"),
        ("夏季", "夏天"),
        ("二个", "两个"),
        ("入口", "进口"),
        ("不少", "很多"),
        ("今天早上", "今天上午"),
        ("妈妈", "母亲"),
        ("之后", "以后"),
        ("某处", ""),
        ("体系", "系统"),
    ],
)
def test_what_means_the_same_or_nothing_known_changes_nothing(spun: str, original: str) -> None:
    assert KNOWN.changes(spun, original) is None
    assert KNOWN.changes(original, spun) is None


WORDS = sorted({word for members in KNOWN.members.values() for word in members})


@examples(300)
@given(st.sampled_from(WORDS), st.sampled_from(WORDS), st.text("上下不一二前后", max_size=2))
def test_both_ways_alike_and_nothing_from_a_word_to_itself(one: str, other: str, around: str) -> None:
    assert KNOWN.changes(one, other) == KNOWN.changes(other, one)
    assert KNOWN.changes(around + one, around + one) is None
    assert KNOWN.changes(one, other) in (None, *CLASSES)


def test_every_class_has_words_and_the_file_is_in_order() -> None:
    assert tuple(sorted(KNOWN.members)) == tuple(sorted(CLASSES))
    assert check_classes(classes_file()) == []
    assert KNOWN.after
    assert KNOWN.surnames
    assert KNOWN.titles


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- 一\n", "1:1: no mapping"),
        ("klasses: {}\n", "1:1: unknown field 'klasses'"),
        ("negations: 不\n", "1:12: 'negations' is no list"),
        ("negations: [不, 不]\n", "1:16: '不' twice"),
        ("negations: [不 是]\n", "1:13: not a word"),
        (f"{HEAD}  times: {{}}\n", "6:3: unknown class 'times'"),
        (f"{HEAD}  time: [一]\n", "6:9: 'time' is no mapping"),
        (f"{HEAD}  time:\n    days: [今天]\n", "7:11: the group 'days' has no two members"),
        (f"{HEAD}  time:\n    days: 今天\n", "7:11: the group 'days' has no two members"),
        (f"{HEAD}  time:\n    days: [今天 明天, 今天]\n", "7:19: '今天' twice in the group 'days'"),
        (f"{HEAD}  time:\n    days: [今天, [明天]]\n", "7:16: not a member"),
        (f"{HEAD}  time:\n    a: [早, 晚]\n    a: [春, 秋]\n", "8:5: the group 'a' twice"),
        ("names: {before: [甲]}\n", "1:9: unknown field 'before'"),
        ("classes: {time: {a: [早, 晚}\n", ""),
    ],
)
def test_mistakes_are_named_with_their_places(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "classes.yaml"
    file.write_text(text, "utf-8")
    problems = [str(problem) for problem in check_classes(file)]
    assert problems
    assert f"{file}:{message}" in problems[0]
    with pytest.raises(LexiconError):
        load_classes(file)


def test_a_file_that_is_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no such file"):
        load_classes(tmp_path / "none.yaml")
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LexiconError, match="not UTF-8"):
        load_classes(tmp_path / "odd.yaml")


def test_no_classes_change_nothing() -> None:
    assert FactClasses().changes("昨天", "今天") is None


def test_entries_that_change_facts_get_a_note() -> None:
    problems = [
        str(problem)
        for problem in check_text("entries:\n  昨天: 今天\n  不会: 会\n  上涨: {original: 下跌, flips: true}\n")
    ]
    assert [problem.split(":", 3)[3] for problem in problems] == [
        " note: 昨天 → 今天 changes the time: such edits are marked; nothing to do if it is meant",
        " note: 不会 → 会 changes the polarity: add 'flips: true'",
    ]


def test_what_is_cached_is_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESPIN_CACHE", str(tmp_path))
    read, cached = load_classes(), load_classes()
    (file,) = tmp_path.glob("facts-*.json")
    assert read == cached == KNOWN
    file.write_bytes(b"broken")
    assert load_classes() == KNOWN
    monkeypatch.setenv("DESPIN_CACHE", "")
    assert load_classes() == KNOWN
