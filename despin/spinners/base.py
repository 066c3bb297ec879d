"""What every spinner program offers: forwards `spin`, backwards `preimages`, and what tells it from others; and what a
decoder asks of one (`Channel`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Protocol

from despin.errors import LexiconError
from despin.results import Edit, compose


class ProgramError(LexiconError):
    """A program, or a parameter of one, that there is none of: `what` is wrong, and what to write (`mend`)."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(f"{what}: {mend}" if mend else what)
        self.what, self.mend = what, mend


class Fields:
    """A frozen dataclass that is pickled without what it has worked out."""

    def __getstate__(self) -> dict[str, Any]:
        return {one.name: self.__dict__[one.name] for one in fields(self)}  # type: ignore[arg-type]

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


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

    @classmethod
    def of(cls, text: str, replaced: Iterable[tuple[int, int, str]]) -> Spun:
        """A text with places replaced, given as (start, end, what is written) in order; where the same is written that
        stood there, there is no edit."""
        parts: list[str] = []
        edits: list[SpunEdit] = []
        kept = place = 0
        for start, end, form in replaced:
            parts += (text[kept:start], form)
            place += start - kept
            if form != text[start:end]:
                edits.append(SpunEdit(place, place + len(form), text[start:end]))
            place += len(form)
            kept = end
        return cls("".join([*parts, text[kept:]]), tuple(edits))

    def then(self, later: Spun) -> Spun:
        """The same text as a further spinner leaves it, `later` being what that made of this one."""
        # A place of what the further one wrote goes back to the text between, and on to the first.
        between, first = (
            [Edit(one.start, one.end, spun.text[one.start : one.end], one.original, 1.0) for one in spun.edits]
            for spun in (later, self)
        )
        both = compose(later.text, between, first)
        return Spun(later.text, tuple([SpunEdit(one.start, one.end, one.original) for one in both]))


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


class Form(NamedTuple):
    """A form at `text[start:end]` and the words that a channel may have written it for, each with the probability of
    the form where the word is replaced."""

    start: int
    end: int
    originals: Sequence[tuple[str, float]]


class Eligible(NamedTuple):
    """A word at `text[start:end]` that a channel would replace if it were run over the text, and the probability that
    it then writes the word itself."""

    start: int
    end: int
    itself: float


class Channel(Spinner, Protocol):
    """A spinner as a decoder sees it (`despin.document.channel`): what it may have written, what it would have
    replaced, and how often it replaces."""

    @property
    def rate(self) -> float:
        """The probability that what is eligible is replaced, `ANY` where it is to be estimated in each text."""

    @property
    def digest(self) -> str:
        """What tells its table from others."""

    @property
    def shared(self) -> bool:
        """Whether that is decided once for each word of a document (a table has a word, or has it not), and not at each
        place."""

    @property
    def first_only(self) -> bool:
        """Whether a word is replaced where it is met first, and left alone from then on."""

    @property
    def anew(self) -> bool:
        """Whether a line is spun again until something in it has changed."""

    def forms(self, text: str) -> Iterable[Form]:
        """The forms of a text that the channel may have written, by start, longest first."""

    def eligible(self, text: str) -> Iterable[Eligible]:
        """The words of a text that the channel would have replaced, in order, disjoint."""


#: The rate of a channel of which nobody knows it (`rate: any`): it is estimated in each text.
ANY = 0.0


def lengths_by_character(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The lengths of the words that begin with a character, longest first."""
    found: dict[str, set[int]] = defaultdict(set)
    for word in words:
        if word:
            found[word[0]].add(len(word))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}
