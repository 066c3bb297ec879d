"""Clean texts by kind, in files of JSON lines: a file is a kind, and is called by its name. Texts stay in their files
until they are asked for.

One document in `Spinning.held` of each kind is held out of learning.
"""

from __future__ import annotations

import json
import random
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from despin.errors import InputError, UsageError
from despin.tuning import Spinning


@dataclass
class Kind:
    """A kind of text: where the documents begin in its file that are learned from (`taken`) or `held` out, and their
    characters."""

    name: str
    path: str
    taken: array[int] = field(default_factory=lambda: array("Q"))
    held: array[int] = field(default_factory=lambda: array("Q"))
    characters: int = 0
    held_characters: int = 0


def read_kinds(paths: Sequence[str], add: Callable[[int], None] = lambda size: None) -> tuple[list[Kind], Counter[str]]:
    """(the kinds of some files, how often characters stand in the first `Spinning.counted` documents of each). `add` is
    told of bytes as they are read. Raises `InputError` for what is no file of JSON lines with text, `UsageError` for
    two files of one name."""
    kinds: list[Kind] = []
    counts = Counter[str]()
    for path in paths:
        kind = Kind(Path(path).stem, path)
        if any(kind.name == other.name for other in kinds):
            raise UsageError(f"{path}: two files are called {kind.name}, and each is a kind of text: put them into one")
        try:
            with open(path, "rb") as file:
                _read(kind, file, counts, add)
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); name files of JSON lines with text") from None
        if not kind.taken:
            raise InputError(f"{path}: holds no document; write one a line, as JSON with text")
        kinds.append(kind)
    return kinds, counts


def _read(kind: Kind, file: BinaryIO, counts: Counter[str], add: Callable[[int], None]) -> None:
    """Note where the documents of a file begin."""
    place = number = 0
    for line_number, line in enumerate(file, 1):
        if line.strip():
            text = text_of(line, f"{kind.path}:{line_number}")
            if number < Spinning.counted:
                counts.update(text)
            if number % Spinning.held == Spinning.first_held:
                kind.held.append(place)
                kind.held_characters += len(text)
            else:
                kind.taken.append(place)
                kind.characters += len(text)
            number += 1
        place += len(line)
        add(len(line))


def text_of(line: bytes, where: str) -> str:
    """The text of a line of JSON; `where` it stands, for messages. Raises `InputError` for a line that holds none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: is no JSON ({error}); write one document a line, as JSON with text") from None
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        raise InputError(f"{where}: has no text; write one document a line, as JSON with text")
    return text


class Stream:
    """Documents of all kinds without end, learned from or `held` out: kinds are drawn, the documents of a kind come in
    an order that is drawn, all of them before one comes again. `taken` are the documents that were taken of each kind,
    which says where the stream is."""

    def __init__(self, kinds: Sequence[Kind], seed: int, held: bool = False, taken: Sequence[int] = ()) -> None:
        self.kinds, self.seed, self.held = kinds, seed, held
        self.taken = list(taken) or [0] * len(kinds)
        self._places = [kind.held if held else kind.taken for kind in kinds]
        self._shares = [(kind.held_characters if held else kind.characters) ** Spinning.power for kind in kinds]
        self._orders: dict[int, tuple[int, list[int]]] = {}

    def texts(self, chance: random.Random) -> Iterator[tuple[int, str]]:
        """(the number of its kind, a text), one after the other. Raises `InputError` where a file has changed or is
        gone."""
        numbers = [number for number, places in enumerate(self._places) if places]
        shares = [self._shares[number] for number in numbers]
        while True:
            number = chance.choices(numbers, shares)[0] if sum(shares) else chance.choice(numbers)
            path = self.kinds[number].path
            try:
                with open(path, "rb") as file:
                    file.seek(self._next(number))
                    line = file.readline()
            except OSError as error:
                raise InputError(f"{path}: cannot be read ({error.strerror})") from None
            yield number, text_of(line, f"{path}: was changed while it was learned from")

    def _next(self, number: int) -> int:
        """Where the next document of a kind begins."""
        places = self._places[number]
        turn, index = divmod(self.taken[number], len(places))
        known = self._orders.get(number)
        if known is None or known[0] != turn:
            order = list(range(len(places)))
            random.Random(f"{self.seed} {self.kinds[number].name} {turn} {self.held}").shuffle(order)
            known = self._orders[number] = turn, order
        self.taken[number] += 1
        return places[known[1][index]]
