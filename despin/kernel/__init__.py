"""The inner loops, which are compiled: `em`, `marks` and `constraints` from Python with the types in their `.pxd`,
those of `native` from Cython."""

from __future__ import annotations

import os

from despin.kernel.native.lattice import Trigrams
from despin.kernel.native.matcher import segments as _segments
from despin.kernel.types import PAUSES, Arc, Lattice, Segment, Site
from despin.tuning import Search

__all__ = ["build_lattice", "open_trigrams", "segments"]


def open_trigrams(path: str | os.PathLike[str], tree: bytes | None = None) -> Trigrams:
    """The trigram model in a file; `tree` is what `Trigrams.tree` gave for the same file. Raises `ModelError` for a
    file that is neither despin's own nor a KenLM binary of the one kind that is read."""
    return Trigrams(str(path), Search.crossing, PAUSES, tree)


def build_lattice(
    text: str,
    arcs: list[Arc],
    odds: list[float],
    lm: Trigrams,
    before: str = "",
    width: float = Search.width,
    beam: int = Search.beam,
) -> Lattice:
    """The lattice of `text`, whose last character must be a pause or another character no word contains.

    `odds` are the log10 channel odds of the arcs, used for pruning only. `before` is the word that precedes; hypotheses
    `width` orders of magnitude below the best of their place are dropped, and all but the `beam` best ones.
    """
    return Lattice(arcs, *lm.lattice(text, arcs, odds, before, beam, width))


def segments(text: str, sites: list[Site]) -> list[Segment]:
    """The segments of `text` around `sites` (sorted by start), in order."""
    return _segments(text, sites, Search.context, Search.longest)
