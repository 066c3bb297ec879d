from cpython cimport array
from libc.stdint cimport int32_t, uint32_t

from despin.kernel.native.shortlists cimport Shortlists
from despin.kernel.native.vectors cimport Vector


#: As `despin.kernel.types.Offer`; the original is in the pool.
cdef struct Offer:
    int32_t low
    int32_t high
    int32_t core
    int32_t family
    int32_t both_ways
    int32_t guarded
    int32_t first
    int32_t length
    int32_t number
    #: The numbers of the original, of (family, original) and (spun, original), and of (family, original of the offer
    #: `beside`), the last asked for.
    int32_t word
    int32_t key
    int32_t pair
    int32_t beside
    int32_t beside_key
    double weight


#: A (family, original) or a (spun form, original).
cdef struct Couple:
    int32_t first
    int32_t word


cdef class Numbers:
    """What a `despin.decode.candidates.Pieces` calls the keys, pairs, spun forms and originals that a catalogue has numbers for, -1 where
    nothing, and its own columns."""

    cdef Vector keys, pairs, forms, words
    cdef list form_words, original_words
    cdef array.array key_families, pair_forms, pair_originals


cdef class Catalogue:
    cdef object offers
    cdef Shortlists shortlists
    cdef double flip
    cdef Vector firsts, counts, every, pool, keys, pairs
    #: By pattern, how far its guarded entries look around a match.
    cdef Vector behind, ahead
    cdef list words, entries, patterns, sources
    cdef dict word_numbers, key_numbers, pair_numbers
    #: `exposures` of the channel; by pattern its number as a word and by exposure that of its key, -1 where nobody has asked.
    cdef array.array exposed_first, exposed
    cdef Vector pattern_words, exposed_keys

    cdef int learn(self, int32_t pattern) except -1
    cdef int32_t add(self, family, double weight, bint both_ways, entry, bint packed) except -1
    cdef int see(self, entry, int32_t pattern) except -1
    cdef int32_t word(self, str word) except -1
    cdef int32_t couple(self, int32_t first, int32_t word, dict numbers, Vector* couples) except -1
    cdef int32_t key(self, int32_t number, Numbers numbers) except -1
    cdef int32_t couple_beside(self, int32_t offer, int32_t beside) except -1
    cdef int32_t pair(self, int32_t number, Numbers numbers) except -1


cdef int32_t* known(Vector* vector, int32_t number) except NULL
