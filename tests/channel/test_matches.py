"""The channel against its slow twin, which looks for every pattern at every place."""

from __future__ import annotations

from collections import Counter

import engine_kit as kit
import pytest
from channel_kit import TEXTS, small, twin
from hypothesis import example, given
from hypothesis import strategies as st
from profiles import examples

from despin.channel.lexicon import ListChannel
from despin.kernel.types import Unreplaced
from despin.lexicon.model import Entry, Family, Lexicon, Original


@given(TEXTS, st.booleans())
@example("\ud800ab\udfffabc首要", True)
@examples(400)
def test_sites_are_all_occurrences_in_order(text: str, packs: bool) -> None:
    found = small().match(text, packs)
    assert found.sites == sorted(twin(small(), text, packs).sites)
    for site in found.sites:
        assert text[site.start : site.end] == small().patterns[site.pattern]


@given(TEXTS, st.booleans())
@example("abc", False)
@examples(400)
def test_unspun_originals_are_counted_where_no_longer_match_covers_them(text: str, packs: bool) -> None:
    def present(counts: Unreplaced) -> dict[str, int]:
        return {small().patterns[number]: count for number, count in counts.items() if count}

    assert present(small().match(text, packs).unspun) == present(twin(small(), text, packs).unspun)


@given(
    st.lists(
        st.sampled_from(["经由过程", "首要", "接话柄现", "不会", "的", "，", "\n", "断创办法", "年夜"]), max_size=8
    )
)
@examples(40)
def test_the_shipped_lexicons_match_like_a_plain_search(words: list[str]) -> None:
    text = "".join(words)
    channel = kit.restorer().engine.channel
    longest = max(map(len, channel.patterns))
    slow = [
        (start, end, channel.number[text[start:end]])
        for start in range(len(text))
        for end in range(start + 1, min(len(text), start + longest) + 1)
        if channel.candidates[channel.number.get(text[start:end], -1)] and text[start:end] in channel.number
    ]
    assert [tuple(site) for site in channel.match(text, packs=True).sites] == sorted(slow)


def test_weights_are_shares_of_an_originals_substitutions() -> None:
    channel = kit.restorer().engine.channel
    taken: Counter[tuple[int, str]] = Counter()
    for pattern, candidates in zip(channel.patterns, channel.candidates, strict=True):
        for one in candidates:
            assert one.original != pattern
            assert 0.0 < one.weight <= 1.0
            assert one.entry.spun == pattern
            assert one.entry.status == "active"
            taken[one.family, one.original] += 0
            if one.entry.family == channel.families[one.family]:
                taken[one.family, one.original] += one.weight  # type: ignore[assignment]
    assert max(taken.values()) <= 1.0 + 1e-9


def weights(*originals: Original) -> list[float]:
    """The weights of the originals of a family of one list, each with a form of its own."""
    entries = [Entry(form, (one,), "plain") for form, one in zip("甲乙丙", originals, strict=False)]
    channel = ListChannel(Lexicon((Family("plain"),), tuple(entries)))
    return sorted(one.weight for candidates in channel.candidates for one in candidates)


def test_a_list_without_counts_is_the_spinners_own() -> None:
    # Of two forms of one word each is written half of the time; no other form is.
    assert weights(Original("主要"), Original("主要")) == [0.5, 0.5]
    assert weights(Original("主要"), Original("使用")) == [1.0, 1.0]
    # Where forms were counted, others may have been written as often as 3 times.
    assert weights(Original("主要", 2.0), Original("使用")) == [1 / 4, 2 / 5]
    # What a single character may be mistaken for, no list knows.
    assert weights(Original("主")) == [1 / 4]


def test_a_channel_without_entries_matches_nothing() -> None:
    matches = ListChannel(Lexicon()).match("经由过程这个接口", packs=True)
    assert matches.sites == []
    assert not matches.unspun


@pytest.mark.parametrize("status", ["candidate", "retired"])
def test_only_active_entries_are_matched(status: str) -> None:
    entry = Entry("首要", (Original("主要"),), "plain", status=status)
    assert ListChannel(Lexicon((Family("plain"),), (entry,))).match("首要").sites == []
