from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

#: What the model remembers: the last words, the latest first, with the backoff of each length.
cdef struct State:
    uint32_t words[2]
    float backoff[2]
    int32_t length


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
    # A tree of characters over the words, as one hash table of (node, character) -> node.
    cdef uint64_t* _keys
    cdef uint32_t* _children
    cdef uint64_t _mask
    cdef int32_t* _word_at
    cdef uint32_t _nodes, _room

    cdef float extend(self, const State* before, uint32_t word, State* after) noexcept nogil
    cdef uint32_t step(self, uint32_t node, uint32_t character) noexcept nogil
    cdef int32_t word_of(self, str text)
    cdef bint _find(self, const uint8_t* base, int bits, uint64_t low, uint64_t high, uint32_t key, uint64_t* at) noexcept nogil
    cdef int _insert(self, const uint8_t* word, Py_ssize_t length, int32_t number) except -1
    cdef int _read_words(self, uint64_t place) except -1


