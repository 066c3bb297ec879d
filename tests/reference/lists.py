"""The channel of a list, and the best reading under it: every reading of a short page, written out.

reading    a set of edits that do not overlap; an edit puts an original in the place of a listed form
odds(e)    = sum over the families k that list the edit of  rate(k, original) * weight(k, form | original)
weight     = what the entry of this form counts / what all entries of the original count in the family
rate(k, o) = (stiffness * rate(k) + replaced) / (stiffness + replaced + standing)
             replaced: how often o was elsewhere in the text; standing: how often it stands there unreplaced
P(reading, cut) is proportional to  10 ** (TEMPER * fluency(cut)) * product of odds(e) of its edits
posterior(e)    = what the readings weigh that make the edit / what all weigh   (the E step)
gain            = log10 of what all readings weigh / what the reading without an edit weighs
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from despin.kernel.types import Arc
from despin.tuning import TEMPER
from reference.fluency import Model, Spelling

#: A lexicon: by family and form, what the entry counts for each original.
Lexicon = dict[str, dict[str, dict[str, float]]]
#: What nobody listed counts for every original.
UNLISTED = 3.0


class Family(NamedTuple):
    """What is believed of a family: its rate, and that of originals it surely replaced."""

    rate: float
    full: float


class Counts(NamedTuple):
    """How often the text has each (family, original) replaced, and standing; how many of these a family's rate is worth."""

    replaced: dict[tuple[str, str], float]
    standing: dict[tuple[str, str], float]
    stiffness: float = 2.0


class Reading(NamedTuple):
    """The edits that are made, by number, from left to right; log10 P of one cut of what that gives; its weight."""

    edits: tuple[int, ...]
    fluency: float
    weight: float


def choices(edits: Sequence[Arc], start: int = 0) -> Iterator[tuple[int, ...]]:
    """All sets of edits from `start` on that do not overlap."""
    yield ()
    for number, edit in enumerate(edits):
        if edit.start >= start:
            yield from ((number, *rest) for rest in choices(edits, edit.end))


def spelt(page: str, edits: Sequence[Arc]) -> Spelling:
    """The text that edits give, from left to right. Words that begin behind a deletion count as edited."""
    found, place, deleted = Spelling(), 0, False
    for edit in [*edits, Arc(len(page), len(page), "")]:
        for kept in range(place, edit.start):
            found.append((page[kept], -1 if deleted else kept))
            deleted = False
        found += [(character, -1) for character in edit.original]
        deleted, place = not edit.original, edit.end
    return found


def readings(page: str, edits: Sequence[Arc], odds: Sequence[float], model: Model, before: str = "") -> list[Reading]:
    """All readings of a page, each in all its cuts, behind the word `before`."""
    found = []
    for chosen in choices(edits):
        for words in model.cuts(spelt(page, [edits[number] for number in chosen])):
            fluency = model.fluency([before, *words]) - model.fluency([before])
            weight = 10.0 ** (TEMPER * fluency) * math.prod(odds[number] for number in chosen)
            found.append(Reading(chosen, fluency, weight))
    return found


def posteriors(every: Sequence[Reading], edits: int) -> tuple[list[float], float]:
    """(the posterior of each edit, the gain)."""
    whole = sum(one.weight for one in every)
    made = [sum(one.weight for one in every if edit in one.edits) / whole for edit in range(edits)]
    return made, math.log10(whole / sum(one.weight for one in every if not one.edits))


def edits_of(
    page: str, lexicon: Lexicon, families: dict[str, Family], counts: Counts, both_ways: float
) -> dict[Arc, float]:
    """Every edit that a listed form on the page allows, and its odds. Of those that change the same, the narrowest stands for all."""
    found: dict[Arc, float] = defaultdict(float)
    narrowest: dict[Arc, Arc] = {}
    for name, entries in lexicon.items():
        own = families[name]
        every = {original for originals in entries.values() for original in originals}
        # A list of words of which nobody counted anything is the spinner's own.
        counted_at_all = any(value != 1.0 for originals in entries.values() for value in originals.values())
        for form, originals in entries.items():
            for start in (start for start in range(len(page)) if page.startswith(form, start)):
                for original, counted in originals.items():
                    key = name, original
                    others = UNLISTED if counted_at_all or len(original) < 2 else 0.0
                    odds = counted / (others + sum(other.get(original, 0.0) for other in entries.values()))
                    odds *= rate_of(own.rate, counts, key)
                    odds *= 1.0 / (1.0 - both_ways * own.full) if form in every else 1.0
                    edit, core = Arc(start, start + len(form), original), trimmed(start, form, original)
                    found[core] += odds
                    narrowest[core] = min(
                        narrowest.get(core, edit), edit, key=lambda one: (one.end - one.start, one.start)
                    )
    return {narrowest[core]: odds for core, odds in found.items()}


def rate_of(rate: float, counts: Counts, key: tuple[str, str]) -> float:
    """The rate at which an original is replaced, given that of its family and what is known of it."""
    replaced, standing, stiffness = counts.replaced.get(key, 0.0), counts.standing.get(key, 0.0), counts.stiffness
    return (stiffness * rate + replaced) / (stiffness + replaced + standing) if replaced else rate


def trimmed(start: int, form: str, original: str) -> Arc:
    """The edit without the characters that form and original begin and end with."""
    shortest, low, high = min(len(form), len(original)), 0, 0
    while low < shortest and form[low] == original[low]:
        low += 1
    while low + high < shortest and form[-1 - high] == original[-1 - high]:
        high += 1
    return Arc(start + low, start + len(form) - high, original[low : len(original) - high])
