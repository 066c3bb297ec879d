"""Which of the names there are somebody probably meant, for the end of a message."""

from __future__ import annotations

from collections.abc import Iterable

from despin.errors import UsageError

#: How alike two names are that may be meant for one another, from 0 to 100: the letters that both have in the same
#: order, counted twice, of all letters.
ALIKE = 60.0


def nearest(word: str, choices: Iterable[str], least: float = ALIKE) -> str:
    """The choice whose letters are most like those of `word`, or "" where none is alike.

    `least` is the likeness asked for, as of `ALIKE`.
    """
    from rapidfuzz import fuzz, process

    best = process.extractOne(word, list(choices), scorer=fuzz.ratio, score_cutoff=least)
    return str(best[0]) if best else ""


def did_you_mean(word: str, choices: Iterable[str], least: float = ALIKE, quote: str = "'") -> str:
    """A phrase for the end of a message: "did you mean X?", or the list of all choices where none is like `word`."""
    names = list(choices)
    meant = nearest(word, names, least)
    return f"did you mean {quote}{meant}{quote}?" if meant else f"there are {', '.join(names)}"


def unknown(what: str, name: object, choices: Iterable[str]) -> UsageError:
    """The error for a name that there is none of, with the one that was probably meant."""
    known = ", ".join(names := list(choices))
    meant = nearest(str(name), names)
    hint = f"did you mean {meant}? There are {known}" if meant else f"choose {known}"
    return UsageError(f"unknown {what} {name!r}: {hint}")
