cimport cython
from cpython cimport array
from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memcpy

from despin.kernel.native.lattice cimport Trigrams
from despin.kernel.native.vectors cimport Vector, reserve

cdef class Columns:
    """The candidates of every pattern of a catalogue in flat columns (`despin.channel.lexicon.CandidateColumns`), read
    without making an object of any. Patterns and words are strings, numbered in this order."""

    cdef list patterns, words, names
    cdef int32_t families, entries
    cdef const int[::1] first, word, family, entry
    cdef const double[::1] weight
    cdef const unsigned char[::1] traits, name

    cdef bint sound(self, int32_t pattern) noexcept
    cdef str original(self, int32_t place)


#: A candidate among those of its pattern, and what it is worth out of context.
cdef struct Ranked:
    double score
    int32_t place
    int32_t word


cdef class Shortlists:
    cdef object candidates
    cdef dict entries, totals, number, background
    #: The spun forms that any background is taken from.
    cdef set backed
    cdef list patterns
    cdef Trigrams model
    cdef int longest
    cdef double width
    #: Whether the candidates are weighed already.
    cdef bint ready
    #: These as columns, or None.
    cdef Columns columns
    #: The places of those that were chosen last.
    cdef Vector chosen, ranking, kept

    cdef list of(self, int pattern)
    cdef list weighed(self, int pattern)
    cdef list ranked(self, list offered)
    cdef bint choose(self, int32_t pattern) except -1
    cdef double commonness(self, str word) except? 1.0


#: So many numbers by label, in a table that is hashed.
cdef struct Map:
    int64_t* labels
    int32_t* numbers
    int64_t mask
    int64_t count


cdef int32_t* entry(Map* map, int64_t label) except NULL


#: As `despin.kernel.types.Offer`; the original is in the pool.
cdef struct Offer:
    int32_t low
    int32_t high
    #: Its place among the columns of candidates, -1 where it came as an object.
    int32_t place
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


#: A number and its name, both -1 where there is none.
cdef struct Named:
    int32_t number
    int32_t name


@cython.final
cdef class Names:
    """What a text calls the things that a catalogue has numbers for: few of them, so that they stay
    where the processor is quick."""

    cdef Named* slots
    cdef uint32_t mask, count

    cdef int make(self, uint32_t size) except -1
    cdef int32_t of(self, int32_t number) noexcept
    cdef int give(self, int32_t number, int32_t name) except -1
    cdef bint forget(self) noexcept


cdef class Numbers:
    """What a `despin.decode.arcs.Ids` calls the keys, pairs, spun forms and originals that a catalogue has numbers for,
    and its own columns. The names go back to those that are `spare` with it."""

    cdef Names keys, pairs, forms, words
    cdef list spare, form_words, original_words
    cdef array.array key_families, pair_forms, pair_originals

    cdef int32_t form(self, int32_t pair) except -1


cdef class Catalogue:
    cdef object offers, nowhere
    cdef Shortlists shortlists
    cdef Vector firsts, counts, every, pool, keys, pairs
    #: By pattern, how far its guarded entries look around a match.
    cdef Vector behind, ahead
    cdef list words, entries, patterns, sources
    #: (keys, pairs, forms, words) of texts that are done, without names.
    cdef list spare
    cdef dict word_numbers
    cdef Map key_numbers, pair_numbers
    #: `exposures` of the channel; by pattern its number as a word and by exposure that of
    #: its key, -1 where nobody has asked.
    cdef array.array exposed_first, exposed
    cdef Vector pattern_words, exposed_keys
    #: By offer, whether its form is only looked for in a text that is believed to be spun; by pattern, whether it is
    #: looked for in every text.
    cdef array.array packed
    cdef object is_site

    cdef int learn(self, int32_t pattern) except -1
    cdef int learn_columns(self, int32_t pattern) except -1
    cdef Offer* late(self, int32_t number) except NULL
    cdef Offer* offered(self, int32_t pattern, int32_t family, double weight, str original, int32_t word) except NULL
    cdef int32_t pattern_word(self, int32_t pattern) except -1
    cdef int32_t add(self, family, double weight, bint both_ways, entry, bint packed) except -1
    cdef int see(self, entry, int32_t pattern) except -1
    cdef int32_t word(self, str word) except -1
    cdef int32_t couple(self, int32_t first, int32_t word, Map* numbers, Vector* couples) except -1
    cdef Numbers numbers_of(self, ids)
    cdef int32_t key(self, int32_t number, Numbers numbers) except -1
    cdef int32_t couple_beside(self, int32_t offer, int32_t beside) except -1
    cdef int prefetch_pairs(self, const int32_t* numbered, int32_t count, Numbers numbers) noexcept
    cdef int32_t pair(self, int32_t number, Numbers numbers) except -1


@cython.final
cdef class CachedSegment:
    """A stretch as a table has it, in one block: first what it weighs, then its arcs and their sources in the numbers
    of the catalogue, then its lattice; places, nodes and arcs are counted from its own first ones."""

    cdef int32_t arcs, sources, nodes, steps, joints, members, family_set
    cdef double mass
    cdef char* data
    cdef size_t size

    cdef int hold(self) except -1
    cdef char* arcs_at(self) noexcept
    cdef char* lattice_at(self) noexcept


@cython.final
cdef class SegmentCache:
    cdef dict young, old
    cdef size_t held, half

    cdef CachedSegment find(self, bytes label)
    cdef int keep(self, bytes label, CachedSegment window) except -1


cdef inline char* put(char* at, const Vector* source, int32_t low, int32_t high, int32_t less) noexcept:
    """Write source[low:high], each `less` less; where the next column goes."""
    cdef int32_t* target = <int32_t*>at
    cdef int32_t index
    for index in range(high - low):
        target[index] = (<int32_t*>source.data)[low + index] - less
    return at + (high - low) * sizeof(int32_t)


cdef inline const char* take(const char* at, Vector* target, int32_t count, int32_t more) except NULL:
    """Append so many that `put` wrote, each `more` more; where the next column is."""
    cdef const int32_t* source = <const int32_t*>at
    cdef int32_t index
    reserve(target, count)
    for index in range(count):
        (<int32_t*>target.data)[target.count + index] = source[index] + more
    target.count += count
    return at + count * sizeof(int32_t)
