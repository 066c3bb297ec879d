"""Full stops that a scraper put for commas.

A comma and a full stop differ in what surrounds them: a log-linear model of both (`despin.damage.stop_features` names
the features, `full_stops.tsv` holds their weights, `python -m tools.train.full_stops` makes it from any Chinese text)
says how likely an author puts a comma at a place. How fond this author is of commas, and what share of them became full
stops, is estimated from the document itself by expectation-maximisation, from the commas that are left as well as from
the full stops; so a text with full stops of its own keeps them all.
"""

from __future__ import annotations

import functools
import math
from array import array
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from despin.damage.stop_features import StopFeatures, read_weights
from despin.kernel import marks as loops
from despin.kernel.marks import Chains, most_lost
from despin.kernel.table import zeros
from despin.results import Edit

WEIGHTS = Path(__file__).parents[1] / "data" / "weights" / "full_stops.tsv"
#: How far back a sentence may have begun, in full stops.
BACK = 4
#: Passes of expectation-maximisation.
PASSES = 12
#: How much authors differ in how surely the surroundings guide them (standard deviation of its logarithm), and the
#: sureties that are tried.
SURE = 0.25
SURETIES = (0.55, 0.7, 0.85, 1.0)
#: Shares of commas lost that a first look tries, and how much (log10) it may be short of what a closer look finds.
_SHARES = array("d", [0.05, 0.15, 0.4])
_SLACK = 0.5


class Chain(NamedTuple):
    """Commas and full stops, one behind the other, between two places where a sentence ends beyond doubt: where the
    first sentence begins, the places of the marks, and the number of their line, counted from 0."""

    start: int
    places: list[int]
    line: int


def chains(text: str) -> list[Chain]:
    """The chains of `text`: its commas and full stops with something to say on both sides."""
    return [*map(Chain._make, loops.chains(text))]


class Belief(NamedTuple):
    """What is believed of a document before its full stops are read.

    `threshold`: likelihood ratio (log10) it must reach, damaged against not; `phantom`: commas it is believed to hold
    beyond those seen, and `share`: how many of them became full stops; `commas`: for each of those that it lost, a
    document must hold so many (a text that hardly has any is written in short sentences); `authors`: how much its
    author may differ from others in the fondness of commas (variance, ln odds).
    """

    threshold: float
    phantom: float
    share: float
    commas: float
    authors: float


#: Of a document whose spinner does such things (the real ones seen did so to a fifth to a half of their commas,
#: wherever they stood), of one that is spun otherwise, and of one that nobody is known to have spun: among 1,500 of
#: those and 500 joined reviews, by people who end half sentences with a full stop, 7 came above 2 and two above 2.6.
TYPICAL = Belief(0.3, 20.0, 0.2, 0.0, 0.5)
UNKNOWN = Belief(2.0, 20.0, 0.2, 0.5, 2.0)
UNSPUN = UNKNOWN._replace(threshold=2.6)
#: Where so many commas or more are lost in a line, so many for each of them are left in it.
MANY, BRIEF = 3.0, 0.2


class Scores(NamedTuple):
    """The marks of a document as `Chains` takes them: chains, rows of scores, and which marks are full stops."""

    chain_first: array[int]
    row_first: array[int]
    scores: array[float]
    stops: array[int]


class StopEstimate(NamedTuple):
    """What is believed of a document: by chain the probability of a comma at every mark, and the likelihood ratio
    (log10) of damaged against not."""

    posteriors: list[array[float]]
    gain: float


@functools.lru_cache(maxsize=1)
def weights() -> StopFeatures:
    """The shipped weights."""
    return StopFeatures(read_weights(WEIGHTS))


def repair_full_stops(text: str, least: float, belief: Belief, clean: Collection[str] = ()) -> list[Edit]:
    """The edits of `text` that put a comma where a full stop stands, with a posterior of at least `least`.

    None where the likelihood ratio of the document, damaged against not, stays below what `belief` asks; none in lines
    that are in `clean`, nor in those written in short sentences.
    """
    lines = text.split("\n")
    found = [chain for chain in chains(text) if lines[chain.line] not in clean]
    stops = [place for chain in found for place in chain.places if text[place] == "。"]
    if not stops or not _could_reach(text, found, belief):
        return []
    estimate = _estimate(_scores(text, found), belief)
    brief = _brief_lines(lines, text, found, estimate.posteriors)
    if brief:
        found = [chain for chain in found if chain.line not in brief]
        estimate = _estimate(_scores(text, found), belief)
    places = [
        (place, posterior)
        for chain, each in zip(found, estimate.posteriors, strict=True)
        for place, posterior in zip(chain.places, each, strict=True)
        if text[place] == "。"
    ]
    lost = sum([posterior for _, posterior in places])
    if text.count("，") < belief.commas * lost or estimate.gain < belief.threshold:
        return []
    return [
        Edit(place, place + 1, "。", "，", posterior, "damage:full-stop")
        for place, posterior in places
        if posterior >= least and posterior > 0.0
    ]


def _estimate(marks: Scores, belief: Belief) -> StopEstimate:
    """What is believed of a document whose author is as surely guided by the surroundings as explains it best."""
    best: tuple[float, list[array[float]]] = (-math.inf, [])
    without = -math.inf
    for surety in SURETIES:
        prior = -0.5 * (math.log(surety) / SURE) ** 2
        found = zeros(len(marks.stops))
        settled = Chains(*marks, surety).settle(belief.share, belief.phantom, belief.authors, PASSES, found)
        without = max(without, settled[1] + prior)
        if settled[0] + prior > best[0]:
            ends = zip(marks.chain_first, marks.chain_first[1:], strict=False)
            best = settled[0] + prior, [found[low:high] for low, high in ends]
    return StopEstimate(best[1], (best[0] - without) / math.log(10.0))


def _could_reach(text: str, found: Sequence[Chain], belief: Belief) -> bool:
    """Whether the full stops alone, each looked at as if the others were genuine, can make the likelihood ratio that
    `belief` asks for: a fraction of the work."""
    if belief.threshold <= 0.0:
        return True
    weight, commas, odds = weights(), 0, array("d")
    for chain in found:
        chances = weight.stops(text, chain.places, chain.start)
        commas += len(chain.places) - len(chances)
        odds.extend(chances)
    return most_lost(odds, commas, _SHARES) >= belief.threshold - _SLACK


def _scores(text: str, found: Sequence[Chain]) -> Scores:
    """What speaks for a comma at every mark, by where its sentence begins."""
    weight, widths, scores, stops = weights(), [0], array("d"), array("b")
    for chain in found:
        for place, row in zip(chain.places, weight.rows(text, chain.places, chain.start, BACK), strict=True):
            scores.extend(row)
            widths.append(len(row))
            stops.append(text[place] == "。")
    firsts = accumulate([len(chain.places) for chain in found], initial=0)
    return Scores(array("i", firsts), array("i", accumulate(widths)), scores, stops)


def _brief_lines(
    lines: Sequence[str], text: str, found: Sequence[Chain], posteriors: Sequence[Sequence[float]]
) -> set[int]:
    """The numbers of lines that would lose many full stops and have hardly a comma: somebody writes so.

    What puts full stops for commas leaves enough of them standing in every line.
    """
    lost: defaultdict[int, float] = defaultdict(float)
    for chain, each in zip(found, posteriors, strict=True):
        for place, posterior in zip(chain.places, each, strict=True):
            if text[place] == "。":
                lost[chain.line] += posterior
    return {line for line, number in lost.items() if number >= MANY and lines[line].count("，") < BRIEF * number}
