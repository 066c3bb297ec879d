"""Every reading of one stretch of text: words of the model's vocabulary laid over characters and edits.

A stretch is a short piece of the page around some matches. Its characters form a chain; every edit (a spun
substring and one original) adds a side chain with the original's characters. Words run along these chains and may
cross from one into the other, so a substitution that cut through a word is found like any other. Hypotheses are
kept per language-model state, at most `BEAM` a place.
"""

from __future__ import annotations

from array import array
from typing import Any

from despin.kernel.pure.lm import Trigrams
from despin.kernel.types import BEAM, BEAM_WIDTH, CROSSING, PAUSES, Arc, Lattice

#: One way into a hypothesis: (previous hypothesis, log10 fluency of the word, indexes of the arcs entered).
_Step = tuple[int, float, tuple[int, ...]]


def _flat(arcs: list[Arc], steps: list[list[_Step]]) -> Lattice:
    first, previous, fluency, entered = array("i", [0]), array("i"), array("d"), array("i")
    several: dict[tuple[int, ...], int] = {}
    for into in steps:
        for source, score, taken in into:
            previous.append(source)
            fluency.append(score)
            if len(taken) > 1:
                entered.append(several.setdefault(taken, len(arcs) + len(several) + 1))
            else:
                entered.append(taken[0] + 1 if taken else 0)
        first.append(len(previous))
    return Lattice(arcs, first, previous, fluency, entered, list(several))


#: An edge of the character graph: (character, next node, arcs entered).
_Edge = tuple[str, int, tuple[int, ...]]


def _character_graph(text: str, arcs: list[Arc]) -> tuple[list[list[_Edge]], list[int]]:
    """The edges out of every node, and the nodes in topological order. Nodes 0..len(text) are places in `text`."""
    size = len(text)
    edges: list[list[_Edge]] = [[] for _ in range(size + 1)]
    sides: list[list[int]] = [[] for _ in range(size + 1)]
    deletions: list[tuple[int, Arc]] = []
    for place in range(size):
        edges[place].append((text[place], place + 1, ()))
    for index, arc in enumerate(arcs):
        if not arc.original:
            deletions.append((index, arc))
            continue
        node = arc.start
        entered: tuple[int, ...] = (index,)
        for character in arc.original[:-1]:
            edges.append([])
            edges[node].append((character, len(edges) - 1, entered))
            node, entered = len(edges) - 1, ()
            sides[arc.start].append(node)
        edges[node].append((arc.original[-1], arc.end, entered))
    for index, arc in sorted(deletions, key=lambda item: -item[1].start):
        edges[arc.start] += [(c, target, (index, *entered)) for c, target, entered in edges[arc.end]]
    order: list[int] = []
    for place in range(size + 1):
        order.append(place)
        order += sides[place]
    return edges, order


def _words_from(node: int, edges: list[list[_Edge]], text: str, lm: Trigrams) -> list[tuple[str, int, tuple[int, ...]]]:
    """The vocabulary words, pauses and other single characters that start at `node`: (word, end node, arcs)."""
    found: list[tuple[str, int, tuple[int, ...]]] = []
    vocabulary, longest = lm.vocabulary, lm.longest
    for first, target, entered in edges[node]:
        if first not in vocabulary:
            found.append((PAUSES.get(first, ""), target, entered))
            continue
        found.append((first, target, entered))
        pending = [(first, target, entered)]
        while pending:
            word, place, used = pending.pop()
            for character, following, more in edges[place]:
                longer = word + character
                if longer in vocabulary:
                    found.append((longer, following, used + more))
                if len(longer) < CROSSING:
                    pending.append((longer, following, used + more))
    if node < len(text):
        for end in range(node + CROSSING + 1, node + longest.get(text[node], 0) + 1):
            if text[node:end] in vocabulary:
                found.append((text[node:end], end, ()))
    return found


def build(
    text: str,
    arcs: list[Arc],
    odds: list[float],
    lm: Trigrams,
    before: str = "",
    width: float = BEAM_WIDTH,
    beam: int = BEAM,
) -> Lattice:
    """The lattice of `text`, whose last character must be a pause or another character no word contains.

    `odds` are the log10 channel odds of the arcs, used for pruning only. `before` is the word that precedes; hypotheses
    `width` orders of magnitude below the best of their place are dropped, and all but the `beam` best ones.
    """
    score, null_state = lm.score, lm.null_state()
    new_state = type(null_state)
    edges, order = _character_graph(text, arcs)
    start = lm.state_after(before) if before else null_state
    # place -> state -> hypothesis; hypotheses are numbered when their place is expanded.
    places: list[dict[Any, _Hypothesis]] = [{} for _ in edges]
    places[0][start] = _Hypothesis(0.0, 0.0)
    steps: list[list[_Step]] = []
    for node in order:
        here = places[node]
        if not here or node == len(text):
            continue
        words = _words_from(node, edges, text, lm)
        for state, hypothesis in _pruned(here, width, beam):
            number = len(steps)
            steps.append(hypothesis.into)
            for word, target, entered in words:
                if word:
                    following = new_state()
                    fluency = score(state, word, following)
                else:
                    following, fluency = null_state, 0.0
                total = hypothesis.best + fluency
                unedited = hypothesis.unedited + fluency
                if entered:
                    unedited = _NEVER
                    for index in entered:
                        total += odds[index]
                if target == len(text):
                    following = null_state
                known = places[target].get(following)
                if known is None:
                    places[target][following] = known = _Hypothesis(total, unedited)
                else:
                    if total > known.best:
                        known.best = total
                    if unedited > known.unedited:
                        known.unedited = unedited
                known.into.append((number, fluency, entered))
    steps.append([step for hypothesis in places[len(text)].values() for step in hypothesis.into])
    return _flat(arcs, steps)


_NEVER = float("-inf")


class _Hypothesis:
    """A language-model state at a place: its best score with and without edits, and the steps into it."""

    __slots__ = ("best", "into", "unedited")

    def __init__(self, best: float, unedited: float) -> None:
        self.best = best
        self.unedited = unedited
        self.into: list[_Step] = []


def _pruned(here: dict[Any, _Hypothesis], width: float, beam: int) -> list[tuple[Any, _Hypothesis]]:
    """The hypotheses worth expanding: the best `beam`, and always the best unedited one, so that "kept" is a reading."""
    ranked = sorted(here.items(), key=lambda item: -item[1].best)
    floor = ranked[0][1].best - width
    kept = [item for item in ranked[:beam] if item[1].best >= floor]
    plain = max(here.items(), key=lambda item: item[1].unedited)
    if plain[1].unedited > _NEVER and all(item[1] is not plain[1] for item in kept):
        kept.append(plain)
    return kept
