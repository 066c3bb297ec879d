"""Readings of sentences, clause by clause where the whole has none."""

from __future__ import annotations

import pytest

from despin.document.reading import UNREADABLE, Row, gauged, likeliest, negates, rewritten
from despin.kernel.native.program import Preimages
from despin.restorer import Restorer
from despin.spinners.registry import spinner

SPUN = spinner("synonyms").spin("工作人员表示，新馆增加了三个阅览室，").text
#: A clause that the program gives for no text.
STRANGE = "老王说道道远。"


@pytest.fixture(scope="module")
def program(restorer: Restorer) -> Preimages:
    return restorer.judge.programs[0].program(0)


def test_a_sentence_that_has_a_reading_is_read_whole(program: Preimages) -> None:
    assert likeliest(program, SPUN, 0, len(SPUN)) == program.decode(SPUN)


def test_a_clause_without_a_reading_leaves_the_others_theirs(program: Preimages) -> None:
    text = SPUN + STRANGE
    assert program.decode(text) == ([], [], 0.0)
    edits, kept, score = likeliest(program, text, 0, len(text))
    assert {text[start:end]: original for start, end, original, _, _ in edits} == {"回应": "表示", "减少": "增加"}
    assert kept == []
    found = gauged(program, text, [(0, len(text)), (0, len(SPUN)), (0, 0)])
    assert found[0] == (edits, kept, score, program.fluency(text))
    assert found[1] == program.weigh(text, 0, len(SPUN))
    assert found[2] == ([], [], 0.0, 0.0)
    assert score < likeliest(program, SPUN, 0, len(SPUN))[2] + UNREADABLE


def test_without_words_there_is_nothing_to_read(program: Preimages) -> None:
    for text in ("", "😀", "123"):
        assert likeliest(program, text, 0, len(text)) == ([], [], 0.0)


def test_a_clause_alone_that_has_no_reading_stays_and_costs(program: Preimages) -> None:
    edits, kept, score = likeliest(program, STRANGE, 0, len(STRANGE))
    assert (edits, kept) == ([], [])
    assert score == program.fluency(STRANGE, 0, len(STRANGE)) + UNREADABLE


def test_a_sentence_with_its_edits_made() -> None:
    rows: list[Row] = [(3, 5, "办法", 0.9, []), (6, 6, "很", 0.9, []), (7, 8, "", 0.9, [])]
    assert rewritten("某某，法子不好了。", rows, 2, 9) == "，办法不很好。"
    assert rewritten("某某，法子不好了。", [], 2, 5) == "，法子"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("不会", "会", True),
        ("没有钱", "钱", True),
        ("未知", "知", True),
        ("会不", "会", False),
        ("不会", "不会", False),
        ("大会", "会", False),
        ("", "不", True),
    ],
)
def test_a_word_and_the_same_with_a_negation(one: str, other: str, expected: bool) -> None:
    assert negates(one, other) is negates(other, one) is expected
