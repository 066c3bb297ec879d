"""Runs of units, lines or sentences, that are not clean: the likeliest path of a hidden Markov model, and the runs of
sentences that are believed to be spun."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

from despin.kernel.sentences import Sentence, border, borders
from despin.tuning import Sentences, Stretches

State = TypeVar("State")


def capped(scores: Sequence[float]) -> list[float]:
    """What sentences may add or take (nats)."""
    # Quicker than `max` and `min`, which are asked for every sentence.
    most = Sentences.most
    return [most if nats > most else -most if nats < -most else nats for nats in scores]


def likeliest_runs(
    scores: Mapping[State, Sequence[float]], costs: Sequence[float], end: float = 0.0
) -> list[tuple[int, int, State]]:
    """The runs of units that are not clean, as (first, last, state), last excluded, on the likeliest path of a hidden
    Markov model (Viterbi 1967): `scores` are what each unit says for every state against the clean one, `costs` what a
    border before each unit costs, and `end` one behind the last unit. All are logarithms to the same base."""
    states = list(scores)
    totals, clean = [-math.inf] * len(states), 0.0
    # By unit: the state before the clean one (None: clean), and by state whether it begins here, and after which one.
    before_clean: list[int | None] = []
    begins: list[list[tuple[bool, int | None]]] = []
    for number, cost in enumerate(costs):
        top = max(totals, default=-math.inf)
        best = totals.index(top) if totals else None
        entered, source = clean - cost, None
        if top - cost > entered:
            entered, source = top - cost, best
        row: list[tuple[bool, int | None]] = []
        now = []
        for state, total in zip(states, totals, strict=True):
            row.append((entered > total, source))
            now.append(max(entered, total) + scores[state][number])
        leaves = top - cost > clean
        before_clean.append(best if leaves else None)
        clean, totals = (top - cost if leaves else clean), now
        begins.append(row)
    found: list[tuple[int, int, State]] = []
    best = max(range(len(states)), key=totals.__getitem__, default=None)
    here = best if best is not None and totals[best] > clean + end else None
    last = len(costs)
    for number in range(len(costs) - 1, -1, -1):
        if here is None:
            here, last = before_clean[number], number
            continue
        starts, source = begins[number][here]
        if starts:
            found.append((number, last, states[here]))
            here, last = (source if number else None), number
    return found[::-1]


def runs(parts: Sequence[Sentence], scores: Sequence[float]) -> list[tuple[int, int]]:
    """The runs of spun sentences as (first, last), last excluded, on the likeliest path; borders cost nothing at the
    ends of the text."""
    costs = borders(parts)
    costs[:1] = [0.0] * bool(parts)
    return [(first, last) for first, last, _ in likeliest_runs({None: scores}, costs)]


def believed(
    parts: Sequence[Sentence], scores: Sequence[float], threshold: float = Stretches.threshold
) -> list[tuple[int, int]]:
    """The runs of sentences for which `threshold` nats or more speak, each without what says too little at its edges
    (but behind a label, which says nothing of what it stands before), if enough speaks for the rest as well."""
    found: list[tuple[int, int]] = []
    for first, last in runs(parts, scores):
        own = trimmed(scores, first, last, first > 0 and not parts[first].labelled, last < len(parts), Stretches.edge)
        for pair in (own, (first, last)):
            if total_of(parts, scores, *pair) >= threshold:
                found.append(pair)
                break
    return found


def trimmed(scores: Sequence[float], first: int, last: int, before: bool, after: bool, least: float) -> tuple[int, int]:
    """A run of units without those next to clean text that say less than `least` together; `before` and `after` say
    whether clean text stands there. Nothing may be left."""
    if before:
        first += _untold(scores[first:last], least)
    if after:
        last -= _untold(scores[first:last][::-1], least)
    return first, last


def _untold(scores: Sequence[float], least: float) -> int:
    """How many of some units, from the first on, say less than `least` together."""
    total = 0.0
    for number, score in enumerate(scores):
        total += score
        if total >= least:
            return number
    return len(scores)


def total_of(parts: Sequence[Sentence], scores: Sequence[float], first: int, last: int) -> float:
    """What speaks for a stretch, in nats, less what its borders cost; nothing for an empty one."""
    if first == last:
        return 0.0
    total = sum(scores[first:last])
    if first:
        total -= border(parts[first])
    if last < len(parts):
        total -= border(parts[last])
    return total


def odds_to_chance(odds: float) -> float:
    """The probability of log odds in nats."""
    # Beyond 30 the probability is 0 or 1 to twelve places; far beyond, `exp` overflows.
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
