from despin.kernel.native.lm cimport Trigrams


cdef class Shortlists:
    cdef object candidates
    cdef dict entries, totals, number, background
    #: The spun forms that any background is taken from.
    cdef set backed
    cdef list patterns
    cdef Trigrams model
    cdef int longest
    cdef double width

    cdef list of(self, int pattern)
    cdef list weighed(self, int pattern)
    cdef list ranked(self, list offered)
