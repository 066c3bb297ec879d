from cpython cimport array
from libc.stdint cimport int32_t, uint32_t, uint64_t, uint8_t

from despin.kernel.native.vectors cimport Vector

cdef enum:
    #: Characters whose children of the root stand in a table: the first plane.
    PLANE = 0x10000


cdef inline uint32_t beginning(uint32_t one, uint32_t two) noexcept nogil:
    """A hash of two characters."""
    return <uint32_t>((<uint64_t>one << 21 | two) * <uint64_t>0x9E3779B97F4A7C15 >> 32)


#: `pattern` is the one that ends here or -1, `shorter` the nearest state down the failures where one ends, or 0.
#: `going` is the nearest that has children, this one included, and `failure` the nearest beyond that.
cdef struct State:
    int32_t pattern
    int32_t shorter
    int32_t going
    int32_t failure


cdef class Automaton:
    #: Holds `states`, `_roots`, `_edges` and `_hints`.
    cdef uint8_t* _store
    cdef State* states
    cdef int32_t* _roots
    #: The other children: a hash table of state and character, with the child.
    cdef uint64_t* _edges
    cdef uint64_t _mask
    #: A bit for every edge, by a hash: where it is not set there is no edge.
    cdef uint64_t* _hints
    cdef int _hint_shift
    cdef readonly int32_t size
    cdef Py_ssize_t _room
    cdef int32_t* numbers
    cdef int32_t* _lengths
    cdef uint8_t* _is_form
    cdef uint8_t* _counted
    #: By pattern a hash of the two characters that it begins with, or the character that it is.
    cdef uint32_t* beginnings
    cdef int32_t* counts
    cdef int32_t* seen

    cdef inline int32_t child(self, int32_t state, uint32_t character) noexcept nogil:
        """The state after `character`, or 0."""
        cdef uint64_t key, hashed, slot
        if not state and character < PLANE:
            return self._roots[character]
        key = <uint64_t>(state + 1) << 21 | character
        hashed = key * <uint64_t>0x9E3779B97F4A7C15
        slot = hashed >> self._hint_shift
        if not self._hints[slot >> 6] >> (slot & 63) & 1:
            return 0
        slot = (hashed >> 20) & self._mask
        while self._edges[2 * slot]:
            if self._edges[2 * slot] == key:
                return <int32_t>self._edges[2 * slot + 1]
            slot = (slot + 1) & self._mask
        return 0

    cdef inline int32_t step(self, int32_t state, uint32_t character) noexcept nogil:
        """The state after `character`, which may be that of a shorter string."""
        cdef int32_t after
        state = self.states[state].going
        while True:
            after = self.child(state, character)
            if after or not state:
                return after
            state = self.states[state].failure

    cdef int _find(self, int kind, const void* data, Py_ssize_t size, Vector* every) except -1 nogil
    cdef int _take_store(self, Py_ssize_t slots) except -1
    cdef int _build(self, list patterns) except -1
    cdef int _shorten(self, int32_t place, bint branching) except -1
    cdef int _link(self, int32_t state, uint32_t character, int32_t child) except -1
    cdef int32_t stands(
        self, const int* starts, const int* ends, const int* patterns, Py_ssize_t low, Py_ssize_t high
    ) noexcept nogil
    cdef int _count_single(
        self, str text, int32_t start, int32_t end, list originals, int32_t low, Vector* found, Vector* counts
    ) except -1
