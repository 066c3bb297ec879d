# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What the matches of a block are worth out of context, counted without a Python object a match. Twin of the plain part
of `despin.screen.Screen`."""

from cpython cimport array
from libc.math cimport isnan, sqrt
from libc.stdint cimport int32_t
from libc.stdlib cimport calloc, free, malloc


cdef class Tally:
    """Adds up matches: `value(index)` says what a pattern, by the matcher's own number, is worth; it is asked once."""

    cdef double* _worth
    cdef int32_t* _counts
    cdef int32_t* _seen
    cdef object _value
    cdef int32_t _size

    def __cinit__(self, int size, value):
        cdef int32_t index
        self._size = size
        self._value = value
        self._worth = <double*>malloc((size + 1) * sizeof(double))
        self._counts = <int32_t*>calloc(size + 1, sizeof(int32_t))
        self._seen = <int32_t*>malloc((size + 1) * sizeof(int32_t))
        if self._worth == NULL or self._counts == NULL or self._seen == NULL:
            raise MemoryError
        for index in range(size):
            self._worth[index] = float("nan")

    def __dealloc__(self):
        free(self._worth)
        free(self._counts)
        free(self._seen)

    def total(self, array.array patterns, Py_ssize_t low, Py_ssize_t high):
        """The worth of the matches low..high-1 of these patterns; n matches of one pattern are worth as much as sqrt(n) of different ones."""
        cdef Py_ssize_t place
        cdef int32_t index, count = 0
        cdef double total = 0.0
        # Nothing below runs Python code until the counts are taken back, so threads never see each other's.
        for place in range(low, high):
            index = patterns.data.as_ints[place]
            if isnan(self._worth[index]):
                # Asking may let another thread in, so it comes before any count.
                self._ask(patterns, place, high)
                break
        for place in range(low, high):
            index = patterns.data.as_ints[place]
            if self._worth[index] != 0.0:
                if not self._counts[index]:
                    self._seen[count] = index
                    count += 1
                self._counts[index] += 1
        for place in range(count):
            index = self._seen[place]
            total += self._worth[index] * sqrt(self._counts[index])
            self._counts[index] = 0
        return total

    cdef int _ask(self, array.array patterns, Py_ssize_t low, Py_ssize_t high) except -1:
        cdef Py_ssize_t place
        cdef int32_t index
        for place in range(low, high):
            index = patterns.data.as_ints[place]
            if isnan(self._worth[index]):
                self._worth[index] = self._value(index)
        return 0
