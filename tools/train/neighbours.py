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
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from despin.errors import DespinError, InputError
from despin.learning.vectors import nearest, parse, table
from despin.spinners.neighbours import TABLES, pack

#: The source distribution, and the file of vectors in it.
ARCHIVE = "73e7a994ad478a9da1ab89f06d4f14d5067b4deccb636299548bd680321e1724"
VECTORS = "b5eaa5e6e807ddfc4f63df5ddec5653e36da582ad13e254218524404e6e1ee31"
MEMBER = "synonyms-3.8.0/synonyms/data/words.vector"
#: Words that jieba's Markov model makes beside other words, with the flag that it gives them there.
JOINED = Path(__file__).with_name("joined.tsv")


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


def flags_alone(words: Sequence[str]) -> list[str]:
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


def joined(words: Sequence[str], flags: Sequence[str]) -> list[str]:
    """The flags, with those of `JOINED` for its words."""
    known = dict(line.split("\t") for line in JOINED.read_text("utf-8").split("\n") if line)
    return [known.get(word, flag) for word, flag in zip(words, flags, strict=True)]


def main(arguments: list[str]) -> None:
    """Write the table."""
    if not 1 <= len(arguments) <= 2:
        raise SystemExit(__doc__)
    file = Path(arguments[1]) if len(arguments) > 1 else TABLES["synonyms-3.8.0"]
    try:
        words, vectors = read_vectors(Path(arguments[0]))
        data = pack(table(words, nearest(vectors), lambda found: joined(found, flags_alone(found))))
    except DespinError as error:
        raise SystemExit(str(error)) from None
    file.write_bytes(data)
    print(f"{file}: {len(words):,} words, {len(data):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
