"""The look at the strongest forms against its slow twin: the document that decodes all of them."""

from __future__ import annotations

import engine_kit as kit
import pytest

from despin.decode.arcs import Ids
from despin.document.em import assume
from despin.document.prescreen import local_check
from despin.document.scouting import find_families
from despin.document.state import Document
from despin.kernel.types import Site
from despin.tuning import Screening

ARTICLES = [("spun-host", name) for name in kit.files("spun-host")] + [("clean", name) for name in kit.files("clean")]


def strong(text: str) -> list[Site]:
    """The sites of `text` whose forms are worth something out of context."""
    engine = kit.restorer()
    return [site for site in engine.engine.sites(text).sites if engine.judge.prescreen._worths.worth(site.pattern)]


def gain(text: str) -> float:
    """What all strong sites of `text` say before anything is held against them."""
    engine = kit.restorer()
    matches = engine.engine.sites(text).only(strong(text))
    document = Document(text, matches, Ids(engine.engine.candidates))
    assume(document)
    return sum(document.table.gains)


def check(text: str, bar: float) -> bool:
    engine = kit.restorer()
    worth = {site.pattern: engine.judge.prescreen._worths.worth(site.pattern) for site in strong(text)}
    return local_check(text, strong(text), worth, engine.engine.candidates, bar)


@pytest.mark.parametrize(("folder", "name"), ARTICLES)
def test_no_text_is_more_promising_than_its_strong_forms(folder: str, name: str) -> None:
    for text in kit.article(folder, name).split("\n"):
        found = gain(text)
        assert found >= 0.0
        assert not check(text, found + 1e-6)


def test_spun_articles_are_promising_and_clean_ones_are_not() -> None:
    assert all(check(kit.article("spun-host", name), Screening.local_long) for name in kit.files("spun-host"))
    clean = [line for name in kit.files("clean") for line in kit.article("clean", name).split("\n") if len(line) > 60]
    assert sum(check(line, Screening.local_short) for line in clean) <= 0.05 * len(clean)


@pytest.mark.parametrize("name", [name for name in kit.files("wild") if name != "betting-seo.wdiff"])
def test_nearly_all_sentences_that_are_restored_are_promising(name: str) -> None:
    # Where a family is a program, its sentences are found by that program and not by entries.
    engine = kit.restorer()
    believed = lost = 0
    for case in kit.cases("wild", name):
        text, sites = case.sample.spun, engine.engine.sites(case.sample.spun).sites
        document = Document(text, engine.engine.sites(text), Ids(engine.engine.candidates))
        find_families(document)
        if document.believed:
            believed += 1
            lost += not engine.judge.prescreen.may_be_spun(text, sites, engine.engine.candidates)
    assert lost <= 0.05 * believed


def test_forms_worth_nothing_are_not_decoded() -> None:
    text = "我在家看书，他在门口跑步。"
    assert not strong(text)
    assert not check(text, 0.1)
    assert not check("", 0.1)


def test_only_a_text_in_doubt_is_checked() -> None:
    screen, offers, spun = kit.restorer().judge.prescreen, kit.restorer().engine.candidates, "经由过程旌旗灯号"
    sites = kit.restorer().engine.sites(spun).sites
    assert screen.may_be_spun(spun, sites, offers)
    lines = [line for name in kit.files("clean") for line in kit.article("clean", name).split("\n") if len(line) >= 60]
    meant = next(line for line in lines if len(strong(line)) == 1)
    sites = kit.restorer().engine.sites(meant).sites
    assert not screen.may_be_spun(meant, sites, offers)
