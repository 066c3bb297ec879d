"""Texts that are no articles: they come back as they are unless there is a reason, in time linear in their length.

Time is never measured; the work is counted.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

import engine_kit as kit
import pytest

TEXTS = {
    "empty": "",
    "white space": " \t　\r\n\n",
    "byte order mark": "\ufeff",
    "digits": "3.14159 10% 2024-01-02",
    "emoji": "👩‍👩‍👧🎉🇨🇳",
    "lone surrogates": "今天\ud800天气\udfff很好。",
    "nul": "今天\0天气\0很好。",
    **{name: kit.article("unspun", name) for name in kit.files("unspun")},
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_stays_as_it_is(text: str) -> None:
    engine = kit.restorer()
    assert engine.restore(text) == text
    assert not engine.detect(text).spun


def test_short_traditional_texts_stay_as_they_are() -> None:
    texts = ["京劇", "下來", "請進", "歡迎光臨", "禁止吸煙", "營業時間", "週末的球賽取消了", "電話", "他還沒來"]
    assert [text for text in texts if kit.restorer().restore(text) != text] == []


def test_one_character_stays_as_it_is() -> None:
    engine = kit.restorer()
    characters = {character for word in kit.spun_words()[::7] for character in word}
    own = {word for word in kit.spun_words() if len(word) == 1}
    assert [one for one in sorted(characters | own) if engine.restore(one) != one] == []


def ordinary(word: str) -> bool:
    """Whether the language model takes `word` for one, and one that is in use."""
    model = kit.restorer().model
    return word in model.vocabulary and model.unigram(word) > -5.5


def test_one_ordinary_word_stays_as_it_is() -> None:
    engine = kit.restorer()
    words = [word for word in kit.spun_words()[::5] if ordinary(word)]
    assert len(words) > 500
    changed = [word for word in words if engine.restore(word) != word]
    assert len(changed) <= len(words) // 1000, changed


REPEATED = ("租车", "回应", "应用", "假设", "能够", "首要", "过程", "不会", "通过", "学习", "需要", "若是")


@pytest.mark.parametrize("word", REPEATED)
def test_one_repeated_word_is_no_spun_page(word: str) -> None:
    texts = [mark.join([word] * count) for mark in ("", "。", "\n", "，") for count in (2, 10, 100)]
    assert [text[:40] for text in texts if kit.restorer().restore(text) != text] == []


def unpunctuated(text: str) -> str:
    return re.sub("[^\u4e00-\u9fff]", "", text)


def clean() -> str:
    return "\n".join(kit.article("clean", name) for name in kit.files("clean"))


def spun(name: str) -> str:
    return "\n".join(case.sample.spun for case in kit.cases("wild", name))


def test_a_megabyte_of_one_character() -> None:
    text = "好" * 350_000
    assert kit.restorer().restore(text) == text


def test_a_long_unpunctuated_clean_text_stays_as_it_is() -> None:
    text = unpunctuated(clean()) * 4
    assert kit.restorer().explain(text).edits == ()


@pytest.mark.parametrize("name", kit.files("wild"))
def test_punctuation_is_not_what_a_spun_page_is_known_by(name: str) -> None:
    engine = kit.restorer()
    text = spun(name)
    with_marks, without = engine.explain(text[:1500]), engine.explain(unpunctuated(text[:1500]))
    assert with_marks.verdict.family == without.verdict.family is not None
    assert len(without.edits) > len(with_marks.edits) / 2


def test_a_text_that_is_nothing_but_spun_forms() -> None:
    words = kit.spun_words()[::61]
    text = "".join(words)
    found = kit.restorer().explain(text)
    position = 0
    for edit in found.edits:
        assert edit.start >= position
        assert text[edit.start : edit.end] == edit.spun
        position = edit.end


#: Texts by what makes them hard.
HARD: dict[str, Callable[[], str]] = {
    "clean without punctuation": lambda: unpunctuated(clean())[:600],
    "spun without punctuation": lambda: unpunctuated(spun("classic-list.wdiff"))[:400],
    "spun in one line": lambda: spun("auto-repost.wdiff").replace("\n", "")[:400],
    "spun, a line for every sentence": lambda: spun("classic-list.wdiff").replace("。", "。\n")[:400],
    "nothing but spun forms": lambda: "".join(kit.spun_words()[::101])[:300],
    "one spun word": lambda: "经由过程" * 40,
    "one word of many originals": lambda: "必定" * 60,
    "single characters": lambda: "去年夜战便正在皆出有" * 6 + "经由过程" * 10,
    "traditional": lambda: TEXTS["traditional.txt"] * 4,
}
#: So many times the text, and how much more it may cost: as many times, and room to spare; were the cost quadratic it would be nine
#: times. Where a longer text is first taken apart into documents that are then judged by themselves, some of it for a second look,
#: it is more; quadratic it would be sixty-four times.
GROWTH = [(3, 6.5), pytest.param(8, 25.0, marks=pytest.mark.slow)]


@pytest.mark.parametrize(("times", "growth"), GROWTH)
@pytest.mark.parametrize("hard", HARD.values(), ids=HARD)
def test_work_grows_with_the_text(hard: Callable[[], str], times: int, growth: float) -> None:
    text = hard()
    steps = work(text)
    assert steps > 0
    assert work(text * times) <= growth * steps


def work(text: str) -> int:
    """How many functions run for `text`, built-in ones among them."""
    engine = kit.restorer().adjusted()
    steps = 0

    def heed(_frame: object, event: str, _argument: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(heed)
    try:
        engine.explain(text)
    finally:
        sys.setprofile(before)
    return steps
