# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Weights of features by hashes of their names, read from a file without a Python object a line. Twin of
`despin.kernel.pure.loglinear.read_weights`."""

from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memchr

from despin.kernel.pure.loglinear import broken

cdef enum:
    #: A hash that no name has: what is no UTF-8, and a weight that is no number.
    _NO_TEXT = 0
    _NO_WEIGHT = 1 << 30


cdef class Weights:
    """Room for the weights of so many features."""

    def __cinit__(self, uint64_t count):
        cdef uint64_t room = 64
        while room < 2 * count:
            room *= 2
        self.mask = room - 1
        self.slots = <uint64_t*>calloc(room, sizeof(uint64_t))
        if self.slots == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.slots)

    cdef int put(self, uint64_t hashed, int32_t weight) except -1:
        """Set what the feature with this hash weighs, in thousandths."""
        cdef uint64_t slot = hashed & self.mask
        while self.slots[slot] and (self.slots[slot] ^ hashed) >> WEIGHT_BITS:
            slot = (slot + 1) & self.mask
        self.slots[slot] = hashed >> WEIGHT_BITS << WEIGHT_BITS | <uint64_t>(weight + ZERO)
        return 0


cdef Weights read_weights(bytes data, str name):
    """The weights in a file of lines: a feature, a tab, its weight. Raises `ModelError` for any other line."""
    cdef const uint8_t* place = <const uint8_t*>PyBytes_AS_STRING(data)
    cdef const uint8_t* end = place + len(data)
    cdef const uint8_t* stop
    cdef const uint8_t* tab
    cdef Weights found = Weights(data.count(b"\n") + 1)
    cdef uint64_t hashed
    cdef int32_t weight
    cdef uint32_t line = 0
    while place < end:
        line += 1
        stop = <const uint8_t*>memchr(place, c"\n", end - place)
        stop = end if stop == NULL else stop
        if place[0] != c"#":
            tab = stop
            while tab > place and tab[0] != c"\t":
                tab -= 1
            weight = _thousandths(tab + 1, stop)
            hashed = _spelled(place, tab)
            if tab == stop or tab[0] != c"\t" or weight == _NO_WEIGHT or hashed == _NO_TEXT:
                raise broken(name, line)
            found.put(hashed, weight)
        place = stop + 1
    return found


cdef Weights words(known, int32_t weight, Weights into=None):
    """Words that weigh the same, in thousandths, beside those that lie in `into`."""
    cdef Weights found = Weights(2 * len(known)) if into is None else into
    for word in known:
        found.put(hash_of(word), weight)
    return found


cdef uint64_t hash_of(str name) noexcept:
    cdef uint64_t found = 0
    cdef Py_UCS4 character
    for character in name:
        found = more(found, character)
    return found


cdef uint64_t _spelled(const uint8_t* place, const uint8_t* end) noexcept:
    """The hash of a name in UTF-8."""
    cdef uint64_t found = 0
    cdef uint32_t character
    cdef int32_t following
    while place < end:
        character = place[0]
        place += 1
        if character < 0x80:
            found = more(found, character)
            continue
        following = 1 if character < 0xE0 else 2 if character < 0xF0 else 3
        if character < 0xC2 or character >= 0xF5 or end - place < following:
            return _NO_TEXT
        character &= 0x3F >> following
        while following:
            if place[0] & 0xC0 != 0x80:
                return _NO_TEXT
            character = character << 6 | (place[0] & 0x3F)
            place += 1
            following -= 1
        found = more(found, character)
    return found


cdef int32_t _thousandths(const uint8_t* place, const uint8_t* end) noexcept:
    """A number of at most three digits and three decimals."""
    cdef int32_t value = 0, decimals = -1, digits = 0
    cdef bint below = place < end and place[0] == c"-"
    place += below
    if end > place and (end - 1)[0] == c"\r":
        end -= 1
    while place < end:
        if place[0] == c"." and decimals < 0 and digits:
            decimals = 0
        elif c"0" <= place[0] <= c"9":
            value = 10 * value + (place[0] - c"0")
            digits += decimals < 0
            decimals += decimals >= 0
        else:
            return _NO_WEIGHT
        if digits > 3 or decimals > 3:
            return _NO_WEIGHT
        place += 1
    if not digits or decimals == 0:
        return _NO_WEIGHT
    for _ in range(3 - max(0, decimals)):
        value *= 10
    return -value if below else value
