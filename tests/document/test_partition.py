"""Where a text is divided: units and documents that cover it, runs on the best path, whatever its lines and marks are."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from despin.document.partition import Unit, cover, documents, runs, units
from despin.restorer import Restorer
from despin.results import apply
from despin.spinners.registry import spinner
from despin.tuning import Parting

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


def covers(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether spans follow one another from the beginning of a text to its end, none of them empty."""
    places = [0, *(end for _, end in spans)]
    return list(spans) == list(itertools.pairwise(places)) and places[-1] == len(text) and all(a < b for a, b in spans)


@given(TEXTS)
def test_units_cover_the_text(text: str) -> None:
    found = units(text)
    assert covers(text, [(one.start, one.end) for one in found]) or not text
    assert all(one.opens == (not one.start or text[one.start - 1] == "\n") for one in found)
    assert all(one.end - one.start <= Parting.long_line for one in found)
    assert all(
        one.end - one.start >= Parting.least_unit for one in found if text[one.end - 1] != "\n" and one.end < len(text)
    )


@given(TEXTS, TEXTS)
def test_units_are_the_same_wherever_a_line_stands(before: str, after: str) -> None:
    alone = [(one.start, one.end) for one in units(after)]
    if alone:
        behind = units(before + "\n" + after)[-len(alone) :]
        assert [(one.start - len(before) - 1, one.end - len(before) - 1) for one in behind] == alone


@given(TEXTS)
def test_no_line_end_of_two_characters_is_cut(text: str) -> None:
    assert not any(text[one.end - 1 : one.end + 1] == "\r\n" for one in units(text))


@pytest.mark.parametrize("line", ["好" * 100_000, "好，" * 50_000, "\n" * 100_000, " " * 100_000])
def test_a_long_text_of_one_kind(line: str) -> None:
    found = units(line)
    assert covers(line, [(one.start, one.end) for one in found])
    spans = documents(line, found, 0, len(found))
    assert covers(line, spans)
    assert max(end - start for start, end in spans) <= Parting.longest + Parting.long_line


@given(TEXTS, st.data())
def test_documents_cover_their_run(text: str, data: st.DataObject) -> None:
    found = units(text)
    if found:
        first = data.draw(st.integers(0, len(found) - 1))
        last = data.draw(st.integers(first + 1, len(found)))
        spans = documents(text, found, first, last)
        assert spans[0][0] == found[first].start
        assert spans[-1][1] == found[last - 1].end
        assert all(one[1] == other[0] for one, other in itertools.pairwise(spans))
        assert all(start < end for start, end in spans)
        assert {start for start, _ in spans} <= {one.start for one in found}


@pytest.mark.parametrize("copies", [2, 3, 7])
@pytest.mark.parametrize("article", [SPUN_FROM, CLEAN, "短。\n" + CLEAN, CLEAN + "\n\n短。"])
def test_lines_that_come_again_begin_another_document(copies: int, article: str) -> None:
    text = "\n".join([article] * copies)
    found = units(text)
    spans = documents(text, found, 0, len(found))
    assert [text[start:end].strip() for start, end in spans] == [article] * copies


def test_one_short_line_that_comes_again_begins_none() -> None:
    text = "\n".join(f"{line}\n图片来自网络。" for line in (SPUN_FROM + CLEAN).split("\n"))
    found = units(text)
    assert documents(text, found, 0, len(found)) == [(0, len(text))]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8), st.integers(0, 60))
def test_parts_cover_the_text(drawn: list[tuple[int, int]], length: int) -> None:
    spans: list[tuple[int, int]] = []
    for one, other in sorted((min(pair), max(pair)) for pair in drawn):
        if one < other <= length and (not spans or spans[-1][1] <= one):
            spans.append((one, other))
    found = cover(length, spans)
    assert covers("x" * length, [(part.start, part.end) for part in found]) or not length
    assert [(part.start, part.end) for part in found if part.doubted] == spans


def lines(count: int) -> list[Unit]:
    """Units that are lines of ten characters."""
    return [Unit(10 * number, 10 * number + 10, True) for number in range(count)]


def value_of(path: Sequence[str | None], scores: Mapping[str, Sequence[float]], before: bool, after: bool) -> float:
    """What a path of states (None: clean) is worth, reckoned straight from what borders cost."""
    total = 0.0
    states = [*([None] if before else []), *path, *([None] if after else [])]
    for one, other in itertools.pairwise(states):
        if one != other:
            total -= Parting.border
    return total + sum(scores[state][number] for number, state in enumerate(path) if state is not None)


@given(st.data(), st.booleans(), st.booleans())
def test_the_path_is_the_best_of_all(data: st.DataObject, before: bool, after: bool) -> None:
    count = data.draw(st.integers(1, 5))
    score = st.floats(-4, 4).map(lambda value: round(value, 2))
    scores = {name: data.draw(st.lists(score, min_size=count, max_size=count)) for name in "ab"}
    path: list[str | None] = [None] * count
    for first, last, state in runs(lines(count), scores, before, after):
        assert path[first:last] == [None] * (last - first)
        path[first:last] = [state] * (last - first)
    best = max(value_of(one, scores, before, after) for one in itertools.product([None, "a", "b"], repeat=count))
    assert value_of(path, scores, before, after) == pytest.approx(best)


@pytest.mark.parametrize(
    ("scores", "around", "path"),
    [
        # Clean text on both sides: two borders, 4 together.
        ({"a": [-1, 3.9, -1]}, True, []),
        ({"a": [-1, 4.1, -1]}, True, [(1, 2, "a")]),
        # At an end of the text there is one.
        ({"a": [1.9, -9]}, False, []),
        ({"a": [2.1, -9]}, False, [(0, 1, "a")]),
        # From one family to another: 2 as well.
        ({"a": [5, 0], "b": [0, 1.9]}, False, [(0, 2, "a")]),
        ({"a": [5, 0], "b": [0, 2.1]}, False, [(0, 1, "a"), (1, 2, "b")]),
        # What lies between costs less than two borders, or more.
        ({"a": [5, -3.9, 5]}, False, [(0, 3, "a")]),
        ({"a": [5, -4.1, 5]}, False, [(0, 1, "a"), (2, 3, "a")]),
    ],
)
def test_what_borders_cost(
    scores: Mapping[str, Sequence[float]], around: bool, path: list[tuple[int, int, str]]
) -> None:
    assert runs(lines(len(scores["a"])), scores, around, around) == path


def test_a_border_within_a_line_costs_one_more() -> None:
    within = [Unit(0, 10, True), Unit(10, 20, False), Unit(20, 30, False)]
    assert runs(within, {"a": [-9, 5.9, -9]}) == []
    assert runs(within, {"a": [-9, 6.1, -9]}) == [(1, 2, "a")]


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
