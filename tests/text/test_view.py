"""Where what is read of a text stands in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.text.view import View, composed, replaced


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    """A text, and what in it is read as another character or not at all."""
    text = draw(st.text("甲乙丙-&", max_size=20))
    places = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(places[::2], places[1::2], strict=False))
    return text, [(start, end, draw(st.sampled_from(["", "丁"]))) for start, end in pairs]


def slowly(text: str, marks: list[tuple[int, int, str]]) -> list[tuple[str, int, int]]:
    """Every character that is read, with where it begins and ends."""
    found: list[tuple[str, int, int]] = []
    place = 0
    for start, end, read in [*marks, (len(text), len(text), "")]:
        found += [(text[at], at, at + 1) for at in range(place, start)]
        found += [(read, start, end)] * len(read)
        place = end
    return found


def check(view: View, expected: list[tuple[str, int, int]]) -> None:
    size = len(view.text)
    assert view.text == "".join(one for one, _, _ in expected)
    for start in range(size):
        for end in range(start + 1, size + 1):
            assert view.span(start, end) == (expected[start][1], expected[end - 1][2])
    for place in range(size + 1):
        # What is inserted stands before the character that follows, and parts meet where they meet in the text.
        at = expected[place][1] if place < size else len(view.source)
        assert view.span(place, place) == (at, at)
        first, second = view.part(0, place), view.part(place, size)
        assert first[1] == (second[0] if place else 0) or not place
        assert (first[0], second[1]) == (0, len(view.source))


@examples(300)
@given(marked())
def test_every_character_is_found_where_it_stands(one: tuple[str, list[tuple[int, int, str]]]) -> None:
    text, marks = one
    view = replaced(text, marks)
    assert (view is None) == (not marks)
    if view is not None:
        check(view, slowly(text, marks))


@examples(300)
@given(marked(), st.data())
def test_views_of_views(one: tuple[str, list[tuple[int, int, str]]], data: st.DataObject) -> None:
    text, marks = one
    first = replaced(text, marks)
    if first is None:
        return
    places = sorted(data.draw(st.sets(st.integers(0, len(first.text)), max_size=6)))
    inner = [(start, end, "") for start, end in zip(places[::2], places[1::2], strict=False)]
    second = replaced(first.text, inner)
    both = composed(first, second)
    assert both is not None
    whole = slowly(text, marks)
    check(both, [(read, whole[start][1], whole[end - 1][2]) for read, start, end in slowly(first.text, inner)])


def test_nothing_read_otherwise_is_no_view() -> None:
    assert composed(None, None) is None
    view = replaced("甲-乙", [(1, 2, "")])
    assert composed(None, view) is view
    assert replaced("甲乙", []) is None
