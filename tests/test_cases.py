"""Cases as data, one restorer, no tuning: what is restored, what is left alone, and what is known to fail.

The floors stand a little below what the engine reaches. A better engine may raise them; lowering one needs a reason.
"""

from __future__ import annotations

import functools
from dataclasses import replace

import engine_kit as kit
import pytest

from despin.results import apply

SYNTHETIC = [case for name in kit.files("synthetic") for case in kit.cases("synthetic", name)]


@pytest.mark.parametrize(
    ("name", "share", "precision"),
    [
        ("auto-repost.wdiff", 0.40, 0.90),
        ("betting-seo.wdiff", 0.02, 0.55),
        ("classic-list.wdiff", 0.45, 0.87),
        ("clinic-answers.wdiff", 0.85, 0.88),
        ("daily-list.wdiff", 0.75, 0.95),
        ("farm-repost.wdiff", 0.85, 0.95),
        ("sports-list.wdiff", 0.75, 0.90),
        ("trade-list.wdiff", 0.75, 0.93),
        ("zhengzai-list.wdiff", 0.75, 0.93),
    ],
)
def test_in_the_wild(name: str, share: float, precision: float) -> None:
    found = kit.tally([case.sample for case in kit.cases("wild", name)], kit.restorer())
    assert found.outcomes["right"] > 0
    assert found.share >= share
    assert found.precision >= precision


def test_every_family_of_words_has_a_file_in_the_wild_with_a_floor() -> None:
    families = ["auto-repost", "betting-seo", "classic-list", "clinic-answers", "daily-list"]
    families += ["farm-repost", "sports-list", "trade-list", "zhengzai-list"]
    assert kit.files("wild") == [f"{family}.wdiff" for family in families]


#: What a verdict may name, by the family in a host's name; lists that share most of their words are not told apart.
RELATED = {
    "classic-list": {"classic-list", "daily-list", "farm-repost"},
    "betting-seo": {"betting-seo"},
    "clinic-answers": {"clinic-answers"},
}


@pytest.mark.parametrize("name", kit.files("spun-host"))
def test_whole_articles_are_known_as_spun_by_their_family(name: str) -> None:
    verdict = kit.restorer().detect(kit.article("spun-host", name))
    assert verdict.spun
    assert verdict.score > 0.99
    assert verdict.family in next(names for family, names in RELATED.items() if name.endswith(f"{family}.wdiff"))
    assert verdict.evidence


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=str(case),
            marks=pytest.mark.xfail(strict=True, reason="in tests/data/cases/known-failures.txt")
            if case.name in kit.known_failures()
            else (),
        )
        for case in SYNTHETIC
    ],
)
def test_across_word_boundaries(case: kit.Case) -> None:
    assert kit.is_exact(case.sample, kit.restorer()), kit.restorer().restore(case.sample.spun)


def test_across_word_boundaries_inside_a_spun_article() -> None:
    """A sentence alone says little about its spinner; here an article says it for all of them."""
    host = kit.article("spun-host", "technical-classic-list.wdiff")
    gold = {case.sample.spun: case.sample for case in SYNTHETIC}
    exact = 0
    for text, [(sentence, start, end)] in kit.in_the_middle(host, list(gold)):
        edits = [
            replace(edit, start=edit.start - start, end=edit.end - start)
            for edit in kit.inside(kit.restorer().explain(text).edits, start, end)
        ]
        exact += apply(sentence, edits) == gold[sentence].original
    assert exact >= 0.4 * len(gold)


def test_known_failures_are_cases() -> None:
    listed = kit.known_failures()
    assert len(set(listed)) == len(listed)
    assert set(listed) <= {case.name for case in SYNTHETIC}


def share_untouched(hosts: list[kit.Host]) -> float:
    """The share of sentences put into `hosts` that no edit touches."""
    untouched = placed = 0
    for text, spans in hosts:
        edits = kit.restorer().explain(text).edits
        for sentence, start, end in spans:
            assert text[start:end] == sentence
            untouched += not kit.inside(edits, start, end)
            placed += 1
    return untouched / placed


def test_there_are_enough_negative_sentences() -> None:
    sentences = kit.negative_sentences()
    assert len(set(sentences)) == len(sentences) >= 250


def test_negative_sentences_alone() -> None:
    assert share_untouched([(text, [(text, 0, len(text))]) for text in kit.negative_sentences()]) >= 0.99


@pytest.mark.parametrize("name", kit.files("clean"))
def test_clean_articles_stay_as_they_are(name: str) -> None:
    text = kit.article("clean", name)
    assert kit.restorer().explain(text).edits == ()
    assert not kit.restorer().detect(text).spun


@pytest.mark.parametrize("name", kit.files("clean"))
def test_negative_sentences_inside_clean_articles(name: str) -> None:
    """Several at a time, one a paragraph: a harder place than an article of its own for each."""
    assert share_untouched(list(kit.in_every_paragraph(kit.article("clean", name), kit.negative_sentences()))) >= 0.99


@pytest.mark.parametrize("name", kit.files("spun-host"))
def test_the_spun_half_of_a_text_is_restored_and_the_clean_half_is_left(name: str) -> None:
    engine, spun = kit.restorer(), kit.article("spun-host", name)
    alone = len(engine.explain(spun).edits)
    for clean in kit.files("clean"):
        text = kit.article("clean", clean) + spun
        edits = engine.explain(text).edits
        half = len(text) - len(spun)
        assert len(kit.inside(edits, half, len(text))) >= 0.5 * alone
        assert len(kit.inside(edits, 0, half)) <= 0.01 * half


@functools.cache
def at_the_end_of_a_long_clean_text(name: str) -> tuple[int, int]:
    """How many edits are made in the clean articles, one after the other, and how many in the spun one behind them."""
    clean = "\n".join(kit.article("clean", other) for other in kit.files("clean")) + "\n"
    text = clean + kit.article("spun-host", name)
    edits = kit.restorer().explain(text).edits
    return len(kit.inside(edits, 0, len(clean))), len(kit.inside(edits, len(clean), len(text)))


@pytest.mark.parametrize("name", kit.files("spun-host"))
def test_a_spun_article_at_the_end_of_a_long_clean_text_is_restored(name: str) -> None:
    alone = len(kit.restorer().explain(kit.article("spun-host", name)).edits)
    assert at_the_end_of_a_long_clean_text(name)[1] >= 0.4 * alone


@pytest.mark.parametrize("name", kit.files("spun-host"))
def test_a_long_clean_text_before_a_spun_article_is_left_alone(name: str) -> None:
    assert at_the_end_of_a_long_clean_text(name)[0] <= 2


def test_negative_sentences_inside_spun_articles() -> None:
    hosts: list[kit.Host] = []
    for number, name in enumerate(kit.files("spun-host")):
        hosts += kit.in_every_paragraph(kit.article("spun-host", name), kit.negative_sentences()[number::3])
    assert share_untouched(hosts) >= 0.80
