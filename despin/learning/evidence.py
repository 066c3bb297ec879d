"""Which substitutions are believed, and which pairs of texts are none."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from despin.fluency import LanguageModel
from despin.learning.observing import Aligned, Seen

#: The least mean gain (log10) of a substitution seen once, twice, and more often.
LEAST_GAIN = (-0.85, -1.1, -1.5)
#: A gain that makes up for an odd shape, and one that a word with something added must have: people add words too.
STRONG_GAIN = 3.0
ADDED_GAIN = 2.5
#: A form that was kept this many times as often as it was replaced says nothing about a spinner.
KEPT_TIMES = 20.0
#: With fewer differences nothing can be said of a pair as a whole.
FEW = 5
#: Shares of differences at which the original reads better: surely below the first, the texts are swapped; surely below
#: the second, the original is no better than the spun text. Genuine pairs are near .9. `SURE` is in standard deviations.
SWAPPED, NO_BETTER, SURE = 0.45, 0.65, 1.64
#: Less of the spun text with a counterpart than this, and the texts have nothing to do with one another.
UNRELATED = 0.1


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a substitution over all documents: sightings, their documents, mean gain (log10), and how often
    the spun form was left standing."""

    spun: str
    original: str
    count: int
    documents: int
    gain: float
    kept: int
    clean: int

    @classmethod
    def of(cls, spun: str, original: str, seen: Sequence[Seen], kept: int) -> Facts:
        gain = sum(one.gain for one in seen) / len(seen)
        documents = len({one.document for one in seen})
        return cls(spun, original, len(seen), documents, gain, kept, sum(one.clean for one in seen))


def doubt(facts: Facts, model: LanguageModel) -> str:
    """Why a substitution is not believed; empty where it is."""
    if any(character.isascii() for character in facts.spun + facts.original) and facts.count < 3:
        return "Latin letters or digits"
    if facts.gain < LEAST_GAIN[min(facts.count, len(LEAST_GAIN)) - 1]:
        return "the original reads worse"
    if facts.kept > KEPT_TIMES * facts.count:
        return "nearly always left alone"
    strong = facts.gain >= STRONG_GAIN
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
    if original and (spun.startswith(original) or spun.endswith(original)) and facts.gain < ADDED_GAIN:
        return False
    if len(original) == 1:
        return (strong or facts.gain > 1.0) and (len(spun) == 1 or original in spun)
    return original in model.vocabulary or (strong and len(spun) == len(original) and spun in model.vocabulary)


def objection(aligned: Aligned) -> str:
    """Why nothing can be learned from a pair before its substitutions are looked at; empty where something can."""
    if not aligned.spun.characters or not aligned.original.characters:
        which = "spun text" if not aligned.spun.characters else "original"
        return f"the {which} holds no words; check that this is the right file"
    if aligned.spun.characters == aligned.original.characters:
        return "the spun text and its original are the same; there is nothing to learn"
    if aligned.share < UNRELATED and aligned.other_share < UNRELATED:
        return "the two texts have nothing to do with one another; check that the right files are paired"
    if not aligned.windows:
        return "the two texts agree word for word wherever they correspond; there is nothing to learn"
    return ""


def distrust(seen: Mapping[tuple[str, str], Sequence[Seen]], document: int) -> str:
    """Why the substitutions of one pair are not to be trusted; empty where they are."""
    gains = [one.gain for sightings in seen.values() for one in sightings if one.document == document]
    if len(gains) < FEW:
        return ""
    better = sum(gain > 0.0 for gain in gains) / len(gains)
    told = f"the original reads better at {round(100 * better)} % of {len(gains)} differences, which is usually 90 %"
    most = _upper_bound(better, len(gains))
    if most < SWAPPED:
        return f"{told}; the files seem to be swapped: name the spun text first"
    if most < NO_BETTER:
        return f"{told}; the original seems to be spun too, or nobody spun either"
    return ""


def _upper_bound(share: float, count: int) -> float:
    """The upper end of the interval of Wilson (1927) for a share of `count` observations."""
    square = SURE * SURE / count
    return (share + square / 2 + math.sqrt(square * (share * (1.0 - share) + square / 4))) / (1.0 + square)


def reasons(doubts: Sequence[str]) -> list[str]:
    """How often each doubt was raised, the most frequent first."""
    return [f"{count:,} × {what}" for what, count in Counter(doubts).most_common()]
