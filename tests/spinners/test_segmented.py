"""Segmented spinners: what they make of a text, in tokens and by replacing on the growing text."""

from __future__ import annotations

import pickle

import program_kit as kit
import pytest

from despin.results import Edit, apply
from despin.spinners.base import Spun
from despin.spinners.registry import spinner, variants

TEXT = "他立刻防止了这件事，快递公司也没有提供服务。\r\n第二行：有买就有卖，abc 3.5a😀很好。"
NAMES = [one.name for one in variants()]


def original(spun: Spun) -> str:
    """The text before its edits."""
    return apply(spun.text, [Edit(start, end, spun.text[start:end], was, 1.0) for start, end, was in spun.edits])


def test_the_program_behind_the_seed_page() -> None:
    program = spinner("synonyms")
    spun = program.spin("他立刻防止了这件事")
    assert spun.text == "他马上避免了这件事"
    assert [tuple(edit) for edit in spun.edits] == [(1, 3, "立刻"), (3, 5, "防止")]
    assert "快递" in program.preimages("租车")
    assert program.changes("防止") == "避免"
    assert program.changes("电脑") is None
    assert program.preimages("没有这个词的") == ()


@pytest.mark.parametrize("name", NAMES)
def test_edits_lead_back(name: str) -> None:
    for text in [TEXT, TEXT * 3, *kit.HARD, *kit.scrambled(40)]:
        spun = spinner(name).spin(text)
        assert original(spun) == text
        assert spinner(name).rewrite(text) == spun.text
        assert all(before.end <= after.start for before, after in zip(spun.edits, spun.edits[1:], strict=False))


def test_a_program_that_draws_ranks_draws_the_same_each_time() -> None:
    program = spinner("synonyms-random")
    spun = program.spin(TEXT * 4)
    assert spun == program.spin(TEXT * 4)
    assert spun != spinner({"name": "synonyms-random", "seed": 2}).spin(TEXT * 4)
    for start, end, was in spun.edits:
        assert was in program.preimages(spun.text[start:end])


def test_a_program_that_draws_can_be_followed() -> None:
    drawn = spinner("synonyms-random")
    for text in [TEXT * 3, *kit.HARD, *kit.scrambled(30)]:
        for seed in range(4):
            spun = spinner({"name": "synonyms-random", "seed": seed}).spin(text).text
            assert drawn.rewrite(text, spun) == spun
    assert drawn.rewrite("", "好") == ""
    assert drawn.rewrite(TEXT, "") != ""
    # What follows a place that no drawing gives is followed again.
    spun = drawn.spin(TEXT * 3).text
    broken = spun[:9] + "电脑桌面" + spun[11:]
    again = drawn.rewrite(TEXT * 3, broken)
    assert again[:9] == spun[:9]
    assert again[-40:] == spun[-40:]


@pytest.mark.parametrize("name", NAMES)
def test_a_spinner_travels(name: str) -> None:
    program = spinner(name)
    expected = program.spin(TEXT)
    again = pickle.loads(pickle.dumps(program))
    assert again == program
    assert again.spin(TEXT) == expected


def test_a_program_of_two_ranks_draws_both() -> None:
    both = spinner({"name": "synonyms", "rank": [1, 2]})
    first, second = (spinner({"name": "synonyms", "rank": rank}) for rank in (1, 2))
    text = TEXT * 6
    spun = both.spin(text)
    assert spun.text not in (first.spin(text).text, second.spin(text).text)
    assert original(spun) == text
    assert both.rewrite(text) == spun.text
    for one in (spun.text, first.spin(text).text, second.spin(text).text):
        assert both.rewrite(text, one) == one
    words = {(form, word): chance for form, rows in both.sources.items() for word, chance in rows}  # type: ignore[attr-defined]
    for start, end, was in spun.edits:
        assert words[spun.text[start:end], was] in (0.5, 1.0)
