cimport cython
from libc.stdint cimport int32_t, uint32_t, uint64_t

from despin.kernel.native.lm cimport State, Trigrams
from despin.kernel.native.vectors cimport Vector


cdef struct Edge:
    uint32_t character
    int32_t target
    int32_t entered
    int32_t following


cdef struct Hypothesis:
    State state
    #: The words of the state, one number for both.
    uint64_t key
    double best
    double unedited
    int32_t first
    int32_t last
    int32_t following


cdef struct Step:
    double fluency
    int32_t previous
    int32_t entered
    int32_t following


cdef struct Word:
    int32_t number
    int32_t target
    int32_t entered


cdef struct Pending:
    uint32_t node
    int32_t place
    int32_t entered
    int32_t length


#: The original of an arc is characters `first` to `first + length - 1` of the pool.
cdef struct Edit:
    int32_t start
    int32_t end
    int32_t first
    int32_t length
    double log_odds


cdef inline uint64_t keyed(const State* state) noexcept nogil:
    """The words of a state as one number."""
    if state.length == 0:
        return 0
    if state.length == 1:
        return <uint64_t>state.words[0] + 1
    return (<uint64_t>state.words[1] + 1) << 32 | (<uint64_t>state.words[0] + 1)


@cython.final
cdef class Scratch:
    """Where lattices are built, one after the other."""

    cdef Trigrams model
    cdef int32_t crossing, size, nodes, arcs
    cdef uint32_t pause_marks[64]
    cdef int32_t pause_words[64]
    cdef int32_t pauses
    cdef Vector characters, edits
    cdef Vector edges, edge_heads, edge_tails, hypotheses, heads, tails, steps, words, pending, order, ranking
    cdef Vector log_odds, joint_first, joint_arcs, pairs, missing
    #: The hypotheses that were expanded, in order, the end of the stretch last.
    cdef Vector numbered

    #: The node that is being expanded, by its place in `order`, and how many hypotheses of it.
    cdef int32_t at, kept, beam
    cdef double width

    cdef int begin(self, const uint32_t* pool, const State* before, int32_t beam, double width) except -1
    cdef bint ready(self) except -1
    cdef int rank(self, int32_t at) except -1
    cdef int expect(self) except -1
    cdef int expect_more(self) except -1
    cdef int expect_most(self) except -1
    cdef int take(self) except -1
    cdef int node(self) except -1
    cdef int edge(self, int32_t source, uint32_t character, int32_t target, int32_t entered) except -1
    cdef int32_t joined(self, int32_t one, int32_t other) except -1
    cdef int members(self, int32_t entered) except -1
    cdef int graph(self, const uint32_t* pool) except -1
    cdef int word(self, int32_t number, int32_t target, int32_t entered) except -1
    cdef int later(self, uint32_t node, int32_t place, int32_t entered, int32_t length) except -1
    cdef int find_words(self, int32_t node) except -1
    cdef int expect_words(self, const uint32_t* pool) except -1
    cdef int32_t reach(self, int32_t node, const State* state, double total, double unedited) except -1
    cdef int step(self, int32_t target, int32_t number, double fluency, int32_t entered) except -1
