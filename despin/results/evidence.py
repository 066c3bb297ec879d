"""What speaks for a verdict, or stands beside it: clues, proofs, damage, and what a text says of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from despin.results.edits import Edit
from despin.results.value import Value

#: Families of the lexicon that are kinds of damage: what they do to characters says nothing of words.
DAMAGE_FAMILIES = frozenset({"traditional", "glyph"})


@dataclass(frozen=True, slots=True)
class Damage(Value):
    """Damage of one kind (`despin.damage.KINDS`), which `count` edits of a text repair."""

    kind: str
    count: int


def damage_kind(edit: Edit) -> str | None:
    """The kind of damage that an edit repairs, None where it restores a word."""
    family, _, name = edit.entry.partition(":")
    return name if family == "damage" else family if family in DAMAGE_FAMILIES else None


def damage_kinds(edits: Iterable[Edit]) -> list[str | None]:
    """The kinds of damage that edits repair, as `damage_kind` has them."""
    return list(map(damage_kind, edits))


def damage_of(edits: Iterable[Edit]) -> tuple[Damage, ...]:
    """The damage that edits repair, the kind with most edits first; nothing of those that restore words."""
    return counted(Counter(filter(None, damage_kinds(edits))))


def counted(counts: Mapping[str, int]) -> tuple[Damage, ...]:
    """Damage by kind, the kind with most edits first."""
    return tuple([Damage(kind, count) for kind, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))])


@dataclass(frozen=True, slots=True)
class Label(Value):
    """What a text or its page says of itself: that AI made it. `kind` is "mark" (words that are read) or "metadata" (a
    record `AIGC`), `says` one of "generated", "possible", "suspected" and "assisted", or None where a record has a
    value of its own; `text` is what stands there, `producer` whom a record names, or None."""

    kind: str
    says: str | None
    text: str
    producer: str | None = None


@dataclass(frozen=True, slots=True)
class Clue(Value):
    """A word that speaks for a spinner: `count` occurrences of `spun` for `original`, `weight` their log10
    likelihood ratio. `changes` names the class of facts that restoring it changes, as of an `Edit`."""

    spun: str
    original: str
    count: int
    weight: float
    changes: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The clue as JSON-ready values; `weight` has two places."""
        return {**Value.as_dict(self), "weight": round(self.weight, 2)}


@dataclass(frozen=True, slots=True)
class Proof(Value):
    """What came of spinning the restoration of a stretch again. `respun` is the share of the characters of the stretch
    that comes back, `failed` the places (start, end) of the whole text that do not. `by` says with what it was spun:
    "program", the program of the family, or "edits", a list of words, with the table that the edits show."""

    _KEYS: ClassVar = ("by", "respun", "failed")

    respun: float
    failed: tuple[tuple[int, int], ...] = ()
    by: str = "program"

    def moved(self, by: int) -> Proof:
        """The same proof in a text that has `by` more characters before it."""
        return replace(self, failed=tuple([(start + by, end + by) for start, end in self.failed])) if by else self
