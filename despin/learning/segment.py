"""Where substitutions begin and end: few distinct ones are to explain all that differs.

Every window is a lattice of ways to write its original as its spun side: a character kept, a substitution of up to
`SIZE` characters, a character nobody can explain. A substitution costs what it takes to write it down (words of the
language model's vocabulary are cheap) until it has been seen; each sighting makes it cheaper for all windows.
Expected counts come from the forward-backward algorithm; the probability of a substitution is that of a Chinese
restaurant process over the counts of all other windows (as in Goldwater, Griffiths and Johnson 2009, there for word
boundaries), so that what only one place supports pays its full description: a minimum description length choice.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from despin.learning.align import Folded, steps_within
from despin.lm.ngram import LanguageModel
from despin.text.differences import Counterpart

#: Equal characters that part two windows, and that each takes along on either side: a substitution may begin and end
#: that far outside of what differs.
CONTEXT = 3
#: The longest window; what differs over a longer stretch is no substitution.
LONGEST = 40


class Window(NamedTuple):
    """Characters `start:start + len(spun)` of the spun text beside those of its original, not cut into
    substitutions yet. `breaks` and `other_breaks` are the places inside, at which punctuation stands.
    `path[i]` is where in `original` the place i of `spun` is by Levenshtein alignment."""

    start: int
    other_start: int
    spun: str
    original: str
    breaks: frozenset[int]
    other_breaks: frozenset[int]
    path: tuple[int, ...]


def windows(one: Counterpart, spun: Folded, original: Folded) -> Iterator[Window]:
    """The windows of a match, in order; longer ones are left out."""
    groups: list[list[Counterpart]] = []
    for step in steps_within(one, spun, original):
        if groups and step.start - groups[-1][-1].end < CONTEXT:
            groups[-1].append(step)
        else:
            groups.append([step])
    for group in groups:
        window = _window(group, one, spun, original)
        if max(len(window.spun), len(window.original)) <= LONGEST:
            yield window


def _window(group: list[Counterpart], one: Counterpart, spun: Folded, original: Folded) -> Window:
    """The window around some steps of a match; between steps both texts are the same."""
    first, last = group[0], group[-1]
    before = min(CONTEXT, first.start - one.start, first.other_start - one.other_start)
    after = min(CONTEXT, one.end - last.end, one.other_end - last.other_end)
    start, end = first.start - before, last.end + after
    other_start, other_end = first.other_start - before, last.other_end + after
    path, shift, done = [], other_start - start, 0
    for place in range(start, end + 1):
        while done < len(group) and group[done].end <= place:
            shift = group[done].other_end - group[done].end
            done += 1
        path.append(place + shift - other_start)
    return Window(
        start,
        other_start,
        spun.characters[start:end],
        original.characters[other_start:other_end],
        _inside(spun.stops, start, end),
        _inside(original.stops, other_start, other_end),
        tuple(path),
    )


def _inside(places: list[int], start: int, end: int) -> frozenset[int]:
    return frozenset(place - start for place in places[bisect_left(places, start) : bisect_right(places, end)])


#: The longest side of a substitution.
SIZE = 6
#: How far a way through a window may stray from the Levenshtein path.
STRAY = 3
#: log10 cost of a character that has no counterpart or no explanation; to keep one costs nothing.
UNEXPLAINED = 6.0
#: How near an unexplained character makes a substitution doubtful.
BESIDE = 1
#: log10 costs of writing a substitution down: its words and characters, and what makes it less likely a priori.
WORD, CHARACTER, UNKNOWN = 4.0, 3.0, 2.5
SINGLE, LONGER, DELETION, UNLISTED = 2.0, 0.7, 12.0, 4.0
#: What more it costs that several words stand for one and share no character with it: 经由过程 has the 过 of 通过.
STRANGE = 1.5
#: What costs are multiplied by in each pass: at first every cut has a chance, so that shared ones are found.
ANNEALING = (0.4, 0.7, 1.0)

#: How many substitutions are believed to be new when nothing is known.
NEW = 50.0
#: Steps less likely than this in the first pass are forgotten.
UNLIKELY = 1e-4
#: What part of its description a substitution costs again at every sighting: of two cuts that explain the same
#: places, the plainer one wins.
LASTING = 0.1

Pair = tuple[str, str]
#: What of a window decides how it is cut.
_Key = tuple[str, str, frozenset[int], frozenset[int], tuple[int, ...]]


class Cut(NamedTuple):
    """A substitution in a window: characters `start:end` of its spun side, `other_start:other_end` of the other.

    `clean` says that everything beside it is explained."""

    start: int
    end: int
    other_start: int
    other_end: int
    clean: bool = True


class _Edge(NamedTuple):
    """A step from node `source`; `pair` is the substitution it makes, or -1 with its own `cost`."""

    source: int
    pair: int
    cost: float
    cut: Cut


#: The steps into every node of a window's lattice, the end last.
_Steps = list[list[_Edge]]


class SubstitutionSegmenter:
    """Learns from windows which substitutions there are, then cuts windows into them."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._vocabulary = model.vocabulary
        self._number: dict[Pair, int] = {}
        self._pairs: list[Pair] = []
        self._prior: list[float] = []
        self._cost: list[float] = []
        self._expected: dict[int, float] = {}
        self._whole = math.log10(NEW)
        self._lattices: dict[_Key, _Steps] = {}
        self._own: dict[_Key, dict[int, float]] = {}

    def cut(self, windows: Sequence[Window], done: Callable[[int], None] = lambda _: None) -> list[list[Cut]]:
        """For every window, its substitutions from left to right; `done` is told of progress in windows."""
        counts: dict[_Key, int] = defaultdict(int)
        expected: dict[int, float] = defaultdict(float)
        for window in windows:
            counts[window[2:]] += 1
        for window in windows:
            key = window[2:]
            done(1)
            if key not in self._lattices:
                steps = self._lattice(window)
                own, joints = _forward_backward(steps, self._cost, ANNEALING[0])
                self._lattices[key], self._own[key] = _pruned(steps, joints), own
                for pair, share in own.items():
                    expected[pair] += counts[key] * share
        self._m_step(expected)
        for heat in ANNEALING[1:]:
            expected = defaultdict(float)
            for key, count in counts.items():
                with self._without(key):
                    own, _ = _forward_backward(self._lattices[key], self._cost, heat)
                self._own[key] = own
                for pair, share in own.items():
                    expected[pair] += count * share
            self._m_step(expected)
        best: dict[_Key, list[Cut]] = {}
        for key in counts:
            with self._without(key):
                best[key] = _best(self._lattices[key], self._cost)
        return [best[window[2:]] for window in windows]

    def _m_step(self, expected: dict[int, float]) -> None:
        self._expected = expected
        self._whole = math.log10(sum(expected.values()) + NEW)
        self._cost = [self._price(pair, expected.get(pair, 0.0)) for pair in range(len(self._pairs))]

    def _price(self, pair: int, count: float) -> float:
        prior = self._prior[pair]
        return self._whole - math.log10(max(0.0, count) * 10.0 ** (-LASTING * prior) + NEW * 10.0**-prior)

    @contextmanager
    def _without(self, key: _Key) -> Iterator[None]:
        """Costs as all windows but one like `key` make them: nothing is evidence for itself."""
        own = self._own.get(key, {})
        saved = [(pair, self._cost[pair]) for pair in own]
        for pair, share in own.items():
            self._cost[pair] = self._price(pair, self._expected.get(pair, 0.0) - share)
        yield
        for pair, cost in saved:
            self._cost[pair] = cost

    def _pair(self, spun: str, original: str) -> int:
        pair = (spun, original)
        number = self._number.get(pair)
        if number is None:
            number = self._number[pair] = len(self._pairs)
            self._pairs.append(pair)
            self._prior.append(self._description(spun, original))
            self._cost.append(self._prior[number])
        return number

    def _description(self, spun: str, original: str) -> float:
        """log10 cost of writing a substitution down that nobody has seen."""
        sizes = len(spun), len(original)
        listed = original in self._vocabulary
        cost = self._phrase(spun) if listed and len(original) > 1 else self._word(spun)
        cost += self._word(original) if original else DELETION
        if len(original) > 1 and not listed:
            cost += UNLISTED
        if 1 in sizes:
            cost += SINGLE + (sizes[0] == sizes[1])
        if sizes[0] >= sizes[1] + 2 > 2 and not set(spun) & set(original):
            cost += STRANGE
        return cost + LONGER * abs(sizes[0] - sizes[1])

    def _word(self, word: str) -> float:
        """log10 cost of writing a word down: as one of the vocabulary, or character by character."""
        if len(word) == 1:
            return CHARACTER
        if word in self._vocabulary:
            # Frequent words are likelier to be in a spinner's list.
            return WORD - 0.15 * (3.0 + max(-6.3, self._model.unigram(word)))
        return UNKNOWN + CHARACTER * len(word)

    def _phrase(self, text: str) -> float:
        """The same for what spinners put for one word, which may be several in a row."""
        best = [0.0]
        for end in range(1, len(text) + 1):
            ways = [best[start] + self._next(text[start:end], start) for start in range(end)]
            best.append(min(ways))
        return min(best[-1], self._word(text))

    def _next(self, piece: str, start: int) -> float:
        if len(piece) > 1 and piece in self._vocabulary:
            return WORD if start else self._word(piece)
        return CHARACTER * len(piece) + UNKNOWN

    def _lattice(self, window: Window) -> _Steps:
        """The steps into every node (place in the spun side, place in the other), the end last."""
        a, b, path = window.spun, window.original, window.path
        last = len(a)
        nodes = [
            (i, j)
            for i in range(last + 1)
            for j in range(
                max(0, (path[i - 1] if i else 0) - STRAY),
                min(len(b), (path[i + 1] if i < last else len(b)) + STRAY) + 1,
            )
        ]
        number = {node: index for index, node in enumerate(nodes)}
        steps: _Steps = [[] for _ in nodes]
        for (i, j), source in number.items():
            if i < len(a) and j < len(b) and a[i] == b[j] and (i + 1, j + 1) in number:
                steps[number[i + 1, j + 1]].append(_Edge(source, -1, 0.0, Cut(i, i, j, j)))
            for k, m in ((i + 1, j), (i, j + 1)):
                if (k, m) in number:
                    steps[number[k, m]].append(_Edge(source, -1, UNEXPLAINED, Cut(i, i, j, j)))
            high = _reach(i, len(a), window.breaks)
            other_high = _reach(j, len(b), window.other_breaks)
            for k in range(i + 1, high + 1):
                for m in range(j, other_high + 1):
                    target = number.get((k, m))
                    if target is not None and self._possible(a[i:k], b[j:m]):
                        edge = _Edge(source, self._pair(a[i:k], b[j:m]), 0.0, Cut(i, k, j, m))
                        steps[target].append(edge)
        return steps

    def _possible(self, spun: str, original: str) -> bool:
        """Whether this may be a substitution; one that keeps its first or last character restores to a word."""
        if spun == original:
            return False
        if not original:
            return len(spun) <= 2
        if spun[0] == original[0] or spun[-1] == original[-1]:
            return len(original) == 1 or original in self._vocabulary
        return True


