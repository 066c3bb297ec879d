"""Decisions on places: what is written, what comes back, and decisions that cannot be taken."""

from __future__ import annotations

import random

import pytest
from review_kit import TEXT, restore

from despin.results import Edit
from despin.review.places import Decision, Places, RefusedError, carried, overlap, read_decision
from despin.text import wdiff


def places(text: str = TEXT) -> Places:
    return Places(text, restore(text).edits)


def at(word: str, kind: str = "", *originals: str, nth: int = 0) -> Decision:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(word, start + 1)
    return Decision(start, start + len(word), kind, originals)


def markup(found: Places) -> str:
    return wdiff.write_sample(found.sample())


def test_what_nobody_decided_on_is_restored_and_not_scored() -> None:
    found = places("他获得多余的改版。")
    assert markup(found) == "他[-获得-]{+?拿到+}[-多余-]{+?+}的[-改版-]{+?更新+}。"
    assert found.text() == "他拿到的更新。"
    assert found.counts() == (0, 3, 0)


def test_decisions_show_in_markup_and_text() -> None:
    found = places()
    for decision in (
        at("改版", "own", "升级"),
        at("获得", "reject"),
        at("不存在", "accept"),
        at("梆硬", "own", "坚硬"),
    ):
        found.put(decision)
    assert markup(found).startswith(
        "手机[-改版-]{+升级+}很快，王获得先生也说[-梆硬-]{+坚硬+}。\n他[-不存在-]{+存在+}问题。"
    )
    assert found.text().startswith("手机升级很快，王获得先生也说坚硬。\n他存在问题。")
    assert found.counts() == (4, 6, 0)
    with pytest.raises(RefusedError, match="no edit"):
        found.put(at("梆硬", "accept"))
    assert found.put(at("梆硬")) == at("梆硬", "own", "坚硬")
    assert "[-梆硬-]" not in markup(found)


def test_a_marked_word_stands_for_the_edits_it_overlaps() -> None:
    found = places()
    found.put(at("获得", "accept", nth=1))
    found.put(at("而且获得多余", "own", "而"))
    assert "\n[-而且获得多余-]{+而+}资料" in markup(found)
    with pytest.raises(RefusedError, match="marked already"):
        found.put(at("多余资料", "own", "x"))
    found.put(at("而且获得多余"))
    assert "而且[-获得-]{+拿到+}[-多余-]{+?+}资料" in markup(found)


def test_choosing_the_word_of_the_page_is_rejecting() -> None:
    found = places()
    found.put(at("改版", "own", "改版"))
    assert found.decisions() == [at("改版", "reject")]


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (Decision(0, 10_000, "own", ("x",)), "no place"),
        (Decision(-1, 2, "own", ("x",)), "no place"),
        (Decision(3, 2, "own", ("x",)), "no place"),
        (Decision(0, 2, "accept"), "no edit"),
        (Decision(0, 2, "own", ("手机",)), "stands there already"),
    ],
)
def test_decisions_that_do_not_fit_are_refused(decision: Decision, reason: str) -> None:
    found = places()
    with pytest.raises(RefusedError, match=reason):
        found.put(decision)
    assert found.decisions() == []


@pytest.mark.parametrize(
    "row",
    [
        None, {}, [], [1], [1, 2], ["1", 2, "accept", []], [1, 2, "take", []], [1, 2, "own", []], [1, 2, "accept", ["x", "y"]], [1, 2, "reject", ["x"]], [1, 2, "", ["x"]], [1, 2, "own", "x"],
        [1, 2, "own", [1]], [1, 2, "own", ["\ud800"]], [1, 2, "own", ["x" * 3000]], [1, 2, "own", ["x"] * 10], [True, 2, "accept", []],
        [1.0, 2, "accept", []], [1, 2, "own", ["x"], 1], [1, 2, "own", ["x"], True, 1],
    ],
)  # fmt: skip
def test_rows_that_are_no_decisions_are_refused(row: object) -> None:
    with pytest.raises(RefusedError):
        read_decision(row)


