# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, initializedcheck=False
"""What the features of a place in a text weigh together, without a string a feature.

This is a log-linear model: the weights (ln) of all features of a place are added up. `tools/train/stop_features.py`
writes the features out by their names, as they are learned. Here weights go by hashes of the names, read from a file
without a Python object a line.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport int32_t, uint32_t, uint64_t, uint8_t
from libc.stdlib cimport calloc, free
from libc.string cimport memchr

from despin.errors import ModelError

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
    """The weights in a file of lines: a feature, a tab, its weight (at most three digits and three decimals), or
    nothing where that is the weight of the line above. Raises `ModelError` for any other line."""
    cdef const uint8_t* place = <const uint8_t*>PyBytes_AS_STRING(data)
    cdef const uint8_t* end = place + len(data)
    cdef const uint8_t* stop
    cdef const uint8_t* tab
    cdef Weights found = Weights(data.count(b"\n") + 1)
    cdef uint64_t hashed
    cdef int32_t weight = _NO_WEIGHT
    cdef uint32_t line = 0
    while place < end:
        line += 1
        stop = <const uint8_t*>memchr(place, c"\n", end - place)
        stop = end if stop == NULL else stop
        if place[0] != c"#":
            tab = stop
            while tab > place and tab[0] != c"\t":
                tab -= 1
            if not (tab + 1 >= stop or (tab + 2 == stop and (stop - 1)[0] == c"\r")):
                weight = _thousandths(tab + 1, stop)
            hashed = _spelled(place, tab)
            if tab == stop or tab[0] != c"\t" or weight == _NO_WEIGHT or hashed == _NO_TEXT:
                raise ModelError(
                    f"{name}:{line}: a feature, a tab and its weight should stand here; install despin again"
                )
            found.put(hashed, weight)
        place = stop + 1
    return found


cdef uint64_t hash_of(str name) noexcept:
    cdef uint64_t found = 0
    cdef Py_UCS4 character
    for character in name:
        found = more(found, character)
    return found


cdef uint64_t _spelled(const uint8_t* place, const uint8_t* end) noexcept:
    """The hash of a name in UTF-8, which has no tab."""
    cdef uint64_t found = 0
    cdef uint32_t character
    cdef int32_t following
    while place < end:
        character = place[0]
        place += 1
        if character == c"\t":
            return _NO_TEXT
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


cdef enum:
    _END1, _END2, _END3, _END4, _BEGIN1, _BEGIN2, _BEGIN3, _BEGIN4, _SEAM, _SEAM21, _SEAM12, _FIRST1, _FIRST2, _FIRST3
    _HEADS, _HEADS21, _HEADS22, _LAST, _RIGHT, _BOTH, _BEYOND1, _BEYOND2, _CLOSE1, _CLOSE2, _SHARED, _PARALLEL
    _IN_LAST, _IN_RIGHT, _LEFT, _CLAUSES, _OPEN, _OPENING1, _OPENING2, _OPENING3, _GOES_ON, _GOES_ON2, _BEFORE
    _BEFORE_ENDS, _LIKE
    _COUNT

_NAMES = (
    "end1 ", "end2 ", "end3 ", "end4 ", "begin1 ", "begin2 ", "begin3 ", "begin4 ", "seam ", "seam21 ", "seam12 ",
    "first1 ", "first2 ", "first3 ", "heads ", "heads21 ", "heads22 ", "last ", "right ", "both ", "beyond1 ",
    "beyond2 ", "close1 ", "close2 ", "shared ", "parallel ", "in last ", "in right ", "left ", "clauses ", "open ",
    "opening1 ", "opening2 ", "opening3 ", "goes on ", "goes on2 ", "before ", "before ends ", "like the clause before",
)  # fmt: skip

#: As in `tools/train/stop_features.py`.
cdef int32_t[16] _LENGTHS = [2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 60, 90]
cdef int32_t[9] _SENTENCES = [4, 8, 12, 18, 27, 40, 60, 90, 130]
#: Clauses of a sentence are counted up to here.
cdef int32_t _MOST = 6


cdef inline bint _parts_clauses(Py_UCS4 character) noexcept:
    return not is_han(character) and (
        character == u"，" or character == u"," or character == u"：" or character == u":" or character == u"。"
    )


cdef inline bint _stops(Py_UCS4 character) noexcept:
    return not is_han(character) and (
        _parts_clauses(character) or character == u"！" or character == u"？" or character == u"!" or character == u"?"
        or character == u"；" or character == u";" or character == u"、" or character == u"\n"
    )


cdef int _look_at(str text, list places, Py_ssize_t start) except -1:
    """Raise `IndexError` for places that are not in the text, or where a sentence does not begin in it."""
    cdef Py_ssize_t place
    if not 0 <= start <= len(text):
        raise IndexError("a beginning that is not there")
    for place in places:
        if not 0 <= place < len(text):
            raise IndexError("a place that is not there")
    return 0


#: What stands around a place: the sentence so far, its last clause, the clause behind the place, and the
#: beginning of the one behind that.
cdef struct Around:
    Span left
    Span last
    Span right
    Span beyond


@cython.final
cdef class StopFeatures:
    """What speaks for a comma where a comma or a full stop stands (ln odds), by the weights in the `data` of a file
    called `name`; the feature `bias` is everywhere. Raises `ModelError` for a file of another kind."""

    cdef Weights _weights
    cdef double _bias
    cdef uint64_t[_COUNT] _names

    def __cinit__(self, bytes data not None, str name not None):
        cdef int32_t index
        self._weights = read_weights(data, name)
        self._bias = self._weights.at(hash_of("bias"))
        for index in range(_COUNT):
            self._names[index] = hash_of(_NAMES[index])

    def rows(self, str text not None, list places not None, int32_t start, int32_t back):
        """The odds (ln) of a comma at every place, by where its sentence begins: at `start` or behind one of the full
        stops before, of which the last ones count, `back` beginnings in all."""
        cdef Reading reading
        cdef Around around
        cdef int32_t place, low
        cdef double own
        cdef list found = [], starts = [start], row
        begin(&reading, self._weights, text)
        _look_at(text, places, start)
        for place in places:
            _look_behind(&reading, place, &around)
            _look_before(&reading, start, place, &around)
            own = self._own(&reading, &around)
            row = []
            for low in starts:
                _look_before(&reading, low, place, &around)
                row.append(own + self._sentence(&reading, &around))
            found.append(row)
            if letter(&reading, place) == u"。":
                start = place + 1
                if len(starts) == back:
                    del starts[0]
                starts.append(start)
        return found

    def stops(self, str text not None, list places not None, int32_t start):
        """The odds (ln) of a comma at the full stops among `places`, each as if the others were genuine; the
        first sentence begins at `start`."""
        cdef Reading reading
        cdef Around around
        cdef int32_t place
        cdef double own
        cdef list found = []
        begin(&reading, self._weights, text)
        _look_at(text, places, start)
        for place in places:
            if letter(&reading, place) == u"。":
                _look_behind(&reading, place, &around)
                _look_before(&reading, start, place, &around)
                own = self._own(&reading, &around)
                found.append(own + self._sentence(&reading, &around))
                start = place + 1
        return found

    cdef double _own(self, Reading* reading, const Around* around) noexcept:
        """What speaks for a comma wherever its sentence begins."""
        self._find_clauses(reading, around)
        return self._bias + total(reading)

    cdef double _sentence(self, Reading* reading, const Around* around) noexcept:
        """What speaks for a comma because its sentence begins where it does."""
        self._find_sentence(reading, around)
        return total(reading)

    cdef void _find_clauses(self, Reading* reading, const Around* around) noexcept:
        """Find what `clause_features` names."""
        cdef const uint64_t* names = self._names
        cdef Span last = around.last, right = around.right, beyond = around.beyond
        cdef Span ending = tail(last, 1), begins = head(right, 1), heads = head(last, 1)
        cdef int32_t one = bucket(_LENGTHS, 16, last.high - last.low)
        cdef int32_t other = bucket(_LENGTHS, 16, right.high - right.low)
        cdef uint64_t hashed
        cdef Py_UCS4 character
        cdef Places mine, yours
        tell_apart(reading, last, &mine)
        tell_apart(reading, right, &yours)
        add_one(reading, names[_END1], ending)
        add_one(reading, names[_END2], tail(last, 2))
        add_one(reading, names[_END3], tail(last, 3))
        add_one(reading, names[_END4], tail(last, 4))
        add_one(reading, names[_BEGIN1], begins)
        add_one(reading, names[_BEGIN2], head(right, 2))
        add_one(reading, names[_BEGIN3], head(right, 3))
        add_one(reading, names[_BEGIN4], head(right, 4))
        add_two(reading, names[_SEAM], ending, False, begins)
        add_two(reading, names[_SEAM21], tail(last, 2), True, begins)
        add_two(reading, names[_SEAM12], ending, True, head(right, 2))
        add_one(reading, names[_FIRST1], heads)
        add_one(reading, names[_FIRST2], head(last, 2))
        add_one(reading, names[_FIRST3], head(last, 3))
        add_two(reading, names[_HEADS], heads, False, begins)
        add_two(reading, names[_HEADS21], head(last, 2), True, begins)
        add_two(reading, names[_HEADS22], head(last, 2), True, head(right, 2))
        add(reading, numbered(names[_LAST], one))
        add(reading, numbered(names[_RIGHT], other))
        add(reading, numbered(more(numbered(names[_BOTH], one // 2), u" "), other // 2))
        hashed = more(numbered(names[_RIGHT], other // 2), u" ")
        add_one(reading, hashed, begins)
        hashed = more(numbered(names[_LAST], one // 2), u" ")
        add_one(reading, hashed, heads)
        hashed = spelled(reading, hashed, ending)
        for character in " ends":
            hashed = more(hashed, character)
        add(reading, hashed)
        add_one(reading, names[_BEYOND1], head(beyond, 1))
        add_one(reading, names[_BEYOND2], beyond)
        add_one(reading, names[_CLOSE1], tail(right, 1))
        add_one(reading, names[_CLOSE2], tail(right, 2))
        hashed = 4 * in_both(reading, &mine, &yours) // max(1, min(mine.count, yours.count))
        add(reading, numbered(names[_SHARED], hashed))
        if same(reading, heads, begins):
            add(reading, numbered(names[_PARALLEL], 1))
        if same(reading, head(last, 2), head(right, 2)):
            add(reading, numbered(names[_PARALLEL], 2))
        add_each(reading, names[_IN_LAST], &mine)
        add_each(reading, names[_IN_RIGHT], &yours)

    cdef void _find_sentence(self, Reading* reading, const Around* around) noexcept:
        """Find what `sentence_features` names."""
        cdef const uint64_t* names = self._names
        cdef Span left = around.left, last = around.last, right = around.right, begins = head(right, 1), opening, before
        cdef int32_t opened, length = bucket(_SENTENCES, 9, left.high - left.low)
        cdef int32_t count = _count_clauses(reading, left, &opened)
        cdef int32_t one = bucket(_LENGTHS, 16, last.high - last.low) // 2
        cdef int32_t other = bucket(_LENGTHS, 16, right.high - right.low) // 2
        opening = stripped(reading, head(left, 3))
        while opening.low < opening.high and Py_UNICODE_ISSPACE(letter(reading, opening.low)):
            opening.low += 1
        add(reading, numbered(names[_LEFT], length))
        add(reading, numbered(names[_CLAUSES], count))
        add(reading, numbered(self._counted(count, " left "), length))
        add(reading, numbered(self._counted(count, " last "), one))
        add(reading, numbered(self._counted(count, " right "), other))
        add_one(reading, self._counted(min(2, count), " begin1 "), begins)
        add_one(reading, self._counted(min(1, count), " begin2 "), head(right, 2))
        add(reading, numbered(names[_OPEN], opened))
        _add_opening(reading, names[_OPENING1], head(opening, 1), min(2, count))
        _add_opening(reading, names[_OPENING2], head(opening, 2), min(2, count))
        _add_opening(reading, names[_OPENING3], opening, min(1, count))
        add_two(reading, names[_GOES_ON], head(opening, 2), True, begins)
        add_two(reading, names[_GOES_ON2], head(opening, 2), True, head(right, 2))
        if count:
            before = _last_clause(reading, Span(left.low, last.low - 1))
            add_one(reading, names[_BEFORE], head(before, 2))
            add_one(reading, names[_BEFORE_ENDS], tail(before, 2))
            add(reading, numbered(names[_BEFORE], bucket(_LENGTHS, 16, before.high - before.low) // 2))
            if same(reading, head(before, 1), head(last, 1)):
                add(reading, names[_LIKE])

    cdef uint64_t _counted(self, int32_t count, str name) noexcept:
        """The hash of a name that joins the number of clauses with something else."""
        cdef uint64_t hashed = numbered(self._names[_CLAUSES], count)
        cdef Py_UCS4 character
        for character in name:
            hashed = more(hashed, character)
        return hashed


cdef void _add_opening(Reading* reading, uint64_t name, Span opening, int32_t count) noexcept:
    """Find a feature that joins how a sentence opens with the number of its clauses."""
    add(reading, numbered(more(spelled(reading, name, opening), u" "), count))


cdef void _look_behind(const Reading* reading, int32_t place, Around* around) noexcept:
    """Find the clause behind `place`, and what begins the one behind that."""
    cdef int32_t end = min(place + REACH, reading.size), low = place + 1, at = low
    while at < end and not _stops(letter(reading, at)):
        at += 1
    around.right = Span(low, max(low, at))
    around.beyond = Span(at, at)
    if at < end:
        low = at = at + 1
        while at < end and not _stops(letter(reading, at)):
            at += 1
        if at < end:
            around.beyond = head(Span(low, at), 2)


cdef void _look_before(const Reading* reading, int32_t start, int32_t place, Around* around) noexcept:
    """Find the sentence up to `place` that begins at `start`, and its last clause."""
    around.left = Span(max(start, place - REACH), place)
    around.last = _last_clause(reading, around.left)


cdef Span _last_clause(const Reading* reading, Span span) noexcept:
    """What stands behind the last mark of a span."""
    cdef int32_t low = span.high
    while low > span.low and not _parts_clauses(letter(reading, low - 1)):
        low -= 1
    return Span(low, span.high)


cdef int32_t _count_clauses(const Reading* reading, Span left, int32_t* opened) noexcept:
    """How many clauses end in a sentence so far; which marks are open at its end: 1 a quotation, 2 a bracket."""
    cdef int32_t place, count = 0, quotes = 0, brackets = 0
    cdef Py_UCS4 character
    for place in range(left.low, left.high):
        character = letter(reading, place)
        if is_han(character):
            continue
        count += _parts_clauses(character)
        quotes += (character == u"“") - (character == u"”")
        brackets += (character == u"（" or character == u"(") - (character == u"）" or character == u")")
    opened[0] = (quotes > 0) + 2 * (brackets > 0)
    return min(_MOST, count)
