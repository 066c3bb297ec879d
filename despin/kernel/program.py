"""The segmented spinner's inner loops: compiled where there is a compiler, and the same in plain Python."""

from __future__ import annotations

from despin.kernel import COMPILED

if COMPILED:
    from despin.kernel.native.program import SEAL, Segmenter, seal, trie
else:
    from despin.kernel.pure.program import SEAL, Segmenter, seal, trie  # type: ignore[assignment]

__all__ = ["SEAL", "Segmenter", "seal", "trie"]
