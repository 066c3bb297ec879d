"""Forms that are no words where they stand."""

from __future__ import annotations

import engine_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.decode.decoder import TEMPER
from despin.document.prescreen import LONGEST, REACH
from despin.kernel.native.lattice import Borders
from despin.kernel.types import Site
from despin.lm.ngram import LanguageModel

CHARACTERS = st.text(alphabet="的提出结构和重要任务世界各国研究方法首龘𠮷a，", max_size=30)


def borders(model: LanguageModel) -> Borders:
    return Borders(model.trigrams, REACH, LONGEST, TEMPER)


def torn(text: str, form: str) -> float:
    place = text.index(form)
    return borders(kit.restorer().model).border_loss(text, place, place + len(form))


@pytest.mark.parametrize(
    ("text", "form"), [("本文提出的方法", "出的"), ("对其结构和形貌", "构和"), ("不动产物权变动", "产物")]
)
def test_a_form_that_cuts_words_is_torn(text: str, form: str) -> None:
    assert torn(text, form) > 1.0


@pytest.mark.parametrize(("text", "form"), [("我们的首要任务是", "首要"), ("他暗示没有问题", "暗示"), ("首要", "首要")])
def test_a_word_is_not(text: str, form: str) -> None:
    assert torn(text, form) == 0.0


def test_torn_forms_do_not_hold_and_words_do() -> None:
    worth = {0: 1.0}
    weighed = borders(kit.restorer().model)
    assert weighed.hold("我们的首要任务是", [Site(3, 5, 0)], worth, 0.9)
    assert not weighed.hold("对其结构和形貌", [Site(3, 5, 0)], worth, 0.3)
    assert not weighed.hold("我们的首要任务是", [], worth, 0.1)


def test_several_forms_are_worth_their_sum() -> None:
    text, sites = "首要任务，首要任务", [Site(0, 2, 0), Site(5, 7, 0)]
    hold = borders(kit.restorer().model).hold
    assert not hold(text, sites[:1], {0: 0.5}, 0.9)
    assert hold(text, sites, {0: 0.5}, 0.9)


def best(text: str, model: LanguageModel) -> float:
    """log10 probability of the likeliest split of a text into words; a character that the model does not know is one."""
    if not text:
        return 0.0
    sizes = [size for size in range(1, min(LONGEST, len(text)) + 1) if size == 1 or model.knows(text[:size])]
    return max(model.unigram(text[:size]) + best(text[size:], model) for size in sizes)


@examples(100)
@given(CHARACTERS, st.integers(0, 30), st.integers(1, 4))
def test_what_is_lost_is_what_words_across_the_borders_gain(text: str, start: int, size: int) -> None:
    model = kit.restorer().model
    start = min(start, len(text))
    end = min(len(text), start + size)
    low, high = max(0, start - REACH), min(len(text), end + REACH)
    apart = sum(best(part, model) for part in (text[low:start], text[start:end], text[end:high]))
    lost = max(0.0, best(text[low:high], model) - apart)
    assert borders(model).border_loss(text, start, end) == pytest.approx(lost, abs=1e-5)
