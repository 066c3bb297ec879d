"""The channel against its slow twin, which looks for every pattern at every place."""

from __future__ import annotations

import functools
from array import array
from collections import Counter

import engine_kit as kit
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from despin.channel import Channel
from despin.lexicon.entry import Entry, Family, Lexicon, Original
from despin.matching import Matches, Site, Unspun


@functools.cache
def small() -> Channel:
    """A channel of nested, overlapping and one-character words in a family, a second family and a pack."""
    pairs = {
        "plain": ["ab c", "abc d", "bca e", "a bc", "aa ab", "cde ab", "cea bb", "e b", "首要 主要", "主要 首要"],
        "other": ["ab cd", "ba e", "dd d", "要主 主", "🎉a b", "a🎉 e"],
        "pack": ["d de", "cd e", "要 需"],
    }
    entries = []
    for family, written in pairs.items():
        for spun, original in (pair.split() for pair in written):
            entries.append(Entry(spun, (Original(original),), family))
    families = (Family("plain"), Family("other"), Family("pack", pack=True, beside=("plain",)))
    return Channel(Lexicon(families, tuple(entries)))


def occurrences(channel: Channel, text: str) -> list[Site]:
    return [
        Site(start, start + len(word), number)
        for start in range(len(text))
        for number, word in enumerate(channel.patterns)
        if text.startswith(word, start)
    ]


def only_in_pack(channel: Channel, number: int) -> bool:
    """Whether the pattern is a spun form of nothing but the pack."""
    candidates = channel.candidates[number]
    return bool(candidates) and all(one.entry.family == "pack" for one in candidates)


def twin(channel: Channel, text: str, packs: bool) -> Matches:
    places = occurrences(channel, text)
    sites = [
        place
        for place in places
        if channel.candidates[place.pattern] and (packs or not only_in_pack(channel, place.pattern))
    ]
    # What only a pack writes is no match of a text that gives no reason to look for it, whatever it covers.
    plain = [place for place in places if channel.exposed[place.pattern] or not only_in_pack(channel, place.pattern)]
    unspun: Counter[int] = Counter()
    for place in plain:
        covered = any(
            other.start <= place.start and place.end <= other.end and other.pattern != place.pattern for other in plain
        )
        if not covered and channel.exposed[place.pattern] and place.end - place.start > 1:
            unspun[place.pattern] += 1
    for site in sites:
        for candidate in channel.candidates[site.pattern]:
            original = candidate.original
            alike = site.end - site.start == len(original) == 1
            if alike and original in channel.number and channel.exposed[channel.number[original]]:
                unspun[channel.number[original]] = text.count(original)
    return Matches(sites, Unspun(array("i", unspun), array("i", unspun.values())))


TEXTS = st.one_of(st.text("abcde", max_size=14), st.text("首要主需a\ud800\0🎉", max_size=10))


@given(TEXTS, st.booleans())
@example("\ud800ab\udfffabc首要", True)
@settings(max_examples=400, deadline=None)
def test_sites_are_all_occurrences_in_order(text: str, packs: bool) -> None:
    found = small().match(text, packs)
    assert found.sites == sorted(twin(small(), text, packs).sites)
    for site in found.sites:
        assert text[site.start : site.end] == small().patterns[site.pattern]


@given(TEXTS, st.booleans())
@example("abc", False)
@settings(max_examples=400, deadline=None)
def test_unspun_originals_are_counted_where_no_longer_match_covers_them(text: str, packs: bool) -> None:
    def present(counts: Unspun) -> dict[str, int]:
        return {small().patterns[number]: count for number, count in counts.items() if count}

    assert present(small().match(text, packs).unspun) == present(twin(small(), text, packs).unspun)


@given(
    st.lists(
        st.sampled_from(["经由过程", "首要", "接话柄现", "不会", "的", "，", "\n", "断创办法", "年夜"]), max_size=8
    )
)
@settings(max_examples=40, deadline=None)
def test_the_shipped_lexicons_match_like_a_plain_search(words: list[str]) -> None:
    text = "".join(words)
    channel = kit.restorer().channel
    longest = max(map(len, channel.patterns))
    slow = [
        (start, end, channel.number[text[start:end]])
        for start in range(len(text))
        for end in range(start + 1, min(len(text), start + longest) + 1)
        if channel.candidates[channel.number.get(text[start:end], -1)] and text[start:end] in channel.number
    ]
    assert [tuple(site) for site in channel.match(text, packs=True).sites] == sorted(slow)


def test_weights_are_shares_of_an_originals_substitutions() -> None:
    channel = kit.restorer().channel
    taken: Counter[tuple[int, str]] = Counter()
    for pattern, candidates in zip(channel.patterns, channel.candidates, strict=True):
        for one in candidates:
            assert one.original != pattern
            assert 0.0 < one.weight < 1.0
            assert one.entry.spun == pattern
            assert one.entry.status == "active"
            taken[one.family, one.original] += 0
            if one.entry.family == channel.families[one.family]:
                taken[one.family, one.original] += one.weight  # type: ignore[assignment]
    assert max(taken.values()) < 1.0


def test_a_channel_without_entries_matches_nothing() -> None:
    matches = Channel(Lexicon()).match("经由过程这个接口", packs=True)
    assert matches.sites == []
    assert not matches.unspun


@pytest.mark.parametrize("status", ["candidate", "retired"])
def test_only_active_entries_are_matched(status: str) -> None:
    entry = Entry("首要", (Original("主要"),), "plain", status=status)  # type: ignore[arg-type]
    assert Channel(Lexicon((Family("plain"),), (entry,))).match("首要").sites == []
