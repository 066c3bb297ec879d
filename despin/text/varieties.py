"""Which lines are Cantonese, classical or another variety of Chinese that is no modern standard Chinese, and so
nothing a spinner of that has touched.

Spinners write standard Chinese, whose small words (的, 了, 是) stand in nearly every line. Who writes Cantonese
says 嘅, 咗, 係 there. A line is in another variety where words of it are more than those, so that a look-alike (冇
for 有) in standard Chinese stays one. Plays and novels in the old vernacular have small words of the standard too: words
that nobody else writes tell there of the whole text, and each counts as many of the standard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from despin.tuning import Scripts

#: The name in the file that is no variety.
STANDARD = "standard"


@dataclass(frozen=True)
class Varieties:
    """Tells lines in other varieties by their words; `words` are those of each, and of `standard` Chinese. A variety in
    `whole` is that of a text as a whole, and each of its words counts as so many of the standard. `regional` are words
    that tell where a text was written, by region, and those that are usual there and a spinner's elsewhere."""

    words: Mapping[str, Sequence[str]]
    whole: Mapping[str, int] = field(default_factory=dict)
    regional: Mapping[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)

    @cached_property
    def _telling(self) -> tuple[str, ...]:
        """The words of all varieties that tell of lines, each once."""
        names = [name for name in self.words if name != STANDARD and name not in self.whole]
        return tuple(dict.fromkeys(word for name in names for word in self.words[name]))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The lines of `text` in another variety, and the words that are usual where it was written, as (start, end)
        spans of code points."""
        if self.is_whole(text):
            return [(0, len(text))]
        found: list[tuple[int, int]] = []
        for telling, usual in self.regional.values():
            if sum(map(text.__contains__, telling)) >= Scripts.near:
                found += [match.span() for match in re.finditer("|".join(map(re.escape, usual)), text)]
        here = [word for word in self._telling if word in text]
        if len(here) < Scripts.few:
            return found
        different, told, standard = self._counts(text, here)
        whole = told > standard
        start = 0
        for line in text.splitlines(keepends=True):
            different, told, standard = self._counts(line, here)
            # A line without a sign goes with the text.
            if (told > standard and different >= Scripts.few) or (whole and told >= standard):
                found.append((start, start + len(line)))
            start += len(line)
        return found

    def is_whole(self, text: str, least: int = Scripts.near) -> bool:
        """Whether a text is in another variety as a whole: it holds `least` different words of one in `whole`, and they
        count for more than those of the standard. A part of such a text needs no more than one."""
        counts = [(times, *self._counts(text, self.words[name])) for name, times in self.whole.items()]
        return any(different >= least and told * times > standard for times, different, told, standard in counts)

    def _counts(self, text: str, words: Sequence[str]) -> tuple[int, int, int]:
        """How many different ones of `words` a text holds, how often it holds any of them, and how
        often a word of standard Chinese."""
        counts = [count for word in words if (count := text.count(word))]
        return len(counts), sum(counts), sum(map(text.count, self.words.get(STANDARD, ())))
