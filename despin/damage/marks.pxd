cimport cython


cdef double _logistic(double value) noexcept


@cython.locals(size=cython.Py_ssize_t, start=cython.Py_ssize_t, length=cython.Py_ssize_t, at=cython.Py_ssize_t)
cpdef list repeats(str text)


@cython.locals(
    forward=cython.double[::1], odds=cython.double[::1], after=cython.double[::1], here=cython.double[::1],
    marks=cython.int, widest=cython.int, mark=cython.int, place=cython.int, chain=cython.int, first=cython.int,
    last=cython.int, low=cython.int, width=cython.int, base=cython.int, following=cython.int, start=cython.int,
    likelihood=cython.double, slope=cython.double, curvature=cython.double, lost=cython.double, total=cython.double,
    fresh=cython.double, weight=cython.double, comma=cython.double, probability=cython.double, kept=cython.double,
)
cpdef void weigh_marks(
    const int[::1] chain_first, const int[::1] row_first, const double[::1] scores, const signed char[::1] stops,
    double share, double bias, double[::1] found, double[::1] totals
) except *
