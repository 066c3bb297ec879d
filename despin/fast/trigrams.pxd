from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

#: What the model remembers: the last words, the latest first, with the backoff of each length.
cdef struct State:
    uint32_t words[2]
    float backoff[2]
    int32_t length


#: What is known of a word after one other: `probability` of the longest n-gram found, its backoffs, and the entries of
#: its trigrams.
cdef struct Bigram:
    uint64_t key
    float probability
    float backoffs[2]
    uint32_t low
    uint32_t high
    int32_t found


cdef class Trigrams:
    cdef object _map
    cdef const uint8_t[::1] _view
    cdef const uint8_t* _data
    cdef readonly uint32_t size
    # Unigrams: probability, backoff, first bigram; 16 bytes each.
    cdef const uint8_t* _unigrams
    cdef uint64_t _bigram_count
    cdef const uint8_t* _bigrams
    cdef const uint64_t* _next_high
    cdef int64_t _next_high_count
    cdef const uint8_t* _trigrams
    cdef int _word_bits, _probability_bits, _backoff_bits, _next_bits, _bigram_bits, _trigram_bits
    cdef uint64_t _word_mask
    cdef const float* _bigram_probability
    cdef const float* _bigram_backoff
    cdef const float* _trigram_probability
    # A tree of characters over the words: a hash table of (node, character, child), and the children of the root. The node
    # of a word is its number, the others come after all words.
    cdef uint64_t* _edges
    cdef uint64_t _mask
    cdef uint32_t _nodes, _room
    #: Bigrams that were looked up lately, by a hash of both words.
    cdef Bigram* _recent
    #: The node after each character of the first plane.
    cdef uint32_t* _first
    #: A bit for every edge, by a hash: where it is not set there is no edge.
    cdef uint64_t* _hints

    cdef void _look_up(self, uint32_t before, uint32_t word, Bigram* into) noexcept nogil
    cdef void expect(self, const State* before, uint32_t word) noexcept nogil
    cdef bint expect_more(self, const State* before, uint32_t word) noexcept nogil
    cdef void expect_most(self, const State* before, uint32_t word) noexcept nogil
    cdef void expect_pair(self, uint32_t character, uint32_t following) noexcept nogil
    cdef float extend(self, const State* before, uint32_t word, State* after) noexcept nogil
    cdef uint32_t step(self, uint32_t node, uint32_t character) noexcept nogil
    cdef uint32_t word_of(self, str text)
    cdef bint _find(self, const uint8_t* base, int bits, uint64_t low, uint64_t high, uint32_t key, uint64_t* at) noexcept nogil
    cdef int _insert(self, const uint8_t* word, Py_ssize_t length, uint32_t number) except -1
    cdef bint is_word(self, uint32_t node) noexcept nogil
    cdef int _read_words(self, uint64_t place) except -1


