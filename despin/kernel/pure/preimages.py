"""A segmented spinner, backwards, in plain Python: the twin of `despin/kernel/native/preimages.pxi`, with the same results.

Weights are read only: learning takes the compiled kernel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from despin.errors import UsageError
from despin.kernel.pure.choice import LEARNS, Choice, Evidence
from despin.kernel.pure.program import Segmenter, is_block, is_han

if TYPE_CHECKING:
    from despin.kernel.pure.lm import Trigrams

__all__ = ["Choice", "Evidence", "Preimages"]

_LN10 = 2.302585092994046
#: The most words of the language model that a word of the dictionary is read as.
_LM_WORDS = 4
#: The most words of the dictionary that are followed at once.
_ACTIVE = 6
#: The most originals of a form, and one more for the form itself.
_CANDIDATES = 62
#: Runs of single characters from this length on are not checked; a window of five words is at most four times as long.
_RUN = 64
#: The most characters that are searched at once.
_PIECE = 4096
#: A rival that is less likely than the original by so many nats counts for nothing.
_HOPELESS = 14.0
#: A word that the language model does not know.
_UNKNOWN = "<unk>"
_MARKS = {
    "，": "，", ",": "，", "；": "，", ";": "，", "：": "，", ":": "，",
    "。": "。", "．": "。", "\n": "。", "\r": "。", "…": "。",
    "、": "、", "！": "！", "!": "！", "？": "？", "?": "？",
}  # fmt: skip

#: (start, end, original, probability, [(original, probability) of runners-up]).
Edit = tuple[int, int, str, float, list[tuple[str, float]]]


def _cut_before(text: str, first: int, last: int) -> int:
    """Where a piece that is too long ends: behind a character that is no part of a word, if there is one."""
    return next((place for place in range(last, first, -1) if not is_block(text[place - 1])), last)


class _Arc:
    """What text[start of the arc:end] may have been: an original, or itself."""

    __slots__ = ("cost", "end", "kept", "lm", "preimage", "text", "whole", "word")

    def __init__(
        self, end: int, word: int, text: str, lm: tuple[str, ...] | None, preimage: bool, whole: bool, cost: float
    ) -> None:
        self.end = end
        #: 0 of a character that is no word.
        self.word = word
        self.text = text
        #: None where the language model forgets what stood before.
        self.lm = lm
        self.preimage = preimage
        #: A word left standing that the program would have replaced.
        self.kept = False
        #: A word of the dictionary of several characters: it is no part of a run.
        self.whole = whole
        #: Nats.
        self.cost = cost


class _Reading:
    """A reading of the text up to `place`."""

    __slots__ = ("active", "arc", "best", "key", "parent", "place", "run_length", "run_start", "score", "state")

    def __init__(self, place: int, state: Any) -> None:
        self.place = place
        self.state = state
        #: Nats.
        self.score = 0.0
        self.parent: _Reading | None = None
        self.arc: _Arc | None = None
        #: Where in the text single characters began to follow one another, -1 outside of such a run; its restored characters.
        self.run_start = -1
        self.run_length = 0
        #: Words of the dictionary that have begun, and the best score up to where they did.
        self.active: list[tuple[int, float]] = []
        #: Log probability of the likeliest cut of the block so far.
        self.best = 0.0
        self.key = 0


class Preimages:
    """Runs a segmented program backwards: the likeliest text of which it makes the one that is given.

    A beam search over the program's preimages. Readings that jieba would cut into other words are no readings; a word that the
    program would have replaced stands at the price `kept` (log10), which a run of single characters costs too where the program
    would not give it back. `beam` readings are kept at each place, none worse than the best by more than `margin` (nats); what
    speaks for an original by `choice` counts `trust` times.
    """

    def __init__(
        self,
        words: Segmenter,
        lm: Trigrams,
        choice: Choice | None = None,
        beam: int = 6,
        margin: float = 12.0,
        kept: float = -9.0,
        trust: float = 1.0,
    ) -> None:
        if choice is not None and choice.words.nwords != words.nwords:
            raise ValueError("weights of other data than the program's")
        self.words, self.choice, self.trust = words, choice, trust
        self.alone = False
        self.beam, self.margin, self.kept = max(1, beam), margin, kept * _LN10
        self.nats = _LN10 * (1.0 if choice is None else choice.fluency)
        self._vocabulary, self._score, self.null = lm.vocabulary, lm.score, lm.null_state()
        self._known: dict[int, tuple[str, ...]] = {}

    def decode(
        self, text: str, start: int = 0, end: int | None = None, stood: bool = False
    ) -> tuple[list[Edit], list[tuple[int, int]], float]:
        """(edits, kept, score) of text[start:end], the rest of the text being what surrounds it: [(start, end, original,
        probability, [(original, probability) of runners-up])] of the likeliest reading, (start, end) of the words it leaves though
        the program would have replaced them, and its score in nats. With `stood`, a word of several characters
        that stands and may have been another is an edit to itself. Offsets are code points of `text`."""
        return self._decode(text, False, start, end, stood)

    def weigh(
        self, text: str, start: int = 0, end: int | None = None, stood: bool = False
    ) -> tuple[list[Edit], list[tuple[int, int]], float, float]:
        """What `decode` gives, and what `fluency` does."""
        return *self.decode(text, start, end, stood), self.fluency(text, start, end)

    def weigh_all(
        self, text: str, places: list[tuple[int, int]], stood: bool = False
    ) -> list[tuple[list[Edit], list[tuple[int, int]], float, float]]:
        """What `weigh` gives for each of these (start, end)."""
        return [self.weigh(text, start, end, stood) for start, end in places]

    def fluency(self, text: str, start: int = 0, end: int | None = None) -> float:
        """The score in nats of text[start:end] as it stands, as if nobody had spun it."""
        return self._decode(text, True, start, end, False)[2]

    def learn(self, text: str, rate: float, urate: float) -> tuple[int, int, int, float]:
        """Raises `UsageError`: weights are learned by the compiled twin."""
        raise UsageError(LEARNS)

    def _decode(
        self, text: str, literal: bool, start: int, end: int | None, stood: bool
    ) -> tuple[list[Edit], list[tuple[int, int]], float]:
        first = min(max(0, start), len(text))
        final = len(text) if end is None else min(max(first, end), len(text))
        edits: list[Edit] = []
        kept: list[tuple[int, int]] = []
        total = 0.0
        while first < final:
            last = final if final - first <= _PIECE else _cut_before(text, first, first + _PIECE)
            found, left, score = self._piece(text, literal, first, last, stood)
            edits += found
            kept += left
            total += score
            first = last
        return edits, kept, total

    def _piece(
        self, text: str, literal: bool, start: int, end: int, stood: bool
    ) -> tuple[list[Edit], list[tuple[int, int]], float]:
        """(edits, kept, score) of text[start:end]."""
        # What stands farther off than weights reach says nothing.
        reach = 3 if self.choice is None else max(3, self.choice.radius + 1)
        low = max(0, start - reach)
        search = _Search(self, text[low : end + reach], start - low, end - low, literal)
        last = search.best()
        if last is None or literal:
            return [], [], 0.0 if last is None else last.score
        edits, kept = search.reading(last, stood)
        return (
            [(a + low, b + low, original, share, others) for a, b, original, share, others in edits],
            [(a + low, b + low) for a, b in kept],
            last.score,
        )

    # ------------------------------------------------------------ the language model

    def mark(self, character: str) -> tuple[str, ...] | None:
        """The language model's word of a character that is no word of the dictionary; None where it forgets."""
        if is_han(character):
            return (character if character in self._vocabulary else _UNKNOWN,)
        mark = _MARKS.get(character)
        return None if mark is None else (mark if mark in self._vocabulary else _UNKNOWN,)

    def lm_words(self, number: int) -> tuple[str, ...]:
        """The language model's words of a word: itself, or the likeliest split by unigrams."""
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = self._split(self.words.word(number))[:_LM_WORDS]
        return found

    def _split(self, word: str) -> tuple[str, ...]:
        if word in self._vocabulary:
            return (word,)
        best, back = [0.0] + [-math.inf] * len(word), [0] * (len(word) + 1)
        for start in range(len(word)):
            for end in range(start + 1, len(word) + 1):
                piece = word[start:end]
                if piece not in self._vocabulary:
                    if end > start + 1:
                        continue
                    piece = _UNKNOWN
                score = best[start] + self.extended(self.null, (piece,))[0]
                if score > best[end]:
                    best[end], back[end] = score, start
        pieces: list[str] = []
        end = len(word)
        while end:
            piece = word[back[end] : end]
            pieces.append(piece if piece in self._vocabulary else _UNKNOWN)
            end = back[end]
        return tuple(reversed(pieces))

    def extended(self, state: Any, words: Sequence[str] | None) -> tuple[float, Any]:
        """log10 P of words after a state, and the state behind them; None forgets."""
        if words is None:
            return 0.0, self.null
        score = 0.0
        new = type(state)
        for word in words:
            after = new()
            score += self._score(state, word, after)
            state = after
        return score, state

    # ------------------------------------------------------------ arcs

    def _candidates(self, word: int) -> list[tuple[int, bool]]:
        """What a word of the text may have been: (word, whether it stands as it is)."""
        words = self.words
        found = [(number, False) for number in words.preimages_of(word)[:_CANDIDATES]]
        if words.logf[word] <= 0 and (words.length[word] == 1 or not words.replaces(word)):
            found.append((word, True))
        return found

    def span(
        self, x: str, a: int, b: int, word: int, sums: Sequence[Sequence[int]] | None, literal: bool
    ) -> list[_Arc]:
        """The arcs of x[a:b], a word of the trie."""
        candidates = self._candidates(word)
        costs = [0.0] * len(candidates)
        if len(candidates) > 1 and sums is not None and self.choice is not None:
            context = self.choice.context(sums, len(x), a, b)
            worth = [self.trust * self.choice.worth(x, a, b, number, stands, context) for number, stands in candidates]
            if len(self.words.ranks) > 1:
                worth = [
                    value if stands else value + self.words.drawn(number, word)
                    for (number, stands), value in zip(candidates, worth, strict=True)
                ]
            highest, total = max(worth), 0.0
            for value in worth:
                total += math.exp(value - highest)
            total = highest + math.log(total)
            costs = [value - total for value in worth]
        arcs = [
            self._arc(b, number, not stands, 0.0 if literal else cost)
            for (number, stands), cost in zip(candidates, costs, strict=True)
            if stands or not literal
        ]
        if b - a > 1 and self.words.logf[word] <= 0 and self.words.replaces(word):
            arcs.append(self._arc(b, word, False, 0.0 if literal else self.kept))
            arcs[-1].kept = True
        return arcs

    def _arc(self, end: int, number: int, preimage: bool, cost: float) -> _Arc:
        whole = self.words.length[number] > 1 and self.words.logf[number] <= 0
        return _Arc(end, number, self.words.word(number), self.lm_words(number), preimage, whole, cost)


