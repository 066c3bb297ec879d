"""Readings of clauses, each tested by the program: what comes back is possible, forced edits are forced, the best reading is the best."""

from __future__ import annotations

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


def rows_of(page: str) -> list[tuple[int, int, str, float, list[tuple[str, float]], bool]]:
    """The rows of a page that is read as one."""
    ((rows, _),) = search().read(page, [(0, len(page))])
    return rows


def changed(page: str) -> list[tuple[int, int, str, float, list[tuple[str, float]], bool]]:
    """The rows of a page that change something."""
    return [row for row in rows_of(page) if page[row[0] : row[1]] != row[2]]


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_reading_gives_the_page_back(clause: str) -> None:
    page = PROGRAM_OF_TOKENS.spin(clause).text
    rows = changed(page)
    assert PROGRAM_OF_TOKENS.rewrite(restored(page, [row[:3] for row in rows])) == page
    for start, end, *_, rivals, _ in rows:
        assert all(0.0 <= share <= 1.0 for _, share in rivals)
        assert page[start:end]


@pytest.mark.parametrize("clause", CLAUSES)
def test_what_other_places_say_counts_as_the_rest_of_a_score(clause: str) -> None:
    page = PROGRAM_OF_TOKENS.spin(clause).text
    rows = [
        (row, rival) for row in rows_of(page) for rival in row[4] if page[row[0] : row[1]] not in (row[2], rival[0])
    ]
    for (start, end, original, *_), (other, _) in rows:
        made = [(start, end, original)]
        ((plain,),) = search().scores(page, [(0, len(page))], made)
        ((said,),) = search().scores(
            page, [(0, len(page))], made, [(start, end, original, -7.0), (start, end, other, 7.0)]
        )
        assert plain[2] is not None
        assert said[2] == pytest.approx(plain[2] - 7.0, abs=1e-3)
        ((again, _),) = search().read(page, [(0, len(page))], [(start, end, other, 50.0)])
        assert (start, end, other) in [row[:3] for row in again]
    assert rows_of(page) == search().read(page, [(0, len(page))], [(0, 1, clause[:1], 9.0)])[0][0]


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


def test_places_are_those_of_the_text() -> None:
    page = "\ufeff" + PROGRAM_OF_TOKENS.spin(CLAUSES[0]).text + "😀\r\n" + PROGRAM_OF_TOKENS.spin(CLAUSES[1]).text
    for start, end, *_ in rows_of(page):
        assert 0 <= start < end <= len(page)


@given(st.text(alphabet="出有教那末便不存在通过的，a1 \n", max_size=60))
def test_any_text_is_searched(text: str) -> None:
    for start, end, original, chance, _, _ in rows_of(text):
        assert text[start:end] and original
        assert 0.0 <= chance <= 1.0 + 1e-9


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_page_of_the_program_is_likelier_spun_than_what_people_wrote(clause: str) -> None:
    page = PROGRAM_OF_TOKENS.spin(clause).text
    ((_, spun),), ((_, clean),) = (search().read(text, [(0, len(text))]) for text in (page, clause))
    assert page == clause or spun > max(0.0, clean)


@given(st.lists(st.sampled_from([*CLAUSES, *map(PROGRAM_OF_TOKENS.rewrite, CLAUSES)]), min_size=1, max_size=6))
def test_sentences_are_read_alike_alone_and_together(clauses: list[str]) -> None:
    text = "。".join(clauses)
    places, at = [], 0
    for clause in clauses:
        places.append((at, at + len(clause)))
        at += len(clause) + 1
    together = search().read(text, places)
    assert together == [search().read(text, [place])[0] for place in places]
    assert search().read(text, []) == []


def test_what_stands_far_away_changes_nothing() -> None:
    page = PROGRAM_OF_TOKENS.spin(CLAUSES[0]).text
    far = "天" * 60
    ((rows, gain),) = search().read(far + page + far, [(60, 60 + len(page))])
    ((again, same),) = search().read(f"山。{far}" + page + f"{far}水。", [(62, 62 + len(page))])
    assert [(start + 2, end + 2, *rest) for start, end, *rest in rows] == [tuple(row) for row in again]
    assert gain == same


@pytest.mark.parametrize("places", [[(-1, 1)], [(0, 9)], [(1, 0)], [(2, 3), (0, 1)], [(0, 2), (1, 3)]])
def test_places_that_are_not_in_the_text(places: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="sorted and disjoint"):
        search().read("中文字", places)


def test_long_clauses_are_cut() -> None:
    page = PROGRAM_OF_TOKENS.spin(CLAUSES[0]).text
    assert len(changed(("的" * 5_000) + page)) == len(changed(page)) > 0


@pytest.mark.parametrize("clause", CLAUSES)
def test_what_is_read_scores_at_least_as_high_as_the_page_as_it_stands(clause: str) -> None:
    page = PROGRAM_OF_TOKENS.spin(clause).text
    rows, whole = [row[:3] for row in changed(page)], [(0, len(page))]
    (((start, end, best, missed),),) = search().scores(page, whole, rows)
    (((_, _, own, more),),) = search().scores(page, whole, [])
    assert (start, end, missed) == (0, len(page), 0)
    assert best is not None and own is not None
    assert best >= own
    # Less comes back of what stands, or nothing was changed.
    assert more > 0 or not rows or PROGRAM_OF_TOKENS.spin(page).text == page


def test_a_word_that_is_no_option_has_no_score() -> None:
    page = PROGRAM_OF_TOKENS.spin(CLAUSES[0]).text
    assert search().scores(page, [(0, len(page))], [(0, 1, "无此词")]) == [[(0, len(page), None, 0)]]
    assert search().scores("，，", [(0, 2)], []) == [[]]
    with pytest.raises(ValueError, match="sorted"):
        search().scores(page, [(3, 2)], [])
