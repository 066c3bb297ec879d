"""Cuts as they were seen: in which document, between what, and how much more fluent the original is."""

from __future__ import annotations

import functools
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from despin.decode.decoder import Weighted
from despin.kernel import build_lattice
from despin.kernel.types import Arc
from despin.learning.align import Folded, match
from despin.learning.segment import Cut, SubstitutionSegmenter, Window, windows
from despin.learning.texts import TextPair, example
from despin.lm.ngram import LanguageModel
from despin.progress import Progress
from despin.text.differences import Counterpart
from despin.tuning import Cuts

_Gain = Callable[[str, str, str, str], float]


@dataclass(slots=True)
class Aligned:
    """A pair of texts after alignment; shares are those of characters with a counterpart."""

    pair: TextPair
    spun: Folded
    original: Folded
    matches: list[Counterpart]
    windows: list[Window]

    @property
    def share(self) -> float:
        return sum(m.end - m.start for m in self.matches) / max(1, len(self.spun.characters))

    @property
    def other_share(self) -> float:
        return sum(m.other_end - m.other_start for m in self.matches) / max(1, len(self.original.characters))


@dataclass(frozen=True, slots=True)
class Seen:
    """One sighting. `gain` is log10 of how much more fluent the original is there; `clean` that nothing unexplained
    stands beside it."""

    document: int
    gain: float
    clean: bool
    example: str


def align(pair: TextPair) -> Aligned:
    """The pair with its matching stretches and the windows in which they differ."""
    spun, original = Folded.of(pair.spun), Folded.of(pair.original)
    found = match(spun, original)
    return Aligned(pair, spun, original, found, [w for one in found for w in windows(one, spun, original)])


def observe(aligned: Sequence[Aligned], model: LanguageModel) -> dict[tuple[str, str], list[Seen]]:
    """Every substitution (spun, original) with its sightings over all pairs."""
    places = [(number, window) for number, one in enumerate(aligned) for window in one.windows]
    every = [window for _, window in places]
    with Progress("cut", len(every)) as progress:
        cuts = SubstitutionSegmenter(model).cut(every, progress.add)
    seen: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    gain = functools.lru_cache(maxsize=65536)(functools.partial(fluency_gain, model))
    for (number, window), found in zip(places, cuts, strict=True):
        for cut in found:
            pair = cut.pair(window)
            seen[pair].append(_sighting(number, aligned[number].original, window, cut, pair, gain))
    return dict(seen)


def _sighting(number: int, page: Folded, window: Window, cut: Cut, pair: tuple[str, str], gain: _Gain) -> Seen:
    (spun, original), places, text = pair, page.places, page.text
    first = window.other_start + cut.other_start
    low = places[first][0] if first < len(places) else len(text)
    high = places[first + len(original) - 1][1] if original else low
    before, after = (
        text[max(0, low - Cuts.observe_context) : low],
        text[high : high + Cuts.observe_context],
    )
    before, after = before[before.rfind("\n") + 1 :], after.split("\n", 1)[0]
    shown = example(text, low, high, spun, original) if text[low:high] == original else ""
    return Seen(number, gain(spun, original, before, after), cut.clean, shown)


def fluency_gain(model: LanguageModel, spun: str, original: str, before: str, after: str) -> float:
    """log10 P(text with the original) - log10 P(text with the spun form), summed over segmentations; bounded."""
    text = f"{before}{spun}{after}\0"
    lattice = build_lattice(text, [Arc(len(before), len(before) + len(spun), original)], [0.0], model.trigrams)
    ratio, _ = Weighted(lattice, 1.0).posteriors([1.0])
    return max(-Cuts.surest, min(Cuts.surest, math.log10(max(1e-9, ratio - 1.0))))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a substitution over all documents: sightings, their documents, mean gain (log10), and how many
    of them stand beside nothing unexplained."""

    spun: str
    original: str
    count: int
    documents: int
    gain: float
    clean: int

    @classmethod
    def of(cls, spun: str, original: str, seen: Sequence[Seen]) -> Facts:
        gain = sum(one.gain for one in seen) / len(seen)
        documents = len({one.document for one in seen})
        return cls(spun, original, len(seen), documents, gain, sum(one.clean for one in seen))


def doubt(facts: Facts, model: LanguageModel) -> str:
    """Why a substitution is not believed; empty where it is."""
    if any(character.isascii() for character in facts.spun + facts.original) and facts.count < 3:
        return "Latin letters or digits"
    if facts.gain < Cuts.least_gain:
        return "the original reads worse"
    strong = facts.gain >= Cuts.strong_gain
    if facts.count < 3:
        if not facts.clean:
            return (
                "seen once, beside something unexplained" if facts.count == 1 else "always beside something unexplained"
            )
        if not _well_cut(facts, model, strong):
            return "no words"
    if not facts.original and facts.count < 5:
        return "a deletion seen too rarely"
    return ""


def _well_cut(facts: Facts, model: LanguageModel, strong: bool) -> bool:
    """Whether the two sides look like what spinners have in their lists."""
    spun, original = facts.spun, facts.original
    if original and (spun.startswith(original) or spun.endswith(original)) and not strong:
        return False
    if len(original) == 1:
        return (strong or facts.gain > 1.0) and (len(spun) == 1 or original in spun)
    return (
        not original
        or original in model.vocabulary
        or (strong and len(spun) == len(original) and spun in model.vocabulary)
    )


def objection(aligned: Aligned) -> str:
    """Why nothing can be learned from a pair before its substitutions are looked at; empty where something can."""
    if not aligned.spun.characters or not aligned.original.characters:
        which = "spun text" if not aligned.spun.characters else "original"
        return f"the {which} holds no words; check that this is the right file"
    if aligned.spun.characters == aligned.original.characters:
        return "the spun text and its original are the same; there is nothing to learn"
    if aligned.share < Cuts.unrelated and aligned.other_share < Cuts.unrelated:
        return "the two texts have nothing to do with one another; check that the right files are paired"
    if not aligned.windows:
        return "the two texts agree word for word wherever they correspond; there is nothing to learn"
    return ""


def distrust(seen: Mapping[tuple[str, str], Sequence[Seen]], document: int) -> str:
    """Why the substitutions of one pair are not to be trusted; empty where they are."""
    gains = [one.gain for sightings in seen.values() for one in sightings if one.document == document]
    if len(gains) < Cuts.few:
        return ""
    better = sum(gain > 0.0 for gain in gains) / len(gains)
    told = f"the original reads better at {round(100 * better)} % of {len(gains)} differences, which is usually 90 %"
    if better < Cuts.swapped:
        return f"{told}; the files seem to be swapped: name the spun text first"
    if better < Cuts.no_better:
        return f"{told}; the original seems to be spun too, or nobody spun either"
    return ""


def reasons(doubts: Sequence[str]) -> list[str]:
    """How often each doubt was raised, the most frequent first."""
    return [f"{count:,} × {what}" for what, count in Counter(doubts).most_common()]
