cimport cython


@cython.locals(
    size=cython.int, reach=cython.int, place=cython.int, word=cython.int, axis=cython.int, step=cython.int,
    other=cython.int, base=cython.int, row=cython.int,
    scale=cython.double, total=cython.double, product=cython.double,
)
cpdef double fit(
    const signed char[::1] around, const signed char[::1] within, const float[::1] around_scales,
    const float[::1] within_scales, const float[::1] distances, const float[::1] offsets, const int[::1] words,
    int first, int last, double[::1] vector
) except? -1.0
