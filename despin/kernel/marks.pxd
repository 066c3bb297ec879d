cimport cython
from libc cimport math


@cython.locals(total=cython.longlong)
cpdef object add_up(int[::1] numbers)


@cython.locals(following=cython.int[::1])
cpdef list repeats(str text)


cpdef bint any_marked(const int[::1] places, const unsigned char[::1] marks)


cpdef bint within(const int[::1] numbers, long long most) except -1


@cython.locals(
    lengths=dict, marked=cython.char[::1], single=cython.char[::1], word=str, used=set, length=cython.Py_ssize_t,
)
cpdef str in_one_pass(str text, dict targets, bint once)


cpdef list chains(str text)


cpdef tuple odd_stops(str text)


cdef bint _joins(Py_UCS4 one, Py_UCS4 two) noexcept


cdef bint _leads(Py_UCS4 zero, Py_UCS4 one, Py_UCS4 two) noexcept


cdef bint _says(Py_UCS4 character) noexcept


cdef bint _closes(Py_UCS4 character) noexcept


cdef bint _opens(Py_UCS4 character) noexcept


cpdef double most_lost(const double[::1] chances, int commas, const double[::1] shares) except? -1.0


cdef class Chains:
    cdef const int[::1] chain_first, row_first
    cdef const signed char[::1] stops
    cdef double[::1] forward, odds, after, here, powers
    cdef int widest

    cpdef void weigh(self, double share, double bias, double[::1] found, double[::1] totals) except *

    @cython.locals(sums=cython.double[::1], fondness=cython.double, share=cython.double, whole=cython.int)
    cpdef tuple settle(self, double usual, double phantom, double authors, int passes, double[::1] found)

    cdef double look_ahead(self, double share) noexcept
    cdef void look_back(self, double share, double[::1] found, double[::1] totals) noexcept


cdef double _within(double score) noexcept