class _Search:
    """One decoding of x[first:last]."""

    def __init__(self, program: Preimages, x: str, first: int, last: int, literal: bool) -> None:
        self.program, self.words = program, program.words
        self.x, self.first, self.last, self.literal = x, first, last, literal
        self.identities: dict[tuple[Any, ...], int] = {}
        #: Arcs by where they begin.
        self.arcs = self._arcs()

    def _arcs(self) -> dict[int, list[_Arc]]:
        """All arcs, by where they begin, the last first."""
        program, words, x = self.program, self.words, self.x
        choice = program.choice
        sums = choice.sums(x) if choice is not None and not self.literal else None
        found: dict[int, list[_Arc]] = {}
        for i in range(self.first, self.last):
            arcs: list[_Arc] = []
            stands = False
            node, e = words.nwords, i
            while e < self.last and is_block(x[e]):
                node = words.step(node, ord(x[e]))
                if not node:
                    break
                e += 1
                if node < words.nwords:
                    more = program.span(x, i, e, node, sums, self.literal)
                    stands = stands or (e == i + 1 and not all(arc.preimage for arc in more))
                    arcs += more
            if not stands:
                arcs.append(_Arc(i + 1, 0, x[i], program.mark(x[i]), False, False, 0.0))
            arcs.reverse()
            found[i] = arcs
        return found

    # ------------------------------------------------------------ search

    def best(self) -> _Reading | None:
        """The best reading of the text, None where there is none."""
        program = self.program
        beam = 1 if self.literal else program.beam
        start = _Reading(self.first, program.null)
        if self.first > 0 and (mark := program.mark(self.x[self.first - 1])):
            start.state = program.extended(start.state, mark)[1]
        ending: dict[int, list[_Reading]] = {self.first: [start]}
        for place in range(self.first, self.last):
            chosen = self._best(ending.pop(place, []), beam)
            for reading in chosen:
                closed = 0.0 if self.literal else self._close(reading)
                for arc in self.arcs[place]:
                    grown = self._grown(reading, arc, closed)
                    if grown is not None:
                        ending.setdefault(arc.end, []).append(grown)
        readings = ending.pop(self.last, [])
        if not self.literal:
            for reading in readings:
                reading.score += self._close(reading)
        return next(iter(self._best(readings, 1)), None)

    def _best(self, readings: list[_Reading], beam: int) -> list[_Reading]:
        """The best readings that go on differently, the best first; of equal ones the latest, as the compiled twin takes them."""
        chosen = readings[::-1]
        taken: list[_Reading] = []
        known: set[int] = set()
        for k in range(len(chosen)):
            if len(taken) >= beam:
                break
            b = max(range(k, len(chosen)), key=lambda j: chosen[j].score)
            chosen[b], chosen[k] = chosen[k], chosen[b]
            best = chosen[k]
            if taken and best.score < taken[0].score - self.program.margin:
                break
            if best.key not in known:
                known.add(best.key)
                taken.append(best)
        return taken

    def _grown(self, old: _Reading, arc: _Arc, closed: float) -> _Reading | None:
        """A reading that goes on with an arc; None where jieba would have cut it otherwise. `closed` is what the run that ends
        before it costs."""
        words = self.words
        new = _Reading(arc.end, old.state)
        new.score = old.score + arc.cost
        new.parent, new.arc = old, arc
        if not is_block(self.x[old.place]):
            new.score += closed
        else:
            if arc.whole:
                new.score += closed
            else:
                new.run_start, new.run_length = old.run_start, old.run_length
                if old.run_start < 0:
                    new.run_start, new.run_length = old.place, 0
                new.run_length += len(arc.text)
            new.active, new.best, path = old.active, old.best, old.best
            for character in arc.text:
                self._cut(new, ord(character))
                if not arc.whole:
                    # Single characters are words of their own to the dictionary.
                    node = words.step(words.nwords, ord(character))
                    path += words.logf[node] if words.counts(node) else -words.logtotal
                    if new.best > path + 1e-9:
                        return None
            if arc.whole:
                path += words.logf[arc.word]
                if new.best > path + 1e-9:
                    return None
            new.best = path
        fluency, new.state = self.program.extended(old.state, arc.lm)
        new.score += self.program.nats * fluency
        self._identify(new, old, arc)
        return new

    def _cut(self, reading: _Reading, c: int) -> None:
        """One character more: the words of the dictionary that go on with it, and the best cut up to behind it."""
        words = self.words
        best, alone = -math.inf, reading.best - words.logtotal
        active = reading.active
        if len(active) < _ACTIVE:
            active = [*active, (words.nwords, reading.best)]
        kept: list[tuple[int, float]] = []
        for before, score in active:
            node = words.step(before, c)
            counts = words.counts(node)
            if before == words.nwords and not counts:
                best = max(best, alone)
            if node and words.infreq[node]:
                if counts:
                    best = max(best, score + words.logf[node])
                kept.append((node, score))
        reading.active = kept
        reading.best = best if best > -math.inf else alone

    def _identify(self, new: _Reading, old: _Reading, arc: _Arc) -> None:
        """Readings with the same key go on alike."""
        key: tuple[Any, ...] = (new.state, new.run_start, *[node for node, _ in new.active])
        if new.run_start >= 0:
            key = (*key, arc.word or arc.text, -1 if old.run_start < 0 else old.key)
        new.key = self.identities.setdefault(key, len(self.identities) + 1)

    def _close(self, reading: _Reading) -> float:
        """What the run of single characters costs that ends where a reading does: nothing where the program gives it back."""
        size = reading.run_length
        if reading.run_start < 0 or size >= _RUN or size == 0:
            return 0.0
        parts: list[str] = []
        step, left = reading, size
        while left > 0 and step.arc is not None and step.parent is not None:
            parts.append(step.arc.text)
            left -= len(step.arc.text)
            step = step.parent
        given = self.words.gives_back("".join(reversed(parts)), self.x[reading.run_start : reading.place])
        return 0.0 if given else self.program.kept

    # ------------------------------------------------------------ what comes back

    def reading(self, last: _Reading, stood: bool) -> tuple[list[Edit], list[tuple[int, int]]]:
        """The edits of a reading, and the places of words that stand though the program would have replaced them; with `stood`,
        words that may have been others are edits too."""
        path: list[tuple[_Reading, _Arc]] = []
        step = last
        while step.parent is not None and step.arc is not None:
            path.append((step.parent, step.arc))
            step = step.parent
        path.reverse()
        edits = [
            self._edit(path, k)
            for k, (before, arc) in enumerate(path)
            if arc.preimage or (stood and self._may_be_another(self.arcs[before.place], arc))
        ]
        kept = [(before.place, arc.end) for before, arc in path if arc.kept and not arc.preimage]
        return edits, kept

    def _may_be_another(self, arcs: Sequence[_Arc], chosen: _Arc) -> bool:
        """Whether a word of several characters that stands as it is has preimages too. A single one often is a part of another word."""
        if chosen.kept or chosen.word == 0 or len(chosen.text) < 2:
            return False
        return any(arc.end == chosen.end and arc.preimage for arc in arcs)

    def _edit(self, path: list[tuple[_Reading, _Arc]], k: int) -> Edit:
        """An edit with its probability among all that may stand at its place, the rest of the reading given."""
        before, chosen = path[k]
        rivals: list[tuple[float, int, _Arc]] = []
        arcs = self.arcs[before.place]
        least = self._among(path, k, chosen) - _HOPELESS
        for number, arc in enumerate(arcs):
            if arc.end != chosen.end or arc.kept:
                continue
            score = self._among(path, k, arc)
            if arc is chosen or (score >= least and self._fits(path, k, arc)):
                rivals.append((score, len(arcs) - number, arc))
        highest, total = max(score for score, _, _ in rivals), 0.0
        for score, _, _ in rivals:
            total += math.exp(score - highest)
        own = 0.0
        others: list[tuple[str, float]] = []
        for score, _, arc in sorted(rivals, key=lambda rival: rival[:2], reverse=True):
            share = math.exp(score - highest) / total
            if arc is chosen:
                own = share
            elif len(others) < 5 and share >= 0.02:
                others.append((arc.text, share))
        return before.place, chosen.end, chosen.text, own, others

    def _among(self, path: list[tuple[_Reading, _Arc]], k: int, arc: _Arc) -> float:
        """What speaks for an arc at step k, and for the words behind it that see it, in nats."""
        score, state = self.program.extended(path[k][0].state, arc.lm)
        words = 0
        for _, following in path[k + 1 :]:
            if words >= 2 or following.lm is None:
                break
            more, state = self.program.extended(state, following.lm)
            score += more
            words += len(following.lm)
        return score * self.program.nats + arc.cost

    def _fits(self, path: list[tuple[_Reading, _Arc]], k: int, rival: _Arc) -> bool:
        """Whether jieba would cut a rival of step k as a word of its own, between the two words before it and the two behind."""
        texts = [arc.text for _, arc in path[max(0, k - 2) : k + 3]]
        at = min(2, k)
        texts[at] = rival.text
        if sum(map(len, texts)) > _RUN * 4 - 1:
            return True
        start = sum(map(len, texts[:at]))
        for a, b, _ in self.words.tokens("".join(texts)):
            if a == start:
                return b == start + len(rival.text)
        return False
