"""Readings of clauses, each tested by the program: what comes back is possible, forced edits are forced, the best reading is the best."""

from __future__ import annotations

import itertools
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.kernel.native.program import ClauseSearch
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import PROGRAM, Scorer
from despin.spinners.registry import spinner

PROGRAM_OF_TOKENS = spinner("synonyms")
#: Own clauses; words that the program replaces, names, and a word of letters.
CLAUSES = (
    "他通过考试以后立刻告诉了母亲",
    "公司表示将会加强管理",
    "高彦博说这家商店很快就要开门",
    "中国人民银行提高了存款利率",
    "用GPS可以找到附近的加油站",
    "老师要求学生认真阅读这篇文章",
    "这种方法能够避免数据丢失",
    "我们应该尽量减少浪费",
)


@cache
def search(fluency: float = 0.85) -> ClauseSearch:
    """A search with the shipped models and without the weights of the program."""
    model = LanguageModel()
    weights = (0.55, 0.0, fluency, 12.0, -4.0)
    words = PROGRAM_OF_TOKENS.segmenter  # type: ignore[attr-defined]
    return ClauseSearch(words, model.trigrams, Scorer(model).network, None, weights, PROGRAM)


def restored(page: str, rows: list[tuple[int, int, str]]) -> str:
    """A page with edits made."""
    text, place = "", 0
    for start, end, original in rows:
        text += page[place:start] + original
        place = end
    return text + page[place:]


def changed(page: str) -> list[tuple[int, int, str, float, list[tuple[str, float]], bool]]:
    """The rows of a page that change something."""
    return [row for row in search().refine(page, []) if page[row[0] : row[1]] != row[2]]


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_reading_gives_the_page_back(clause: str) -> None:
    page = PROGRAM_OF_TOKENS.spin(clause).text
    rows = changed(page)
    assert PROGRAM_OF_TOKENS.rewrite(restored(page, [row[:3] for row in rows])) == page
    for start, end, *_, rivals, _ in rows:
        assert all(0.0 <= share <= 1.0 for _, share in rivals)
        assert page[start:end]


@pytest.mark.parametrize("clause", CLAUSES)
def test_what_is_forced_has_no_other_word(clause: str) -> None:
    page = PROGRAM_OF_TOKENS.spin(clause).text
    rows = changed(page)
    for number, (start, end, original, _, rivals, forced) in enumerate(rows):
        others = [row[:3] for row in rows if row is not rows[number]]
        possible = [page[start:end], *PROGRAM_OF_TOKENS.preimages(page[start:end])]
        written = [
            word
            for word in possible
            if word != original
            and PROGRAM_OF_TOKENS.rewrite(restored(page, sorted([*others, (start, end, word)]))) == page
        ]
        if forced:
            assert not written
            assert not rivals


def test_names_and_letters_that_nobody_touched_stay() -> None:
    for clause in ("高彦博", "GPS"):
        assert PROGRAM_OF_TOKENS.rewrite(clause) == clause
        assert changed(clause) == []


@pytest.mark.parametrize("clause", [clause for clause in CLAUSES if len(clause) < 12])
def test_the_best_reading_is_the_best_of_all(clause: str) -> None:
    page = PROGRAM_OF_TOKENS.spin(clause).text
    rows = [row[:3] for row in changed(page)]
    ((_, _, best, missed),) = search().scores(page, rows)
    assert best is not None
    places = sorted({(start, end) for start, end, *_ in search().refine(page, [])})[:4]
    options = [[None, *PROGRAM_OF_TOKENS.preimages(page[start:end])[:3]] for start, end in places]
    for chosen in itertools.product(*options):
        made = [(*place, word) for place, word in zip(places, chosen, strict=True) if word is not None]
        if any(one[1] > other[0] for one, other in itertools.pairwise(made)):
            continue
        for _, _, score, _ in search().scores(page, made):
            assert score is None or score <= best + 1e-6
    assert missed == 0


def test_places_are_those_of_the_text() -> None:
    page = "\ufeff" + PROGRAM_OF_TOKENS.spin(CLAUSES[0]).text + "😀\r\n" + PROGRAM_OF_TOKENS.spin(CLAUSES[1]).text
    for start, end, *_ in search().refine(page, []):
        assert 0 <= start < end <= len(page)


@given(st.text(alphabet="出有教那末便不存在通过的，a1 \n", max_size=60))
def test_any_text_is_searched(text: str) -> None:
    for start, end, original, chance, _, _ in search().refine(text, []):
        assert text[start:end] and original
        assert 0.0 <= chance <= 1.0 + 1e-9


@pytest.mark.parametrize(
    "rows", [[(-1, 1, "a")], [(0, 9, "a")], [(1, 0, "a")], [(2, 3, "a"), (0, 1, "b")], [(0, 2, "a"), (1, 3, "b")]]
)
def test_rows_that_are_not_in_the_text(rows: list[tuple[int, int, str]]) -> None:
    with pytest.raises(ValueError, match="sorted and disjoint"):
        search().refine("中文字", rows)


def test_long_clauses_stay_as_they_came() -> None:
    page = "的" * 5_000
    assert search().refine(page, []) == []
    assert search().refine(page, [(0, 1, "地", 0.5, [])]) == [(0, 1, "地", 0.5, [], False)]
