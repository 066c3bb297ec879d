"""The trigram model in plain Python: despin's own file (`ngram_file`), or any KenLM binary by KenLM's own reader. Twin of the first half of `despin.kernel.native.lattice`.

All scores are log10 probabilities.
"""

from __future__ import annotations

import functools
import math
import mmap
import os
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from despin.errors import ModelError
from despin.kernel.ngram_file import MAGIC, is_own
from despin.kernel.pure.ngram_file import State, open_own
from despin.kernel.types import CROSSING, Site

if TYPE_CHECKING:
    import kenlm


class Trigrams:
    """A word trigram model with its vocabulary. Raises `ModelError` when the file is neither despin's own nor a KenLM binary,
    and, when they are first asked for, where it holds no words."""

    #: Whether this is the compiled twin, which alone can be handed to compiled code.
    compiled = False

    def __init__(self, path: str) -> None:
        self.path = path
        self._own = open_own(path)
        if self._own is None:
            self._open_kenlm(path)
            return
        #: A state that remembers nothing: of `NgramFile`'s kind or KenLM's.
        self.null_state: Callable[[], Any] = State
        #: `score(state, word, next_state)`: log10 P(word | state); fills `next_state`.
        self.score: Callable[[Any, str, Any], float] = self._own.score

    def _open_kenlm(self, path: str) -> None:
        import kenlm

        check_structure(path)
        try:
            model = kenlm.Model(path)
        except (OSError, RuntimeError, ValueError) as error:  # a message that quotes the file may be no UTF-8
            raise ModelError(f"{path}: not a KenLM binary ({error}); install despin again") from None
        score = model.BaseScore

        def any_score(state: kenlm.State, word: str, following: kenlm.State) -> float:
            try:
                return float(score(state, word, following))
            except UnicodeEncodeError:  # half a pair of UTF-16: as any word that the model does not know
                return float(score(state, "<unk>", following))

        def null_state() -> kenlm.State:
            state = kenlm.State()
            model.NullContextWrite(state)
            return state

        self.null_state, self.score = null_state, any_score

    @property
    def vocabulary(self) -> frozenset[str]:
        """All words."""
        return self._words[0]

    @property
    def longest(self) -> dict[str, int]:
        """By first character, the length of the longest word of more than `CROSSING` characters."""
        return self._words[1]

    @property
    def _words(self) -> tuple[frozenset[str], dict[str, int]]:
        return _read_vocabulary(self.path) if self._own is None else self._own_words

    @functools.cached_property
    def _own_words(self) -> tuple[frozenset[str], dict[str, int]]:
        assert self._own is not None
        words = frozenset(self._own.numbers)
        return words, _longest(words)

    def state_after(self, word: str) -> Any:
        """The state after one word with nothing known before it."""
        state = self.null_state()
        self.score(self.null_state(), word, state)
        return state

    def knows(self, word: str) -> bool:
        """Whether a word is in the vocabulary."""
        return word in self.vocabulary

    def unigram(self, word: str) -> float:
        """log10 P(word) out of context; about -6.2 for a word outside the vocabulary."""
        return float(self.score(self.null_state(), word, self.null_state()))

    def sequence(self, words: Sequence[str]) -> float:
        """log10 P(words) in sequence, with nothing known before the first."""
        total = 0.0
        for score in self.scores(words)[0]:
            total += score
        return total

    def scores(self, words: Sequence[str]) -> tuple[list[float], Any]:
        """log10 P of every word of a sequence given those before it, and the state at the end."""
        state, found = self.null_state(), []
        for word in words:
            following = self.null_state()
            found.append(self.score(state, word, following))
            state = following
        return found, state

    def out_of_context(self, text: str) -> float:
        """log10 P of a word out of context, read as one or as two: 新的 is in the vocabulary and hardly ever meant as one."""
        total, words = self.best_split(text)
        if len(words) > 1:
            return self.sequence(words)
        pairs = [(text[:place], text[place:]) for place in range(1, len(text))]
        return max([total, *(self.sequence([*pair]) for pair in pairs if all(map(self.knows, pair)))])

    def best_split(self, text: str) -> tuple[float, list[str]]:
        """The likeliest segmentation of `text` into words by unigrams, as (log10 probability, words)."""
        if not text or self.knows(text):
            return self.unigram(text), [text]
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(text) + 1):
            best.append(
                max(
                    (best[start][0] + self.unigram(text[start:end]), start)
                    for start in range(max(0, end - 8), end)
                    if end - start == 1 or self.knows(text[start:end])
                )
            )
        words, end = [], len(text)
        while end:
            start = best[end][1]
            words.append(text[start:end])
            end = start
        return best[-1][0], words[::-1]

    def pair_gain(self, word: str, other: str) -> float:
        """log10 of how much likelier `other` is behind `word` than with nothing known before it."""
        return self.sequence([word, other]) - self.sequence([word]) - self.sequence([other])

    def crossing_word(self, line: str, start: int, place: int) -> int:
        """How long the longest word of two to four characters is that runs across `place` and begins at `start` or later; 0
        where there is none."""
        for size in (4, 3, 2):
            for first in range(max(start, place - size + 1), min(place, len(line) - size + 1)):
                if self.knows(line[first : first + size]):
                    return size
        return 0


