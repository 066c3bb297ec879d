"""Edits after edits: composing them does what applying one after the other does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from despin.results import Edit, apply, compose


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    found: list[Edit] = []
    position = 0
    while position < len(text) and draw(st.booleans()):
        start = draw(st.integers(position, len(text) - 1))
        end = draw(st.integers(start + 1, min(len(text), start + 2)))
        original = draw(st.text("ab", max_size=3))
        found.append(Edit(start, end, text[start:end], original, draw(st.floats(0.1, 1.0))))
        position = end
    return found


@given(st.data(), st.text("xyz", max_size=12))
def test_composed_edits_do_what_the_two_do_in_turn(data: st.DataObject, text: str) -> None:
    first = data.draw(edits_of(text))
    result = apply(text, first)
    second = data.draw(edits_of(result))
    composed = compose(text, first, second)
    assert apply(text, composed) == apply(result, second)
    assert all(edit.spun != edit.original for edit in composed)
