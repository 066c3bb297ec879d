"""What becomes of edits: a text with them made, negations."""

from __future__ import annotations

import pytest

from despin.document.proof import rewritten
from despin.document.reading import negates
from despin.spinners.base import SpunEdit


def test_a_sentence_with_its_edits_made() -> None:
    rows = [SpunEdit(3, 5, "办法"), SpunEdit(6, 6, "很"), SpunEdit(7, 8, "")]
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
