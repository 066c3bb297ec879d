"""Arrays of Python's and vectors of ours, one made of the other."""

from cpython cimport array
from libc.stdint cimport int32_t
from libc.string cimport memcpy

from despin.kernel.native.vectors cimport Vector


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
