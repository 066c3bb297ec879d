cimport cython
from libc cimport math


@cython.locals(
    size=cython.int, place=cython.int, at=cython.int, index=cython.int,
    first=cython.int[::1], found=cython.int[::1], square=cython.double[::1],
)
cpdef tuple expose(
    const int[::1] patterns, const int[::1] counts, const int[::1] exposed_first, const int[::1] exposed,
    double[::1] unspun
)


@cython.locals(original=cython.int, place=cython.int, kept=cython.double, total=cython.double)
cpdef double left_standing(
    const int[::1] family_first, const int[::1] families, const double[::1] roots, const double[::1] rates
) except? 1.0


@cython.locals(
    line=cython.int, place=cython.int, index=cython.int, whole=cython.double, total=cython.double,
)
cpdef void kept_standing(
    const int[::1] first, const int[::1] patterns, const int[::1] counts, const int[::1] exposed_first,
    const int[::1] exposed, const double[::1] kept, double[::1] found
) except *