def _reach(place: int, size: int, breaks: frozenset[int]) -> int:
    """The farthest end of a substitution that begins at `place`: it crosses no punctuation."""
    high = min(size, place + SIZE)
    return next((end for end in range(place + 1, high) if end in breaks), high)


def _least_costs(steps: _Steps, cost: list[float]) -> list[float]:
    """The least cost into every node."""
    least = [0.0] + [math.inf] * (len(steps) - 1)
    for node, into in enumerate(steps):
        for edge in into:
            value = least[edge.source] + (cost[edge.pair] if edge.pair >= 0 else edge.cost)
            if value < least[node]:
                least[node] = value
    return least


def _forward_backward(steps: _Steps, cost: list[float], heat: float) -> tuple[dict[int, float], list[list[float]]]:
    """How often each substitution is made in a window with these steps, and the posterior of every step."""
    least = _least_costs(steps, cost)
    alpha = [1.0] + [0.0] * (len(steps) - 1)
    weights: list[list[float]] = [[]]
    for node in range(1, len(steps)):
        here: list[float] = []
        for edge in steps[node] if least[node] < math.inf else ():
            price = cost[edge.pair] if edge.pair >= 0 else edge.cost
            value = 10.0 ** (heat * (least[node] - least[edge.source] - price))
            here.append(value)
            alpha[node] += alpha[edge.source] * value
        weights.append(here)
    beta = [0.0] * (len(steps) - 1) + [1.0 / alpha[-1]]
    found: dict[int, float] = defaultdict(float)
    joints: list[list[float]] = [[] for _ in steps]
    for node in range(len(steps) - 1, 0, -1):
        after = beta[node]
        for edge, weight in zip(steps[node], weights[node], strict=False):
            joint = after * weight
            beta[edge.source] += joint
            joint *= alpha[edge.source]
            joints[node].append(joint)
            if edge.pair >= 0:
                found[edge.pair] += joint
    return {pair: share for pair, share in found.items() if share > UNLIKELY}, joints


