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
from despin.tuning import Belief, FullStops

WEIGHTS = Path(__file__).parents[1] / "data" / "weights" / "full_stops.tsv"


class Chain(NamedTuple):
    """Commas and full stops, one behind the other, between two places where a sentence ends beyond doubt: where the
    first sentence begins, the places of the marks, and the number of their line, counted from 0."""

    start: int
    places: list[int]
    line: int


def chains(text: str) -> list[Chain]:
    """The chains of `text`: its commas and full stops with something to say on both sides."""
    return [*map(Chain._make, loops.chains(text))]


class Scores(NamedTuple):
    """The marks of a document as `Chains` takes them: chains, rows of scores, and which marks are full stops."""

    chain_first: array[int]
    row_first: array[int]
    scores: array[float]
    stops: array[int]


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
    if all(text[place] != "。" for chain in found for place in chain.places) or not _could_reach(text, found, belief):
        return []
    lost, gain = _lost(text, found, belief)
    # What puts full stops for commas leaves enough of them standing in every line: somebody writes so.
    each: defaultdict[int, float] = defaultdict(float)
    for line, _, posterior in lost:
        each[line] += posterior
    brief = {
        line
        for line, number in each.items()
        if number >= FullStops.many and lines[line].count("，") < FullStops.brief * number
    }
    if brief:
        lost, gain = _lost(text, [chain for chain in found if chain.line not in brief], belief)
    return [
        Edit(place, place + 1, "。", "，", posterior, "damage:full-stop")
        for _, place, posterior in lost
        if gain >= belief.threshold and posterior >= least and posterior > 0.0
    ]


def _lost(text: str, found: Sequence[Chain], belief: Belief) -> tuple[list[tuple[int, int, float]], float]:
    """((line, place, probability of a comma) of the full stops of a text, the likelihood ratio of damaged against not
    as log10)."""
    posteriors, gain = _estimate(_scores(text, found), belief)
    marks = ((chain.line, place) for chain in found for place in chain.places)
    return [(*mark, one) for mark, one in zip(marks, posteriors, strict=True) if text[mark[1]] == "。"], gain


def _estimate(marks: Scores, belief: Belief) -> tuple[array[float], float]:
    """(the probability of a comma at every mark, the likelihood ratio of damaged against not as log10) of a document
    whose author is as surely guided by the surroundings as explains it best."""
    best: tuple[float, array[float]] = (-math.inf, array("d"))
    without = -math.inf
    for surety in FullStops.sureties:
        prior = -0.5 * (math.log(surety) / FullStops.surety_deviation) ** 2
        found, numbers = zeros(len(marks.stops)), (FullStops.share, FullStops.phantom, belief.authors, FullStops.passes)
        damaged, undamaged = Chains(*marks, surety).settle(*numbers, found)
        without = max(without, undamaged + prior)
        if damaged + prior > best[0]:
            best = damaged + prior, found
    return best[1], (best[0] - without) / math.log(10.0)


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
    return most_lost(odds, commas, array("d", FullStops.tried)) >= belief.threshold - FullStops.slack


def _scores(text: str, found: Sequence[Chain]) -> Scores:
    """What speaks for a comma at every mark, by where its sentence begins."""
    weight, widths, scores, stops = weights(), [0], array("d"), array("b")
    for chain in found:
        for place, row in zip(chain.places, weight.rows(text, chain.places, chain.start, FullStops.back), strict=True):
            scores.extend(row)
            widths.append(len(row))
            stops.append(text[place] == "。")
    firsts = accumulate([len(chain.places) for chain in found], initial=0)
    return Scores(array("i", firsts), array("i", accumulate(widths)), scores, stops)
