from libc.stdint cimport int32_t

from despin.fast.scratch cimport Scratch
from despin.fast.trigrams cimport Trigrams


cdef class Builder:
    cdef readonly Trigrams model
    cdef int32_t crossing
    cdef dict pauses
    cdef Scratch scratch(self)
