"""Texts that grew under `text.replace`, taken back to what the program makes token by token."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from despin.document.regrown import Regrown
from despin.kernel.sentences import sentences
from despin.restorer import Restorer
from despin.results import apply
from despin.spinners.registry import spinner

TEXT = "我们先解决交通，然后解决住房。\n这个社会不会忘记他们，大家都会记得。\n工厂买了批发市场的设备，他也会买一些。"
REPLACE = spinner("synonyms-replace")


def regrown(restorer: Restorer, text: str) -> Regrown:
    """A text before it grew."""
    judge = restorer.judge.programs[0]
    number = judge.names.index("replace")
    parts = [(part.start, part.end) for part in sentences(text)]
    return Regrown(text, parts, judge.spinners[number], judge.program(number))


def test_repeats_go_and_words_are_put_back_inside_others(restorer: Restorer) -> None:
    text = REPLACE.rewrite(TEXT)
    assert "社会" not in text
    found = regrown(restorer, text)
    before = "".join(draft.text for draft in found.drafts)
    assert "问题问题" not in before
    assert "社会" in before
    assert "".join(apply(draft.source, draft.edits) for draft in found.drafts) == before


def test_a_window_is_a_sentence_with_what_is_around_it(restorer: Restorer) -> None:
    found = regrown(restorer, REPLACE.rewrite(TEXT))
    for place, draft in enumerate(found.drafts):
        text, start, end = found.window(place)
        assert text[start:end] == draft.text
        assert start <= 40
        assert len(text) - end <= 40


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(["会", "不会", "解决", "问题", "社不会", "中的的", "新的的", "。", "，", "\n", "他"]),
        max_size=25,
    )
)
def test_the_edits_belong_to_the_text(restorer: Restorer, words: list[str]) -> None:
    text = "".join(words)
    found = regrown(restorer, text)
    assert "".join(draft.source for draft in found.drafts) == text
    for draft in found.drafts:
        assert apply(draft.source, draft.edits) == draft.text
