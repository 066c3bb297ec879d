"""How well words fit their surroundings, on flat arrays. Compiled where a compiler was at hand; types in `fitting.pxd`."""

from __future__ import annotations

from array import array


def fit(
    around: memoryview[int],
    within: memoryview[int],
    around_scales: memoryview[float],
    within_scales: memoryview[float],
    distances: memoryview[float],
    offsets: memoryview[float],
    words: array[int],
    first: int,
    last: int,
    vector: array[float],
) -> float:
    """How much likelier (natural log) `words[first:last]` are among the other `words` than anywhere.

    `around` and `within` hold a vector for every word, as a neighbour and as the word in question, whole numbers times the
    word's scale; `distances` one for every distance. Word 0 is none: it says nothing. `vector` is room for one vector.
    """
    size = len(vector)
    reach = len(distances) // size // 2
    total = 0.0
    for place in range(first, last):
        word = words[place]
        if word == 0:
            continue
        for axis in range(size):
            vector[axis] = 0.0
        for step in range(2 * reach):
            other = place + step - reach if step < reach else place + step - reach + 1
            if other < 0 or other >= len(words) or words[other] == 0:
                continue
            base, row, scale = words[other] * size, step * size, around_scales[words[other]]
            for axis in range(size):
                vector[axis] += distances[row + axis] * (scale * around[base + axis])
        product = 0.0
        base = word * size
        for axis in range(size):
            product += vector[axis] * within[base + axis]
        total += product * within_scales[word] + offsets[word]
    return total
