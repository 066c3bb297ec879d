"""Despin's own file of trigrams, read where it lies. Plain twin of `Trigrams._open_own` and what it calls in
`despin.kernel.native.lattice`; the layout stands in `despin/kernel/ngram_file.py`.
"""

from __future__ import annotations

import mmap
from functools import lru_cache
from typing import NamedTuple

from despin.errors import ModelError
from despin.kernel import ngram_file as form

#: So many bigrams are remembered.
_REMEMBERED = 1 << 16


class State:
    """What the model remembers: the last words (the latest first), the back-off weight of each length, and the rank by which
    trigrams know both together. States are equal where the words are."""

    __slots__ = ("backoffs", "rank", "words")

    def __init__(self) -> None:
        self.words: tuple[int, ...] = ()
        self.backoffs: tuple[float, ...] = ()
        self.rank = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self.words == other.words

    def __hash__(self) -> int:
        return hash(self.words)


class Bigram(NamedTuple):
    """What is known of a word after one other: log10 probability of the longest n-gram, back-off weights (None where no longer
    n-gram begins so), whether the model knows the two, their rank, and the trigrams that end in them: the first bit, how many,
    and the bits of a rank."""

    probability: float
    backoff: float | None
    known: bool = False
    pair_backoff: float | None = None
    rank: int = 0
    place: int = 0
    trigrams: int = 0
    width: int = 0


