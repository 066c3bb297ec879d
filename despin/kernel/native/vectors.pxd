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


cdef inline array.array copied(Vector* vector, array.array kind):
    """The numbers of a vector as an array of the same kind as `kind`."""
    cdef array.array found = array.clone(kind, vector.count, False)
    if vector.count:
        memcpy(found.data.as_chars, vector.data, <size_t>vector.count * vector.size)
    return found
