"""What a channel offers for a spun form: shared ends, weights, and where an offer comes from."""

from __future__ import annotations

import pickle
from types import SimpleNamespace
from typing import Any

import pytest
from channel_kit import small

from despin.channel.lexicon import Channel
from despin.decode.candidates import CandidateIndex
from despin.lexicon.model import Contexts, Entry, Family, Lexicon, Original
from despin.lm.ngram import LanguageModel
from despin.tuning import Tuning


def index(channel: Channel, model: LanguageModel, **tuning: float) -> CandidateIndex:
    return CandidateIndex(channel, model, Tuning(**tuning))  # type: ignore[arg-type]


def channel_of(*entries: Entry, families: tuple[Family, ...] = (Family("plain"),)) -> Channel:
    return Channel(Lexicon(families, entries))


@pytest.mark.parametrize(
    ("spun", "original", "low", "high", "core"),
    [
        ("首要", "主要", 0, 1, "主"),
        ("经由过程", "通过", 0, 0, "通过"),
        ("下半年", "下年", 1, 1, ""),
        ("通过", "通过了", 2, 0, "了"),
        ("的的", "的", 1, 0, ""),
        ("全部过程", "此过程", 0, 2, "此"),
        ("看看看", "看看", 2, 0, ""),
    ],
)
def test_an_offer_leaves_out_what_both_share(
    language_model: LanguageModel, spun: str, original: str, low: int, high: int, core: str
) -> None:
    channel = channel_of(Entry(spun, (Original(original),), "plain"))
    [offer] = index(channel, language_model).of(channel.number[spun])
    assert (offer.low, offer.high, offer.core, offer.original) == (low, high, core, original)


def test_offers_are_found_once_and_numbered(language_model: LanguageModel) -> None:
    channel = small()
    candidates = index(channel, language_model)
    numbers = []
    for pattern in range(len(channel.patterns)):
        offers = candidates.of(pattern)
        assert candidates.of(pattern) is offers
        for offer in offers:
            assert candidates.sources[offer.number] is offer.source
            assert offer.source.entry.spun == channel.patterns[pattern]
            assert offer.source.both_ways == (offer.source.family in channel.exposed[pattern])
            assert candidates.packed[offer.number] == (not channel.is_site[pattern])
        numbers += [offer.number for offer in offers]
    assert sorted(numbers) == list(range(len(candidates.sources)))
    assert len(candidates.imported) == len(candidates.drawn) == len(candidates.packed) == len(candidates.sources)
    assert not any(candidates.imported)
    assert set(candidates.packed) == {0, 1}


def test_what_turns_a_statement_round_weighs_less(language_model: LanguageModel) -> None:
    entries = [Entry("甲乙", (Original("丙丁"),), "plain", flips=flips) for flips in (False, True)]
    weights = []
    for entry in entries:
        channel = channel_of(entry)
        [offer] = index(channel, language_model, flip=0.25).of(channel.number["甲乙"])
        weights.append(offer.source.weight)
    assert weights[1] == pytest.approx(weights[0] / 4)


@pytest.mark.parametrize(("field", "guarded"), [("keep", True), ("only", True), (None, False)])
def test_what_looks_around_is_guarded(language_model: LanguageModel, field: str | None, guarded: bool) -> None:
    contexts: dict[str, Any] = {field: Contexts(after=("桥头",))} if field else {}
    channel = channel_of(Entry("甲乙", (Original("丙丁"),), "plain", **contexts))
    [offer] = index(channel, language_model).of(channel.number["甲乙"])
    assert offer.guarded is guarded


def test_imported_entries_are_told_apart(language_model: LanguageModel) -> None:
    channel = channel_of(
        Entry("甲乙", (Original("丙丁"),), "plain", source="imported"), Entry("戊己", (Original("庚辛"),), "plain")
    )
    candidates = index(channel, language_model)
    first, second = (candidates.of(channel.number[spun])[0].number for spun in ("甲乙", "戊己"))
    assert (candidates.imported[first], candidates.imported[second]) == (1, 0)
    assert candidates.drawn[first] == channel.drawn[0]
    assert candidates.drawn[second] == 0


def test_words_are_asked_for_once() -> None:
    asked: list[str] = []

    def best_split(word: str) -> tuple[float, list[str]]:
        asked.append(word)
        return -3.0, [word]

    model: Any = SimpleNamespace(best_split=best_split)
    candidates = CandidateIndex.__new__(CandidateIndex)
    candidates.model, candidates._commonness, candidates.priors = model, {}, {}
    assert [candidates.prior("词"), candidates.prior("词")] == [pytest.approx(0.001)] * 2
    assert [candidates.commonness("词"), candidates.commonness("语")] == [-3.0, -3.0]
    assert asked == ["词", "语"]


def test_a_pickle_finds_the_same(language_model: LanguageModel) -> None:
    channel = small()
    one = index(channel, language_model)
    other = pickle.loads(pickle.dumps(one))
    assert other.tuning == one.tuning
    assert [offer.original for offer in other.of(0)] == [offer.original for offer in one.of(0)]