class Words(Protocol):
    """What `Borders` asks of a model: that of either twin."""

    def knows(self, word: str) -> bool:
        """Whether a word is in the vocabulary."""

    def unigram(self, word: str) -> float:
        """log10 P(word) out of context."""


class WordNumbers:
    """The numbers of words that stand one behind the other in `words` (UTF-8), parted by zero bytes, from 0 on; those of an empty one, and
    of any that is not there, are 0. Raises `ValueError` where there are more than `most`."""

    def __init__(self, words: bytes | memoryview, most: int) -> None:
        every = str(words, "utf-8").split("\0")
        if any(every[most:]):
            raise ValueError("more words than there are numbers")
        self._numbers = dict(zip(every, range(len(every)), strict=True))
        self._numbers[""] = 0

    def number(self, word: str) -> int:
        """The number of a word."""
        return self._numbers.get(word, 0)


class Borders:
    """Weighs spun forms by the words across their borders: words of up to `longest` characters, `reach` characters on either
    side. Most forms that make ordinary text look doubtful are no words there: 出的 in 提出的, 构和 in 结构和. `temper` is what
    log-probabilities are multiplied by."""

    def __init__(self, lm: Words, reach: int, longest: int, temper: float) -> None:
        self._lm, self._reach, self._longest, self._temper = lm, reach, longest, temper

    def hold(self, text: str, sites: Sequence[Site], worth: Mapping[int, float], least: float) -> bool:
        """Whether `sites` of `text`, whose patterns are `worth` so much (log10) out of context, are worth `least` together where
        they stand: the odds of each are divided by how much likelier its surroundings are once words may run across its
        borders."""
        total = 0.0
        for start, end, pattern in sites:
            odds = (10.0 ** worth[pattern] - 1.0) * 10.0 ** (-self._temper * self.border_loss(text, start, end))
            total += math.log10(1.0 + odds)
            if total >= least:
                return True
        return False

    def border_loss(self, text: str, start: int, end: int) -> float:
        """log10 of how much likelier text[start:end] and the characters around it are, split into words as is likeliest by
        unigrams, than where no word runs across its borders."""
        low, high = max(0, start - self._reach), min(len(text), end + self._reach)
        apart = self._best(text[low:start]) + self._best(text[start:end]) + self._best(text[end:high])
        return max(0.0, self._best(text[low:high]) - apart)

    def _best(self, text: str) -> float:
        """log10 probability of the likeliest split; a character the model does not know is a word."""
        best = [0.0] + [-math.inf] * len(text)
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                if end == start + 1 or self._lm.knows(text[start:end]):
                    best[end] = max(best[end], best[start] + self._lm.unigram(text[start:end]))
        return best[-1]


