"""How likely a text is as Chinese: words by a trigram model.

    log10 P(words) = sum of log10 P(word | the two words before)
    P(c | a, b)    = p(a b c), where the model has these three words
                     backoff(a b) * P(c | b), where it has not; P(c | b) alike, P(c) = p(c), or p(<unk>) of an unknown word

A text has no spaces, so it is cut into words in every way. A cut is made of words of the model and of single characters. At a
character the model does not know it forgets what stood before, and says nothing of it; marks such as `,` stand for a pause it knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from despin.kernel.types import PAUSES
from despin.tuning import Search

#: A restored text: characters, each with its place in the page, or -1 where it was put there by an edit.
Spelling = list[tuple[str, int]]


class Model(NamedTuple):
    """log10 p and log10 backoff of one, two and three words."""

    probability: dict[tuple[str, ...], float]
    backoff: dict[tuple[str, ...], float]

    def given(self, before: tuple[str, ...], word: str) -> float:
        """log10 P(word | before)."""
        gram = (*before, word)
        if gram in self.probability:
            return self.probability[gram]
        if not before:
            return self.probability["<unk>",]
        return self.backoff.get(before, 0.0) + self.given(before[1:], word)

    def fluency(self, words: list[str]) -> float:
        """log10 P of words in sequence, "" being a character at which everything is forgotten."""
        total, before = 0.0, tuple[str, ...]()
        for word in words:
            total += self.given(before, word) if word else 0.0
            before = (*before, word)[-2:] if word else ()
        return total

    def cuts(self, text: Spelling) -> Iterator[list[str]]:
        """All cuts of a text into words. A word of more than `Search.crossing` characters is only seen where nothing in it is edited."""
        if not text:
            yield []
        for size in range(1, len(text) + 1):
            word, places = "".join(character for character, _ in text[:size]), [place for _, place in text[:size]]
            edited = places != list(range(places[0], places[0] + size)) or places[0] < 0
            if size == 1 or ((word,) in self.probability and not (edited and size > Search.crossing)):
                known = word if (word,) in self.probability else PAUSES.get(word, "")
                yield from ([known, *rest] for rest in self.cuts(text[size:]))
