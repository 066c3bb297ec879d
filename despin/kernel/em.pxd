cimport cython
from libc cimport math


@cython.locals(best=cython.double, forward=cython.double[::1], kept=cython.double[::1])
cpdef tuple tempered(
    const int[::1] first, const int[::1] previous, const double[::1] fluency, const int[::1] entered, double scale,
    double[::1] weights
)


cdef class Lattices:
    cdef int[::1] arc_first, hypothesis_first, step_first, previous, entered, joint_of, joint_first, joint_arcs, active
    cdef double[::1] step_weights, whole, factors, taken, flows, alpha, beta

    cdef void weigh(self, double[::1] odds, double[::1] found) noexcept


cdef void _enter(Lattices of, Py_ssize_t piece, double[::1] odds) noexcept


cdef double _forward(Lattices of, Py_ssize_t piece) noexcept


cdef void _backward(Lattices of, Py_ssize_t piece) noexcept


@cython.locals(one=Lattices)
cpdef double posteriors(
    int[::1] first, int[::1] previous, double[::1] weights, int[::1] entered, int[::1] joint_first,
    int[::1] joint_arcs, double[::1] odds, double[::1] found
) except -1.0


cdef class Columns(Lattices):
    cdef int[::1] source_first, families, keys, both_ways, offers, starts, ends, sets, places, place_first, place_forms
    cdef double[::1] weights, odds, found, gains, masses, other_odds, other_found

    cpdef void take(self, double[::1] weights) except *

    @cython.locals(kept=cython.double[::1])
    cpdef object without(self, const int[::1] unwanted)


cdef class Estimate:
    cdef Columns columns
    cdef double[::1] rates, full, unspun, standing, spun, context, room
    cdef int[::1] key_families
    cdef double stiffness, replacing, phantom

    cpdef void follow(self, double[::1] context) except *


cdef Columns _columns_of(Estimate estimate)


cdef void _fill_odds(Columns of, Estimate estimate) noexcept


cpdef void e_step(Estimate estimate) except *


cpdef void first_step(object table, double[::1] rates, double[::1] full, double replacing, Py_ssize_t keys) except *


cpdef void m_step(Estimate estimate) except *


cpdef void passes(Estimate estimate, int turns) except *
