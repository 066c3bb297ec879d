"""Errors that matter: places where a restored text says something else than its author did.

Rules over two readings of a place, the author's and the restored one, know opposites, words that carry facts,
negations, numbers, surnames, and names in letters. A word for another of nearly the same meaning (便利 for 方便) is an
error and does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from despin.evaluation.judge import Judged
from despin.lexicon.facts import load_classes
from despin.lexicon.model import Family
from despin.text.wdiff import GoldEdit

#: What turns a word round; words that begin with such a character and deny nothing are left out.
_NEGATION = re.compile("(?!不断|不仅|不但|不过|不管|不论|无论|无比|非常|未来)[不没無无未非勿莫]")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[〇零一二三四五六七八九十百千万亿两]{2,}")
_LETTERS = re.compile("[a-z]+")
#: Classes of facts that have a way in which they go, and are reversed where it is the other.
REVERSIBLE = ("polarity", "direction", "quantity")


@dataclass(frozen=True, slots=True)
class Error:
    """A place that did not come back: `text[start:end] == page`, what its author wrote, and what the restoration has.
    Places that nobody touched, and those that were left, are among them."""

    start: int
    end: int
    page: str
    author: str
    restored: str


def errors(text: str, gold: Sequence[GoldEdit], judgement: Judged) -> list[Error]:
    """The errors of a judged text, in order, each once; the first accepted original is the author's."""
    found: set[Error] = set()
    for mark, outcome, zone in zip(gold, judgement.outcomes, judgement.zones, strict=True):
        if outcome == "missed":
            page = text[mark.start : mark.end]
            found.add(Error(mark.start, mark.end, page, mark.originals[0], page))
        elif outcome == "wrong" and zone is not None:
            found.add(Error(zone.start, zone.end, text[zone.start : zone.end], zone.wanted, zone.reading))
    for edit, worth in zip(judgement.edits, judgement.worths, strict=True):
        if worth == "spurious":
            found.add(Error(edit.start, edit.end, edit.spun, edit.spun, edit.original))
    return sorted(found, key=lambda error: (error.start, error.end))


class Harm:
    """Rules that say whether an error says something else than the author; `families` give their opposites. Raises
    `LexiconError` for a file of classes that is missing or broken."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._classes = load_classes()
        self._opposites = {frozenset(pair) for family in families for pair in family.opposites}

    def of(self, error: Error) -> str | None:
        """The class of facts that differs between what the author wrote and what was restored, as `FactClasses.changes`
        names it, or "name"; None where both may say the same."""
        if found := self._between(error.author, error.restored):
            return found
        # What is the opposite of the page's word says the opposite of what is not.
        author, restored = (self._turned(error.page, word) for word in (error.author, error.restored))
        return (author or restored) if (author is None) != (restored is None) else None

    def reverses(self, error: Error) -> bool:
        """Whether an edit turned round what the page had as its author wrote it."""
        return (
            error.restored != error.page
            and self.of(error) in REVERSIBLE
            and self._turned(error.page, error.author) is None
        )

    def _turned(self, one: str, other: str) -> str | None:
        """The class of facts that is the other way round in two words."""
        found = self._between(one, other)
        return found if found in REVERSIBLE else None

    def _between(self, one: str, other: str) -> str | None:
        """The class of facts that differs between two words."""
        if one == other:
            return None
        if frozenset((one, other)) in self._opposites or _negates(one, other):
            return "polarity"
        if found := self._classes.changes(one, other) or self._opposed(one, other):
            return found
        if _NUMBER.findall(one) != _NUMBER.findall(other):
            return "number"
        surname = len(one) == len(other) == 1 and not self._classes.surnames.isdisjoint((one, other))
        return "name" if surname or _LETTERS.findall(one.lower()) != _LETTERS.findall(other.lower()) else None

    def _opposed(self, one: str, other: str) -> str | None:
        """The class of facts that a character of one word and a character of the other have the other way round, as in
        上升 and 下滑."""
        for name in REVERSIBLE:
            members = self._classes.members.get(name, {})
            mine, its = (
                dict(chain.from_iterable(members.get(character, ()) for character in sorted(set(word) - set(beside))))
                for word, beside in ((one, other), (other, one))
            )
            if any(its.get(group, member) != member for group, member in mine.items()):
                return name
        return None


def _negates(one: str, other: str) -> bool:
    """Whether two words that share a character beside are told apart by a negation, as in 看不到 and 看见."""
    bare = [_NEGATION.sub("", word) for word in (one, other)]
    odd = (len(one) - len(bare[0]) + len(other) - len(bare[1])) % 2
    return bool(odd) and not set(bare[0]).isdisjoint(bare[1])