def _pruned(steps: _Steps, joints: list[list[float]]) -> _Steps:
    """`steps` without the unlikely ones and without the nodes that nothing enters then."""
    number = {0: 0}
    kept: _Steps = [[]]
    for node in range(1, len(steps)):
        into = [
            edge._replace(source=number[edge.source])
            for edge, joint in zip(steps[node], joints[node], strict=False)
            if joint > UNLIKELY and edge.source in number
        ]
        if into:
            number[node] = len(kept)
            kept.append(into)
    return kept


def _best(steps: _Steps, cost: list[float]) -> list[Cut]:
    """The substitutions of the cheapest way, from left to right."""
    least = _least_costs(steps, cost)
    node = len(steps) - 1
    cuts: list[Cut] = []
    unexplained: list[int] = []
    while node:
        edge = min(steps[node], key=lambda e: least[e.source] + (cost[e.pair] if e.pair >= 0 else e.cost))
        if edge.pair >= 0:
            cuts.append(edge.cut)
        elif edge.cost == UNEXPLAINED:
            unexplained.append(edge.cut.start)
        node = edge.source
    return [
        cut._replace(clean=not any(cut.start - BESIDE <= place <= cut.end + BESIDE for place in unexplained))
        for cut in reversed(cuts)
    ]


_Pair = tuple[str, str]


