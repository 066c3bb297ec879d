"""The segmented spinner's inner loops: compiled where there is a compiler, and the same in plain Python."""

from __future__ import annotations

from despin.kernel import COMPILED

if COMPILED:
    from despin.kernel.native.program import SEAL, Choice, Evidence, Preimages, Segmenter, seal, trie
else:
    from despin.kernel.pure.preimages import Choice, Evidence, Preimages  # type: ignore[assignment]
    from despin.kernel.pure.program import SEAL, Segmenter, seal, trie  # type: ignore[assignment]

__all__ = ["SEAL", "Choice", "Evidence", "Preimages", "Segmenter", "seal", "trie"]
