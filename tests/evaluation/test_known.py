"""Known and unknown gold edits."""

from __future__ import annotations

import pytest
from eval_stub import LEXICON

from despin.evaluation.judge import Pairs

PAIRS = Pairs(LEXICON)


def test_lists_active_pairs_only() -> None:
    assert PAIRS.lists("体系", "系统")
    assert PAIRS.lists("体系", "体制")
    assert not PAIRS.lists("系统", "体系")
    assert not PAIRS.lists("过程", "程序")


@pytest.mark.parametrize(
    ("before", "spun", "after", "original", "known"),
    [
        ("", "体系", "", "系统", True),
        ("可以", "应", "用", "使", True),
        ("可以", "应", "付", "使", False),
        ("", "应用体系", "", "使用系统", True),
        ("", "应用的体系", "", "使用的体制", True),
        ("", "应用的体系", "", "采用的系统", False),
        ("经由", "过程", "", "程序", False),
        ("", "经由过", "程", "通", False),
        ("", "经由过程", "", "通过", True),
        ("经由", "过程", "", "过", False),
        ("我经", "由过程", "里", "", False),
        ("体\n", "系", "", "统", False),
    ],
)
def test_reach(before: str, spun: str, after: str, original: str, known: bool) -> None:
    text = before + spun + after
    assert PAIRS.reach(text, len(before), len(before) + len(spun), (original,)) is known


def test_any_accepted_original_will_do() -> None:
    assert PAIRS.reach("租车", 0, 2, ("包裹", "快递"))
