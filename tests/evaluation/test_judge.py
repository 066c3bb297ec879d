"""Right, wrong, missed and spurious, as METRICS defines them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.evaluation.align import gold_from_pair
from despin.evaluation.judge import Pairs, _touching, judge, touches
from despin.lexicon.model import Family, Lexicon, Program
from despin.results import Edit
from despin.text import wdiff
from despin.text.wdiff import GoldEdit


def outcomes(gold: str, done: str, loose: bool = False) -> tuple[list[str], list[str]]:
    """The outcomes and worths of the edits in the markup `done` against the markup `gold` of the same text."""
    sample, system = wdiff.read(gold), wdiff.read(done)
    assert sample.spun == system.spun
    edits = [Edit(g.start, g.end, system.spun[g.start : g.end], g.originals[0], 0.9) for g in system.gold]
    judgement = judge(sample.spun, sample.gold, edits, loose)
    return list(judgement.outcomes), list(judgement.worths)


@pytest.mark.parametrize(
    ("gold", "done", "expected"),
    [
        ("用[-租车-]{+快递+}送", "用[-租车-]{+快递+}送", (["right"], ["right"])),
        ("用[-租车-]{+快递|包裹+}送", "用[-租车-]{+包裹+}送", (["right"], ["right"])),
        ("用[-租车-]{+快递+}送", "用[-租车-]{+出租+}送", (["wrong"], ["wrong"])),
        ("用[-租车-]{+快递+}送", "用租车送", (["missed"], [])),
        ("用租车送", "用[-租车-]{+快递+}送", ([], ["spurious"])),
        ("用[-租车-]{+?快递+}送", "用[-租车-]{+出租+}送", (["unscored"], ["ignored"])),
        ("用[-租车-]{+租车|快递+}送", "用租车送", (["kept"], [])),
        ("用[-租车-]{+租车|快递+}送", "用[-租车-]{+快递+}送", (["right"], ["right"])),
        # The reading counts, not the cut: 应用→使用 for 应→使, and the other way round.
        ("[-应-]{+使+}用", "[-应用-]{+使用+}", (["right"], ["right"])),
        ("[-应用-]{+使用+}", "[-应-]{+使+}用", (["right"], ["right"])),
        ("[-应用-]{+使用+}", "[-应-]{+使+}[-用-]{+做+}", (["wrong"], ["wrong", "wrong"])),
        # One edit over two gold spans.
        ("[-韵约-]{+韵达+}[-租车-]{+快递+}好", "[-韵约租车-]{+韵达快递+}好", (["right", "right"], ["right"])),
        ("[-韵约-]{+韵达+}[-租车-]{+快递+}好", "[-韵约租车-]{+韵达租车+}好", (["right", "wrong"], ["wrong"])),
        ("[-韵约-]{+韵达+}[-租车-]{+快递+}好", "[-韵约租车-]{+圆通快递+}好", (["wrong", "wrong"], ["wrong"])),
        # Two gold spans, two edits, side by side: each judged for itself.
        ("[-甲-]{+乙+}[-丙-]{+丁+}", "[-甲-]{+乙+}[-丙-]{+戊+}", (["right", "wrong"], ["right", "wrong"])),
        # Insertions and deletions.
        ("他{+不+}去", "他{+不+}去", (["right"], ["right"])),
        ("他{+不+}去", "[-他-]{+他不+}去", (["right"], ["right"])),
        ("很[-很-]{++}好", "很[-很-]{++}好", (["right"], ["right"])),
        # Nothing changes: no edit at all.
        ("用租车送", "用[-租车-]{+租车+}送", ([], [])),
    ],
)  # fmt: skip
def test_outcomes(gold: str, done: str, expected: tuple[list[str], list[str]]) -> None:
    assert outcomes(gold, done) == expected


def test_markup_is_compared_exactly_and_pairs_folded() -> None:
    gold, done = "若为空[-。假设-]{+，如果+}有", "若为空。[-假设-]{+如果+}有"
    assert outcomes(gold, done) == (["wrong"], ["wrong"])
    assert outcomes(gold, done, loose=True) == (["right"], ["right"])


def test_on_pairs_an_edit_of_punctuation_alone_counts_for_nothing() -> None:
    assert outcomes("若为空。好", "若为空[-。-]{+，+}好") == ([], ["spurious"])
    assert outcomes("若为空。好", "若为空[-。-]{+，+}好", loose=True) == ([], ["ignored"])


def test_a_repeated_character_may_be_deleted_at_either_place() -> None:
    text = "我很很好"
    gold = gold_from_pair(text, "我很好")
    for start in (1, 2):
        assert judge(text, gold, [Edit(start, start + 1, "很", "", 1.0)], True).outcomes == ("right",)


def test_the_perfect_system_is_right_everywhere() -> None:
    spun = "经由过程这个体系，若是有题目，就不克不及应用了。处理惩罚器也一样"
    original = "通过这个系统。如果有问题，就不能使用了。处理器也一样"
    gold = gold_from_pair(spun, original)
    edits = [Edit(g.start, g.end, spun[g.start : g.end], g.originals[0], 1.0) for g in gold]
    judgement = judge(spun, gold, edits, True)
    assert set(judgement.outcomes) == {"right"} == set(judgement.worths)
    assert [zone.reading for zone in judgement.zones if zone] == [zone.wanted for zone in judgement.zones if zone]


SPANS = st.lists(st.integers(0, 30), max_size=12).map(sorted)


def disjoint(places: list[int]) -> list[tuple[int, int]]:
    return list(dict.fromkeys(zip(places[::2], places[1::2], strict=False)))


@given(SPANS, SPANS)
def test_the_linear_search_for_touching_edits_has_a_quadratic_twin(gold_places: list[int], places: list[int]) -> None:
    text = "字" * 31
    gold = [GoldEdit(start, end, ("改",)) for start, end in disjoint(gold_places)]
    edits = [Edit(start, end, text[start:end], "改改", 1.0) for start, end in disjoint(places)]
    twin = [[number for number, edit in enumerate(edits) if touches(mark, edit)] for mark in gold]
    assert [list(one) for one in _touching(gold, edits)] == twin
    judgement = judge(text, gold, edits)
    for number, worth in enumerate(judgement.worths):
        assert (worth == "spurious") == all(number not in one for one in twin)
    assert [outcome == "missed" for outcome in judgement.outcomes] == [not one for one in twin]


def test_pairs_of_a_program_are_listed() -> None:
    lexicon = Lexicon((Family("f", program=Program((("name", "synonyms"),))),))
    pairs = Pairs(lexicon)
    assert pairs.lists("租车", "快递")
    assert not pairs.lists("快递", "租车")
    assert pairs.reach("我们立刻防止了", 2, 6, ["立即避免"])
