"""The table of neighbours of any word vectors: what a spinner that runs on them writes for each word, by rank.

Vectors are read from files in word2vec's binary or text format, with or without a first line of counts; those of other
tools (GloVe, fastText's .vec) are written alike. Needs numpy: the extra `despin[learn]`.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from despin.errors import InputError
from despin.kernel.program_blob import LONGEST, RANKS
from despin.progress import Progress
from despin.spinners.dictionary import open_segmenter
from despin.spinners.neighbours import Neighbours, flag_names

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]
    Rows = npt.NDArray[np.int32]

#: So many neighbours are looked for, the word itself among them.
LOOKED_FOR = 10
#: Candidates in single precision, among which double precision decides.
CANDIDATES = 24
#: Words whose distances are computed at one time.
BLOCK = 512
#: Vectors of more words take hours, and of more axes too much memory.
MOST_WORDS, MOST_AXES = 500_000, 2_000


def read_vectors(path: str | os.PathLike[str], most: int = MOST_WORDS) -> tuple[list[str], Vectors, int]:
    """(words, vectors by row, words that stand twice and were left out) of a file; at most the first `most` words,
    which are the most frequent ones in files as they circulate. Raises `InputError`, with line or byte, for a file that
    is missing, cut off, or no vectors."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    try:
        words, vectors = parse(data, most)
    except ValueError as error:
        raise InputError(f"{path}:{error}") from None
    first = {word: row for row, word in reversed(list(enumerate(words))) if _usable(word)}
    rows = sorted(first.values())
    twice = sum(map(_usable, words)) - len(rows)
    return [words[row] for row in rows], vectors[rows], twice


def parse(data: bytes, most: int = MOST_WORDS) -> tuple[list[str], Vectors]:
    """(words, vectors by row) of a file's bytes. Raises `ValueError`, that begins with the line or byte,
    for bytes that are no vectors."""
    line, _, rest = data.partition(b"\n")
    counts = line.split()
    if len(counts) == 2 and all(count.isdigit() for count in counts):
        count, axes = map(int, counts)
        if not count or not 1 <= axes <= MOST_AXES:
            raise ValueError(f"1: {count:,} words with {axes:,} axes: vectors of 1 to {MOST_AXES:,} axes are expected")
        fields = rest.partition(b"\n")[0].split()
        if len(fields) == axes + 1 and _is_number(fields[-1]):
            return _parse_text(rest, axes, 2, min(count, most), count)
        return _parse_binary(data, len(line) + 1, axes, min(count, most), count)
    if len(counts) < 3 or not all(map(_is_number, counts[1:])):
        raise ValueError("1: no word vectors: word2vec's binary or text format is expected")
    return _parse_text(data, len(counts) - 1, 1, most)


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _parse_text(data: bytes, axes: int, first: int, most: int, stated: int = 0) -> tuple[list[str], Vectors]:
    """Vectors in text, whose first line is that of number `first`; `stated` words of a
    file that says how many it has."""
    import numpy as np

    lines = data.split(b"\n", most)[:most]
    while lines and not lines[-1].strip():
        lines.pop()
    words: list[str] = []
    vectors = np.empty((len(lines), axes), np.float32)
    for row, line in enumerate(lines):
        fields = line.rsplit(None, axes)
        if len(fields) != axes + 1:
            raise ValueError(f"{row + first}: {len(line.split()) - 1} numbers instead of {axes}")
        try:
            vectors[row] = [float(field) for field in fields[1:]]
        except ValueError:
            raise ValueError(f"{row + first}: something else than {axes} numbers behind the word") from None
        words.append(fields[0].decode("utf-8", "ignore"))
    if len(lines) < min(stated, most):
        raise ValueError(f"{len(lines) + first}: {len(lines):,} words instead of {stated:,}: fetch the file again")
    if (wrong := _no_number(vectors)) is not None:
        raise ValueError(f"{wrong + first}: a number that is infinite, or none")
    return words, vectors


def _no_number(vectors: Vectors) -> int | None:
    """The first row that holds what is no finite number, None where none does."""
    import numpy as np

    wrong = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    return int(wrong[0]) if len(wrong) else None


