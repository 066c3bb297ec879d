"""Programs that draw: each eligible word is replaced with some probability, the rate, by one of several
forms, drawn with equal probability.

A text that such a program made cannot be told from its original by spinning that again: what can be asked is
whether every change is one that the program could have made (`rewrite` with `like`), and how likely
(`sources`, `chance_of_itself`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from despin.spinners.base import Spun

#: The rate of a program of which nobody knows it (`rate: any`): it is estimated in each text.
ANY = 0.0
#: At which rate such a program spins.
USUAL_RATE = 0.2
#: Where a text no longer follows another, they meet again within so many characters.
NEAR = 40


class Drawing(Protocol):
    """A program that draws, forwards and as a channel."""

    @property
    def name(self) -> str:
        """The program's name."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Its parameters by name, as they can be written in a family's YAML."""

    @property
    def rate(self) -> float:
        """The probability with which an eligible word is drawn, `ANY` where nobody knows it."""

    @property
    def anew(self) -> bool:
        """Whether a line is spun again until something in it has changed."""

    @property
    def sources(self) -> Mapping[str, Sequence[tuple[str, float]]]:
        """By form the (word, probability) that become it, with the probability of the form where the word is drawn."""

    def spin(self, text: str) -> Spun:
        """What the program makes of a text."""

    def rewrite(self, text: str, like: str | None = None) -> str:
        """Of the texts that the program may make of a text one that is most like `like`."""

    def cut(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of the words of a text."""

    def chance_of_itself(self, word: str) -> float | None:
        """The probability that a word is written as itself where it is drawn, None for one that is never drawn."""


def rate_of(program: Drawing) -> float:
    """The rate at which a program spins."""
    return program.rate or USUAL_RATE


def following(written: Sequence[tuple[str, ...]], like: str) -> Iterator[str]:
    """One of what may be written for each token, so that all together give `like`; where none do,
    the next that does is sought."""
    first = start = 0
    while first < len(written):
        # By token, the places that it can end at, with where it began and what was written.
        ways: list[dict[int, tuple[int, str]]] = [{start: (start, "")}]
        for images in written[first:]:
            ends = {
                place + len(image): (place, image)
                for image in images
                for place in ways[-1]
                if like.startswith(image, place)
            }
            if not ends:
                break
            ways.append(ends)
        place = len(like) if len(like) in ways[-1] else max(ways[-1])
        start, path = place, []
        for ends in ways[:0:-1]:
            place, image = ends[place]
            path.append(image)
        yield from reversed(path)
        first += len(path)
        if first < len(written):
            last, place = _next_anchor(written, first, like, start)
            between = like[start:place]
            for images in written[first:last]:
                yield next((image for image in images if image in between), images[0])
            first, start = last, place


def _next_anchor(written: Sequence[tuple[str, ...]], first: int, like: str, start: int) -> tuple[int, int]:
    """The first token behind `first` that is written in one way only and stands with the next in `like`, and where; the
    ends of both where there is none."""
    behind = start + NEAR
    for number in range(first + 1, len(written) - 1):
        one, other = written[number : number + 2]
        behind += len(one[0])
        if len(one) == len(other) == 1 and (place := like.find(one[0] + other[0], start, behind)) >= 0:
            return number, place
    return len(written), len(like)
