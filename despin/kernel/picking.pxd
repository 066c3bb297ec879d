cimport cython
from libc cimport math


@cython.locals(
    arc_first=cython.int[::1], starts=cython.int[::1], ends=cython.int[::1], piece=cython.int, low=cython.int,
    high=cython.int, arc=cython.int, other=cython.int, free=cython.bint, sure=list, places=cython.int[::1],
    source_first=cython.int[::1], families=cython.int[::1], weights=cython.double[::1], offers=cython.int[::1],
    offer=cython.int,
)
cpdef list pick(
    object table, const double[::1] confidences, const double[::1] rates, double bar, double least
)


cpdef list rivals(object table, const double[::1] confidences, int arc, int low, int high, double least)


@cython.locals(place=cython.int, other=cython.int, found=list)
cdef list _rivals(
    const int[::1] places, const double[::1] confidences, int arc, int low, int high, double least
)


cpdef int best_offer(object table, const double[::1] rates, int arc) except -1


@cython.locals(best=cython.int, source=cython.int, ahead=cython.double)
cdef int _best_source(
    const int[::1] source_first, const int[::1] families, const double[::1] weights, const double[::1] rates, int arc
) noexcept


@cython.locals(
    arc_first=cython.int[::1], starts=cython.int[::1], ends=cython.int[::1], places=cython.int[::1],
    found=cython.double[::1], shares=cython.double[::1], piece=cython.int, arc=cython.int, other=cython.int,
    place=cython.int, total=cython.double, left=cython.double, part=cython.double,
)
cpdef double left_over(object table, const double[::1] confidences, double bar, double ceiling) except -1.0
