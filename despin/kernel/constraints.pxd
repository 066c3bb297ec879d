cimport cython
from libc cimport math


cdef class Occurrences:
    cdef int[::1] pairs, places, place_forms, starts, ends, numbers, first, arcs, stand_first, stand_places
    cdef double[::1] found, chances
    cdef double least

    @cython.locals(known=cython.int[::1])
    cdef void _find(self, const int[::1] pair_originals, Py_ssize_t originals) except *

    @cython.locals(
        original=str, place=cython.Py_ssize_t, known=cython.int[::1], taken=cython.double[::1], sure=cython.double[::1],
    )
    cdef void _look(self, str text, list names, const int[::1] offered) except *


cpdef tuple first_places(Occurrences words, double least)


@cython.locals(form=cython.double, lost=cython.double, gained=cython.double, some=cython.double)
cpdef void say(
    Occurrences words, const int[::1] pair_forms, bint once, tuple weights, double[::1] said, double[::1] factors
) except *


@cython.locals(chosen=cython.double[::1], left=cython.double[::1])
cdef void _say_forms(Occurrences words, const int[::1] pair_forms, double weight, double[::1] said) except *


cdef void _say_standing(
    Occurrences words, bint once, double lost, double gained, double some, double[::1] said
) noexcept
