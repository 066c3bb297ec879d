# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Sums of the weights of features without a string a feature: a feature is known by a hash of its name, made as the name
would be written. Twin of `despin.damage.weighing`."""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport int32_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

cdef extern from "Python.h":
    int Py_UNICODE_ISSPACE(uint32_t character) noexcept

cdef enum:
    _END1, _END2, _END3, _END4, _BEGIN1, _BEGIN2, _BEGIN3, _BEGIN4, _SEAM, _SEAM21, _SEAM12, _FIRST1, _FIRST2, _FIRST3
    _HEADS, _HEADS21, _HEADS22, _LAST, _RIGHT, _BOTH, _BEYOND1, _BEYOND2, _CLOSE1, _CLOSE2, _SHARED, _PARALLEL
    _IN_LAST, _IN_RIGHT, _LEFT, _CLAUSES, _OPEN, _OPENING1, _OPENING2, _OPENING3, _GOES_ON, _GOES_ON2, _BEFORE
    _BEFORE_ENDS, _LIKE, _TAIL1, _TAIL2, _TAIL3, _SEAM11, _SEAM22, _REST1, _REST2, _REST3, _REST4, _HEAD1, _HEAD2
    _HEAD3, _ASKS, _IN_HEAD, _OPENS1, _OPENS2, _OPENS3, _CLOSES1, _CLOSES2, _IN_CLAUSE
    _COUNT

_NAMES = (
    "end1 ", "end2 ", "end3 ", "end4 ", "begin1 ", "begin2 ", "begin3 ", "begin4 ", "seam ", "seam21 ", "seam12 ", "first1 ",
    "first2 ", "first3 ", "heads ", "heads21 ", "heads22 ", "last ", "right ", "both ", "beyond1 ", "beyond2 ", "close1 ",
    "close2 ", "shared ", "parallel ", "in last ", "in right ", "left ", "clauses ", "open ", "opening1 ", "opening2 ",
    "opening3 ", "goes on ", "goes on2 ", "before ", "before ends ", "like the clause before", "tail1 ", "tail2 ", "tail3 ",
    "seam11 ", "seam22 ", "rest1 ", "rest2 ", "rest3 ", "rest4 ", "head1 ", "head2 ", "head3 ", "asks ", "in head ",
    "opens1 ", "opens2 ", "opens3 ", "closes1 ", "closes2 ", "in clause ",
)  # fmt: skip

cdef int32_t[16] _LENGTHS = [2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 60, 90]
cdef int32_t[9] _SENTENCES = [4, 8, 12, 18, 27, 40, 60, 90, 130]
#: As in `despin.damage.clauses`.
cdef int32_t _REACH = 150
cdef int32_t _MOST = 6


cdef inline uint64_t _more(uint64_t hashed, uint32_t character) noexcept:
    """The hash of a name with one character more."""
    hashed = (hashed ^ character) * <uint64_t>0x9E3779B97F4A7C15
    return hashed ^ (hashed >> 29)


cdef inline uint64_t _number(uint64_t hashed, int32_t value) noexcept:
    """The hash of a name with a number below a hundred behind it."""
    if value >= 10:
        hashed = _more(hashed, c"0" + value // 10)
    return _more(hashed, c"0" + value % 10)


cdef uint64_t _hashed(str name) noexcept:
    cdef uint64_t found = 0
    cdef Py_UCS4 character
    for character in name:
        found = _more(found, character)
    return found


cdef inline int32_t _bucket(const int32_t* bounds, int32_t count, int32_t value) noexcept:
    """How many of the bounds `value` reaches."""
    cdef int32_t found = 0
    while found < count and bounds[found] <= value:
        found += 1
    return found


cdef inline bint _parts_clauses(Py_UCS4 character) noexcept:
    return character == u"，" or character == u"," or character == u"：" or character == u":" or character == u"。"


cdef inline bint _stops(Py_UCS4 character) noexcept:
    return (
        _parts_clauses(character) or character == u"！" or character == u"？" or character == u"!" or character == u"?"
        or character == u"；" or character == u";" or character == u"、" or character == u"\n"
    )


#: Some characters of a text, from `low` to `high - 1`.
cdef struct Span:
    int32_t low
    int32_t high


#: Where the different characters of a span stand first; `seen` holds a bit for the low ones of each.
cdef struct Places:
    int32_t count
    int32_t[150] at
    uint64_t[4] seen


cdef inline Span _head(Span span, int32_t size) noexcept:
    """The first so many characters of a span."""
    if span.high - span.low > size:
        span.high = span.low + size
    return span


cdef inline Span _tail(Span span, int32_t size) noexcept:
    """The last so many characters of a span."""
    if span.high - span.low > size:
        span.low = span.high - size
    return span


@cython.final
cdef class Features:
    """The weights of features by their names, and a bias."""

    cdef uint64_t* _keys
    cdef double* _values
    cdef uint64_t _mask
    cdef double _bias
    cdef uint64_t[_COUNT] _names

    def __cinit__(self, dict weights, double bias):
        cdef uint64_t key, slot, room = 64
        cdef int32_t index
        while room < 2 * <uint64_t>len(weights):
            room *= 2
        self._mask = room - 1
        self._bias = bias
        self._keys = <uint64_t*>calloc(room, sizeof(uint64_t))
        self._values = <double*>calloc(room, sizeof(double))
        if self._keys == NULL or self._values == NULL:
            raise MemoryError
        for name, value in weights.items():
            key = _hashed(name) | 1
            slot = (key >> 20) & self._mask
            while self._keys[slot]:
                slot = (slot + 1) & self._mask
            self._keys[slot] = key
            self._values[slot] = value
        for index in range(_COUNT):
            self._names[index] = _hashed(_NAMES[index])

    def __dealloc__(self):
        free(self._keys)
        free(self._values)

    cdef inline double at(self, uint64_t hashed) noexcept:
        """The weight of the feature with this hash."""
        cdef uint64_t key = hashed | 1, slot = (key >> 20) & self._mask
        while self._keys[slot]:
            if self._keys[slot] == key:
                return self._values[slot]
            slot = (slot + 1) & self._mask
        return 0.0

    def marks(self, str text, int32_t place, list starts):
        """The odds (ln) of a comma at `place`, by where its sentence begins; clauses are those after the last of `starts`."""
        cdef _Reader reader = _Reader(self, text)
        cdef int32_t start, size = len(text)
        cdef double own
        cdef list found = []
        reader.behind(place)
        start = starts[len(starts) - 1]
        reader.left = Span(max(start, place - _REACH), place)
        own = self._bias + reader.clause_sum()
        for start in starts:
            reader.left = Span(max(start, place - _REACH), place)
            found.append(own + reader.sentence_sum())
        return found

    def stops(self, str text, list places, int32_t start):
        """The odds (ln) of a comma at the full stops among `places`, each as if the others were genuine; the first sentence
        begins at `start`."""
        cdef _Reader reader = _Reader(self, text)
        cdef int32_t place
        cdef Py_UCS4 mark
        cdef double own
        cdef list found = []
        for place in places:
            mark = reader.read(place)
            if mark == u"。":
                reader.behind(place)
                reader.left = Span(max(start, place - _REACH), place)
                own = self._bias + reader.clause_sum()
                found.append(own + reader.sentence_sum())
                start = place + 1
        return found

    def glance(self, str line, int32_t place):
        """The sum of what `despin.damage.seams.glance` names."""
        cdef _Reader reader = _Reader(self, line)
        cdef Span head = reader.stripped(0, place), rest = Span(place, min(place + 3, reader.size))
        return (
            reader.one(_TAIL1, _tail(head, 1)) + reader.one(_TAIL2, _tail(head, 2))
            + reader.two(_SEAM11, _tail(head, 1), False, _head(rest, 1)) + reader.one(_REST1, _head(rest, 1))
            + reader.one(_REST2, _head(rest, 2)) + reader.one(_REST3, rest)
        )

    def seam(self, str line, int32_t start, int32_t place, bint numbered):
        """The sum of what `despin.damage.seams.words_of_seam` names."""
        cdef _Reader reader = _Reader(self, line)
        cdef Span head = reader.stripped(start, place), rest = Span(place, min(place + 60, reader.size))
        cdef Span one = _tail(head, 1), other = _head(rest, 1)
        cdef double total = 0.0
        cdef uint64_t hashed
        cdef Py_UCS4 character
        cdef Places places
        total += reader.one(_HEAD1, _head(head, 1))
        total += reader.one(_HEAD2, _head(head, 2))
        total += reader.one(_HEAD3, _head(head, 3))
        total += reader.one(_TAIL1, one)
        total += reader.one(_TAIL2, _tail(head, 2))
        total += reader.one(_TAIL3, _tail(head, 3))
        hashed = _more(reader.spelled(self._names[_TAIL2], _tail(head, 2)), u" ")
        for character in "numbered" if numbered else "bare":
            hashed = _more(hashed, character)
        total += self.at(hashed)
        total += reader.one(_REST1, other)
        total += reader.one(_REST2, _head(rest, 2))
        total += reader.one(_REST3, _head(rest, 3))
        total += reader.one(_REST4, _head(rest, 4))
        total += reader.two(_SEAM11, one, False, other)
        total += reader.two(_SEAM21, _tail(head, 2), True, other)
        total += reader.two(_SEAM12, one, True, _head(rest, 2))
        total += reader.two(_SEAM22, _tail(head, 2), True, _head(rest, 2))
        total += reader.two(_HEADS, _head(head, 2), True, _head(rest, 2))
        total += reader.two(_ASKS, _head(head, 2), True, one)
        reader.distinct(head, &places)
        return reader.each(total, _IN_HEAD, &places)

    def opening(self, str line, int32_t start, int32_t end):
        """The sum of what `despin.damage.seams.words_of_line` names of the clause from `start` to `end`."""
        cdef _Reader reader = _Reader(self, line)
        cdef Span clause = Span(start, end)
        cdef Places places
        cdef double total = 0.0
        total += reader.one(_OPENS1, _head(clause, 1))
        total += reader.one(_OPENS2, _head(clause, 2))
        total += reader.one(_OPENS3, _head(clause, 3))
        total += reader.one(_CLOSES1, _tail(clause, 1))
        total += reader.one(_CLOSES2, _tail(clause, 2))
        reader.distinct(clause, &places)
        return reader.each(total, _IN_CLAUSE, &places)


@cython.final
cdef class _Reader:
    """One text under some weights: what stands on both sides of a place."""

    cdef Features weights
    cdef str text
    cdef int kind
    cdef void* data
    cdef int32_t size
    #: The sentence so far, its last clause, the clause behind the place, and the beginning of the one behind that.
    cdef Span left, last, right, beyond

    def __cinit__(self, Features weights, str text):
        self.weights, self.text, self.size = weights, text, len(text)
        self.kind, self.data = PyUnicode_KIND(text), PyUnicode_DATA(text)

    cdef inline uint32_t read(self, int32_t place) noexcept:
        return PyUnicode_READ(self.kind, self.data, place)

    cdef inline uint64_t spelled(self, uint64_t hashed, Span span) noexcept:
        """The hash of a name with a span behind it."""
        cdef int32_t place
        for place in range(span.low, span.high):
            hashed = _more(hashed, self.read(place))
        return hashed

    cdef inline double one(self, int name, Span span) noexcept:
        return self.weights.at(self.spelled(self.weights._names[name], span))

    cdef inline double two(self, int name, Span one, bint apart, Span other) noexcept:
        cdef uint64_t hashed = self.spelled(self.weights._names[name], one)
        if apart:
            hashed = _more(hashed, u" ")
        return self.weights.at(self.spelled(hashed, other))

    cdef inline double count(self, int name, int32_t value) noexcept:
        return self.weights.at(_number(self.weights._names[name], value))

    cdef double each(self, double total, int name, const Places* places) noexcept:
        """`total` and what a feature of every character of `places` weighs."""
        cdef int32_t index
        for index in range(places.count):
            total += self.weights.at(_more(self.weights._names[name], self.read(places.at[index])))
        return total

    cdef void distinct(self, Span span, Places* places) noexcept:
        """Find where the characters of a span stand first, of a long one those of its beginning."""
        cdef int32_t place
        cdef uint32_t character
        places.count = 0
        memset(places.seen, 0, sizeof(places.seen))
        for place in range(span.low, min(span.high, span.low + _REACH)):
            character = self.read(place)
            if self.holds(places, character):
                continue
            places.seen[(character >> 6) & 3] |= <uint64_t>1 << (character & 63)
            places.at[places.count] = place
            places.count += 1

    cdef inline bint holds(self, const Places* places, uint32_t character) noexcept:
        """Whether a character stands at one of the places."""
        cdef int32_t index
        if places.seen[(character >> 6) & 3] >> (character & 63) & 1:
            for index in range(places.count):
                if self.read(places.at[index]) == character:
                    return True
        return False

    cdef bint same(self, Span one, Span other) noexcept:
        """Whether two spans read the same."""
        cdef int32_t index
        if one.high - one.low != other.high - other.low:
            return False
        for index in range(one.high - one.low):
            if self.read(one.low + index) != self.read(other.low + index):
                return False
        return True

    cdef Span stripped(self, int32_t low, int32_t high) noexcept:
        """A span without white space at its end."""
        while high > low and Py_UNICODE_ISSPACE(self.read(high - 1)):
            high -= 1
        return Span(low, high)

    cdef void behind(self, int32_t place) noexcept:
        """Find the clause behind `place`, and what begins the one behind that."""
        cdef int32_t end = min(place + _REACH, self.size), low = place + 1, at = low
        while at < end and not _stops(self.read(at)):
            at += 1
        self.right = Span(low, max(low, at))
        self.beyond = Span(at, at)
        if at < end:
            low = at = at + 1
            while at < end and not _stops(self.read(at)):
                at += 1
            if at < end:
                self.beyond = _head(Span(low, at), 2)

    cdef Span last_clause(self, Span span) noexcept:
        """What stands behind the last mark of a span."""
        cdef int32_t low = span.high
        while low > span.low and not _parts_clauses(self.read(low - 1)):
            low -= 1
        return Span(low, span.high)

    cdef double clause_sum(self) noexcept:
        """The sum of what `clause_features` names."""
        cdef Features weights = self.weights
        cdef Span last = self.last_clause(self.left), right = self.right
        cdef Span ending = _tail(last, 1), begin = _head(right, 1), heads = _head(last, 1)
        cdef int32_t one = _bucket(_LENGTHS, 16, last.high - last.low)
        cdef int32_t other = _bucket(_LENGTHS, 16, right.high - right.low)
        cdef uint64_t hashed
        cdef Py_UCS4 character
        cdef Places mine, yours
        cdef double total = 0.0
        self.distinct(last, &mine)
        self.distinct(right, &yours)
        total += self.one(_END1, ending)
        total += self.one(_END2, _tail(last, 2))
        total += self.one(_END3, _tail(last, 3))
        total += self.one(_END4, _tail(last, 4))
        total += self.one(_BEGIN1, begin)
        total += self.one(_BEGIN2, _head(right, 2))
        total += self.one(_BEGIN3, _head(right, 3))
        total += self.one(_BEGIN4, _head(right, 4))
        total += self.two(_SEAM, ending, False, begin)
        total += self.two(_SEAM21, _tail(last, 2), True, begin)
        total += self.two(_SEAM12, ending, True, _head(right, 2))
        total += self.one(_FIRST1, heads)
        total += self.one(_FIRST2, _head(last, 2))
        total += self.one(_FIRST3, _head(last, 3))
        total += self.two(_HEADS, heads, False, begin)
        total += self.two(_HEADS21, _head(last, 2), True, begin)
        total += self.two(_HEADS22, _head(last, 2), True, _head(right, 2))
        total += self.count(_LAST, one)
        total += self.count(_RIGHT, other)
        total += weights.at(_number(_more(_number(weights._names[_BOTH], one // 2), u" "), other // 2))
        hashed = _more(_number(weights._names[_RIGHT], other // 2), u" ")
        total += weights.at(self.spelled(hashed, begin))
        hashed = _more(_number(weights._names[_LAST], one // 2), u" ")
        total += weights.at(self.spelled(hashed, heads))
        hashed = self.spelled(hashed, ending)
        for character in " ends":
            hashed = _more(hashed, character)
        total += weights.at(hashed)
        total += self.one(_BEYOND1, _head(self.beyond, 1))
        total += self.one(_BEYOND2, self.beyond)
        total += self.one(_CLOSE1, _tail(right, 1))
        total += self.one(_CLOSE2, _tail(right, 2))
        total += self.count(_SHARED, self.shared(&mine, &yours))
        if self.same(heads, begin):
            total += self.count(_PARALLEL, 1)
        if self.same(_head(last, 2), _head(right, 2)):
            total += self.count(_PARALLEL, 2)
        return self.each(self.each(total, _IN_LAST, &mine), _IN_RIGHT, &yours)

    cdef int32_t shared(self, const Places* one, const Places* other) noexcept:
        """How many different characters two clauses share, in quarters of those of the one that has fewer."""
        cdef int32_t index, both = 0
        for index in range(one.count):
            both += self.holds(other, self.read(one.at[index]))
        return 4 * both // max(1, min(one.count, other.count))

    cdef double sentence_sum(self) noexcept:
        """The sum of what `sentence_features` names."""
        cdef Features weights = self.weights
        cdef Span left = self.left, last = self.last_clause(left), begin = _head(self.right, 1), opening, before
        cdef int32_t count = 0, place, quotes = 0, brackets = 0, length = _bucket(_SENTENCES, 9, left.high - left.low)
        cdef int32_t one = _bucket(_LENGTHS, 16, last.high - last.low) // 2
        cdef int32_t other = _bucket(_LENGTHS, 16, self.right.high - self.right.low) // 2
        cdef uint64_t hashed
        cdef Py_UCS4 character
        cdef double total = 0.0
        for place in range(left.low, left.high):
            character = self.read(place)
            count += _parts_clauses(character)
            quotes += (character == u"“") - (character == u"”")
            brackets += (character == u"（" or character == u"(") - (character == u"）" or character == u")")
        count = min(_MOST, count)
        opening = _head(left, 3)
        opening = self.stripped(opening.low, opening.high)
        while opening.low < opening.high and Py_UNICODE_ISSPACE(self.read(opening.low)):
            opening.low += 1
        total += self.count(_LEFT, length)
        total += self.count(_CLAUSES, count)
        total += self.counted(count, " left ", length)
        total += self.counted(count, " last ", one)
        total += self.counted(count, " right ", other)
        total += self.begins(min(2, count), " begin1 ", begin)
        total += self.begins(min(1, count), " begin2 ", _head(self.right, 2))
        total += self.count(_OPEN, (quotes > 0) + 2 * (brackets > 0))
        total += weights.at(_number(_more(self.spelled(weights._names[_OPENING1], _head(opening, 1)), u" "), min(2, count)))
        total += weights.at(_number(_more(self.spelled(weights._names[_OPENING2], _head(opening, 2)), u" "), min(2, count)))
        total += weights.at(_number(_more(self.spelled(weights._names[_OPENING3], opening), u" "), min(1, count)))
        total += self.two(_GOES_ON, _head(opening, 2), True, begin)
        total += self.two(_GOES_ON2, _head(opening, 2), True, _head(self.right, 2))
        if count:
            before = self.last_clause(Span(left.low, last.low - 1))
            total += self.one(_BEFORE, _head(before, 2))
            total += self.one(_BEFORE_ENDS, _tail(before, 2))
            total += self.count(_BEFORE, _bucket(_LENGTHS, 16, before.high - before.low) // 2)
            if self.same(_head(before, 1), _head(last, 1)):
                total += weights.at(weights._names[_LIKE])
        return total

    cdef double counted(self, int32_t count, str name, int32_t value) noexcept:
        """The weight of a feature that joins the number of clauses with another."""
        cdef uint64_t hashed = _number(self.weights._names[_CLAUSES], count)
        cdef Py_UCS4 character
        for character in name:
            hashed = _more(hashed, character)
        return self.weights.at(_number(hashed, value))

    cdef double begins(self, int32_t count, str name, Span span) noexcept:
        """The weight of a feature that joins the number of clauses with how the next one begins."""
        cdef uint64_t hashed = _number(self.weights._names[_CLAUSES], count)
        cdef Py_UCS4 character
        for character in name:
            hashed = _more(hashed, character)
        return self.weights.at(self.spelled(hashed, span))
