from libc.stdint cimport int32_t

from despin.kernel.native.lattice cimport Scratch
from despin.kernel.native.vectors cimport Vector


#: One way into a hypothesis: from hypothesis `previous`, taking the arcs called `entered`.
cdef struct Way:
    double weight
    int32_t previous
    int32_t entered


#: What is known of a hypothesis of the lattice as it was built.
cdef struct Passed:
    #: The fluency of the best reading so far.
    double best
    #: The hypothesis of the condensed lattice that stands for it, and what a way that comes from there is multiplied by.
    double share
    int32_t stand_in
    #: Its ways among `ways`, where the hypothesis behind it takes them over.
    int32_t first
    int32_t last
    #: How many steps lead on from it towards the end of the stretch: 0 none, 1 a single one that takes no arc, else more.
    int32_t onward


cdef class Condenser:
    cdef double scale
    cdef Vector passed, ways, kept
    #: The condensed lattice: by hypothesis where its ways begin, and the columns of these; appended to.
    cdef Vector first, previous, entered, weights

    cdef double condense(self, Scratch work) except -1.0
    cdef int look_back(self, Scratch work) except -1
    cdef int gather(self, Scratch work, int32_t hypothesis) except -1
    cdef int add(self, int32_t low, int32_t previous, int32_t entered, double weight) except -1
    cdef int keep(self, int32_t base, const Way* ways, int32_t count) except -1
