# cython: language_level=3
from libc.stdint cimport int8_t, int16_t, int32_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from *:
    """
    /* A linear layer: weights of 16 outputs side by side, two inputs at a time; what sums are multiplied by;
       offsets. */
    typedef struct {
        int inputs, outputs, padded;    /* `padded`: outputs, rounded up to a multiple of 16 */
        int16_t *weights;
        float *scales, *offsets;
    } Layer;
    """
    ctypedef struct Layer:
        int inputs, outputs, padded
        int16_t* weights
        float* scales
        float* offsets


cdef class Network:
    cdef readonly int width, blocks, slots, narrow, hidden, axes, kinds
    cdef int _dilations[16]
    cdef uint16_t* _numbers         # of the characters of the first plane
    cdef int _characters
    cdef int8_t* _embedding
    cdef float _embedding_scale
    cdef Layer _mix[16]
    cdef Layer _back[16]
    cdef Layer _query, _pair, _vector
    cdef int8_t* _pair_embedding
    cdef float _pair_scale
    cdef int8_t* _words             # by the hash of a word
    cdef float _word_scale
    cdef float* _features           # (3 + kinds) x hidden
    #: The text that `scores` was asked of last, and what was read of it.
    cdef str _last
    cdef bint _whole                # whether all of it was read
    cdef int16_t* _states
    cdef uint64_t* _keys
    cdef float* _known              # vectors by the hash of a pair, `axes` + 1 each
    cdef int32_t _empty[256]        # sums of the first layer for a pair of no characters

    cdef int16_t* read(self, const Py_UCS4* x, int n, uint8_t* deep) except NULL nogil
    cdef int query(self, const int16_t* states, int start, int end, float* out) noexcept nogil
    cdef int _name(self, characters) except -1
    cdef int _layer(self, Layer* layer, dict arrays, str name, int inputs, int outputs, int piece, float unit) except -1
    cdef int _prepare(self) except -1
    cdef int _number(self, uint32_t c) noexcept nogil
    cdef const float* vector(self, const Py_UCS4* form, int form_size, const Py_UCS4* original, int original_size,
                             float form_log, float original_log, int kind) noexcept nogil
    cdef float score(self, const float* query, const float* vector) noexcept nogil