def test_what_a_file_says_can_be_taken_over_whatever_it_says() -> None:
    chance = random.Random(5)
    for _ in range(300):
        text = "".join(chance.choice(["改版", "获得", "多余", "不存在", "甲", "乙"]) for _ in range(8))
        edits = [edit for edit in restore(text).edits if chance.random() < 0.7]
        gold, place = [], 0
        while place < len(text):
            end = min(len(text), place + chance.randrange(1, 4))
            if chance.random() < 0.4:
                originals = tuple(
                    dict.fromkeys(chance.choice(["更新", "x", "", "拿到"]) for _ in range(chance.randrange(1, 3)))
                )
                gold.append(wdiff.GoldEdit(place, end, originals, chance.random() < 0.8))
            place = end
        found = Places(text, edits)
        for decision in found.taken_over(gold):
            found.put(decision)
        assert list(found.sample().gold) == gold
        assert found.taken_over(gold) == []
        # A file of what stands there says the same again.
        again = Places(text, edits)
        for decision in again.taken_over(wdiff.read(markup(found)).gold):
            again.put(decision)
        assert markup(again) == markup(found)
        assert again.text() == found.text()


def test_undoing_random_decisions_leads_back() -> None:
    chance = random.Random(6)
    found = places()
    spans = [(edit.start, edit.end) for edit in restore(TEXT).edits] + [(0, 2), (0, 4), (7, 12), (20, 30)]
    for _ in range(200):
        before = markup(found), found.decisions()
        span = chance.choice(spans)
        kind = chance.choice(["accept", "reject", "own", ""])
        try:
            back = found.put(Decision(*span, kind, ("x", "y") if kind == "own" else ()))
        except RefusedError:
            continue
        if chance.random() < 0.5:
            found.put(back)
            assert (markup(found), found.decisions()) == before


def test_other_edits_leave_decisions_as_they_are() -> None:
    found = places()
    found.put(at("改版", "accept"))
    found.put(at("不存在", "reject"))
    found.put(at("梆硬", "own", "坚硬"))
    start = TEXT.index("梆硬")
    found.offer([Edit(start, start + 2, "梆硬", "坚硬", 0.9), Edit(0, 2, "手机", "电话", 0.9)])
    assert found.decisions() == [at("改版", "own", "更新"), at("梆硬", "accept")]
    assert markup(found).startswith("[-手机-]{+?电话+}[-改版-]{+更新+}很快，王获得先生也说[-梆硬-]{+坚硬+}。")


def test_what_was_accepted_stays_when_something_else_is_offered() -> None:
    found = places()
    named = found.named(at("改版", "accept"))
    assert named == at("改版", "accept", "更新")
    assert found.named(at("获得", "reject")) == at("获得", "reject")
    found.put(named)
    assert found.decisions() == [at("改版", "accept")]
    start = TEXT.index("改版")
    for edits in ([Edit(start, start + 2, "改版", "换代", 0.9)], []):
        other = Places(TEXT, edits)
        other.put(named)
        assert other.decisions() == [at("改版", "own", "更新")]
        assert "[-改版-]{+更新+}" in markup(other)


def test_decisions_are_carried_to_a_changed_text() -> None:
    old, new = "甲乙丙丁戊己", "甲乙丙新的戊己"
    decisions = [Decision(0, 2, "reject"), Decision(2, 4, "reject"), Decision(4, 6, "own", ("x",))]
    kept, lost = carried(old, new, decisions)
    assert kept == [Decision(0, 2, "reject"), Decision(5, 7, "own", ("x",))]
    assert lost == [Decision(2, 4, "reject")]
    assert carried("啊啊", "啊啊啊", [Decision(0, 1, "reject"), Decision(1, 2, "reject")])[1] == []


def test_insertions_overlap_what_they_stand_in() -> None:
    assert overlap((2, 2), (1, 3))
    assert not overlap((1, 1), (1, 3))
    assert not overlap((1, 2), (2, 3))
