"""What a channel offers for a spun form: what changes the same, weights, and where an offer comes from."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from channel_kit import small

from despin.channel.lexicon import ListChannel
from despin.decode.arcs import Ids
from despin.decode.candidates import CandidateIndex
from despin.kernel import segments
from despin.lexicon.model import Contexts, Entry, Family, Lexicon, Original
from despin.lm.ngram import LanguageModel
from despin.tuning import Tuning


def index(channel: ListChannel, model: LanguageModel, **tuning: float) -> CandidateIndex:
    return CandidateIndex(channel, model, Tuning(**tuning))  # type: ignore[arg-type]


def channel_of(*entries: Entry, families: tuple[Family, ...] = (Family("plain"),)) -> ListChannel:
    return ListChannel(Lexicon(families, entries))


def offered(candidates: CandidateIndex, text: str) -> list[tuple[str, str, list[int]]]:
    """The possible edits of a text: (form, original, numbers of the offers)."""
    ids = Ids(candidates)
    table = ids.table(text, segments(text, candidates.channel.match(text, packs=True).sites))
    return [
        (
            text[table.starts[arc] : table.ends[arc]],
            ids.original(pair),
            list(table.offers[table.source_first[arc] : table.source_first[arc + 1]]),
        )
        for arc, pair in enumerate(table.pairs)
    ]


@pytest.mark.parametrize(
    ("spun", "original", "around"),
    [
        ("首要", "主要", "{}问题"),
        ("经由过程", "通过", "正{}"),
        ("的的", "的", "好{}"),
        ("全部过程", "此过程", "在{}中"),
    ],
)
def test_edits_that_change_the_same_to_the_same_are_one_the_shortest(
    language_model: LanguageModel, spun: str, original: str, around: str
) -> None:
    entries = [
        Entry(around.format(spun), (Original(around.format(original)),), "plain"),
        Entry(spun, (Original(original),), "plain"),
    ]
    candidates = index(channel_of(*entries), language_model)
    [(form, found, offers)] = offered(candidates, around.format(spun))
    assert (form, found) == (spun, original)
    assert sorted(candidates.sources[offer].entry.spun for offer in offers) == sorted(entry.spun for entry in entries)


def test_offers_are_found_once_and_numbered(language_model: LanguageModel) -> None:
    channel = small()
    candidates = index(channel, language_model)
    found = {pattern: offered(candidates, pattern) for pattern in channel.patterns}
    assert {pattern: offered(candidates, pattern) for pattern in channel.patterns} == found
    for pattern, edits in found.items():
        for offer in (offer for form, _, offers in edits for offer in offers if form == pattern):
            source = candidates.sources[offer]
            number = channel.number[source.entry.spun]
            assert source.both_ways == (source.family in channel.exposed[number])
            assert candidates.packed[offer] == (not channel.is_site[number])
    assert {offer for edits in found.values() for *_, offers in edits for offer in offers} == {
        *range(len(candidates.sources))
    }
    assert len(candidates.packed) == len(candidates.sources)
    assert set(candidates.packed) == {0, 1}


@pytest.mark.parametrize(("field", "edits"), [("keep", [1, 0]), ("only", [0, 1]), (None, [1, 1])])
def test_what_stands_around_is_looked_at(language_model: LanguageModel, field: str | None, edits: list[int]) -> None:
    contexts: dict[str, Any] = {field: Contexts(after=("桥头",))} if field else {}
    candidates = index(channel_of(Entry("甲乙", (Original("丙丁"),), "plain", **contexts)), language_model)
    assert [len(offered(candidates, text)) for text in ("甲乙桥尾", "甲乙桥头")] == edits


def test_a_pickle_finds_the_same(language_model: LanguageModel) -> None:
    channel = small()
    one = index(channel, language_model)
    other = pickle.loads(pickle.dumps(one))
    assert other.tuning == one.tuning
    assert offered(other, "abcde") == offered(one, "abcde") != []
