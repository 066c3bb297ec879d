cimport cython
from libc cimport math

from despin.kernel.em cimport Columns


@cython.locals(arc_first=cython.int[::1])
cpdef void believe(object table, const double[::1] beliefs, double[::1] found) except *


cpdef void calibrate(double[::1] found, double even, double slope, double lift) except *


@cython.locals(columns=Columns, end=cython.int, arc=cython.int, other=cython.int, whole=cython.double)
cpdef list pick(
    object table, const double[::1] confidences, const double[::1] rates, double bar, double least, double sure=*,
    double together=*
)


@cython.locals(columns=Columns)
cpdef list rivals(object table, const double[::1] confidences, int arc, int low, int high, double least)


@cython.locals(columns=Columns, best=cython.int, source=cython.int)
cpdef int best_offer(object table, const double[::1] rates, int arc) except -1
