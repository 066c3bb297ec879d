"""Writes a context model as `despin.lm.context` reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from despin.lm.context import MAGIC, SIZES
from tools.train.context.vectors import Floats, Vectors


def write(vectors: Vectors, path: Path) -> None:
    """Write the model to `path`, every vector as whole numbers of one byte and a scale."""
    count, size = vectors.within.shape
    words = "\0".join(vectors.words).encode()
    around, around_scales = _rounded(vectors.around)
    within, within_scales = _rounded(vectors.within)
    arrays = (vectors.distances, vectors.offsets, around_scales, within_scales)
    parts = [MAGIC, SIZES.pack(count, size, len(vectors.distances) // 2, len(words))]
    parts += [array.astype("<f4").tobytes() for array in arrays]
    path.write_bytes(b"".join([*parts, around.tobytes(), within.tobytes(), words]))


def _rounded(rows: Floats) -> tuple[NDArray[np.int8], Floats]:
    scales = np.abs(rows).max(1) / 127.0
    scales[scales == 0.0] = 1.0
    return np.round(rows / scales[:, None]).astype(np.int8), scales
