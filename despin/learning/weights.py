"""Weights of lexicon entries from aligned pairs: every original weighs what its sightings are worth, and what it
weighed before anybody saw it.

A document belongs to the lexicon that explains most of it: a spinner of another family says nothing about how often
this one writes a word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from despin.learning.observe import Seen
from despin.lexicon.model import SIGHTING, Entry, Lexicon, Original, sightings, weight
from despin.tuning import Cuts

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class WeightChange:
    """An original of an entry (`path`, `line`) whose weight goes from `before` to `after`, seen `count` times in
    `documents`."""

    path: str
    line: int
    spun: str
    original: str
    before: float
    after: float
    count: int
    documents: int

    def as_dict(self) -> dict[str, object]:
        """The change as JSON-ready values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Weighed:
    """What pairs say of lexicons: `changes` in the order of the lexicons, and by path the `entries` that change.
    `steady` originals were seen and keep their weight, `unlisted` sightings are of substitutions no lexicon lists."""

    changes: list[WeightChange]
    entries: dict[str, dict[int, Entry]]
    steady: int
    unlisted: int


def weigh(lexicons: Mapping[str, Lexicon], seen: Mapping[Pair, Sequence[Seen]], afresh: bool = False) -> Weighed:
    """The weights that sightings `seen` give the active entries of `lexicons`, by path. What weights say already of
    more sightings than these stays, so that weighing twice changes nothing more; `afresh`, these sightings are all
    there are."""
    listed = {
        path: {(e.spun, o.text) for e in lexicon.entries if e.status == "active" for o in e.originals}
        for path, lexicon in lexicons.items()
    }
    by_document, unlisted = _by_document(seen, set().union(*listed.values()))
    counts = _attributed(by_document, listed)
    changes: list[WeightChange] = []
    entries: dict[str, dict[int, Entry]] = {}
    steady = 0
    for path, lexicon in lexicons.items():
        for entry in lexicon.entries:
            if entry.status != "active":
                continue
            found = [counts[path].get((entry.spun, original.text), Counter[int]()) for original in entry.originals]
            weights = _weights(entry, [one.total() for one in found], afresh)
            for original, after, one in zip(entry.originals, weights, found, strict=True):
                if after != original.weight:
                    place = (path, entry.line, entry.spun, original.text)
                    changes.append(WeightChange(*place, original.weight, after, one.total(), len(one)))
                elif one:
                    steady += 1
            if weights != [original.weight for original in entry.originals]:
                entries.setdefault(path, {})[entry.line] = _weighted(entry, weights)
    return Weighed(changes, entries, steady, unlisted)


def _by_document(seen: Mapping[Pair, Sequence[Seen]], listed: set[Pair]) -> tuple[dict[int, Counter[Pair]], int]:
    """The listed substitutions of every document, and how many sightings are of none."""
    found: dict[int, Counter[Pair]] = defaultdict(Counter)
    unlisted = 0
    for pair, sighted in seen.items():
        known = _as_listed(pair, listed)
        if known is None:
            unlisted += len(sighted)
            continue
        for one in sighted:
            found[one.document][known] += 1
    return found, unlisted


def _as_listed(pair: Pair, listed: set[Pair]) -> Pair | None:
    """The listed substitution that a seen one is, perhaps with more around it: 出如今→出现在 is 如今→现在."""
    spun, original = pair
    for start in range(min(len(spun), len(original))):
        if start and spun[start - 1] != original[start - 1]:
            break
        for end in range(min(len(spun), len(original)) - start):
            if end and spun[-end] != original[-end]:
                break
            inner = spun[start : len(spun) - end], original[start : len(original) - end]
            if inner in listed:
                return inner
    return None


def _attributed(
    by_document: Mapping[int, Counter[Pair]], listed: Mapping[str, set[Pair]]
) -> dict[str, dict[Pair, Counter[int]]]:
    """By lexicon and substitution, the sightings in each document: those of the lexicon that explains most of the
    document, and what it lacks those of the next."""
    counts: dict[str, dict[Pair, Counter[int]]] = {path: defaultdict(Counter) for path in listed}
    for document, found in sorted(by_document.items()):
        explained = {path: sum(n for pair, n in found.items() if pair in pairs) for path, pairs in listed.items()}
        order = sorted(listed, key=lambda path: -explained[path])
        for pair, count in found.items():
            counts[next(path for path in order if pair in listed[path])][pair][document] += count
    return counts


def _weights(entry: Entry, counts: Sequence[int], afresh: bool) -> list[float]:
    """The weights of an entry's originals, seen so often."""
    ranked = sorted(range(len(counts)), key=lambda number: -entry.originals[number].weight)
    ranks = {number: rank for rank, number in enumerate(ranked, 1)}
    found = []
    for number, (original, count) in enumerate(zip(entry.originals, counts, strict=True)):
        now = original.weight
        before, beyond = sightings(now)
        if count and 0.0 <= round(now - weight(count), 2) <= Cuts.listed:
            found.append(now)  # it says this very number
        elif count > before or (afresh and count != before):
            # What sightings alone had put into the list weighs, unseen, what its rank in the entry is worth.
            found.append(weight(count, beyond if count or beyond else round(1.0 / ranks[number] ** 2, 2)))
        else:
            found.append(now)
    return found


def _weighted(entry: Entry, weights: Sequence[float]) -> Entry:
    originals = tuple(Original(one.text, new) for one, new in zip(entry.originals, weights, strict=True))
    attested = any(new >= SIGHTING for new in weights)
    source = "attested" if attested else "curated" if entry.source == "attested" else entry.source
    return replace(entry, originals=originals, source=source)
