"""The figures, against values worked out by hand and slow twins."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.evaluation import metrics, significance
from despin.evaluation.judge import judge
from despin.evaluation.metrics import BY_NAME, FIGURES, added, clean_counts, gold_counts
from despin.evaluation.sets import EvalDocument, sentences
from despin.results import Edit
from despin.text.wdiff import GoldEdit

SCORES = st.lists(st.integers(0, 8).map(lambda number: number / 8), min_size=1, max_size=30)


def value(name: str, **counts: float) -> float | None:
    return BY_NAME[name].compute(counts)


def test_edit_figures_by_hand() -> None:
    counts = {"right": 6.0, "wrong": 2.0, "missed": 4.0, "spurious": 1.0}
    precision, recall = 6 / 9, 6 / 12
    assert value("precision", **counts) == pytest.approx(precision)
    assert value("recall", **counts) == pytest.approx(recall)
    assert value("f05", **counts) == pytest.approx(1.25 * precision * recall / (0.25 * precision + recall))
    assert value("detection_precision", **counts) == pytest.approx(8 / 9)
    assert value("detection_recall", **counts) == pytest.approx(8 / 12)


def test_a_figure_of_nothing_has_no_value() -> None:
    for figure in BY_NAME.values():
        assert figure.compute({}) is None
    assert value("precision", missed=3) is None
    assert value("f05", missed=3) == 0


def test_restored_share_by_hand() -> None:
    assert value("restored_share", before=10, after=4) == pytest.approx(0.6)
    assert value("restored_share", before=10, after=15) == pytest.approx(-0.5)


def test_every_kind_of_set_has_distinct_figures() -> None:
    for figures in FIGURES.values():
        names = [figure.name for figure in figures]
        assert len(names) == len(set(names))


def test_sentences() -> None:
    text = "好。真的？！\n 　\n没有句号\r\n完"
    assert [text[start:end] for start, end in sentences(text)] == ["好。", "真的？！", "没有句号", "完"]


def test_clean_counts() -> None:
    text = "去租车。好！\n租车。\n完"
    document = EvalDocument("0", "", text, gold=())
    counts = clean_counts(document, [Edit(1, 3, "租车", "快递", 1.0), Edit(7, 9, "租车", "快递", 1.0)])
    assert counts == {"characters": 12, "edits": 2, "sentences": 4, "untouched": 2}
    inserted = clean_counts(document, [Edit(12, 12, "", "了", 1.0)])
    assert (inserted["edits"], inserted["untouched"]) == (1, 3)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 4)), max_size=6))
def test_untouched_sentences_have_a_quadratic_twin(places: list[tuple[int, int]]) -> None:
    text = "一二三。四五！\n六七八？九\n\n十百千。"
    edits: list[Edit] = []
    for start, size in sorted(places):
        end = min(len(text), start + size)
        if start <= len(text) and (not edits or (start >= edits[-1].end and start > edits[-1].start)):
            edits.append(Edit(start, end, text[start:end], "改改改改改", 1.0))
    touched = sum(
        any((e.start < end and e.end > start) or (e.start == e.end and start <= e.start <= end) for e in edits)
        for start, end in sentences(text)
    )
    assert clean_counts(EvalDocument("0", "", text, gold=()), edits)["untouched"] == len(sentences(text)) - touched


def test_gold_counts_do_not_count_unscored_and_kept() -> None:
    from despin.text import wdiff

    sample = wdiff.read("[-租车-]{+快递+}和[-体系-]{+?系统+}和[-没-]{+没|没有+}")
    document = EvalDocument("0", "", sample.spun, gold=sample.gold)
    counts = gold_counts(document, sample.spun, judge(sample.spun, sample.gold, []), None)
    assert (counts.get("right", 0), counts.get("wrong", 0), counts["missed"]) == (0, 0, 1)


def test_harm_is_counted_by_characters() -> None:
    from despin.evaluation.harm import Harm

    text = "产量减少，质量很好，价格便宜，销量上升"
    gold = (GoldEdit(2, 4, ("增加",)), GoldEdit(12, 14, ("低廉",)))
    document = EvalDocument("0", "", text, gold=gold)
    judged = judge(text, gold, [Edit(17, 19, "上升", "下降", 0.9)])
    counts = gold_counts(document, text, judged, None, Harm([]))
    assert (counts["missed"], counts["harmful"], counts["reversed"]) == (2, 2, 1)
    assert value("harmful_per_10000", **counts) == pytest.approx(20_000 / len(text))
    assert value("reversed_per_10000", **counts) == pytest.approx(10_000 / len(text))
    assert "harmful" not in gold_counts(document, text, judged, None)


@given(SCORES, SCORES)
def test_auc_has_a_quadratic_twin(spun: list[float], clean: list[float]) -> None:
    twin = sum((a > b) + (a == b) / 2 for a in spun for b in clean) / (len(spun) * len(clean))
    assert metrics.auc(spun, clean) == pytest.approx(twin)


@given(SCORES, SCORES, st.sampled_from([0.0, 0.001, 0.1, 0.5]))
def test_recall_at_has_an_exhaustive_twin(spun: list[float], clean: list[float], allowed: float) -> None:
    thresholds = [t for t in [-1.0, *clean, *spun] if sum(c > t for c in clean) <= allowed * len(clean)]
    assert metrics.recall_at(spun, clean, allowed) == max(sum(s > t for s in spun) / len(spun) for t in thresholds)


def test_one_false_alarm_in_a_thousand() -> None:
    clean = [0.1] * 999 + [0.9]
    assert metrics.recall_at([0.5, 0.05], clean) == 0.5
    assert metrics.recall_at([0.5, 0.05], clean[1:]) == 0.0


def test_calibration_error_by_hand() -> None:
    judged = [(0.9, 1.0)] * 9 + [(0.9, 0.0)] + [(0.5, 1.0)] * 10
    assert metrics.calibration_error(judged) == pytest.approx(0.25)
    assert metrics.calibration_error([]) is None
    assert metrics.calibration_error([(1.0, 1.0)]) == 0
    assert metrics.calibration_error([(0.25, 0.0), (0.75, 1.0)]) == pytest.approx(0.25)


@given(st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.9]), st.sampled_from([0.0, 1.0])), min_size=1), st.randoms())
def test_calibration_error_does_not_depend_on_order(
    judged: list[tuple[float, float]], generator: random.Random
) -> None:
    shuffled = judged[:]
    generator.shuffle(shuffled)
    assert metrics.calibration_error(shuffled) == pytest.approx(metrics.calibration_error(judged))


def rows(seed: int, size: int, rate: float) -> list[dict[str, float]]:
    generator = random.Random(seed)
    return [{"right": sum(generator.random() < rate for _ in range(20)), "missed": 5.0} for _ in range(size)]


def test_intervals_hold_the_value_shrink_with_size_and_repeat() -> None:
    recall = BY_NAME["recall"]
    small, large = rows(1, 10, 0.7), rows(1, 400, 0.7)
    found = [significance.intervals([recall], some)["recall"] for some in (small, large, large)]
    ends = [(low, high) for low, high in found if low is not None and high is not None]
    for some, (low, high) in zip((small, large), ends, strict=False):
        middle = recall.compute(added(some))
        assert middle is not None and low < middle < high
    (a, b), (c, d), again = ends
    assert (c, d) == again
    assert d - c < (b - a) / 3


def test_one_document_has_no_interval() -> None:
    assert significance.intervals([BY_NAME["recall"]], rows(1, 1, 0.7)) == {"recall": (None, None)}


def test_comparison_tells_a_real_difference_from_none() -> None:
    recall = [BY_NAME["recall"]]
    better, worse, same = rows(1, 60, 0.9), rows(2, 60, 0.5), rows(3, 60, 0.9)
    (real,) = significance.compare(recall, better, worse)
    assert real.p < 0.01 and real.difference > 0 and real.low is not None and real.low > 0
    (none,) = significance.compare(recall, better, same)
    assert none.p > 0.05 and none.low is not None and none.high is not None and none.low < 0 < none.high
    (identical,) = significance.compare(recall, better, better)
    assert (identical.p, identical.difference) == (1.0, 0.0)
