"""The first look at a text: what it tells at once, what it leaves to others, and that both come to the same."""

from __future__ import annotations

import pickle

import engine_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.restorer import Restorer
from despin.results import Restoration
from despin.spinners.registry import spinner
from despin.tuning import Screening

CLEAN = "昨天下午，我和同事去图书馆借了几本书，回来的路上下起了雨。"
SPUN = "他应用旌旗灯号经由过程若是首要。"


def unlooked() -> Restorer:
    """A restorer that does without a first look."""
    other = kit.restorer().adjusted()
    other.route.first_look = None
    return other


def looked(text: str) -> object:
    """What the first look says of a text."""
    look = kit.restorer().route.first_look
    assert look is not None
    return look.of(text)


def test_a_clean_text_is_told_at_once() -> None:
    kit.restorer().explain(CLEAN)
    found = looked(CLEAN)
    assert found == unlooked().explain(CLEAN)
    assert isinstance(found, Restoration)
    assert (found.text, found.edits) == (CLEAN, ())
    assert 0 < found.verdict.score < 0.1
    assert pickle.loads(pickle.dumps(found)) == found


def test_forms_in_doubt_are_told_from_other_doubts() -> None:
    kit.restorer().explain(SPUN)
    assert looked(SPUN) is False
    program = spinner("synonyms").spin("他立刻防止了这件事，租车公司回应不存在问题，某种程度也没有提供服务。" * 2).text
    assert not looked(program)
    for text in (
        "這些書籍說明了學習語言的時間與過程。",
        "他走到门口时。才发现忘了带钥匙。回到办公室后。却怎么也找不到。",
        "说(shuō)明(míng)书(shū)本(běn)里(lǐ)的字",
    ):
        # Forms that nobody has asked for are in doubt.
        kit.restorer().explain(text)
        assert looked(text) is None


@pytest.mark.parametrize("name", kit.files("clean"))
def test_articles_come_out_as_without_a_first_look(name: str) -> None:
    text = kit.article("clean", name)
    other = unlooked()
    for part in (text, text[:300], text[:60], text[5:25], text[:1], ""):
        assert kit.restorer().explain(part) == other.explain(part)


@given(
    st.text("他应用旌旗灯号经由过程若是首要的。(（𠮷a\n", max_size=40),
    st.integers(0, Screening.block + 20),
    st.integers(0, Screening.block),
)
def test_texts_come_out_as_without_a_first_look(text: str, before: int, behind: int) -> None:
    for whole in (text, "的" * before + text + "的" * behind):
        assert kit.restorer().explain(whole) == unlooked().explain(whole)


@given(
    st.lists(st.sampled_from([*SPUN, "的", "𠮷"]), max_size=60).map("".join),
    st.integers(Screening.block - 30, Screening.block + 10),
)
def test_what_clears_a_text_is_the_worth_of_its_blocks(text: str, before: int) -> None:
    judge, channel = kit.restorer().judge, kit.restorer().engine.channel
    text = "的" * before + text
    found = channel.scan(text)
    blocks = {
        end // Screening.block if end < len(text) else (len(text) - 1) // Screening.block
        for end in range(len(text) + 1)
    }
    worth = dict.fromkeys(blocks, 0.0)
    for block in worth:
        inside = [
            place
            for place, end in enumerate(found.ends)
            if min(end // Screening.block, (len(text) - 1) // Screening.block if end == len(text) else end) == block
        ]
        if inside:
            worth[block] = judge.prescreen._worths.total(found.patterns, inside[0], inside[-1] + 1)
    most = max(worth.values())
    if most:
        assert not judge.prescreen._worths.clear(channel.automaton, text, Screening.block, most - 1e-9)
        assert judge.prescreen._worths.clear(channel.automaton, text, Screening.block, most + 1e-9)
