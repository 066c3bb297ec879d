# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Where strings stand in a text, without a Python object a match. Twin of the plain part of `despin.matching.Matcher`.

The automaton of Aho and Corasick (1975) over code points. States are numbered level by level, so that the children of one
stand side by side, by character; state 0 is the root, whose children stand in a table of their own.
"""

from cpython cimport array
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport int32_t, uint8_t, uint32_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memset

import array

cdef array.array _INTEGERS = array.array("i")

cdef enum:
    #: Characters whose children of the root stand in a table: the first plane.
    _PLANE = 0x10000


#: `pattern` is the one that ends here or -1, `shorter` the nearest state down the failures where one ends, or 0.
cdef struct State:
    uint32_t character
    int32_t first
    int32_t count
    int32_t failure
    int32_t pattern
    int32_t shorter


cdef class Scanner:
    """An automaton over `patterns`, which are sorted and not empty. By pattern: its number in the channel, whether it is a
    spun form, and whether `standing` counts it."""

    cdef State* _states
    cdef int32_t* _roots
    cdef int32_t _size
    cdef int32_t* _numbers
    cdef int32_t* _lengths
    cdef uint8_t* _is_site
    cdef uint8_t* _counted
    cdef int32_t* _counts
    cdef int32_t* _seen

    def __init__(self, list patterns, list numbers, list is_site, list counted):
        cdef int32_t index
        cdef Py_ssize_t characters = 0
        cdef str pattern
        self._size = len(patterns)
        for pattern in patterns:
            characters += len(pattern)
        self._states = <State*>malloc((characters + 1) * sizeof(State))
        self._roots = <int32_t*>calloc(_PLANE, sizeof(int32_t))
        self._numbers = <int32_t*>malloc((self._size + 1) * sizeof(int32_t))
        self._lengths = <int32_t*>malloc((self._size + 1) * sizeof(int32_t))
        self._counts = <int32_t*>calloc(self._size + 1, sizeof(int32_t))
        self._seen = <int32_t*>malloc((self._size + 1) * sizeof(int32_t))
        self._is_site = <uint8_t*>malloc(self._size + 1)
        self._counted = <uint8_t*>malloc(self._size + 1)
        if (
            self._states == NULL or self._roots == NULL or self._numbers == NULL or self._lengths == NULL
            or self._counts == NULL or self._seen == NULL or self._is_site == NULL or self._counted == NULL
        ):
            raise MemoryError
        for index in range(self._size):
            self._numbers[index] = numbers[index]
            self._lengths[index] = len(<str>patterns[index])
            self._is_site[index] = is_site[index]
            self._counted[index] = counted[index]
        self._build(patterns)

    def __dealloc__(self):
        free(self._states)
        free(self._roots)
        free(self._numbers)
        free(self._lengths)
        free(self._counts)
        free(self._seen)
        free(self._is_site)
        free(self._counted)

    cdef int32_t _child(self, int32_t state, uint32_t character) noexcept nogil:
        """The state after `character`, or 0."""
        cdef int32_t low, high, middle
        if not state and character < _PLANE:
            return self._roots[character]
        low = self._states[state].first
        high = low + self._states[state].count
        while high - low > 4:
            middle = (low + high) // 2
            if self._states[middle].character <= character:
                low = middle
            else:
                high = middle
        while low < high:
            if self._states[low].character == character:
                return low
            low += 1
        return 0

    cdef int32_t _step(self, int32_t state, uint32_t character) noexcept nogil:
        """The state after `character`, which may be that of a shorter string."""
        cdef int32_t after
        while True:
            after = self._child(state, character)
            if after or not state:
                return after
            state = self._states[state].failure

    cdef int _build(self, list patterns) except -1:
        """Make the states, level by level."""
        # The patterns that go on at this level, and the state each of them has come to.
        cdef int32_t* going = <int32_t*>malloc((self._size + 1) * sizeof(int32_t))
        cdef int32_t* places = <int32_t*>calloc(self._size + 1, sizeof(int32_t))
        cdef int32_t index, pattern, kept, count = self._size, depth = 0, made = 1, parent, last = -1
        cdef uint32_t character
        cdef State* state
        if going == NULL or places == NULL:
            free(going)
            free(places)
            raise MemoryError
        memset(self._states, 0, sizeof(State))
        self._states[0].pattern = -1
        for index in range(count):
            going[index] = index
        while count:
            kept = 0
            last = -1
            for index in range(count):
                pattern = going[index]
                parent = places[pattern]
                character = (<str>patterns[pattern])[depth]
                state = self._states + (made - 1)
                if parent != last or state.character != character:
                    if parent != last:
                        self._states[parent].first = made
                        last = parent
                    self._states[parent].count += 1
                    state = self._states + made
                    state.character = character
                    state.first = state.count = 0
                    state.pattern = -1
                    state.failure = self._step(self._states[parent].failure, character) if depth else 0
                    state.shorter = state.failure
                    if self._states[state.failure].pattern < 0:
                        state.shorter = self._states[state.failure].shorter
                    if not depth and character < _PLANE:
                        self._roots[character] = made
                    made += 1
                places[pattern] = made - 1
                if self._lengths[pattern] == depth + 1:
                    state.pattern = pattern
                else:
                    going[kept] = pattern
                    kept += 1
            count = kept
            depth += 1
        free(going)
        free(places)
        return 0

    def find(self, str text):
        """(starts, ends, patterns) of every occurrence of every pattern, in order of their ends, longer ones first."""
        cdef Py_ssize_t place, size = len(text)
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef int32_t state = 0, at, pattern
        cdef State* states = self._states
        cdef Py_ssize_t count = 0, room = 64 + size // 2
        cdef int32_t* found = <int32_t*>malloc(3 * room * sizeof(int32_t))
        cdef int32_t* larger
        cdef array.array starts, ends, patterns
        if found == NULL:
            raise MemoryError
        for place in range(size):
            state = self._step(state, PyUnicode_READ(kind, data, place))
            at = state if states[state].pattern >= 0 else states[state].shorter
            while at:
                if count == room:
                    room *= 2
                    larger = <int32_t*>realloc(found, 3 * room * sizeof(int32_t))
                    if larger == NULL:
                        free(found)
                        raise MemoryError
                    found = larger
                pattern = states[at].pattern
                found[3 * count] = <int32_t>(place + 1 - self._lengths[pattern])
                found[3 * count + 1] = <int32_t>(place + 1)
                found[3 * count + 2] = pattern
                count += 1
                at = states[at].shorter
        try:
            starts = array.clone(_INTEGERS, count, False)
            ends = array.clone(_INTEGERS, count, False)
            patterns = array.clone(_INTEGERS, count, False)
            for place in range(count):
                starts.data.as_ints[place] = found[3 * place]
                ends.data.as_ints[place] = found[3 * place + 1]
                patterns.data.as_ints[place] = found[3 * place + 2]
        finally:
            free(found)
        return starts, ends, patterns

    def sites(self, array.array starts, array.array ends, array.array patterns, kind):
        """(start, end, number), as the tuples `kind`, of every match that is a spun form, by start, the shorter first."""
        cdef Py_ssize_t count = len(patterns), place, at, kept = 0
        cdef int32_t* order = <int32_t*>malloc((count + 1) * sizeof(int32_t))
        cdef list found = []
        make = tuple.__new__
        if order == NULL:
            raise MemoryError
        try:
            for place in range(count):
                if self._is_site[patterns.data.as_ints[place]]:
                    at = kept
                    # By end they are in order already, so few change places.
                    while at and starts.data.as_ints[order[at - 1]] > starts.data.as_ints[place]:
                        order[at] = order[at - 1]
                        at -= 1
                    order[at] = <int32_t>place
                    kept += 1
            for place in range(kept):
                at = order[place]
                # What the named tuple's own constructor does, without a Python function in between.
                found.append(make(
                    kind, (starts.data.as_ints[at], ends.data.as_ints[at], self._numbers[patterns.data.as_ints[at]])
                ))
        finally:
            free(order)
        return found

    def single_sites(self, array.array patterns, Py_ssize_t low, Py_ssize_t high):
        """The spun forms of one character among the matches low..high-1, by number."""
        cdef Py_ssize_t place
        cdef int32_t pattern
        cdef set found = set()
        for place in range(low, high):
            pattern = patterns.data.as_ints[place]
            if self._lengths[pattern] == 1 and self._is_site[pattern]:
                found.add(self._numbers[pattern])
        return found

    def standing(self, array.array starts, array.array ends, array.array patterns, Py_ssize_t low, Py_ssize_t high):
        """How often each counted pattern stands where no longer match covers it, among the matches low..high-1."""
        cdef Py_ssize_t place, end
        cdef int32_t index, count = 0, reached = 0x7FFFFFFF
        # From the last end to the first, of one end the longer first: `reached` is the least start so far.
        end = high
        while end > low:
            place = end - 1
            while place > low and ends.data.as_ints[place - 1] == ends.data.as_ints[place]:
                place -= 1
            end = place
            if starts.data.as_ints[place] < reached:
                reached = starts.data.as_ints[place]
                index = patterns.data.as_ints[place]
                if self._counted[index]:
                    if not self._counts[index]:
                        self._seen[count] = index
                        count += 1
                    self._counts[index] += 1
        # All counts are taken back before any Python code could run, so threads never see each other's.
        cdef array.array pairs = array.clone(_INTEGERS, 2 * count, False)
        for index in range(count):
            pairs.data.as_ints[2 * index] = self._numbers[self._seen[index]]
            pairs.data.as_ints[2 * index + 1] = self._counts[self._seen[index]]
            self._counts[self._seen[index]] = 0
        return {pairs.data.as_ints[2 * index]: pairs.data.as_ints[2 * index + 1] for index in range(count)}