#: What a KenLM binary begins with, where the shape of the model stands behind it, and the kind that the compiled reader takes.
_MAGIC, _SHAPE, _QUANTISED = b"mmap lm http://kheafield.com/code format version 5\n\0", 88, 5


def is_compiled_kind(path: str | os.PathLike[str]) -> bool:
    """Whether compiled code reads files of this kind: despin's own, and quantised tries of trigrams. Raises `ModelError` for one
    that begins as neither of them nor any KenLM binary."""
    try:
        with open(path, "rb") as file:
            own = is_own(file.read(len(MAGIC)))
    except OSError as error:
        raise ModelError(
            f"{path}: the language model cannot be read ({error.strerror}); install despin again"
        ) from None
    return own or is_quantised_trie(path)


def is_quantised_trie(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a quantised trie of trigrams with its words. Raises `ModelError` for one that begins as no KenLM
    binary at all: KenLM would read it as text, for minutes."""
    try:
        with open(path, "rb") as file:
            head = file.read(_SHAPE + 64)
    except OSError as error:
        raise ModelError(
            f"{path}: the language model cannot be read ({error.strerror}); install despin again"
        ) from None
    if len(head) < _SHAPE + 64 or not head.startswith(_MAGIC):
        raise ModelError(f"{path}: not a KenLM binary; install despin again")
    order, _, kind, has_words, _ = struct.unpack_from("<B3xfIB3xI", head, _SHAPE)
    return (order, kind, has_words) == (3, _QUANTISED, 1)


def check_structure(path: str) -> None:
    """Raise `ModelError` for a quantised trie whose words lead to no bigrams, or that is cut off: KenLM reads whatever lies where
    the file says, and beyond its end."""
    if not is_quantised_trie(path):
        return
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        unigrams, bigrams, trigrams = struct.unpack_from("<QQQ", whole, _COUNT)
        if not 0 < unigrams < 1 << 20 or max(bigrams, trigrams) > len(whole):
            raise ModelError(f"{path}: the language model is cut off; install despin again")
        place = (_COUNT + 24 + 7) // 8 * 8 + 8 + 8 * unigrams
        bits = whole[place + 1 : place + 3]
        start = place + 8 + sum(4 << bit for bit in bits) + (4 << bits[0] if bits else 0)
        end = start + (unigrams + 2) * 16
        if len(bits) < 2 or max(bits) > 25 or end > len(whole):
            raise ModelError(f"{path}: the language model is cut off; install despin again")
        with memoryview(whole[start:end]) as table:
            nexts = table.cast("Q")[1::2].tolist()[: unigrams + 1]
    if nexts != sorted(nexts) or nexts[-1] > bigrams + 1:
        raise ModelError(f"{path}: bigrams are not where the words say; install despin again")


#: Where a KenLM binary says how many words it holds: behind what tells the machines apart, and the shape of the model.
_COUNT = 88 + 20


@functools.lru_cache(maxsize=2)
def _read_vocabulary(path: str) -> tuple[frozenset[str], dict[str, int]]:
    """The words at the end of a KenLM binary, and by first character the longest word of more than `CROSSING`. Raises `ModelError`
    for a file without words, or with fewer than its header says."""
    with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        start = whole.rfind(b"<unk>\0")
        data = whole[max(0, start) :]
        (count,) = struct.unpack_from("<Q", whole, _COUNT)
    if start < 0:
        raise ModelError(f"{path}: the model holds no word list; build it with its vocabulary")
    if data.count(b"\0") != count:
        raise ModelError(
            f"{path}: the model is cut off, {data.count(0)} of {count} words are there; install despin again"
        )
    try:
        words = data[len(b"<unk>\0") :].decode("utf-8").split("\0")
    except UnicodeDecodeError:
        raise ModelError(f"{path}: the words of the model are damaged; install despin again") from None
    return frozenset(words), _longest(words)


def _longest(words: Iterable[str]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for word in [word for word in words if len(word) > CROSSING]:
        longest[word[0]] = max(len(word), longest.get(word[0], 0))
    return longest
