"""The segmented spinner's inner loops: compiled where there is a compiler, and the same in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from despin.kernel import COMPILED

if TYPE_CHECKING:
    from despin.kernel import Trigrams

if COMPILED:
    from despin.kernel.native.program import (
        SEAL,
        Choice,
        Evidence,
        Preimages,
        Segmenter,
        WordOdds,
        agreed,
        columns_of,
        repeated,
        reweighed,
        seal,
        trie,
        weighing,
    )  # fmt: skip
else:
    from despin.kernel.pure.preimages import Choice, Evidence, Preimages  # type: ignore[assignment]
    from despin.kernel.pure.program import SEAL, Segmenter, seal, trie  # type: ignore[assignment]
    from despin.kernel.pure.rows import agreed, columns_of, repeated, reweighed, weighing
    from despin.kernel.pure.word_odds import WordOdds  # type: ignore[assignment]

__all__ = [
    "SEAL", "Choice", "Evidence", "Preimages", "Segmenter", "WordOdds", "agreed", "columns_of", "make_preimages", "repeated", "reweighed",
    "seal", "trie", "weighing",
]  # fmt: skip


#: How much weights count that were learned of a program with one rank, where a program draws one of several.
TRUST = 0.5


def make_preimages(words: Segmenter, lm: Trigrams, data: Any, kept: float, like: Choice | None = None) -> Preimages:
    """A program backwards, with the weights in `data`, where a word that the program would have replaced stands at the price
    `kept` (log10). It is plain Python where the language model is. `like` are the weights of another program over the same data and
    weights, which it shares. Raises `ModelError` for data that are damaged."""
    trust = 1.0 if len(words.ranks) == 1 else TRUST
    if lm.compiled or not COMPILED:
        return Preimages(words, lm, Choice(words, data) if like is None else like, kept=kept, trust=trust)
    # The language model's file has a format that compiled code does not read.
    from despin.kernel.pure import preimages, program

    plain = program.Segmenter.checked(words.blob, words.eligible_flags, words.ranks)
    weights = preimages.Choice(plain, data) if like is None else like
    return preimages.Preimages(plain, lm, weights, kept=kept, trust=trust)  # type: ignore[return-value,arg-type]
