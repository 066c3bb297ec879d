"""What every spinner program offers: forwards `spin`, backwards `preimages`, and what tells it from others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from despin.errors import LexiconError


class ProgramError(LexiconError):
    """A program, or a parameter of one, that there is none of: `what` is wrong, and what to write (`mend`)."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(f"{what}: {mend}" if mend else what)
        self.what, self.mend = what, mend


class SpunEdit(NamedTuple):
    """A place that a spinner changed: start and end in the spun text, in code points, and what stood there before."""

    start: int
    end: int
    original: str


@dataclass(frozen=True, slots=True)
class Spun:
    """A text as a spinner leaves it, and its edits in order, which do not overlap."""

    text: str
    edits: tuple[SpunEdit, ...] = ()


class Spinner(Protocol):
    """A program that spins. Picklable, and safe to share between threads; nothing is read before it is first asked."""

    @property
    def name(self) -> str:
        """The program's name."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Its parameters by name, as they can be written in a family's YAML."""

    def spin(self, text: str) -> Spun:
        """What the program makes of a text."""

    def rewrite(self, text: str, like: str | None = None) -> str:
        """The text that `spin` makes, without its edits; of the texts that a program makes that draws,
        one that is most like `like`."""

    def preimages(self, form: str) -> tuple[str, ...]:
        """The words that the program may write as `form`, ordered by code points."""

    def changes(self, word: str) -> str | None:
        """What the program writes for a word that it replaces, or None for a word that it leaves."""
