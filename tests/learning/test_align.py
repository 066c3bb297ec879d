"""Matching stretches: what was made from what, whatever happened to the paragraphs."""

from __future__ import annotations

import random
from bisect import bisect_right
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from learn_kit import articles, spin
from profiles import examples

from despin.learning.align import Folded, match
from despin.learning.segment import windows

BOILERPLATE = [
    "点击蓝字关注我们，获取更多精彩内容",
    "版权声明：本文转载自网络，如有侵权请联系删除",
    "上一篇 返回列表 下一篇",
]


def paragraphs() -> list[str]:
    return [line for text in articles() for line in text.split("\n") if len(line) > 20]


def pieces(spun: str, original: str) -> list[tuple[str, str]]:
    a, b = Folded.of(spun), Folded.of(original)
    return [(a.characters[m.start : m.end], b.characters[m.other_start : m.other_end]) for m in match(a, b)]


def folded(text: str) -> str:
    return Folded.of(text).characters


def test_folding_drops_what_does_not_count_and_keeps_places() -> None:
    text = "Ｎｅｗ　书， 是\n好"
    one = Folded.of(text)
    assert one.characters == "new书是好"
    assert [text[start:end] for start, end in one.places] == ["Ｎ", "ｅ", "ｗ", "书", "是", "好"]
    assert one.breaks == [0, 4, 5, 6]
    assert one.lines == [0, 5, 6]
    assert one.stops == [4]


@examples(20)
@given(st.integers(0, 10_000))
def test_shuffled_paragraphs_find_their_originals(seed: int) -> None:
    chance = random.Random(seed)
    originals = chance.sample(paragraphs(), 12)
    made = [(spin(one, 0.7, seed)[0], one) for one in originals]
    shuffled = chance.sample(made, len(made))
    others = chance.sample(originals, len(originals))
    a, b = Folded.of("\n".join(one for one, _ in shuffled)), Folded.of("\n".join(others))
    right = 0
    for one in match(a, b):
        for place in range(one.start, one.end):
            paragraph = shuffled[bisect_right(a.lines, place) - 1][1]
            start = b.lines[others.index(paragraph)]
            right += one.other_start <= start + len(folded(paragraph)) and one.other_end >= start
    assert right >= 0.95 * len(a.characters)


@examples(20)
@given(st.integers(0, 10_000))
def test_matches_are_sorted_and_disjoint_on_both_sides(seed: int) -> None:
    chance = random.Random(seed)
    lines = [chance.choice([*paragraphs(), *BOILERPLATE]) for _ in range(15)]
    a = Folded.of("\n".join(spin(line, 0.5, seed)[0] for line in lines))
    b = Folded.of("\n".join(chance.sample(lines, 12)))
    found = match(a, b)
    for side in ((lambda m: (m.start, m.end)), (lambda m: (m.other_start, m.other_end))):
        spans = sorted(map(side, found))
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert found == sorted(found)
    assert all(one.end <= len(a.characters) for one in found)


def test_what_has_no_counterpart_is_left_out() -> None:
    first, second, third, fourth = paragraphs()[:4]
    found = pieces(
        f"{BOILERPLATE[0]}\n{spin(first)[0]}\n{spin(second)[0]}", f"{third}\n{first}\n{fourth}\n{BOILERPLATE[1]}"
    )
    assert [original for _, original in found] == [folded(first)]


def test_changed_punctuation_spacing_and_joined_lines_do_not_matter() -> None:
    lines = paragraphs()[:5]
    original = "\n".join(lines)
    spun = "".join(spin(line)[0] for line in lines).replace("，", "。").replace("、", " ")
    found = pieces(spun, original)
    assert "".join(b for _, b in found) == folded(original)


def test_unrelated_texts_match_nowhere() -> None:
    first, second = articles()[0], articles()[3]
    assert sum(len(a) for a, _ in pieces(first, second)) <= 0.03 * len(first)


@examples(20)
@given(st.integers(0, 10_000))
def test_windows_hold_everything_that_differs(seed: int) -> None:
    original = random.Random(seed).choice(paragraphs())
    a, b = Folded.of(spin(original, 0.8, seed)[0]), Folded.of(original)
    text = list(a.characters)
    for one in match(a, b):
        for window in sorted(windows(one, a, b), reverse=True):
            assert a.characters[window.start :].startswith(window.spun)
            assert b.characters[window.other_start :].startswith(window.original)
            assert len(window.path) == len(window.spun) + 1
            assert list(window.path) == sorted(window.path)
            # Windows that share context agree on it, so that replacing from the right restores the original.
            text[window.start : window.start + len(window.spun)] = window.original
    assert "".join(text) == b.characters or len(list(match(a, b))) != 1