def widened(windows: Sequence[Window], cuts: Sequence[Sequence[Cut]], model: LanguageModel) -> list[list[Cut]]:
    """The cuts, those whose original is no word of two characters grown by one that both texts share, where that
    makes a word and the same one at every sighting."""
    shares: dict[_Pair, list[tuple[str, str]]] = defaultdict(list)
    for window, found in zip(windows, cuts, strict=True):
        for number, cut in enumerate(found):
            pair = _pair(window, cut)
            if len(pair[1]) == 1 or pair[1] not in model.vocabulary:
                shares[pair].append(_shared(window, found, number))
    grown: dict[_Pair, tuple[int, int]] = {}
    for (spun, original), beside in shares.items():
        ways = []
        for (before, after), shared in (
            ((0, 1), {after for _, after in beside}),
            ((1, 0), {before for before, _ in beside}),
        ):
            beside_all = min(shared) if len(shared) == 1 else ""
            parts = (beside_all, "") if before else ("", beside_all)
            if original and beside_all and original.join(parts) in model.vocabulary:
                ways.append((spun.join(parts) not in model.vocabulary, before, after))
        if ways:
            grown[spun, original] = min(ways)[1:]
    return [_grow(window, found, grown) for window, found in zip(windows, cuts, strict=True)]


def _pair(window: Window, cut: Cut) -> _Pair:
    return window.spun[cut.start : cut.end], window.original[cut.other_start : cut.other_end]


def _shared(window: Window, found: Sequence[Cut], number: int) -> tuple[str, str]:
    """The character before and the one after a cut where both texts have the same and nothing else begins or ends."""
    cut = found[number]
    before = after = ""
    if (
        min(cut.start, cut.other_start) > 0
        and (not number or found[number - 1].end < cut.start)
        and cut.start not in window.breaks
        and cut.other_start not in window.other_breaks
        and window.spun[cut.start - 1] == window.original[cut.other_start - 1]
    ):
        before = window.spun[cut.start - 1]
    if (
        cut.end < len(window.spun)
        and cut.other_end < len(window.original)
        and (number + 1 == len(found) or cut.end < found[number + 1].start)
        and cut.end not in window.breaks
        and cut.other_end not in window.other_breaks
        and window.spun[cut.end] == window.original[cut.other_end]
    ):
        after = window.spun[cut.end]
    return before, after


def _grow(window: Window, found: Sequence[Cut], grown: dict[_Pair, tuple[int, int]]) -> list[Cut]:
    result: list[Cut] = []
    for cut in found:
        before, after = grown.get(_pair(window, cut), (0, 0))
        if before and result and result[-1].end > cut.start - before:
            before = 0
        result.append(
            Cut(cut.start - before, cut.end + after, cut.other_start - before, cut.other_end + after, cut.clean)
        )
    return result
