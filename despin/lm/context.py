"""The context model: which words fit among the words around them, where trigrams no longer reach.

A log-bilinear model (vLBL, Mnih and Kavukcuoglu 2013): every word has a vector as a neighbour and one as the word in
question; the neighbours' vectors, each weighed by its distance, add up to what the place expects. Read from
`despin/model/zh_CN.context`, memory-mapped; origin and figures in `despin/model/README.md`.
"""

from __future__ import annotations

import mmap
import os
import struct
from array import array
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from despin.errors import ModelError
from despin.kernel.em import fit, fits
from despin.kernel.native.lattice import WordNumbers
from despin.kernel.table import zeros
from despin.kernel.types import PAUSES
from despin.lm.ngram import LanguageModel
from despin.lm.published import check_published

DEFAULT_CONTEXT = Path(__file__).parents[1] / "model" / "zh_CN.context"
MAGIC = b"despin context model 2\n\0"
#: Words, axes of a vector, reach on either side, and length of the list of words in bytes; little-endian.
SIZES = struct.Struct("<4I")

#: Originals whose words are remembered.
REMEMBERED = 20_000


class Cut(NamedTuple):
    """A text as words: where each starts and ends, and its number in the context model, 0 for none."""

    starts: array[int]
    ends: array[int]
    numbers: array[int]


class ContextModel:
    """How well words fit their surroundings; `model` cuts text into words.

    Nothing is read before it is asked for. Picklable, and safe to share between threads. Raises `ModelError`, when it is
    first asked, for a file that is missing or damaged.
    """

    def __init__(self, model: LanguageModel, path: str | os.PathLike[str] = DEFAULT_CONTEXT) -> None:
        self.model = model
        self.path = Path(path)
        self._known: dict[str, array[int]] = {}

    def __reduce__(self) -> tuple[type[ContextModel], tuple[LanguageModel, str]]:
        return ContextModel, (self.model, str(self.path))

    @cached_property
    def _file(self) -> _File:
        try:
            about = self.path.stat()
        except OSError:
            return _File(self.path)  # says what is wrong
        return _opened(self.path, about.st_ino, about.st_size, about.st_mtime_ns)

    @property
    def reach(self) -> int:
        """How many words on either side are looked at."""
        return self._file.reach

    def cut(self, text: str) -> Cut:
        """`text` as words."""
        return Cut(*self.model.trigrams.cut(text, self._file.numbers, self._file.pauses))

    def words(self, text: str) -> array[int]:
        """The numbers of the words of `text`, a word or a few, which is remembered."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[text] = self.cut(text).numbers
        return found

    def fit(self, before: array[int], words: array[int], after: array[int]) -> float:
        """log10 of how much likelier `words` are between `before` and `after` than anywhere."""
        file = self._file
        before, after = before[-file.reach :], after[: file.reach]
        return _LOG10_E * fit(
            file.around,
            file.within,
            file.around_scales,
            file.within_scales,
            file.distances,
            file.offsets,
            before + words + after,
            len(before),
            len(before) + len(words),
            array("d", bytes(8 * file.size)),
        )

    def fits(
        self, cut: Cut, before: array[int], behind: array[int], firsts: array[int], words: Sequence[str]
    ) -> array[float]:
        """`fit` of the originals `words` of places of a text that is `cut`: so many of its words stand before a place, so many up to behind
        it; `firsts` are the numbers of each place's first original, and behind them how many there are."""
        file = self._file
        numbers, bounds = self.model.trigrams.cut_all(list(words), file.numbers, file.pauses)
        found = zeros(len(words))
        fits(
            file.around,
            file.within,
            file.around_scales,
            file.within_scales,
            file.distances,
            file.offsets,
            cut.numbers,
            (before, behind, firsts),
            numbers,
            bounds,
            zeros(file.size),
            found,
        )
        return array("d", [_LOG10_E * one for one in found])


_LOG10_E = 0.4342944819032518


class _File:
    """The arrays of a context model, mapped."""

    def __init__(self, path: Path) -> None:
        try:
            check_published(path)
            with path.open("rb") as file:
                whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:
            raise ModelError(f"{path}: the context model cannot be read ({error}); install despin again") from None
        head = len(MAGIC) + SIZES.size
        if whole[: len(MAGIC)] != MAGIC or len(whole) < head:
            raise ModelError(f"{path}: not a context model; install despin again")
        self.size: int
        self.reach: int
        count, self.size, self.reach, listed = SIZES.unpack_from(whole, len(MAGIC))
        lengths = [
            8 * self.reach * self.size,
            4 * count,
            4 * count,
            4 * count,
            count * self.size // 2,
            count * self.size // 2,
            listed,
        ]
        if self.size % 2 or len(whole) != head + sum(lengths):
            raise ModelError(f"{path}: the context model is cut off; install despin again")
        parts, place = [], head
        for length in lengths:
            parts.append(whole[place : place + length])
            place += length
        self.distances, self.offsets = parts[0].cast("f"), parts[1].cast("f")
        self.around_scales, self.within_scales = parts[2].cast("f"), parts[3].cast("f")
        self.around, self.within = parts[4], parts[5]
        try:
            str(parts[6], "utf-8")
        except UnicodeDecodeError:
            raise ModelError(f"{path}: the words of the context model are damaged; install despin again") from None
        try:
            #: `numbers.number(word)`: the number of a word, 0 for none.
            self.numbers = WordNumbers(parts[6], count)
        except ValueError:
            raise ModelError(
                f"{path}: the context model names words that it does not hold; install despin again"
            ) from None
        self.number = self.numbers.number
        #: The numbers of pauses, by character.
        self.pauses = {pause: self.number(word) for pause, word in PAUSES.items()}


@lru_cache(maxsize=2)
def _opened(path: Path, *_: int) -> _File:
    """A file, mapped once for all models that are made of it; the numbers tell whether it is still the same."""
    return _File(path)
