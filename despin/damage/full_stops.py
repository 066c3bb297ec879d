"""Full stops that a scraper put for commas.

A comma and a full stop differ in what surrounds them: a log-linear model of both (`clauses.py` names the features,
`full_stops.tsv` holds their weights, `python -m tools.learn_full_stops` makes it from any Chinese text) and the
language model say how much likelier a comma is at a place. How many commas became full stops is estimated from the
document itself by expectation-maximisation, so that a text with full stops of its own keeps them all.
"""

from __future__ import annotations

import functools
import math
import re
from array import array
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from despin.damage.clauses import REACH, Chain, chains, clause_features, last_clause, right_of, sentence_features
from despin.damage.kinds import ODD_STOPS
from despin.decoder import Weighted
from despin.edits import Edit
from despin.fluency import LanguageModel
from despin.lattice import Arc, build
from despin.passes import fill_commas
from despin.table import zeros

WEIGHTS = Path(__file__).parent / "full_stops.tsv"
#: Characters on either side that the language model reads.
CONTEXT = 12
#: How far back a sentence may have begun, in full stops.
BACK = 6
#: The most the language model may say (log10), in either direction.
CEILING = 4.0
#: Passes of expectation-maximisation.
PASSES = 10


class Belief(NamedTuple):
    """What is believed of a document before its full stops are read.

    `threshold`: likelihood ratio (log10) it must reach, damaged against not; `phantom`: full stops it is believed to
    hold beyond those seen, and `share`: how many of them were commas; `commas`: for each of those that it lost, a document
    must hold so many (a text that hardly has any is written in short sentences).
    """

    threshold: float
    phantom: float
    share: float
    commas: float


#: Of a document whose spinner does such things, of one that is spun otherwise, and of one of which nothing is known:
#: among 1,300 unspun documents none came above 1.4.
TYPICAL, SPUN, ALONE = Belief(0.0, 1.0, 0.2, 0.0), Belief(1.5, 1.0, 0.2, 0.5), Belief(3.0, 1.0, 0.2, 0.5)
#: Where so many commas or more are lost in a line, so many for each of them are left in it.
MANY, BRIEF = 3.0, 0.2
#: Full stops where hardly anybody writes one; `ODD_STOPS` of them, and this share of all, make a text worth a closer look.
_LEFT = ("时", "时候", "后", "来说", "的话", "之前", "情况下")
_RIGHT = "则|就[^是]|才|但|而[^且今]|并[^非]|却|所以|因此|从而|以便|导致|以及"
#: A stop comes first, so that the search passes over everything else.
_ODD = re.compile(f"。(?:(?:{'|'.join(f'(?<={word}。)' for word in _LEFT)})(?=[\u3400-\u9fff])|(?={_RIGHT}))")
ODD_SHARE = 0.15

_LM, _BIAS = "language model", "bias"

#: By place of a chain: ln odds of a comma, for each beginning that its sentence may have, the earliest first: behind none
#: of the places before it or behind one of them, of which the last `BACK` are looked at.
Scores = list[list[float]]


@functools.lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    """The weight (ln odds) of every feature."""
    rows = (line.rsplit("\t", 1) for line in WEIGHTS.read_text("utf-8").splitlines() if line and line[0] != "#")
    return {name: float(value) for name, value in rows}


def mend_full_stops(
    text: str, model: LanguageModel, least: float, belief: Belief, clean: Collection[str] = ()
) -> list[Edit]:
    """The edits of `text` that put a comma where a full stop stands, with a posterior of at least `least`.

    None where the likelihood ratio of the document, damaged against not, stays below what `belief` asks; none in lines
    that are in `clean`, nor in those written in short sentences.
    """
    lines = text.split("\n")
    found = [chain for chain in chains(text) if lines[chain.line] not in clean]
    scored = [_scores(text, chain, model) for chain in found]
    share, posteriors = _estimate(scored, belief)
    brief = _brief_lines(lines, found, posteriors)
    if brief:
        kept = [place for place, chain in enumerate(found) if chain.line not in brief]
        found, scored = [found[place] for place in kept], [scored[place] for place in kept]
        share, posteriors = _estimate(scored, belief)
    lost = sum(map(sum, posteriors))
    if text.count("，") < belief.commas * lost or sum(_gain(scores, share) for scores in scored) < belief.threshold:
        return []
    return [
        Edit(place, place + 1, "。", "，", posterior, False, "damage:full-stop")
        for chain, each in zip(found, posteriors, strict=True)
        for place, posterior in zip(chain.places, each, strict=True)
        if posterior >= least and posterior > 0.0
    ]


