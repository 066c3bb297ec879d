"""Lists of numbers and of structures that grow."""

from libc.stdint cimport int32_t
from libc.stdlib cimport realloc


cdef struct Vector:
    char* data
    int32_t count
    int32_t room
    int32_t size


cdef inline int reserve(Vector* vector, int32_t more) except -1:
    """Room for so many more."""
    cdef char* data
    cdef int32_t room = vector.room if vector.room else 64
    while room < vector.count + more:
        room *= 2
    if room != vector.room:
        data = <char*>realloc(vector.data, <size_t>room * vector.size)
        if data == NULL:
            raise MemoryError
        vector.data = data
        vector.room = room
    return 0


cdef inline int grow(Vector* vector) except -1:
    """Room for one more."""
    if vector.count == vector.room:
        reserve(vector, 1)
    vector.count += 1
    return 0


cdef inline int append(Vector* vector, int32_t value) except -1:
    grow(vector)
    (<int32_t*>vector.data)[vector.count - 1] = value
    return 0
