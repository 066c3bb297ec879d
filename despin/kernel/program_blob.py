"""The layout of a segmented spinner's data: arrays in one blob that can be memory-mapped.

A blob is a header (magic, form, seal, log of the dictionary's total frequency), a table of its arrays (offset in
bytes, count of items), and the arrays, each at a multiple of eight bytes, little-endian. The
seal covers all that follows it.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Mapping

from despin.errors import ModelError

MAGIC = b"dspnprog"
#: Raised whenever the layout or the meaning of an array changes.
FORM = 2
#: Nearest neighbours that are kept of each word.
RANKS = 5
#: Longest word, in code points.
LONGEST = 255
#: Magic, form, seal, log of the total frequency.
HEADER = struct.Struct("<8sQQd")
#: The seal covers the blob from here.
SEALED_FROM = 24

#: The arrays, with the size of an item in bytes. `nodes` are the trie's: a node below the number of words is a word,
#: the number of words is the root. `edges` is a hash table: node << 40 | character << 24 | child, 0 for an empty slot.
#: `first` leads from the root, by character. `infreq` has bit 1 for the dictionary's words and beginnings of words, bit
#: 2 for its words. `logf` is the log probability of a word that the dictionary counts, 1.0 for any other. `states` of
#: the hidden Markov model are sorted by name; `stag` is their flag, `spos` their place in a word (0 B, 1 M, 2 E, 3 S).
#: `characters` gives 1 + the row in `eoff` of a character; `eoff` bounds its emissions: state, log probability, and
#: whether it may take the state. `rows` are the words with neighbours, ascending; `near` their neighbours, rank by
#: rank. `names` are the flags; `origin` tells what dictionary the blob was made of.
ARRAYS: dict[str, int] = {
    "edges": 8,
    "logf": 8,
    "trans": 8,
    "start": 8,
    "evalue": 8,
    "first": 4,
    "offsets": 4,
    "rows": 4,
    "near": 4,
    "eoff": 4,
    "characters": 2,
    "strings": 2,
    "infreq": 1,
    "flag": 1,
    "length": 1,
    "estate": 1,
    "eintab": 1,
    "stag": 1,
    "spos": 1,
    "names": 1,
    "origin": 1,
}
_TABLE = struct.Struct(f"<{2 * len(ARRAYS)}Q")
_START = HEADER.size + _TABLE.size


def pack(arrays: Mapping[str, bytes], logtotal: float, seal: Callable[[bytes], int]) -> bytes:
    """The blob of these arrays (bytes by name); `seal` is that of `despin.kernel.native.program`."""
    place = _START
    table: list[int] = []
    parts: list[bytes] = []
    for name, size in ARRAYS.items():
        data = arrays[name]
        table += (place, len(data) // size)
        filled = -len(data) % 8
        parts += (data, bytes(filled))
        place += len(data) + filled
    body = struct.pack("<d", logtotal) + _TABLE.pack(*table) + b"".join(parts)
    return struct.pack("<8sQQ", MAGIC, FORM, seal(body)) + body


def header(blob: bytes | memoryview) -> tuple[int, float]:
    """Seal and log of the total frequency. Raises `ModelError` for anything that is no blob of this form."""
    if sys.byteorder != "little":
        raise ModelError("the data of spinner programs are little-endian, this machine is not")
    if len(blob) < _START:
        raise ModelError("the data of the spinner program are cut short")
    magic, form, seal, logtotal = HEADER.unpack_from(blob)
    if magic != MAGIC or form != FORM:
        raise ModelError("these are no data of a spinner program, or of another version of despin")
    return seal, logtotal


def places(blob: bytes | memoryview) -> dict[str, tuple[int, int]]:
    """(offset in bytes, count of items) of each array, all within the blob and of sizes
    that agree. Raises `ModelError`."""
    header(blob)
    table = _TABLE.unpack_from(blob, HEADER.size)
    found: dict[str, tuple[int, int]] = {}
    for number, (name, size) in enumerate(ARRAYS.items()):
        offset, count = table[2 * number : 2 * number + 2]
        if offset % 8 or offset < _START or offset + count * size > len(blob):
            raise ModelError(f"the data of the spinner program are damaged ({name} lies outside)")
        found[name] = (offset, count)
    _agree({name: count for name, (_, count) in found.items()})
    return found


def _agree(count: Mapping[str, int]) -> None:
    words, states = count["logf"], count["start"]
    slots = count["edges"]
    agreed = (
        0 < words <= count["infreq"] < 1 << 24
        and count["flag"] == count["length"] == words
        and count["offsets"] == words + 1
        and slots > 1
        and slots & (slots - 1) == 0
        and count["first"] == count["characters"] == 1 << 16
        and 0 < states <= 256
        and count["trans"] == states * states
        and count["stag"] == count["spos"] == states
        and count["estate"] == count["eintab"] == count["evalue"]
        and 0 < count["eoff"] <= 1 << 16
        and count["near"] == RANKS * count["rows"]
        and count["rows"] < words
        and 0 < count["names"] < 1 << 12
        and count["origin"] < 1 << 12
    )
    if not agreed:
        raise ModelError("the data of the spinner program are damaged (sizes disagree)")
