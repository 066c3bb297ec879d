"""Where a text is divided: blocks that cover it, parts that are documents of their own, whatever its lines and marks are."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from despin.document import partition as room
from despin.document.partition import ALONE, BLOCK, LONGEST, SURE, Block, blocks, partition
from despin.restorer import Restorer
from despin.results import apply
from despin.spinners.registry import spinner

#: Own sentences, as somebody wrote them.
SPUN_FROM = """河边的老磨坊今年重新修好了，村民们非常高兴，常常带着客人前来参观。
管理员表示，磨坊恢复以后增加了两间小屋，同时保留了原来的水车，游客可以亲自体验磨面。
为了保护环境，村里还邀请专家检查河水，帮助大家选择合适的种植方法。
许多年轻人认为，这样的改变十分重要，也让家乡的生活更加丰富。"""
CLEAN = """我们班有四十个学生，教室在二楼，窗外是一棵很高的松树。
每到下雨的时候，松树上的水珠落在窗台上，声音轻轻的。
班主任姓周，教语文，说话很慢，写字很快。
星期五下午没有课，大家一起打扫教室，然后各自回家。"""
#: Lines, marks and characters that texts are made of; half a pair of UTF-16 and a mark of byte order among them.
PIECES = st.sampled_from(
    ["今天", "的", "。", "，", "\n", "\r\n", " ", "\ufeff", "\ud800", "😀", "好" * 300, "好。" * 300]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def spun(text: str) -> str:
    """What the program behind betting-seo makes of a text."""
    return spinner("synonyms").spin(text).text


def covers(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether spans follow one another from the beginning of a text to its end, none of them empty."""
    places = [0, *(end for _, end in spans)]
    return spans == list(itertools.pairwise(places)) and places[-1] == len(text) and all(a < b for a, b in spans)


def by_mark(text: str) -> tuple[None, float, bool]:
    """A stand-in for a judge: a text with a mark in every three characters is spun, for sure."""
    marked = 3 * text.count("。") >= len(text)
    return None, 1.0 - 1e-9 if marked else 0.0, marked


@given(TEXTS)
def test_blocks_cover_the_text(text: str) -> None:
    found = blocks(text)
    assert covers(text, found) or not text
    assert all(end - start <= 3 * BLOCK for start, end in found)
    assert all(end - start >= BLOCK // 2 for start, end in found[:-1])


@given(TEXTS)
def test_no_line_end_of_two_characters_is_cut(text: str) -> None:
    assert not any(text[end - 1 : end + 1] == "\r\n" for _, end in blocks(text))


def test_texts_without_blocks_or_with_one() -> None:
    assert blocks("") == []
    for text in ("好", "\n", "\r\n", "\ufeff", "\ud800", "  "):
        assert blocks(text) == [(0, len(text))]


@pytest.mark.parametrize("line", ["好" * 100_000, "好，" * 50_000, "\n" * 100_000, " " * 100_000])
def test_a_long_text_of_one_kind(line: str) -> None:
    found = blocks(line)
    assert covers(line, found)
    assert min(end - start for start, end in found) >= BLOCK // 2
    assert max(end - start for start, end in found) <= 2 * BLOCK
    assert covers(line, partition(line, by_mark))


@given(TEXTS)
def test_parts_cover_the_text(text: str) -> None:
    found = partition(text, by_mark)
    assert found == [(0, len(text))] if len(text) <= ALONE else covers(text, found)


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_runs_of_spun_blocks_are_parts(states: list[bool]) -> None:
    lines = ["好。" * (BLOCK // 2) + "\n" if state else "好" * BLOCK + "\n" for state in states]
    text = "".join(lines)
    assert blocks(text) == list(itertools.pairwise(itertools.accumulate(map(len, lines), initial=0)))
    found = partition(text, by_mark)
    if len(text) <= ALONE or (all(states) and len(text) <= LONGEST):
        assert found == [(0, len(text))]
        return
    borders = {number * (BLOCK + 1) for number in range(1, len(states)) if states[number] != states[number - 1]}
    assert borders <= {start for start, _ in found}
    # What is more than one document can take is divided further, and only where it is spun.
    assert all(states[start // (BLOCK + 1)] for start, _ in found if start and start not in borders)
    assert all(end - start <= LONGEST for start, end in found if states[start // (BLOCK + 1)])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=10))
def test_blocks_that_are_believed_are_sure_enough_together(judged: list[tuple[float, bool]]) -> None:
    found = [Block(number, number + 1, score, state) for number, (score, state) in enumerate(judged)]
    states = room._joined(found)
    for state, run in itertools.groupby(zip(states, found, strict=True), key=lambda pair: pair[0]):
        assert not state or sum(room._log_odds(block.score) for _, block in run) >= SURE


@pytest.mark.parametrize("ends", ["\n", "\r\n", ""])
@pytest.mark.parametrize("copies", [2, 5, 9])
def test_every_copy_of_a_spun_article_has_the_same_edits(restorer: Restorer, copies: int, ends: str) -> None:
    part = spun(SPUN_FROM).replace("\n", ends) + ends
    found = restorer.explain(part * copies)
    by_copy = [
        [
            (edit.start - number * len(part), edit.original)
            for edit in found.edits
            if number * len(part) <= edit.start < (number + 1) * len(part)
        ]
        for number in range(copies)
    ]
    assert by_copy[0]
    # The first and the last have another text before and behind them.
    assert all(edits == by_copy[1] for edits in by_copy[1:-1])
    assert all(abs(len(edits) - len(by_copy[0])) <= 1 for edits in by_copy)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_clean_text_around_a_spun_part_stays(restorer: Restorer, ends: str) -> None:
    part, around = spun(SPUN_FROM).replace("\n", ends), CLEAN.replace("\n", ends)
    text = ends.join([*[around] * 6, part, *[around] * 6])
    start = text.index(part)
    found = restorer.explain(text)
    assert found.edits
    assert all(start <= edit.start and edit.end <= start + len(part) for edit in found.edits)
    assert [(edit.start - start, edit.original) for edit in found.edits] == [
        (edit.start, edit.original) for edit in restorer.explain(part).edits
    ]


@settings(max_examples=15)
@given(st.lists(st.sampled_from([CLEAN, spun(SPUN_FROM), "\ufeff", "\ud800", "", " ", "\r"]), min_size=1, max_size=6))
def test_edits_belong_to_the_text_and_nothing_is_left_to_do(restorer: Restorer, parts: list[str]) -> None:
    text = "\n".join(parts)
    found = restorer.explain(text)
    assert apply(text, found.edits) == found.text
    assert all(text[edit.start : edit.end] == edit.spun != edit.original for edit in found.edits)
    assert restorer.restore(found.text) == found.text
