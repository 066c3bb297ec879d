cimport cython
from libc cimport math


@cython.locals(total=cython.longlong, place=cython.Py_ssize_t)
cpdef object add_up(int[::1] numbers)


@cython.locals(
    size=cython.Py_ssize_t, start=cython.Py_ssize_t, length=cython.Py_ssize_t, at=cython.Py_ssize_t, low=cython.int,
    near=cython.bint, following=cython.int[::1], found=list,
)
cpdef list repeats(str text)


@cython.locals(place=cython.Py_ssize_t)
cpdef bint within(const int[::1] numbers, long long most) except -1


@cython.locals(
    lengths=dict, marked=cython.char[::1], single=cython.char[::1], word=str, used=set, parts=list,
    size=cython.Py_ssize_t, kept=cython.Py_ssize_t, place=cython.Py_ssize_t, step=cython.Py_ssize_t,
    length=cython.Py_ssize_t, here=cython.uint,
)
cpdef str in_one_pass(str text, dict targets, bint once)


@cython.locals(
    size=cython.Py_ssize_t, start=cython.Py_ssize_t, line=cython.Py_ssize_t, place=cython.Py_ssize_t,
    mark=cython.Py_UCS4, places=list, found=list,
)
cpdef list chains(str text)


@cython.locals(
    size=cython.Py_ssize_t, place=cython.Py_ssize_t, odd=cython.Py_ssize_t, stops=cython.Py_ssize_t, one=cython.Py_UCS4,
    two=cython.Py_UCS4,
)
cpdef tuple odd_stops(str text)


cdef bint _joins(Py_UCS4 one, Py_UCS4 two) noexcept


cdef bint _leads(Py_UCS4 zero, Py_UCS4 one, Py_UCS4 two) noexcept


cdef bint _says(Py_UCS4 character) noexcept


cdef bint _closes(Py_UCS4 character) noexcept


cdef bint _opens(Py_UCS4 character) noexcept


@cython.locals(
    best=cython.double, share=cython.double, gain=cython.double, index=cython.int, place=cython.int,
)
cpdef double most_lost(const double[::1] chances, int commas, const double[::1] shares) except? -1.0


@cython.locals(
    widest=cython.int, forward=cython.double[::1], odds=cython.double[::1], after=cython.double[::1],
    here=cython.double[::1], powers=cython.double[::1],
)
cpdef void weigh_marks(
    const int[::1] chain_first, const int[::1] row_first, const double[::1] scores, const signed char[::1] stops,
    double share, double bias, double[::1] found, double[::1] totals
) except *


@cython.locals(
    widest=cython.int, forward=cython.double[::1], odds=cython.double[::1], after=cython.double[::1],
    here=cython.double[::1], sums=cython.double[::1], powers=cython.double[::1], mark=cython.int,
    whole=cython.int, share=cython.double, fondness=cython.double, before=cython.double, step=cython.double,
)
cpdef void settle_marks(
    const int[::1] chain_first, const int[::1] row_first, const double[::1] scores, const signed char[::1] stops,
    double surety, double usual, double phantom, double authors, int passes, double[::1] found, double[::1] totals
) except *


@cython.locals(place=cython.int)
cdef void _raise(const double[::1] scores, double surety, double[::1] powers) noexcept


cdef double _within(double score) noexcept


@cython.locals(widest=cython.int, mark=cython.int)
cdef int _widest(const int[::1] row_first) noexcept


@cython.locals(place=cython.int, factor=cython.double, value=cython.double)
cdef void _weigh(
    const int[::1] chain_first, const int[::1] row_first, const double[::1] powers, const signed char[::1] stops,
    double share, double bias, double[::1] found, double[::1] totals, int widest, double[::1] forward,
    double[::1] odds, double[::1] after, double[::1] here
) noexcept


@cython.locals(
    mark=cython.int, chain=cython.int, first=cython.int, last=cython.int, low=cython.int, width=cython.int,
    base=cython.int, following=cython.int, start=cython.int, likelihood=cython.double, total=cython.double,
    fresh=cython.double, weight=cython.double, product=cython.double,
)
cdef double _look_ahead(
    const int[::1] chain_first, const int[::1] row_first, const signed char[::1] stops, double share, int widest,
    double[::1] forward, double[::1] odds, double[::1] here
) noexcept


@cython.locals(
    mark=cython.int, chain=cython.int, first=cython.int, last=cython.int, low=cython.int, width=cython.int,
    base=cython.int, start=cython.int, slope=cython.double, curvature=cython.double, lost=cython.double,
    total=cython.double, weight=cython.double, comma=cython.double, probability=cython.double, kept=cython.double,
)
cdef void _look_back(
    const int[::1] chain_first, const int[::1] row_first, const signed char[::1] stops, double share, double[::1] found,
    double[::1] totals, int widest, double[::1] forward, double[::1] odds, double[::1] after, double[::1] here
) noexcept
