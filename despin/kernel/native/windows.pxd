cimport cython
from libc.stdint cimport int32_t
from libc.string cimport memcpy

from despin.kernel.native.vectors cimport Vector, reserve


@cython.final
cdef class Window:
    """A stretch as a table has it, in one block: first what it weighs, then its arcs and their sources in the numbers of the
    catalogue, then its lattice; places, nodes and arcs are counted from its own first ones."""

    cdef int32_t arcs, sources, nodes, steps, joints, members, family_set
    cdef double mass
    cdef char* data
    cdef size_t size

    cdef int hold(self) except -1
    cdef char* arcs_at(self) noexcept
    cdef char* lattice_at(self) noexcept


@cython.final
cdef class Windows:
    cdef dict young, old
    cdef size_t held, half

    cdef Window find(self, bytes label)
    cdef int keep(self, bytes label, Window window) except -1


cdef inline char* put(char* at, const Vector* source, int32_t low, int32_t high, int32_t less) noexcept:
    """Write source[low:high], each `less` less; where the next column goes."""
    cdef int32_t* target = <int32_t*>at
    cdef int32_t index
    for index in range(high - low):
        target[index] = (<int32_t*>source.data)[low + index] - less
    return at + (high - low) * sizeof(int32_t)


cdef inline const char* take(const char* at, Vector* target, int32_t count, int32_t more) except NULL:
    """Append so many that `put` wrote, each `more` more; where the next column is."""
    cdef const int32_t* source = <const int32_t*>at
    cdef int32_t index
    reserve(target, count)
    for index in range(count):
        (<int32_t*>target.data)[target.count + index] = source[index] + more
    target.count += count
    return at + count * sizeof(int32_t)