def _estimate(scored: Sequence[Scores], belief: Belief) -> tuple[float, list[array[float]]]:
    """(the share of full stops that were commas, the probability of that for each) by expectation-maximisation."""
    chain_first, row_first = array("i", [0]), array("i", [0])
    values = array("d")
    for scores in scored:
        for row in scores:
            values.extend(row)
            row_first.append(len(values))
        chain_first.append(len(row_first) - 1)
    count = chain_first[-1]
    bias, share = 0.0, 0.5
    posteriors = zeros(count)
    for _ in range(PASSES if count else 0):
        fill_commas(chain_first, row_first, values, bias, posteriors)
        share = (sum(posteriors) + belief.phantom * belief.share) / (count + belief.phantom)
        share = min(0.98, share)
        settled = abs(math.log(share / (1.0 - share)) - bias) < 0.02
        bias = math.log(share / (1.0 - share))
        if settled:
            break
    return share, [posteriors[low:high] for low, high in pairwise(chain_first)]


def _brief_lines(lines: Sequence[str], found: Sequence[Chain], posteriors: Sequence[Sequence[float]]) -> set[int]:
    """The numbers of lines that would lose many full stops and have hardly a comma: somebody writes so.

    What puts full stops for commas leaves enough of them standing in every line.
    """
    lost: defaultdict[int, float] = defaultdict(float)
    for chain, each in zip(found, posteriors, strict=True):
        lost[chain.line] += sum(each)
    return {line for line, number in lost.items() if number >= MANY and lines[line].count("，") < BRIEF * number}


def _scores(text: str, chain: Chain, model: LanguageModel) -> Scores:
    """What speaks for a comma at every place of a chain, by where the sentence begins."""
    weight = weights()
    found: Scores = []
    for number, place in enumerate(chain.places):
        right, after = right_of(text, place)
        own = weight[_LM] * fluency(text, place, model) + weight[_BIAS]
        starts = [before + 1 for before in chain.places[max(0, number - BACK) : number]]
        if number < BACK:
            starts.insert(0, chain.start)
        lefts = [text[max(start, place - REACH) : place] for start in starts]
        own += sum([weight.get(name, 0.0) for name in clause_features(last_clause(lefts[-1]), right, after)])
        rest = [sum([weight.get(name, 0.0) for name in sentence_features(left, right)]) for left in lefts]
        found.append([own + value for value in rest])
    return found


def fluency(text: str, place: int, model: LanguageModel) -> float:
    """log10 of how much likelier the language model finds a comma than a full stop at `place`."""
    low = max(text.rfind("\n", 0, place) + 1, place - CONTEXT)
    high = text.find("\n", place, place + CONTEXT)
    piece = text[low : high if high >= 0 else place + CONTEXT]
    lattice = build(piece + "\0", [Arc(place - low, place - low + 1, "，")], [0.0], model)
    ratio, _ = Weighted(lattice).posteriors([1.0])
    return max(-CEILING, min(CEILING, math.log10(max(10.0**-CEILING, ratio - 1.0))))


def _gain(scores: Scores, share: float) -> float:
    """log10 likelihood ratio of a chain, damaged at this share against not."""
    total, before = 0.0, -1
    for number, row in enumerate(scores):
        odds = share * math.exp(min(20.0, row[max(0, before - number + len(row))]))
        total += math.log10(1.0 - share + odds)
        if odds < 1.0 - share:
            before = number
    return total


def looks_damaged(text: str) -> bool:
    """Whether a text of which nothing else is known is worth a closer look: a pass that costs next to nothing."""
    stops = text.count("。")
    if stops < ODD_STOPS:
        return False
    odd = sum(1 for _ in _ODD.finditer(text))
    return odd >= ODD_STOPS and odd >= ODD_SHARE * stops
