"""How much must speak for a spinner before a text is believed spun: more in a longer text, of which more is in doubt."""

from __future__ import annotations

import engine_kit as kit
from hypothesis import given
from hypothesis import strategies as st

from despin.decode.arcs import Ids
from despin.document.scouting import find_families
from despin.document.state import Document
from despin.tuning import LONG, SHORT, TUNING, Screening


@given(st.integers(0, 30_000), st.integers(0, 30_000))
def test_it_never_falls_with_the_length(one: int, other: int) -> None:
    short, long = sorted((one, other))
    assert TUNING.threshold_short <= TUNING.threshold_for(short) <= TUNING.threshold_for(long)


def test_it_rises_by_a_line_from_where_the_logarithm_ends() -> None:
    assert TUNING.threshold_for(SHORT) == TUNING.threshold_short
    assert TUNING.threshold_for(LONG) == TUNING.threshold
    assert TUNING.threshold_for(LONG + 2000) == TUNING.threshold + 2 * TUNING.threshold_more


def test_what_is_surely_unspun_does_not_raise_it() -> None:
    engine, spun = kit.restorer(), kit.article("spun-host", kit.files("spun-host")[0])
    clean = "\n".join(kit.article("clean", name) for name in kit.files("clean")) + "\n"
    document = engine.judge.judge(clean * 3 + spun).document
    assert document is not None
    assert document.believed
    assert document.threshold <= TUNING.threshold_for(len(spun) + 2 * Screening.block)


def test_a_spun_sentence_in_every_sixth_page_does_not_add_up() -> None:
    """What is convincing within a page is chance where so many pages were looked at."""
    engine = kit.restorer()
    pages = [kit.article("clean", name) for name in kit.files("clean")] * 3
    spun = [case.sample.spun for case in kit.cases("wild", "classic-list.wdiff")]
    for place in range(0, len(pages), 6):
        pages[place] += spun[place] + "\n"
    text = "\n".join(pages)
    found = Document(text, engine.engine.sites(text), Ids(engine.engine.candidates))
    find_families(found)
    assert TUNING.threshold < found.evidence < found.threshold
    assert not found.believed
