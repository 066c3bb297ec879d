"""A small channel of words that overlap, and texts of their characters."""

from __future__ import annotations

import functools
from array import array
from collections import Counter

from hypothesis import strategies as st

from despin.channel.lexicon import ListChannel
from despin.channel.matches import Matches
from despin.kernel.types import Site, Unreplaced
from despin.lexicon.model import Entry, Family, Lexicon, Original


@functools.cache
def small() -> ListChannel:
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
    return ListChannel(Lexicon(families, tuple(entries)))


def occurrences(channel: ListChannel, text: str) -> list[Site]:
    return [
        Site(start, start + len(word), number)
        for start in range(len(text))
        for number, word in enumerate(channel.patterns)
        if text.startswith(word, start)
    ]


def only_in_pack(channel: ListChannel, number: int) -> bool:
    """Whether the pattern is a spun form of nothing but the pack."""
    candidates = channel.candidates[number]
    return bool(candidates) and all(one.entry.family == "pack" for one in candidates)


def twin(channel: ListChannel, text: str, packs: bool) -> Matches:
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
    return Matches(sites, Unreplaced(array("i", unspun), array("i", unspun.values())))


TEXTS = st.one_of(st.text("abcde", max_size=14), st.text("首要主需a\ud800\0🎉", max_size=10))
