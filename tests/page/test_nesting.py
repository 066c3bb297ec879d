"""How deep a page is nested, as an upper bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.page.nesting import is_nested_deeper

SHALLOW = {
    "elements that are closed": "<div><b>山</b></div>" * 9,
    "elements that end by themselves": "<p>山<br><li>地<img src=a>" * 9,
    "icons": '<svg viewBox="0"><path d="M0"/><g><circle/></g></svg>' * 9,
    "icons with names": '<svg><title>图</title><desc id=a>b</desc><g><path d="M0"/><use href="#a"/></g></svg>' * 9,
    "icons with styles": "<svg><defs><style>.a{}</style></defs><path/><text>山</text><path/></svg>" * 9,
    "empty icons": "<svg/><svg />" * 9,
    "formulas": "<math><mi>x</mi><mo>=</mo><mn>1</mn></math>" * 9,
    "scripts": "<script>for (i<n; a<b; c<d; e<f; g<h; j<k) {}</script>" * 9,
    "comments": "<!-- <div><div><div><div><div><div><div> -->" * 9,
    "a comment without an end": "<!-- " + "<div>" * 9,
    "less than": "1 < 2 <3 << " * 9,
}
DEEP = {
    "one in another": "<div>" * 9,
    "in capitals": "<DIV>" * 9,
    "end tags of others": "<b></i>" * 9,
    "names that are none": "<foo-bar></x>" * 9,
    "no end for HTML": "<foo/>" * 9,
    "drawings": "<svg></title>" * 9,
    "in a drawing": "<svg>" + "<td></x>" * 9,
    "HTML again in a drawing": "<svg><desc>" + "<u/></x>" * 9,
    "HTML again in a formula": "<math><annotation-xml encoding='text/html'>" + "<mi/></x>" * 9,
    "behind a drawing": "<svg/>" + "<path/></x>" * 9,
    "behind a drawing that HTML ends": "<svg><p>" + "<path/></x>" * 9,
    "behind a drawing that HTML ends, and another": "<svg><p><svg></svg>" + "<path/></x>" * 9,
    "behind a drawing that an end tag ends": "<svg></p>" + "<path/></x>" * 9,
    "behind a drawing whose parent ends": "<div><svg></div>" + "<path/></x>" * 9,
    "behind a name that does not end": "<svg><title>a</desc>" + "<path/></x>" * 9,
    "behind an empty comment": "<!-->" + "<div>" * 9,
    "behind a comment with a mark": "<!-- --!>" + "<div>" * 9,
    "styles in a choice": "<select><style></select>" + "<div>" * 9,
}


@pytest.mark.parametrize("name", SHALLOW)
def test_what_ends_is_not_deep(name: str) -> None:
    assert not is_nested_deeper(SHALLOW[name], 5)


@pytest.mark.parametrize("name", DEEP)
def test_what_does_not_end_is_deep(name: str) -> None:
    assert is_nested_deeper(DEEP[name], 5)
    assert not is_nested_deeper(DEEP[name], 20)


@given(st.text("<>/!-abdivp svg\n"), st.integers(0, 9))
def test_any_text_is_measured(source: str, most: int) -> None:
    if is_nested_deeper(source, most + 1):
        assert is_nested_deeper(source, most)
    assert not is_nested_deeper(source, source.count("<"))
