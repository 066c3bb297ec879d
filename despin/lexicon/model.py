"""What a lexicon holds: families and their entries, as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["active", "candidate", "retired"]
Origin = Literal["curated", "attested", "learned", "imported"]

#: No word of an entry is longer, in characters: the probability of a longer one is none that can be reckoned with.
MOST_CHARACTERS = 40
#: What a weight may be: odds beyond are beyond doubt.
LEAST_WEIGHT, MOST_WEIGHT = 1e-9, 1e9
#: The family of a lexicon that names none.
PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Original:
    """A word a spun form may stand for. `weight` is evidence relative to the family's other forms for this original:
    1 for an entry somebody wrote from knowledge, more where aligned pairs attest it."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Contexts:
    """Literal strings directly before or after a match."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.before or self.after)

    def holds(self, text: str, start: int, end: int) -> bool:
        """Whether one of the strings stands directly before `start` or after `end`."""
        return text.endswith(self.before, 0, start) or text.startswith(self.after, end)


NO_CONTEXTS = Contexts()


@dataclass(frozen=True, slots=True)
class Entry:
    """One spun form of one family.

    `keep`: contexts in which the word is meant and left alone; `only`: contexts it needs. `flips`: restoring it turns
    the polarity of a statement. `examples` are wdiff lines. `path`, `line`, `column` say where it is written.
    `replaces`: in a personal lexicon, the entries other lexicons hold for this spun form step back.
    """

    spun: str
    originals: tuple[Original, ...]
    family: str
    keep: Contexts = NO_CONTEXTS
    only: Contexts = NO_CONTEXTS
    flips: bool = False
    status: Status = "active"
    reason: str = ""
    source: Origin = "curated"
    examples: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    column: int = 0
    replaces: bool = False


#: The value of a program's parameter: a number, text, or several of them.
Setting = int | str | tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A spinner program as a lexicon names it; `despin.spinners.registry.spinner(program.parameters)` is the spinner.
    `settings` are all its parameters by name, those of a variant with what it takes over from the family's program.
    `variant` is what the family calls it, "" for the family's program itself."""

    settings: tuple[tuple[str, Setting], ...]
    variant: str = ""

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name, as they can be written in YAML."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self.settings}


@dataclass(frozen=True, slots=True)
class Family:
    """The header of a lexicon file: which spinner it describes and how to recognise it.

    `pack` marks rules so general (single characters, punctuation, glyphs) that a document must first give reason to
    believe another family or the pack itself at work. `beside` names the families a pack is found with. `program` is
    what spins, where it is known, and `variants` are the same with other parameters that a document may show.
    `opposites` are pairs of words: where the program wrote one for the other, restoring it turns a statement round.
    """

    name: str
    title: str = ""
    about: str = ""
    recognise: str = ""
    sources: tuple[str, ...] = ()
    licence: str = ""
    pack: bool = False
    beside: tuple[str, ...] = ()
    program: Program | None = None
    variants: tuple[Program, ...] = ()
    opposites: tuple[tuple[str, str], ...] = ()

    @property
    def programs(self) -> tuple[Program, ...]:
        """The family's program and its variants, none where it is known by its entries alone."""
        return (self.program, *self.variants) if self.program else ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Families and all their entries, in file order."""

    families: tuple[Family, ...] = ()
    entries: tuple[Entry, ...] = ()
    #: SHA-256 over the files it was read from; part of every score's signature.
    digest: str = field(default="", compare=False)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.entries)

    def of(self, families: Iterable[str]) -> list[Entry]:
        """The entries of some families, in file order."""
        names = frozenset(families)
        return [entry for entry in self.entries if entry.family in names]

    def pairs(self, families: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
        """(spun form, originals) of the active entries of some families, in file order."""
        active = [entry for entry in self.of(families) if entry.status == "active"]
        return [(entry.spun, tuple([original.text for original in entry.originals])) for entry in active]

    def forms(self, families: Iterable[str]) -> set[str]:
        """The spun forms of the active entries of some families."""
        return {entry.spun for entry in self.of(families) if entry.status == "active"}


#: What one sighting weighs beside an entry that somebody wrote from knowledge, which weighs at most 1.
SIGHTING = 4.0
#: A weight of sightings alone may lie this far below a rounded one.
_ROUNDING = 0.051


def weight(sightings: float, listed: float = 0.0) -> float:
    """The weight of an original seen `sightings` times, on top of what it weighs as `listed`; to one decimal.
    Logarithmic, because sightings come in bursts: a text that says a word says it again. Less than one, an expected
    sighting that is not sure, counts by its share."""
    if not sightings:
        return listed
    return round(SIGHTING * (1.0 + math.log(sightings) if sightings >= 1 else sightings) + listed, 1)


def sightings(found: float) -> tuple[int, float]:
    """The number of sightings that a weight speaks for, and what it says beyond them: the inverse of `weight`. From
    five sightings on their steps are smaller than what a list may say, so that the split is a guess."""
    if found + _ROUNDING < SIGHTING:
        return 0, found
    count = math.floor(math.exp((found + _ROUNDING) / SIGHTING - 1.0))
    return count, max(0.0, round(found - SIGHTING * (1.0 + math.log(count)), 2))
