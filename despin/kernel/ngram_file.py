"""How despin's own file of trigrams is laid out, and where in a file its parts lie; for those who read and write one.

All numbers are little-endian, and bits are counted from the lowest of a byte. A word is its number: 0 is the unknown
word, and the words that bigrams end in come first. Log10 probabilities and back-off weights are whole numbers of
1/4096: their sums are exact in single precision, and so the same wherever they are added up.

| part | what stands there |
| --- | --- |
| header | `MAGIC`, `HEADER`, and the CRC-32 of both |
| probabilities of bigrams, back-off weights, probabilities of trigrams | what the codes stand for, a table each |
| unigrams | of every word the probability; then of every word the back-off weight, `NO_BACKOFF`
where no bigram begins with it |
| heads | of every word that bigrams end in, and once more behind the last: the number of its first bigram, and
the bit where its bigrams begin |
| marks | for every `MARKED` bigrams: how many of those before have a back-off weight, how many have trigrams that end
in them; then a bit each for the former and for the latter |
| back-off weights | a code for every bigram that has one |
| bigrams | of every word the bigrams that end in it, in blocks of `BLOCK`, by the number of the word before |
| groups | the bit where the trigrams of every `GROUP`th bigram begin that has any |
| trigrams | of every bigram that has any, those that end in it |
| words | as text, each with a zero byte behind it |

The bigrams of a word: of every block but the first the number of the first word before, and how many bits behind
the end of this list the block begins; then the blocks. A block: `SHIFT_BITS` for the parameter of its Rice code,
the codes of the probabilities, and the words before as the gaps between their numbers (a zero bit for every whole
gap, a one, and the rest); of a later block without the first. The trigrams of a bigram (previous, word):
`WIDTH_BITS` for the width of a rank, how many there are (gamma code), and for each, in order, the rank of (before,
previous) among the bigrams that end in `previous` and have a back-off weight, and the code of the probability.
`PADDING` zero bytes follow wherever bits are read.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from despin.errors import ModelError

MAGIC = b"despin language model 1\n"
#: Words, words that bigrams end in, bigrams, those with a back-off weight, those that trigrams end in, trigrams; bits
#: of the codes of both probabilities and of the back-off weights; bits of a word and of a way to a block; bytes of the
#: bits of back-off weights, bigrams, trigrams, and of the words.
HEADER = struct.Struct("<6I5B3x4I")
CHECKSUM = struct.Struct("<I")
#: log10 1 in the numbers of the file, and what stands for no back-off weight.
UNIT, NO_BACKOFF = 4096, -32768
BLOCK, GROUP, MARKED, MARK_BYTES = 32, 8, 192, 56
SHIFT_BITS, WIDTH_BITS = 5, 5
PADDING = 512
#: More words than this the tree of characters does not hold; codes and ways have no more bits than this.
MOST_WORDS, MOST_BITS = 1 << 20, 24


class FileLayout(NamedTuple):
    """The numbers of the header, and where the parts begin (bytes)."""

    words: int
    heads: int
    bigrams: int
    contexts: int
    suffixes: int
    trigrams: int
    bigram_bits: int
    trigram_bits: int
    backoff_bits: int
    word_bits: int
    way_bits: int
    tables_at: int
    unigrams_at: int
    heads_at: int
    marks_at: int
    backoffs_at: int
    bigrams_at: int
    bigrams_end: int
    groups_at: int
    trigrams_at: int
    trigrams_end: int
    words_at: int
    end: int


def groups_of(suffixes: int) -> int:
    """How many groups so many bigrams make."""
    return (suffixes + GROUP - 1) // GROUP


def aligned(place: int) -> int:
    """The next multiple of 8."""
    return (place + 7) // 8 * 8


def layout(header: tuple[int, ...]) -> FileLayout:
    """Where the parts of a file lie whose header holds these numbers."""
    words, heads, bigrams, contexts, suffixes, trigrams = header[:6]
    bigram_bits, trigram_bits, backoff_bits, word_bits, way_bits = header[6:11]
    backoff_bytes, bigram_bytes, trigram_bytes, word_bytes = header[11:]
    tables = aligned(len(MAGIC) + HEADER.size + CHECKSUM.size)
    unigrams = aligned(tables + 2 * ((1 << bigram_bits) + (1 << backoff_bits) + (1 << trigram_bits)))
    first = aligned(unigrams + 4 * words)
    marks = first + 8 * (heads + 1)
    backoffs = marks + MARK_BYTES * (bigrams // MARKED + 1)
    pairs = aligned(backoffs + backoff_bytes + PADDING)
    groups = aligned(pairs + bigram_bytes + PADDING)
    triples = groups + aligned(4 * (groups_of(suffixes) + 1))
    text = triples + trigram_bytes + PADDING
    return FileLayout(
        words, heads, bigrams, contexts, suffixes, trigrams, bigram_bits, trigram_bits, backoff_bits, word_bits,
        way_bits, tables, unigrams, first, marks, backoffs, pairs, pairs + bigram_bytes, groups, triples,
        triples + trigram_bytes, text, text + word_bytes,
    )  # fmt: skip


def is_own(head: bytes) -> bool:
    """Whether a file that begins with `head` is one of despin's own."""
    return head.startswith(MAGIC)


def header_bytes(header: tuple[int, ...]) -> bytes:
    """The header of a file, with its checksum."""
    head = MAGIC + HEADER.pack(*header)
    return head + CHECKSUM.pack(zlib.crc32(head))


def read_layout(head: bytes, size: int, path: str) -> FileLayout:
    """Where the parts of the file `path` lie, which begins with `head` and is `size` bytes long. Raises `ModelError`
    where the header is damaged, or the file has another length than it says."""
    start, end = len(MAGIC), len(MAGIC) + HEADER.size
    if len(head) < end + CHECKSUM.size:
        raise ModelError(f"{path}: the language model is cut off; install despin again")
    if CHECKSUM.unpack_from(head, end)[0] != zlib.crc32(head[:end]):
        raise ModelError(f"{path}: the header of the language model is damaged; install despin again")
    header = HEADER.unpack_from(head, start)
    words, heads, bigrams, contexts, suffixes, _ = header[:6]
    bits = header[6:11]
    possible = (
        0 < heads <= words < MOST_WORDS
        and max(contexts, suffixes) <= bigrams
        and min(bits) > 0
        and max(bits) <= MOST_BITS
        and max(bits[:3]) <= 16
        and words <= 1 << bits[3]
        and contexts * bits[2] <= 8 * header[11]
    )
    if not possible:
        raise ModelError(f"{path}: the language model was written by another version; install despin again")
    found = layout(header)
    if found.end != size:
        raise ModelError(f"{path}: the language model is cut off; install despin again")
    return found


def damaged(path: str, what: str) -> ModelError:
    """What is raised where parts of a file do not fit together."""
    return ModelError(f"{path}: {what}; install despin again")
