from despin.fast.trigrams cimport Trigrams


cdef class Shortlists:
    cdef object candidates
    cdef dict entries, totals, number, background
    cdef list patterns
    cdef Trigrams model
    cdef int longest
    cdef double width

    cdef list of(self, int pattern)
    cdef list weighed(self, int pattern)
    cdef list ranked(self, list offered)
