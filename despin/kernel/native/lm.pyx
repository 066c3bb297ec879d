# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The language model read where it lies: KenLM's quantised trie of trigrams, memory-mapped, without a Python object a query.

The file's layout is that of KenLM's `QUANT_ARRAY_TRIE` (lm/binary_format.cc, quantize.hh, trie.hh, bhiksha.hh): header, sorted vocabulary,
quantisation tables, unigrams, bigrams with pointers into the trigrams, trigrams, and the words as text, by number.
Scores are KenLM's own to the last bit, sums in single precision included; tests hold the two together.
"""

import mmap
import struct

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset

from despin.errors import ModelError

_MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0"
_SANITY = 0x58
_QUANT_ARRAY_TRIE = 5

cdef enum:
    #: Where memory is wanted in large pages, it begins at a multiple of this.
    _PAGE = 1 << 21


def _required(value):
    return int(value).bit_length()


def _chopped(offset, following, configured):
    """How many high bits of the pointers to trigrams stand in a table of their own (`ChopBits` of lm/bhiksha.cc)."""
    required = _required(following)
    best, lowest = 0, None
    for chop in range(min(required, configured) + 1):
        change = (following >> (required - chop)) * 64 - offset * chop
        if lowest is None or change < lowest:
            best, lowest = chop, change
    return best


cdef class Trigrams:
    """A trigram model and its words. Raises `ModelError` for any file that is not a KenLM trie of this kind."""

    def __cinit__(self, str path):
        self._store = NULL
        self._first = NULL

    def __init__(self, str path):
        with open(path, "rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        cdef bytes header = self._map[: _SANITY + 64]
        if header[: len(_MAGIC)] != _MAGIC or struct.pack("=I", 1) != struct.pack("<I", 1):
            raise ModelError(f"{path}: not a KenLM binary")
        order, _, kind, has_words, _ = struct.unpack_from("<B3xfIB3xI", header, _SANITY)
        if (order, kind, has_words) != (3, _QUANT_ARRAY_TRIE, 1):
            raise ModelError(f"{path}: not a quantised trigram trie with its words")
        unigrams, bigrams, trigrams = struct.unpack_from("<QQQ", header, _SANITY + 20)
        self._view = self._map
        self._data = &self._view[0]
        if unigrams >= 1 << 18 << 2:
            raise ModelError(f"{path}: more words than the tree of characters holds")
        self.size = unigrams
        self._bigram_count = bigrams
        place = (_SANITY + 20 + 3 * 8 + 7) // 8 * 8 + 8 + 8 * unigrams
        self._probability_bits, self._backoff_bits = self._view[place + 1], self._view[place + 2]
        place += 8
        tables = place
        self._bigram_probability = <const float*>(self._data + <int64_t>tables)
        tables += 4 << self._probability_bits
        self._bigram_backoff = <const float*>(self._data + <int64_t>tables)
        tables += 4 << self._backoff_bits
        self._trigram_probability = <const float*>(self._data + <int64_t>tables)
        place = tables + (4 << self._probability_bits)
        self._unigrams = self._data + <int64_t>place
        place += (unigrams + 2) * 16
        configured = self._view[place + 1]
        chopped = _chopped(bigrams + 1, trigrams, configured)
        self._next_bits = _required(trigrams) - chopped
        self._next_high_count = (trigrams >> self._next_bits) + 1
        self._next_high = <const uint64_t*>(self._data + <int64_t>((place + 7) // 8 * 8 + 8))
        place += 8 * (1 + self._next_high_count) + 7
        self._word_bits = _required(unigrams)
        self._word_mask = (1 << self._word_bits) - 1
        self._bigrams = self._data + <int64_t>place
        self._bigram_bits = self._word_bits + self._probability_bits + self._backoff_bits + self._next_bits
        place += ((1 + bigrams) * self._bigram_bits + 7) // 8 + 8
        self._trigrams = self._data + <int64_t>place
        self._trigram_bits = self._word_bits + self._probability_bits
        place += ((1 + trigrams) * self._trigram_bits + 7) // 8 + 8
        if self._map[place : place + 6] != b"<unk>\0":
            raise ModelError(f"{path}: the words are not where the header says")
        self._read_words(place)

    def __dealloc__(self):
        free(self._store)
        free(self._first)

    cdef int _read_words(self, uint64_t place) except -1:
        """Fill the tree of characters, the shorter words first: no later word ends where an earlier one has passed."""
        cdef uint64_t end = len(self._view), start
        cdef uint64_t capacity = 1 << 12
        cdef uint32_t number, longest = 0, length
        cdef uint64_t* starts = NULL
        cdef uint32_t* order = NULL
        cdef uint32_t lengths[256]
        while 2 * capacity < 3 * <uint64_t>self.size:
            capacity *= 2
        self._mask = capacity - 1
        self._room = self.size + 1 + <uint32_t>(capacity // 4)
        self._take_store(capacity)
        self._first = <uint32_t*>calloc(1 << 16, sizeof(uint32_t))
        starts = <uint64_t*>malloc((self.size + 1) * sizeof(uint64_t))
        order = <uint32_t*>malloc((self.size + 1) * sizeof(uint32_t))
        try:
            if self._first == NULL or starts == NULL or order == NULL:
                raise MemoryError
            # Node 0 is no node, the one after all words the root.
            self._nodes = self.size + 1
            memset(lengths, 0, sizeof(lengths))
            number = 0
            while place < end and number < self.size:
                starts[number] = start = place
                length = 0
                while place < end and self._data[place]:
                    length += (self._data[place] & 0xC0) != 0x80
                    place += 1
                order[number] = min(length, 255)
                lengths[order[number]] += 1
                number += 1
                place += 1
            if number != self.size:
                raise ModelError("the model's words do not end where they should")
            starts[number] = place
            for length in range(1, 256):
                if lengths[length]:
                    for number in range(1, self.size):
                        if order[number] == length:
                            self._insert(self._data + starts[number], starts[number + 1] - starts[number] - 1, number)
        finally:
            free(starts)
            free(order)
        return 0

    cdef int _take_store(self, uint64_t capacity) except -1:
        """Memory for what is looked up at random, in large pages where the system has them: the processor knows the way to
        few small ones at a time."""
        cdef uint64_t recent = sizeof(Bigram) << _RECENT_BITS, hints = 1 << (_HINT_BITS - 3)
        cdef uint64_t size = recent + hints + capacity * sizeof(uint64_t)
        cdef uint8_t* place
        self._store = <uint8_t*>calloc(size + _PAGE, 1)
        if self._store == NULL:
            raise MemoryError
        place = <uint8_t*>((<size_t>self._store + _PAGE - 1) & ~<size_t>(_PAGE - 1))
        huge(place, size)
        self._recent = <Bigram*>place
        self._hints = <uint64_t*>(place + recent)
        self._edges = <uint64_t*>(place + recent + hints)
        return 0

    cdef int _insert(self, const uint8_t* word, Py_ssize_t length, uint32_t number) except -1:
        cdef Py_ssize_t place = 0
        cdef uint32_t character, node = self.size, child
        cdef uint64_t key, slot
        while place < length:
            character = word[place]
            if character < 0x80:
                place += 1
            elif character < 0xE0:
                character = (character & 0x1F) << 6 | (word[place + 1] & 0x3F)
                place += 2
            elif character < 0xF0:
                character = (character & 0x0F) << 12 | (word[place + 1] & 0x3F) << 6 | (word[place + 2] & 0x3F)
                place += 3
            else:
                character = (character & 7) << 18 | (word[place + 1] & 0x3F) << 12 | (word[place + 2] & 0x3F) << 6 | (word[place + 3] & 0x3F)
                place += 4
            child = self.step(node, character)
            if not child:
                child = number
                if place < length:
                    if self._nodes >= self._room:
                        raise ModelError("the model's words are too long")
                    child = self._nodes
                    self._nodes += 1
                if node == self.size and character < 0x10000:
                    self._first[character] = child
                else:
                    key = <uint64_t>node << 21 | character
                    slot = (key * <uint64_t>0x9E3779B97F4A7C15 >> 20) & self._mask
                    while self._edges[slot]:
                        slot = (slot + 1) & self._mask
                    self._edges[slot] = key << 24 | child
                    slot = key * <uint64_t>0x9E3779B97F4A7C15 >> (64 - _HINT_BITS)
                    self._hints[slot >> 6] |= <uint64_t>1 << (slot & 63)
            node = child
        return 0

    cdef uint32_t word_of(self, str text):
        """The number of a word, or 0 for one the model does not know."""
        cdef uint32_t node = self.size
        cdef Py_UCS4 character
        for character in text:
            node = self.step(node, character)
            if not node:
                return 0
        return node if self.is_word(node) else 0

    def number(self, str text):
        """The number of a word, or 0 for one the model does not know."""
        return self.word_of(text)

    cdef void _look_up(self, uint32_t before, uint32_t word, Bigram* into) noexcept nogil:
        """Fill `into` with what the model knows of `word` after `before`; with nothing before it where that is no word."""
        cdef const uint8_t* unigram = self._unigrams + <uint64_t>word * 16
        cdef uint64_t low, high, at, value
        cdef const uint64_t* bound = self._next_high
        cdef int64_t first, count, half
        memcpy(&into.probability, unigram, 4)
        memcpy(&into.backoffs[0], unigram + 4, 4)
        memcpy(&low, unigram + 8, 8)
        memcpy(&high, unigram + 24, 8)
        into.low = 1
        into.high = 0
        if before == _NOTHING or not self._find(self._bigrams, self._bigram_bits, low, high, before, &at):
            return
        value = at * self._bigram_bits + self._word_bits
        into.backoffs[1] = self._bigram_backoff[_bits(self._bigrams, value, self._backoff_bits)]
        value += self._backoff_bits
        into.probability = self._bigram_probability[_bits(self._bigrams, value, self._probability_bits)]
        # The trigrams of a bigram: low bits beside it, high bits by its place among the few that carry over.
        value += self._probability_bits
        low = _bits(self._bigrams, value, self._next_bits)
        high = _bits(self._bigrams, value + self._bigram_bits, self._next_bits)
        count = self._next_high_count
        first = 0
        while count > 0:
            half = count // 2
            if bound[first + half] <= at:
                first += half + 1
                count -= half + 1
            else:
                count = half
        into.low = low | <uint64_t>(first - 1) << self._next_bits
        while first < self._next_high_count and bound[first] <= at + 1:
            first += 1
        into.high = high | <uint64_t>(first - 1) << self._next_bits

    def scores(self, list words):
        """log10 P of every word of a sequence given those before it, and what is remembered at the end."""
        cdef State one, other
        cdef list found = []
        cdef str word
        one.length = 0
        for word in words:
            found.append(self.extend(&one, self.word_of(word), &other))
            one = other
        return found, tuple([one.words[index] for index in range(one.length)])

    def company(self, str word, str other):
        """log10 of how much likelier `other` is behind `word` than with nothing known before it."""
        cdef State null, one, after
        cdef uint32_t number = self.word_of(other)
        cdef double own, together
        null.length = 0
        own = self.extend(&null, self.word_of(word), &one)
        together = own
        together += self.extend(&one, number, &after)
        return together - own - self.extend(&null, number, &after)

    def out_of_context(self, str text):
        """Twin of `LanguageModel.out_of_context`."""
        cdef State null, one, after
        cdef Py_ssize_t place, at, size = len(text)
        cdef uint32_t number, node
        cdef double score, together
        cdef list words
        score, words = self.best_split(text)
        null.length = 0
        if len(words) > 1:
            score = 0.0
            one = null
            for word in words:
                score += self.extend(&one, self.word_of(word), &after)
                one = after
            return score
        number = self.size
        for place in range(1, size):
            number = self.step(number, text[place - 1])
            if not number:
                break
            if not self.is_word(number):
                continue
            node = self.size
            for at in range(place, size):
                node = self.step(node, text[at])
                if not node:
                    break
            if self.is_word(node):
                together = self.extend(&null, number, &one)
                together += self.extend(&one, node, &after)
                score = max(score, together)
        return score

    def across(self, str line, Py_ssize_t start, Py_ssize_t place):
        """How long the longest word of two to four characters is that runs across `place` and begins at `start` or later; 0
        where there is none."""
        cdef Py_ssize_t size, first, at
        cdef uint32_t node
        for size in range(4, 1, -1):
            for first in range(max(start, place - size + 1), min(place, len(line) - size + 1)):
                node = self.size
                for at in range(first, first + size):
                    node = self.step(node, line[at])
                    if not node:
                        break
                if self.is_word(node):
                    return size
        return 0

    cpdef tuple best_split(self, str text):
        """The likeliest segmentation of `text` by unigrams: (log10 probability, words). Twin of `LanguageModel.best_split`."""
        cdef Py_ssize_t size = len(text), start, end, low
        cdef State null, after
        cdef uint32_t node, word
        cdef double score
        cdef double* best
        cdef Py_ssize_t* back
        null.length = 0
        word = self.word_of(text)
        if word or not size:
            return self.extend(&null, word, &after), [text]
        best = <double*>malloc((size + 1) * sizeof(double))
        back = <Py_ssize_t*>malloc((size + 1) * sizeof(Py_ssize_t))
        if best == NULL or back == NULL:
            free(best)
            free(back)
            raise MemoryError
        for end in range(1, size + 1):
            best[end] = float("-inf")
            back[end] = end - 1
        best[0] = 0.0
        for start in range(size):
            node = self.size
            for end in range(start + 1, min(size, start + 8) + 1):
                node = self.step(node, text[end - 1]) if node else 0
                if not self.is_word(node) and end > start + 1:
                    if not node:
                        break
                    continue
                score = best[start] + self.extend(&null, node if self.is_word(node) else 0, &after)
                # Of equals the later start.
                if score >= best[end]:
                    best[end] = score
                    back[end] = start
        score = best[size]
        words = []
        end = size
        while end:
            words.append(text[back[end] : end])
            end = back[end]
        free(best)
        free(back)
        return score, words[::-1]
