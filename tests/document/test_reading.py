"""Readings of sentences, clause by clause where the whole has none."""

from __future__ import annotations

import pytest

from despin.document.reading import UNREADABLE, likeliest
from despin.kernel.program import Preimages
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
    assert score < likeliest(program, SPUN, 0, len(SPUN))[2] + UNREADABLE


def test_without_words_there_is_nothing_to_read(program: Preimages) -> None:
    for text in ("", "😀", "123"):
        assert likeliest(program, text, 0, len(text)) == ([], [], 0.0)
