# cython: language_level=3
cimport cython
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t

from despin.kernel.native.lattice cimport ctz, popcount, prefetch


#: A word of a segmented text: code points from `start` to `end`, number of its flag,
#: number of the word (0: not looked up).
cdef struct Token:
    int32_t start
    int32_t end
    int32_t flag
    int32_t word


cdef enum:
    _MOST_RANKS = 8
    #: So many bits tell most strings that begin no word apart from those that do: 256
    #: KB, which stay near the processor.
    _HINT_BITS = 21
    _SHORT_RUN = 16         # characters of a run that is remembered
    _RUN_BITS = 12          # runs that are remembered
    _AHEAD_STEPS = 3        # characters before one is read that what begins with it is fetched


#: Some of many words: a bit for each, and how many are marked before each 64 of them.
cdef struct Marked:
    uint64_t* bits
    uint32_t* before


cdef inline bint is_marked(const Marked* marked, uint32_t word) noexcept nogil:
    return marked.bits[word >> 6] >> (word & 63) & 1


cdef inline uint32_t place_of(const Marked* marked, uint32_t word) noexcept nogil:
    """How many words before this one are marked."""
    return marked.before[word >> 6] + popcount(marked.bits[word >> 6] & ((<uint64_t>1 << (word & 63)) - 1))


@cython.final
cdef class Segmenter:
    cdef object _blob, _held    # the data, and what keeps them where they are
    cdef const uint64_t* edges
    cdef uint64_t mask
    cdef uint64_t* hints            # a bit for every edge, by a hash: where it is not set there is no edge
    #: By hash, what the hidden Markov model made of short runs: a seal, and 16 bytes of states.
    cdef uint64_t* runs
    cdef bint _own_hints
    cdef Segmenter _whole_one       # whose hints and runs these are, where they are not its own
    cdef const uint32_t* first
    cdef const uint8_t* infreq
    cdef readonly uint32_t nwords, nnodes
    cdef const double* logf         # by word; above 0: the dictionary does not count it
    cdef const uint8_t* flag        # by word
    cdef const uint8_t* length      # by word, code points
    cdef const uint32_t* offsets    # by word, into strings
    cdef const uint16_t* strings
    cdef uint32_t nrows
    cdef const uint32_t* rows       # words with neighbours, ascending
    cdef const uint32_t* near       # by rank, then row
    cdef readonly double logtotal
    # the hidden Markov model
    cdef int states
    cdef const double* startp
    cdef const double* trans        # from state to state
    cdef const uint32_t* eoff
    cdef const uint8_t* estate
    cdef const double* evalue
    cdef const uint8_t* eintab
    cdef const uint16_t* characters
    cdef const uint8_t* stag
    cdef const uint8_t* spos
    cdef uint64_t* after            # by state, 4 x 64 bits: states that may follow
    cdef uint8_t many[256]          # by state: whether more than two may follow
    cdef uint8_t pair[256][2]       # by state: those two, where it is no more
    cdef uint8_t xflag, mflag, engflag
    # the program
    cdef readonly list flags
    cdef readonly tuple ranks
    cdef int nranks
    cdef int rank_of[_MOST_RANKS]   # by number of the program's rank, that among neighbours, from 0 on
    cdef uint8_t eligible[256]
    cdef Marked rows_marked         # words with neighbours; the nth of them has the nth row
    cdef Marked forms_marked        # words that the program writes for others
    cdef uint32_t* poff             # by number among these, into plist: the words that become this one
    cdef uint32_t* plist

    cdef inline uint32_t step(self, uint32_t node, uint32_t c) noexcept nogil:
        """The node after `node` (`nwords` is the root) and the character `c`, or 0."""
        cdef uint64_t key, slot
        if c > 0xFFFF:
            return 0
        if node == self.nwords:
            return self.first[c]
        key = <uint64_t>node << 16 | c
        slot = key * <uint64_t>0x9E3779B97F4A7C15
        if not self.hints[slot >> (70 - _HINT_BITS)] >> (slot >> (64 - _HINT_BITS) & 63) & 1:
            return 0
        slot = (slot >> 20) & self.mask
        while self.edges[slot]:
            if self.edges[slot] >> 24 == key:
                return <uint32_t>(self.edges[slot] & 0xFFFFFF)
            slot = (slot + 1) & self.mask
        return 0

    cdef inline void expect_step(self, uint32_t node, uint32_t c) noexcept nogil:
        """Have what `step` asks on its way from memory."""
        cdef uint64_t slot = (<uint64_t>node << 16 | c) * <uint64_t>0x9E3779B97F4A7C15
        if self.hints[slot >> (70 - _HINT_BITS)] >> (slot >> (64 - _HINT_BITS) & 63) & 1:
            prefetch(self.edges + ((slot >> 20) & self.mask))

    cdef inline uint32_t image_of(self, int r, uint32_t word) noexcept nogil:
        """What the program writes for a word by the rth of its ranks, 0 for a word without neighbours."""
        if not is_marked(&self.rows_marked, word):
            return 0
        return self.near[<Py_ssize_t>self.rank_of[r] * self.nrows + place_of(&self.rows_marked, word)]

    cdef inline const uint32_t* written_for(self, uint32_t word, uint32_t* count) noexcept nogil:
        """The words for which the program writes this one, and how many."""
        cdef uint32_t place
        count[0] = 0
        if not is_marked(&self.forms_marked, word):
            return self.plist
        place = place_of(&self.forms_marked, word)
        count[0] = self.poff[place + 1] - self.poff[place]
        return self.plist + self.poff[place]

    cdef inline bint is_written(self, uint32_t word) noexcept nogil:
        """Whether the program writes the word for another one."""
        return is_marked(&self.forms_marked, word)

    cdef inline bint is_han(self, uint32_t c) noexcept nogil:
        """Whether jieba's hidden Markov model reads the character."""
        return 0x4E00 <= c <= 0x9FD5

    cdef inline bint is_block(self, uint32_t c) noexcept nogil:
        """Whether the character can be part of a word of several."""
        return (0x4E00 <= c <= 0x9FD5 or 97 <= c <= 122 or 65 <= c <= 90 or 48 <= c <= 57 or c == 43 or c == 35
                or c == 38 or c == 46 or c == 95)

    cdef int hmm(self, const Py_UCS4* s, int n, uint8_t* route) except -1 nogil
    cdef int _hmm(self, const Py_UCS4* s, int n, uint8_t* route) except -1 nogil
    cdef void _lead(
        self, const double* previous, const uint8_t* froms, int before, double* value, const uint8_t* states,
        uint8_t* back, int count, const double* emission
    ) noexcept nogil
    cdef int _states_of(
        self, uint32_t c, const uint8_t* froms, int before, uint8_t* states, double* emission
    ) noexcept nogil
    cdef int run_tokens(self, const Py_UCS4* s, int a, int b, Token* out, int n) except -1 nogil
    cdef int single(self, const Py_UCS4* s, int a, Token* out, int n) noexcept nogil
    cdef int segment(self, const Py_UCS4* s, int n, Token* out) except -1 nogil
    cdef uint32_t changed(self, const Py_UCS4* s, Token* t) noexcept nogil
    cdef uint32_t find(self, str text) noexcept
    cdef bint can_change(self, uint32_t word) noexcept nogil
    cdef bint replaces(self, uint32_t word) noexcept nogil
    cdef bint _whole(self, uint32_t units, uint32_t emissions, uint32_t rows, uint32_t names) noexcept nogil
    cdef int _states(self, int i, int j, const uint8_t* route, Token* out, int n) noexcept nogil
    cdef void _route(self, const Py_UCS4* s, int i, int j, double* route, int32_t* to) noexcept nogil
    cdef int _block(self, const Py_UCS4* s, int i, int j, const int32_t* to, Token* out, int count) except -1 nogil
    cdef int _tokens(self, str text, Py_UCS4** s, Token** out) except -1
    cdef int _map(self, object blob, bint checked) except -1
    cdef int _prepare(self) except -1
    cdef int _room_for_hints(self) except -1
    cdef int _program(self, object flags, tuple ranks) except -1
    cdef int _mark(self, Marked* marked) except -1
    cdef uint32_t _count(self, Marked* marked) noexcept nogil
    cdef void _way_back(self, const uint32_t* rows, uint32_t count, uint32_t* counts, bint listed) noexcept nogil
    cdef void _bound(self, uint32_t* counts) noexcept nogil
    cdef bint _first_to(self, uint32_t row, int r) noexcept nogil


