"""Where substitutions begin and end: few distinct ones are to explain all that differs.

Every window is a lattice of ways to write its original as its spun side: a character kept, a substitution of up to
`Cuts.size` characters, a character nobody can explain. The cheapest way is taken, twice. At first a substitution costs
what it takes to write it down (words of the language model's vocabulary are cheap). Then it is the cheaper the more
often all other windows made it, as in a Chinese restaurant process (Goldwater, Griffiths and Johnson 2009, there for
word boundaries), so that what only one place supports pays its full description: a minimum description length choice.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from despin.learning.align import Folded, steps_within
from despin.lm.ngram import LanguageModel
from despin.text.differences import Counterpart
from despin.tuning import Cuts

#: (spun, original) of a substitution; of a kept character both are the same.
Pair = tuple[str, str]
#: A place in the spun side of a window and one in its original.
Node = tuple[int, int]
#: The steps into every node of a window, in order: from which node, and what is written; None where nothing explains
#: the character.
Steps = dict[Node, list[tuple[Node, Pair | None]]]


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


class Cut(NamedTuple):
    """A substitution in a window: characters `start:end` of its spun side, `other_start:other_end` of the other.
    `clean` says that everything beside it is explained."""

    start: int
    end: int
    other_start: int
    other_end: int
    clean: bool = True

    def pair(self, window: Window) -> Pair:
        """What is written for what."""
        return window.spun[self.start : self.end], window.original[self.other_start : self.other_end]


def windows(one: Counterpart, spun: Folded, original: Folded) -> Iterator[Window]:
    """The windows of a match, in order; longer ones are left out."""
    groups: list[list[Counterpart]] = []
    for step in steps_within(one, spun, original):
        if groups and step.start - groups[-1][-1].end < Cuts.context:
            groups[-1].append(step)
        else:
            groups.append([step])
    for group in groups:
        window = _window(group, one, spun, original)
        if max(len(window.spun), len(window.original)) <= Cuts.longest:
            yield window


def _window(group: list[Counterpart], one: Counterpart, spun: Folded, original: Folded) -> Window:
    """The window around some steps of a match; between steps both texts are the same."""
    first, last = group[0], group[-1]
    before = min(Cuts.context, first.start - one.start, first.other_start - one.other_start)
    after = min(Cuts.context, one.end - last.end, one.other_end - last.other_end)
    start, end = first.start - before, last.end + after
    other_start, other_end = first.other_start - before, last.other_end + after
    path, shift, done = [], other_start - start, 0
    for place in range(start, end + 1):
        while done < len(group) and group[done].end <= place:
            shift = group[done].other_end - group[done].end
            done += 1
        path.append(place + shift - other_start)
    return Window(
        start, other_start, spun.characters[start:end], original.characters[other_start:other_end],
        _inside(spun.stops, start, end), _inside(original.stops, other_start, other_end), tuple(path),
    )  # fmt: skip


def _inside(places: list[int], start: int, end: int) -> frozenset[int]:
    return frozenset(place - start for place in places[bisect_left(places, start) : bisect_right(places, end)])


class SubstitutionSegmenter:
    """Cuts windows into substitutions, with the costs that a language model's words give them."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._vocabulary = model.vocabulary
        self._costs: dict[Pair, float] = {}

    def cut(self, windows: Sequence[Window], done: Callable[[int], None] = lambda _: None) -> list[list[Cut]]:
        """For every window, its substitutions from left to right; `done` is told of progress in windows."""
        same = Counter(window[2:] for window in windows)
        lattices: list[tuple[Steps, Counter[Pair]]] = []
        seen: Counter[Pair] = Counter()
        for key, window in {window[2:]: window for window in windows}.items():
            steps = self._steps(window)
            own = Counter(cut.pair(window) for cut in _cheapest(steps, self._description))
            for pair, count in own.items():
                seen[pair] += count * same[key]
            lattices.append((steps, own))
            done(same[key])
        whole = math.log10(seen.total() + Cuts.new)

        def price(pair: Pair, own: Counter[Pair]) -> float:
            """What a substitution costs that the other windows made so often."""
            others = seen[pair] - own[pair]
            return whole - math.log10(others + Cuts.new * 10.0 ** -self._description(pair))

        cuts = [_cheapest(steps, partial(price, own=own)) for steps, own in lattices]
        best = dict(zip(same, cuts, strict=True))
        return [best[window[2:]] for window in windows]

    def _description(self, pair: Pair) -> float:
        """log10 cost of writing a substitution down that nobody has seen."""
        if pair in self._costs:
            return self._costs[pair]
        spun, original = pair
        cost = self._word(original) if original else Cuts.deletion
        if len(original) > 1 and original in self._vocabulary:
            cost += self._phrase(spun)
        else:
            cost += self._word(spun)
        if 1 in (len(spun), len(original)):
            cost += Cuts.single + (len(spun) == len(original))
        self._costs[pair] = cost = cost + Cuts.longer * abs(len(spun) - len(original))
        return cost

    def _word(self, word: str) -> float:
        """log10 cost of writing a word down: as one of the vocabulary, or character by character."""
        if len(word) == 1:
            return Cuts.character
        if word in self._vocabulary:
            # Frequent words are likelier to be in a spinner's list.
            return Cuts.word - 0.15 * (3.0 + max(-6.3, self._model.unigram(word)))
        return Cuts.unknown + Cuts.character * len(word)

    def _phrase(self, text: str) -> float:
        """The same for what spinners put for one word, which may be several in a row."""
        best = [0.0]
        for end in range(1, len(text) + 1):
            best.append(min(best[start] + self._next(text[start:end], start) for start in range(end)))
        return min(best[-1], self._word(text))

    def _next(self, piece: str, start: int) -> float:
        if len(piece) > 1 and piece in self._vocabulary:
            return Cuts.word if start else self._word(piece)
        return Cuts.character * len(piece) + Cuts.unknown

    def _steps(self, window: Window) -> Steps:
        a, b, path = window.spun, window.original, window.path
        steps: Steps = {}
        for i in range(len(a) + 1):
            low = max(0, (path[i - 1] if i else 0) - Cuts.stray)
            high = min(len(b), (path[i + 1] if i < len(a) else len(b)) + Cuts.stray)
            steps.update(((i, j), []) for j in range(low, high + 1))
        for i, j in steps:
            if a[i : i + 1] and a[i : i + 1] == b[j : j + 1] and (i + 1, j + 1) in steps:
                steps[i + 1, j + 1].append(((i, j), (a[i], b[j])))
            for node in ((i + 1, j), (i, j + 1)):
                if node in steps:
                    steps[node].append(((i, j), None))
            for k in range(i + 1, _reach(i, len(a), window.breaks) + 1):
                for m in range(j, _reach(j, len(b), window.other_breaks) + 1):
                    if (k, m) in steps and self._possible(a[i:k], b[j:m]):
                        steps[k, m].append(((i, j), (a[i:k], b[j:m])))
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
    high = min(size, place + Cuts.size)
    return next((end for end in range(place + 1, high) if end in breaks), high)


def _cheapest(steps: Steps, price: Callable[[Pair], float]) -> list[Cut]:
    """The substitutions of the cheapest way, from left to right, each of which costs its price."""
    cost: dict[Node, float] = {}
    back: dict[Node, tuple[Node, Pair | None]] = {}
    for node, into in steps.items():
        cost[node] = math.inf if into else 0.0  # nothing leads into the first
        for source, pair in into:
            own = Cuts.unexplained if pair is None else 0.0 if pair[0] == pair[1] else price(pair)
            if cost[source] + own < cost[node]:
                cost[node], back[node] = cost[source] + own, (source, pair)
    cuts: list[Cut] = []
    unexplained: set[int] = set()
    while node in back:
        source, pair = back[node]
        if pair is None:
            unexplained.add(source[0])
        elif pair[0] != pair[1]:
            cuts.append(Cut(source[0], node[0], source[1], node[1]))
        node = source
    return [cut._replace(clean=unexplained.isdisjoint(range(cut.start - 1, cut.end + 2))) for cut in reversed(cuts)]
