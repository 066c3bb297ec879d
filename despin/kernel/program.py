"""The segmented spinner's inner loops: compiled where there is a compiler, and the same in plain Python."""

from __future__ import annotations

try:
    from despin.kernel.native.program import SEAL, Choice, Evidence, Preimages, Segmenter, seal, trie
except ImportError:
    from despin.kernel.pure.preimages import Choice, Evidence, Preimages  # type: ignore[assignment]
    from despin.kernel.pure.program import SEAL, Segmenter, seal, trie  # type: ignore[assignment]

__all__ = ["SEAL", "Choice", "Evidence", "Preimages", "Segmenter", "seal", "trie"]
