"""All bigrams of the language model as arrays: asking for every pair of words would take hours. Needs numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from despin.errors import ModelError
from despin.kernel.ngram_file import MAGIC, is_own

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from despin.lm.ngram import LanguageModel

    Array = NDArray[Any]


@dataclass(frozen=True)
class Bigrams:
    """`words[i]` with log10 probability `unigrams[i]`; bigram n has log10 P(words[following[n]] | words[previous[n]])
    `scores[n]`."""

    words: list[str]
    unigrams: Array
    previous: Array
    following: Array
    scores: Array


class KnownBigrams:
    """Which bigrams the model holds."""

    def __init__(self, bigrams: Bigrams) -> None:
        self._number = {word: index for index, word in enumerate(bigrams.words)}
        self._size = len(bigrams.words)
        self._keys = frozenset((bigrams.previous.astype("int64") * self._size + bigrams.following).tolist())

    def holds(self, previous: str, word: str) -> bool:
        """Whether the model holds the bigram."""
        first, second = self._number.get(previous), self._number.get(word)
        return first is not None and second is not None and first * self._size + second in self._keys


def read_bigrams(model: LanguageModel) -> Bigrams:
    """All bigrams of the model. Raises `ModelError` for a file that is not of despin's own format."""
    with model.path.open("rb") as opened:
        if not is_own(opened.read(len(MAGIC))):
            raise ModelError(f"{model.path}: bigrams can only be read from a model of despin's own format")
    from despin.lm.own_file import read

    own = read(model.path)
    unigrams, bigrams, _ = own.grams
    return Bigrams(own.vocabulary, unigrams.probability, bigrams.words[:, 0], bigrams.words[:, 1], bigrams.probability)