class NgramFile:
    """A model and its words. Raises `ModelError` for a file that is damaged."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        self._path = path
        self.where = where = form.read_layout(bytes(whole[:128]), len(whole), path)
        self._whole = whole
        tables = whole[where.tables_at : where.unigrams_at].cast("h")
        first, second = 1 << where.bigram_bits, 1 << where.backoff_bits
        self._bigram_table = [value / form.UNIT for value in tables[:first]]
        self._backoff_table = [value / form.UNIT for value in tables[first : first + second]]
        third = first + second + (1 << where.trigram_bits)
        self._trigram_table = [value / form.UNIT for value in tables[first + second : third]]
        self._unigrams = whole[where.unigrams_at : where.unigrams_at + 4 * where.words].cast("h")
        self._heads = whole[where.heads_at : where.heads_at + 8 * (where.heads + 1)].cast("I")
        groups = form.groups_of(where.suffixes)
        self._groups = whole[where.groups_at : where.groups_at + 4 * (groups + 1)].cast("I")
        self._check(groups)
        self.numbers = self._read_words()
        self.bigram = lru_cache(maxsize=_REMEMBERED)(self._bigram)

    def _read_words(self) -> dict[str, int]:
        data = bytes(self._whole[self.where.words_at :])
        try:
            words = data.decode("utf-8").split("\0")[:-1]
        except UnicodeDecodeError:
            raise form.damaged(self._path, "the words of the model are damaged") from None
        if not data.endswith(b"\0") or words[0] != "<unk>" or len(words) != self.where.words:
            raise form.damaged(self._path, "the words are not where the header says")
        return {word: number for number, word in enumerate(words) if number}

    def _check(self, groups: int) -> None:
        """Raise `ModelError` unless all that leads from words to bigrams, and from bigrams to trigrams, stays among them."""
        where = self.where
        firsts, places = self._heads[::2].tolist(), self._heads[1::2].tolist()
        end, step = 8 * (where.bigrams_end - where.bigrams_at), where.word_bits + where.way_bits
        right = firsts == sorted(firsts) and places == sorted(places) and places[-1] <= end
        if not right or firsts[0] != 0 or firsts[-1] != where.bigrams:
            raise form.damaged(self._path, "bigrams are not where the words say")
        for word in range(where.heads):
            count = firsts[word + 1] - firsts[word]
            if count > form.BLOCK and places[word] + (count - 1) // form.BLOCK * step > end:
                raise form.damaged(self._path, "bigrams are not where the words say")
        found = [0, 0]
        for place in range(
            where.marks_at, where.marks_at + form.MARK_BYTES * (where.bigrams // form.MARKED + 1), form.MARK_BYTES
        ):
            for which in (0, 1):
                right = right and self._number(place + 4 * which, 4) == found[which]
                found[which] += bin(self._number(place + 8 + 24 * which, 24)).count("1")
        if not right or found != [where.contexts, where.suffixes]:
            raise form.damaged(self._path, "the marks of bigrams do not count what the header says")
        listed = self._groups.tolist()
        if listed != sorted(listed) or listed[groups] > 8 * (where.trigrams_end - where.trigrams_at):
            raise form.damaged(self._path, "trigrams are not where the bigrams say")

    def _number(self, place: int, size: int) -> int:
        """The number in so many bytes."""
        return int.from_bytes(self._whole[place : place + size], "little")

    def _window(self, start: int, bit: int) -> int:
        """At least 57 bits from a bit on behind byte `start`."""
        return self._number(start + (bit >> 3), 8) >> (bit & 7)

    def _bits(self, start: int, bit: int, count: int) -> int:
        return self._window(start, bit) & ((1 << count) - 1)

    def score(self, state: State, word: str, following: State) -> float:
        """log10 P(word | state); fills `following`."""
        number = self.numbers.get(word, 0)
        previous = state.words[0] if state.words else -1
        found = self.bigram(previous, number)
        probability, length = found.probability, 1
        following.words, following.backoffs, following.rank = (), (), 0
        if found.backoff is not None:
            following.words, following.backoffs = (number,), (found.backoff,)
        if found.known:
            length = 2
            if found.pair_backoff is not None:
                # KenLM keeps both words where the two go on, even where the last alone does not.
                following.words = (number, previous)
                following.backoffs = (found.backoff or 0.0, found.pair_backoff)
                following.rank = found.rank
            if len(state.words) == 2 and found.trigrams:
                code = self._find_rank(found, state.rank)
                if code >= 0:
                    probability, length = self._trigram_table[code], 3
        for index in range(length - 1, len(state.words)):
            probability += state.backoffs[index]
        return probability

    def _bigram(self, previous: int, word: int) -> Bigram:
        """What the model knows of a word after another (-1: after nothing)."""
        backoff = self._unigrams[self.where.words + word]
        plain = Bigram(self._unigrams[word] / form.UNIT, None if backoff == form.NO_BACKOFF else backoff / form.UNIT)
        found = self._find(previous, word) if previous >= 0 else None
        if found is None:
            return plain
        at, code = found
        plain = plain._replace(probability=self._bigram_table[code], known=True)
        context, extends = self._marked(at, 0)
        if extends:
            bits = self.where.backoff_bits
            plain = plain._replace(
                pair_backoff=self._backoff_table[self._bits(self.where.backoffs_at, context * bits, bits)],
                rank=context - self._marked(self._heads[2 * word], 0)[0],
            )
        suffix, ends = self._marked(at, 1)
        return self._with_group(plain, suffix) if ends else plain

    def _find(self, before: int, word: int) -> tuple[int, int] | None:
        """(the number of a bigram, the code of its probability); None where there is none."""
        where = self.where
        if word >= where.heads:
            return None
        first, place, last = self._heads[2 * word], self._heads[2 * word + 1], self._heads[2 * word + 2]
        if first == last:
            return None
        start, step = where.bigrams_at, where.word_bits + where.way_bits
        low, high = 0, (last - first - 1) // form.BLOCK
        ways = high
        while low < high:
            middle = (low + high) // 2
            if self._bits(start, place + middle * step, where.word_bits) <= before:
                low = middle + 1
            else:
                high = middle
        number, index, entry = -1, -1, place + (low - 1) * step
        place += ways * step
        if low:
            number, index = self._bits(start, entry, where.word_bits), 0
            place += self._bits(start, entry + where.word_bits, where.way_bits)
        if place > 8 * (where.bigrams_end - start):
            return None
        first += low * form.BLOCK
        count = min(form.BLOCK, last - first)
        shift = self._bits(start, place, form.SHIFT_BITS)
        codes = place + form.SHIFT_BITS
        place = codes + count * where.bigram_bits
        while number < before:
            index += 1
            if index == count:
                return None
            value = self._window(start, place)
            whole = _trailing_zeros(value | 1 << 56)
            place += whole + 1 + shift
            number += 1 + (whole << shift | value >> (whole + 1) & ((1 << shift) - 1))
        if number != before:
            return None
        return first + index, self._bits(start, codes + index * where.bigram_bits, where.bigram_bits)

    def _marked(self, at: int, which: int) -> tuple[int, bool]:
        """How many bigrams before bigram `at` are marked (0: have a back-off weight, 1: trigrams end in them), and whether it is."""
        place = self.where.marks_at + at // form.MARKED * form.MARK_BYTES
        bit = at % form.MARKED
        bits = self._number(place + 8 + 24 * which, 24)
        count = self._number(place + 4 * which, 4) + bin(bits & ((1 << bit) - 1)).count("1")
        return count, bool(bits >> bit & 1)

    def _with_group(self, found: Bigram, suffix: int) -> Bigram:
        """`found` with where the trigrams of the bigram stand that has some as the `suffix`th."""
        start, end = self.where.trigrams_at, 8 * (self.where.trigrams_end - self.where.trigrams_at)
        place, left = self._groups[suffix // form.GROUP], suffix % form.GROUP
        while True:
            value = self._window(start, place)
            width = value & ((1 << form.WIDTH_BITS) - 1)
            value >>= form.WIDTH_BITS
            whole = _trailing_zeros(value | 1 << 24)
            count = 1 << whole | value >> (whole + 1) & ((1 << whole) - 1)
            place += form.WIDTH_BITS + 2 * whole + 1
            behind = place + count * (width + self.where.trigram_bits)
            if behind > end:
                return found
            if not left:
                return found._replace(place=place, trigrams=count, width=width)
            left -= 1
            place = behind

    def _find_rank(self, found: Bigram, rank: int) -> int:
        """The code of the probability of the trigram that begins with `rank`; -1 where there is none."""
        start, low, high = self.where.trigrams_at, 0, found.trigrams
        step = found.width + self.where.trigram_bits
        while low < high:
            middle = (low + high) // 2
            value = self._window(start, found.place + middle * step)
            here = value & ((1 << found.width) - 1)
            if here == rank:
                return value >> found.width & ((1 << self.where.trigram_bits) - 1)
            if here < rank:
                low = middle + 1
            else:
                high = middle
        return -1


def _trailing_zeros(value: int) -> int:
    return (value & -value).bit_length() - 1


def open_own(path: str) -> NgramFile | None:
    """The model in a file of despin's own; None for another file. Raises `ModelError` for one that is damaged."""
    try:
        with open(path, "rb") as file:
            own = form.is_own(file.read(len(form.MAGIC)))
        return NgramFile(path) if own else None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: the language model cannot be read ({error}); install despin again") from None
