cimport cython
from libc cimport math


cdef class Occurrences:
    cdef int[::1] pairs, places, place_forms, starts, ends, numbers, first, arcs, stand_first, stand_places
    cdef double[::1] found, chances
    cdef double least

    @cython.locals(
        known=cython.int[::1], size=cython.int, count=cython.int, arc=cython.Py_ssize_t, place=cython.Py_ssize_t,
    )
    cdef void _find(self, const int[::1] pair_originals, Py_ssize_t originals) except *

    @cython.locals(
        arc=cython.Py_ssize_t, at=cython.Py_ssize_t, index=cython.Py_ssize_t, places=list, chances=list, original=str,
        length=cython.Py_ssize_t, place=cython.Py_ssize_t, most=cython.double,
    )
    cdef void _look(
        self, str text, list names, const int[::1] offered, int[::1] known, double[::1] taken, double[::1] sure
    ) except *


@cython.locals(
    alone=cython.double, everywhere=cython.double, word=cython.Py_ssize_t, low=cython.int, high=cython.int,
    chance=cython.double, at=cython.Py_ssize_t, arc=cython.Py_ssize_t, place=cython.int, behind=cython.bint,
    before=cython.bint,
)
cpdef tuple first_places(Occurrences words, double least)


@cython.locals(
    form=cython.double, lost=cython.double, gained=cython.double, some=cython.double,
    arc=cython.Py_ssize_t,
)
cpdef void say(
    Occurrences words, const int[::1] pair_forms, bint once, tuple weights, double[::1] said, double[::1] factors
) except *


@cython.locals(place=cython.Py_ssize_t, arc=cython.Py_ssize_t, speaking=cython.double, against=cython.double)
cdef void _say_forms(
    Occurrences words, const int[::1] pair_forms, double[::1] chosen, double[::1] left, double weight, double[::1] said
) noexcept


@cython.locals(
    starts=cython.int[::1], found=cython.double[::1], first=cython.int[::1], arcs=cython.int[::1],
    stand_first=cython.int[::1], stand_places=cython.int[::1], chances=cython.double[::1], word=cython.Py_ssize_t,
    low=cython.int, high=cython.int, total=cython.double, index=cython.int, at=cython.int, earlier=cython.double,
    restored=cython.double,
)
cdef void _say_standing(
    Occurrences words, bint once, double lost, double gained, double some, double[::1] said
) noexcept
