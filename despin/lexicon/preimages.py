"""What the programs of families say of a word: what it may have been, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from despin.lexicon.model import Entry, Family, Program

if TYPE_CHECKING:
    from despin.spinners.base import Channel, Spinner
    from despin.spinners.drawing import Drawing
    from despin.spinners.segmented import Segmented
    from despin.spinners.table import Tabled


@dataclass(frozen=True, slots=True)
class Tagged:
    """A word with jieba's flag of it where it stands alone, "" for none."""

    text: str
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Preimages:
    """A word under one program of a family: `preimages` are the words that the program writes so, `becomes`
    what it writes for the word itself (None: it leaves the word), `eligible` whether it replaces words of the
    word's flag. Where `tabled`, the program runs a list of words over raw text: words have no flags, and
    those of the list are eligible."""

    family: str
    program: str
    word: Tagged
    eligible: bool
    becomes: str | None
    preimages: tuple[Tagged, ...]
    tabled: bool = False

    def __bool__(self) -> bool:
        return bool(self.preimages or self.becomes is not None)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        word = {"family": self.family, "program": self.program, "word": self.word.text, "flag": self.word.flag}
        said = {"eligible": self.eligible, "becomes": self.becomes}
        return {**word, **said, "preimages": [asdict(one) for one in self.preimages]}

    def as_lines(self) -> list[str]:
        """Both directions for people: `租车: preimages 快递; 快递 is eligible (v)`, and what becomes of the word."""
        mark = f"  [{self.family}, {self.program}]"
        word, lines = self.word.text, []
        if self.tabled:
            if self.preimages:
                lines.append(f"{word}: preimages {', '.join(one.text or '(nothing)' for one in self.preimages)}{mark}")
            if self.becomes is not None:
                lines.append(f"{word}: becomes {self.becomes or '(nothing)'}{mark}")
            return lines
        if self.preimages:
            words, flags = [one.text for one in self.preimages], [one.flag or "no flag" for one in self.preimages]
            who = f"{words[0]} is" if len(words) == 1 else "all are" if len(set(flags)) == 1 else "they are"
            shown = flags[0] if len(set(flags)) == 1 else ", ".join(flags)
            lines.append(f"{word}: preimages {', '.join(words)}; {who} eligible ({shown}){mark}")
        flag = self.word.flag or "no flag"
        if self.becomes:
            why = f"eligible ({flag})" if self.eligible else f"{flag}, but eligible where jieba guesses"
            stays = "stands only where it was one of these" if self.preimages else "cannot stand in such a text"
            lines.append(f"{word}: becomes {self.becomes}; {word} is {why} and {stays}{mark}")
        elif self.preimages:
            why = "it has no neighbour" if self.eligible else f"it is not eligible ({flag})"
            lines.append(f"{word}: may stand for itself; {why}{mark}")
        return lines


def preimages(word: str, families: Iterable[Family]) -> tuple[Preimages, ...]:
    """What the programs of families say of a word: of each family its own program, and variants that say something
    else. Raises `ModelError` where a program's data are missing or damaged."""
    found: list[Preimages] = []
    for family in families:
        said: list[tuple[object, ...]] = []
        for program in family.programs:
            one = _under(word, family.name, program)
            # A variant that says the same of the word is not shown.
            key = (one.becomes, one.preimages)
            if one and key not in said:
                found.append(one)
            said.append(key)
    return tuple(found)


def _under(word: str, family: str, program: Program) -> Preimages:
    from despin.spinners.segmented import Segmented

    spinner = spinner_of(program)
    name, becomes, sources = program.variant or spinner.name, spinner.changes(word), spinner.preimages(word)
    if not isinstance(spinner, Segmented):
        return Preimages(family, name, Tagged(word), becomes is not None, becomes, tuple(map(Tagged, sources)), True)
    segmenter = spinner.segmenter
    flag = segmenter.flag_of(word)
    tagged = tuple([Tagged(one, segmenter.flag_of(one)) for one in sources])
    return Preimages(family, name, Tagged(word, flag), flag in spinner.flags, becomes, tagged)


