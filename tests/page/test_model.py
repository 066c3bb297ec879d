"""`Page`: the article is the page without what was left out, and offsets lead back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_markup import Marked, pages
from profiles import examples

from despin.page import Line, Page, Span, read_page

PIECES = st.sampled_from(
    [
        "山里的雨水很少有人收集，今年村里修了一口水池。",
        "旧木门改成书桌",
        "上一篇:竹席的保养",
        "相关文章",
        "本文来源:青禾井",
        "- 高原上的邮递员-青禾井",
        "版权所有 青禾井",
        "",
        "  ",
        "青禾井：水池建在坡顶，四周砌了石头，池底铺着膜。",
        "\0",
        "\ud800",
        "🙂",
        "a",
    ]
)
BREAKS = st.sampled_from(["\n", "\r\n", "\r", "\u2028"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    return "".join(draw(PIECES) + draw(BREAKS) for _ in range(draw(st.integers(0, 14)))) + draw(PIECES)


@given(st.one_of(texts(), st.text(max_size=200)))
@examples(300)
def test_lines_cover_the_text_and_the_article_is_what_is_kept(text: str) -> None:
    page = read_page(text)
    assert page.text == text
    position = 0
    for line in page.lines:
        assert text[position : line.start] in ("", "\n", "\r\n", "\r", "\u2028", "\u2029")
        position = line.end
    assert text[position:] in ("", "\n", "\r\n", "\r", "\u2028", "\u2029")
    assert all(a.end <= b.start for a, b in zip(page.brand_spans, page.brand_spans[1:], strict=False))
    kept = {offset for line in page.lines if line.keep for offset in range(line.start, line.end)}
    cut = {offset for span in page.brand_spans for offset in range(span.start, span.end)}
    assert cut <= kept
    inside = [text[offset] for offset in sorted(kept - cut)]
    assert [c for c in page.article if c not in "\r\n\u2028\u2029"] == inside


@given(texts(), st.randoms(use_true_random=False))
@examples(200)
def test_offsets_lead_back_to_the_same_characters(text: str, chance: random.Random) -> None:
    page = read_page(text)
    for _ in range(10):
        start = chance.randint(0, len(page.article))
        end = chance.randint(start, min(len(page.article), start + 30))
        place = page.to_page(start, end)
        if place is not None:
            assert text[place[0] : place[1]] == page.article[start:end]
        else:
            assert page.article[start:end] not in ("", None) and page.article != text


@pytest.mark.parametrize("marked", pages("dev"), ids=lambda marked: marked.name)
def test_every_single_character_of_an_article_has_a_place(marked: Marked) -> None:
    page = read_page(marked.text)
    for offset, character in enumerate(page.article):
        place = page.to_page(offset, offset + 1)
        assert place is not None
        assert marked.text[place[0]] == character


def test_a_stretch_with_a_hole_in_it_has_no_place() -> None:
    text = "上半句X下半句\n丢掉的\n最后一句\n"
    lines = (Line(0, 7, True), Line(8, 11, False, "why"), Line(12, 16, True))
    page = Page(text, lines, "X", (Span(3, 4),))
    assert page.article == "上半句下半句\n最后一句\n"
    assert page.to_page(1, 3) == (1, 3)
    assert page.to_page(3, 6) == (4, 7)
    assert page.to_page(2, 4) is None
    assert page.to_page(5, 9) is None
    assert page.to_page(7, 11) == (12, 16)
    assert page.dropped[0].number == 2
    with pytest.raises(ValueError, match="does not lie"):
        page.to_page(3, 99)
