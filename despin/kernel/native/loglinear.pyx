# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, initializedcheck=False
"""What the features of a place in a text weigh together, and where headings may end, without a string a feature.

These are log-linear models: the weights (ln) of all features of a place are added up. `tools/train/stop_features.py` and
`tools/train/heading_features.py` write the features out by their names, as they are learned. Here weights go by hashes of the names, read
from a file without a Python object a line.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING
from libc cimport math
from libc.stdint cimport int32_t, uint32_t, uint64_t, uint8_t
from libc.stdlib cimport calloc, free
from libc.string cimport memchr

from despin.kernel.native.lattice cimport State, Trigrams

from despin.errors import ModelError
from despin.kernel import heading_words as named

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
    """The weights in a file of lines: a feature, a tab, its weight (at most three digits and three decimals), or nothing where that is the
    weight of the line above. Raises `ModelError` for any other line."""
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
                raise ModelError(f"{name}:{line}: a feature, a tab and its weight should stand here; install despin again")
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
    "end1 ", "end2 ", "end3 ", "end4 ", "begin1 ", "begin2 ", "begin3 ", "begin4 ", "seam ", "seam21 ", "seam12 ", "first1 ",
    "first2 ", "first3 ", "heads ", "heads21 ", "heads22 ", "last ", "right ", "both ", "beyond1 ", "beyond2 ", "close1 ",
    "close2 ", "shared ", "parallel ", "in last ", "in right ", "left ", "clauses ", "open ", "opening1 ", "opening2 ",
    "opening3 ", "goes on ", "goes on2 ", "before ", "before ends ", "like the clause before",
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


#: What stands around a place: the sentence so far, its last clause, the clause behind the place, and the beginning of the
#: one behind that.
cdef struct Around:
    Span left
    Span last
    Span right
    Span beyond


@cython.final
cdef class StopFeatures:
    """What speaks for a comma where a comma or a full stop stands (ln odds), by the weights in the `data` of a file called `name`; the
    feature `bias` is everywhere. Raises `ModelError` for a file of another kind."""

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
        """The odds (ln) of a comma at every place, by where its sentence begins: at `start` or behind one of the full stops
        before, of which the last ones count, `back` beginnings in all."""
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
        """The odds (ln) of a comma at the full stops among `places`, each as if the others were genuine; the first sentence
        begins at `start`."""
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


cdef enum:
    _TAIL1, _TAIL2, _TAIL3, _BREAK11, _BREAK21, _BREAK12, _BREAK22, _REST1, _REST2, _REST3, _REST4, _HEAD1, _HEAD2, _HEAD3, _BOTH_HEADS
    _ASKS, _IN_HEAD, _OPENS1, _OPENS2, _OPENS3, _CLOSES1, _CLOSES2, _IN_CLAUSE
    _HEADING_COUNT

_HEADING_NAMES = (
    "tail1 ", "tail2 ", "tail3 ", "seam11 ", "seam21 ", "seam12 ", "seam22 ", "rest1 ", "rest2 ", "rest3 ", "rest4 ", "head1 ",
    "head2 ", "head3 ", "heads ", "asks ", "in head ", "opens1 ", "opens2 ", "opens3 ", "closes1 ", "closes2 ", "in clause ",
)  # fmt: skip

cdef enum:
    #: What kind of heading its words make it, in the order of `_KINDS`.
    _WHOLE = 0, _QUESTION, _LISTED, _OTHER

_STYLES = ("", "part", "chinese", "bracket", "arabic")
_KINDS = ("whole", "question", "listed", "other")

#: As in `tools/train/heading_features.py`.
cdef int32_t[10] _HEADING_LENGTHS = [2, 3, 4, 5, 6, 8, 10, 13, 17, 24]
cdef int32_t[6] _CLAUSE_LENGTHS = [4, 7, 10, 14, 20, 30]

cdef enum:
    _HEADING_REACH = 60
    #: The longest word that is looked for at the beginning or the end of something.
    _WORD = 5
    #: No more characters than this are split into words.
    _SPLIT = 6


#: Weights of what is said of a line, and of a seam, beside their words.
cdef struct Shapes:
    double line
    double[5] number
    double[7] clause
    double[7][5] clause_number
    double[11] length
    double[11][2] length_style
    double[7] rest
    double[6] again
    double[6][2] again_end
    double[6][2] again_start
    double[5] whole_again
    double[6][6] again_behind
    double[4] kind
    double[4][3] kind_opens
    double[3] opens
    double[4][3][2] kind_opens_style
    double[4][6] kind_again
    double[5] shared
    double[5] across
    double[9] company


@cython.final
cdef class HeadingFeatures:
    """What speaks for a heading at the beginning of a line (ln), by the weights in the `data` of a file called `name`. A seam, the place
    where a heading ends, is looked at closely at `glanced` places; what can be nothing but a heading gains `plain`. Raises `ModelError` for a
    file of another kind."""

    cdef Weights _weights, _heads, _asking, _ends, _opening, _plain, _behind_summaries
    cdef Shapes _shapes
    cdef int32_t _glanced
    cdef double _gain
    cdef uint64_t[_HEADING_COUNT] _names

    def __cinit__(self, bytes data not None, str name not None, int32_t glanced, double plain):
        cdef int32_t index
        self._weights = read_weights(data, name)
        self._glanced, self._gain = glanced, plain
        for index in range(_HEADING_COUNT):
            self._names[index] = hash_of(_HEADING_NAMES[index])
        self._heads = words(named.HEADS, 1000)
        self._asking = words(named.ASKING, 1000)
        # An ending is hashed from its last character on.
        self._ends = words([word[::-1] for word in named.HEADS + named.ENDS], 1000)
        self._opening = words(named.STARTS, 2000, words(named.OPENERS, 1000, Weights(2 * len(named.STARTS + named.OPENERS))))
        self._plain = words(named.SUMMARIES, 2000, words(named.ONLY, 1000))
        self._behind_summaries = words(named.BEHIND_SUMMARIES, 1000)
        self._read_shapes()

    cdef double _weight(self, str name) noexcept:
        return self._weights.at(hash_of(name))

    cdef int _read_shapes(self) except -1:
        """Look up what does not hang on words once and for all."""
        cdef Shapes* into = &self._shapes
        cdef int32_t one, other, third
        into.line = self._weight("whole")
        for one in range(5):
            into.number[one] = self._weight(f"number {_STYLES[one]}")
            into.whole_again[one] = self._weight(f"whole again {one}")
            into.shared[one] = self._weight(f"shared {one}")
            into.across[one] = self._weight(f"across {one}")
        for one in range(7):
            into.clause[one] = self._weight(f"clause {one}")
            into.rest[one] = self._weight(f"rest {one}")
            for other in range(5):
                into.clause_number[one][other] = self._weight(f"clause {one} number {_STYLES[other]}")
        for one in range(11):
            into.length[one] = self._weight(f"length {one}")
            into.length_style[one][0] = self._weight(f"length {one} bare")
            into.length_style[one][1] = self._weight(f"length {one} numbered")
        for one in range(6):
            into.again[one] = self._weight(f"again {one}")
            into.again_end[one][0] = self._weight(f"again {one} inside")
            into.again_end[one][1] = self._weight(f"again {one} end")
            into.again_start[one][0] = self._weight(f"again {one} start 0")
            into.again_start[one][1] = self._weight(f"again {one} start 1")
            for other in range(6):
                into.again_behind[one][other] = self._weight(f"again {one} behind {other - 1}")
        for one in range(3):
            into.opens[one] = self._weight(f"opens {one}")
        for one in range(4):
            into.kind[one] = self._weight(f"kind {_KINDS[one]}")
            for other in range(6):
                into.kind_again[one][other] = self._weight(f"kind {_KINDS[one]} again {other}")
            for other in range(3):
                into.kind_opens[one][other] = self._weight(f"kind {_KINDS[one]} opens {other}")
                into.kind_opens_style[one][other][0] = self._weight(f"kind {_KINDS[one]} opens {other} bare")
                into.kind_opens_style[one][other][1] = self._weight(f"kind {_KINDS[one]} opens {other} numbered")
        for one in range(9):
            into.company[one] = self._weight(f"company {one - 4}")
        return 0

    def best_seam(self, str text not None, Trigrams model not None):
        """Where a heading may end in a line: the style of its number, the likeliest place, the likelihood ratio (ln) of that place, and of any,
        against none. None where there is no such place."""
        cdef Reading reading
        cdef Line line = Line(<int32_t>len(text), 0, BARE)
        cdef int32_t[LONGEST] places
        cdef int32_t index, best = 0, plain, count
        cdef double[LONGEST] scores
        cdef double none, mass = 0.0
        begin(&reading, self._weights, text)
        read_number(&reading, &line)
        count = find_places(&reading, &line, places)
        if not count or not is_prose(&reading, &line):
            return None
        none = self._line(&reading, &line)
        plain = self._plain_end(&reading, &line)
        count = self._glance(&reading, places, count)
        for index in range(count):
            scores[index] = self._seam(&reading, &line, places[index], model) + self._gain * (places[index] == plain) - none
            if scores[index] > scores[best]:
                best = index
        for index in range(count):
            mass += math.exp(scores[index] - scores[best])
        return _STYLES[line.style], places[best], scores[best], scores[best] + math.log(mass)

    cdef double _line(self, Reading* reading, const Line* line) noexcept:
        """What `line_features` names weighs."""
        cdef Span clause = first_clause(reading, Span(line.start, min(line.start + _HEADING_REACH, line.size)))
        cdef const uint64_t* names = self._names
        cdef const Shapes* shapes = &self._shapes
        cdef int32_t length = bucket(_CLAUSE_LENGTHS, 6, clause.high - clause.low)
        cdef double shape = shapes.line + shapes.number[line.style] + shapes.clause[length]
        cdef Places places
        add_one(reading, names[_OPENS1], head(clause, 1))
        add_one(reading, names[_OPENS2], head(clause, 2))
        add_one(reading, names[_OPENS3], head(clause, 3))
        add_one(reading, names[_CLOSES1], tail(clause, 1))
        add_one(reading, names[_CLOSES2], tail(clause, 2))
        tell_apart(reading, clause, &places)
        add_each(reading, names[_IN_CLAUSE], &places)
        return shape + shapes.clause_number[length][line.style] + total(reading)

    cdef int32_t _glance(self, Reading* reading, int32_t* places, int32_t count) noexcept:
        """Put the places that look likeliest at a glance first; how many are worth a closer look."""
        cdef double[LONGEST] weights
        cdef int32_t index, other, likeliest, place, kept = min(count, self._glanced)
        cdef double weight
        for index in range(count):
            weights[index] = self._glance_at(reading, places[index])
        for index in range(kept):
            likeliest = index
            for other in range(index + 1, count):
                if weights[other] > weights[likeliest]:
                    likeliest = other
            place, weight = places[likeliest], weights[likeliest]
            # Of equals the earlier stays in front.
            for other in range(likeliest, index, -1):
                places[other], weights[other] = places[other - 1], weights[other - 1]
            places[index], weights[index] = place, weight
        return kept

    cdef double _glance_at(self, Reading* reading, int32_t place) noexcept:
        """What `glance` names weighs."""
        cdef const uint64_t* names = self._names
        cdef Span heading = stripped(reading, Span(0, place)), rest = Span(place, place + 3)
        add_one(reading, names[_TAIL1], tail(heading, 1))
        add_one(reading, names[_TAIL2], tail(heading, 2))
        add_two(reading, names[_BREAK11], tail(heading, 1), False, head(rest, 1))
        add_one(reading, names[_REST1], head(rest, 1))
        add_one(reading, names[_REST2], head(rest, 2))
        add_one(reading, names[_REST3], rest)
        return total(reading)

    cdef double _seam(self, Reading* reading, const Line* line, int32_t place, Trigrams model) noexcept:
        """What `seam_features` names weighs."""
        cdef const uint64_t* names = self._names
        cdef Span heading = stripped(reading, Span(line.start, place)), rest = Span(place, min(place + _HEADING_REACH, line.size))
        cdef Span one = tail(heading, 1), other = head(rest, 1)
        cdef uint64_t hashed
        cdef Py_UCS4 character
        cdef Places places
        cdef double shape
        add_one(reading, names[_HEAD1], head(heading, 1))
        add_one(reading, names[_HEAD2], head(heading, 2))
        add_one(reading, names[_HEAD3], head(heading, 3))
        add_one(reading, names[_TAIL1], one)
        add_one(reading, names[_TAIL2], tail(heading, 2))
        add_one(reading, names[_TAIL3], tail(heading, 3))
        hashed = more(spelled(reading, names[_TAIL2], tail(heading, 2)), u" ")
        for character in "numbered" if line.style else "bare":
            hashed = more(hashed, character)
        add(reading, hashed)
        add_one(reading, names[_REST1], other)
        add_one(reading, names[_REST2], head(rest, 2))
        add_one(reading, names[_REST3], head(rest, 3))
        add_one(reading, names[_REST4], head(rest, 4))
        add_two(reading, names[_BREAK11], one, False, other)
        add_two(reading, names[_BREAK21], tail(heading, 2), True, other)
        add_two(reading, names[_BREAK12], one, True, head(rest, 2))
        add_two(reading, names[_BREAK22], tail(heading, 2), True, head(rest, 2))
        add_two(reading, names[_BOTH_HEADS], head(heading, 2), True, head(rest, 2))
        add_two(reading, names[_ASKS], head(heading, 2), True, one)
        tell_apart(reading, heading, &places)
        add_each(reading, names[_IN_HEAD], &places)
        shape = self._shape(reading, line, place, heading, rest, &places, model)
        return shape + total(reading)

    cdef double _shape(
        self, const Reading* reading, const Line* line, int32_t place, Span heading, Span rest, const Places* apart, Trigrams model
    ) noexcept:
        """What `shape_of_seam` names weighs; `apart` are the characters of the heading."""
        cdef const Shapes* shapes = &self._shapes
        cdef Span clause = first_clause(reading, rest)
        cdef int32_t first, again = repeated(reading, heading, rest, &first), size = heading.high - heading.low
        cdef int32_t length = bucket(_HEADING_LENGTHS, 10, size), style = line.style != BARE
        cdef int32_t kind = self._kind(reading, heading)
        cdef int32_t opens = <int32_t>self._begins(reading, self._opening, rest)
        cdef bint whole = size <= rest.high - rest.low and repeats(reading, heading.low, rest.low, size)
        cdef bint ends = again and repeats(reading, heading.high - again, rest.low, again)
        cdef int32_t behind = min(4, heading.high - first - again) if again else -1
        cdef Places others
        tell_apart(reading, clause, &others)
        return (
            shapes.length[length] + shapes.length_style[length][style] + shapes.rest[bucket(_CLAUSE_LENGTHS, 6, clause.high - clause.low)]
            + shapes.again[again] + shapes.again_end[again][ends] + shapes.again_start[again][again and first == heading.low]
            + shapes.whole_again[min(4, size) if whole else 0] + shapes.again_behind[again][behind + 1]
            + shapes.kind[kind] + shapes.kind_opens[kind][opens] + shapes.opens[opens]
            + shapes.kind_opens_style[kind][opens][style] + shapes.kind_again[kind][again]
            + shapes.shared[4 * in_both(reading, apart, &others) // apart.count]
            + shapes.across[_across(reading, line.start, place, model)] + shapes.company[_company(reading, heading, rest, model) + 4]
        )

    cdef int32_t _kind(self, const Reading* reading, Span heading) noexcept:
        """What kind of heading its words make it."""
        cdef uint64_t hashed = 0
        cdef int32_t place
        if self._heads.at(spelled(reading, 0, heading)) > 0.0:
            return _WHOLE
        if self._begins(reading, self._asking, heading) > 0.0:
            return _QUESTION
        for place in range(heading.high - 1, max(heading.low, heading.high - _WORD) - 1, -1):
            hashed = more(hashed, letter(reading, place))
            if self._ends.at(hashed) > 0.0:
                return _LISTED
        return _OTHER

    cdef double _begins(self, const Reading* reading, Weights known, Span span) noexcept:
        """What weighs most of the words that a span begins with."""
        cdef uint64_t hashed = 0
        cdef double found = 0.0
        cdef int32_t place
        for place in range(span.low, min(span.high, span.low + _WORD)):
            hashed = more(hashed, letter(reading, place))
            found = max(found, known.at(hashed))
        return found

    cdef int32_t _plain_end(self, const Reading* reading, const Line* line) noexcept:
        """Where words end that can be nothing but a heading there; -1 where there are none."""
        cdef uint64_t hashed = 0
        cdef int32_t place
        cdef double known
        cdef Weights behind
        for place in range(line.start, min(line.size, line.start + _WORD)):
            hashed = more(hashed, letter(reading, place))
            known = self._plain.at(hashed)
            if known > 0.0:
                behind = self._opening if known == 1.0 else self._behind_summaries
                return place + 1 if self._begins(reading, behind, Span(place + 1, line.size)) > 0.0 else -1
        return -1


cdef int32_t _across(const Reading* reading, int32_t start, int32_t place, Trigrams model) noexcept:
    """What `Trigrams.crossing_word` gives, of a line that is being read."""
    cdef int32_t first, at, longest = 0
    cdef uint32_t node
    for first in range(max(start, place - 3), place):
        node = model.size
        for at in range(first, first + 4):
            node = model.step(node, letter(reading, at))
            if not node:
                break
            if at >= place and model.is_word(node):
                longest = max(longest, at + 1 - first)
    return longest


cdef int32_t _company(const Reading* reading, Span heading, Span rest, Trigrams model) noexcept:
    """How much likelier the first word of `rest` is behind the last of a heading than anywhere, in half powers of ten."""
    cdef State one, after
    cdef uint32_t word, other, unused
    cdef double own, together
    _split(reading, tail(heading, _SPLIT), model, &unused, &word)
    _split(reading, head(rest, _SPLIT), model, &other, &unused)
    own = model.first(word, &one)
    together = own
    together += model.extend(&one, other, &after)
    return <int32_t>max(-4.0, min(4.0, math.rint(2.0 * (together - own - model.first(other, &after)))))


cdef void _split(const Reading* reading, Span span, Trigrams model, uint32_t* first, uint32_t* last) noexcept:
    """Find the numbers of the first and the last word of a few characters, as `Trigrams.best_split` splits them."""
    cdef int32_t size = span.high - span.low, start, end
    cdef State after
    cdef uint32_t node = model.size, word
    cdef double score
    cdef double[_SPLIT + 1] best
    cdef int32_t[_SPLIT + 1] back
    cdef uint32_t[_SPLIT + 1] number
    for start in range(size):
        node = model.step(node, letter(reading, span.low + start)) if node else 0
    if model.is_word(node):
        first[0] = last[0] = node
        return
    best[0] = 0.0
    for end in range(1, size + 1):
        best[end] = -math.INFINITY
    for start in range(size):
        node = model.size
        for end in range(start + 1, size + 1):
            node = model.step(node, letter(reading, span.low + end - 1)) if node else 0
            word = node if model.is_word(node) else 0
            if not word and end > start + 1:
                if not node:
                    break
                continue
            score = best[start] + model.first(word, &after)
            # Of equals the later start.
            if score >= best[end]:
                best[end], back[end], number[end] = score, start, word
    last[0] = number[size]
    end = size
    while back[end]:
        end = back[end]
    first[0] = number[end]