#: A feature that is looked up: its index, the slot where it may stand, and the byte that tells it from others there.
cdef struct Asked:
    uint32_t place
    uint32_t slot
    uint8_t check


#: Weights by hashed feature: a byte that tells features apart in each slot, 0 for none, and
#: the number of the weight's level.
cdef struct Table:
    uint64_t slots
    const uint8_t* checks
    const uint8_t* values
    float levels[16]


#: Evidence of a spinner by pairs and triples of characters; see `evidence.pxi`.
@cython.final
cdef class Evidence:
    cdef object _data           # holds what is pointed at
    cdef Table _table
    cdef float* _weights
    cdef float* _squares
    cdef int32_t* _room         # what `_borrow` gives, NULL while somebody has it
    #: The text that was glanced at last, and its sums; the GIL is held by whoever looks at them.
    cdef str _last
    cdef double* _last_sums
    cdef double _last_weight, _last_likeliest, _last_total
    cdef readonly int bits

    cdef int32_t* _borrow(self) except NULL
    cdef void _give_back(self, int32_t* said, int n) noexcept
    cdef void _update(self, uint64_t key, double error, double rate) noexcept nogil
    cdef double _read(self, const Py_UCS4* x, int n, double* sums, int32_t* said) noexcept nogil
    cdef float _heard(self, uint64_t key, int k, int32_t* said) noexcept nogil
    cdef void _move(self, const Py_UCS4* x, int n, double error, double rate) noexcept nogil
    cdef void look(
        self, const Py_UCS4* x, int n, double weight, double* sums, int32_t* said, double* found
    ) noexcept nogil
    cdef void keep(self, str text, double weight, double* sums, const double* found) noexcept
