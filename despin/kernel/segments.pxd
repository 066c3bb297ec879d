cimport cython


@cython.locals(
    low=cython.Py_ssize_t, high=cython.Py_ssize_t, start=cython.Py_ssize_t, end=cython.Py_ssize_t,
    overlaps=cython.bint, near=cython.bint, members=list, found=list,
)
cpdef list stretches(str text, list sites)


@cython.locals(before=cython.Py_ssize_t, low=cython.Py_ssize_t, high=cython.Py_ssize_t)
cdef object _stretch(str text, Py_ssize_t start, Py_ssize_t end, list members)
