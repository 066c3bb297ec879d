"""What a word is worth out of context: it may be read as one word or as two."""

from __future__ import annotations

import engine_kit as kit
import pytest


@pytest.mark.parametrize("word", ["新的", "我的", "不会", "基础上"])
def test_two_words_that_are_also_listed_as_one_are_read_as_two(word: str) -> None:
    model = kit.restorer().model
    assert model.best_split(word)[1] == [word]
    assert model.out_of_context(word) > model.unigram(word) + 0.5


def test_it_is_never_less_than_the_best_split() -> None:
    model = kit.restorer().model
    for word in ("时间", "电视机", "经由过程", "鱻", "的", "旌旗灯号"):
        assert model.out_of_context(word) >= model.sequence(model.best_split(word)[1]) - 1e-9


def test_ordinary_words_are_worth_little() -> None:
    """新的 is in the vocabulary with hardly any probability of its own; that made every 新的 speak for a spinner."""
    engine = kit.restorer()
    worth = engine.judge.prescreen._worths.worth
    for form in ("新的", "我的", "成了", "各种"):
        number = engine.engine.channel.number.get(form)
        assert number is None or worth(number) < 0.3
