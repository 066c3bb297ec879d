"""Shortlists made in the compiled code against those of the channel."""

from __future__ import annotations

from pathlib import Path

import engine_kit as kit
import pytest

from despin.channel.lexicon import SHORTLIST, SHORTLIST_WIDTH, Channel
from despin.kernel import make_shortlists
from despin.kernel.pure.arcs import Shortlists
from despin.lm.ngram import LanguageModel
from despin.restorer import Restorer

PERSONAL = "entries:\n  首要: [重要, 主要, 要紧]\n  旌旗灯号: 信号\n"


def differing(channel: Channel, model: LanguageModel) -> list[str]:
    rooms = pytest.importorskip("despin.kernel.native.arcs")
    compiled = rooms.Shortlists(channel.candidates, model.trigrams, SHORTLIST, SHORTLIST_WIDTH)
    numbers = range(len(channel.patterns))
    return [
        channel.patterns[number]
        for number in numbers
        if compiled.shortlist(number) != [tuple(one) for one in channel.shortlist(number, model)]
    ]


@pytest.fixture
def engine(tmp_path: Path) -> Restorer:
    path = tmp_path / "mine.yaml"
    path.write_text(PERSONAL, "utf-8")
    return Restorer(lexicons=[path])


def test_both_rooms_offer_the_same_in_the_same_order(engine: Restorer) -> None:
    if not engine.model.trigrams.compiled:
        pytest.skip("nothing is compiled here")
    assert differing(engine.engine.channel, engine.model) == []
    assert any(
        len(engine.engine.channel.shortlist(number, engine.model)) > 2
        for number in range(len(engine.engine.channel.patterns))
    )


def test_shipped_lexicons_too() -> None:
    engine = kit.restorer()
    if not engine.model.trigrams.compiled:
        pytest.skip("nothing is compiled here")
    assert differing(engine.engine.channel, engine.model) == []


@pytest.mark.parametrize("personal", [False, True])
def test_forms_say_the_same_out_of_context(personal: bool, engine: Restorer) -> None:
    own = engine if personal else kit.restorer()
    if not own.model.trigrams.compiled:
        pytest.skip("nothing is compiled here")
    channel = own.engine.channel
    compiled = make_shortlists(channel, own.model, (SHORTLIST, SHORTLIST_WIDTH))
    plain = Shortlists(channel, own.model)
    for number in range(0, len(channel.patterns), 3):
        assert compiled.odds(number, 0.7) == plain.odds(number, 0.7)
    with pytest.raises(IndexError):
        compiled.odds(len(channel.patterns), 0.7)
