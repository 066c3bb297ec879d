"""Which lines are Cantonese or another variety of Chinese that is no standard Chinese, and so
nothing a spinner of that has touched.

Spinners write standard Chinese, whose small words (的, 了, 是) stand in nearly every line. Who writes Cantonese
says 嘅, 咗, 係 there. A line is in another variety where words of it are more than those, so that a look-alike (冇
for 有) in standard Chinese stays one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

#: The name in the file that is no variety.
STANDARD = "standard"
#: So many different words have to tell a line, or the whole text.
DIFFERENT = 2
#: A text is looked at where it holds the first character of one of so many words of a variety.
FIRST = 4


@dataclass(frozen=True)
class Varieties:
    """Tells lines in other varieties by their words; `words` are those of each, and of `standard` Chinese."""

    words: Mapping[str, Sequence[str]]

    @cached_property
    def _telling(self) -> tuple[str, ...]:
        """The words of all varieties, each once."""
        names = [name for name in self.words if name != STANDARD]
        return tuple(dict.fromkeys(word for name in names for word in self.words[name]))

    @cached_property
    def _first(self) -> tuple[str, ...]:
        names = [name for name in self.words if name != STANDARD]
        return tuple(dict.fromkeys(word[0] for name in names for word in self.words[name][:FIRST]))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The lines of `text` in another variety, as sorted, disjoint (start, end) spans of code points."""
        if not any(map(text.__contains__, self._first)):
            return []
        here = [word for word in self._telling if word in text]
        if len(here) < DIFFERENT:
            return []
        different, told, standard = self._counts(text, here)
        whole = told > standard
        found: list[tuple[int, int]] = []
        start = 0
        for line in text.splitlines(keepends=True):
            different, told, standard = self._counts(line, here)
            # A line without a sign goes with the text.
            if (told > standard and different >= DIFFERENT) or (whole and told >= standard):
                found.append((start, start + len(line)))
            start += len(line)
        return found

    def _counts(self, text: str, words: Sequence[str]) -> tuple[int, int, int]:
        """How many different ones of `words` a text holds, how often it holds any of them, and how
        often a word of standard Chinese."""
        counts = [count for word in words if (count := text.count(word))]
        return len(counts), sum(counts), sum(map(text.count, self.words.get(STANDARD, ())))
