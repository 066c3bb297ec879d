"""Real texts, if the folder that holds them stands beside the checkout; they belong to others and are not shipped."""

from __future__ import annotations

import json

import engine_kit as kit
import pytest
from places import shared

from despin.evaluation.measure import SetPart, measure
from despin.evaluation.sets import EvalSet, read_set
from despin.evaluation.systems import despin

CLEAN = ("abstracts", "app-descriptions", "headlines", "news")
#: Characters of each clean file that are read: documents spread over the whole of it.
SAMPLE = 30_000


def figures(one: EvalSet) -> SetPart:
    return measure(one, despin(kit.restorer())).whole


def sampled(one: EvalSet) -> EvalSet:
    step = max(1, one.characters // SAMPLE)
    return one.part("sampled", one.documents[::step])


def test_express_parcels() -> None:
    values = figures(read_set(str(shared("samples", "express-parcels.wdiff")))).figures
    assert values["precision"].value >= 0.93
    assert values["recall"].value >= 0.97


def test_pages_of_the_wild_are_of_the_program_itself() -> None:
    pages = shared("samples", "betting-pages.jsonl").read_text("utf-8").splitlines()
    for page in map(json.loads, pages):
        stretches = kit.restorer().explain(page["spun"]).verdict.stretches
        assert stretches, page["id"]
        assert {stretch.variant for stretch in stretches} == {""}, page["id"]


def test_real_pairs() -> None:
    values = figures(read_set(str(shared("samples", "real-pairs.jsonl")))).figures
    assert values["restored_share"].value >= 0.70
    assert values["precision"].value >= 0.82


def test_real_spun_texts_are_known_as_spun() -> None:
    rows = [json.loads(line) for line in shared("samples", "real-spun.jsonl").read_text("utf-8").splitlines()]
    texts = [row.get("spun") or row["text"] for row in rows]
    long = [text for text in texts if len(text) >= 200]
    assert len(long) >= 5
    # One of them has nothing but look-alike characters.
    found = [kit.restorer().detect(text) for text in long]
    assert sum(one.spun or bool(one.damage) for one in found) >= 0.9 * len(long)
    assert sum(one.spun for one in found) >= len(long) - 1


@pytest.mark.parametrize("name", CLEAN)
def test_clean_texts(name: str) -> None:
    part = figures(sampled(read_set(str(shared("clean", f"{name}.jsonl")))))
    assert part.characters > SAMPLE / 2
    assert part.figures["edits_per_10000"].value <= 0.7
    assert part.figures["sentences_untouched"].value >= 0.998
