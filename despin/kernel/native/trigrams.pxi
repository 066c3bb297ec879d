# Part of lattice.pyx: trigrams read where they lie, and all that leads to them.
#
# `Trigrams`: despin's own file of trigrams (`despin/kernel/ngram_file.py`), or KenLM's quantised trie,
# memory-mapped. The latter's layout is that of KenLM's `QUANT_ARRAY_TRIE` (lm/binary_format.cc, quantize.hh,
# trie.hh, bhiksha.hh): header, sorted vocabulary, quantisation tables, unigrams, bigrams with pointers into the
# trigrams, trigrams, and the words as text, by number. Scores are KenLM's own to the last bit, sums in single
# precision included; tests hold the two together.

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.stdint cimport int16_t, int64_t, uint8_t
from libc.stdlib cimport calloc, malloc
from libc.string cimport memcpy

import mmap
import struct

from despin.errors import ModelError
from despin.kernel.ngram_file import damaged, is_own, read_layout

_MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0"
#: What is said of a file of another kind.
_CURE = (
    "read are its own format and KenLM's quantised tries of trigrams, which `build_binary -a 22 -q 8 -b 8 trie "
    "model.arpa model.binary` makes of a model of order 3; if it came with despin, install despin again"
)
_SANITY = 0x58
_QUANT_ARRAY_TRIE = 5

cdef enum:
    #: What is read to know the kind of a file and its header.
    _HEADER = 128
    #: No quantised model has larger tables.
    _MOST_BITS = 25


cdef inline uint32_t _word(const uint8_t* place) noexcept nogil:
    cdef uint32_t value
    memcpy(&value, place, 4)
    return value


cdef inline uint64_t _window(const uint8_t* base, uint64_t offset) noexcept nogil:
    """At least 57 bits from a bit on."""
    cdef uint64_t value
    memcpy(&value, base + (offset >> 3), 8)
    return value >> (offset & 7)


cdef uint32_t _counted(const uint8_t* bits) noexcept:
    """How many of 192 bits are set."""
    cdef uint64_t value
    cdef int index
    cdef uint32_t count = 0
    for index in range(3):
        memcpy(&value, bits + 8 * index, 8)
        count += popcount(value)
    return count


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


cdef uint64_t _capacity(uint32_t words) noexcept:
    """How many edges of the tree of so many words have room."""
    cdef uint64_t capacity = 1 << 12
    while 2 * capacity < 3 * <uint64_t>words:
        capacity *= 2
    return capacity


cdef bint _take_tree(Trigrams self, bytes tree) except -1:
    """Take a tree that was made before; whether it is one of as many words."""
    cdef uint64_t capacity = _capacity(self.size), hints = 1 << (_HINT_BITS - 3), first = sizeof(uint32_t) << 16, slot
    cdef const char* data = tree
    cdef uint32_t head[2]
    cdef bint free_slot = False
    if <uint64_t>len(tree) != sizeof(head) + first + hints + capacity * sizeof(uint64_t):
        return False
    memcpy(head, data, sizeof(head))
    if head[0] != self.size or head[1] <= self.size:
        return False
    self._take_store(capacity)
    self._first = <uint32_t*>malloc(first)
    if self._first == NULL:
        raise MemoryError
    memcpy(self._first, data + sizeof(head), first)
    memcpy(self._hints, data + sizeof(head) + first, hints)
    memcpy(self._edges, data + sizeof(head) + first + hints, capacity * sizeof(uint64_t))
    for slot in range(capacity):
        if not self._edges[slot]:  # without one a look-up would not end
            free_slot = True
            break
    if not free_slot:
        free(self._store)
        free(self._first)
        self._store, self._first = NULL, NULL
        return False
    self._mask, self._nodes, self._room = capacity - 1, head[1], head[1]
    return True


