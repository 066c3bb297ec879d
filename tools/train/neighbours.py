"""Make the table of nearest neighbours: `python -m tools.train.neighbours synonyms-3.8.0.tar.gz [TABLE]`.

Reads the word vectors out of the source distribution of the package `synonyms` 3.8.0 (its SHA-256 is checked; nothing of it is
installed, imported or run) and computes for each of the 125,796 words what the package's `nearby` answers: the ten nearest
words by Euclidean distance, itself among them, sorted by the absolute cosine. Ranks 1 to 5 are kept. A word that jieba's
dictionary does not have carries the flag that `jieba.posseg` gives it, where it leaves it whole; a word that it makes of single
characters only beside other words (较好) the one in `joined.tsv`, which was counted in 55 million characters of running text. The
output is `despin/data/programs/synonyms-3.8.0.table`. Needs numpy and jieba 0.42.1; three minutes on two cores.
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
from array import array
from pathlib import Path

import numpy as np
import numpy.typing as npt

from despin.errors import DespinError, InputError
from despin.spinners.neighbours import TABLES, Neighbours, flag_names, pack

#: The source distribution, and the file of vectors in it.
ARCHIVE = "73e7a994ad478a9da1ab89f06d4f14d5067b4deccb636299548bd680321e1724"
VECTORS = "b5eaa5e6e807ddfc4f63df5ddec5653e36da582ad13e254218524404e6e1ee31"
MEMBER = "synonyms-3.8.0/synonyms/data/words.vector"
#: So many neighbours the package looks for, the word itself among them; so many are kept without it.
LOOKED_FOR, KEPT = 10, 5
#: Candidates in single precision, among which double precision decides.
CANDIDATES = 24
#: Words that jieba's Markov model makes beside other words, with the flag that it gives them there.
JOINED = Path(__file__).with_name("joined.tsv")
#: Words whose distances are computed at one time.
BLOCK = 512


def read_vectors(archive: Path) -> tuple[list[str], npt.NDArray[np.float32]]:
    """(words, vectors by row) of the source distribution. Raises `InputError` for any other file."""
    try:
        data = archive.read_bytes()
    except OSError as error:
        raise InputError(f"{archive}: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != ARCHIVE:
        raise InputError(f"{archive}: not the source distribution of synonyms 3.8.0 (its SHA-256 begins {ARCHIVE[:8]})")
    with tarfile.open(archive) as opened:
        member = opened.extractfile(MEMBER)
        vectors = member.read() if member else b""
    if hashlib.sha256(vectors).hexdigest() != VECTORS:
        raise InputError(f"{archive}: {MEMBER} is not the file that was expected")
    return parse(vectors)


def parse(data: bytes) -> tuple[list[str], npt.NDArray[np.float32]]:
    """(words, vectors by row) of a file in word2vec's binary format."""
    place = data.index(b"\n")
    count, axes = map(int, data[:place].split())
    place += 1
    words: list[str] = []
    vectors = np.empty((count, axes), np.float32)
    for row in range(count):
        space = data.index(b" ", place)
        words.append(data[place:space].lstrip(b"\n").decode("utf-8", "ignore"))
        vectors[row] = np.frombuffer(data, np.float32, axes, space + 1)
        place = space + 1 + 4 * axes
    return words, vectors


def nearest(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.int32]:
    """The rows of each row's neighbours, itself first, in the package's order: `LOOKED_FOR` columns."""
    exact = vectors.astype(np.float64)
    squares = (exact**2).sum(1)
    norms = np.sqrt(squares)
    rough = squares.astype(np.float32)
    found = np.zeros((len(vectors), LOOKED_FOR), np.int32)
    for start in range(0, len(vectors), BLOCK):
        part = vectors[start : start + BLOCK]
        distances = rough[None, :] - 2 * (part @ vectors.T)
        candidates = np.argpartition(distances, CANDIDATES, axis=1)[:, :CANDIDATES]
        for offset, near in enumerate(candidates):
            row = start + offset
            apart = ((exact[near] - exact[row]) ** 2).sum(1)
            near = near[np.lexsort((near, apart))][:LOOKED_FOR]
            cosines = np.abs((exact[near] @ exact[row]) / (norms[near] * norms[row] + 1e-300))
            cosines = np.where(near == row, 1.0, np.minimum(cosines, 1.0))
            found[row] = near[np.argsort(-cosines, kind="stable")]
    return found


def flags_alone(words: list[str]) -> list[str]:
    """The flag of each word that jieba's dictionary does not have and `jieba.posseg` leaves whole, "" for any other."""
    import jieba
    from jieba import posseg

    jieba.setLogLevel(60)
    if jieba.__version__ != "0.42.1":
        raise InputError(f"jieba {jieba.__version__} is installed: install jieba==0.42.1")
    cutter = posseg.POSTokenizer(jieba.Tokenizer())
    cutter.initialize()
    flags = []
    for word in words:
        tokens = [] if cutter.word_tag_tab.get(word) else cutter.lcut(word)
        flags.append(tokens[0].flag if len(tokens) == 1 else "")
    return flags


def joined(words: list[str], flags: list[str]) -> list[str]:
    """The flags, with those of `JOINED` for its words."""
    known = dict(line.split("\t") for line in JOINED.read_text("utf-8").split("\n") if line)
    return [known.get(word, flag) for word, flag in zip(words, flags, strict=True)]


def table(words: list[str], near: npt.NDArray[np.int32]) -> Neighbours:
    """The table of words and the rows of their neighbours, itself first."""
    order = sorted(range(len(words)), key=words.__getitem__)
    place = np.empty(len(words), np.int64)
    place[order] = np.arange(len(words))
    ranks = place[near[order]]
    names, flags = flag_names(joined([words[row] for row in order], flags_alone([words[row] for row in order])))
    return Neighbours(
        [words[row] for row in order], [array("I", ranks[:, k].tolist()) for k in range(1, KEPT + 1)], names, flags
    )


def main(arguments: list[str]) -> None:
    """Write the table."""
    if not 1 <= len(arguments) <= 2:
        raise SystemExit(__doc__)
    file = Path(arguments[1]) if len(arguments) > 1 else TABLES["synonyms-3.8.0"]
    try:
        words, vectors = read_vectors(Path(arguments[0]))
        data = pack(table(words, nearest(vectors)))
    except DespinError as error:
        raise SystemExit(str(error)) from None
    file.write_bytes(data)
    print(f"{file}: {len(words):,} words, {len(data):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