def _parse_binary(data: bytes, place: int, axes: int, count: int, stated: int) -> tuple[list[str], Vectors]:
    """Vectors in binary from `place` on: `count` of the `stated` words."""
    import numpy as np

    words: list[str] = []
    vectors = np.empty((count, axes), np.float32)
    for row in range(count):
        space = data.find(b" ", place, place + 4 * LONGEST + 2)
        if space < 0 or space + 1 + 4 * axes > len(data):
            raise ValueError(
                f" byte {place:,}: word {row + 1:,} of {stated:,} is cut off, or of another number of axes than "
                f"{axes}: fetch the file again"
            )
        words.append(data[place:space].lstrip(b"\n").decode("utf-8", "ignore"))
        vectors[row] = np.frombuffer(data, "<f4", axes, space + 1)
        place = space + 1 + 4 * axes
    if count == stated and data[place:].strip():
        raise ValueError(
            f" byte {place:,}: the file goes on behind its {stated:,} words: its vectors are of another number of axes "
            f"than {axes}, or words were added to it"
        )
    if (wrong := _no_number(vectors)) is not None:
        raise ValueError(f" word {wrong + 1:,} of {stated:,}: a number that is infinite, or none: fetch the file again")
    return words, vectors


def _usable(word: str) -> bool:
    """Whether a table can hold a word."""
    return 0 < len(word) <= LONGEST and max(word) <= "\uffff" and not any(map(str.isspace, word))


def nearest(vectors: Vectors, metric: str = "synonyms", rows: Sequence[int] | None = None) -> Rows:
    """The rows of the neighbours of each row (of those in `rows`, otherwise of all), itself first: `LOOKED_FOR`
    columns, fewer where there are fewer vectors. The package `synonyms` takes the nearest by Euclidean distance, the
    word itself among them, and sorts them by the absolute cosine; gensim's `most_similar` sorts by the `cosine`; any
    other metric is the distance alone."""
    import numpy as np

    exact = vectors.astype(np.float64)
    norms = np.sqrt((exact**2).sum(1))
    if metric == "cosine":
        exact /= np.maximum(norms, 1e-300)[:, None]
        vectors, norms = exact.astype(np.float32), np.ones(len(vectors))
    rough = (exact**2).sum(1).astype(np.float32)
    asked = np.arange(len(vectors)) if rows is None else np.asarray(rows, np.int64)
    looked, wanted = min(LOOKED_FOR, len(vectors)), min(CANDIDATES, len(vectors) - 1)
    found = np.zeros((len(asked), looked), np.int32)
    with Progress("neighbours", len(asked)) as progress:
        for start in range(0, len(asked), BLOCK):
            part = asked[start : start + BLOCK]
            distances = rough[None, :] - 2 * (vectors[part] @ vectors.T)
            candidates = np.argpartition(distances, wanted, axis=1)[:, : wanted + 1]
            for offset, near in enumerate(candidates):
                row = part[offset]
                apart = ((exact[near] - exact[row]) ** 2).sum(1)
                apart[near == row] = -1.0
                near = near[np.lexsort((near, apart))][:looked]
                if metric == "synonyms":
                    cosines = np.abs((exact[near] @ exact[row]) / (norms[near] * norms[row] + 1e-300))
                    cosines = np.where(near == row, 1.0, np.minimum(cosines, 1.0))
                    near = near[np.argsort(-cosines, kind="stable")]
                found[start + offset] = near
            progress.add(len(part))
    return found


def table(
    words: Sequence[str], near: Rows, flags: Callable[[Sequence[str]], list[str]], rows: Sequence[int] | None = None
) -> Neighbours:
    """The table of words and of their neighbours, itself first, for each row or those in `rows`; a
    word without neighbours is its own. `flags` gives jieba's flag of each word that its dictionary
    does not have, "" for any other."""
    import numpy as np

    order = sorted(range(len(words)), key=words.__getitem__)
    place = np.empty(len(words), np.int64)
    place[order] = np.arange(len(words))
    ranks = np.repeat(np.arange(len(words))[:, None], RANKS, axis=1)
    kept = min(RANKS, near.shape[1] - 1)
    ranks[list(range(len(words)) if rows is None else rows), :kept] = near[:, 1 : kept + 1]
    ranks = place[ranks[order]]
    names, numbers = flag_names(flags([words[row] for row in order]))
    return Neighbours(
        [words[row] for row in order], [array("I", ranks[:, k].tolist()) for k in range(RANKS)], names, numbers
    )


def flags_alone(words: Sequence[str]) -> list[str]:
    """jieba's flag of each word that its dictionary does not have and that it leaves whole, "" for any other."""
    segmenter = open_segmenter()
    found = []
    for word in words:
        tokens = [] if segmenter.frequency(word) is not None else segmenter.tokens(word)
        found.append(tokens[0][2] if len(tokens) == 1 else "")
    return found


def eligible(words: Sequence[str], flags: frozenset[str]) -> list[int]:
    """The rows of the words that a program of these flags may replace: every word that jieba gives one of them
    somewhere. A word that its dictionary does not have may get any flag beside other words."""
    segmenter = open_segmenter()
    return [
        row for row, word in enumerate(words) if segmenter.frequency(word) is None or segmenter.flag_of(word) in flags
    ]
