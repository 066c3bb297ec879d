"""A line of text as the search for headings reads it: its number, where a heading may end in it, what comes twice."""

from libc.stdint cimport int32_t, uint32_t

from despin.kernel.native.weights cimport Reading, Span, is_han, letter

cdef extern from "Python.h":
    int Py_UNICODE_ISDECIMAL(uint32_t character) noexcept

cdef enum:
    #: What numbers a heading: nothing, or one of the styles in the order of `headings._STYLES`.
    BARE, PART, CHINESE, BRACKET, ARABIC

cdef enum:
    #: Characters of a heading, and of what follows it.
    SHORTEST = 2
    LONGEST = 20
    REST = 10


#: How long a line is, and where its sentence or heading begins behind a number of some style.
cdef struct Line:
    int32_t size
    int32_t start
    int32_t style


cdef inline bint _is_chinese_number(Py_UCS4 character) noexcept:
    return character in u"一二三四五六七八九十"


cdef inline bint _is_space(Py_UCS4 character) noexcept:
    return character == u" " or character == 0x3000


cdef inline bint _is_letter(Py_UCS4 character) noexcept:
    return (
        c"A" <= character <= c"Z" or c"a" <= character <= c"z" or c"0" <= character <= c"9"
    )


cdef inline bint _may_head(Py_UCS4 character) noexcept:
    """Whether a heading may hold a character."""
    return is_han(character) or _is_letter(character) or character in u" .+#/、（）()《》“”：:-—"


cdef inline bint _ends_clause(Py_UCS4 character) noexcept:
    return not is_han(character) and character in u"，。：:；;！？!?"


cdef inline Py_UCS4 _at(const Reading* reading, const Line* line, int32_t place) noexcept:
    """The character at a place of a line; nothing behind its end."""
    return letter(reading, place) if place < line.size else 0


cdef inline void read_number(const Reading* reading, Line* line) noexcept:
    """Find what numbers a heading, and where it begins behind that."""
    cdef int32_t place = 0, end = -1
    while _is_space(_at(reading, line, place)):
        place += 1
    line.style = BARE
    if _at(reading, line, place) == u"第":
        end, line.style = _part_end(reading, line, place + 1), PART
    elif _is_chinese_number(_at(reading, line, place)):
        end, line.style = _chinese_end(reading, line, place), CHINESE
    elif _at(reading, line, place) == u"(" or _at(reading, line, place) == u"（":
        end, line.style = _bracket_end(reading, line, place + 1), BRACKET
    elif Py_UNICODE_ISDECIMAL(_at(reading, line, place)):
        end, line.style = _arabic_end(reading, line, place), ARABIC
    if end < 0:
        end, line.style = place, BARE
    while _is_space(_at(reading, line, end)):
        end += 1
    line.start = end


cdef inline int32_t _part_end(const Reading* reading, const Line* line, int32_t place) noexcept:
    """Where the number of a part ends (第三章) whose figures begin at `place`; -1 where there is none."""
    cdef int32_t digits = 0, signs = 0
    cdef Py_UCS4 character = _at(reading, line, place)
    while digits < 4 and (_is_chinese_number(character) or character == u"百" or Py_UNICODE_ISDECIMAL(character)):
        digits += 1
        character = _at(reading, line, place + digits)
    place += digits
    while signs < 2 and character in u"章节步部分":
        signs += 1
        character = _at(reading, line, place + signs)
    if not digits or not signs:
        return -1
    return place + signs + (character in u"、:：. ")


cdef inline int32_t _chinese_end(const Reading* reading, const Line* line, int32_t place) noexcept:
    """Where a Chinese number ends (三、); -1 where there is none."""
    cdef int32_t digits = 0
    while digits < 3 and _is_chinese_number(_at(reading, line, place + digits)):
        digits += 1
    return place + digits + 1 if _at(reading, line, place + digits) in u"、.．" else -1


cdef inline int32_t _bracket_end(const Reading* reading, const Line* line, int32_t place) noexcept:
    """Where a number in brackets ends whose figures begin at `place`; -1 where there is none."""
    cdef int32_t digits = 0
    cdef Py_UCS4 character = _at(reading, line, place)
    while digits < 2 and (_is_chinese_number(character) or Py_UNICODE_ISDECIMAL(character)):
        digits += 1
        character = _at(reading, line, place + digits)
    if not digits or not (character == u")" or character == u"）"):
        return -1
    return place + digits + 1 + (_at(reading, line, place + digits + 1) in u"、.")


cdef inline int32_t _arabic_end(const Reading* reading, const Line* line, int32_t place) noexcept:
    """Where a number like 2.1. ends that a space or a Chinese character follows; -1 where there is none."""
    cdef int32_t group, digits
    cdef Py_UCS4 character
    for group in range(3):
        if group:
            if _at(reading, line, place) != u"." or not Py_UNICODE_ISDECIMAL(_at(reading, line, place + 1)):
                break
            place += 1
        digits = 0
        while digits < 2 and Py_UNICODE_ISDECIMAL(_at(reading, line, place)):
            digits += 1
            place += 1
    place += _at(reading, line, place) in u"、.．"
    character = _at(reading, line, place)
    return place if character == u" " or is_han(character) else -1


cdef inline int32_t find_places(const Reading* reading, const Line* line, int32_t* places) noexcept:
    """Find where a heading may end; in how many places."""
    cdef int32_t place, count = 0, end = line.start
    cdef Py_UCS4 before, character
    while end < line.size and end < line.start + LONGEST and _may_head(letter(reading, end)):
        end += 1
    end = min(end, line.size - REST)
    for place in range(line.start + SHORTEST, end + 1):
        before, character = letter(reading, place - 1), letter(reading, place)
        if _is_letter(before) and _is_letter(character):
            continue
        if character in u" .、）)》”：:+-—/，。；！？" or before in u"、（(《“-—/":
            continue
        places[count] = place
        count += 1
    return count


cdef inline bint is_prose(const Reading* reading, const Line* line) noexcept:
    """Whether a mark stands behind a Chinese character."""
    cdef int32_t place
    cdef Py_UCS4 character
    cdef bint seen = False
    for place in range(line.size):
        character = letter(reading, place)
        if is_han(character):
            seen = True
        elif seen and character in u"，。：；！？":
            return True
    return False


cdef inline Span first_clause(const Reading* reading, Span span) noexcept:
    """What stands before the first mark of a span."""
    cdef int32_t place = span.low
    while place < span.high and not _ends_clause(letter(reading, place)):
        place += 1
    return Span(span.low, place)


cdef inline bint repeats(const Reading* reading, int32_t one, int32_t other, int32_t size) noexcept:
    """Whether so many characters are the same at two places."""
    cdef int32_t index
    for index in range(size):
        if letter(reading, one + index) != letter(reading, other + index):
            return False
    return True


cdef inline int32_t repeated(const Reading* reading, Span heading, Span rest, int32_t* first) noexcept:
    """How many characters at the beginning of `rest` stand in a heading too, 0 or 2 to 5, and where they stand first."""
    cdef int32_t place, size, longest = 0, most = min(5, rest.high - rest.low)
    for place in range(heading.low, heading.high):
        size = 0
        while size < most and place + size < heading.high and letter(reading, place + size) == letter(reading, rest.low + size):
            size += 1
        if size > longest:
            longest, first[0] = size, place
    return longest if longest >= 2 else 0