def spinner_of(program: Program) -> Spinner:
    """The spinner that a family's program names; the same object each time. One that runs the family's entries over a
    text has none of them: `table_of` gives them."""
    from despin.spinners.registry import spinner

    return spinner(program.parameters)


def segmented_of(program: Program) -> Segmented | None:
    """The same where it cuts texts into words, else None."""
    from despin.spinners.segmented import Segmented

    found = spinner_of(program)
    return found if isinstance(found, Segmented) else None


def drawing_of(program: Program) -> Drawing | None:
    """The same where it leaves words that it could replace, else None."""
    found: Any = spinner_of(program)
    return found if getattr(found, "draws", False) else None


def channels_of(family: Family) -> list[tuple[str, Channel]]:
    """The family's programs with their names that are decoded as channels (`despin.document.channel_reading`): tables
    from files, and programs that draw; where any draws, those alone."""
    from despin.spinners.rows import ENTRIES
    from despin.spinners.table import Tabled

    if family.program is None:
        return []
    every: list[tuple[str, Any]] = [(program.variant, spinner_of(program)) for program in family.programs]
    drawing = [(name, one) for name, one in every if getattr(one, "draws", False)]
    return drawing or [(name, one) for name, one in every if isinstance(one, Tabled) and one.table != ENTRIES]


def table_of(family: Family, program: Program, entries: Iterable[Entry]) -> Tabled | None:
    """The same where it runs a table over a text, else None; `entries` are the family's, which are its table where it
    names no file: for every original the forms that it becomes, the weightiest first."""
    from despin.spinners.rows import ENTRIES, Rows, TableRow
    from despin.spinners.table import Tabled

    found = spinner_of(program)
    if not isinstance(found, Tabled) or found.table != ENTRIES:
        return found if isinstance(found, Tabled) else None
    listed = [
        (one.weight, one.text, entry.spun)
        for entry in entries
        if entry.family == family.name and entry.status == "active"
        for one in entry.originals
        if one.text
    ]
    listed.sort(key=lambda one: (-one[0], one[1:]))
    return found.with_rows(Rows(tuple([TableRow(original, spun) for _, original, spun in listed])))


@dataclass(frozen=True, slots=True)
class ProgramStats:
    """A program in numbers: `eligible` words that it changes, the `forms` that they become, how many of these have one
    preimage (`single`), and preimages a form in the mean."""

    program: str
    eligible: int
    forms: int
    single: int
    preimages_per_form: float


def measure_program(program: Program) -> ProgramStats:
    """The numbers of a program, of its first rank. Raises `ModelError` where its data are missing or damaged,
    `LexiconError` where its table is."""
    spinner = spinner_of(program)
    counts = Counter(image for _, image in changed_words(spinner))
    eligible, forms = counts.total(), len(counts)
    single = sum(count == 1 for count in counts.values())
    return ProgramStats(program.variant or spinner.name, eligible, forms, single, round(eligible / max(1, forms), 3))


def changed_words(spinner: Spinner) -> Iterator[tuple[str, str]]:
    """(word, what the program writes for it) of every word that the program changes, each
    form of a program that draws."""
    from despin.spinners.segmented import Segmented
    from despin.spinners.table import Tabled

    if isinstance(spinner, Tabled):
        yield from spinner.images.items()
    if getattr(spinner, "draws", False):
        drawing: Any = spinner
        yield from ((word, form) for form, words in drawing.sources.items() for word, _ in words)
        return
    if not isinstance(spinner, Segmented):
        return
    segmenter = spinner.segmenter
    for number in range(1, segmenter.nwords):
        if segmenter.image(number):
            word = segmenter.word(number)
            image = segmenter.changes(word)
            if image is not None and image != word:
                yield word, image
