"""A segmented spinner's data, as arrays of a file that can be memory-mapped (`despin.kernel.arrays_file`).

`nodes` are the trie's: a node below the number of words is a word, the number of words is the root. `edges` is a hash
table: node << 40 | character << 24 | child, 0 for an empty slot. `first` leads from the root, by character. `infreq`
has bit 1 for the dictionary's words and beginnings of words, bit 2 for its words. `logf` is the log probability of a
word that the dictionary counts, 1.0 for any other. `states` of the hidden Markov model are sorted by name; `stag` is
their flag, `spos` their place in a word (0 B, 1 M, 2 E, 3 S). `characters` gives 1 + the row in `eoff` of a character;
`eoff` bounds its emissions: state, log probability, and whether it may take the state. `rows` are the words with
neighbours, ascending; `near` their neighbours, rank by rank. `names` are the flags; `origin` tells what dictionary the
data were made of; `logtotal` is the log of its total frequency.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from despin.errors import ModelError
from despin.kernel import arrays_file
from despin.kernel.arrays_file import Array, Bytes, Checksum

#: Changed whenever an array or its meaning does.
FORM = "despin-program-3"
#: Nearest neighbours that are kept of each word.
RANKS = 5
#: Longest word, in code points.
LONGEST = 255
#: The arrays, with the kind of their numbers.
ARRAYS = {
    "edges": "U64", "logf": "F64", "trans": "F64", "start": "F64", "evalue": "F64", "logtotal": "F64",
    "first": "U32", "offsets": "U32", "rows": "U32", "near": "U32", "eoff": "U32",
    "characters": "U16", "strings": "U16",
    "infreq": "U8", "flag": "U8", "length": "U8", "estate": "U8", "eintab": "U8", "stag": "U8", "spos": "U8",
    "names": "U8", "origin": "U8",
}  # fmt: skip


def pack(arrays: Mapping[str, bytes], seal: Checksum) -> bytes:
    """The blob of these arrays (bytes by name); `seal` is that of `despin.kernel.native.program`."""
    found = {
        name: Array(kind, (len(arrays[name]) // arrays_file.size_of(kind),), arrays[name])
        for name, kind in ARRAYS.items()
    }
    return arrays_file.pack(found, {"form": FORM}, seal)


def unpack(blob: Bytes, seal: Checksum | None = None) -> dict[str, memoryview]:
    """The bytes of each array of a blob, of sizes that agree; with `seal` it is held against that. Raises
    `ModelError`."""
    try:
        arrays, metadata = arrays_file.unpack(blob, seal)
    except ModelError as error:
        raise ModelError(f"the data of the spinner program are damaged ({error})") from None
    if metadata.get("form") != FORM:
        raise ModelError("these are no data of a spinner program, or of another version of despin")
    kinds = {name: array.kind for name, array in arrays.items()}
    if kinds != ARRAYS or not _agree({name: prod(array.shape) for name, array in arrays.items()}):
        raise ModelError("the data of the spinner program are damaged (sizes disagree)")
    return {name: memoryview(array.data) for name, array in arrays.items()}


def _agree(count: Mapping[str, int]) -> bool:
    words, states, slots = count["logf"], count["start"], count["edges"]
    return (
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
        and count["logtotal"] == 1
    )
