"""Texts that a known program made: what can be run backwards need not be deciphered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from despin.learning.texts import Text
from despin.report.percent import percent
from despin.results import is_by_program
from despin.tuning import Naming

if TYPE_CHECKING:
    from despin.restorer import Restorer


@dataclass(frozen=True, slots=True)
class Known:
    """Texts that the program of a family made, or a variant of it ("" for the program itself): how many, their
    characters, and the share of what is spun in them that comes back when their restorations are spun again."""

    family: str
    variant: str
    documents: int
    characters: int
    respun: float

    def __str__(self) -> str:
        name = f"{self.family} ({self.variant})" if self.variant else self.family
        texts = f"{self.documents:,} texts are" if self.documents > 1 else "one text is"
        return (
            f"{texts} by the known program of {name}: {percent(self.respun, 1)} of what it spun comes back when spun "
            "again; 'despin restore' takes it back"
        )


def known(texts: Iterable[Text], restorer: Restorer) -> tuple[list[Known], list[Text], dict[str, list[Text]]]:
    """(the programs that made some of the texts, that of most texts first; the other texts, in order; those of them
    that are spun, by family)."""
    rest: list[Text] = []
    families: dict[str, list[Text]] = {}
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for text in texts:
        verdict = restorer.detect(text.text)
        stretches = [one for one in verdict.stretches if is_by_program(one)]
        size = sum(one.end - one.start for one in stretches)
        if not stretches or size < Naming.least * len(text.text.strip()):
            rest.append(text)
            if verdict.spun and verdict.family:
                families.setdefault(verdict.family, []).append(text)
            continue
        longest = max(stretches, key=lambda one: one.end - one.start)
        comes_back = sum(one.proof.respun * (one.end - one.start) for one in stretches if one.proof)
        found.setdefault((longest.family, longest.variant), []).append((size, comes_back))
    programs = []
    for (family, variant), rows in found.items():
        size, comes_back = (sum(numbers) for numbers in zip(*rows, strict=True))
        programs.append(Known(family, variant, len(rows), int(size), comes_back / size))
    return sorted(programs, key=lambda one: (-one.documents, one.family, one.variant)), rest, families
