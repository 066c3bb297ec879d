"""The table of nearest neighbours: what a word-vector spinner writes for each word, by rank.

A file holds a header (magic, form, counts, length and SHA-256 of the payload, zlib) and a payload of planes: the words,
sorted by code points and front-coded; the flag that jieba gives a word it does not know, where it leaves it whole; and
the rows of the neighbours, rank by rank, in three planes of bytes, high to low. Made by `tools/train/neighbours.py`.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from despin.errors import ModelError
from despin.fingerprint import sha256

MAGIC = b"dspntabl"
FORM = 1
#: Magic, form, words, ranks, bytes of the front-coded words and of the flags' names, bytes of the
#: payload, SHA-256 of the payload.
HEADER = struct.Struct("<8s6I32s")
FOLDER = Path(__file__).parent.parent / "data" / "programs"
#: The table that is shipped, by the name that families give.
TABLES = {"synonyms-3.8.0": FOLDER / "synonyms-3.8.0.table"}
#: How the file of any other table ends.
SUFFIX = ".table"


class Neighbours(NamedTuple):
    """Words sorted by code points; `near[rank - 1]` has the row of each word's neighbour; `flags[names]` the flag of
    each word that jieba's dictionary does not have, "" for none."""

    words: list[str]
    near: list[array[int]]
    names: list[str]
    flags: bytes


def pack(table: Neighbours) -> bytes:
    """The table as a file. Raises `ValueError` for words that are not sorted or longer than 255 code points."""
    if any(a >= b for a, b in itertools.pairwise(table.words)) or any(len(word) > 255 for word in table.words):
        raise ValueError("the words of a table are sorted, distinct and of at most 255 code points")
    shared, rests, last = bytearray(), [], ""
    for word in table.words:
        same = next((k for k, (a, b) in enumerate(zip(word, last, strict=False)) if a != b), min(len(word), len(last)))
        shared.append(same)
        rests.append(word[same:])
        last = word
    words = bytes(shared) + "\n".join(rests).encode()
    names = "\n".join(table.names).encode()
    planes = [bytes(row >> shift & 255 for row in rank) for shift in (16, 8, 0) for rank in table.near]
    payload = zlib.compress(words + names + table.flags + b"".join(planes), 9)
    sizes = (len(table.words), len(table.near), len(words), len(names), len(payload))
    return HEADER.pack(MAGIC, FORM, *sizes, sha256(payload).digest()) + payload


def table_file(table: str) -> Path:
    """The file of a table that families name, or name the file of. Raises `ModelError` for
    a name that there is none of."""
    if table in TABLES:
        return TABLES[table]
    if not table.endswith(SUFFIX):
        raise ModelError(f"there is no table {table!r}: write {', '.join(sorted(TABLES))}, or a file (*{SUFFIX})")
    return Path(table)


def _again(file: Path) -> str:
    """How a table is mended."""
    return "install despin anew" if file in TABLES.values() else "make it with 'despin lexicon import vectors'"


def read_neighbours(file: Path) -> Neighbours:
    """The table of a file. Raises `ModelError` for a file that is missing or damaged."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{file}: the table of this program cannot be read ({error.strerror}): {_again(file)}"
        ) from error
    try:
        return _unpack(data)
    except (ValueError, struct.error, zlib.error, IndexError, OverflowError) as error:
        raise ModelError(f"{file}: the table of this program is damaged ({error}): {_again(file)}") from error


def _unpack(data: bytes) -> Neighbours:
    """The table in a file's bytes. Raises `ValueError` or what decoding raises where they are damaged."""
    magic, form, count, ranks, word_bytes, name_bytes, size, digest = HEADER.unpack_from(data)
    payload = data[HEADER.size :]
    if magic != MAGIC or form != FORM:
        raise ValueError("it is no table, or one of another version of despin")
    if len(payload) != size or sha256(payload).digest() != digest:
        raise ValueError("its checksum does not agree")
    raw = zlib.decompress(payload)
    if len(raw) != word_bytes + name_bytes + count + 3 * ranks * count or not ranks:
        raise ValueError("its sizes do not agree")
    place = word_bytes + name_bytes
    planes = [raw[place + count * k : place + count * (k + 1)] for k in range(1 + 3 * ranks)]
    flags, planes = planes[0], planes[1:]
    near = [_rows(planes[rank], planes[ranks + rank], planes[2 * ranks + rank]) for rank in range(ranks)]
    names = raw[word_bytes:place].decode().split("\n")
    if any(count and max(rows) >= count for rows in near) or (count and max(flags) >= len(names)):
        raise ValueError("a row of it does not exist")
    return Neighbours(_words(raw[:count], raw[count:word_bytes].decode()), near, names, flags)


def _rows(high: bytes, middle: bytes, low: bytes) -> array[int]:
    """Numbers of three bytes, given as a plane of each."""
    if array("I").itemsize != 4:
        raise ValueError("this machine's integers are not of four bytes")
    mixed = bytearray(4 * len(low))
    mixed[0::4], mixed[1::4], mixed[2::4] = low, middle, high
    return array("I", mixed)  # little-endian, as the blob is


def _words(shared: bytes, rests: str) -> list[str]:
    """The words of which each begins with so many characters of the one before (`shared`)
    and ends with a line of `rests`."""
    words: list[str] = []
    last = ""
    for same, rest in zip(shared, rests.split("\n"), strict=True):
        last = last[:same] + rest
        words.append(last)
    return words


def digest_of(file: Path) -> str:
    """The SHA-256 of a table's payload as its header states it, "" for a file that has none. Reads 64 bytes."""
    try:
        with file.open("rb") as stream:
            head = stream.read(HEADER.size)
        return str(HEADER.unpack(head)[-1].hex())
    except (OSError, struct.error):
        return ""


def flag_names(flags: Sequence[str]) -> tuple[list[str], bytes]:
    """(distinct flags, the number of each): "" is number 0."""
    names = ["", *sorted(set(flags) - {""})]
    number = {name: place for place, name in enumerate(names)}
    return names, bytes(number[flag] for flag in flags)
