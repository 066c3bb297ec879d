from libc.stdint cimport int32_t

from despin.kernel.native.lattice cimport Scratch
from despin.kernel.native.lm cimport Trigrams


cdef class Builder:
    cdef readonly Trigrams model
    cdef int32_t crossing
    cdef dict pauses
    cdef Scratch scratch(self)
