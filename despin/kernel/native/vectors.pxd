"""Lists of numbers and of structures that grow."""

from cpython cimport array
from libc.stdint cimport int32_t
from libc.stdlib cimport realloc
from libc.string cimport memcpy

cdef struct Vector:
    char* data
    int32_t count
    int32_t room
    int32_t size


cdef inline int reserve(Vector* vector, int32_t more) except -1 nogil:
    """Room for so many more."""
    cdef char* data
    cdef int32_t room = vector.room if vector.room else 64
    if more > (1 << 30) - vector.count:
        raise MemoryError
    while room < vector.count + more:
        room *= 2
    if room != vector.room:
        data = <char*>realloc(vector.data, <size_t>room * vector.size)
        if data == NULL:
            raise MemoryError
        vector.data = data
        vector.room = room
    return 0


cdef inline int grow(Vector* vector) except -1 nogil:
    """Room for one more."""
    if vector.count == vector.room:
        reserve(vector, 1)
    vector.count += 1
    return 0


cdef inline int append(Vector* vector, int32_t value) except -1 nogil:
    grow(vector)
    (<int32_t*>vector.data)[vector.count - 1] = value
    return 0


cdef inline int add_integer(array.array target, int32_t value) except -1:
    """Append to an array."""
    cdef Py_ssize_t count = len(target)
    array.resize_smart(target, count + 1)
    target.data.as_ints[count] = value
    return 0


cdef inline int look_at_starts(array.array starts, Py_ssize_t count, int32_t size) except -1:
    """Raise `ValueError` where an array does not say of so many where each begins among `size`, and behind
    them where the last one ends."""
    cdef Py_ssize_t place
    cdef int32_t last = 0
    if starts.typecode != "i" or len(starts) != count + 1:
        raise ValueError("a start for each, and one behind them, are needed")
    for place in range(count + 1):
        if not last <= starts.data.as_ints[place] <= size:
            raise ValueError("starts that are not in order")
        last = starts.data.as_ints[place]
    return 0


cdef inline array.array copied(Vector* vector, array.array kind):
    """The numbers of a vector as an array of the same kind as `kind`."""
    cdef array.array found = array.clone(kind, vector.count, False)
    if vector.count:
        memcpy(found.data.as_chars, vector.data, <size_t>vector.count * vector.size)
    return found
