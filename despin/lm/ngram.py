"""The language model: how fluent is a sequence of words, knowing nothing of spinning.

The model is a word trigram, memory-mapped from `despin/model/zh_CN.lm` (origin, licence and figures in
`despin/model/README.md`), in a format of despin's own (`despin/kernel/ngram_file.py`);
KenLM's quantised tries of trigrams are read too. All scores are log10 probabilities.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from despin.errors import ModelError
from despin.kernel import open_trigrams
from despin.lm.published import check_published
from despin.lm.tree_cache import load_tree, store_tree

DEFAULT_MODEL = Path(__file__).parent.parent / "model" / "zh_CN.lm"


class LanguageModel:
    """A word trigram model with its vocabulary. Picklable (the file is mapped again on arrival) and safe to share
    between threads. Raises `ModelError` when the file is missing, damaged, or neither of these."""

    def __init__(self, path: str | os.PathLike[str] = DEFAULT_MODEL) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise ModelError(f"{self.path}: the language model is missing; install despin again")
        try:
            check_published(self.path)
        except OSError as error:
            raise ModelError(
                f"{self.path}: the language model cannot be read ({error.strerror}); install despin again"
            ) from None
        #: The model as the kernel takes it.
        tree = load_tree(self.path)
        self.trigrams = open_trigrams(self.path, tree)
        if tree is None:
            store_tree(self.path, self.trigrams)

    def __reduce__(self) -> tuple[type[LanguageModel], tuple[str]]:
        return LanguageModel, (str(self.path),)

    def another(self) -> LanguageModel:
        """The same model for another thread, with a memory of its own."""
        other = LanguageModel.__new__(LanguageModel)
        other.path, other.trigrams = self.path, self.trigrams.another()
        return other

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words."""
        return self.trigrams.vocabulary()

    def knows(self, word: str) -> bool:
        """Whether a word is in the vocabulary."""
        return self.trigrams.knows(word)

    def unigram(self, word: str) -> float:
        """log10 P(word) out of context; about -6.2 for a word outside the vocabulary."""
        return self.trigrams.unigram(word)

    def sequence(self, words: list[str]) -> float:
        """log10 P(words) in sequence, with nothing known before the first."""
        return self.trigrams.sequence(words)

    def out_of_context(self, text: str) -> float:
        """log10 P of a word out of context, read as one or as two: 新的 is in the vocabulary
        and hardly ever meant as one."""
        return self.trigrams.out_of_context(text)

    def best_split(self, text: str) -> tuple[float, list[str]]:
        """The likeliest segmentation of `text` into words by unigrams, as (log10 probability, words)."""
        return self.trigrams.best_split(text)
