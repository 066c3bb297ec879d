cimport cython


@cython.locals(
    hypotheses=cython.int, here=cython.int, step=cython.int,
    best=cython.double, score=cython.double, unedited=cython.double, weight=cython.double,
    forward=cython.double[::1], kept=cython.double[::1],
)
cpdef tuple tempered(
    const int[::1] first, const int[::1] previous, const double[::1] fluency, const int[::1] entered, double scale, double[::1] weights
)


@cython.locals(
    hypotheses=cython.int, here=cython.int, step=cython.int, source=cython.int,
    total=cython.double, after=cython.double, value=cython.double,
    alpha=cython.double[::1], beta=cython.double[::1],
)
cpdef double forward_backward(
    const int[::1] first, const int[::1] previous, const double[::1] weights, const int[::1] entered, const double[::1] factors, double[::1] taken
) except -1.0
