"""Programs that draw: each eligible word is replaced with some probability, the rate, by one of several
forms, drawn with equal probability.

A text that such a program made cannot be told from its original by spinning that again: what can be asked is
whether every change is one that the program could have made (`rewrite` with `like`), and how likely
(`forms`, `eligible`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from despin.kernel.native.program import Segmenter
from despin.spinners.base import Eligible, Form, Spun, lengths_by_character

#: At which rate a program spins of which nobody knows it.
USUAL_RATE = 0.2
#: Where a text no longer follows another, they meet again within so many characters.
NEAR = 40


class Drawing:
    """What programs have in common that draw at each word: as channels (`despin.spinners.base.Channel`)."""

    rate: float
    #: Whether a line is spun again until something in it has changed.
    anew: ClassVar[bool] = False
    shared: ClassVar[bool] = False
    first_only: ClassVar[bool] = False

    @property
    def sources(self) -> Mapping[str, Sequence[tuple[str, float]]]:
        """By form the (word, probability) that become it, with the probability of the form where the word is drawn."""
        raise NotImplementedError

    @property
    def segmenter(self) -> Segmenter:
        """What cuts texts into words."""
        raise NotImplementedError

    def spin(self, text: str) -> Spun:
        """What the program makes of a text."""
        raise NotImplementedError

    def written(self, text: str) -> Iterator[tuple[str, ...]]:
        """What the program may write for each word of a text."""
        raise NotImplementedError

    def chance_of_itself(self, word: str) -> float | None:
        """The probability that a word is written as itself where it is drawn, None for one that is never drawn."""
        raise NotImplementedError

    def cut(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of the words of a text."""
        return [(start, end) for start, end, _ in self.segmenter.tokens(text)]

    def rewrite(self, text: str, like: str | None = None) -> str:
        """The text that `spin` makes; with `like`, of the texts that it may make one that is most like it."""
        return self.spin(text).text if like is None else "".join(following([*self.written(text)], like))

    @cached_property
    def _lengths(self) -> Mapping[str, Sequence[int]]:
        """The lengths of the forms that begin with a character, longest first."""
        return lengths_by_character(self.sources)

    def forms(self, text: str) -> Iterator[Form]:
        """The forms of a text that begin and end where words do, by start, longest first."""
        words, sources, lengths = self.cut(text), self.sources, self._lengths
        ends = {end for _, end in words}
        for start, _ in words:
            for length in lengths.get(text[start], ()):
                end = start + length
                if end in ends and text[start:end] in sources:
                    yield Form(start, end, sources[text[start:end]])

    def eligible(self, text: str) -> Iterator[Eligible]:
        """The words of a text that may be drawn, in order."""
        for start, end in self.cut(text):
            itself = self.chance_of_itself(text[start:end])
            if itself is not None:
                yield Eligible(start, end, itself)


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
