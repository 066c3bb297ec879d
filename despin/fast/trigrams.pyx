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
    #: No word.
    _NOTHING = 0x7FFFFFFF
    #: So many bits tell the bigrams that are remembered apart: 2 MB.
    _RECENT_BITS = 18
    #: So many bits tell most strings that are no words apart from those that are: 256 KB, which stay near the processor.
    _HINT_BITS = 21


cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define DESPIN_PREFETCH(place) __builtin_prefetch(place)
    #else
    #define DESPIN_PREFETCH(place) ((void)(place))
    #endif
    """
    void prefetch "DESPIN_PREFETCH"(const void* place) noexcept nogil


cdef inline uint64_t _slot(uint32_t previous, uint32_t word) noexcept nogil:
    """Where a bigram is remembered."""
    return (<uint64_t>1 << 63 | <uint64_t>previous << 32 | word) * <uint64_t>0x9E3779B97F4A7C15 >> (64 - _RECENT_BITS)


cdef inline uint64_t _bits(const uint8_t* base, uint64_t offset, int count) noexcept nogil:
    cdef uint64_t value
    memcpy(&value, base + (offset >> 3), 8)
    return (value >> (offset & 7)) & ((<uint64_t>1 << count) - 1)


cdef inline uint64_t _middle(uint64_t low, uint64_t high, uint64_t below, uint64_t above, uint32_t key) noexcept nogil:
    """Where among the entries low..high-1, which lie between `below` and `above`, to look for `key` next."""
    if high - low > 8 and above > below:
        return low + (key - below) * (high - low - 1) // (above - below)
    return low + (high - low) // 2


cdef inline bint _extends(float backoff) noexcept nogil:
    """Whether longer n-grams begin with this one: minus zero says that none does."""
    cdef uint32_t form
    memcpy(&form, &backoff, 4)
    return form != <uint32_t>0x80000000


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
        self._edges = NULL
        self._recent = NULL
        self._first = NULL
        self._hints = NULL

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
        free(self._edges)
        free(self._recent)
        free(self._first)
        free(self._hints)

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
        self._edges = <uint64_t*>calloc(capacity, sizeof(uint64_t))
        self._recent = <Bigram*>calloc(1 << _RECENT_BITS, sizeof(Bigram))
        self._first = <uint32_t*>calloc(1 << 16, sizeof(uint32_t))
        self._hints = <uint64_t*>calloc(1 << (_HINT_BITS - 6), sizeof(uint64_t))
        starts = <uint64_t*>malloc((self.size + 1) * sizeof(uint64_t))
        order = <uint32_t*>malloc((self.size + 1) * sizeof(uint32_t))
        try:
            if (
                self._edges == NULL or self._recent == NULL or self._first == NULL or self._hints == NULL
                or starts == NULL or order == NULL
            ):
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

    cdef uint32_t step(self, uint32_t node, uint32_t character) noexcept nogil:
        """The node after `character`, or 0."""
        cdef uint64_t key, hashed, slot
        if node == self.size and character < 0x10000:
            return self._first[character]
        key = <uint64_t>node << 21 | character
        hashed = key * <uint64_t>0x9E3779B97F4A7C15
        slot = hashed >> (64 - _HINT_BITS)
        if not self._hints[slot >> 6] >> (slot & 63) & 1:
            return 0
        slot = (hashed >> 20) & self._mask
        while self._edges[slot]:
            if self._edges[slot] >> 24 == key:
                return self._edges[slot] & 0xFFFFFF
            slot = (slot + 1) & self._mask
        return 0

    cdef void expect(self, const State* before, uint32_t word) noexcept nogil:
        """Have what `extend` reads first on its way from memory."""
        cdef uint32_t previous = before.words[0] if before.length else _NOTHING
        prefetch(self._recent + _slot(previous, word))

    cdef bint expect_more(self, const State* before, uint32_t word) noexcept nogil:
        """The same for what `extend` reads next, once the first has come; whether that is not all."""
        cdef uint32_t previous = before.words[0] if before.length else _NOTHING
        cdef Bigram* known = self._recent + _slot(previous, word)
        cdef uint64_t middle
        if known.key != (<uint64_t>1 << 63 | <uint64_t>previous << 32 | word):
            prefetch(self._unigrams + <uint64_t>word * 16)
            return True
        if before.length == 2 and known.low < known.high:
            middle = _middle(known.low, known.high, 0, self.size, before.words[1])
            prefetch(self._trigrams + (middle * self._trigram_bits >> 3))
        return False

    cdef void expect_most(self, const State* before, uint32_t word) noexcept nogil:
        """The same for what `extend` reads after that of a bigram that was not seen lately."""
        cdef uint64_t low, high
        if before.length:
            memcpy(&low, self._unigrams + <uint64_t>word * 16 + 8, 8)
            memcpy(&high, self._unigrams + <uint64_t>word * 16 + 24, 8)
            if low < high:
                low = _middle(low, high, 0, self.size, before.words[0])
                prefetch(self._bigrams + (low * self._bigram_bits >> 3))

    cdef void expect_pair(self, uint32_t character, uint32_t following) noexcept nogil:
        """Have what `step` reads for a word that begins with two characters on its way from memory."""
        cdef uint32_t node = self._first[character] if character < 0x10000 else 0
        cdef uint64_t hashed = (<uint64_t>node << 21 | following) * <uint64_t>0x9E3779B97F4A7C15
        if node:
            prefetch(self._hints + (hashed >> (70 - _HINT_BITS)))
            prefetch(self._edges + ((hashed >> 20) & self._mask))

    cdef bint is_word(self, uint32_t node) noexcept nogil:
        """Whether a node is a word: then it is the word's number."""
        return node != 0 and node < self.size

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

    cdef bint _find(self, const uint8_t* base, int bits, uint64_t low, uint64_t high, uint32_t key, uint64_t* at) noexcept nogil:
        """Where in the sorted entries low..high-1 the word `key` stands: interpolation while they are many."""
        cdef uint64_t below = 0, above = self.size, middle
        cdef uint32_t found
        while high > low:
            middle = _middle(low, high, below, above, key)
            found = _bits(base, middle * bits, self._word_bits)
            if found < key:
                low = middle + 1
                below = found
            elif found > key:
                high = middle
                above = found
            else:
                at[0] = middle
                return True
        return False

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
        into.found = 0
        into.low = into.high = 0
        if before == _NOTHING or not self._find(self._bigrams, self._bigram_bits, low, high, before, &at):
            return
        into.found = 1
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

    cdef float extend(self, const State* before, uint32_t word, State* after) noexcept nogil:
        """log10 P(word | before); fills `after` (`GenericModel::FullScore` of lm/model.cc)."""
        cdef uint32_t previous = before.words[0] if before.length else _NOTHING
        cdef uint64_t key = <uint64_t>1 << 63 | <uint64_t>previous << 32 | word, at
        cdef Bigram* known = self._recent + _slot(previous, word)
        cdef float probability
        cdef int32_t length = 1, index
        if known.key != key:
            self._look_up(previous, word, known)
            known.key = key
        probability = known.probability
        after.words[0] = word
        after.backoff[0] = known.backoffs[0]
        after.length = 1 if _extends(known.backoffs[0]) else 0
        if known.found:
            length = 2
            after.backoff[1] = known.backoffs[1]
            after.words[1] = previous
            if _extends(known.backoffs[1]):
                after.length = 2
            if before.length == 2 and known.low < known.high:
                if self._find(self._trigrams, self._trigram_bits, known.low, known.high, before.words[1], &at):
                    probability = self._trigram_probability[
                        _bits(self._trigrams, at * self._trigram_bits + self._word_bits, self._probability_bits)
                    ]
                    length = 3
        for index in range(length - 1, before.length):
            probability = probability + before.backoff[index]
        return probability

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

    def best_split(self, str text):
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