cdef class Trigrams:
    """A trigram model and its words. `crossing` is the longest word that may run across the borders of an
    edit, `pauses` the characters that stand for another mark; `tree` is what `tree()` gave for the same file,
    which saves making it. Raises `ModelError` for a file that is neither despin's own nor a KenLM trie of
    this kind, or that is damaged."""

    def __cinit__(self, str path not None, int crossing, dict pauses not None, bytes tree=None, Trigrams whole=None):
        self.crossing = crossing
        if whole is not None:
            self._share(whole)
            return
        try:
            with open(path, "rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise damaged(path, f"the language model cannot be read ({reason})") from None
        PyObject_GetBuffer(self._map, &self._view, PyBUF_SIMPLE)
        self._data = <const uint8_t*>self._view.buf
        self._length = self._view.len
        self._own = is_own(self._map[:_HEADER])
        if self._own:
            place = self._open_own(path)
        else:
            place = self._open_kenlm(path)
        if tree is None or not _take_tree(self, tree):
            self._read_words(path, place)
        self._words_at = place
        self.pauses = {ord(mark): self.number(pause) for mark, pause in pauses.items()}

    def __dealloc__(self):
        free(self._store)
        if self._is_part:
            return
        free(self._first)
        free(self._tables)
        if self._data != NULL:
            PyBuffer_Release(&self._view)

    def another(self):
        """The same model with a memory of its own, for another thread: only that is made anew."""
        return Trigrams("", self.crossing, self.pauses, whole=self)

    cdef int _share(self, Trigrams whole) except -1:
        """Take all of a model but its memory."""
        self._whole, self._is_part, self._words_at = whole, True, whole._words_at
        self._map, self.pauses, self._length, self._own = whole._map, whole.pauses, whole._length, whole._own
        self._take_store(0)
        self._first, self._hints, self._edges = whole._first, whole._hints, whole._edges
        self._mask, self._nodes, self._room, self.size = whole._mask, whole._nodes, whole._room, whole.size
        self._unigrams, self._bigrams, self._trigrams = whole._unigrams, whole._bigrams, whole._trigrams
        self._bigram_count, self._trigram_count = whole._bigram_count, whole._trigram_count
        self._next_high, self._next_high_count = whole._next_high, whole._next_high_count
        self._next_bits, self._trigram_code_bits = whole._next_bits, whole._trigram_code_bits
        self._word_bits, self._word_mask = whole._word_bits, whole._word_mask
        self._probability_bits, self._backoff_bits = whole._probability_bits, whole._backoff_bits
        self._bigram_bits, self._trigram_bits, self._way_bits = whole._bigram_bits, whole._trigram_bits, whole._way_bits
        self._fixed, self._heads, self._head_count = whole._fixed, whole._heads, whole._head_count
        self._marks, self._backoffs, self._groups = whole._marks, whole._backoffs, whole._groups
        self._context_count, self._suffix_count = whole._context_count, whole._suffix_count
        self._bigram_end, self._trigram_end, self._tables = whole._bigram_end, whole._trigram_end, whole._tables
        self._bigram_probability, self._bigram_backoff = whole._bigram_probability, whole._bigram_backoff
        self._trigram_probability = whole._trigram_probability
        return 0

    def tree(self):
        """The tree of characters over the words, as `tree` of another model of the same file."""
        cdef uint32_t head[2]
        head[0], head[1] = self.size, self._nodes
        return (
            (<char*>head)[:sizeof(head)]
            + (<char*>self._first)[: sizeof(uint32_t) << 16]
            + (<char*>self._hints)[: 1 << (_HINT_BITS - 3)]
            + (<char*>self._edges)[: (self._mask + 1) * sizeof(uint64_t)]
        )

    cdef uint64_t _open_kenlm(self, str path) except? 0:
        """Find the parts of a KenLM trie; where its words begin. Raises `ModelError`."""
        cdef bytes header = self._map[: _SANITY + 64]
        if (
            len(header) < _SANITY + 64 or header[: len(_MAGIC)] != _MAGIC
            or struct.pack("=I", 1) != struct.pack("<I", 1)
        ):
            raise ModelError(f"{path}: not a language model that despin reads; {_CURE}")
        order, _, kind, has_words, _ = struct.unpack_from("<B3xfIB3xI", header, _SANITY)
        if (order, kind, has_words) != (3, _QUANT_ARRAY_TRIE, 1):
            raise ModelError(f"{path}: a KenLM binary of another kind; {_CURE}")
        unigrams, bigrams, trigrams = struct.unpack_from("<QQQ", header, _SANITY + 20)
        if not 0 < unigrams < 1 << 18 << 2:
            raise damaged(path, "no words, or more than the tree of characters holds")
        # No n-gram takes less than a byte, so what follows cannot overflow.
        if max(bigrams, trigrams) > self._length:
            raise damaged(path, "the language model is cut off")
        self.size = unigrams
        self._bigram_count, self._trigram_count = bigrams, trigrams
        place = (_SANITY + 20 + 3 * 8 + 7) // 8 * 8 + 8 + 8 * unigrams
        self._probability_bits, self._backoff_bits = self._byte(path, place + 1), self._byte(path, place + 2)
        if not (0 < self._probability_bits <= _MOST_BITS and 0 < self._backoff_bits <= _MOST_BITS):
            raise damaged(path, "not the tables of a quantised model")
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
        configured = self._byte(path, place + 1)
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
            raise damaged(path, "the words are not where the header says")
        self._check(path)
        return place

    cdef uint64_t _open_own(self, str path) except? 0:
        """Find the parts of a file of despin's own; where its words begin. Raises `ModelError`."""
        cdef uint64_t index, size
        where = read_layout(self._map[:_HEADER], self._length, path)
        if struct.pack("=I", 1) != struct.pack("<I", 1):
            raise ModelError(
                f"{path}: despin reads models only on machines that store the lowest byte first "
                "(little-endian)"
            )
        self.size, self._head_count = where.words, where.heads
        self._bigram_count, self._trigram_count = where.bigrams, where.trigrams
        self._context_count, self._suffix_count = where.contexts, where.suffixes
        self._probability_bits, self._trigram_code_bits = where.bigram_bits, where.trigram_bits
        self._backoff_bits, self._word_bits, self._way_bits = where.backoff_bits, where.word_bits, where.way_bits
        self._fixed = <const int16_t*>(self._data + <uint64_t>where.unigrams_at)
        self._heads = <const uint32_t*>(self._data + <uint64_t>where.heads_at)
        self._marks = self._data + <uint64_t>where.marks_at
        self._backoffs = self._data + <uint64_t>where.backoffs_at
        self._bigrams = self._data + <uint64_t>where.bigrams_at
        self._bigram_end = 8 * <uint64_t>(where.bigrams_end - where.bigrams_at)
        self._groups = <const uint32_t*>(self._data + <uint64_t>where.groups_at)
        self._trigrams = self._data + <uint64_t>where.trigrams_at
        self._trigram_end = 8 * <uint64_t>(where.trigrams_end - where.trigrams_at)
        size = (
            (<uint64_t>1 << self._probability_bits) + (<uint64_t>1 << self._backoff_bits)
            + (<uint64_t>1 << self._trigram_code_bits)
        )
        self._tables = <float*>malloc(size * sizeof(float))
        if self._tables == NULL:
            raise MemoryError
        for index in range(size):
            self._tables[index] = as_log10((<const int16_t*>(self._data + <uint64_t>where.tables_at))[index])
        self._bigram_probability = self._tables
        self._bigram_backoff = self._tables + (1 << self._probability_bits)
        self._trigram_probability = self._bigram_backoff + (1 << self._backoff_bits)
        if self._map[where.words_at : where.words_at + 6] != b"<unk>\0":
            raise damaged(path, "the words are not where the header says")
        self._check_own(path)
        return where.words_at

    cdef int _check_own(self, str path) except -1:
        """Whether all that leads from words to bigrams, and from bigrams to trigrams, stays
        among them; else `ModelError`."""
        cdef uint64_t index, ways, step = self._word_bits + self._way_bits
        cdef uint64_t groups = (<uint64_t>self._suffix_count + _GROUP - 1) // _GROUP
        cdef uint32_t contexts = 0, suffixes = 0
        cdef const uint32_t* heads = self._heads
        cdef const uint8_t* mark
        cdef bint right = (
            heads[0] == 0 and heads[2 * self._head_count] == self._bigram_count
            and heads[2 * self._head_count + 1] <= self._bigram_end
        )
        for index in range(self._head_count):
            right = right and heads[2 * index] <= heads[2 * index + 2] and heads[2 * index + 1] <= heads[2 * index + 3]
            if right and heads[2 * index] < heads[2 * index + 2]:
                ways = (heads[2 * index + 2] - heads[2 * index] - 1) // _BLOCK
                right = heads[2 * index + 1] + ways * step <= self._bigram_end
        if not right:
            raise damaged(path, "bigrams are not where the words say")
        for index in range(self._bigram_count // _MARKED + 1):
            mark = self._marks + index * _MARK_BYTES
            right = right and _word(mark) == contexts and _word(mark + 4) == suffixes
            contexts += _counted(mark + 8)
            suffixes += _counted(mark + 32)
        if not right or contexts != self._context_count or suffixes != self._suffix_count:
            raise damaged(path, "the marks of bigrams do not count what the header says")
        for index in range(groups):
            right = right and self._groups[index] <= self._groups[index + 1]
        if not right or self._groups[groups] > self._trigram_end:
            raise damaged(path, "trigrams are not where the bigrams say")
        return 0

    cdef int _byte(self, str path, place) except -1:
        """A byte of the file. Raises `ModelError` where it ends before."""
        if place >= self._length:
            raise damaged(path, "the language model is cut off")
        return self._data[<uint64_t>place]

    cdef int _check(self, str path) except -1:
        """Whether all that leads from words to bigrams, and from bigrams to trigrams, stays
        among them; else `ModelError`."""
        cdef uint64_t low, last = 0
        cdef uint32_t word
        cdef int64_t index
        for word in range(self.size + 1):
            memcpy(&low, self._unigrams + <uint64_t>word * 16 + 8, 8)
            if low < last or low > self._bigram_count + 1:
                raise damaged(path, "bigrams are not where the words say")
            last = low
        last = 0
        for index in range(self._next_high_count):
            if self._next_high[index] < last:
                raise damaged(path, "trigrams are not where the bigrams say")
            last = self._next_high[index]
        return 0

    cdef int _read_words(self, str path, uint64_t place) except -1:
        """Fill the tree of characters, the shorter words first: no later word ends where an earlier one has passed.
        Raises `ModelError` for words that are no UTF-8, or not as many as there should be."""
        cdef uint64_t end = self._length, start
        cdef uint64_t capacity
        cdef uint32_t number, longest = 0, length
        cdef uint64_t* starts = NULL
        cdef uint32_t* order = NULL
        cdef uint32_t lengths[256]
        try:
            self._map[place:].decode()
        except UnicodeDecodeError:
            raise damaged(path, "the words of the model are no UTF-8") from None
        capacity = _capacity(self.size)
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
            if number != self.size or place != end:
                raise damaged(path, "the words do not end where they should")
            starts[number] = place
            for length in range(1, 256):
                if lengths[length]:
                    for number in range(1, self.size):
                        if order[number] == length:
                            self._insert(
                                path, self._data + starts[number], starts[number + 1] - starts[number] - 1, number
                            )
        finally:
            free(starts)
            free(order)
        return 0

    cdef int _take_store(self, uint64_t capacity) except -1:
        """Memory for what is looked up at random, in large pages where the system has them: the processor knows the
        way to few small ones at a time."""
        cdef uint64_t recent = sizeof(Bigram) << _RECENT_BITS, hints = 1 << (_HINT_BITS - 3)
        cdef uint64_t size = recent + hints + capacity * sizeof(uint64_t)
        cdef uint8_t* place
        self._store = <uint8_t*>calloc(size + PAGE, 1)
        if self._store == NULL:
            raise MemoryError
        place = <uint8_t*>((<size_t>self._store + PAGE - 1) & ~<size_t>(PAGE - 1))
        huge(place, size)
        self._recent = <Bigram*>place
        self._hints = <uint64_t*>(place + recent)
        self._edges = <uint64_t*>(place + recent + hints)
        return 0

    cdef int _insert(self, str path, const uint8_t* word, Py_ssize_t length, uint32_t number) except -1:
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
                character = (
                    (character & 7) << 18 | (word[place + 1] & 0x3F) << 12 | (word[place + 2] & 0x3F) << 6
                    | (word[place + 3] & 0x3F)
                )
                place += 4
            child = self.step(node, character)
            if not child:
                child = number
                if place < length:
                    if self._nodes >= self._room:
                        raise damaged(path, "the words are too long")
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

    def number(self, str text not None):
        """The number of a word, or 0 for one the model does not know."""
        return self.word_of(text)

    def vocabulary(self):
        """All words, as a set, without the unknown one."""
        return frozenset(self._map[self._words_at :].decode().split("\0")[1 : self.size])

    def knows(self, str word not None):
        """Whether a word is in the vocabulary."""
        return self.word_of(word) > 0

    def unigram(self, str word not None):
        """log10 P(word) out of context; about -6.2 for a word outside the vocabulary."""
        cdef State after
        return self.first(self.word_of(word), &after)

    def sequence(self, list words not None):
        """log10 P(words) in sequence, with nothing known before the first."""
        cdef State one, after
        cdef double total = 0.0
        cdef str word
        one.length = 0
        for word in words:
            total += self.extend(&one, self.word_of(word), &after)
            one = after
        return total

    cdef void _look_up(self, uint32_t before, uint32_t word, Bigram* into) noexcept nogil:
        """Fill `into` with what the model knows of `word` after `before`; with nothing
        before it where that is no word."""
        cdef const uint8_t* unigram = self._unigrams + <uint64_t>word * 16
        cdef uint64_t low, high, at, value
        cdef const uint64_t* bound = self._next_high
        cdef int64_t first, count, half
        memcpy(&into.probability, unigram, 4)
        memcpy(&into.backoffs[0], unigram + 4, 4)
        memcpy(&low, unigram + 8, 8)
        memcpy(&high, unigram + 24, 8)
        into.low = into.count = into.known = 0
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
        high = min(high | <uint64_t>(first - 1) << self._next_bits, self._trigram_count + 1)
        into.count = <uint32_t>(high - into.low) if high > into.low else 0
        into.known = _IS_KNOWN

    cdef void _look_up_own(self, uint32_t before, uint32_t word, Bigram* into) noexcept nogil:
        """The same of a file of despin's own."""
        cdef uint32_t context = 0, suffix = 0
        cdef int traits = _look_up_in(self, before, word, _block_of(self, before, word), into, &context, &suffix)
        if traits & _BEGINS:
            into.backoffs[1] = _backoff_of(self, context)
        if traits & _ENDS:
            self._find_group(suffix, into)

    cdef uint32_t _marked(self, uint64_t at, int which, bint* found) noexcept nogil:
        """How many bigrams before bigram `at` are marked (0: have a back-off weight, 1: trigrams
        end in them), and whether it is."""
        cdef const uint8_t* mark = self._marks + at // _MARKED * _MARK_BYTES
        cdef int bit = at % _MARKED
        cdef uint32_t count = _word(mark + 4 * which)
        cdef uint64_t bits
        mark += 8 + 24 * which
        while bit >= 64:
            memcpy(&bits, mark, 8)
            count += popcount(bits)
            mark += 8
            bit -= 64
        memcpy(&bits, mark, 8)
        found[0] = bits >> bit & 1
        return count + popcount(bits & ((<uint64_t>1 << bit) - 1))

    cdef void _find_group(self, uint32_t suffix, Bigram* into) noexcept nogil:
        """Fill `into` with where the trigrams of the bigram stand that has some as the `suffix`th."""
        cdef uint64_t place = self._groups[suffix // _GROUP], value, count = 0
        cdef int left = suffix % _GROUP, width = 0, whole
        while True:
            value = _window(self._trigrams, place)
            width = <int>(value & ((1 << _WIDTH_BITS) - 1))
            value >>= _WIDTH_BITS
            whole = min(ctz(value | <uint64_t>1 << 24), 24)
            count = <uint64_t>1 << whole | (value >> (whole + 1) & ((<uint64_t>1 << whole) - 1))
            place += _WIDTH_BITS + 2 * whole + 1
            if not left:
                break
            left -= 1
            place += count * (width + self._trigram_code_bits)
            if place > self._trigram_end:
                return
        if place + count * (width + self._trigram_code_bits) > self._trigram_end:
            return
        into.low, into.count = <uint32_t>place, <uint32_t>count
        into.known |= <uint32_t>width << _RANK_BITS

    def scores(self, list words not None):
        """log10 P of every word of a sequence given those before it, and what is remembered at the end."""
        cdef State one, other
        cdef list found = []
        cdef str word
        one.length = 0
        for word in words:
            found.append(self.extend(&one, self.word_of(word), &other))
            one = other
        return found, tuple([one.words[index] for index in range(one.length)])

    def out_of_context(self, str text not None):
        """log10 P of a word out of context, read as one or as two: 新的 is in the vocabulary
        and hardly ever meant as one."""
        cdef State one, after
        cdef Py_ssize_t place, at, size = len(text)
        cdef uint32_t number, node
        cdef double score, together
        cdef list words
        score, words = self.best_split(text)
        if len(words) > 1:
            score = 0.0
            one.length = 0
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
                together = self.first(number, &one)
                together += self.extend(&one, node, &after)
                score = max(score, together)
        return score

    cpdef tuple best_split(self, str text):
        """The likeliest segmentation of `text` into words by unigrams: (log10 probability, words)."""
        cdef Py_ssize_t size = len(text), end
        cdef double score
        cdef double* best = <double*>malloc((size + 1) * sizeof(double))
        cdef int32_t* back = <int32_t*>malloc((size + 1) * sizeof(int32_t))
        cdef uint32_t* numbers = <uint32_t*>malloc((size + 1) * sizeof(uint32_t))
        cdef list words = []
        try:
            if best == NULL or back == NULL or numbers == NULL:
                raise MemoryError
            score = _split(self, text, 0, size, best, back, numbers)
            end = size
            while end:
                words.append(text[back[end] : end])
                end = back[end]
        finally:
            free(best)
            free(back)
            free(numbers)
        words.reverse()
        return score, words if size else [text]

    cdef LatticeBuilder builder(self):
        return LatticeBuilder(self, self.crossing, self.pauses)

    def lattice(
        self, str text not None, list arcs not None, list odds not None, str before not None, int beam, double width
    ):
        """(first, previous, fluency, entered, several): the steps into each hypothesis, flat; see `Lattice`. Raises
        `ValueError` for an empty text, and for arcs that do not lie in it or have no odds."""
        cdef LatticeBuilder work = self.builder()
        cdef Vector pool
        cdef Edit* edit
        cdef Py_UCS4 character
        cdef State start
        cdef int32_t index
        cdef str original
        if not text or len(arcs) != len(odds) or not all([0 <= arc.start < arc.end < len(text) for arc in arcs]):
            raise ValueError("a text, arcs within it before its last character, and odds of each are needed")
        memset(&pool, 0, sizeof(Vector))
        pool.size = sizeof(int32_t)
        memset(&start, 0, sizeof(State))
        try:
            for character in text:
                append(&work.characters, character)
            for index in range(len(arcs)):
                arc = arcs[index]
                original = arc.original
                grow(&work.edits)
                edit = <Edit*>work.edits.data + index
                edit.start = arc.start
                edit.end = arc.end
                edit.first = pool.count
                edit.length = len(original)
                edit.log_odds = odds[index]
                for character in original:
                    append(&pool, character)
            if before:
                self.first(self.word_of(before), &start)
            work.begin(<const uint32_t*>pool.data, &start, beam, width)
            while work.ready():
                work.prefetch_2()
                work.prefetch_3()
                work.take()
        finally:
            free(pool.data)
        return _flat(work)


cdef int64_t _block_of(Trigrams model, uint32_t before, uint32_t word) noexcept nogil:
    """Which of the blocks of bigrams that end in a word would hold `before`; -1 where there are none."""
    cdef uint64_t place, low = 0, high, middle
    cdef int step = model._word_bits + model._way_bits
    if before == _NOTHING or word >= model._head_count or model._heads[2 * word] == model._heads[2 * word + 2]:
        return -1
    place = model._heads[2 * word + 1]
    # The last block that begins with no later word than this.
    high = (model._heads[2 * word + 2] - model._heads[2 * word] - 1) // _BLOCK
    while low < high:
        middle = low + (high - low) // 2
        if _bits(model._bigrams, place + middle * step, model._word_bits) <= before:
            low = middle + 1
        else:
            high = middle
    return low


cdef uint64_t _place_of(Trigrams model, uint32_t word, uint64_t block) noexcept nogil:
    """The bit where a block of the bigrams of a word begins."""
    cdef int step = model._word_bits + model._way_bits
    cdef uint64_t place = model._heads[2 * word + 1], entry = place + (block - 1) * step
    place += (model._heads[2 * word + 2] - model._heads[2 * word] - 1) // _BLOCK * step
    return place + _bits(model._bigrams, entry + model._word_bits, model._way_bits) if block else place


cdef bint _find_in(
    Trigrams model, uint32_t before, uint32_t word, int64_t block, uint64_t* at, uint32_t* code
) noexcept nogil:
    """Whether a block holds a bigram, its number, and the code of its probability."""
    cdef uint64_t place, entry, value = 0, number = 0, first, mask
    cdef int shift, whole, count, index = 0, left = 0
    if block < 0:
        return False
    place = _place_of(model, word, block)
    if place > model._bigram_end:
        return False
    first = model._heads[2 * word] + block * _BLOCK
    count = <int>min(<uint64_t>_BLOCK, model._heads[2 * word + 2] - first)
    shift = <int>_bits(model._bigrams, place, _SHIFT_BITS)
    mask = (<uint64_t>1 << shift) - 1
    entry = place + _SHIFT_BITS
    place = entry + count * model._probability_bits
    if block:
        number = _bits(
            model._bigrams, model._heads[2 * word + 1] + (block - 1) * (model._word_bits + model._way_bits),
            model._word_bits
        )
    else:
        index = -1
        number = <uint64_t>-1
    while number + 1 <= before or index < 0:
        index += 1
        if index == count:
            return False
        whole = ctz(value | <uint64_t>1 << _LONGEST_CODE)
        # Several codes are taken from what was read at once.
        if whole + 1 + shift > left:
            value = _window(model._bigrams, place)
            left = _LONGEST_CODE + 1
            whole = ctz(value | <uint64_t>1 << _LONGEST_CODE)
        value >>= whole + 1
        number += 1 + (<uint64_t>whole << shift | (value & mask))
        value >>= shift
        left -= whole + 1 + shift
        place += whole + 1 + shift
    if number != before:
        return False
    at[0] = first + index
    code[0] = <uint32_t>_bits(model._bigrams, entry + index * model._probability_bits, model._probability_bits)
    return True


cdef enum:
    #: Of a bigram: longer n-grams begin with it, or end in it.
    _BEGINS = 1
    _ENDS = 2


cdef int _look_up_in(
    Trigrams model, uint32_t before, uint32_t word, int64_t block, Bigram* into, uint32_t* context, uint32_t* suffix
) noexcept nogil:
    """Fill `into` with what is known of a word after one other, which `block` would hold, but for the
    back-off weight of both and the trigrams that end in both: whether there are any, and the number of the
    bigram among those that have any."""
    cdef uint64_t at, size = model.size
    cdef uint32_t code
    cdef bint begins, ends, unused
    into.probability = as_log10(model._fixed[word])
    into.backoffs[0] = -0.0 if model._fixed[size + word] == _NO_BACKOFF else as_log10(model._fixed[size + word])
    into.low = into.count = into.known = 0
    if not _find_in(model, before, word, block, &at, &code):
        return 0
    into.probability = model._bigram_probability[code]
    into.backoffs[1] = -0.0
    into.known = _IS_KNOWN
    context[0] = model._marked(at, 0, &begins)
    if begins:
        into.known |= context[0] - model._marked(model._heads[2 * word], 0, &unused)
    suffix[0] = model._marked(at, 1, &ends)
    return (_BEGINS if begins else 0) | (_ENDS if ends else 0)


cdef inline float _backoff_of(Trigrams model, uint32_t context) noexcept nogil:
    """The back-off weight of the bigram that has one as so many before it."""
    return model._bigram_backoff[_bits(model._backoffs, <uint64_t>context * model._backoff_bits, model._backoff_bits)]


cdef void _remember(Trigrams model, Missing* missing, int32_t count) noexcept nogil:
    """Look up what is missing, step by step for all of it together, so that what one step reads is on its way while the
    others are taken. Of two that have the same place in `_recent` only the latter stays there."""
    cdef int32_t at
    cdef uint64_t key
    cdef Missing* pair
    cdef Bigram* known
    for at in range(count):
        pair = missing + at
        pair.block = _block_of(model, pair.before, pair.word)
        if pair.block >= 0:
            prefetch(model._bigrams + (_place_of(model, pair.word, pair.block) >> 3))
            prefetch(model._marks + (model._heads[2 * pair.word] + pair.block * _BLOCK) // _MARKED * _MARK_BYTES)
    for at in range(count):
        pair = missing + at
        pair.traits = 0
        key = <uint64_t>1 << 63 | <uint64_t>pair.before << 32 | pair.word
        known = model._recent + _slot(pair.before, pair.word)
        if known.key == key:
            continue
        pair.traits = _look_up_in(model, pair.before, pair.word, pair.block, known, &pair.context, &pair.suffix)
        known.key = key
        if pair.traits & _BEGINS:
            prefetch(model._backoffs + (<uint64_t>pair.context * model._backoff_bits >> 3))
        if pair.traits & _ENDS:
            prefetch(model._groups + pair.suffix // _GROUP)
    for at in range(count):
        pair = missing + at
        if pair.traits & _ENDS:
            prefetch(model._trigrams + (model._groups[pair.suffix // _GROUP] >> 3))
    for at in range(count):
        pair = missing + at
        if not pair.traits:
            continue
        known = model._recent + _slot(pair.before, pair.word)
        if known.key != (<uint64_t>1 << 63 | <uint64_t>pair.before << 32 | pair.word):
            continue
        if pair.traits & _BEGINS:
            known.backoffs[1] = _backoff_of(model, pair.context)
        if pair.traits & _ENDS:
            model._find_group(pair.suffix, known)


cdef double _split(
    Trigrams lm, str text, Py_ssize_t first, Py_ssize_t size, double* best, int32_t* back, uint32_t* words
):
    """log10 P of the likeliest segmentation of text[first:first + size] by unigrams; `back` holds where the word begins
    that ends at each place, counted from `first`, `words` its number in the model, 0 for none."""
    cdef Py_ssize_t start, end
    cdef State after
    cdef uint32_t node = lm.size
    cdef double score
    for end in range(size):
        node = lm.step(node, PyUnicode_READ_CHAR(text, first + end))
        if not node:
            break
    if not size or (node and lm.is_word(node)):
        back[size], words[size] = 0, node if size else 0
        return lm.first(node if size else 0, &after)
    for end in range(1, size + 1):
        best[end] = float("-inf")
        back[end], words[end] = <int32_t>end - 1, 0
    best[0] = 0.0
    for start in range(size):
        if start + 4 < size:
            lm.prefetch_pair(PyUnicode_READ_CHAR(text, first + start + 3), PyUnicode_READ_CHAR(text, first + start + 4))
        node = lm.size
        for end in range(start + 1, min(size, start + 8) + 1):
            node = lm.step(node, PyUnicode_READ_CHAR(text, first + end - 1)) if node else 0
            if not lm.is_word(node) and end > start + 1:
                if not node:
                    break
                continue
            score = best[start] + lm.first(node if lm.is_word(node) else 0, &after)
            # Of equals the later start.
            if score >= best[end]:
                best[end] = score
                back[end], words[end] = <int32_t>start, node if lm.is_word(node) else 0
    return best[size]
