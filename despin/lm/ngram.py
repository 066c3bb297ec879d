"""The language model: how fluent is a sequence of words, knowing nothing of spinning.

The model is a word trigram in KenLM's trie format, memory-mapped from `despin/model/zh_CN.lm`
(origin, licence and figures in `despin/model/README.md`). All scores are log10 probabilities.
"""

from __future__ import annotations

import functools
import mmap
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from despin.errors import ModelError
from despin.kernel.types import CROSSING, PAUSES

if TYPE_CHECKING:
    import kenlm

    from despin.kernel.native.lattice import Builder

DEFAULT_MODEL = Path(__file__).parents[1] / "model" / "zh_CN.lm"


class LanguageModel:
    """A word trigram model with its vocabulary.

    Picklable (the file is mapped again on arrival) and safe to share between threads.
    Raises `ModelError` when the file is missing or is no KenLM binary.
    """

    def __init__(self, path: str | os.PathLike[str] = DEFAULT_MODEL) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise ModelError(f"{self.path}: the language model is missing; install despin again")
        #: Builds lattices compiled, where that was compiled for this machine and the file is of the kind it reads.
        self.builder = _builder(self.path)
        if self.builder is None:
            self._model  # noqa: B018 - a file that is no model is found out here

    @functools.cached_property
    def _model(self) -> kenlm.Model:
        return _open(self.path)

    @functools.cached_property
    def score(self) -> Callable[[kenlm.State, str, kenlm.State], float]:
        """`score(state, word, next_state)`: log10 P(word | state); fills `next_state`."""
        return self._model.BaseScore  # type: ignore[no-any-return]

    @property
    def vocabulary(self) -> frozenset[str]:
        """All words."""
        return _read_vocabulary(self.path)[0]

    @property
    def longest(self) -> dict[str, int]:
        """By first character, the length of the longest word of more than `CROSSING` characters."""
        return _read_vocabulary(self.path)[1]

    def knows(self, word: str) -> bool:
        """Whether a word is in the vocabulary."""
        if self.builder is not None and word:
            return self.builder.model.number(word) > 0
        return word in self.vocabulary

    def __reduce__(self) -> tuple[type[LanguageModel], tuple[str]]:
        return LanguageModel, (str(self.path),)

    def null_state(self) -> kenlm.State:
        """The state that remembers nothing."""
        import kenlm

        state = kenlm.State()
        self._model.NullContextWrite(state)
        return state

    def state_after(self, word: str) -> kenlm.State:
        """The state after one word with nothing known before it."""
        import kenlm

        state = kenlm.State()
        self.score(self.null_state(), word, state)
        return state

    def unigram(self, word: str) -> float:
        """log10 P(word) out of context; about -6.2 for a word outside the vocabulary."""
        if self.builder is not None:
            return self.builder.model.scores([word])[0][0]
        import kenlm

        return float(self.score(self.null_state(), word, kenlm.State()))

    def sequence(self, words: list[str]) -> float:
        """log10 P(words) in sequence, with nothing known before the first."""
        if self.builder is not None:
            total = 0.0
            for score in self.builder.model.scores(words)[0]:
                total += score
            return total
        import kenlm

        state, total = self.null_state(), 0.0
        for word in words:
            following = kenlm.State()
            total += self.score(state, word, following)
            state = following
        return total

    def out_of_context(self, text: str) -> float:
        """log10 P of a word out of context, read as one or as two: 新的 is in the vocabulary and hardly ever meant as one."""
        if self.builder is not None:
            return self.builder.model.out_of_context(text)
        total, words = self.best_split(text)
        if len(words) > 1:
            return self.sequence(words)
        pairs = [(text[:place], text[place:]) for place in range(1, len(text))]
        return max([total, *(self.sequence([*pair]) for pair in pairs if all(map(self.knows, pair)))])

    def best_split(self, text: str) -> tuple[float, list[str]]:
        """The likeliest segmentation of `text` into words by unigrams, as (log10 probability, words)."""
        if self.builder is not None:
            return self.builder.model.best_split(text)
        if self.knows(text):
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


def _open(path: Path) -> kenlm.Model:
    import kenlm

    try:
        return kenlm.Model(str(path))
    except (OSError, RuntimeError) as error:
        raise ModelError(f"{path}: not a KenLM binary ({error}); install despin again") from None


def _builder(path: Path) -> Builder | None:
    try:
        from despin.kernel.native.lattice import Builder, Trigrams

        return Builder(Trigrams(str(path)), CROSSING, PAUSES)
    except (ImportError, ModelError):
        return None


@functools.lru_cache(maxsize=2)
def _read_vocabulary(path: Path) -> tuple[frozenset[str], dict[str, int]]:
    """The words at the end of a KenLM binary, and by first character the longest word of more than `CROSSING`."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        start = whole.rfind(b"<unk>\0")
        data = whole[max(0, start) :]
    if start < 0:
        raise ModelError(f"{path}: the model holds no word list; build it with its vocabulary")
    words = data[len(b"<unk>\0") :].decode("utf-8").split("\0")
    longest: dict[str, int] = {}
    for word in [word for word in words if len(word) > CROSSING]:
        longest[word[0]] = max(len(word), longest.get(word[0], 0))
    return frozenset(words), longest
