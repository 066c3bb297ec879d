"""Writes a model in despin's own format (`despin/kernel/ngram_file.py`): `python -m tools.train.lm.packing KENLM.lm -o zh_CN.lm`.

KENLM is a quantised KenLM trie of trigrams with its words. Probabilities and back-off weights stay as they are, but for rounding
to 1/4096; where there are more different ones than codes, they are rounded to levels chosen so that the squared error is least
(Lloyd 1982). Words are numbered anew, those that most bigrams begin with first, which makes the gaps between the words of a
list small. Needs numpy.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from despin.errors import ModelError
from despin.kernel import ngram_file as form
from tools.train.lm.grams import Trigrams
from tools.train.lm.kenlm_file import read_trigrams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.train.lm.grams import Floats, Numbers

    Array = NDArray[Any]

BIGRAM_BITS, TRIGRAM_BITS, BACKOFF_BITS = 8, 8, 8
#: More bits than this a Rice code may not have: a reader takes 57 at once.
MOST_CODE = 56
_ROUNDS = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the model and return 0, or say what is wrong and return 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.train.lm.packing", description=__doc__)
    parser.add_argument("model", type=Path, help="a quantised KenLM trie of trigrams with its words")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the model to write")
    args = parser.parse_args(arguments)
    try:
        data = pack(read_trigrams(args.model))
    except (OSError, ModelError) as error:
        print(error, file=sys.stderr)
        return 1
    args.output.write_bytes(data)
    print(f"{args.output}: {len(data):,} bytes", file=sys.stderr)
    return 0


def pack(model: Trigrams) -> bytes:
    """The file of a model."""
    words, unigrams, pairs, heads = _numbered(model)
    first = np.searchsorted(pairs.word, np.arange(heads + 1))
    bigram_codes, bigram_table = _coded(pairs.probability, BIGRAM_BITS)
    kept = pairs.backoff[pairs.context]
    backoff_codes, backoff_table = _coded(kept, BACKOFF_BITS)
    trigram_codes, trigram_table = _coded(pairs.triple_probability, TRIGRAM_BITS)
    word_bits = max(1, (len(words) - 1).bit_length())
    bigrams, places, way_bits = _bigrams(pairs, first, bigram_codes, word_bits)
    trigrams, groups = _trigrams(pairs, trigram_codes)
    backoffs = _packed(backoff_codes, np.full(len(kept), BACKOFF_BITS))[0]
    text = "".join(word + "\0" for word in words).encode()
    header = (
        len(words), heads, len(pairs.word), len(kept), int(pairs.suffix.sum()), len(trigram_codes),
        BIGRAM_BITS, TRIGRAM_BITS, BACKOFF_BITS, word_bits, way_bits,
        len(backoffs), len(bigrams), len(trigrams), len(text),
    )  # fmt: skip
    where = form.layout(header)
    out = bytearray(where.end)
    for start, part in (
        (0, form.header_bytes(header)),
        (where.tables_at, np.concatenate([bigram_table, backoff_table, trigram_table]).astype("<i2").tobytes()),
        (where.unigrams_at, unigrams.astype("<i2").tobytes()),
        (where.heads_at, np.stack([first, places], 1).astype("<u4").tobytes()),
        (where.marks_at, _marks(pairs.context, pairs.suffix)),
        (where.backoffs_at, backoffs),
        (where.bigrams_at, bigrams),
        (where.groups_at, groups.astype("<u4").tobytes()),
        (where.trigrams_at, trigrams),
        (where.words_at, text),
    ):
        out[start : start + len(part)] = part
    return bytes(out)


class _Pairs:
    """The bigrams of a model in the order of the file: by word, and by the word before. `triple_*` are the trigrams in theirs:
    by the bigram they end in (`triple_end`), and by the rank of the one they begin with."""

    def __init__(self, model: Trigrams, number: Numbers) -> None:
        _, bigrams, trigrams = model.grams
        size = len(number)
        pairs, triples = number[bigrams.words], number[trigrams.words]
        order = np.lexsort((pairs[:, 0], pairs[:, 1]))
        self.previous, self.word = pairs[order].T
        self.probability, self.backoff = bigrams.probability[order], bigrams.backoff[order]
        keys = self.word * size + self.previous
        begin = _place(keys, triples[:, 1] * size + triples[:, 0])
        end = _place(keys, triples[:, 2] * size + triples[:, 1])
        # KenLM writes minus zero where nothing longer begins.
        self.context = ~(np.signbit(self.backoff) & (self.backoff == 0.0))
        self.context[begin] = True
        self.suffix = np.zeros(len(keys), bool)
        self.suffix[end] = True
        before = np.concatenate([[0], np.cumsum(self.context)])
        rank = before[begin] - before[np.searchsorted(self.word, triples[:, 1])]
        order = np.lexsort((rank, end))
        self.triple_end, self.triple_rank = end[order], rank[order]
        self.triple_probability = trigrams.probability[order]


def _numbered(model: Trigrams) -> tuple[list[str], Array, _Pairs, int]:
    """(the words in their new order, probabilities and back-off weights of unigrams, the rest, how many words have bigrams)."""
    unigrams, bigrams, _ = model.grams
    size = len(model.vocabulary)
    ending = np.bincount(bigrams.words[:, 1], minlength=size) > 0
    begun = np.bincount(bigrams.words[:, 0], minlength=size)
    known = np.arange(size) > 0
    order = np.lexsort((-unigrams.probability, -begun, ~ending, known))
    number = np.empty(size, np.int64)
    number[order] = np.arange(size)
    backoff = np.where(begun > 0, _fixed(unigrams.backoff), form.NO_BACKOFF)[order]
    values = np.concatenate([_fixed(unigrams.probability)[order], backoff])
    return [model.vocabulary[old] for old in order], values, _Pairs(model, number), int((ending | ~known).sum())


def _fixed(values: Floats) -> Numbers:
    """Log10 in the numbers of the file."""
    found = np.round(values * form.UNIT).astype(np.int64)
    if len(found) and max(-found.min(), found.max()) > 32767:
        raise ModelError(
            "a probability or a back-off weight of the model lies beyond what the format holds (10 to the 8th)"
        )
    return found


def _coded(values: Floats, bits: int) -> tuple[Numbers, Numbers]:
    """The codes of `values`, and the table of what the codes stand for."""
    size = 1 << bits
    found, counts = np.unique(_fixed(values), return_counts=True)
    if len(found) <= size:
        table = np.zeros(size, np.int64)
        table[: len(found)] = found
        return np.searchsorted(found, _fixed(values)), table
    total = np.cumsum(counts)
    levels = np.interp((np.arange(size) + 0.5) / size * total[-1], total - counts / 2, found)
    for _ in range(_ROUNDS):
        nearest = np.searchsorted((levels[1:] + levels[:-1]) / 2, found)
        weight = np.bincount(nearest, counts, size)
        mean = np.bincount(nearest, counts * found, size) / np.maximum(weight, 1)
        levels = np.sort(np.where(weight > 0, mean, levels))
    table = np.round(levels).astype(np.int64)
    return np.searchsorted((table[1:] + table[:-1]) / 2, _fixed(values)), table


def _place(keys: Numbers, wanted: Numbers) -> Numbers:
    """Where each of `wanted` stands among sorted `keys`. Raises `ModelError` where one does not."""
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    if (keys[found] != wanted).any():
        raise ModelError("a trigram of the model stands on a bigram that is not there")
    return found


def _packed(values: Numbers, sizes: Numbers, places: Numbers | None = None) -> tuple[bytes, int]:
    """Numbers of so many bits (57 at most) one behind the other, or at given bits; and how many bits they are."""
    if places is None:
        places = np.cumsum(sizes) - sizes
    if not len(values):
        return b"", 0
    end = int((places + sizes).max())
    out = np.zeros(end // 8 + 9)
    shifted = values.astype(np.uint64) << (places & 7).astype(np.uint64)
    byte = places >> 3
    for index in range(8):
        part = ((shifted >> np.uint64(8 * index)) & np.uint64(255)).astype(np.float64)
        out += np.bincount(byte + index, part, len(out))
    return out.astype(np.uint8)[: (end + 7) // 8].tobytes(), end


def _rice(gaps: Numbers, blocks: Numbers, count: int) -> tuple[Numbers, Numbers, Numbers]:
    """(the code of every gap, its bits, the parameter of every block): of each block the one that makes it shortest."""
    best, shifts = np.full(count, np.inf), np.zeros(count, np.int64)
    for tried in range(1 << form.SHIFT_BITS):
        sizes = (gaps >> tried) + 1 + tried
        total = np.bincount(blocks, np.where(sizes > MOST_CODE, np.inf, sizes), count)
        better = total < best
        best[better], shifts[better] = total[better], tried
    shift = shifts[blocks]
    whole = gaps >> shift
    codes = (np.int64(1) << whole) | (gaps & ((np.int64(1) << shift) - 1)) << (whole + 1)
    return codes, whole + 1 + shift, shifts


def _bigrams(pairs: _Pairs, first: Numbers, codes: Numbers, word_bits: int) -> tuple[bytes, Numbers, int]:
    """(the bits of all bigrams, where those of each word begin, how many bits the way to a block takes)."""
    count = len(pairs.word)
    lists = np.diff(first)
    place = np.arange(count) - first[pairs.word]
    opens = place % form.BLOCK == 0
    block = np.cumsum(opens) - 1
    begins = np.flatnonzero(opens)
    size = np.diff(np.append(begins, count))
    gaps = pairs.previous.copy()
    gaps[1:] -= np.where(place[1:] > 0, pairs.previous[:-1] + 1, 0)
    coded = ~opens | (place == 0)
    code, bits, shifts = _rice(np.where(coded, gaps, 0), block, len(begins))
    bits = np.where(coded, bits, 0)
    # Where the blocks of a list begin behind its ways.
    length = form.SHIFT_BITS + size * BIGRAM_BITS + np.bincount(block, bits, len(begins)).astype(np.int64)
    behind = np.cumsum(length) - length
    owner = pairs.word[begins]
    opening = place[begins] == 0
    first_block = np.flatnonzero(opening)
    way = behind - np.repeat(behind[first_block], np.diff(np.append(first_block, len(begins))))
    way_bits = max(1, int(way.max()).bit_length())
    step = word_bits + way_bits
    ways = np.maximum(0, (lists - 1) // form.BLOCK)
    total = np.bincount(owner, length, len(lists)).astype(np.int64) + ways * step
    places = np.concatenate([[0], np.cumsum(total)])
    start = places[owner] + ways[owner] * step + way
    inner = np.cumsum(bits) - bits
    inner -= inner[begins][block]
    later = np.flatnonzero(~opening)
    entry = places[owner[later]] + (place[begins[later]] // form.BLOCK - 1) * step
    fields = [
        (pairs.previous[begins[later]], np.full(len(later), word_bits), entry),
        (way[later], np.full(len(later), way_bits), entry + word_bits),
        (shifts, np.full(len(begins), form.SHIFT_BITS), start),
        (codes, np.full(count, BIGRAM_BITS), start[block] + form.SHIFT_BITS + (np.arange(count) - begins[block]) * BIGRAM_BITS),
        (code[coded], bits[coded], (start[block] + form.SHIFT_BITS + size[block] * BIGRAM_BITS + inner)[coded]),
    ]  # fmt: skip
    return _packed(*(np.concatenate(parts) for parts in zip(*fields, strict=True)))[0], places, way_bits


def _trigrams(pairs: _Pairs, codes: Numbers) -> tuple[bytes, Numbers]:
    """(the bits of all trigrams, where each group begins and the last one ends)."""
    ends, owner, counts = np.unique(pairs.triple_end, return_inverse=True, return_counts=True)
    widest = np.zeros(len(ends), np.int64)
    np.maximum.at(widest, owner, pairs.triple_rank)
    width = np.frompyfunc(int.bit_length, 1, 1)(widest.astype(object)).astype(np.int64)
    whole = np.floor(np.log2(counts)).astype(np.int64)
    gamma = (np.int64(1) << whole) | (counts - (np.int64(1) << whole)) << (whole + 1)
    head = form.WIDTH_BITS + 2 * whole + 1
    record = width + TRIGRAM_BITS
    length = head + counts * record
    start = np.cumsum(length) - length
    opens = np.cumsum(counts) - counts
    at = (start + head)[owner] + (np.arange(len(owner)) - opens[owner]) * record[owner]
    fields = [
        (width, np.full(len(ends), form.WIDTH_BITS), start),
        (gamma, 2 * whole + 1, start + form.WIDTH_BITS),
        (pairs.triple_rank | codes << width[owner], record[owner], at),
    ]
    data, end = _packed(*(np.concatenate(parts) for parts in zip(*fields, strict=True)))
    return data, np.append(start[:: form.GROUP], end)


def _marks(context: Array, suffix: Array) -> bytes:
    """Which bigrams have a back-off weight, and which have trigrams that end in them."""
    rows = len(context) // form.MARKED + 1
    out = np.zeros((rows, form.MARK_BYTES), np.uint8)
    for column, marked in enumerate((context, suffix)):
        bits = np.zeros(rows * form.MARKED, bool)
        bits[: len(marked)] = marked
        each = bits.reshape(rows, form.MARKED)
        before = np.concatenate([[0], np.cumsum(each.sum(1))[:-1]]).astype("<u4")
        out[:, 4 * column : 4 * column + 4] = before.view(np.uint8).reshape(rows, 4)
        out[:, 8 + 24 * column : 32 + 24 * column] = np.packbits(each, axis=1, bitorder="little")
    return out.tobytes()


if __name__ == "__main__":
    sys.exit(main())
