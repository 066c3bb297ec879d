cimport cython
from libc cimport math

from despin.kernel.em cimport Columns


cdef class Shares:
    cdef double[::1] sums, surprise
    cdef int[::1] counts
    cdef double ceiling

    cdef void clear(self) noexcept
    cdef void add(self, Columns of, Py_ssize_t piece, double[::1] found, double gain) noexcept
    cdef double join(self) except? -1.0


cpdef double join_bursts(double[::1] parts, const int[::1] counts, double ceiling) except? -1.0


cpdef void add_gains(
    object table, int wanted, const double[::1] rates, double ceiling, double[::1] sums, int[::1] counts
) except *


cdef void _add_gains(Columns of, int wanted, const double[::1] rates, Shares shares) noexcept


@cython.locals(of=Columns)
cpdef void line_gains(
    object table, const int[::1] lines, double ceiling, Py_ssize_t forms, double[::1] found
) except *


@cython.locals(
    first=cython.int[::1], families=cython.int[::1], roots=cython.double[::1], ratio=cython.double[::1],
    left=cython.double[::1], logs=cython.double[::1], own=cython.double[::1], known=cython.int,
)
cpdef object beside(
    object table, const double[::1] rates, const int[::1] believed, const int[::1] tried, const int[::1] bits,
    tuple exposed, double ceiling, int forms
)


@cython.locals(first=cython.int[::1], found=cython.int[::1], square=cython.double[::1])
cpdef tuple expose(
    const int[::1] patterns, const int[::1] counts, const int[::1] exposed_first, const int[::1] exposed,
    double[::1] unspun
)


cpdef double left_standing(
    const int[::1] family_first, const int[::1] families, const double[::1] roots, const double[::1] rates
) except? 1.0


cpdef void kept_standing(
    const int[::1] first, const int[::1] patterns, const int[::1] counts, const int[::1] exposed_first,
    const int[::1] exposed, const double[::1] kept, double[::1] found
) except *
