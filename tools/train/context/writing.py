"""Writes a context model as `despin.lm.context` reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from despin.lm.context import MAGIC, SIZES
from tools.train.context.vectors import Floats, Vectors

#: Whole numbers of an axis lie between minus this and this.
MOST = 7
#: The largest number of a vector is cut where that makes the squared error less: scales that are tried, of the one without.
TRIED = np.linspace(0.5, 1.0, 26)


def write(vectors: Vectors, path: Path) -> None:
    """Write the model to `path`, every vector as whole numbers of four bits and a scale."""
    count, size = vectors.within.shape
    words = "\0".join(vectors.words).encode()
    around, around_scales = _rounded(vectors.around)
    within, within_scales = _rounded(vectors.within)
    arrays = (vectors.distances, vectors.offsets, around_scales, within_scales)
    parts = [MAGIC, SIZES.pack(count, size, len(vectors.distances) // 2, len(words))]
    parts += [array.astype("<f4").tobytes() for array in arrays]
    path.write_bytes(b"".join([*parts, _halved(around), _halved(within), words]))


def _rounded(rows: Floats) -> tuple[NDArray[np.int64], Floats]:
    """(whole numbers, the scale of every vector): the scale that makes the squared error least."""
    largest = np.abs(rows).max(1) / MOST
    largest[largest == 0.0] = 1.0
    best, scales = np.full(len(rows), np.inf), largest.copy()
    for share in TRIED:
        tried = largest * share
        error = ((_whole(rows, tried) * tried[:, None] - rows) ** 2).sum(1)
        better = error < best
        best[better], scales[better] = error[better], tried[better]
    return _whole(rows, scales), scales


def _whole(rows: Floats, scales: Floats) -> NDArray[np.int64]:
    return np.clip(np.round(rows / scales[:, None]), -MOST, MOST).astype(np.int64)


def _halved(rows: NDArray[np.int64]) -> bytes:
    """Two numbers a byte: one of the first half of the axes in its low bits, one of the second in its high ones."""
    half = rows.shape[1] // 2
    return ((rows[:, :half] + 8) | (rows[:, half:] + 8) << 4).astype(np.uint8).tobytes()
