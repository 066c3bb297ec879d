"""Shortlists made in compiled code against those of the channel."""

from __future__ import annotations

import math
from pathlib import Path

import engine_kit as kit
import pytest

from despin.channel.lexicon import Candidate, ListChannel
from despin.kernel.native.arcs import Shortlists
from despin.lm.ngram import LanguageModel
from despin.restorer import Restorer
from despin.tuning import Lists

PERSONAL = "entries:\n  首要: [重要, 主要, 要紧]\n  旌旗灯号: 信号\n"


def shortlist(channel: ListChannel, pattern: int, model: LanguageModel) -> list[Candidate]:
    """The candidates of a pattern that come near the best one, the likeliest first; all of them where they are two at most."""
    candidates = list(channel.candidates[pattern])
    if len(candidates) <= 2:
        return candidates
    scores = [math.log10(one.weight) + model.best_split(one.original)[0] for one in candidates]
    ranked = sorted(zip(scores, range(len(scores)), strict=True), reverse=True)
    # Originals are counted, not offers: what many families share must not push out what one of them says.
    kept = [*dict.fromkeys(candidates[index].original for _, index in ranked)][: Lists.shortlist]
    near = [index for score, index in ranked if score >= max(scores) - Lists.shortlist_width]
    return [candidates[index] for index in near if candidates[index].original in kept]


def differing(channel: ListChannel, model: LanguageModel) -> list[str]:
    compiled = Shortlists(channel.candidates, model.trigrams, Lists.shortlist, Lists.shortlist_width)
    numbers = range(len(channel.patterns))
    return [
        channel.patterns[number]
        for number in numbers
        if compiled.shortlist(number) != [tuple(one) for one in shortlist(channel, number, model)]
    ]


@pytest.fixture
def engine(tmp_path: Path) -> Restorer:
    path = tmp_path / "mine.yaml"
    path.write_text(PERSONAL, "utf-8")
    return Restorer(lexicons=[path])


def test_originals_are_those_of_the_channel_in_its_order(engine: Restorer) -> None:
    assert differing(engine.engine.channel, engine.model) == []
    assert any(
        len(shortlist(engine.engine.channel, number, engine.model)) > 2
        for number in range(len(engine.engine.channel.patterns))
    )


def test_shipped_lexicons_too() -> None:
    engine = kit.restorer()
    assert differing(engine.engine.channel, engine.model) == []


@pytest.mark.parametrize("personal", [False, True])
def test_what_forms_say_out_of_context(personal: bool, engine: Restorer) -> None:
    own = engine if personal else kit.restorer()
    channel = own.engine.channel
    compiled = Shortlists(channel.candidates, own.model.trigrams, Lists.shortlist, Lists.shortlist_width)
    for number in range(0, len(channel.patterns), 3):
        expected: dict[int, float] = {}
        for original, family, weight, _ in shortlist(channel, number, own.model):
            gain = own.model.out_of_context(original) - own.model.out_of_context(channel.patterns[number])
            expected[family] = expected.get(family, 0.0) + weight * 10.0 ** (0.7 * gain)
        assert compiled.odds(number, 0.7) == tuple(expected.items())
    with pytest.raises(IndexError):
        compiled.odds(len(channel.patterns), 0.7)
