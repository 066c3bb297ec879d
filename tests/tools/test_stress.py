"""What the stress commands found once stays mended."""

from __future__ import annotations

import json
from pathlib import Path

import engine_kit as kit
import pytest

from despin import restorer
from tools.stress.idempotent import findings

KEPT = Path(__file__).parents[1] / "data" / "stress"
TEXTS = [json.loads(line)["text"] for line in (KEPT / "texts.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_once_changed_twice(text: str) -> None:
    assert list(findings(kit.restorer(), text)) == []


def test_texts_that_lead_back_to_one_another_end_in_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from despin.results import Edit, Restoration

    engine = kit.restorer().adjusted()
    turned = {"甲": "乙", "乙": "丙", "丙": "甲", "丁": "乙"}

    def once(text: str, _: object) -> Restoration:
        return Restoration(text, (Edit(0, 1, text, turned[text], 0.9),))

    monkeypatch.setattr(engine, "_once", once)
    assert {engine.restore(text) for text in turned} == {min("甲乙丙")}
    assert restorer.MOST_TURNS >= 6
