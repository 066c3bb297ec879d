"""A corpus as words of the language model: counts, contexts, and what stands beside a word."""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from despin.kernel.types import PAUSES
from despin.learning.texts import Text
from despin.lm.ngram import LanguageModel

#: What the model holds words of: Han characters, in and beyond the basic plane.
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")


class Context(NamedTuple):
    """The two words before a place and the two after it; empty where the model knows none."""

    before: str
    last: str
    next: str
    after: str


class Place(NamedTuple):
    """Word `number` of document `document`, at `start:end` of its text."""

    document: int
    number: int
    start: int
    end: int


@dataclass(slots=True)
class Words:
    """The documents of a corpus as words; `counts` of words, `before` and `after` the words beside each, by word."""

    documents: list[list[tuple[str, int]]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    before: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    after: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    total: int = 0

    def places(self, wanted: set[str]) -> dict[str, list[Place]]:
        """Where each of `wanted` stands."""
        found: dict[str, list[Place]] = defaultdict(list)
        for number, words in enumerate(self.documents):
            for index, (word, start) in enumerate(words):
                if word in wanted:
                    found[word].append(Place(number, index, start, start + len(word)))
        return found

    def context(self, place: Place) -> Context:
        """What surrounds a place."""
        words = self.documents[place.document]
        return Context(
            *(words[i][0] if 0 <= i < len(words) else "" for i in (place.number + k for k in (-2, -1, 1, 2)))
        )


def segmented(texts: Sequence[Text], model: LanguageModel) -> Words:
    """The corpus cut into the likeliest words."""
    split = functools.lru_cache(maxsize=65536)(lambda run: model.best_split(run)[1])
    words = Words()
    for text in texts:
        found: list[tuple[str, int]] = []
        position = 0
        for run in _HAN.finditer(text.text):
            if run.start() > position:
                between = text.text[position : run.start()].strip()
                found.append((PAUSES.get(between, "") if len(between) == 1 else "", position))
            position = run.start()
            for word in split(run.group()):
                found.append((word, position))
                position += len(word)
        words.documents.append(found)
        words.total += len(found)
        words.counts.update(word for word, _ in found if len(word) > 1)
        for (first, _), (second, _) in pairwise(found):
            if first and second:
                words.before[second][first] += 1
                words.after[first][second] += 1
    return words


class Fit:
    """How fluent a word is in a context, by the model's trigrams."""

    def __init__(self, model: LanguageModel) -> None:
        self._scores = model.trigrams.scores
        self.unigram = functools.lru_cache(maxsize=65536)(model.unigram)

    def __call__(self, word: str, context: Context) -> float:
        """log10 P(word and what follows | what precedes)."""
        before = [] if not context.last else [context.last] if not context.before else [context.before, context.last]
        total = 0.0
        for score in self._scores([*before, word, *_following(context)])[0][len(before) :]:
            total += score
        return total


def _following(context: Context) -> list[str]:
    """The words behind a place, up to the first that the model does not know."""
    if not context.next:
        return []
    return [context.next, context.after] if context.after else [context.next]
