"""Stretches: they hold the sites, keep apart from each other, stay short, and know where a line begins."""

from __future__ import annotations

import engine_kit as kit
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from profiles import examples

from despin.kernel import segments
from despin.kernel.types import Segment, Site
from despin.tuning import Search

#: No site of the shipped lexicons is longer.
SITE = 12
#: A stretch may run on to twice `Search.longest` where its sites overlap.
BOUND = 2 * Search.longest + 2 * Search.context


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, list[Site]]:
    """A text with line ends and sites in it: scattered, dense, overlapping or nested."""
    gaps = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(1, SITE)), max_size=40))
    dense = draw(st.booleans())
    sites = set()
    place = 0
    for gap, size in gaps:
        place += gap // 8 if dense else gap
        sites.add(Site(place, place + size, 0))
    length = max((site.end for site in sites), default=0) + draw(st.integers(0, 20))
    breaks = draw(st.sets(st.integers(0, max(0, length - 1)), max_size=6))
    covered = {place for site in sites for place in range(site.start, site.end)}
    text = "".join("\n" if place in breaks - covered else "字" for place in range(length))
    return text, sorted(sites)


def own(stretch: Segment) -> tuple[int, int]:
    """Where the sites of a stretch begin and end."""
    return min(site.start for site in stretch.sites), max(site.end for site in stretch.sites)


@given(pages())
@example(("字" * 400, [Site(place, place + 3, 0) for place in range(0, 390, 2)]))
@example(("字" * 400, [Site(place, place + 2, 0) for place in range(0, 390, 2)]))
@examples(300)
def test_stretches_are_short_disjoint_and_hold_their_sites(page: tuple[str, list[Site]]) -> None:
    text, sites = page
    found = segments(text, sites)
    reach = 0
    for stretch in found:
        first, last = own(stretch)
        assert reach <= first
        reach = last
        assert 0 <= stretch.start <= first < last <= stretch.end <= len(text)
        assert stretch.sites == sorted(stretch.sites)
        assert stretch.end - stretch.start <= BOUND
        assert first - stretch.start <= Search.context
        assert stretch.end - last <= Search.context
    placed = [site for stretch in found for site in stretch.sites]
    assert len(set(placed)) == len(placed)
    spans = [own(stretch) for stretch in found]
    for site in set(sites) - set(placed):
        # Left out only where it straddles the end of a stretch that is full.
        assert any(start <= site.start < end for start, end in spans)
        assert any(end - start > Search.longest for start, end in spans)


@given(pages())
@examples(200)
def test_context_stays_in_its_line(page: tuple[str, list[Site]]) -> None:
    text, sites = page
    for stretch in segments(text, sites):
        first, last = own(stretch)
        assert "\n" not in text[stretch.start : first]
        assert "\n" not in text[last : max(last, stretch.end - 1)]
        assert stretch.fresh == (stretch.start == 0 or text[stretch.start - 1] == "\n")
        if not stretch.fresh:
            assert first - stretch.start == Search.context
        if stretch.end < len(text) and text[stretch.end - 1] != "\n":
            assert stretch.end - last == Search.context


def test_no_sites_no_stretches() -> None:
    assert segments("今天天气很好。", []) == []


def test_neighbours_share_a_stretch_and_strangers_do_not() -> None:
    text = "字" * 60
    near = [Site(10, 12, 0), Site(12 + Search.context, 14 + Search.context, 1)]
    far = [Site(10, 12, 0), Site(13 + Search.context, 15 + Search.context, 1)]
    assert [stretch.sites for stretch in segments(text, near)] == [near]
    assert [stretch.sites for stretch in segments(text, far)] == [[site] for site in far]


@pytest.mark.parametrize("name", kit.files("spun-host"))
def test_every_site_of_an_article_is_in_a_stretch(name: str) -> None:
    text = kit.article("spun-host", name)
    sites = kit.restorer().engine.channel.match(text, packs=True).sites
    found = segments(text, sites)
    placed = sum(len(stretch.sites) for stretch in found)
    assert placed >= 0.99 * len(sites)
    assert max(map(len, kit.restorer().engine.channel.patterns)) <= Search.longest
