"""Arrays of Python's and vectors of ours, one made of the other."""

from cpython cimport array
from libc.stdint cimport int32_t
from libc.string cimport memcpy

from despin.fast.builder cimport Vector, reserve


cdef inline int32_t* ints(source) except NULL:
    """The numbers of an array that its owner keeps."""
    cdef array.array held = source
    return <int32_t*>held.data.as_ints


cdef inline int add_integer(array.array target, int32_t value) except -1:
    """Append to an array."""
    cdef Py_ssize_t count = len(target)
    array.resize_smart(target, count + 1)
    target.data.as_ints[count] = value
    return 0


cdef inline int extend(Vector* vector, array.array source, int32_t low, int32_t high, int32_t change) except -1:
    """Append source[low:high], each `change` more."""
    cdef int32_t index, count = vector.count
    cdef int32_t* target
    reserve(vector, high - low)
    target = <int32_t*>vector.data + count
    for index in range(high - low):
        target[index] = source.data.as_ints[low + index] + change
    vector.count = count + high - low
    return 0


cdef inline int extend_floats(Vector* vector, array.array source, int32_t low, int32_t high) except -1:
    """Append source[low:high]."""
    reserve(vector, high - low)
    memcpy(<double*>vector.data + vector.count, source.data.as_doubles + low, (high - low) * sizeof(double))
    vector.count += high - low
    return 0


cdef inline array.array copied(Vector* vector, array.array kind):
    """The numbers of a vector as an array of the same kind as `kind`."""
    cdef array.array found = array.clone(kind, vector.count, False)
    if vector.count:
        memcpy(found.data.as_chars, vector.data, <size_t>vector.count * vector.size)
    return found
