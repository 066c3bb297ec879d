from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memset

from despin.kernel.native.lattice cimport prefetch

cdef extern from "Python.h":
    int Py_UNICODE_ISSPACE(uint32_t character) noexcept

cdef enum:
    #: So many low bits of a slot hold its weight, in thousandths above `ZERO`; those above are the hash's.
    WEIGHT_BITS = 21
    ZERO = 1 << (WEIGHT_BITS - 1)
    #: No more characters of a span are told apart, and no place has more features.
    REACH = 150
    MOST_FEATURES = 512


cdef class Weights:
    cdef uint64_t* slots
    cdef uint64_t mask

    cdef int put(self, uint64_t hashed, int32_t weight) except -1

    cdef inline double at(self, uint64_t hashed) noexcept:
        """The weight of the feature with this hash."""
        return weight_at(self.slots, self.mask, hashed)


cdef Weights read_weights(bytes data, str name)
cdef uint64_t hash_of(str name) noexcept


#: Some characters of a text, from `low` to `high - 1`.
cdef struct Span:
    int32_t low
    int32_t high


#: Where the different characters of a span stand first; `seen` holds a bit for the low ones of each.
cdef struct Places:
    int32_t count
    int32_t[REACH] at
    uint64_t[4] seen


#: A text read under some weights, and hashes of the features that were found.
cdef struct Reading:
    int kind
    void* data
    int32_t size
    const uint64_t* slots
    uint64_t mask
    int32_t count
    uint64_t[MOST_FEATURES] found


cdef inline double weight_at(const uint64_t* slots, uint64_t mask, uint64_t hashed) noexcept:
    """The weight of a feature in a table. Whether it stands there nobody can foresee, so that is no branch."""
    cdef uint64_t slot = hashed & mask
    cdef int64_t weight
    while slots[slot] and (slots[slot] ^ hashed) >> WEIGHT_BITS:
        slot = (slot + 1) & mask
    weight = <int64_t>(slots[slot] & ((1 << WEIGHT_BITS) - 1)) - ZERO
    return <double>(weight & -<int64_t>(slots[slot] != 0)) / 1000.0


cdef inline uint64_t more(uint64_t hashed, uint32_t character) noexcept:
    """The hash of a name with one character more."""
    # One more than the character, so that a name does not begin anew behind characters of the number 0.
    hashed = (hashed ^ (<uint64_t>character + 1)) * <uint64_t>0x9E3779B97F4A7C15
    return hashed ^ (hashed >> 29)


cdef inline uint64_t numbered(uint64_t hashed, int32_t value) noexcept:
    """The hash of a name with a number below a hundred behind it."""
    if value >= 10:
        hashed = more(hashed, c"0" + value // 10)
    return more(hashed, c"0" + value % 10)


cdef inline int32_t bucket(const int32_t* bounds, int32_t count, int32_t value) noexcept:
    """How many of the bounds `value` reaches."""
    cdef int32_t found = 0
    while found < count and bounds[found] <= value:
        found += 1
    return found


cdef inline bint is_han(Py_UCS4 character) noexcept:
    """Whether a character is Chinese: most are, and no mark is."""
    return 0x3400 <= character <= 0x9FFF


cdef inline Span head(Span span, int32_t size) noexcept:
    """The first so many characters of a span."""
    if span.high - span.low > size:
        span.high = span.low + size
    return span


cdef inline Span tail(Span span, int32_t size) noexcept:
    """The last so many characters of a span."""
    if span.high - span.low > size:
        span.low = span.high - size
    return span


cdef inline void begin(Reading* reading, Weights weights, str text) noexcept:
    """Read a text, which has to be held as long as it is read."""
    reading.kind, reading.data = PyUnicode_KIND(text), PyUnicode_DATA(text)
    reading.size = <int32_t>PyUnicode_GET_LENGTH(text)
    reading.slots, reading.mask, reading.count = weights.slots, weights.mask, 0


cdef inline Py_UCS4 letter(const Reading* reading, int32_t place) noexcept:
    return PyUnicode_READ(reading.kind, reading.data, place)


cdef inline uint64_t spelled(const Reading* reading, uint64_t hashed, Span span) noexcept:
    """The hash of a name with a span behind it."""
    cdef int32_t place
    for place in range(span.low, span.high):
        hashed = more(hashed, letter(reading, place))
    return hashed


cdef inline void add(Reading* reading, uint64_t hashed) noexcept:
    """Find a feature; its weight is on its way from memory until `total` asks for it."""
    prefetch(reading.slots + (hashed & reading.mask))
    reading.found[reading.count] = hashed
    reading.count += 1


cdef inline void add_one(Reading* reading, uint64_t name, Span span) noexcept:
    """Find a feature that names a span."""
    add(reading, spelled(reading, name, span))


cdef inline void add_two(Reading* reading, uint64_t name, Span one, bint apart, Span other) noexcept:
    """Find a feature that names two spans."""
    cdef uint64_t hashed = spelled(reading, name, one)
    if apart:
        hashed = more(hashed, u" ")
    add(reading, spelled(reading, hashed, other))


cdef inline void add_each(Reading* reading, uint64_t name, const Places* places) noexcept:
    """Find a feature for every character of `places`."""
    cdef int32_t index
    for index in range(places.count):
        add(reading, more(name, letter(reading, places.at[index])))


cdef inline double total(Reading* reading) noexcept:
    """What the features found weigh together; none are found any more."""
    cdef double weight = 0.0
    cdef int32_t index
    for index in range(reading.count):
        weight += weight_at(reading.slots, reading.mask, reading.found[index])
    reading.count = 0
    return weight


cdef inline bint holds(const Reading* reading, const Places* places, uint32_t character) noexcept:
    """Whether a character stands at one of the places."""
    cdef int32_t index
    if places.seen[(character >> 6) & 3] >> (character & 63) & 1:
        for index in range(places.count):
            if letter(reading, places.at[index]) == character:
                return True
    return False


cdef inline void tell_apart(const Reading* reading, Span span, Places* places) noexcept:
    """Find where the characters of a span stand first, of a long one those of its beginning."""
    cdef int32_t place
    cdef uint32_t character
    places.count = 0
    memset(places.seen, 0, sizeof(places.seen))
    for place in range(span.low, min(span.high, span.low + REACH)):
        character = letter(reading, place)
        if not holds(reading, places, character):
            places.seen[(character >> 6) & 3] |= <uint64_t>1 << (character & 63)
            places.at[places.count] = place
            places.count += 1


cdef inline int32_t in_both(const Reading* reading, const Places* one, const Places* other) noexcept:
    """How many different characters two spans share."""
    cdef int32_t index, both = 0
    for index in range(one.count):
        both += holds(reading, other, letter(reading, one.at[index]))
    return both


cdef inline bint same(const Reading* reading, Span one, Span other) noexcept:
    """Whether two spans read the same."""
    cdef int32_t index
    if one.high - one.low != other.high - other.low:
        return False
    for index in range(one.high - one.low):
        if letter(reading, one.low + index) != letter(reading, other.low + index):
            return False
    return True


cdef inline Span stripped(const Reading* reading, Span span) noexcept:
    """A span without white space at its end."""
    while span.high > span.low and Py_UNICODE_ISSPACE(letter(reading, span.high - 1)):
        span.high -= 1
    return span
